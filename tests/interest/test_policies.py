"""Who sees and does what, in every state; the list forms say what the predicates say."""

import pytest
from sqlalchemy import select

from app.core.access import VISITOR
from app.core.db import db, transaction
from app.core.errors import NotFound
from app.institutions.models import Affiliation, Institution
from app.interest import policies
from app.interest.models import INTEREST_STATES, Interest
from app.interest.queries import beside, opened
from app.interest.queries.things import INTEREST
from app.listings import policies as listing_policies
from app.listings import queries as listings
from app.problems import policies as problem_policies
from app.problems import queries as problems
from tests.factories import affiliate, make_person, make_problem
from tests.factories.accounts import actor
from tests.factories.interest import bring_to, make_interest, reread
from tests.interest.world import make_world

STATES = INTEREST_STATES.names
YES = {"accepted", "converted"}
PEOPLE = (
    "owner", "owner_rep", "owner_member", "sender", "sender_rep", "sender_member", "lead", "outsider", "admin",
)  # fmt: skip
OWNERS, SENDERS = {"owner", "owner_rep"}, {"sender", "sender_rep"}


@pytest.fixture
def world(app):
    return make_world()


def _seen(one, listing_id):
    try:
        return listings.get(one, listing_id)
    except NotFound:
        return None


def actors(world):
    return {**{name: actor(world[name]) for name in PEOPLE}, "visitor": VISITOR}


@pytest.mark.parametrize("state", STATES)
def test_who_may_what_in_each_state(world, state):
    interest = make_interest(
        world["listing"], state=state, sender=world["sender"], institution=world["atlas"]
    )
    talks = {"talking", *YES}
    expected = {
        policies.view: OWNERS | SENDERS,
        policies.accept: OWNERS,
        policies.decline: OWNERS,
        policies.talk: OWNERS,
        policies.withdraw: SENDERS,
        policies.see_contact: OWNERS | SENDERS if state in YES else set(),
        policies.convert: OWNERS | SENDERS if state in YES else set(),
        policies.accept_terms: {"owner", "owner_rep", "sender_rep"},
        policies.discuss: OWNERS | SENDERS if state in talks else set(),
    }
    for check, allowed in expected.items():
        assert {name for name, one in actors(world).items() if check(one, interest)} == allowed, (
            check.__name__
        )


@pytest.mark.parametrize("state", STATES)
def test_what_opens_in_each_state(world, state):
    make_interest(world["listing"], state=state, sender=world["sender"], institution=world["atlas"])
    opens = SENDERS if state in YES else set()
    people = actors(world)
    assert {name for name, one in people.items() if opened(one, "listing", world["listing"].id)} == opens
    for check in (listing_policies.sees_detail, listing_policies.sees_contact):
        seen = set()
        for name, one in people.items():
            listing = _seen(one, world["listing"].id)
            if listing is None:  # retired: nobody but its own sees it
                assert state == "superseded"
                continue
            if check(one, listing):
                seen.add(name)
        reviewers = (
            {"admin", "lead"} if check is listing_policies.sees_contact and state != "superseded" else set()
        )
        assert seen == OWNERS | opens | reviewers, check.__name__


def test_the_author_of_a_problem_stays_unnamed_until_the_yes(world):
    author = affiliate(make_person("Noor Unnamed", visibility="hidden"), world["delta"])
    problem = make_problem(author=author, institution=world["delta"], consortium=world["consortium"])
    interest = make_interest(problem, sender=world["sender"], institution=world["atlas"])
    assert policies.accept(actor(author), interest)
    assert not policies.accept(actor(world["owner"]), interest)
    assert not policies.view(actor(world["owner"]), interest)
    for state, allowed in (("sent", {"lead"}), ("accepted", {"lead", *SENDERS})):
        if state == "accepted":
            bring_to(interest, "accepted")
        seen = {
            name
            for name, one in actors(world).items()
            if problem_policies.sees_author(one, problems.get(one, problem.id))
        }
        assert seen == allowed, state


def test_what_is_open_closes_with_the_affiliation_and_with_the_institution(world):
    interest = make_interest(
        world["listing"], state="accepted", sender=world["sender"], institution=world["atlas"]
    )
    with transaction(system="test"):
        mine = select(Affiliation).where(Affiliation.person_id == world["sender"].id)
        db.session.scalars(mine).one().state = "ended"
    assert not opened(actor(world["sender"]), "listing", world["listing"].id)
    assert not policies.see_contact(actor(world["sender"]), reread(interest))
    assert opened(actor(world["sender_rep"]), "listing", world["listing"].id)
    with transaction(system="test"):
        db.session.get_one(Institution, world["atlas"].id).state = "suspended"
    assert not opened(actor(world["sender_rep"]), "listing", world["listing"].id)


def test_who_is_of_both_sides_answers_nothing(world):
    interest = make_interest(world["listing"], sender=world["sender"], institution=world["atlas"])
    both = affiliate("Both", world["delta"], role="representative")
    affiliate(both, world["atlas"], role="representative")
    assert policies.view(actor(both), interest)
    for check in (policies.accept, policies.decline, policies.talk):
        assert check(actor(both), interest).code == "own_interest"
    assert beside(actor(both), "listing", world["listing"]).to_answer == []


def test_list_forms_say_what_the_predicates_say(world):
    other = make_world("agreement", "other.")
    author = affiliate(make_person("Noor", visibility="hidden"), world["delta"])
    problem = make_problem(author=author, institution=world["delta"], consortium=world["consortium"])
    both = affiliate("Both", world["delta"], role="representative")
    affiliate(both, other["delta"], role="representative")
    interests = [
        make_interest(world["listing"], state=state, sender=world["sender"], institution=world["atlas"])
        for state in ("declined", "lapsed", "converted", "sent")
    ]
    interests += [
        make_interest(problem, sender=world["sender"], institution=world["atlas"]),
        make_interest(other["listing"], sender=other["sender"], institution=other["atlas"], state="talking"),
        make_interest(other["listing"], sender=world["owner"], institution=world["delta"], state="accepted"),
        make_interest(problem, sender=other["owner"], institution=other["delta"]),
    ]
    people = {**actors(world), **{f"other {name}": one for name, one in actors(other).items()}}
    people |= {"author": actor(author), "both": actor(both)}
    for name, one in people.items():
        for form, check in (
            (policies.visible, policies.view),
            (policies.sent_by, policies.is_sender_side),
            (policies.sent_to, policies.is_owner_side),
            (policies.answering, policies.accept),
        ):
            listed = set(db.session.scalars(select(Interest.id).where(form(one))))
            said = {interest.id for interest in interests if check(one, reread(interest))}
            assert listed == said, (name, check.__name__)
        seen = set(db.session.scalars(INTEREST.seen(one)))
        assert seen == {interest.id for interest in interests if policies.view(one, reread(interest))}
