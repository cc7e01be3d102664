"""The statement as PDF: ordered, made for what its reader sees, given out only to whom it belongs."""

import io
from decimal import Decimal

import pypdfium2
import pytest
from sqlalchemy import select

from app.core import documents
from app.core.access import VISITOR
from app.core.db import db
from app.core.errors import NotAllowed
from app.institutions import services as institutions
from app.institutions.models import Affiliation
from app.ledger import services
from app.ledger.services import paper
from tests.factories.accounts import actor, make_person
from tests.factories.institutions import affiliate
from tests.factories.ledger import make_line, make_sides


def text_of(content: bytes) -> str:
    read = pypdfium2.PdfDocument(io.BytesIO(content))
    return "\n".join(page.get_textpage().get_text_bounded() for page in read)


@pytest.fixture
def sides(app):
    """80 hours received in public, 5 between the parties."""
    found = make_sides()
    make_line(found, state="received", visibility="public", text="Open microscope")
    make_line(found, state="received", quantity=Decimal(5), text="Secret microscope")
    make_line(found, text="Only promised")
    return found


def order(client, page, sides, period: str = "") -> str:
    """What the file says, after ordering it from the page, waiting and fetching it."""
    waiting = page(f"/impact/institutions/{sides.giver.id}{period}", client).submit(button="pdf")
    assert "The document is being made." in waiting.text
    assert documents.make_waiting() == 1
    ready = page(waiting.path, client)
    assert "The document is ready." in ready.text
    [address] = [href for words, href in ready.links().items() if words.startswith("Download the PDF")]
    with client.get(address) as sent:
        assert (sent.status_code, sent.mimetype) == (200, "application/pdf")
        assert sent.headers["Content-Disposition"].startswith("attachment")
        return text_of(sent.data)


def test_its_own_people_get_everything_others_what_is_public(sides, page, login_as) -> None:
    inside = order(login_as(sides.from_giver), page, sides)
    for part in ("Nile Institute", "85 hours", "Open microscope", "Secret microscope", "Page 1 of 1"):
        assert part in inside
    assert "Only promised" not in inside
    outside = order(login_as(make_person("Sam Stranger")), page, sides)
    assert "80 hours" in outside
    for part in ("85 hours", "Secret", "5 hours"):
        assert part not in outside
    # Whoever sees more than the public for another reason still shares the public's document.
    shared = order_of(sides.lead, sides)
    assert shared.key.endswith("|public")
    assert shared.state == "made"


def order_of(person, sides) -> documents.Ordered:
    return services.order_statement(actor(person), sides.giver.id, None, None, "en")


def test_the_permission_is_asked_again_when_it_is_fetched(sides, page, login_as, client) -> None:
    member = affiliate("Mona Member", sides.giver)
    inside = login_as(member)
    order(inside, page, sides)
    where = f"/impact/institutions/{sides.giver.id}.pdf?get=1"
    stranger = login_as(make_person("Sam Stranger"))
    assert stranger.get(where).status_code == 404  # theirs was never ordered
    assert client.get(where).status_code in {302, 303, 401}
    other = login_as(sides.from_receiver)
    assert other.get(where).status_code == 404
    # Who leaves the institution gets the public's from then on.
    affiliation = db.session.scalars(select(Affiliation).where(Affiliation.person_id == member.id)).one()
    institutions.leave(actor(member), affiliation)
    assert inside.get(where).status_code == 404


def test_the_period_is_part_of_the_order(sides, page, login_as) -> None:
    client = login_as(sides.from_giver)
    assert "Nothing was received in this period" in order(client, page, sides, "?since=2001-01&until=2001-12")
    assert "85 hours" in order(client, page, sides, "?since=2001-01")


def test_visitors_cannot_order(sides, page, client) -> None:
    shown = page(f"/impact/institutions/{sides.giver.id}")
    assert "Statement as PDF" not in shown.text
    with pytest.raises(NotAllowed):
        services.order_statement(VISITOR, sides.giver.id, None, None, "en")


def test_arabic_is_set_from_the_right(sides) -> None:
    english = services.order_statement(actor(sides.from_giver), sides.giver.id, None, None, "en")
    arabic = services.order_statement(actor(sides.from_giver), sides.giver.id, None, None, "ar")
    assert documents.make_waiting() == 2
    assert english.id != arabic.id


def test_a_long_statement_is_cut_and_says_so(sides, monkeypatch) -> None:
    monkeypatch.setattr(paper, "MOST_LINES", 1)
    _name, content = paper.statement(sides.giver.id, "||all", "en")
    assert "These are the newest 1 lines." in text_of(content)
