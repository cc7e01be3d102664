"""Signatures at the same moment: each party's counts once, the last brings it into force once, a new version voids them."""

from sqlalchemy import func, select

from app.agreements import queries
from app.agreements.models import Agreement
from app.core.db import db
from app.ledger.models import LedgerLine
from tests.factories.agreements import make_agreement, signatory_of
from tests.factories.institutions import make_institution
from tests.races.crowd import filled
from tests.races.test_deciding import acts, assert_one_winner, fresh
from tests.support.pages import Page

ROUNDS = 3
SIGNED = {"accepted": "y", "capacity": "Rector"}


def lines_of(key: int) -> int:
    ids = [row.id for row in queries.commitments_of(key)]
    return db.session.execute(
        select(func.count()).select_from(LedgerLine).where(LedgerLine.source_id.in_(ids))
    ).scalar_one()


def test_all_parties_sign_at_once(app, login_as, together):
    homes = [make_institution() for _number in range(3)]
    browsers = [login_as(signatory_of(home.id)) for home in homes]
    for _round in range(ROUNDS):
        key = make_agreement(state="ready", institutions=homes).id
        pages = [Page.get(browser, f"/agreements/{key}/sign") for browser in browsers]
        answers = together.at_once([filled(page, SIGNED, button="sign") for page in pages])
        # On PostgreSQL somebody may be asked to try again; nobody sees anything worse.
        assert {answer.status for answer in answers} <= {303, 409}
        fresh()
        for home, browser in zip(homes, browsers, strict=True):
            if not any(row.institution_id == home.id for row in queries.signed(key, 1)):
                assert Page.get(browser, f"/agreements/{key}/sign").submit(SIGNED).status == 200
                fresh()
        assert db.session.get_one(Agreement, key).state == "in_force"
        assert len(queries.signed(key, 1)) == 3
        assert (acts("agreements.sign", key), acts("agreements.come_into_force", key)) == (3, 1)
        assert lines_of(key) == len(queries.commitments_of(key))


def test_one_party_signs_twice_at_once(app, login_as, together):
    homes = [make_institution(), make_institution()]
    browser = login_as(signatory_of(homes[0].id))
    for _round in range(ROUNDS):
        key = make_agreement(state="ready", institutions=homes).id
        pages = [Page.get(browser, f"/agreements/{key}/sign") for _tab in range(4)]
        assert_one_winner(together.at_once([filled(page, SIGNED, button="sign") for page in pages]))
        fresh()
        assert [row.institution_id for row in queries.signed(key, 1)] == [homes[0].id]


def test_the_last_signature_against_a_new_version(app, login_as, together):
    homes = [make_institution(), make_institution()]
    first, second = (login_as(signatory_of(home.id)) for home in homes)
    for _round in range(ROUNDS):
        key = make_agreement(state="partly_signed", institutions=homes).id
        revise = Page.get(first, f"/agreements/{key}/revise")
        sign = Page.get(second, f"/agreements/{key}/sign")
        answers = together.at_once(
            [
                filled(revise, {"note": "Longer notice", "notice_days": "90"}, button="revise"),
                filled(sign, SIGNED, button="sign"),
            ]
        )
        assert_one_winner(answers)
        fresh()
        now = db.session.get_one(Agreement, key)
        assert (now.state, now.number, len(queries.signed(key, now.number))) in {
            ("in_force", 1, 2),
            ("negotiation", 2, 0),
        }
        assert lines_of(key) == (2 if now.state == "in_force" else 0)
