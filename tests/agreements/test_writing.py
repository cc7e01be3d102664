"""Drafting: where a draft comes from, its parties, what is refused, what stays when something fails."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.agreements import queries, services
from app.agreements.models import Agreement, AgreementParty
from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from app.notifications.models import Notice
from tests.factories import add_partner, affiliate, make_consortium, make_institution, make_project
from tests.factories.accounts import actor, make_person
from tests.factories.agreements import fresh, line, make_agreement, make_signatory, rows_of, signatory_of
from tests.factories.interest import make_interest, reread


@pytest.fixture
def homes(app):
    return [make_institution(), make_institution(country="KE"), make_institution(country="SA")]


def test_only_for_an_institution_of_ones_own(homes):
    with pytest.raises(NotAllowed):
        services.create(actor(make_person()), kind="joint_work", title="X", institution_id=homes[0].id)
    member = actor(affiliate(None, homes[0]))
    for wrong in ({"institution_id": homes[1].id}, {"kind": "marriage"}, {"title": ""}, {"language": "xx"}):
        with pytest.raises(Invalid):
            services.create(
                member, **{"kind": "joint_work", "title": "X", "institution_id": homes[0].id, **wrong}
            )
    assert not list(db.session.scalars(select(Agreement)))


def test_a_project_brings_its_partners_and_consortium(homes):
    lea = affiliate("Lea", homes[0])
    consortium = make_consortium(members=homes)
    project = make_project(institution=homes[0], consortium=consortium, lead=lea, complete=False)
    add_partner(project, homes[1])
    made = services.create(
        actor(lea), kind="joint_work", title="Joint", institution_id=homes[0].id, project_id=project.id
    )
    assert [row.institution_id for row in queries.parties_of(made.id)] == [homes[0].id, homes[1].id]
    assert (made.project_id, made.consortium_id) == (project.id, consortium.id)
    assert queries.blanks_of(made.texts)
    stranger = actor(affiliate(None, homes[2]))
    with pytest.raises(Invalid):
        services.create(
            stranger, kind="joint_work", title="Joint", institution_id=homes[2].id, project_id=project.id
        )


def test_from_an_interest_with_what_both_bring(homes):
    interest = make_interest(state="accepted")
    sender = db.session.get_one(type(interest.sender), interest.asked_by_id)
    made = services.draft_from_interest(actor(sender), reread(interest), kind="data_use")
    now = fresh(made)
    assert {row.institution_id for row in queries.parties_of(now.id)} == {
        interest.institution_id,
        interest.owner_institution_id,
    }
    lines = queries.commitments_of(now.id)
    assert {row.giver_id for row in lines} == {interest.institution_id, interest.owner_institution_id}
    assert queries.one_sided(now.id) == {}
    assert reread(interest).state == "converted"
    with pytest.raises(RuleBroken):
        services.draft_from_interest(actor(sender), reread(interest), kind="data_use")
    assert len(list(db.session.scalars(select(Agreement)))) == 1


@pytest.mark.parametrize("state", ["sent", "talking"])
def test_nothing_is_drafted_before_the_mutual_yes(homes, state):
    interest = make_interest(state=state)
    sender = db.session.get_one(type(interest.sender), interest.asked_by_id)
    with pytest.raises(RuleBroken):
        services.draft_from_interest(actor(sender), reread(interest), kind="data_use")
    assert not list(db.session.scalars(select(Agreement)))
    assert reread(interest).state == state


def test_a_line_that_is_sent_twice_takes_nothing_from_the_other(homes):
    agreement = make_agreement(state="draft", institutions=homes[:2])
    rows = rows_of(agreement)
    twice = [rows[0], {**rows[0], "text": "Another line"}]
    services.save(actor(signatory_of(homes[0].id)), agreement, "commitments", commitments=twice)
    lines = queries.commitments_of(agreement.id)
    assert [row.text for row in lines] == [rows[0]["text"], "Another line"]
    assert lines[0].id == rows[0]["id"] != lines[1].id


def test_parties_come_and_go_while_it_is_a_draft(homes):
    agreement = make_agreement(state="draft", institutions=homes[:2])
    anna = actor(signatory_of(homes[0].id))
    services.add_party(anna, agreement, institution_id=homes[2].id)
    with pytest.raises(Invalid):
        services.add_party(anna, fresh(agreement), institution_id=homes[2].id)
    with pytest.raises(Invalid):
        services.add_party(anna, fresh(agreement), institution_id=make_institution(state="listed").id)
    with pytest.raises(NotFound):
        services.add_party(anna, fresh(agreement), institution_id=999_999)
    with pytest.raises(RuleBroken) as refused:
        services.remove_party(anna, fresh(agreement), institution_id=homes[1].id)
    assert refused.value.code == "party_has_lines"
    with pytest.raises(RuleBroken):
        services.remove_party(anna, fresh(agreement), institution_id=homes[0].id)
    services.remove_party(anna, fresh(agreement), institution_id=homes[2].id)
    rows = sorted(db.session.scalars(select(AgreementParty.institution_id)))
    assert rows == sorted(home.id for home in homes[:2])
    sent = make_agreement(institutions=homes[:2])
    with pytest.raises(RuleBroken):
        services.add_party(actor(signatory_of(homes[0].id)), sent, institution_id=homes[2].id)


def test_each_party_names_its_own_signatory_once_it_is_sent(homes):
    agreement = make_agreement(institutions=homes[:2])
    second = make_signatory(homes[1])
    anna, ben = actor(signatory_of(homes[0].id)), actor(signatory_of(homes[1].id))
    with pytest.raises(RuleBroken):
        services.name_signatory(anna, agreement, institution_id=homes[1].id, person_id=second.id)
    services.name_signatory(ben, fresh(agreement), institution_id=homes[1].id, person_id=second.id)
    assert queries.party(agreement.id, homes[1].id).signatory_id == second.id
    plain = affiliate(None, homes[1], "representative")
    with pytest.raises(Invalid):
        services.name_signatory(ben, fresh(agreement), institution_id=homes[1].id, person_id=plain.id)


def test_who_is_to_sign_is_told_once_it_is_sent_and_it_stands_in_the_audit(homes):
    def told():
        return list(
            db.session.scalars(select(Notice.person_id).where(Notice.kind == "agreements.signatory_named"))
        )

    draft = make_agreement(state="draft", institutions=homes[:2])
    second = make_signatory(homes[1])
    anna = actor(signatory_of(homes[0].id))
    services.name_signatory(anna, draft, institution_id=homes[1].id, person_id=second.id)
    assert told() == []
    agreement = make_agreement(institutions=homes[:2])
    ben = actor(signatory_of(homes[1].id))
    services.name_signatory(ben, agreement, institution_id=homes[1].id, person_id=second.id)
    services.name_signatory(ben, fresh(agreement), institution_id=homes[1].id, person_id=second.id)
    assert told() == [second.id]
    entries = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action == "agreements.name_signatory", AuditEntry.thing_id == agreement.id)
        .order_by(AuditEntry.id)
    ).all()
    assert (entries[-1].after["person_id"], entries[-1].institution_id) == (second.id, homes[1].id)


@pytest.mark.parametrize(
    "act",
    [
        lambda who, agreement, seen: services.save(who, agreement, "about", title="Other", version=seen),
        lambda who, agreement, seen: services.send(who, agreement, version=seen),
        lambda who, agreement, seen: services.withdraw(who, agreement, version=seen),
    ],
    ids=["save", "send", "withdraw"],
)
def test_a_draft_that_changed_meanwhile_is_a_conflict(homes, act):
    agreement = make_agreement(state="draft", institutions=homes[:2])
    anna, seen = actor(signatory_of(homes[0].id)), agreement.version
    services.save(anna, agreement, "dates", notice_days=60)
    with pytest.raises(Conflict):
        act(anna, fresh(agreement), seen)
    now = fresh(agreement)
    assert (now.state, now.title) == ("draft", agreement.title)
    act(anna, now, now.version)


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ({"receiver_id": "giver"}, "to themselves"),
        ({"receiver_id": 999_999}, "from among the parties"),
        ({"kind": "gold"}, "a kind"),
        ({"text": ""}, "what is given"),
        ({"unit": ""}, "together with its unit"),
        ({"quantity": 0}, "above zero"),
        ({"repeats": "month"}, "first and its last day"),
        ({"repeats": "month", "due_on": None, "repeats_from": 9, "repeats_until": 2}, "before the first"),
        ({"repeats": "month", "due_on": None, "repeats_from": 0, "repeats_until": 9999}, "more than"),
    ],
)
def test_lines_that_cannot_stand_are_refused_whole(homes, change, about):
    agreement = make_agreement(state="draft", institutions=homes[:2])
    before = [row.text for row in queries.commitments_of(agreement.id)]
    today = clock.today()
    values = {
        name: today + timedelta(days=value) if name.startswith("repeats_") else value
        for name, value in change.items()
    }
    if values.get("receiver_id") == "giver":
        values["receiver_id"] = homes[0].id
    good = line(homes[1].id, homes[0].id, "A good line")
    bad = {**line(homes[0].id, homes[1].id), **values}
    with pytest.raises(Invalid) as refused:
        services.save(actor(signatory_of(homes[0].id)), agreement, "commitments", commitments=[good, bad])
    assert about in str(refused.value.fields["commitments"])
    assert [row.text for row in queries.commitments_of(fresh(agreement).id)] == before


def test_a_draft_is_withdrawn_and_nobody_is_told(homes):
    agreement = make_agreement(state="withdrawn", institutions=homes[:2])
    assert (agreement.state, agreement.code, agreement.closed_code) == ("withdrawn", None, "withdrawn")
    with pytest.raises(RuleBroken):
        services.send(actor(signatory_of(homes[0].id)), agreement)


def test_the_end_cannot_lie_before_the_start(homes):
    agreement = make_agreement(state="draft", institutions=homes[:2])
    today = clock.today()
    with pytest.raises(Invalid):
        services.save(
            actor(signatory_of(homes[0].id)),
            agreement,
            "dates",
            starts_on=today,
            ends_on=today - timedelta(days=1),
            notice_days=3,
        )
    assert fresh(agreement).starts_on is None
