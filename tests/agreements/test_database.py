"""What both databases refuse although somebody asks them directly."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.agreements import queries, services
from app.core.db import db
from tests.factories import make_institution
from tests.factories.accounts import actor
from tests.factories.agreements import fresh, line, make_agreement, rows_of, sign, signatory_of


def refused(statement, **values):
    with pytest.raises(DatabaseError), db.engine.begin() as connection:
        connection.execute(text(statement), values)


@pytest.mark.parametrize("table", ["agreement_version", "agreement_signature"])
def test_versions_and_signatures_never_change(app, table):
    make_agreement(state="partly_signed")
    db.session.rollback()
    refused(f"UPDATE {table} SET number = number + 1")
    refused(f"UPDATE {table} SET sha256 = :other", other="0" * 64)
    refused(f"DELETE FROM {table}")
    with db.engine.connect() as connection:
        assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 1


def test_the_words_of_a_sent_version_change_only_with_the_next_one(app):
    agreement = make_agreement(state="negotiation")
    db.session.rollback()
    for change in (
        "title = 'Other'",
        "kind = 'data_use'",
        "language = 'ar'",
        "notice_days = 1",
        "starts_on = '2030-01-01'",
        "ends_on = '2030-01-01'",
        "amends_id = id",
        "prevailing = 'ar'",
        "texts = '{}'",
    ):
        refused(f"UPDATE agreement SET {change} WHERE id = :id", id=agreement.id)
    with db.engine.begin() as connection:
        changed = connection.execute(
            text("UPDATE agreement SET title = 'Other', number = number + 1 WHERE id = :id"),
            {"id": agreement.id},
        )
        assert changed.rowcount == 1


@pytest.mark.parametrize("state", ["ready", "partly_signed", "in_force", "declined"])
def test_lines_and_parties_stay_once_it_is_ready(app, state):
    agreement = make_agreement(state=state)
    db.session.rollback()
    refused("UPDATE agreement_commitment SET quantity = 1 WHERE agreement_id = :id", id=agreement.id)
    refused("DELETE FROM agreement_commitment WHERE agreement_id = :id", id=agreement.id)
    refused(
        "INSERT INTO agreement_commitment (agreement_id, giver_id, receiver_id, kind, text, unit, repeats, condition, "
        "is_public, position) SELECT agreement_id, giver_id, receiver_id, kind, 'More', '', '', '', is_public, 9 "
        "FROM agreement_commitment WHERE agreement_id = :id",
        id=agreement.id,
    )
    refused("DELETE FROM agreement_party WHERE agreement_id = :id", id=agreement.id)
    refused(
        "INSERT INTO agreement_party (agreement_id, institution_id, position, gift_reason) VALUES (:id, :home, 9, '')",
        id=agreement.id,
        home=make_institution().id,
    )


def test_a_party_stays_who_it_is(app):
    agreement = make_agreement(state="negotiation")
    other = make_institution().id
    db.session.rollback()
    refused(
        "UPDATE agreement_party SET institution_id = :other WHERE agreement_id = :id AND institution_id = :own",
        other=other,
        id=agreement.id,
        own=agreement.institution_id,
    )


def sign_directly(agreement, sha256=None, number=1):
    return text(
        "INSERT INTO agreement_signature (agreement_id, number, sha256, institution_id, person_id, capacity, at) "
        "SELECT :id, :number, :sha256, :home, drafted_by_id, 'Rector', created_at FROM agreement WHERE id = :id"
    ), {
        "id": agreement.id,
        "number": number,
        "sha256": sha256 or digest_of(agreement),
        "home": agreement.institution_id,
    }


def digest_of(agreement):
    with db.engine.connect() as connection:
        return connection.scalar(
            text("SELECT sha256 FROM agreement_version WHERE agreement_id = :id"), {"id": agreement.id}
        )


@pytest.mark.parametrize(
    ("state", "sha256", "number"),
    [("ready", "f" * 64, 1), ("ready", None, 2), ("negotiation", None, 1), ("in_force", None, 1)],
    ids=["another text", "another version", "not ready", "in force"],
)
def test_no_signature_of_another_text_version_or_state(app, state, sha256, number):
    agreement = make_agreement(state=state)
    db.session.rollback()
    statement, values = sign_directly(agreement, sha256, number)
    with pytest.raises(DatabaseError), db.engine.begin() as connection:
        connection.execute(statement, values)


def test_a_signature_that_keeps_the_rules_is_taken(app):
    agreement = make_agreement(state="ready")
    db.session.rollback()
    statement, values = sign_directly(agreement)
    with db.engine.begin() as connection:
        assert connection.execute(statement, values).rowcount == 1


def test_nobody_signs_while_a_party_only_gives(app):
    homes = [make_institution(), make_institution()]
    agreement = make_agreement(
        state="ready", institutions=homes, lines=[line(homes[0].id, homes[1].id, "All of it")]
    )
    db.session.rollback()
    statement, values = sign_directly(agreement)
    with pytest.raises(DatabaseError), db.engine.begin() as connection:
        connection.execute(statement, values)


FORCE = (
    "UPDATE agreement SET state = 'in_force', in_force_at = created_at, ball_institution_id = NULL, "
    "ball_since = NULL, ball_due_at = NULL WHERE id = :id"
)


def test_in_force_needs_the_signatures_of_all(app):
    agreement = make_agreement(state="partly_signed")
    db.session.rollback()
    refused(FORCE, id=agreement.id)


def test_in_force_needs_them_under_the_same_version(app):
    homes = [make_institution(), make_institution()]
    agreement = make_agreement(state="partly_signed", institutions=homes)
    first, second = (signatory_of(home.id) for home in homes)
    services.revise(actor(second), agreement, commitments=rows_of(agreement), note="More", notice_days=60)
    services.say_content(actor(first), fresh(agreement), number=2)
    sign(agreement, homes[1].id, second)
    assert len(queries.signatures_of(agreement.id)) == 2  # of one version each
    db.session.rollback()
    refused(FORCE, id=agreement.id)


def test_nobody_signs_a_version_for_two_parties(app):
    agreement = make_agreement(state="partly_signed")
    db.session.rollback()
    refused(
        "INSERT INTO agreement_signature (agreement_id, number, sha256, institution_id, person_id, capacity, at) "
        "SELECT s.agreement_id, s.number, s.sha256, p.institution_id, s.person_id, s.capacity, s.at "
        "FROM agreement_signature s JOIN agreement_party p ON p.agreement_id = s.agreement_id "
        "WHERE s.agreement_id = :id AND p.institution_id <> s.institution_id",
        id=agreement.id,
    )


def test_an_amendment_comes_into_force_only_while_what_it_amends_is(app):
    homes = [make_institution(), make_institution()]
    ended = make_agreement(state="declined", institutions=homes).id
    running = make_agreement(state="in_force", institutions=homes).id
    for amended, is_taken in ((ended, False), (running, True)):
        agreement = make_agreement(state="draft", institutions=homes)
        db.session.rollback()
        # No party is left to sign, so nothing else than the amended agreement is in the way.
        with db.engine.begin() as connection:
            values = {"id": agreement.id, "amends": amended, "code": f"X-{agreement.id}"}
            connection.execute(text("DELETE FROM agreement_commitment WHERE agreement_id = :id"), values)
            connection.execute(text("DELETE FROM agreement_party WHERE agreement_id = :id"), values)
            connection.execute(
                text(
                    "UPDATE agreement SET amends_id = :amends, number = 1, code = :code, state = 'partly_signed', "
                    "ball_institution_id = institution_id, ball_since = created_at, ball_due_at = created_at "
                    "WHERE id = :id"
                ),
                values,
            )
        if is_taken:
            with db.engine.begin() as connection:
                assert connection.execute(text(FORCE), {"id": agreement.id}).rowcount == 1
        else:
            refused(FORCE, id=agreement.id)


def test_who_has_the_ball_is_named_while_it_is_open(app):
    agreement = make_agreement(state="negotiation")
    db.session.rollback()
    refused("UPDATE agreement SET ball_institution_id = NULL WHERE id = :id", id=agreement.id)
    refused("UPDATE agreement SET ball_due_at = NULL WHERE id = :id", id=agreement.id)
