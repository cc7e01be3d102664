"""Signing: who, which text, the two-way gate, what the last signature sets off, and what nobody can change."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.accounts.models import SignIn
from app.agreements import queries, services
from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken
from app.ledger.models import LedgerLine
from app.notifications.models import Mail, Notice
from tests.factories import make_consortium, make_project
from tests.factories.accounts import actor, make_person
from tests.factories.agreements import (
    fresh,
    line,
    make_agreement,
    make_signatory,
    proved,
    rows_of,
    sign,
    signatory_of,
)
from tests.factories.institutions import affiliate, make_institution
from tests.factories.projects import add_partner

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def homes():
    return [make_institution("Nile"), make_institution("Lake", country="KE")]


def put(agreement, home, person, **changed):
    """Sign as the page does, with what is changed."""
    now = fresh(agreement)
    values = {
        "institution_id": home.id,
        "number": now.number,
        "sha256": queries.version(now.id, now.number).sha256,
        "capacity": "Rector",
        "accepted": True,
    }
    return services.sign(proved(person), now, **{**values, **changed})


def signatures(agreement):
    return [(row.number, row.institution_id) for row in queries.signatures_of(agreement.id)]


def test_all_signatures_of_one_text_bring_it_into_force(homes):
    agreement = make_agreement(state="ready", institutions=homes)
    first, second = (signatory_of(home.id) for home in homes)
    assert put(agreement, homes[0], first) is False
    now = fresh(agreement)
    assert (now.state, now.ball_institution_id) == ("partly_signed", homes[1].id)
    asked = db.session.scalars(select(Notice).where(Notice.kind == "agreements.signed")).all()
    assert {(row.person_id, row.path) for row in asked} == {(second.id, f"/agreements/{now.id}/sign")}
    assert put(agreement, homes[1], second) is True
    now = fresh(agreement)
    assert (now.state, now.ball_institution_id) == ("in_force", None)
    assert now.in_force_at is not None
    version = queries.version(now.id, 1)
    rows = queries.signatures_of(now.id)
    assert {(row.person_id, row.sha256, row.capacity) for row in rows} == {
        (first.id, version.sha256, "Rector"),
        (second.id, version.sha256, "Rector"),
    }
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "agreements.sign")).all()
    assert [row.after["sha256"] for row in entries] == [version.sha256] * 2
    assert all("no qualified electronic signature" in row.after["meaning"] for row in entries)
    told = db.session.scalars(select(Mail).where(Mail.kind == "agreements.in_force")).all()
    assert {row.person_id for row in told} == {first.id}  # the other one signed last and knows


def test_commitments_become_lines_of_the_ledger_once(homes):
    agreement = make_agreement(state="in_force", institutions=homes)
    lines = db.session.scalars(select(LedgerLine).order_by(LedgerLine.id)).all()
    assert [(row.giver_id, row.receiver_id, row.quantity, row.unit, row.due_on) for row in lines] == [
        (row.giver_id, row.receiver_id, row.quantity, row.unit, row.due_on)
        for row in queries.commitments_of(agreement.id)
    ]
    assert {(row.source_kind, row.visibility, row.state) for row in lines} == {
        ("commitment", "public", "pledged")
    }
    assert services.pledge() == 0


def test_only_the_named_signatory_signs_while_the_institution_lets_them(homes):
    agreement = make_agreement(state="ready", institutions=homes)
    named = signatory_of(homes[0].id)
    for other in (
        make_signatory(homes[0]),  # may sign for it, and is not named
        affiliate(None, homes[0], "representative"),
        signatory_of(homes[1].id),
        make_person(),
    ):
        with pytest.raises(NotAllowed):
            put(agreement, homes[0], other)
    with transaction(system="the institution takes it back"):
        db.session.execute(
            text("UPDATE affiliation SET is_signatory = :no WHERE person_id = :p"),
            {"no": False, "p": named.id},
        )
    with pytest.raises(NotAllowed) as refused:
        put(agreement, homes[0], named)
    assert refused.value.code == "no_signatory_now"
    assert signatures(agreement) == []


def test_a_signature_needs_a_password_given_just_now(homes):
    agreement = make_agreement(state="ready", institutions=homes)
    person = signatory_of(homes[0].id)
    shown = queries.version(agreement.id, 1)
    values = {"institution_id": homes[0].id, "number": 1, "sha256": shown.sha256, "capacity": "Rector", "accepted": True}  # fmt: skip
    with pytest.raises(NotAllowed) as refused:
        services.sign(dataclasses.replace(actor(person), session_id=None), fresh(agreement), **values)
    assert refused.value.code == "prove_first"
    stale = proved(person)
    with transaction(system="time goes by"):
        db.session.get_one(SignIn, stale.session_id).proved_at = clock.now() - timedelta(minutes=11)
    with pytest.raises(NotAllowed) as refused:
        services.sign(stale, fresh(agreement), **values)
    assert refused.value.code == "prove_first"
    assert signatures(agreement) == []
    services.sign(proved(person), fresh(agreement), **values)
    assert signatures(agreement) == [(1, homes[0].id)]


def test_without_the_tick_and_a_capacity_nothing_is_signed(homes):
    agreement = make_agreement(state="ready", institutions=homes)
    person = signatory_of(homes[0].id)
    with pytest.raises(Invalid) as refused:
        put(agreement, homes[0], person, accepted=False)
    assert set(refused.value.fields) == {"accepted"}
    with pytest.raises(Invalid) as refused:
        put(agreement, homes[0], person, capacity="")
    assert set(refused.value.fields) == {"capacity"}
    assert signatures(agreement) == []
    assert fresh(agreement).state == "ready"


@pytest.mark.parametrize("state", ["draft", "negotiation", "in_force", "declined"])
def test_only_what_is_ready_is_signed(homes, state):
    agreement = make_agreement(state=state, institutions=homes)
    before = signatures(agreement)
    number = max(1, fresh(agreement).number)
    with pytest.raises((RuleBroken, Conflict)):
        services.sign(
            proved(signatory_of(homes[0].id)),
            fresh(agreement),
            institution_id=homes[0].id,
            number=number,
            sha256="0" * 64,
            capacity="Rector",
            accepted=True,
        )
    assert signatures(agreement) == before


def test_a_party_signs_a_version_once(homes):
    agreement = make_agreement(state="partly_signed", institutions=homes)
    with pytest.raises(RuleBroken) as refused:
        put(agreement, homes[0], signatory_of(homes[0].id))
    assert refused.value.code == "signed_already"


def test_nobody_signs_for_two_parties(homes):
    agreement = make_agreement(state="ready", institutions=homes)
    both = affiliate(signatory_of(homes[0].id), homes[1], "representative", is_signatory=True)
    with transaction(system="both name the same person"):
        for party in queries.parties_of(agreement.id):
            party.signatory_id = both.id
    put(agreement, homes[0], both)
    with pytest.raises(RuleBroken) as refused:
        put(agreement, homes[1], both)
    assert refused.value.code == "signs_for_another"


def test_another_text_than_the_one_shown_is_not_signed(homes):
    agreement = make_agreement(state="ready", institutions=homes)
    person = signatory_of(homes[0].id)
    for changed in ({"sha256": "0" * 64}, {"number": 2}, {"number": 0}):
        with pytest.raises(Conflict):
            put(agreement, homes[0], person, **changed)
    assert signatures(agreement) == []


def test_what_is_signed_in_one_version_is_not_signed_in_the_next(homes):
    agreement = make_agreement(state="partly_signed", institutions=homes)
    first, second = (signatory_of(home.id) for home in homes)
    shown = queries.version(agreement.id, 1).sha256
    rows = [{**row, "text": f"{row['text']}, longer"} for row in rows_of(agreement)]
    services.revise(actor(second), fresh(agreement), commitments=rows, note="More of it")
    now = fresh(agreement)
    assert (now.state, now.number) == ("negotiation", 2)
    assert queries.signed(now.id, 2) == []
    services.say_content(actor(first), now, number=2)
    assert fresh(agreement).state == "ready"
    with pytest.raises(Conflict):  # the old page, still open
        put(agreement, homes[1], second, number=1, sha256=shown)
    assert put(agreement, homes[1], second) is False  # the signature of version 1 counts no more
    assert fresh(agreement).state == "partly_signed"
    assert put(agreement, homes[0], first) is True
    assert signatures(agreement) == [(1, homes[0].id), (2, homes[1].id), (2, homes[0].id)]


# ---- the two-way gate ------------------------------------------------------------------------------------------


@pytest.fixture
def one_sided(homes):
    """Nile gives, Lake gains, and nothing comes back."""
    return make_agreement(state="ready", institutions=homes, lines=[line(homes[0].id, homes[1].id)])


def test_it_cannot_be_signed_while_a_party_only_gives_or_only_gains(homes, one_sided):
    people = [signatory_of(home.id) for home in homes]
    for home, person in zip(homes, people, strict=True):
        with pytest.raises(RuleBroken) as refused:
            put(one_sided, home, person)
        assert refused.value.code == "one_sided"
    gift(one_sided, homes[0], people[0])
    with pytest.raises(RuleBroken):  # the other party gains only: it names that too, or nobody signs
        put(one_sided, homes[0], people[0])
    gift(one_sided, homes[1], people[1])
    assert put(one_sided, homes[0], people[0]) is False
    assert put(one_sided, homes[1], people[1]) is True
    parties = queries.parties_of(one_sided.id)
    assert [row.gift_reason for row in parties] == ["We were helped ourselves once"] * 2
    assert [row.gift_by_id for row in parties] == [person.id for person in people]


def gift(agreement, home, person, **changed):
    values = {"institution_id": home.id, "accepted": True, "reason": "We were helped ourselves once"}
    services.mark_gift(actor(person), fresh(agreement), **{**values, **changed})


def test_a_gift_is_named_by_the_partys_own_signatory_with_tick_and_reason(homes, one_sided):
    own, other = signatory_of(homes[0].id), signatory_of(homes[1].id)
    for person in (other, affiliate(None, homes[0], "representative"), make_signatory(homes[0])):
        with pytest.raises(NotAllowed):
            gift(one_sided, homes[0], person)
    with pytest.raises(Invalid):
        gift(one_sided, homes[0], own, accepted=False)
    with pytest.raises(Invalid):
        gift(one_sided, homes[0], own, reason="")
    assert not any(row.is_gift for row in queries.parties_of(one_sided.id))


def test_a_gift_is_told_to_all_and_kept_in_the_audit(homes, one_sided):
    own, other = (signatory_of(home.id) for home in homes)
    gift(one_sided, homes[0], own)
    told = db.session.scalars(select(Notice).where(Notice.kind == "agreements.gift_marked")).all()
    assert [(row.person_id, row.facts["note"]) for row in told] == [
        (other.id, "We were helped ourselves once")
    ]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "agreements.mark_gift")).one()
    assert (entry.actor_id, entry.after["what"]) == (own.id, "Nile")


def test_who_neither_gives_nor_gains_names_no_gift_and_holds_up_the_signing(homes):
    homes.append(make_institution("Hill"))
    lines = [line(homes[0].id, homes[1].id), line(homes[1].id, homes[0].id)]
    agreement = make_agreement(state="ready", institutions=homes, lines=lines)
    with pytest.raises(RuleBroken) as refused:
        gift(agreement, homes[2], signatory_of(homes[2].id))
    assert refused.value.code == "not_one_sided"
    with pytest.raises(RuleBroken) as refused:
        put(agreement, homes[0], signatory_of(homes[0].id))
    assert refused.value.code == "one_sided"
    # Whoever marks it past the portal: neither the rule nor the database takes it for a gift.
    person = signatory_of(homes[2].id)
    with transaction(system="test"):
        queries.party(agreement.id, homes[2].id).mark_gift(person.id, "Just so")
    assert queries.one_sided(agreement.id) == {homes[2].id: "neither"}
    statement = text(
        "INSERT INTO agreement_signature (agreement_id, number, sha256, institution_id, person_id, capacity, at) "
        "SELECT agreement_id, number, sha256, :home, :person, 'Rector', at FROM agreement_version"
    )
    values = {"home": homes[2].id, "person": person.id}
    db.session.rollback()
    with pytest.raises(DatabaseError, match="only gives or only gains"), db.engine.begin() as connection:
        connection.execute(statement, values)


@pytest.mark.parametrize("state", ["in_force", "declined"])
def test_no_gift_is_named_of_what_is_over_or_signed(homes, state):
    lines = [line(homes[0].id, homes[1].id)]
    agreement = make_agreement(state="ready", institutions=homes, lines=lines)
    own, other = (signatory_of(home.id) for home in homes)
    if state == "in_force":
        for home, person in zip(homes, (own, other), strict=True):
            gift(agreement, home, person)
        for home, person in zip(homes, (own, other), strict=True):
            put(agreement, home, person)
    else:
        services.decline(actor(other), fresh(agreement), code="balance")
    assert fresh(agreement).state == state
    with pytest.raises(RuleBroken) as refused:
        gift(agreement, homes[0], own)
    assert refused.value.code == "wrong_state"


def test_there_is_no_gift_where_both_sides_stand(homes):
    agreement = make_agreement(state="ready", institutions=homes)
    with pytest.raises(RuleBroken) as refused:
        gift(agreement, homes[0], signatory_of(homes[0].id))
    assert refused.value.code == "not_one_sided"


def test_a_gift_is_about_these_commitments(homes, one_sided):
    own, other = signatory_of(homes[0].id), signatory_of(homes[1].id)
    gift(one_sided, homes[0], own)
    rows = [*rows_of(one_sided), line(homes[0].id, homes[1].id, "Salinity records")]
    services.revise(actor(own), fresh(one_sided), commitments=rows, note="Still more")
    services.say_content(actor(other), fresh(one_sided), number=2)
    assert not any(row.is_gift for row in queries.parties_of(one_sided.id))
    with pytest.raises(RuleBroken):
        put(one_sided, homes[0], own)


def test_the_database_too_refuses_one_side_alone(homes, one_sided):
    statement = text(
        "INSERT INTO agreement_signature (agreement_id, number, sha256, institution_id, person_id, capacity, at) "
        "SELECT agreement_id, number, sha256, :home, :person, 'Rector', at FROM agreement_version"
    )
    values = {"home": homes[0].id, "person": signatory_of(homes[0].id).id}
    db.session.rollback()
    with pytest.raises(DatabaseError, match="only gives or only gains"), db.engine.begin() as connection:
        connection.execute(statement, values)
    people = [signatory_of(home.id) for home in homes]
    for home, person in zip(homes, people, strict=True):
        gift(one_sided, home, person)
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(statement, values)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agreement_signature SET capacity = 'Gardener'",
        "UPDATE agreement_signature SET number = 2",
        "DELETE FROM agreement_signature",
        "UPDATE agreement_version SET text = '{}'",
        "DELETE FROM agreement_version",
        "UPDATE agreement_commitment SET quantity = 1",
        "UPDATE agreement SET title = 'Another'",
        "DELETE FROM agreement_commitment",
    ],
)
def test_what_is_signed_changes_by_no_statement(homes, statement):
    agreement = make_agreement(state="in_force", institutions=homes)
    with pytest.raises(DatabaseError), db.engine.begin() as connection:
        connection.execute(text(statement))
    assert len(signatures(agreement)) == 2


def test_nothing_is_in_force_without_all_signatures(homes):
    make_agreement(state="partly_signed", institutions=homes)
    with pytest.raises(DatabaseError), db.engine.begin() as connection:
        connection.execute(text("UPDATE agreement SET state = 'in_force'"))


# ---- the project's gate ----------------------------------------------------------------------------------------


def test_a_project_begins_with_an_agreement_that_covers_all_partners(homes):
    third = make_institution("Hill")
    consortium = make_consortium(members=[*homes, third], projects_need_agreement=True)
    project = make_project(institution=homes[0], consortium=consortium, state="forming", complete=False)
    with transaction(system="test"):
        project.team_approved_at = clock.now()
    add_partner(project, homes[1])
    add_partner(project, third)
    make_agreement(state="in_force", institutions=homes, project=project)
    db.session.expire_all()
    assert project.state == "forming"
    assert [row.name for row in queries.not_covered(project.id)] == ["Hill"]
    # Two agreements that cover half each bind nobody to all.
    make_agreement(state="in_force", institutions=[homes[0], third], project=project)
    db.session.expire_all()
    assert project.state == "forming"
    everybody = make_agreement(state="partly_signed", institutions=[*homes, third], project=project)
    assert [row.name for row in queries.not_covered(project.id)]  # what is not in force covers nobody
    for home in (homes[1], third):
        assert project.state == "forming"
        sign(everybody, home.id, signatory_of(home.id))
    db.session.expire_all()
    assert project.state == "active"
    assert queries.covering(project.id) == {homes[0].id, homes[1].id, third.id}
    assert queries.not_covered(project.id) == []
