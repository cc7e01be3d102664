"""Before both have said yes no address, name of a hidden person, or second-level detail is found by any road."""

import io
import json

import pytest
from sqlalchemy import select, text

from app.audit.models import AuditEntry
from app.core.db import db
from app.core.index import hits
from app.discussion import services as discussion
from app.interest import services
from app.interest.models import TERMS_VERSION
from app.notifications.models import Mail, Notice
from app.web.letters import words_of
from tests.factories.accounts import actor
from tests.factories.interest import BRINGS, GAINS, make_interest
from tests.interest.world import (
    HIDDEN_OWNER,
    HIDDEN_SENDER,
    MARKERS,
    OWNER_MAIL,
    SECRET_DETAIL,
    SENDER_MAIL,
    make_world,
)


@pytest.fixture(params=["mutual", "agreement"])
def world(app, request):
    return make_world(request.param)


def talk(world):
    """An interest in conversation, in which both hidden people have written, with a file."""
    interest = make_interest(
        world["listing"], state="talking", sender=world["sender"], institution=world["atlas"]
    )
    for who, words in (("sender", "May we come in May?"), ("owner", "Do come.")):
        discussion.write(
            actor(world[who]), kind="interest", thing_id=interest.id, text=words, language="en",
            uploads=[(io.BytesIO(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"), "plan.pdf")] if who == "sender" else (),
        )  # fmt: skip
    return interest


def paths(world, interest):
    listing = world["listing"].id
    return [
        f"/exchange/{listing}",
        f"/exchange/{listing}/discussion",
        f"/discussion/listing/{listing}",
        f"/files/listing/{listing}",
        "/exchange",
        "/exchange?q=Qanat-seven",
        "/exchange?q=Umbra",
        "/exchange/export.csv",
        "/exchange/export.json",
        "/search?q=Umbra",
        "/search?q=Qanat-seven",
        "/people?q=Umbra",
        "/people?q=Silva",
        f"/people/{world['owner'].id}",
        f"/institutions/{world['delta'].id}",
        f"/institutions/{world['atlas'].id}",
        f"/consortia/{world['consortium'].id}",
        "/",
        "/audit",
        "/audit/entries.csv",
        "/notifications",
        "/interest",
        "/interest?view=sent",
        "/interest/export.csv",
        "/interest/export.csv?view=sent",
        f"/interest/{interest.id}",
        f"/interest/{interest.id}/discussion",
        f"/interest/{interest.id}/conversation.txt",
        f"/interest/{interest.id}/terms",
        f"/interest/{interest.id}/membership",
        f"/discussion/interest/{interest.id}",
        "/discussion/comments/1",
        "/discussion/comments/1/versions",
        "/discussion/comments/2",
        f"/interest/new?listing={listing}",
    ]


def found(browser, path, markers):
    response = browser.get(path, follow_redirects=True)
    assert response.status_code < 500, path
    body = response.get_data(as_text=True)
    return [marker for marker in markers if marker in body.replace(f"q={marker}", "")]


OF_OTHERS = {
    "sender": (SECRET_DETAIL, HIDDEN_OWNER, OWNER_MAIL),
    "sender_rep": MARKERS,
    "sender_member": MARKERS,
    "owner_rep": (HIDDEN_SENDER, SENDER_MAIL),
    "owner_member": MARKERS,
    "lead": (SECRET_DETAIL, OWNER_MAIL, HIDDEN_SENDER, SENDER_MAIL),
    "outsider": MARKERS,
}


def test_no_page_file_or_search_tells_it(world, login_as, client):
    interest = talk(world)
    readers = {name: (login_as(world[name]), markers) for name, markers in OF_OTHERS.items()}
    readers["visitor"] = (client, MARKERS)
    # Who answers for an institution reads in its audit which of its people did what.
    own = {"sender_rep": {HIDDEN_SENDER}}
    leaks = [
        (name, path, marker)
        for name, (browser, markers) in readers.items()
        for path in paths(world, interest)
        for marker in found(browser, path, markers)
        if marker not in own.get(name, set())
    ]
    assert leaks == []


def test_no_notice_or_mail_tells_it(world):
    talk(world)
    rows = [*db.session.scalars(select(Notice)), *db.session.scalars(select(Mail))]
    assert {row.kind for row in rows} >= {"interest.sent", "interest.talking", "discussion.comment"}
    for row in rows:
        said = words_of(row.kind, row.facts)
        everything = json.dumps([row.facts, said.subject, said.paragraphs, said.button], default=str)
        assert [marker for marker in MARKERS if marker in everything] == [], row.kind


def test_the_audit_tells_it_nowhere(world):
    talk(world)
    for entry in db.session.scalars(select(AuditEntry)):
        kept = json.dumps([entry.thing_label, entry.before, entry.after, entry.note], default=str)
        assert [marker for marker in MARKERS if marker in kept] == [], entry.action
    assert not hits("listing", "Qanat-seven")
    words = " ".join(str(row) for row in db.session.execute(text("SELECT * FROM index_entry")))
    assert SECRET_DETAIL.casefold() not in words.casefold()


def test_each_side_reads_only_what_its_own_people_did_in_the_audit(world):
    from app.audit.policies import visible_entries

    interest = talk(world)
    for who, actions in (
        ("owner_rep", {"interest.talk"}),
        ("sender_rep", {"interest.send"}),
        ("lead", set()),
    ):
        query = select(AuditEntry.action).where(
            visible_entries(actor(world[who])), AuditEntry.action.like("interest.%")
        )
        assert set(db.session.scalars(query)) == actions, who
    assert interest.id


def test_after_the_yes_both_know_each_other_and_nobody_else_does(world, login_as, client):
    interest = talk(world)
    services.accept(actor(world["owner_rep"]), interest, brings=GAINS, gains=BRINGS)
    page = f"/interest/{interest.id}"
    for name in ("sender", "sender_rep", "owner", "owner_rep"):
        browser = login_as(world[name])
        wanted = {HIDDEN_OWNER, HIDDEN_SENDER, OWNER_MAIL, SENDER_MAIL}
        assert set(found(browser, page, MARKERS)) == wanted, name
        names = {HIDDEN_OWNER, HIDDEN_SENDER}
        assert set(found(browser, f"{page}/discussion", tuple(names))) == names, name
        assert set(found(browser, f"{page}/conversation.txt", tuple(names))) == names, name
    listing = f"/exchange/{world['listing'].id}"
    is_open = {SECRET_DETAIL} if world["listing"].detail_visibility == "mutual" else set()
    assert set(found(login_as(world["sender"]), listing, (*MARKERS[:2], OWNER_MAIL))) == {HIDDEN_OWNER, OWNER_MAIL} | is_open  # fmt: skip
    for browser in (login_as(world["outsider"]), login_as(world["sender_member"]), client):
        assert found(browser, listing, MARKERS) == []
        assert browser.get(page).status_code in {303, 404}


def test_detail_under_terms_stays_closed_until_the_second_signature(app, login_as):
    world = make_world("agreement")
    interest = make_interest(
        world["listing"], state="accepted", sender=world["sender"], institution=world["atlas"]
    )
    listing = f"/exchange/{world['listing'].id}"
    sender = login_as(world["sender"])
    assert found(sender, listing, (SECRET_DETAIL,)) == []
    services.accept_terms(actor(world["sender_rep"]), interest, accepts=True, version=TERMS_VERSION)
    assert found(sender, listing, (SECRET_DETAIL,)) == []
    services.accept_terms(actor(world["owner_rep"]), interest, accepts=True, version=TERMS_VERSION)
    assert found(sender, listing, (SECRET_DETAIL,)) == [SECRET_DETAIL]
    assert found(login_as(world["sender_member"]), listing, (SECRET_DETAIL,)) == []


def test_the_export_of_a_list_holds_the_detail_for_whom_it_is_open_and_for_nobody_else(app, login_as):
    world = make_world("mutual")
    make_interest(world["listing"], state="accepted", sender=world["sender"], institution=world["atlas"])
    for name, expected in (("sender", [SECRET_DETAIL]), ("sender_member", []), ("outsider", [])):
        assert found(login_as(world[name]), "/exchange/export.csv", (SECRET_DETAIL,)) == expected, name
