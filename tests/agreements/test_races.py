"""Two who revise, revise against sign, agree against revise, numbers of a year: threads, each with its own connection."""

import pytest

from app.agreements import queries, services
from app.agreements.models import Agreement
from app.core import clock
from app.core.db import db
from tests.factories import make_institution
from tests.factories.accounts import actor
from tests.factories.agreements import make_agreement, proved, rows_of, signatory_of
from tests.support.threads import race


@pytest.fixture
def homes(app):
    return [make_institution(), make_institution(country="KE")]


def reviser(home, key, version, rows, days):
    who = actor(signatory_of(home.id))
    return lambda: services.revise(
        who, queries.get(who, key), commitments=rows, note="Other notice.", notice_days=days, version=version
    )


def test_of_two_revisions_of_the_same_version_one_stands(app, homes):
    agreement = make_agreement(institutions=homes)
    key, version, rows = agreement.id, agreement.version, rows_of(agreement)
    runs = [reviser(home, key, version, rows, days) for home, days in zip(homes, (41, 42), strict=True)]
    db.session.remove()
    assert sorted(race(app, runs)).count("won") == 1
    now = db.session.get_one(Agreement, key)
    assert (now.number, now.notice_days in {41, 42}) == (2, True)
    assert len(queries.versions_of(key)) == 2


def test_revise_against_sign_leaves_one_truth(app, homes):
    agreement = make_agreement(state="partly_signed", institutions=homes)
    key, version, rows = agreement.id, agreement.version, rows_of(agreement)
    sha256 = queries.version(key, 1).sha256
    home, signer = homes[1].id, proved(signatory_of(homes[1].id))
    runs = [
        reviser(homes[0], key, version, rows, 44),
        lambda: services.sign(
            signer,
            queries.get(signer, key),
            institution_id=home,
            number=1,
            sha256=sha256,
            capacity="Rector",
            accepted=True,
        ),
    ]
    db.session.remove()
    ended = race(app, runs)
    assert ended.count("won") == 1
    now = db.session.get_one(Agreement, key)
    signed = [row for row in queries.signatures_of(key) if row.number == now.number]
    assert (now.state, now.number, len(signed)) in {("in_force", 1, 2), ("negotiation", 2, 0)}


def test_agree_against_revise_never_agrees_to_what_nobody_read(app, homes):
    agreement = make_agreement(institutions=homes)
    key, version, rows = agreement.id, agreement.version, rows_of(agreement)
    other = actor(signatory_of(homes[1].id))
    runs = [
        reviser(homes[0], key, version, rows, 45),
        lambda: services.say_content(other, queries.get(other, key), number=1),
    ]
    db.session.remove()
    assert race(app, runs).count("won") == 1
    now = db.session.get_one(Agreement, key)
    assert (now.state, now.number) in {("ready", 1), ("negotiation", 2)}


def test_numbers_are_given_once_and_without_gaps(app, homes):
    keys = [make_agreement(state="draft", institutions=homes).id for _ in range(5)]
    anna = actor(signatory_of(homes[0].id))

    def send(key):
        return lambda: services.send(anna, queries.get(anna, key))

    db.session.remove()
    ended = race(app, [send(key) for key in keys])
    for key in [row.id for row in db.session.query(Agreement).filter_by(code=None)]:
        send(key)()
    codes = sorted(row.code for row in db.session.query(Agreement))
    assert codes == [f"AGR-{clock.today().year}-{number:04d}" for number in range(1, 6)]
    assert set(ended) <= {"won", "already_there", "busy"}
