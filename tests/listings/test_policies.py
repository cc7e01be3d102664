"""Who sees and does what with a listing: every kind of person against every state."""

import pytest
from sqlalchemy import select

from app.consortia.models import Leadership
from app.core.access import VISITOR, Actor, load_grants
from app.core.db import db, transaction
from app.listings import policies
from app.listings.models import LISTING_STATES, Listing
from tests.factories import affiliate, make_admin
from tests.listings.support import make_home, of

STATES = LISTING_STATES.names
PUBLIC = {"published", "paused", "expired"}
REVIEWED = {*PUBLIC, "in_review", "returned"}


def actor(person):
    return VISITOR if person is None else Actor(person.id, "", grants=load_grants(person.id))


@pytest.fixture
def home(app):
    home = make_home()
    home["own_admin"] = affiliate(make_admin("Own admin"), home["institution"])
    home["partner"] = affiliate("Paul", home["other"])
    home["visitor"] = None
    return home


SEEN = {
    "rep": set(STATES),
    "lead": REVIEWED,
    "admin": REVIEWED,
    "own_admin": PUBLIC,
    "member": PUBLIC,
    "partner": PUBLIC,
    "outsider": PUBLIC,
    "visitor": PUBLIC,
}


@pytest.mark.parametrize("state", STATES)
def test_who_sees_a_public_listing_in_which_state(home, state) -> None:
    listing = of(home, state)
    for who, states in SEEN.items():
        assert bool(policies.view(actor(home[who]), listing)) == (state in states), who


@pytest.mark.parametrize(
    ("visibility", "not_seen_by"),
    [
        ("public", set()),
        ("signed_in", {"visitor"}),
        ("consortium", {"visitor", "outsider"}),
    ],
)
def test_who_sees_which_visibility(home, visibility, not_seen_by) -> None:
    listing = of(home, visibility=visibility)
    for who in SEEN:
        assert bool(policies.view(actor(home[who]), listing)) == (who not in not_seen_by), who


@pytest.mark.parametrize(
    ("level", "readers"),
    [
        ("public", set(SEEN)),
        ("signed_in", set(SEEN) - {"visitor"}),
        ("consortium", {"rep", "lead", "own_admin", "member", "partner"}),
        ("mutual", {"rep"}),
        ("agreement", {"rep"}),
    ],
)
def test_who_reads_the_detail_of_what_is_published(home, level, readers) -> None:
    listing = of(home, detail_visibility=level)
    for who in SEEN:
        assert bool(policies.sees_detail(actor(home[who]), listing)) == (who in readers), who


@pytest.mark.parametrize("level", ["mutual", "agreement", "consortium"])
def test_in_review_the_reviewers_read_the_detail_and_nobody_else(home, level) -> None:
    listing = of(home, "in_review", detail_visibility=level)
    readers = {who for who in SEEN if policies.sees_detail(actor(home[who]), listing)}
    assert readers == {"rep", "lead", "admin"}


@pytest.mark.parametrize("who", SEEN)
def test_the_list_form_equals_the_predicate(home, who) -> None:
    for visibility in ("public", "signed_in", "consortium"):
        for state in STATES:
            of(home, state, visibility=visibility)
    asks = actor(home[who])
    listings = db.session.scalars(select(Listing)).all()
    assert len(listings) == 21
    seen = set(db.session.scalars(select(Listing.id).where(policies.visible(asks))))
    assert seen == {one.id for one in listings if policies.view(asks, one)}
    listed = set(db.session.scalars(select(Listing.id).where(policies.listed(asks))))
    assert listed == {one.id for one in listings if policies.view(asks, one) and one.state == "published"}
    to_decide = set(db.session.scalars(select(Listing.id).where(policies.deciding(asks))))
    assert to_decide == {one.id for one in listings if policies.decide(asks, one)}


@pytest.mark.parametrize("verb", ["edit", "send", "recall", "pause", "resume", "renew", "retire", "reopen"])
def test_only_its_representatives_keep_it(home, verb) -> None:
    listing = of(home)
    check = getattr(policies, verb)
    allowed = {who for who in SEEN if check(actor(home[who]), listing)}
    assert allowed == {"rep"}
    assert check(VISITOR, listing).code == "sign_in_first"


@pytest.mark.parametrize("verb", ["publish", "return_for_changes"])
def test_only_others_decide_about_it(home, verb) -> None:
    listing = of(home, "in_review")
    check = getattr(policies, verb)
    assert {who for who in SEEN if check(actor(home[who]), listing)} == {"lead", "admin"}
    assert check(actor(home["rep"]), listing).code == "own_institution"
    assert check(actor(home["own_admin"]), listing).code == "own_institution"
    assert check(actor(home["partner"]), listing).code == "not_reviewer"


def test_a_lead_of_the_institution_itself_does_not_decide(home) -> None:
    with transaction(system="test"):
        db.session.add(Leadership(consortium_id=home["consortium"].id, person_id=home["member"].id))
    listing = of(home, "in_review")
    asks = actor(home["member"])
    assert policies.decide(asks, listing).code == "own_institution"
    assert not policies.view(asks, listing)


def test_who_posts(home) -> None:
    institution = home["institution"].id
    assert policies.create(actor(home["rep"]), institution)
    assert policies.create(actor(home["rep"]))
    assert policies.create(actor(home["rep"]), home["other"].id).code == "representatives_only"
    assert policies.create(actor(home["member"]), institution).code == "representatives_only"
    assert policies.create(actor(home["admin"])).code == "representatives_only"
    assert policies.create(VISITOR).code == "sign_in_first"


ALLOWED = {
    "edit": {"draft", "returned", "published", "paused", "expired"},
    "send": {"draft", "returned"},
    "recall": {"in_review"},
    "publish": {"in_review"},
    "return_for_changes": {"in_review"},
    "pause": {"published"},
    "resume": {"paused"},
    "renew": {"published", "expired"},
    "retire": {"draft", "returned", "published", "paused", "expired"},
    "reopen": {"retired"},
}


@pytest.mark.parametrize("state", STATES)
def test_what_each_state_allows(home, state) -> None:
    listing = of(home, state)
    for verb, states in ALLOWED.items():
        assert (policies.blocked(listing, verb) is None) == (state in states), verb
