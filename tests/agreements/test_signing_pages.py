"""The pages of signing, gifts, notice, amendments and the paper, as a reader without scripts uses them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import SignIn
from app.agreements import queries
from app.agreements.models import Agreement
from app.core import clock, documents
from app.core.db import db, transaction
from app.ledger.models import LedgerLine
from tests.factories import make_consortium, make_project
from tests.factories.agreements import fresh, line, make_agreement, make_signatory, sign, signatory_of
from tests.factories.institutions import affiliate, make_institution


@pytest.fixture
def homes(app):
    return [make_institution("Nile"), make_institution("Lake", country="KE")]


def stale(person):
    with transaction(system="time goes by"):
        for row in db.session.scalars(select(SignIn).where(SignIn.person_id == person.id)):
            row.proved_at = clock.now() - timedelta(minutes=11)


def test_from_ready_to_in_force(page, login_as, homes):
    agreement = make_agreement("Joint wells", state="ready", institutions=homes)
    first, second = (signatory_of(home.id) for home in homes)
    shown = page(f"/agreements/{agreement.id}", login_as(first)).follow("Read and sign")
    version = queries.version(agreement.id, 1)
    assert version.sha256 in shown.text
    assert "We work together on sensors" in shown.text
    assert "no qualified electronic signature" in shown.text
    assert "Training of technicians" in shown.text
    refused = shown.submit({"capacity": "Rector"})
    assert (refused.status, "Tick that you have read this text" in refused.text) == (422, True)
    refused = shown.submit({"accepted": "y", "capacity": ""})
    assert (refused.status, "in what capacity" in refused.text) == (422, True)
    done = refused.submit({"accepted": "y", "capacity": "Rector"})
    assert done.path == f"/agreements/{agreement.id}"
    assert "You have signed" in done.text
    assert "Rector" in done.text
    assert page(f"/agreements/{agreement.id}/sign", login_as(first)).submit(
        {"accepted": "y", "capacity": "Rector"}
    ).status == 409  # fmt: skip
    waiting = page("/", login_as(second))
    assert "Joint wells waits for your signature" in waiting.text
    done = waiting.follow("Read and sign").submit({"accepted": "y", "capacity": "Dean"})
    assert "The agreement is in force" in done.text
    assert fresh(agreement).state == "in_force"
    assert "What became of it" in done.text
    assert done.text.count("Promised") == 2
    assert "Read and sign" not in page("/", login_as(second)).text


def test_the_page_asks_for_the_password_first(page, login_as, homes):
    agreement = make_agreement(state="ready", institutions=homes)
    person = signatory_of(homes[0].id)
    browser = login_as(person)
    shown = page(f"/agreements/{agreement.id}/sign", browser)
    stale(person)
    asked = page(f"/agreements/{agreement.id}/sign", browser)
    assert asked.path.startswith("/account")
    assert "password" in asked.h1.lower()
    # The page was open all the time: sending it asks as well, and nothing is signed.
    asked = shown.submit({"accepted": "y", "capacity": "Rector"})
    assert "password" in asked.h1.lower()
    assert queries.signed(agreement.id, 1) == []


def test_an_old_page_signs_nothing(page, login_as, homes):
    agreement = make_agreement(state="ready", institutions=homes)
    first, second = (signatory_of(home.id) for home in homes)
    old = page(f"/agreements/{agreement.id}/sign", login_as(first))
    from app.agreements import services
    from tests.factories.accounts import actor
    from tests.factories.agreements import rows_of

    services.revise(
        actor(second), fresh(agreement), commitments=rows_of(agreement), note="Longer", notice_days=90
    )
    answer = old.submit({"accepted": "y", "capacity": "Rector"})
    assert answer.status == 409
    assert "has changed since you opened it" in answer.text
    assert queries.signed(agreement.id, 2) == []


@pytest.mark.parametrize(
    ("who", "status"), [("visitor", 303), ("stranger", 404), ("representative", 403), ("signatory", 200)]
)
def test_who_opens_the_page_of_signing(client, login_as, homes, who, status):
    agreement = make_agreement(state="ready", institutions=homes)
    browsers = {
        "visitor": lambda: client,
        "stranger": lambda: login_as(affiliate("Sam", make_institution())),
        "representative": lambda: login_as(affiliate("Rita", homes[0], "representative")),
        "signatory": lambda: login_as(signatory_of(homes[0].id)),
    }
    assert browsers[who]().get(f"/agreements/{agreement.id}/sign").status_code == status


def test_a_gift_is_named_before_anybody_signs(page, login_as, homes):
    agreement = make_agreement(
        state="ready", institutions=homes, lines=[line(homes[0].id, homes[1].id, "Sensors")]
    )
    for home in homes:
        browser = login_as(signatory_of(home.id))
        blocked = page(f"/agreements/{agreement.id}/sign", browser)
        assert "Nobody can sign until this is mended" in blocked.text
        assert "Sign version" not in blocked.text
        form = page(f"/agreements/{agreement.id}", browser).follow("Name a gift")
        assert form.submit({"reason": "So it is"}).status == 422
        assert form.submit({"accepted": "y"}).status == 422
        done = form.submit({"accepted": "y", "reason": f"{home.own_name} means it so"})
        assert f"{home.own_name} means it so" in done.text
    for home in homes:
        form = page(f"/agreements/{agreement.id}/sign", login_as(signatory_of(home.id)))
        assert "Nile means it so" in form.text
        assert form.submit({"accepted": "y", "capacity": "Rector"}).status == 200
    assert fresh(agreement).state == "in_force"


def test_notice_is_given_and_taken_back(page, login_as, homes):
    agreement = make_agreement(state="in_force", institutions=homes)
    browser = login_as(signatory_of(homes[0].id))
    form = page(f"/agreements/{agreement.id}", browser).follow("Give notice")
    assert form.submit({"reason": ""}).status == 422
    done = form.submit({"reason": "We move to another field"})
    assert "We move to another field" in done.text
    assert fresh(agreement).notice_at is not None
    assert form.submit({"reason": "Again"}).status == 409
    other = page(f"/agreements/{agreement.id}", login_as(signatory_of(homes[1].id)))
    assert "Take the notice back" not in other.html
    done = done.submit(button="take-back")
    assert "The notice is taken back" in done.text
    assert fresh(agreement).notice_at is None


def test_an_amendment_is_begun_and_stands_with_what_it_amends(page, login_as, homes):
    agreement = make_agreement(state="in_force", institutions=homes)
    browser = login_as(signatory_of(homes[0].id))
    form = page(f"/agreements/{agreement.id}", browser).follow("Amend")
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert form.submit({"starts_on": yesterday}).status == 422
    assert form.submit({"starts_on": ""}).status == 422
    done = form.submit({"starts_on": (clock.today() + timedelta(days=5)).isoformat()})
    assert done.status == 200
    db.session.rollback()
    draft = db.session.scalars(select(Agreement).where(Agreement.amends_id == agreement.id)).one()
    assert done.path.startswith(f"/agreements/{draft.id}")


@pytest.mark.parametrize("path", ["notice", "amend", "gift", "sign"])
def test_what_the_state_forbids_is_told(login_as, homes, path):
    agreement = make_agreement(state="negotiation", institutions=homes)
    answer = login_as(signatory_of(homes[0].id)).get(f"/agreements/{agreement.id}/{path}")
    assert answer.status_code == 409


@pytest.mark.parametrize("path", ["notice", "amend"])
def test_strangers_change_nothing_of_what_everybody_sees(login_as, homes, path):
    agreement = make_agreement(state="in_force", institutions=homes)
    answer = login_as(affiliate("Sam", make_institution())).get(f"/agreements/{agreement.id}/{path}")
    assert answer.status_code == 403


def test_the_paper_is_ordered_made_and_given_to_those_inside(page, login_as, homes):
    agreement = make_agreement("Joint wells", state="in_force", institutions=homes)
    browser = login_as(signatory_of(homes[0].id))
    ordered = page(f"/agreements/{agreement.id}", browser).submit(button="pdf")
    assert ordered.status == 200
    assert documents.make_waiting() == 1
    with browser.get(f"/agreements/{agreement.id}.pdf?language=en&get=1") as answer:
        assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    outsider = login_as(affiliate("Sam", make_institution()))
    assert outsider.get(f"/agreements/{agreement.id}").status_code == 200
    assert outsider.get(f"/agreements/{agreement.id}.pdf?language=en&get=1").status_code == 403
    assert outsider.post(f"/agreements/{agreement.id}/pdf").status_code in {400, 403}


def test_everybody_sees_what_is_public_and_no_more(page, homes):
    lines = [
        line(homes[0].id, homes[1].id, "Open training"),
        line(homes[1].id, homes[0].id, "Quiet help", is_public=False),
    ]
    agreement = make_agreement(state="in_force", institutions=homes, lines=lines)
    shown = page(f"/agreements/{agreement.id}")
    assert "Open training" in shown.text
    assert "Quiet help" not in shown.html
    assert "We work together on sensors" not in shown.html
    # That it was signed and when is public, who signed stays among the parties.
    assert all(signatory_of(home.id).display_name not in shown.html for home in homes)
    assert "Vice-rector for research" not in shown.html
    assert db.session.scalars(select(LedgerLine.visibility).order_by(LedgerLine.id)).all() == [
        "public",
        "parties",
    ]


def test_a_page_in_force_costs_no_more_with_many_lines(login_as, statements):
    def cost(count):
        homes = [make_institution(), make_institution()]
        project = make_project(institution=homes[0], consortium=make_consortium(members=homes))
        lines = [line(homes[n % 2].id, homes[1 - n % 2].id, f"Thing {n}") for n in range(count)]
        agreement = make_agreement(state="in_force", institutions=homes, lines=lines, project=project)
        browser = login_as(signatory_of(homes[0].id))
        browser.get(f"/agreements/{agreement.id}")
        db.session.remove()
        statements.clear()
        assert browser.get(f"/agreements/{agreement.id}").status_code == 200
        return len(statements)

    few, many = cost(2), cost(25)
    assert few == many
    assert few <= 9


def test_the_page_of_signing_costs_no_more_with_many_lines(login_as, statements):
    def cost(count):
        homes = [make_institution(), make_institution()]
        lines = [line(homes[n % 2].id, homes[1 - n % 2].id, f"Thing {n}") for n in range(count)]
        agreement = make_agreement(state="ready", institutions=homes, lines=lines)
        browser = login_as(signatory_of(homes[0].id))
        browser.get(f"/agreements/{agreement.id}/sign")
        db.session.remove()
        statements.clear()
        assert browser.get(f"/agreements/{agreement.id}/sign").status_code == 200
        return len(statements)

    few, many = cost(2), cost(25)
    assert few == many
    assert few <= 9


def test_a_signatory_who_is_not_named_sees_no_way_to_sign(page, login_as, homes):
    agreement = make_agreement(state="ready", institutions=homes)
    other = make_signatory(homes[0])
    assert "Read and sign" not in page(f"/agreements/{agreement.id}", login_as(other)).text
    sign(agreement, homes[0].id, signatory_of(homes[0].id))
    assert (
        "Read and sign" not in page(f"/agreements/{agreement.id}", login_as(signatory_of(homes[0].id))).text
    )
