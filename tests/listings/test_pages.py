"""The pages of listings: what they say to whom, what they refuse, what they cost, and that the detail leaks nowhere."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.core import clock, leaving, things
from app.core.access import VISITOR, Actor, load_grants
from app.core.db import Base, db, transaction
from app.core.errors import NotAllowed
from app.listings import services
from app.listings.models import Listing
from app.translating.models import Translation
from tests.factories import affiliate, make_institution
from tests.listings.support import make_home, of, told
from tests.support.pages import Page

MARKER = "Zanzibarquartz"


@pytest.fixture
def home(app):
    return make_home()


def actor(person):
    return Actor(person.id, person.display_name, grants=load_grants(person.id))


def test_the_page_of_an_offer_says_what_goes_each_way(home, client) -> None:
    listing = of(
        home, title="Mass spectrometer", forms=["visit"], training="Half a day", operator_needed=True
    )
    page = Page.get(client, f"/resources/{listing.id}")
    assert page.h1 == "Mass spectrometer"
    for words in ("Offer O-", "80 hours", "Delta Institute gives", "Two places in your summer school", "Half a day",
                  "an operator is needed", "Rana", "Confirmed today", "blue"):  # fmt: skip
        assert words in page.text
    assert home["rep"].email not in page.html


def test_the_page_of_a_need_is_mirrored_and_a_gift_says_so(home, client) -> None:
    listing = of(home, direction="need", title="Land", wants=())
    page = Page.get(client, f"/resources/{listing.id}")
    assert f"Need N-{listing.id:04d}" in page.text
    assert "Hoped for as a gift." in page.text
    offer = of(home, wants=())
    assert "A gift: nothing is expected in return." in Page.get(client, f"/resources/{offer.id}").text


def test_each_listing_has_one_address(home, client, login_as) -> None:
    listing = of(home, kind="technology")
    answer = client.get(f"/resources/{listing.id}?original=1")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"/exchange/{listing.id}?original=1")
    answer = login_as(home["rep"]).get(f"/resources/{listing.id}/edit/what")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"/exchange/{listing.id}/edit/what")
    assert client.get("/elsewhere/1").status_code == 404


def test_freshness_in_days(home, client) -> None:
    listing = of(home, confirmed_at=clock.now() - timedelta(days=40))
    assert "40 days ago" in Page.get(client, f"/resources/{listing.id}").text


@pytest.mark.parametrize("state", ["draft", "in_review", "returned", "retired"])
def test_what_is_not_public_is_not_there_for_others(home, client, login_as, state) -> None:
    listing = of(home, state)
    for browser in (client, login_as(home["member"]), login_as(home["outsider"])):
        for page in ("", "/discussion", "/edit", "/review", "/renew", "/retire"):
            assert browser.get(f"/resources/{listing.id}{page}").status_code in {303, 404}
        assert Page.get(browser, f"/resources/{listing.id}").status == 404
    assert Page.get(login_as(home["rep"]), f"/resources/{listing.id}").status == 200


@pytest.mark.parametrize("page", ["/edit", "/edit/what", "/check", "/sent", "/review", "/renew", "/retire"])
def test_pages_of_its_representatives_refuse_others_who_see_it(home, login_as, page) -> None:
    listing = of(home)
    for who in ("member", "outsider"):
        assert login_as(home[who]).get(f"/resources/{listing.id}{page}").status_code == 403


@pytest.mark.parametrize("act", ["recall", "pause", "resume", "reopen", "mirror", "retire", "renew", "send"])
def test_actions_refuse_others_whatever_button_they_found(home, act) -> None:
    listing = of(home)
    for who in ("member", "outsider", "lead", "admin"):
        with pytest.raises(NotAllowed):
            getattr(services, act)(actor(home[who]), listing)
    assert db.session.scalars(select(Listing.state)).all() == ["published"]


@pytest.mark.parametrize(
    ("page", "state"),
    [
        ("edit", "in_review"),
        ("edit/what", "retired"),
        ("renew", "paused"),
        ("retire", "in_review"),
        ("check", "published"),
    ],
)
def test_pages_that_the_state_forbids_say_so(home, login_as, page, state) -> None:
    listing = of(home, state)
    answer = Page.get(login_as(home["rep"]), f"/resources/{listing.id}/{page}")
    assert answer.status == 409


def test_renewing_by_the_mails_link_changes_nothing_until_the_button(home, login_as) -> None:
    listing = of(home, "expired", valid_until=clock.today() - timedelta(days=2))
    page = Page.get(login_as(home["rep"]), f"/resources/{listing.id}/renew")
    assert page.h1 == "Does it still hold?"
    db.session.expire_all()
    assert listing.state == "expired"
    page = page.submit({"valid_until": ""}, button="renew")
    assert "It has been renewed" in page.text
    db.session.expire_all()
    assert (listing.state, listing.valid_until) == ("published", clock.today() + timedelta(days=365))


def test_pause_resume_retire_and_open_again_by_their_buttons(home, login_as) -> None:
    listing = of(home)
    rep = login_as(home["rep"])
    page = Page.get(rep, f"/resources/{listing.id}").submit({}, button="pause")
    assert "It is paused" in page.text
    page = page.submit({}, button="resume")
    assert "It is on the list again." in page.text
    page = page.follow("Retire it").submit({"note": "Sold"}, button="retire")
    assert "It is retired" in page.text
    page = page.submit({}, button="reopen")
    assert "It is a draft again." in page.text


def test_the_mirror_begins_a_need(home, login_as) -> None:
    listing = of(home, title="Field site")
    page = Page.get(login_as(home["rep"]), f"/resources/{listing.id}").submit({}, button="mirror")
    assert "A need begins as a copy" in page.text
    assert page.follow("What we give for it").h1 == "What we give for it"


def test_own_listings_stand_in_one_table_and_are_renewed_by_ticks(home, login_as) -> None:
    old = of(home, "expired", title="Old one", valid_until=clock.today() - timedelta(days=1))
    of(home, "draft", title="Begun")
    of(
        {**home, "institution": home["other"], "rep": affiliate(None, home["other"], role="representative")},
        title="Theirs",
    )
    rep = login_as(home["rep"])
    page = Page.get(rep, "/resources/manage")
    assert "Old one" in page.text
    assert "Begun" in page.text
    assert "Theirs" not in page.text
    page = page.submit({"listing": [str(old.id)]}, button="renew-many")
    assert "1 listing has been renewed." in page.text
    page = page.submit({}, button="renew-many")
    assert "Nothing was renewed" in page.text
    assert "Begun" in Page.get(rep, "/resources/manage?state=draft").text
    assert Page.get(login_as(home["member"]), "/resources/manage").status == 403


def test_returning_needs_words_and_keeps_the_page(home, login_as) -> None:
    listing = of(home, "in_review")
    page = Page.get(login_as(home["lead"]), f"/resources/{listing.id}/review").submit({}, button="return")
    assert page.status == 422
    assert page.errors == ["What should change: Say what should change"]
    page = page.submit({"return-note": "Which hours?"}, button="return")
    assert "Returned with wishes" in page.text
    rep = Page.get(login_as(home["rep"]), f"/resources/{listing.id}/review")
    assert "Which hours?" in rep.text
    assert rep.follow("Change it").status == 200


def test_what_waits_is_named_to_reviewers_and_representatives(home, login_as) -> None:
    of(home, "in_review", title="Waits for eyes")
    of(home, "returned", title="Wants changes")
    lead = Page.get(login_as(home["lead"]), "/")
    assert "Waits for eyes" in lead.text
    assert "Wants changes" not in lead.text
    rep = Page.get(login_as(home["rep"]), "/")
    assert "Wants changes" in rep.text
    assert lead.follow("Read and decide").h1 == "Review"


def test_a_part_with_faults_comes_back_as_it_was_typed(home, login_as) -> None:
    listing = of(home, "draft")
    page = Page.get(login_as(home["rep"]), f"/resources/{listing.id}/edit/amount")
    page = page.submit({"quantity": "many", "unit": "hour", "latitude": "north"}, button="Save and go on")
    assert page.status == 422
    assert len(page.errors) >= 2
    assert 'value="many"' in page.html
    page = page.submit({"quantity": "٨٠٫٥", "latitude": "30,1"}, button="Save and go on")
    assert page.status == 422
    page = page.submit({"latitude": "30.1", "longitude": "31"}, button="Save and go on")
    assert page.h1 == "Conditions and who may ask", page.errors
    db.session.expire_all()
    assert (str(listing.quantity), listing.latitude) == ("80.5", 30.1)


def test_what_is_missing_is_said_beside_the_field_and_later_saves_as_it_stands(home, login_as) -> None:
    listing = of(home, "draft")
    page = Page.get(login_as(home["rep"]), f"/resources/{listing.id}/edit/return")
    page = page.submit({"is_gift": "y"}, button="Save and go on")
    assert page.errors == ["In return: Either lines or the tick, not both"]
    page = Page.get(login_as(home["rep"]), f"/resources/{listing.id}/edit/what")
    page = page.submit({"summary": ""}, button="later-1")
    assert "Incomplete" in page.text


def test_named_institutions_are_found_by_their_names(home, login_as) -> None:
    listing = of(home, "draft")
    named = make_institution("Nile Polytechnic")
    page = Page.get(login_as(home["rep"]), f"/resources/{listing.id}/edit/conditions")
    page = page.submit({"who_may_ask": "institutions"}, button="Save and go on")
    assert page.errors == ["Named institutions: Name at least one institution"]
    page = page.submit({"asker_more": "nile polytechnic"}, button="askers")
    assert "Nile Polytechnic" in page.text
    page = page.submit({}, button="Save and go on")
    assert page.h1 == "What we want in return", page.errors
    assert "Nile Polytechnic" in Page.get(login_as(home["rep"]), f"/resources/{listing.id}").text
    assert named.id


def test_who_represents_nobody_is_told_how_to_come_to_it(home, login_as) -> None:
    page = Page.get(login_as(home["member"]), "/exchange/new")
    assert page.h1 == "Before you post an offer or a need"
    of(home)
    assert Page.get(login_as(home["member"]), "/resources").links().get("Post an offer or a need") is None


# ---- what it costs -----------------------------------------------------------------------------------------


def test_the_page_costs_the_same_however_much_is_on_it(home, client, login_as, statements) -> None:
    def cost(browser, listing):
        browser.get(f"/resources/{listing.id}")
        statements.clear()
        assert browser.get(f"/resources/{listing.id}").status_code == 200
        return len(statements)

    bare = of(home, wants=())
    full = of(home, who_may_ask="institutions", askers=(make_institution(), make_institution()),
              wants=tuple(("training", f"Line {number}") for number in range(6)))  # fmt: skip
    for _number in range(6):
        of(home)
    browsers = client, login_as(home["outsider"]), login_as(home["rep"])
    costs = [(cost(browser, bare), cost(browser, full)) for browser in browsers]
    assert all(less == more for less, more in costs), costs
    assert max(more for _less, more in costs) <= 9, costs


# ---- the detail --------------------------------------------------------------------------------------------

LEVELS = ["signed_in", "consortium", "mutual", "agreement"]


@pytest.mark.parametrize("level", LEVELS)
def test_a_protected_detail_appears_by_no_road(home, client, login_as, level) -> None:
    listing = of(home, "in_review", title="Sample bank", detail=f"Room {MARKER}", detail_visibility=level)
    services.publish(actor(home["lead"]), listing)
    services.save(actor(home["rep"]), listing, "what", detail=f"Another {MARKER}")
    strangers = {"visitor": client, "outsider": login_as(home["outsider"]), "admin": login_as(home["admin"])}
    if level == "signed_in":
        strangers = {"visitor": client}
    paths = ["/", "/resources", f"/resources?q={MARKER}", "/resources?view=map", "/resources/export.csv", "/resources/export.json",
             f"/resources/{listing.id}", f"/resources/{listing.id}/discussion", f"/resources/{listing.id}/review",
             f"/discussion/listing/{listing.id}", f"/files/listing/{listing.id}", f"/translations/listing/{listing.id}",
             f"/translations/listing/{listing.id}/ar", "/translations", f"/institutions/{home['institution'].id}",
             f"/consortia/{home['consortium'].id}", "/notifications", "/history"]  # fmt: skip
    for who, browser in strangers.items():
        for path in paths:
            answer = Page.get(browser, path)
            assert MARKER not in answer.html.replace(f"q={MARKER}", "").replace(f"“{MARKER}”", "").replace(
                f'value="{MARKER}"', ""
            ), (who, path)
        assert f"/resources/{listing.id}" not in Page.get(browser, f"/resources?q={MARKER}").html
    assert MARKER in Page.get(login_as(home["rep"]), f"/resources/{listing.id}").html


@pytest.mark.parametrize("level", LEVELS)
def test_a_protected_detail_is_written_nowhere_but_in_its_record(home, level) -> None:
    listing = of(home, "in_review", detail=f"Room {MARKER}", detail_visibility=level)
    services.publish(actor(home["lead"]), listing)
    services.save(actor(home["rep"]), listing, "what", detail=f"Another {MARKER}")
    with clock.at(clock.now() + timedelta(days=85)):
        services.remind_of_stale()
        services.remind_of_ends()
    assert told("expiring")
    holders = set()
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
            if MARKER.casefold() in " ".join(map(str, row)).casefold():
                holders.add(table.name)
    assert holders == {"listing"}


def test_only_a_public_detail_can_be_translated_and_a_hidden_one_leaves_its_translations(
    home, client
) -> None:
    listing = of(home, detail="Ask for the key")
    kind = things.KINDS["listing"]
    assert "detail" in kind.texts(listing)
    with transaction(system="test"):
        db.session.add(
            Translation(
                kind="listing",
                thing_id=listing.id,
                number=listing.number,
                title=listing.title,
                source_language="en",
                language="ar",
                state="accepted",
                translator_id=home["outsider"].id,
                texts={"title": "عنوان", "detail": MARKER},
                asked_at=clock.now(),
                decided_at=clock.now(),
                decided_by_id=home["member"].id,
                decision_code="accepted",
            )
        )
        kind.localise(listing.id, "ar", {"title": "عنوان", "detail": MARKER})
    assert MARKER in Page.get(client, f"/resources/{listing.id}?lang=ar").html
    services.save(actor(home["rep"]), listing, "what", detail_visibility="consortium")
    assert "detail" not in kind.texts(listing)
    page = Page.get(client, f"/resources/{listing.id}?lang=ar")
    assert MARKER not in page.html
    assert "عنوان" in page.h1
    assert db.session.scalars(select(Translation.texts)).one() == {"title": "عنوان"}
    assert not re.search(
        MARKER, str(db.session.execute(text("SELECT words FROM index_entry")).all()), re.IGNORECASE
    )


def test_files_are_for_those_who_read_the_detail(home) -> None:
    listing = of(home, detail_visibility="consortium")
    kind = things.KINDS["listing"]
    assert kind.see_files(actor(home["member"]), listing)
    assert not kind.see_files(VISITOR, listing)


def test_a_listing_as_a_thing(home) -> None:
    kind = things.KINDS["listing"]
    listing, waits = of(home), of(home, "in_review")
    assert kind.about(listing).path == f"/resources/{listing.id}"
    assert kind.audiences(actor(home["outsider"]), listing) == {"everybody"}
    assert kind.audiences(actor(home["rep"]), waits) == {"everybody", "reviewers"}
    assert kind.audiences(actor(home["lead"]), waits) == {"everybody", "reviewers", "deciders"}
    assert kind.told(waits, "everybody") == {home["rep"].id}
    assert kind.told(waits, "deciders") == {home["lead"].id, home["admin"].id}
    assert kind.discuss(actor(home["outsider"]), listing) is True
    assert kind.discuss(VISITOR, listing).code == "sign_in_first"
    assert kind.attach(actor(home["rep"]), listing) is True
    assert kind.attach(actor(home["rep"]), waits).code == "in_review"
    assert not kind.attach(actor(home["member"]), listing)
    seen = set(db.session.scalars(kind.seen(VISITOR)))
    assert seen == {listing.id}


def test_institution_and_consortium_show_what_is_offered_and_sought(home, client) -> None:
    of(home, title="Microscope hours")
    of(home, title="Field site", direction="need")
    of(home, title="For members", visibility="consortium")
    of(home, "draft", title="Only begun")
    for path in (f"/institutions/{home['institution'].id}", f"/consortia/{home['consortium'].id}"):
        page = Page.get(client, path)
        assert "Microscope hours" in page.text
        assert "Field site" in page.text
        assert "For members" not in page.text
        assert "Only begun" not in page.text
        assert page.follow("All in Resources").text.count("Microscope hours") == 1


def test_who_takes_their_data_along_takes_what_they_began_without_its_texts(home) -> None:
    listing = of(home, "draft", title="Begun", detail=MARKER)
    (found,) = leaving.belongings_of(home["rep"].id)["listings"]
    assert (found["number"], found["title"], found["state"]) == (listing.number, "Begun", "draft")
    assert MARKER not in str(found)


def test_what_an_institution_has_begun_stands_on_the_first_page_of_its_representatives(
    home, login_as
) -> None:
    of(home, "draft", title="Half an offer")
    page = Page.get(login_as(home["rep"]), "/")
    assert page.follow("Half an offer").path.endswith("/edit")
    assert "Half an offer" not in Page.get(login_as(home["member"]), "/").text


def test_somebody_who_doubts_a_listing_can_report_it(home, client, login_as) -> None:
    listing = of(home)
    path = f"/discussion/report/listing/{listing.id}"
    page = Page.get(login_as(home["outsider"]), f"/resources/{listing.id}")
    assert path in page.html
    assert Page.get(page.client, path).status == 200
    for browser in (client, login_as(home["rep"])):
        assert path not in Page.get(browser, f"/resources/{listing.id}").html
