"""The photo of a listing: chosen by its representatives, shown to those who see the listing, made anew."""

import io

import pytest
from sqlalchemy import func, select

from app.core.access import Actor, load_grants
from app.core.db import db
from app.core.errors import Invalid, NotAllowed, NotFound, RuleBroken
from app.core.files import StoredFile
from app.listings import queries, services
from tests.listings.support import last_line, make_home, of
from tests.support import uploads
from tests.support.pages import Page


@pytest.fixture
def home(app):
    return make_home()


def actor(person):
    return Actor(person.id, person.display_name, grants=load_grants(person.id))


def show(home, listing, content=None, who="rep", name="lab.jpg", **values):
    stream = io.BytesIO(uploads.picture("JPEG", (1200, 800)) if content is None else content)
    services.set_photo(
        actor(home[who]), listing, upload=(stream, name), **{"alt": "The laboratory", **values}
    )


def fetch(browser, path):
    answer = browser.get(path)
    answer.close()  # it holds the file
    return answer.status_code, answer.mimetype


def files():
    return db.session.scalar(select(func.count()).select_from(StoredFile))


def test_a_photo_is_shown_with_its_words_and_replaced_by_the_next(home, client) -> None:
    listing = of(home, detail_visibility="agreement")
    show(home, listing)
    assert last_line().action == "listings.set_photo"
    page = Page.get(client, f"/resources/{listing.id}")
    (image,) = [node for node in page.tree.iter("img") if "ta-photo" in node.get("class", "")]
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("The laboratory", "960", "640")
    assert fetch(client, image.get("src")) == (200, "image/jpeg")
    show(home, listing, uploads.picture("PNG", (50, 40)), name="lab.png", alt="The bench")
    assert (files(), queries.photo(actor(home["rep"]), listing.id).alt) == (1, "The bench")
    services.remove_photo(actor(home["rep"]), listing)
    assert files() == 0
    with pytest.raises(NotFound):
        services.remove_photo(actor(home["rep"]), listing)
    assert client.get(f"/resources/{listing.id}/photo").status_code == 404


def test_who_does_not_see_the_listing_sees_no_photo(home, client, login_as) -> None:
    listing = of(home, "draft")
    show(home, listing)
    path = f"/resources/{listing.id}/photo"
    assert fetch(login_as(home["rep"]), path)[0] == 200
    assert [fetch(browser, path)[0] for browser in (client, login_as(home["member"]))] == [404, 404]


def test_what_is_refused_leaves_nothing(home) -> None:
    listing = of(home)
    with pytest.raises(NotAllowed):
        show(home, listing, who="member")
    with pytest.raises(Invalid):
        show(home, listing, alt="")
    with pytest.raises(Invalid):
        show(home, listing, b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
    waits = of(home, "in_review")
    with pytest.raises(RuleBroken):
        show(home, waits)
    assert files() == 0


def test_the_page_asks_for_both_and_refuses_others(home, login_as) -> None:
    listing = of(home)
    page = Page.get(login_as(home["rep"]), f"/resources/{listing.id}").follow("Show a photo")
    page = page.submit({"alt": ""}, button="save-photo")
    assert page.status == 422
    assert len(page.errors) == 2
    assert Page.get(login_as(home["member"]), f"/resources/{listing.id}/edit/photo").status == 403
