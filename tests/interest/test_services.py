"""Sending, answering, opening: rules both ways, what is left behind, and nothing after a refusal."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.consortia.services import ensure_open_consortium
from app.core import leaving
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken, TooMany
from app.core.waiting import waiting_for
from app.institutions.models import Affiliation
from app.interest import services
from app.interest.models import TERMS_VERSION, Interest, InterestOpening, terms_digest
from app.interest.queries import records
from app.listings.models import Listing
from app.teams.models import Membership
from tests.factories import affiliate, make_institution, make_listing, make_person, make_problem, make_team
from tests.factories.accounts import actor
from tests.factories.interest import BRINGS, GAINS, make_interest, reread
from tests.interest.world import audited, mailed, make_world, told


@pytest.fixture
def world(app):
    return make_world()


def sent(world, **values):
    return make_interest(world["listing"], sender=world["sender"], institution=world["atlas"], **values)


def waits(world, both):
    """For whom terms of confidentiality wait; `both` represents both sides."""
    people = {**{name: world[name] for name in ("owner", "owner_rep", "sender", "sender_rep")}, "both": both}
    return {
        name
        for name, person in people.items()
        if "interest.terms" in {row.kind for row in waiting_for(actor(person))}
    }


def number():
    return db.session.scalar(select(func.count(Interest.id)))


def test_sending_keeps_both_lists_tells_the_owner_and_leaves_a_line(world):
    interest = sent(world)
    assert (interest.state, interest.brings, interest.gains) == ("sent", list(BRINGS), list(GAINS))
    assert interest.owner_institution_id == world["delta"].id
    assert told("sent") == mailed("sent") == {world["owner"].id}
    assert audited() == ["interest.send"]


@pytest.mark.parametrize(
    ("brings", "gains", "field"),
    [
        ((), GAINS, "brings"),
        (BRINGS, (), "gains"),
        (BRINGS, ({"kind": "data_set", "text": "  "},), "gains"),
        (({"kind": "nothing", "text": "x"},), GAINS, "brings"),
        (BRINGS * 9, GAINS, "brings"),
        (({"kind": "data_set", "text": "x" * 301},), GAINS, "brings"),
    ],
)
def test_both_lists_are_needed(world, brings, gains, field):
    with pytest.raises(Invalid) as refused:
        services.send(
            actor(world["sender"]), world["listing"], institution_id=None, brings=brings, gains=gains
        )
    assert set(refused.value.fields) == {field}
    assert (number(), told("sent"), audited()) == (0, set(), [])


def test_one_open_interest_for_an_institution_and_a_thing(world):
    sent(world)
    with pytest.raises(RuleBroken, match="already_open"):
        make_interest(world["listing"], sender=world["sender_rep"], institution=world["atlas"])
    assert number() == 1


def test_the_database_too_holds_one_open_interest(world):
    first = sent(world)
    values = {name: getattr(first, name) for name in (
        "listing_id", "institution_id", "owner_institution_id", "brings", "gains", "asked_by_id", "asked_at", "due_at",
    )}  # fmt: skip
    with pytest.raises(Conflict, match="already_there"), transaction(system="test"):
        db.session.add(Interest(language="en", **values))
    with transaction(system="test"):
        ended = Interest(language="en", state="withdrawn", decided_at=first.asked_at, **values)
        ended.decided_by_id, ended.decision_code = first.sender_id, "withdrawn"
        db.session.add(ended)
    assert number() == 2


def test_another_one_may_be_sent_after_the_first_ended(world):
    for state in ("withdrawn", "declined"):
        sent(world, state=state)
    assert sent(world).state == "sent"


def test_who_has_no_affiliation_or_posted_it_cannot_send(world):
    for person, code in (("outsider", "no_affiliation"), ("owner_member", "own_institution"), ("owner", "own_institution")):  # fmt: skip
        with pytest.raises(NotAllowed, match=code):
            services.send(
                actor(world[person]), world["listing"], institution_id=None, brings=BRINGS, gains=GAINS
            )


def test_an_institution_of_somebody_else_is_refused(world):
    both = affiliate(world["sender"], make_institution("Second home"))
    for named in (world["delta"].id, world["atlas"].id + 999, None):
        with pytest.raises(Invalid) as refused:
            services.send(actor(both), world["listing"], institution_id=named, brings=BRINGS, gains=GAINS)
        assert set(refused.value.fields) == {"institution_id"}


def test_a_listing_takes_it_from_those_whom_it_names(world):
    named = make_listing(
        contact=world["owner"], institution=world["delta"], consortium=world["consortium"],
        who_may_ask="institutions", askers=(world["atlas"],),
    )  # fmt: skip
    assert make_interest(named, sender=world["sender"], institution=world["atlas"]).state == "sent"
    stranger = affiliate(None, make_institution())
    with pytest.raises(NotAllowed, match="not_named"):
        services.send(actor(stranger), named, institution_id=None, brings=BRINGS, gains=GAINS)
    members = make_listing(
        contact=world["owner"], institution=world["delta"], consortium=world["consortium"],
        who_may_ask="consortium",
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="not_in_consortium"):
        services.send(actor(stranger), members, institution_id=None, brings=BRINGS, gains=GAINS)
    assert make_interest(members, sender=world["sender"], institution=world["atlas"]).state == "sent"


@pytest.mark.parametrize(
    ("who_may_ask", "code"), [("institutions", "not_named"), ("consortium", "not_in_consortium")]
)
def test_it_counts_through_which_institution_somebody_of_two_writes(world, page, login_as, who_may_ask, code):
    """Atlas may ask, the sender's second home may not."""
    listing = make_listing(
        contact=world["owner"], institution=world["delta"], consortium=world["consortium"],
        who_may_ask=who_may_ask, askers=(world["atlas"],) if who_may_ask == "institutions" else (),
    )  # fmt: skip
    second = make_institution("Second home")
    both = affiliate(world["sender"], second)
    with pytest.raises(NotAllowed, match=code):
        services.send(actor(both), listing, institution_id=second.id, brings=BRINGS, gains=GAINS)
    assert "Second home" not in page(f"/interest/new?listing={listing.id}", login_as(both)).html
    assert make_interest(listing, sender=both, institution=world["atlas"]).state == "sent"


def test_everybody_with_an_affiliation_belongs_to_the_open_consortium(world):
    listing = make_listing(
        contact=world["owner"], institution=world["delta"], consortium=ensure_open_consortium(),
        who_may_ask="consortium",
    )  # fmt: skip
    assert make_interest(listing).state == "sent"


def test_nothing_is_sent_about_what_is_not_open(world):
    paused = make_listing(state="paused", institution=world["delta"], contact=world["owner"])
    with pytest.raises(RuleBroken, match="not_open"):
        services.send(actor(world["sender"]), paused, institution_id=None, brings=BRINGS, gains=GAINS)


def test_sending_is_limited_in_an_hour(world):
    writer = actor(world["sender"])
    for _number in range(10):
        with pytest.raises(Invalid):
            services.send(writer, world["listing"], institution_id=None, brings=(), gains=GAINS)
    with pytest.raises(TooMany):
        services.send(writer, world["listing"], institution_id=None, brings=BRINGS, gains=GAINS)
    assert number() == 0


def test_a_yes_opens_both_and_is_logged(world):
    interest = sent(world)
    with pytest.raises(Invalid) as refused:
        services.accept(actor(world["owner_rep"]), interest, brings=GAINS, gains=())
    assert set(refused.value.fields) == {"gains"}
    assert reread(interest).state == "sent"
    services.accept(actor(world["owner_rep"]), interest, brings=GAINS, gains=BRINGS, note="Welcome")
    interest = reread(interest)
    assert (interest.state, interest.owner_brings, interest.decided_by_id) == ("accepted", list(GAINS), world["owner_rep"].id)  # fmt: skip
    log = [(line.what, line.institution_id, line.by_id) for line in records.openings(interest)]
    by = world["owner_rep"].id
    assert log == [("contact", world["atlas"].id, by), ("contact", world["delta"].id, by), ("detail", world["atlas"].id, by)]  # fmt: skip
    assert told("accepted") == {world["sender"].id}
    assert actor(world["sender"]).holds("opened_listing", world["listing"].id)
    assert actor(world["sender_rep"]).holds("opened_listing", world["listing"].id)
    assert not actor(world["sender_member"]).holds("opened_listing", world["listing"].id)
    for who, mail in (("sender", "umbra.owner@delta.example"), ("owner_rep", "silva.sender@atlas.example")):
        assert mail in {one.email for one in records.contacts(actor(world[who]), interest)}


def test_a_no_needs_a_reason_and_reaches_the_sender(world):
    interest = sent(world)
    owner = actor(world["owner"])
    with pytest.raises(Invalid) as refused:
        services.decline(owner, interest, reason="because")
    assert set(refused.value.fields) == {"reason"}
    with pytest.raises(Invalid) as refused:
        services.decline(owner, interest, reason="other")
    assert set(refused.value.fields) == {"note"}
    services.decline(owner, interest, reason="other", note="We move house.")
    assert reread(interest).decision_code == "other"
    assert mailed("declined") == {world["sender"].id}
    assert audited() == ["interest.send", "interest.decline"]


def test_talking_gives_ten_working_days_again(world):
    interest = sent(world)
    before = interest.due_at
    with transaction(system="test"):
        db.session.get_one(Interest, interest.id).due_at = before - timedelta(days=5)
    services.talk(actor(world["owner"]), reread(interest))
    interest = reread(interest)
    assert (interest.state, interest.due_at) == ("talking", before)
    assert told("talking") == {world["sender"].id}
    with pytest.raises(RuleBroken, match="wrong_state"):
        services.talk(actor(world["owner"]), interest)


@pytest.mark.parametrize("state", ["accepted", "converted", "declined", "withdrawn", "lapsed", "superseded"])
def test_what_has_ended_is_not_answered_again(world, state):
    interest = sent(world, state=state)
    before = audited()
    for act in (
        lambda: services.accept(actor(world["owner"]), interest, brings=GAINS, gains=BRINGS),
        lambda: services.decline(actor(world["owner"]), interest, reason="no_fit"),
        lambda: services.talk(actor(world["owner"]), interest),
        lambda: services.withdraw(actor(world["sender"]), interest),
    ):
        with pytest.raises(Conflict, match="already_decided"):
            act()
    assert (reread(interest).state, audited()) == (state, before)


def test_the_second_of_two_answers_loses(world):
    interest = sent(world)
    version = interest.version
    services.withdraw(actor(world["sender"]), interest, version=version)
    with pytest.raises(Conflict):
        services.accept(actor(world["owner"]), interest, brings=GAINS, gains=BRINGS, version=version)
    assert reread(interest).state == "withdrawn"
    assert records.openings(interest) == []


def test_a_yes_to_somebody_who_left_is_refused(world):
    interest = sent(world)
    with transaction(system="test"):
        mine = select(Affiliation).where(Affiliation.person_id == world["sender"].id)
        db.session.scalars(mine).one().state = "ended"
    with pytest.raises(RuleBroken, match="affiliation_ended"):
        services.accept(actor(world["owner"]), interest, brings=GAINS, gains=BRINGS)


def test_a_word_about_what_is_gone_is_refused(world):
    interest = sent(world)
    with transaction(system="test"):
        db.session.get_one(Listing, world["listing"].id).state = "retired"
    with pytest.raises(RuleBroken, match="thing_gone"):
        services.accept(actor(world["owner"]), interest, brings=GAINS, gains=BRINGS)
    with pytest.raises(RuleBroken, match="thing_gone"):
        services.talk(actor(world["owner"]), reread(interest))
    assert reread(interest).state == "sent"


# ---- Terms of confidentiality --------------------------------------------------------------------------------


def test_detail_under_terms_opens_when_both_have_accepted(app):
    world = make_world("agreement")
    interest = sent(world, state="accepted")
    assert [line.what for line in records.openings(interest)] == ["contact", "contact"]
    listing = world["listing"].id
    services.accept_terms(actor(world["sender_rep"]), interest, accepts=True, version=TERMS_VERSION)
    assert told("terms_accepted") == {world["owner"].id, world["owner_rep"].id}
    both = affiliate("Both", world["delta"], role="representative")
    affiliate(both, world["atlas"], role="representative")
    # Opened without terms meanwhile nothing is left to accept.
    for level, who in (("mutual", set()), ("agreement", {"owner", "owner_rep"})):
        with transaction(system="test"):
            db.session.get_one(Listing, listing).detail_visibility = level
        assert waits(world, both) == who
    assert not actor(world["sender"]).holds("opened_under_terms", listing)
    with pytest.raises(RuleBroken, match="terms_accepted"):
        services.accept_terms(actor(world["sender_rep"]), interest, accepts=True, version=TERMS_VERSION)
    services.accept_terms(actor(world["owner_rep"]), interest, accepts=True, version=TERMS_VERSION)
    assert actor(world["sender"]).holds("opened_under_terms", listing)
    assert not actor(world["sender_member"]).holds("opened_under_terms", listing)
    lines = records.openings(interest)[2:]
    assert [(line.what, line.terms) for line in lines] == [("terms", TERMS_VERSION)] * 2 + [("detail", TERMS_VERSION)]  # fmt: skip
    assert {line.terms_sha256 for line in lines} == {terms_digest(TERMS_VERSION)}
    assert told("detail_open") == {world["sender"].id}
    assert waits(world, both) == set()
    assert audited()[-2:] == ["interest.accept_terms"] * 2


def test_a_detail_that_opened_without_terms_is_closed_when_it_is_put_under_them(world):
    interest = sent(world, state="accepted")
    assert [line.what for line in records.openings(interest)] == ["contact", "contact", "detail"]
    with transaction(system="test"):
        db.session.get_one(Listing, world["listing"].id).detail_visibility = "agreement"
    assert actor(world["sender"]).holds("opened_listing", world["listing"].id)
    assert not actor(world["sender"]).holds("opened_under_terms", world["listing"].id)


def test_terms_need_the_yes_a_representative_a_tick_and_the_version_that_was_read(app):
    world = make_world("agreement")
    interest = sent(world)
    rep = actor(world["sender_rep"])
    with pytest.raises(RuleBroken, match="not_mutual"):
        services.accept_terms(rep, interest, accepts=True, version=TERMS_VERSION)
    services.accept(actor(world["owner"]), interest, brings=GAINS, gains=BRINGS)
    for person in ("sender", "owner_member", "lead"):
        with pytest.raises(NotAllowed, match="representatives_only"):
            services.accept_terms(actor(world[person]), interest, accepts=True, version=TERMS_VERSION)
    with pytest.raises(Invalid):
        services.accept_terms(rep, interest, accepts=False, version=TERMS_VERSION)
    with pytest.raises(RuleBroken, match="terms_changed"):
        services.accept_terms(rep, interest, accepts=True, version="2020-1")
    assert (
        db.session.scalar(select(func.count(InterestOpening.id)).where(InterestOpening.what == "terms")) == 0
    )


def test_nobody_accepts_the_terms_for_both(app):
    world = make_world("agreement")
    interest = sent(world, state="accepted")
    both = affiliate("Both", world["delta"], role="representative")
    affiliate(both, world["atlas"], role="representative")
    for side in (world["delta"].id, world["atlas"].id):
        with pytest.raises(NotAllowed, match="both_sides"):
            services.accept_terms(
                actor(both), interest, institution_id=side, accepts=True, version=TERMS_VERSION
            )


def test_other_levels_have_no_terms(world):
    interest = sent(world, state="accepted")
    with pytest.raises(RuleBroken, match="no_terms"):
        services.accept_terms(actor(world["sender_rep"]), interest, accepts=True, version=TERMS_VERSION)


# ---- What becomes of it --------------------------------------------------------------------------------------


def test_an_invitation_into_a_team_takes_it_further(world):
    interest = sent(world, state="accepted")
    team = make_team(lead=world["owner"], institution=world["delta"])
    services.invite_into_team(actor(world["owner"]), interest, team, message="Join us")
    found = reread(interest)
    assert (found.state, found.converted_into, found.converted_by_id) == ("converted", "membership", world["owner"].id)  # fmt: skip
    invited = select(Membership.person_id).where(Membership.team_id == team.id, Membership.state == "invited")
    assert list(db.session.scalars(invited)) == [world["sender"].id]
    assert world["sender"].id in told("converted")
    with pytest.raises(RuleBroken, match="already_converted"):
        services.invite_into_team(actor(world["owner"]), found, team)


def test_an_invitation_that_fails_leaves_the_interest_as_it_was(world):
    interest = sent(world, state="accepted")
    team = make_team()
    with pytest.raises(NotAllowed):
        services.invite_into_team(actor(world["owner"]), interest, team)
    assert reread(interest).state == "accepted"


def test_an_agreement_marks_it_inside_its_own_transaction(world):
    interest = sent(world, state="accepted")
    with transaction():
        services.mark_converted(interest, actor(world["sender"]))
    assert reread(interest).converted_into == "agreement"
    assert told("converted") == {world["owner"].id}
    with pytest.raises(RuleBroken, match="wrong_state"), transaction():
        services.mark_converted(interest, actor(world["sender"]))


def test_the_author_of_a_problem_answers_and_becomes_known(app):
    world = make_world()
    author = affiliate(make_person("Noor Unnamed", visibility="hidden"), world["delta"])
    problem = make_problem(author=author, institution=world["delta"], consortium=world["consortium"])
    interest = make_interest(problem, sender=world["sender"], institution=world["atlas"])
    assert told("sent") == {author.id}
    with pytest.raises(NotAllowed, match="owner_only"):
        services.accept(actor(world["owner"]), interest, brings=GAINS, gains=BRINGS)
    services.accept(actor(author), interest, brings=GAINS, gains=BRINGS)
    assert actor(world["sender"]).holds("opened_problem", problem.id)
    assert [line.what for line in records.openings(interest)] == ["contact", "contact"]
    assert author.display_name in {one.display_name for one in records.contacts(actor(world["sender"]), reread(interest))}  # fmt: skip


def test_who_closes_the_account_takes_back_what_nobody_answered(world):
    open_one = sent(world)
    other = make_listing(institution=world["delta"], contact=world["owner"], consortium=world["consortium"])
    done = make_interest(other, state="accepted", sender=world["sender"], institution=world["atlas"])
    with transaction(system="test"):
        leaving.release_all(actor(world["sender"]), world["sender"].id)
    assert (reread(open_one).state, reread(done).state) == ("withdrawn", "accepted")
