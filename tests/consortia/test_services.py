"""Actions on consortia: rows, audit lines and notices after them; nothing left after a refusal."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.consortia import queries, services
from app.consortia.models import Admission, Consortium, Leadership
from app.core import clock, leaving
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken
from app.notifications.models import Mail, Notice
from tests.factories import (
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_open_consortium,
    make_person,
)
from tests.factories.accounts import actor

NAMES = {"en": "Drylands", "ar": "الأراضي الجافة"}


def _audited() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def _told(person) -> list[str]:
    return list(
        db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id))
    )


@pytest.fixture
def rep(app):
    return affiliate("Rep", make_institution("Asking"), "representative")


@pytest.fixture
def consortium(app):
    return make_consortium("Drylands", leads=[make_person("Lead")])


def _lead(consortium) -> object:
    return actor(db.session.get_one(type(make_person()), queries.lead_ids(consortium.id)[0]))


def _institution(rep) -> int:
    return next(iter(actor(rep).ids("representative")))


def test_an_administrator_creates_a_consortium_with_its_first_lead(app):
    lead = make_person("First lead")
    made = services.create_consortium(
        actor(make_admin()),
        names=NAMES,
        purposes={"en": "Water.", "ar": ""},
        sdgs=["6"],
        fields=["f23"],
        first_lead_id=lead.id,
    )
    assert queries.lead_ids(made.id) == [lead.id]
    assert made.purposes == {"en": "Water."}
    assert _audited() == ["consortia.create"]
    assert _told(lead) == ["consortia.lead_named"]


def test_nobody_but_administrators_creates_and_nothing_is_left(app):
    person = make_person()
    with pytest.raises(NotAllowed):
        services.create_consortium(
            actor(person), names=NAMES, purposes={}, sdgs=[], fields=[], first_lead_id=person.id
        )
    assert db.session.scalar(select(func.count()).select_from(Consortium)) == 0
    assert _audited() == []


def test_an_administrator_does_not_name_themselves(app):
    admin = make_admin()
    with pytest.raises(NotAllowed) as refused:
        services.create_consortium(
            actor(admin), names=NAMES, purposes={}, sdgs=[], fields=[], first_lead_id=admin.id
        )
    assert refused.value.code == "own_matter"


def test_two_consortia_of_one_name_have_different_slugs(app):
    admin, lead = actor(make_admin()), make_person()
    made = [
        services.create_consortium(
            admin, names=NAMES, purposes={}, sdgs=[], fields=[], first_lead_id=lead.id
        ).slug
        for _ in range(2)
    ]
    assert made == ["drylands", "drylands-2"]


def test_the_open_consortium_is_made_once(app):
    assert services.ensure_open_consortium().id == services.ensure_open_consortium().id


def test_settings_keep_before_and_after_and_refuse_an_older_version(consortium):
    lead = _lead(consortium)
    services.change_settings(lead, consortium, version=consortium.version, min_institutions=3)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.before, entry.after) == ({"min_institutions": 2}, {"min_institutions": 3})
    with pytest.raises(Conflict):
        services.change_settings(lead, consortium, version=consortium.version - 1, min_institutions=4)
    assert db.session.get_one(Consortium, consortium.id).min_institutions == 3


def test_a_consortium_keeps_a_name(consortium):
    with pytest.raises(Invalid) as refused:
        services.change_settings(_lead(consortium), consortium, names={"en": "", "ar": ""})
    assert "name_en" in refused.value.fields


def test_terms_are_numbered_and_cannot_be_changed(consortium):
    lead = _lead(consortium)
    services.write_terms(lead, consortium, texts={"en": "One"})
    second = services.write_terms(lead, consortium, texts={"en": "Two"})
    assert second.number == 2
    assert queries.terms(consortium.id).texts == {"en": "Two"}


def test_the_last_lead_stays_and_is_tied_to_the_consortium(consortium):
    lead = _lead(consortium)
    with pytest.raises(RuleBroken) as refused:
        services.end_lead(lead, consortium, person_id=lead.id)
    assert refused.value.code == "last_lead"
    assert [tie.path for tie in leaving.ties_of(lead.id)] == [f"/consortia/{consortium.id}/leads"]
    services.add_lead(lead, consortium, person_id=make_person().id)
    assert leaving.ties_of(lead.id) == []
    services.end_lead(lead, consortium, person_id=lead.id)
    assert lead.id not in queries.lead_ids(consortium.id)
    assert db.session.scalar(select(func.count()).select_from(Leadership)) == 2


def test_a_lead_is_named_once(consortium):
    lead = _lead(consortium)
    with pytest.raises(Invalid):
        services.add_lead(lead, consortium, person_id=lead.id)


def test_an_institution_asks_and_a_lead_accepts(consortium, rep):
    asked = services.ask_admission(
        actor(rep), consortium, institution_id=_institution(rep), message="We bring wells."
    )
    lead = _lead(consortium)
    assert _told(db.session.get_one(type(rep), lead.id)) == ["consortia.admission_asked"]
    services.decide_admission(lead, asked, accept=True)
    assert (asked.state, asked.decision_code, asked.decided_by_id) == ("member", "accepted", lead.id)
    assert actor(rep).holds("consortium_member", consortium.id)
    assert _told(rep) == ["consortia.admission_accepted"]
    assert _audited() == ["consortia.ask_admission", "consortia.decide_admission"]
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 2


def test_declining_needs_a_word(consortium, rep):
    asked = services.ask_admission(actor(rep), consortium, institution_id=_institution(rep))
    with pytest.raises(Invalid):
        services.decide_admission(_lead(consortium), asked, accept=False)
    assert db.session.get_one(Admission, asked.id).state == "asked"
    services.decide_admission(_lead(consortium), asked, accept=False, note="Not our field.")
    assert asked.state == "declined"


def test_the_second_of_two_decisions_is_refused(consortium, rep):
    asked = services.ask_admission(actor(rep), consortium, institution_id=_institution(rep))
    services.decide_admission(_lead(consortium), asked, accept=True)
    with pytest.raises(RuleBroken):
        services.decide_admission(_lead(consortium), asked, accept=False, note="No.")
    with pytest.raises(Conflict):
        services.decide_admission(_lead(consortium), asked, accept=False, note="No.", version=1)


def test_one_live_admission_for_an_institution(consortium, rep):
    services.ask_admission(actor(rep), consortium, institution_id=_institution(rep))
    with pytest.raises(Invalid):
        services.ask_admission(actor(rep), consortium, institution_id=_institution(rep))
    with pytest.raises(Invalid):
        services.invite_institution(_lead(consortium), consortium, institution_id=_institution(rep))


def test_an_invitation_is_accepted_by_the_representative_and_can_be_left(consortium, rep):
    offer = services.invite_institution(_lead(consortium), consortium, institution_id=_institution(rep))
    with pytest.raises(NotAllowed):
        services.decide_admission(_lead(consortium), offer, accept=True)
    services.decide_admission(actor(rep), offer, accept=True)
    services.leave(actor(rep), offer, note="Other duties")
    assert offer.state == "left"
    assert offer.member_until is not None
    assert not actor(rep).holds("consortium_member", consortium.id)


def test_only_verified_institutions_are_invited_and_none_to_the_open_consortium(consortium, rep):
    listed = make_institution("Listed", state="listed")
    with pytest.raises(Invalid):
        services.invite_institution(_lead(consortium), consortium, institution_id=listed.id)
    everybody = make_open_consortium()
    with pytest.raises(RuleBroken) as refused:
        services.invite_institution(_lead(everybody), everybody, institution_id=_institution(rep))
    assert refused.value.code == "open_to_all"


def test_the_side_that_asked_takes_it_back(consortium, rep):
    asked = services.ask_admission(actor(rep), consortium, institution_id=_institution(rep))
    with pytest.raises(NotAllowed):
        services.withdraw_admission(_lead(consortium), asked)
    services.withdraw_admission(actor(rep), asked)
    assert asked.state == "withdrawn"


def test_questions_are_reminded_of_once_and_lapse_once(consortium, rep):
    asked = services.ask_admission(actor(rep), consortium, institution_id=_institution(rep))
    lead = db.session.get_one(type(rep), _lead(consortium).id)
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        assert (services.lapse_and_remind(), services.lapse_and_remind()) == (1, 0)
    assert _told(lead)[-1] == "consortia.admission_reminder"
    with time_machine.travel(clock.now() + timedelta(days=15), tick=False):
        assert (services.lapse_and_remind(), services.lapse_and_remind()) == (1, 0)
    assert db.session.get_one(Admission, asked.id).state == "lapsed"
    assert _told(rep) == ["consortia.admission_lapsed"]
    assert _told(lead)[-1] == "consortia.admission_lapsed"
