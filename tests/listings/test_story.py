"""From nothing to a published listing and back, through the pages alone."""

from app.core.db import db
from app.listings.models import Listing
from tests.listings.support import make_home
from tests.support.pages import Page


def test_a_first_offer_goes_from_a_draft_through_review_into_the_list(app, login_as) -> None:
    home = make_home()
    rep = login_as(home["rep"])
    page = Page.get(rep, "/resources").follow("Post an offer or a need")
    page = page.submit(
        {"direction": "offer", "kind": "facility_time", "title": "ICP mass spectrometer", "language": "en"},
        button="Begin",
    )
    assert "ICP mass spectrometer" in page.h1
    page = page.follow("What it is")
    page = page.submit(
        {
            "summary": "Trace metals in water and soil.",
            "detail": "Room **12**, key at the porter.",
            "detail_visibility": "consortium",
            "manufacturer": "Agilent",
            "operator_needed": "yes",
        },
        button="Save and go on",
    )
    assert page.h1 == "How much, where and when", page.errors
    page = page.submit({"quantity": "80.5", "unit": "hour"}, button="Save and go on")
    assert page.h1 == "Conditions and who may ask", page.errors
    page = page.submit({"language_more": "en", "training": "Half a day."}, button="Save and go on")
    assert page.h1 == "What we want in return", page.errors
    page = page.submit(
        {"wants-0-kind": "material", "wants-0-text": "Reference samples"}, button="Save and go on"
    )
    assert page.h1 == "Check and send", page.errors
    page = page.submit({}, button="send")
    assert page.h1 == "It has been sent for review"
    listing = db.session.query(Listing).one()
    assert (listing.state, str(listing.quantity), listing.operator_needed) == ("in_review", "80.5", True)

    lead = login_as(home["lead"])
    page = Page.get(lead, f"/resources/{listing.id}/review").submit({}, button="publish")
    assert "ICP mass spectrometer" in page.h1
    visitor = Page.get(app.test_client(), "/resources")
    assert "ICP mass spectrometer" in visitor.text
    page = visitor.follow("ICP mass spectrometer")
    assert "80.5 hours" in page.text
    assert "Reference samples" in page.text
    assert "Room" not in page.html
    assert "Room" in Page.get(lead, f"/resources/{listing.id}").text
