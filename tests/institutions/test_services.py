"""Actions: the rows, the audit and the notices after each; nothing at all after a refusal."""

from datetime import timedelta

import pytest

from app.core import clock, leaving, waiting
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken
from app.institutions import queries, services
from app.institutions.models import Affiliation, Institution, InstitutionClaim
from app.institutions.services.registry import weekend_of
from tests.factories import affiliate, make_admin, make_institution, make_person
from tests.factories.accounts import actor
from tests.institutions.support import affiliation_of, audited, count, mails_to, notices_of, state_of


def fresh(record):
    db.session.rollback()
    return db.session.get(type(record), record.id)


def asked_by(person, institution) -> Affiliation:
    return services.join(actor(person), institution, position="Lecturer")


def claim_by(person, institution, **values) -> InstitutionClaim:
    given = {
        "evidence_kind": "letter",
        "evidence": "Signed by the rector, 2 May",
        "position": "Dean",
        **values,
    }
    return services.ask_claim(actor(person), institution, **given)


@pytest.fixture
def lab(app):
    return make_institution("Lab", domain="lab.example.org")


@pytest.fixture
def rep(lab):
    return affiliate("Rep", lab, "representative")


# ---- joining ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["a@lab.example.org", "A@Physics.LAB.example.org"])
def test_an_address_at_the_domain_confirms_at_once(lab, rep, address):
    person = make_person(email=address.lower())
    asked = asked_by(person, lab)
    assert (asked.state, asked.confirmed_how, asked.decision_code) == ("active", "domain", "automatic")
    assert actor(person).holds("member", lab.id)
    assert notices_of(rep) == notices_of(person) == []
    assert audited() == ["institutions.join"]


@pytest.mark.parametrize(
    "values",
    [
        {"email": "a@lab.example.org", "email_confirmed_at": None},
        {"email": "a@notlab.example.org"},
        {"email": "a@example.org"},
        {"email": "lab.example.org@other.example"},
    ],
)
def test_any_other_address_waits_for_a_representative(lab, rep, values):
    person = make_person(**values)
    asked = asked_by(person, lab)
    assert asked.state == "requested"
    assert asked.due_at - asked.asked_at == timedelta(days=14)
    assert not actor(person).holds("member", lab.id)
    assert notices_of(rep) == mails_to(rep) == ["institutions.affiliation_asked"]


def test_asking_twice_is_refused(lab, rep):
    person = make_person()
    asked_by(person, lab)
    with pytest.raises(RuleBroken, match="already_asked"):
        asked_by(person, lab)
    assert (count(Affiliation), audited()) == (2, ["institutions.join"])


def test_where_nobody_is_there_nobody_can_ask(app):
    with pytest.raises(NotAllowed, match="nobody_there"):
        asked_by(make_person(), make_institution(state="listed"))
    assert (count(Affiliation), audited()) == (0, [])


def test_who_was_declined_may_ask_again(lab, rep):
    person = make_person()
    services.decline_affiliation(actor(rep), asked_by(person, lab), reason="not_known")
    assert asked_by(person, lab).state == "requested"


def test_taking_a_request_back(lab, rep):
    person = make_person()
    asked = asked_by(person, lab)
    with pytest.raises(NotAllowed):
        services.withdraw_affiliation(actor(rep), asked)
    services.withdraw_affiliation(actor(person), asked)
    assert (fresh(asked).state, fresh(asked).decision_code) == ("ended", "withdrawn")
    with pytest.raises(RuleBroken):
        services.withdraw_affiliation(actor(person), asked)


# ---- deciding --------------------------------------------------------------------------------------------


def test_a_representative_confirms(lab, rep):
    person = make_person()
    asked = asked_by(person, lab)
    services.confirm_affiliation(actor(rep), asked, version=asked.version)
    confirmed = fresh(asked)
    assert (confirmed.state, confirmed.confirmed_how, confirmed.decided_by_id) == ("active", "person", rep.id)
    assert confirmed.started_on is not None
    assert notices_of(person) == mails_to(person) == ["institutions.affiliation_confirmed"]
    assert audited()[-1] == "institutions.confirm_affiliation"


def test_a_representative_declines_with_a_reason(lab, rep):
    person = make_person()
    asked = asked_by(person, lab)
    services.decline_affiliation(actor(rep), asked, reason="other", note="Ask the faculty first")
    declined = fresh(asked)
    assert (declined.state, declined.decision_code, declined.decision_note) == (
        "declined", "other", "Ask the faculty first",
    )  # fmt: skip
    assert notices_of(person) == ["institutions.affiliation_declined"]


@pytest.mark.parametrize(("reason", "field"), [("", "reason"), ("nonsense", "reason"), ("other", "note")])
def test_a_no_needs_its_reason(lab, rep, reason, field):
    asked = asked_by(make_person(), lab)
    with pytest.raises(Invalid) as refusal:
        services.decline_affiliation(actor(rep), asked, reason=reason)
    assert list(refusal.value.fields) == [field]
    assert fresh(asked).state == "requested"


def test_the_second_of_two_deciders_gets_a_conflict(lab, rep):
    asked = asked_by(make_person(), lab)
    seen = asked.version
    services.confirm_affiliation(actor(rep), asked, version=seen)
    with pytest.raises(Conflict):
        services.decline_affiliation(actor(rep), asked, reason="not_known", version=seen)
    with pytest.raises(RuleBroken, match="wrong_state"):
        services.decline_affiliation(actor(rep), asked, reason="not_known")
    assert fresh(asked).state == "active"


@pytest.mark.parametrize("who", ["member", "outsider", "self", "admin"])
def test_others_do_not_decide(lab, rep, who):
    person = make_person()
    asked = asked_by(person, lab)
    people = {
        "member": affiliate(None, lab),
        "outsider": affiliate(None, make_institution(), "representative"),
        "self": person,
        "admin": make_admin(),
    }
    with pytest.raises(NotAllowed):
        services.confirm_affiliation(actor(people[who]), asked)
    assert (fresh(asked).state, notices_of(person)) == ("requested", [])


# ---- leaving and ending ----------------------------------------------------------------------------------


def test_a_representative_ends_an_affiliation(lab, rep):
    member = affiliate(None, lab)
    services.end_affiliation(actor(rep), affiliation_of(member, lab), reason="left")
    assert affiliation_of(member, lab).state == "ended"
    assert notices_of(member) == ["institutions.affiliation_ended"]
    assert not actor(member).holds("member", lab.id)


def test_leaving(lab, rep):
    member = affiliate(None, lab)
    services.leave(actor(member), affiliation_of(member, lab))
    assert affiliation_of(member, lab).state == "ended"
    assert audited() == ["institutions.leave"]


def test_the_last_representative_cannot_leave_step_back_or_be_ended(lab, rep):
    own = affiliation_of(rep, lab)
    for act in (services.leave, services.step_back):
        with pytest.raises(RuleBroken, match="last_representative"):
            act(actor(rep), own)
    assert fresh(own).role == "representative"
    assert [tie.path for tie in leaving.ties_of(rep.id)] == [f"/institutions/{lab.id}/people"]


def test_after_handing_over_they_can(lab, rep):
    other = affiliate("Other", lab)
    services.change_role(actor(rep), affiliation_of(other, lab), is_representative=True)
    assert queries.ties_of(rep.id) == []
    services.leave(actor(rep), affiliation_of(rep, lab))
    ended = affiliation_of(rep, lab)
    assert (ended.state, ended.role) == ("ended", "member")
    assert notices_of(other) == ["institutions.representative_appointed", "institutions.representative_left"]
    assert [tie.path for tie in leaving.ties_of(other.id)] == [f"/institutions/{lab.id}/people"]


def test_of_two_who_end_each_other_one_remains(lab, rep):
    other = affiliate("Other", lab, "representative")
    first, second = actor(rep), actor(other)
    services.end_affiliation(first, affiliation_of(other, lab), reason="left")
    with pytest.raises(RuleBroken, match="last_representative"):
        services.end_affiliation(second, affiliation_of(rep, lab), reason="left")
    assert queries.representatives_of(lab.id) == [rep.id]


def test_closing_an_account_ends_what_the_person_has(lab, rep):
    person = affiliate(None, lab)
    waiting_at = asked_by(person, make_institution("Second"))
    wanted = make_institution(state="listed")
    claim_by(person, wanted)
    with transaction(system="test"):
        leaving.release_all(actor(person), person.id)
    assert affiliation_of(person, lab).state == "ended"
    assert fresh(waiting_at).state == "ended"
    assert state_of(wanted) == "listed"


# ---- representatives -------------------------------------------------------------------------------------


def test_appointing_a_representative_and_signatory(lab, rep):
    member = affiliate(None, lab)
    services.change_role(actor(rep), affiliation_of(member, lab), is_representative=True, is_signatory=True)
    assert actor(member).holds("representative", lab.id)
    assert actor(member).holds("signatory", lab.id)
    assert notices_of(member) == ["institutions.representative_appointed"]


def test_a_new_deputy_follows_the_one_before(lab, rep):
    one, two = (
        affiliate("One", lab, "representative", is_deputy=True),
        affiliate("Two", lab, "representative"),
    )
    services.change_role(actor(rep), affiliation_of(two, lab), is_representative=True, is_deputy=True)
    assert (affiliation_of(one, lab).is_deputy, affiliation_of(two, lab).is_deputy) == (False, True)
    assert notices_of(two) == ["institutions.role_changed"]


@pytest.mark.parametrize("part", [{"is_signatory": True}, {"is_deputy": True}])
def test_only_representatives_sign_or_stand_in(lab, rep, part):
    member = affiliate(None, lab)
    with pytest.raises(RuleBroken, match="representatives_sign"):
        services.change_role(actor(rep), affiliation_of(member, lab), is_representative=False, **part)


def test_only_somebody_confirmed_is_appointed(lab, rep):
    asked = asked_by(make_person(), lab)
    with pytest.raises(RuleBroken, match="not_confirmed"):
        services.change_role(actor(rep), asked, is_representative=True)


def test_nobody_gives_themselves_a_part(lab, rep):
    with pytest.raises(NotAllowed, match="own_item"):
        services.change_role(actor(rep), affiliation_of(rep, lab), is_representative=True, is_signatory=True)


def test_taking_a_part_back(lab, rep):
    other = affiliate("Other", lab, "representative", is_signatory=True)
    services.change_role(actor(rep), affiliation_of(other, lab), is_representative=False)
    changed = affiliation_of(other, lab)
    assert (changed.role, changed.is_signatory, changed.state) == ("member", False, "active")
    assert notices_of(other) == ["institutions.role_changed"]


# ---- claims ----------------------------------------------------------------------------------------------


def test_a_claim_goes_to_the_administrators(app):
    wanted, person, admin, tied = make_institution(state="listed"), make_person(), make_admin(), make_admin()
    affiliate(tied, wanted, state="requested")
    claim_by(person, wanted)
    assert state_of(wanted) == "pending"
    assert notices_of(admin) == mails_to(admin) == ["institutions.claim_asked"]
    assert notices_of(tied) == []
    assert [row.kind for row in waiting.waiting_for(actor(admin))] == ["institutions.claim"]
    assert waiting.waiting_for(actor(tied)) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"evidence_kind": "letter", "evidence": ""}, "evidence"),
        ({"evidence_kind": "domain"}, "evidence_kind"),
        ({"evidence_kind": "rumour"}, "evidence_kind"),
    ],
)
def test_a_claim_needs_evidence(app, values, field):
    wanted = make_institution(state="listed", domain="wanted.example.org")
    with pytest.raises(Invalid) as refusal:
        claim_by(make_person(), wanted, **values)
    assert list(refusal.value.fields) == [field]
    assert (count(InstitutionClaim), state_of(wanted)) == (0, "listed")


def test_an_address_at_the_domain_is_evidence(app):
    wanted = make_institution(state="listed", domain="wanted.example.org")
    person = make_person(email="dean@wanted.example.org")
    assert claim_by(person, wanted, evidence_kind="domain", evidence="").evidence_kind == "domain"


def test_accepting_verifies_and_makes_the_first_representative(app):
    wanted, person, rival, admin = (
        make_institution(state="listed"),
        make_person(),
        make_person(),
        make_admin(),
    )
    asked, other = claim_by(person, wanted), claim_by(rival, wanted)
    services.accept_claim(actor(admin), asked, version=fresh(asked).version)
    assert state_of(wanted) == "verified"
    assert {"member", "representative", "signatory"} <= {role for role, _ in actor(person).grants}
    first = affiliation_of(person, wanted)
    assert (first.confirmed_how, first.position) == ("portal", "Dean")
    assert notices_of(person) == ["institutions.claim_accepted"]
    assert (fresh(other).state, fresh(other).decision_code) == ("declined", "superseded")
    assert notices_of(rival) == ["institutions.claim_declined"]
    assert fresh(wanted).weekend == [5, 6]  # Egypt's
    assert fresh(wanted).zone == "Africa/Cairo"


def test_declining_puts_it_back_on_the_list(app):
    wanted, person, admin = make_institution(state="listed"), make_person(), make_admin()
    services.decline_claim(actor(admin), claim_by(person, wanted), reason="not_shown")
    assert state_of(wanted) == "listed"
    assert notices_of(person) == ["institutions.claim_declined"]


def test_with_another_claim_open_it_stays_pending(app):
    wanted, admin = make_institution(state="listed"), make_admin()
    first, _second = claim_by(make_person(), wanted), claim_by(make_person(), wanted)
    services.decline_claim(actor(admin), first, reason="not_shown")
    assert state_of(wanted) == "pending"


def test_taking_a_claim_back(app):
    wanted, person = make_institution(state="listed"), make_person()
    asked = claim_by(person, wanted)
    with pytest.raises(NotAllowed):
        services.withdraw_claim(actor(make_person()), asked)
    services.withdraw_claim(actor(person), asked)
    assert (fresh(asked).state, state_of(wanted)) == ("withdrawn", "listed")


def test_nobody_decides_their_own_claim_or_institution(app):
    wanted, admin, tied = make_institution(state="listed"), make_admin(), make_admin()
    own = claim_by(admin, wanted)
    claimed = claim_by(make_person(), wanted)
    affiliate(tied, wanted, state="requested")
    for who, claim in ((admin, own), (admin, claimed), (tied, claimed)):
        with pytest.raises(NotAllowed):
            services.accept_claim(actor(who), claim)
    assert state_of(wanted) == "pending"


def test_one_person_one_open_claim(app):
    wanted, person = make_institution(state="listed"), make_person()
    claim_by(person, wanted)
    with pytest.raises(RuleBroken, match="already_asked"):
        claim_by(person, wanted)


# ---- administrators --------------------------------------------------------------------------------------


def test_verifying_directly(app):
    wanted, person, admin = make_institution(state="listed"), make_person(), make_admin()
    services.verify_directly(actor(admin), wanted, email=person.email.upper(), note="Letter of 1 May")
    assert actor(person).holds("representative", wanted.id)
    assert notices_of(person) == ["institutions.representative_appointed"]
    with pytest.raises(RuleBroken, match="has_representatives"):
        services.verify_directly(actor(admin), wanted, email=make_person().email, note="Again")


@pytest.mark.parametrize("case", ["unknown", "unconfirmed", "self", "no_note"])
def test_verifying_directly_needs_somebody_real(app, case):
    wanted, admin = make_institution(state="listed"), make_admin()
    email = {
        "unknown": "nobody@nowhere.example",
        "unconfirmed": make_person(email_confirmed_at=None).email,
        "self": admin.email,
        "no_note": make_person().email,
    }[case]
    with pytest.raises(Invalid):
        services.verify_directly(
            actor(admin), wanted, email=email, note="" if case == "no_note" else "Letter"
        )
    assert (state_of(wanted), count(Affiliation)) == ("listed", 0)


def test_suspending_takes_the_roles_and_restoring_gives_them_back(lab, rep):
    admin = make_admin()
    services.suspend(actor(admin), lab, note="Complaint under examination")
    assert not actor(rep).holds("member", lab.id)
    services.restore(actor(admin), lab, note="Examined")
    assert actor(rep).holds("representative", lab.id)
    services.close(actor(admin), lab, note="Dissolved by law")
    assert state_of(lab) == "closed"
    assert notices_of(rep) == ["institutions.suspended", "institutions.restored", "institutions.closed"]
    assert audited() == ["institutions.suspend", "institutions.restore", "institutions.close"]
    with pytest.raises(RuleBroken):
        services.restore(actor(admin), lab, note="Again")


@pytest.mark.parametrize("who", ["rep", "own_admin"])
def test_others_do_not_suspend(lab, rep, who):
    own_admin = affiliate(make_admin(), lab)
    with pytest.raises(NotAllowed):
        services.suspend(actor({"rep": rep, "own_admin": own_admin}[who]), lab, note="No")
    assert state_of(lab) == "verified"


def test_suspending_needs_a_reason(lab):
    with pytest.raises(Invalid):
        services.suspend(actor(make_admin()), lab, note="")


def test_domains(lab):
    admin = make_admin()
    services.change_domains(actor(admin), lab, domains=["Lab.Example.NET ", "@other.example.org"])
    assert queries.domains(lab.id) == ["lab.example.net", "other.example.org"]
    for wrong in ("edu.eg", "gmail.com", "not a domain", "a..b"):
        with pytest.raises(Invalid):
            services.change_domains(actor(admin), lab, domains=[wrong])
    assert queries.domains(lab.id) == ["lab.example.net", "other.example.org"]


# ---- adding and settings ---------------------------------------------------------------------------------


def test_adding_one_that_ror_does_not_have(app):
    person = make_person()
    added = services.add_institution(
        actor(person),
        name="شركة النيل",
        country="EG",
        language="ar",
        other_names=["Nile Company"],
        types=["company"],
    )
    assert (added.state, added.added_by_id, added.ror, added.weekend) == ("listed", person.id, None, [5, 6])
    assert queries.find("Nile Company")[0].id == added.id
    assert audited() == ["institutions.add"]


def test_the_same_name_in_the_same_country_needs_a_tick(app):
    make_institution("Nile Company", country="EG")
    person = actor(make_person())
    with pytest.raises(Invalid) as refusal:
        services.add_institution(person, name="NILE  company".replace("  ", " "), country="EG")
    assert list(refusal.value.fields) == ["is_another"]
    services.add_institution(person, name="Nile Company", country="SD")
    services.add_institution(person, name="Nile Company", country="EG", is_another=True)
    assert count(Institution) == 3


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": ""}, "name"), ({"country": "QQ"}, "country"), ({"website": "javascript:alert(1)"}, "website")],
)
def test_adding_refuses(app, values, field):
    with pytest.raises(Invalid) as refusal:
        services.add_institution(actor(make_person()), **{"name": "New", "country": "EG", **values})
    assert (list(refusal.value.fields), count(Institution)) == ([field], 0)


SETTINGS = {
    "description": {"en": "Water", "ar": "ماء"},
    "zone": "Africa/Cairo",
    "weekend": [5, 6],
    "working_languages": ["ar", "en"],
    "confirms_participation": True,
}


def test_settings(lab, rep):
    services.change_settings(actor(rep), lab, **SETTINGS)
    kept = fresh(lab)
    assert {name: getattr(kept, name) for name in SETTINGS} == SETTINGS
    assert audited() == ["institutions.change_settings"]


@pytest.mark.parametrize(
    "wrong",
    [{"zone": "Mars/Base"}, {"weekend": list(range(1, 8))}, {"weekend": [9]}, {"working_languages": ["xx"]}],
)
def test_settings_refuse(lab, rep, wrong):
    with pytest.raises(Invalid):
        services.change_settings(actor(rep), lab, **{**SETTINGS, **wrong})
    assert (fresh(lab).zone, audited()) == ("UTC", [])


def test_settings_are_the_representatives_and_the_second_editor_gets_a_conflict(lab, rep):
    with pytest.raises(NotAllowed):
        services.change_settings(actor(affiliate(None, lab)), lab, **SETTINGS)
    seen = lab.version
    services.change_settings(actor(rep), lab, **SETTINGS, version=seen)
    with pytest.raises(Conflict):
        services.change_settings(actor(rep), lab, **{**SETTINGS, "zone": "UTC"}, version=seen)


def test_weekends_follow_the_country():
    assert (weekend_of("EG"), weekend_of("DE"), weekend_of("IR"), weekend_of("BQ")) == (
        (5, 6),
        (6, 7),
        (5,),
        (6, 7),
    )


# ---- time ------------------------------------------------------------------------------------------------


@pytest.fixture
def later(monkeypatch):
    """Move the clock: `later(days=8)`."""
    real = clock.now

    def move(**by):
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(**by))

    return move


def test_an_affiliation_is_reminded_once_and_lapses_once(lab, rep, later):
    person = make_person()
    asked = asked_by(person, lab)
    assert (services.remind_affiliations(), services.lapse_affiliations()) == (0, 0)
    later(days=7, minutes=1)
    assert (
        services.remind_affiliations(),
        services.remind_affiliations(),
        services.lapse_affiliations(),
    ) == (1, 0, 0)
    later(days=14, minutes=1)
    assert (services.lapse_affiliations(), services.lapse_affiliations()) == (1, 0)
    lapsed = fresh(asked)
    assert (lapsed.state, lapsed.decision_code, lapsed.decided_by_id) == ("lapsed", "lapsed", None)
    assert notices_of(person) == ["institutions.affiliation_lapsed"]
    assert notices_of(rep) == [
        "institutions.affiliation_asked", "institutions.affiliation_reminder", "institutions.affiliation_unanswered",
    ]  # fmt: skip
    assert audited()[-1] == "institutions.lapse_affiliation"


def test_what_is_decided_does_not_lapse(lab, rep, later):
    services.confirm_affiliation(actor(rep), asked_by(make_person(), lab))
    later(days=15)
    assert (services.lapse_affiliations(), services.remind_affiliations()) == (0, 0)


def test_a_claim_is_reminded_and_lapses(app, later):
    wanted, person, admin = make_institution(state="listed"), make_person(), make_admin()
    claim_by(person, wanted)
    assert services.remind_claims() == 0
    later(days=8)
    assert (services.remind_claims(), services.remind_claims()) == (1, 0)
    later(days=15)
    assert (services.lapse_claims(), services.lapse_claims()) == (1, 0)
    assert state_of(wanted) == "listed"
    assert notices_of(person) == ["institutions.claim_lapsed"]
    assert notices_of(admin) == [
        "institutions.claim_asked", "institutions.claim_reminder", "institutions.claim_unanswered",
    ]  # fmt: skip


# ---- reads for others ------------------------------------------------------------------------------------


def test_reads_for_others(lab, rep):
    hidden, shown = affiliate(make_person(visibility="hidden"), lab), affiliate(make_person(), lab)
    who = actor(rep)
    assert queries.affiliations_of(who, hidden.id) == []
    assert [(row.name, row.role, row.state) for row in queries.affiliations_of(who, shown.id)] == [
        ("Lab", "member", "active")
    ]
    assert str(queries.affiliations_of(who, shown.id)[0].trust) == "confirmed by an address at its domain"
    asked_by(shown, make_institution("Second"))
    assert {row.state for row in queries.own_affiliations(actor(shown))} == {"active", "requested"}
    assert len(queries.affiliations_of(who, shown.id)) == 1
    assert queries.names([lab.id, 10**6]) == {lab.id: ("Lab", "EG")}
    assert queries.names([]) == {}
    assert queries.by_country() == [("EG", 2)]


def test_what_waits_for_a_representative(lab, rep):
    person = make_person("Amal")
    asked = asked_by(person, lab)
    rows = waiting.waiting_for(actor(rep))
    assert [(row.kind, row.thing_id, row.item_id, row.title, row.who) for row in rows] == [
        ("institutions.affiliation", lab.id, asked.id, "Lab", "Amal")
    ]
    assert waiting.waiting_for(actor(affiliate(None, lab))) == []
    services.confirm_affiliation(actor(rep), asked)
    assert waiting.waiting_for(actor(rep)) == []
