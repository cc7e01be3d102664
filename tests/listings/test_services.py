"""What actions do: records, audit, notices, lists; and what they refuse."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.access import Actor, load_grants
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken
from app.listings import queries, services
from app.listings.models import Listing, ListingFacet, ListingReview
from tests.factories import affiliate, make_consortium, make_institution, make_open_consortium
from tests.listings.support import last_line, mailed, make_home, of, told


def actor(person):
    return Actor(person.id, person.display_name, grants=load_grants(person.id))


@pytest.fixture
def home(app):
    return make_home()


@pytest.fixture
def rep(home):
    return actor(home["rep"])


def draft(home, rep, **values):
    return services.create(
        rep,
        institution_id=home["institution"].id,
        direction=values.pop("direction", "offer"),
        kind=values.pop("kind", "computing"),
        title=values.pop("title", "Core hours"),
        **values,
    )


def fill(rep, listing, **values):
    services.save(rep, listing, "what", summary="Free nights.")
    services.save(rep, listing, "conditions", languages=["en"])
    services.save(rep, listing, "return", wants=[{"kind": "training", "text": "A course"}], **values)
    return listing


def facets(listing):
    rows = db.session.execute(
        select(ListingFacet.facet, ListingFacet.value).where(ListingFacet.listing_id == listing.id)
    )
    return {(row.facet, row.value) for row in rows}


def found(word, catalogue="resources"):
    return queries.find(Actor(), queries.Wanted(catalogue, q=word), None).page.rows


def test_a_draft_takes_over_what_is_known_of_its_institution(home, rep) -> None:
    with transaction(system="test"):
        home["institution"].working_languages, home["institution"].zone = ["ar", "fr"], "Africa/Cairo"
    listing = draft(home, rep)
    assert (listing.state, listing.kind_group, listing.catalogue) == ("draft", "resources", "resources")
    assert (listing.country, listing.zone, listing.languages) == ("EG", "Africa/Cairo", ["ar", "fr"])
    assert (listing.contact_id, listing.consortium_id) == (home["rep"].id, home["consortium"].id)
    assert listing.valid_until == clock.today() + timedelta(days=365)
    assert last_line().action == "listings.create"


def test_a_draft_belongs_to_the_open_consortium_where_there_is_one(home, rep) -> None:
    everybody = make_open_consortium()
    assert draft(home, rep).consortium_id == everybody.id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "gold"}, "kind"),
        ({"direction": "both"}, "direction"),
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"language": "xx-none"}, "language"),
    ],
)
def test_a_draft_that_cannot_be_leaves_nothing(home, rep, values, field) -> None:
    with pytest.raises(Invalid) as refusal:
        draft(home, rep, **values)
    assert field in refusal.value.fields
    assert db.session.scalars(select(Listing)).all() == []


def test_nobody_posts_for_another_institution(home, rep) -> None:
    with pytest.raises(NotAllowed):
        services.create(rep, institution_id=home["other"].id, direction="offer", kind="computing", title="X")


@pytest.mark.parametrize(
    ("part", "values", "field"),
    [
        ("what", {"summary": "x" * 501}, "summary"),
        ("what", {"detail_visibility": "friends"}, "detail_visibility"),
        ("what", {"readiness": 10}, "readiness"),
        ("what", {"sdg_goals": ["6.1"]}, "sdg_goals"),
        ("what", {"sdg_goals": ["1", "2", "3", "4", "5", "6"]}, "sdg_goals"),
        ("what", {"fields": ["nonsense"]}, "fields"),
        ("what", {"rights": "mine"}, "rights"),
        ("amount", {"quantity": Decimal(5), "unit": ""}, "unit"),
        ("amount", {"quantity": None, "unit": "hour"}, "quantity"),
        ("amount", {"quantity": Decimal(-1), "unit": "hour"}, "quantity"),
        ("amount", {"quantity": Decimal(0), "unit": "hour"}, "quantity"),
        ("amount", {"quantity": Decimal("NaN"), "unit": "hour"}, "quantity"),
        ("amount", {"quantity": Decimal("1.0001"), "unit": "hour"}, "quantity"),
        ("amount", {"quantity": Decimal(10**12), "unit": "hour"}, "quantity"),
        ("amount", {"quantity": Decimal(1), "unit": "furlong"}, "unit"),
        ("amount", {"free_from": date(2027, 2, 1), "free_until": date(2027, 2, 1)}, "free_until"),
        ("amount", {"free_from": date(1, 1, 1)}, "free_from"),
        ("amount", {"latitude": 30.0}, "longitude"),
        ("amount", {"latitude": 91.0, "longitude": 0.0}, "latitude"),
        ("amount", {"country": "ZZ"}, "country"),
        ("amount", {"zone": "Mars/Base"}, "zone"),
        ("amount", {"access_mode": "by_magic"}, "access_mode"),
        ("amount", {"valid_until": date(2199, 1, 1)}, "valid_until"),
        ("conditions", {"training": "x" * 501}, "training"),
        ("conditions", {"who_may_ask": "friends"}, "who_may_ask"),
        ("conditions", {"forms": ["handshake"]}, "forms"),
        ("conditions", {"languages": ["en", "en"]}, "languages"),
        ("conditions", {"askers": [999]}, "askers"),
        ("conditions", {"consortium_id": None, "visibility": "consortium"}, "visibility"),
        ("return", {"cost_basis": "gold"}, "cost_basis"),
        ("return", {"wants": [{"kind": "gold", "text": "x"}]}, "wants"),
        ("return", {"wants": [{"kind": "training", "text": ""}]}, "wants"),
        ("return", {"wants": [{"kind": "training", "text": "x"}] * 9}, "wants"),
    ],
)
def test_what_cannot_be_kept_is_named_by_its_field(home, rep, part, values, field) -> None:
    listing = draft(home, rep)
    version = listing.version
    with pytest.raises(Invalid) as refusal:
        services.save(rep, listing, part, **values)
    assert field in refusal.value.fields
    db.session.rollback()
    assert db.session.get_one(Listing, listing.id).version == version


def test_contact_and_consortium_are_those_of_the_institution(home, rep) -> None:
    listing = draft(home, rep)
    with pytest.raises(Invalid, match="invalid") as refusal:
        services.save(rep, listing, "conditions", contact_id=home["member"].id)
    assert "contact_id" in refusal.value.fields
    elsewhere = make_consortium("Elsewhere")
    with pytest.raises(Invalid) as refusal:
        services.save(rep, listing, "conditions", consortium_id=elsewhere.id)
    assert "consortium_id" in refusal.value.fields
    second = affiliate("Second", home["institution"], role="representative")
    services.save(rep, listing, "conditions", contact_id=second.id)
    assert listing.contact_id == second.id


def test_named_institutions_are_kept(home, rep) -> None:
    listing = draft(home, rep)
    named = make_institution("Named")
    services.save(rep, listing, "conditions", who_may_ask="institutions", askers=[named.id])
    assert queries.askers(listing.id) == [(named.id, "Named")]


def test_a_stale_form_is_refused(home, rep) -> None:
    listing = draft(home, rep)
    services.save(rep, listing, "what", summary="One")
    with pytest.raises(Conflict):
        services.save(rep, listing, "what", summary="Two", version=1)


@pytest.mark.parametrize("direction", ["offer", "need"])
@pytest.mark.parametrize(
    ("comes_back", "complete"),
    [((1, False), True), ((0, True), True), ((0, False), False), ((1, True), False)],
)
def test_exactly_one_of_what_comes_back_and_a_gift(home, rep, direction, comes_back, complete) -> None:
    lines, gift = comes_back
    listing = fill(rep, draft(home, rep, direction=direction))
    services.save(rep, listing, "return", is_gift=gift, wants=[{"kind": "training", "text": "A"}][:lines])
    if complete:
        assert services.send(rep, listing).state == "in_review"
        return
    with pytest.raises(RuleBroken, match="incomplete"):
        services.send(rep, listing)


def test_granted_rights_have_numbers_and_named_askers_names(home, rep) -> None:
    listing = fill(rep, draft(home, rep, kind="technology"))
    services.save(rep, listing, "what", rights="granted")
    with pytest.raises(RuleBroken, match="incomplete"):
        services.send(rep, listing)
    services.save(rep, listing, "what", rights_numbers="EP 1")
    services.save(rep, listing, "conditions", who_may_ask="institutions")
    with pytest.raises(RuleBroken, match="incomplete"):
        services.send(rep, listing)


def test_the_first_three_listings_are_reviewed_and_the_fourth_is_not(home, rep) -> None:
    lead = actor(home["lead"])
    for number in range(3):
        listing = fill(rep, draft(home, rep, title=f"First {number}"))
        services.send(rep, listing)
        assert listing.state == "in_review"
        assert told("sent") == {home["lead"].id, home["admin"].id}
        services.publish(lead, listing, note="Good")
    fourth = fill(rep, draft(home, rep, title="Fourth"))
    services.send(rep, fourth)
    assert (fourth.state, fourth.published_at is not None) == ("published", True)
    assert last_line().action == "listings.post"
    assert [row.title for row in found("Fourth")] == ["Fourth"]


def test_publishing_puts_it_into_the_lists_and_tells_who_keeps_it(home) -> None:
    listing = of(home, "in_review", title="Electron microscope")
    assert found("microscope") == []
    services.publish(actor(home["lead"]), listing, note="Welcome")
    assert [row.id for row in found("microscope")] == [listing.id]
    assert {
        ("kind", "facility_time"),
        ("country", "EG"),
        ("sdg", "6"),
        ("language", "en"),
        ("field", "f23"),
    } <= facets(listing)
    assert (told("published"), mailed("published")) == ({home["rep"].id},) * 2
    review = db.session.scalars(select(ListingReview)).one()
    assert (review.decision_code, review.decided_by_id) == ("published", home["lead"].id)
    line = last_line()
    assert (line.action, line.after["state"]) == ("listings.publish", "published")


def test_returning_needs_words_and_tells_them(home) -> None:
    listing = of(home, "in_review")
    with pytest.raises(Invalid):
        services.return_for_changes(actor(home["admin"]), listing, note="")
    services.return_for_changes(actor(home["admin"]), listing, note="Which hours?")
    assert listing.state == "returned"
    assert told("returned") == {home["rep"].id}
    services.send(actor(home["rep"]), listing)
    assert listing.state == "in_review"


def test_what_is_taken_back_waits_no_more(home, rep) -> None:
    listing = of(home, "in_review")
    services.recall(rep, listing)
    assert listing.state == "draft"
    assert db.session.scalars(select(ListingReview)).one().decision_code == "recalled"
    with pytest.raises(RuleBroken, match="wrong_state"):
        services.publish(actor(home["lead"]), listing)


def test_a_review_is_decided_once(home) -> None:
    listing = of(home, "in_review")
    services.publish(actor(home["lead"]), listing)
    with pytest.raises(RuleBroken):
        services.return_for_changes(actor(home["admin"]), listing, note="Late")


def test_what_ended_while_in_review_is_not_published(home) -> None:
    listing = of(home, "in_review", valid_until=clock.today() - timedelta(days=1))
    with pytest.raises(RuleBroken, match="end_passed"):
        services.publish(actor(home["lead"]), listing)


def test_pause_takes_off_the_list_and_resume_puts_back_at_its_place(home, rep) -> None:
    listing = of(home, title="Telescope nights")
    place = listing.listed_at
    services.pause(rep, listing)
    assert (found("Telescope"), facets(listing)) == ([], set())
    services.resume(rep, listing)
    assert ([row.id for row in found("Telescope")], listing.listed_at) == ([listing.id], place)


def test_retiring_and_opening_again(home, rep) -> None:
    listing = of(home, title="Telescope nights")
    services.retire(rep, listing, note="Sold")
    assert (listing.state, found("Telescope"), last_line().note) == ("retired", [], "Sold")
    with pytest.raises(RuleBroken):
        services.save(rep, listing, "what", summary="x")
    services.reopen(rep, listing)
    assert listing.state == "draft"


def test_what_is_public_stays_complete_and_is_found_by_its_new_words(home, rep) -> None:
    listing = of(home)
    with pytest.raises(Invalid):
        services.save(rep, listing, "what", summary="")
    with pytest.raises(Invalid):
        services.save(rep, listing, "return", wants=[], is_gift=False)
    services.save(rep, listing, "what", title="Cryostat", keywords=["helium"])
    assert [row.id for row in found("helium")] == [listing.id]
    assert last_line().after["fields"] == ["title", "keywords"]


def test_a_published_listing_keeps_its_list(home, rep) -> None:
    listing = of(home)
    with pytest.raises(Invalid) as refusal:
        services.save(rep, listing, "what", kind="technology")
    assert "kind" in refusal.value.fields
    services.save(rep, listing, "what", kind="training")
    assert (listing.kind_group, listing.catalogue) == ("skills", "resources")
    assert ("kind", "training") in facets(listing)


def test_the_mirror_goes_the_other_way(home, rep) -> None:
    listing = of(home, title="Field site")
    other = services.mirror(rep, listing)
    assert (other.direction, other.state, other.title, other.quantity) == (
        "need",
        "draft",
        "Field site",
        Decimal(80),
    )
    assert (other.detail, queries.lines(other.id)) == ("", [])
    with pytest.raises(NotAllowed):
        services.mirror(actor(home["member"]), listing)


# ---- time --------------------------------------------------------------------------------------------------


def test_renewing_confirms_and_lasts_a_year(home, rep) -> None:
    listing = of(home, valid_until=clock.today() + timedelta(days=3), reminded_days=3)
    with clock.at(clock.now() + timedelta(days=1)):
        services.renew(rep, listing)
        assert listing.valid_until == clock.today() + timedelta(days=365)
        assert (listing.confirmed_at, listing.reminded_days) == (clock.now(), None)
        with pytest.raises(Invalid):
            services.renew(rep, listing, valid_until=clock.today())
        with pytest.raises(Invalid):
            services.renew(rep, listing, valid_until=clock.today() + timedelta(days=1200))


def test_what_has_passed_expires_and_comes_back_with_one_click(home, rep) -> None:
    listing = of(home, title="Telescope nights", valid_until=clock.today() + timedelta(days=1))
    paused = of(home, "paused", valid_until=clock.today())
    assert services.expire() == 0
    with clock.at(clock.now() + timedelta(days=2)):
        assert services.expire() == 2
        assert services.expire() == 0
        db.session.expire_all()
        assert (listing.state, paused.state, found("Telescope")) == ("expired", "expired", [])
        assert told("expired") == {home["rep"].id}
        services.renew(rep, listing)
        assert ([row.id for row in found("Telescope")], listing.listed_at) == ([listing.id], clock.now())


def test_reminders_14_and_3_days_before_the_end_once_each(home) -> None:
    of(home, valid_until=clock.today() + timedelta(days=20))
    start = clock.now()
    done = []
    for day in range(21):
        with clock.at(start + timedelta(days=day)):
            done.append(services.remind_of_ends() + services.remind_of_ends())
    assert [day for day, number in enumerate(done) if number] == [6, 17]
    assert sum(done) == 2
    assert mailed("expiring") == {home["rep"].id}


def test_after_60_untouched_days_they_are_asked_once(home, rep) -> None:
    listing = of(home, valid_until=clock.today() + timedelta(days=300))
    start = clock.now()
    with clock.at(start + timedelta(days=59)):
        assert services.remind_of_stale() == 0
    with clock.at(start + timedelta(days=61)):
        assert (services.remind_of_stale(), services.remind_of_stale()) == (1, 0)
        assert told("stale") == {home["rep"].id}
        db.session.expire_all()
        services.renew(rep, listing)
    with clock.at(start + timedelta(days=100)):
        assert services.remind_of_stale() == 0
    with clock.at(start + timedelta(days=125)):
        assert services.remind_of_stale() == 1


def test_reviewers_are_reminded_once_when_late(home, rep) -> None:
    services.send(rep, fill(rep, draft(home, rep)))
    assert services.remind_of_reviews() == 0
    with clock.at(clock.now() + timedelta(days=20)):
        assert (services.remind_of_reviews(), services.remind_of_reviews()) == (1, 0)
    assert told("review_late") == {home["lead"].id, home["admin"].id}


def test_many_are_renewed_at_once_but_only_own_ones(home, rep) -> None:
    soon = clock.today() + timedelta(days=5)
    mine = [
        of(home, valid_until=soon),
        of(home, "expired", valid_until=soon),
        of(home, "draft", valid_until=soon),
    ]
    foreign = of({**home, "institution": home["other"], "rep": home["lead"]}, valid_until=soon)
    assert services.renew_many(rep, [one.id for one in (*mine, foreign)]) == 2
    db.session.expire_all()
    assert [one.state for one in mine] == ["published", "published", "draft"]
    assert foreign.valid_until == soon
    with pytest.raises(NotAllowed):
        services.renew_many(actor(home["member"]), [mine[0].id])


def test_the_contact_who_leaves_hands_over(home, rep) -> None:
    second = affiliate("Second", home["institution"], role="representative")
    listing = of(home)
    with transaction(system="test"):
        services.release(rep, home["rep"].id)
    assert listing.contact_id == second.id
    assert second.id in told("handed_over")


def test_without_another_representative_it_is_paused(home, rep) -> None:
    listing = of(home)
    with transaction(system="test"):
        services.release(rep, home["rep"].id)
    assert listing.state == "paused"
