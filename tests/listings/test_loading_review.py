"""An institution's first listings from a file are decided at once, by somebody of another institution."""

import pytest
from sqlalchemy import func, select

from app.accounts.queries import actor_for
from app.audit.models import AuditEntry
from app.core import index
from app.core.db import db
from app.core.errors import Invalid, NotAllowed, NotFound, RuleBroken
from app.listings import queries as listings
from app.listings import services as one_by_one
from app.listings.models import Listing, ListingFacet, ListingReview
from app.listings.queries import loading_own
from app.listings.queries.searching import facets_of
from app.listings.services import loading
from app.notifications.models import Notice
from tests.factories import affiliate, make_admin, make_institution
from tests.listings.loading_files import as_csv, facilities
from tests.listings.loading_world import World, make_world
from tests.support.pages import Page

ROWS = 300  # more than one portion


@pytest.fixture
def world(app) -> World:
    return make_world(trusted=False)


def states() -> dict[str, int]:
    db.session.rollback()
    return dict(db.session.execute(select(Listing.state, func.count()).group_by(Listing.state)).all())


def test_all_are_published_at_once(world) -> None:
    admin = actor_for(make_admin())
    load = world.load(as_csv(facilities(ROWS)))
    assert states() == {"in_review": ROWS}
    assert loading.publish_all(admin, load, note="Welcome") == ROWS
    assert states() == {"published": ROWS}
    first = world.listings()["F-00001"]
    facets = db.session.execute(
        select(ListingFacet.facet, ListingFacet.value).where(ListingFacet.listing_id == first.id)
    )
    assert {tuple(row) for row in facets} == facets_of(first)
    assert first.id in (index.hits(first.catalogue, first.title) or [])
    answers = db.session.execute(
        select(
            ListingReview.decided_by_id, ListingReview.decision_code, ListingReview.decision_note
        ).distinct()
    ).all()
    assert answers == [(admin.id, "published", "Welcome")]
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "listings.publish")) == ROWS
    told = db.session.scalars(select(Notice).where(Notice.kind == "listings.load_published")).all()
    assert [(notice.person_id, notice.facts["number"]) for notice in told] == [(world.person.id, ROWS)]
    assert listings.has_earned_trust(world.institution.id)
    with pytest.raises(RuleBroken):
        loading.publish_all(admin, world.again(load))


def test_all_are_returned_with_wishes_and_come_back_by_the_file(world) -> None:
    admin = actor_for(make_admin())
    rows = facilities(5)
    load = world.load(as_csv(rows))
    with pytest.raises(Invalid):
        loading.return_all(admin, load, note="")
    assert loading.return_all(admin, load, note="Say who operates it") == 5
    assert states() == {"returned": 5}
    for row in rows:
        row["summary"] = f"{row['summary'][:400]} We operate it."
    world.load(as_csv(rows))
    assert states() == {"in_review": 5}


def test_what_was_decided_by_itself_is_left_alone(world) -> None:
    admin = actor_for(make_admin())
    load = world.load(as_csv(facilities(3)))
    one_by_one.publish(admin, world.listings()["F-00002"])
    assert loading.return_all(admin, world.again(load), note="Not yet") == 2
    assert world.listings()["F-00002"].state == "published"


def test_only_reviewers_of_another_institution_see_and_decide(world) -> None:
    load = world.load(as_csv(facilities(2)))
    own_admin = make_admin()
    affiliate(own_admin, world.institution)
    stranger = affiliate("Stranger", make_institution(), "representative")
    for person in (own_admin, stranger, world.person):
        with pytest.raises(NotFound):
            loading_own.reviewed(actor_for(person), load.id)
        with pytest.raises((NotAllowed, RuleBroken)):
            loading.publish_all(actor_for(person), world.again(load))
    assert states() == {"in_review": 2}


def test_the_page(world, login_as) -> None:
    load = world.load(as_csv(facilities(30)))
    reviewer = login_as(make_admin())
    path = f"/resources/loads/{load.id}/review"
    page = Page.get(reviewer, path)
    assert "30 listings wait for you" in page.text
    returned = page.submit(button="return-1")
    assert (returned.status, "Say what should change" in returned.text) == (422, True)
    page.submit({"note": "Good"}, "publish")
    assert states() == {"published": 30}
    assert reviewer.get(path).status_code == 404
    assert login_as(world.person).get(path).status_code == 404
