"""What is in force: lines that repeat, notice, the end, and the jobs, with the clock moved."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.agreements import queries, services
from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken
from app.ledger import services as ledger
from app.ledger.models import LedgerLine
from app.notifications.models import Notice
from tests.factories import make_consortium, make_project
from tests.factories.accounts import actor, make_person
from tests.factories.agreements import (
    fresh,
    line,
    make_agreement,
    make_signatory,
    rows_of,
    sign,
    signatory_of,
)
from tests.factories.institutions import affiliate, make_institution

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def homes():
    return [make_institution("Nile"), make_institution("Lake", country="KE")]


def at(year, month, day):
    return clock.at(datetime(year, month, day, 12, tzinfo=UTC))


def due_days():
    """The due days of all lines, in the order in which they were made."""
    return [str(day) for day in db.session.scalars(select(LedgerLine.due_on).order_by(LedgerLine.id))]


def states():
    return dict(db.session.execute(select(LedgerLine.due_on, LedgerLine.state)).all())


def notices(kind):
    db.session.rollback()
    return db.session.scalars(
        select(Notice).where(Notice.kind == f"agreements.{kind}").order_by(Notice.id)
    ).all()


def repeating(homes, repeats, first, last, **values):
    """Nile gives again and again, Lake gives once."""
    return [
        line(homes[0].id, homes[1].id, due_on=None, repeats=repeats, repeats_from=first, repeats_until=last),
        line(homes[1].id, homes[0].id, due_on=values.get("back", first)),
    ]


# ---- what repeats ----------------------------------------------------------------------------------------------


def test_months_of_different_length_and_a_leap_day(homes):
    with at(2028, 1, 10):
        lines = repeating(homes, "month", date(2028, 1, 31), date(2028, 5, 31))
        make_agreement(state="in_force", institutions=homes, lines=lines)
        assert due_days() == ["2028-01-31", "2028-02-29", "2028-01-31"]  # 60 days ahead: until 10 March
        assert services.pledge() == 0
    with at(2028, 1, 31):
        assert services.pledge() == 1
        assert due_days()[-1] == "2028-03-31"
        assert services.pledge() == 0
    with at(2028, 12, 31):  # the worker stood still: what is missing is made, each once
        assert services.pledge() == 2
        assert due_days()[-2:] == ["2028-04-30", "2028-05-31"]
        assert services.pledge() == 0


def test_every_year_from_a_leap_day_on(homes):
    with at(2028, 2, 1):
        lines = repeating(homes, "year", date(2028, 2, 29), date(2032, 3, 1))
        make_agreement(state="in_force", institutions=homes, lines=lines)
    made = []
    for year in (2029, 2030, 2031, 2032):
        with at(year, 1, 15):
            made.append((services.pledge(), services.pledge()))
    assert made == [(1, 0)] * 4
    assert due_days()[2:] == ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]


def test_every_quarter_over_the_year(homes):
    with at(2027, 10, 1):
        lines = repeating(homes, "quarter", date(2027, 11, 30), date(2028, 3, 1))
        make_agreement(state="in_force", institutions=homes, lines=lines)
    with at(2028, 1, 1):
        assert services.pledge() == 1
    assert due_days() == ["2027-11-30", "2027-11-30", "2028-02-29"]
    parts = db.session.scalars(select(LedgerLine.source_part).order_by(LedgerLine.id)).all()
    assert list(parts) == [1, 0, 2]


# ---- notice and end --------------------------------------------------------------------------------------------


def give_notice(agreement, home, person, reason="We move to another field"):
    services.give_notice(actor(person), fresh(agreement), institution_id=home.id, reason=reason)


def test_notice_ends_it_after_the_time_agreed_and_not_before(homes):
    with at(2028, 1, 10):
        lines = repeating(homes, "month", date(2028, 1, 31), date(2028, 12, 31), back=date(2028, 6, 1))
        agreement = make_agreement(state="in_force", institutions=homes, lines=lines)
        give_notice(agreement, homes[1], signatory_of(homes[1].id))
        now = fresh(agreement)
        assert (now.state, now.notice_ends_on) == ("in_force", date(2028, 2, 9))
        assert {row.person_id for row in notices("notice_given")} == {signatory_of(homes[0].id).id}
    with at(2028, 2, 9):
        assert services.end() == 0
        assert services.pledge() == 0  # nothing new beyond the last day
    with at(2028, 2, 10):
        assert (services.end(), services.end()) == (1, 0)
        now = fresh(agreement)
        assert (now.state, now.closed_code) == ("terminated", "notice")
        # What fell due stays due; what was to come later is waived.
        assert states() == {
            date(2028, 1, 31): "pledged",
            date(2028, 2, 29): "waived",
            date(2028, 6, 1): "waived",
        }
        assert len(notices("ended")) == 2
        assert services.pledge() == 0


def test_notice_takes_the_time_that_was_agreed(homes):
    agreement = make_agreement(institutions=homes)
    first, second = (signatory_of(home.id) for home in homes)
    services.revise(actor(second), agreement, commitments=rows_of(agreement), note="Longer", notice_days=90)
    services.say_content(actor(first), fresh(agreement), number=2)
    for home, person in zip(homes, (first, second), strict=True):
        sign(agreement, home.id, person)
    give_notice(agreement, homes[0], first)
    assert fresh(agreement).notice_ends_on == clock.today() + timedelta(days=90)


def test_notice_can_be_taken_back_by_the_party_that_gave_it(homes):
    agreement = make_agreement(state="in_force", institutions=homes)
    own, other = signatory_of(homes[0].id), signatory_of(homes[1].id)
    give_notice(agreement, homes[0], own)
    with pytest.raises(RuleBroken):
        give_notice(agreement, homes[1], other)
    with pytest.raises(NotAllowed):
        services.take_back_notice(actor(other), fresh(agreement))
    services.take_back_notice(actor(make_signatory(homes[0])), fresh(agreement))
    assert fresh(agreement).notice_ends_on is None
    with pytest.raises(NotAllowed):  # there is none any more
        services.take_back_notice(actor(own), fresh(agreement))


def test_of_notice_all_learn_and_the_lead_of_the_project(homes):
    lea = affiliate("Lea", homes[0])
    project = make_project(institution=homes[0], consortium=make_consortium(members=homes), lead=lea)
    agreement = make_agreement(state="in_force", institutions=homes, project=project)
    own, other = (signatory_of(home.id) for home in homes)
    assert {row.person_id: row.reason for row in notices("in_force")}[lea.id] == "project_lead"
    give_notice(agreement, homes[0], own)
    assert {row.person_id for row in notices("notice_given")} == {other.id, lea.id}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "agreements.give_notice")).one()
    assert (entry.actor_id, entry.note) == (own.id, "We move to another field")
    services.take_back_notice(actor(own), fresh(agreement))
    assert {row.person_id for row in notices("notice_taken_back")} == {other.id}
    give_notice(agreement, homes[0], own)
    with clock.at(clock.now() + timedelta(days=31)):
        services.end()
    assert {row.person_id for row in notices("ended")} == {own.id, other.id, lea.id}


def test_a_decision_on_notice_about_what_has_changed_is_a_conflict(homes):
    agreement = make_agreement(state="in_force", institutions=homes)
    own = actor(signatory_of(homes[0].id))
    seen = agreement.version
    values = {"institution_id": homes[0].id, "reason": "We move"}
    with pytest.raises(Conflict):
        services.give_notice(own, fresh(agreement), **values, version=seen - 1)
    assert fresh(agreement).notice_at is None
    services.give_notice(own, fresh(agreement), **values, version=seen)
    with pytest.raises(Conflict):
        services.take_back_notice(own, fresh(agreement), version=seen)
    assert fresh(agreement).notice_at is not None


def test_a_notice_is_warned_of_and_forgotten_when_it_is_taken_back(homes):
    with at(2027, 1, 1):
        agreement = make_agreement(state="in_force", institutions=homes, ends_on=date(2027, 3, 17))
        give_notice(agreement, homes[0], signatory_of(homes[0].id))  # it ends on 31 January
    with at(2027, 1, 17):
        assert (services.warn(), services.warn()) == (1, 0)
        assert [row.facts["days"] for row in notices("ends_soon")] == [14, 14]
    with at(2027, 1, 18):
        services.take_back_notice(actor(signatory_of(homes[0].id)), fresh(agreement))
        assert (services.warn(), services.warn()) == (1, 0)
        assert [row.facts["days"] for row in notices("ends_soon")][2:] == [58, 58]


def test_without_a_last_day_notice_alone_is_warned_of(homes):
    agreement = make_agreement(state="in_force", institutions=homes)
    with clock.at(clock.now() + timedelta(days=1)):
        assert services.warn() == 0
    give_notice(agreement, homes[0], signatory_of(homes[0].id))
    with clock.at(clock.now() + timedelta(days=17)):
        assert services.warn() == 1


@pytest.mark.parametrize("who", ["representative", "signatory elsewhere", "stranger"])
def test_only_somebody_who_may_sign_for_the_party_gives_notice(homes, who):
    agreement = make_agreement(state="in_force", institutions=homes)
    person = {
        "representative": lambda: affiliate(None, homes[0], "representative"),
        "signatory elsewhere": lambda: signatory_of(homes[1].id),
        "stranger": make_person,
    }[who]()
    with pytest.raises(NotAllowed):
        give_notice(agreement, homes[0], person)
    assert fresh(agreement).notice_at is None


@pytest.mark.parametrize("state", ["ready", "partly_signed"])
def test_only_what_is_in_force_is_ended_or_amended(homes, state):
    agreement = make_agreement(state=state, institutions=homes)
    person = signatory_of(homes[0].id)
    with pytest.raises(RuleBroken):
        give_notice(agreement, homes[0], person)
    with pytest.raises(RuleBroken):
        services.amend(actor(person), fresh(agreement), institution_id=homes[0].id, starts_on=clock.today())


def test_notice_says_why(homes):
    agreement = make_agreement(state="in_force", institutions=homes)
    with pytest.raises(Invalid):
        give_notice(agreement, homes[0], signatory_of(homes[0].id), reason="")


def test_it_ends_after_its_last_day_and_what_was_delivered_still_counts(homes):
    with at(2027, 6, 1):
        agreement = make_agreement(
            state="in_force",
            institutions=homes,
            ends_on=date(2027, 12, 31),
            lines=[
                line(homes[0].id, homes[1].id, due_on=date(2027, 12, 31)),
                line(homes[1].id, homes[0].id, due_on=date(2027, 11, 1)),
                line(homes[1].id, homes[0].id, due_on=None),
            ],
        )
    with at(2027, 12, 31):
        assert services.end() == 0
    with at(2028, 1, 1):
        assert (services.end(), services.end()) == (1, 0)
        now = fresh(agreement)
        assert (now.state, now.closed_code, queries.open_lines(now.id)) == ("ended", "date", 3)
        found = db.session.scalars(select(LedgerLine).where(LedgerLine.due_on == date(2027, 12, 31))).one()
        ledger.deliver(actor(signatory_of(homes[0].id)), found)
        ledger.receive(actor(signatory_of(homes[1].id)), found)
        assert queries.open_lines(now.id) == 2


def test_the_parties_are_warned_60_and_14_days_before_once_each(homes):
    with at(2027, 1, 1):
        make_agreement(state="in_force", institutions=homes, ends_on=date(2027, 12, 31))
        assert services.warn() == 0
    found = []
    for month, day in ((10, 31), (11, 1), (11, 2), (12, 16), (12, 17), (12, 18), (12, 31)):
        with at(2027, month, day):
            found.append((services.warn(), services.warn()))
    assert found == [(0, 0), (1, 0), (0, 0), (0, 0), (1, 0), (0, 0), (0, 0)]
    assert [row.facts["days"] for row in notices("ends_soon")] == [60, 60, 14, 14]


# ---- what sleeps -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["negotiation", "ready", "partly_signed"])
def test_whoever_has_the_ball_is_reminded_at_half_time_and_it_expires_after_a_month_more(homes, state):
    agreement = make_agreement(state=state, institutions=homes)
    since, due = agreement.ball_since, agreement.ball_due_at
    assert services.remind() == 0
    with clock.at(clock.halfway(since, due) + timedelta(minutes=1)):
        assert (services.remind(), services.remind()) == (1, 0)
        waiting = fresh(agreement).ball_institution_id
        told = {row.person_id for row in notices("still_waiting")}
        assert signatory_of(waiting).id in told
    with clock.at(due + timedelta(days=29)):
        assert services.expire() == 0
    with clock.at(due + timedelta(days=31)):
        assert (services.expire(), services.expire()) == (1, 0)
    now = fresh(agreement)
    assert (now.state, now.ball_institution_id, now.closed_code) == ("expired", None, "lapsed")
    assert len(notices("expired")) == 2
    assert db.session.scalar(select(LedgerLine.id)) is None


def test_a_draft_that_nobody_touches_expires_after_90_days(homes):
    agreement = make_agreement(state="draft", institutions=homes)
    with clock.at(clock.now() + timedelta(days=89)):
        assert services.expire() == 0
    with clock.at(clock.now() + timedelta(days=91)):
        assert (services.expire(), services.expire()) == (1, 0)
    assert fresh(agreement).state == "expired"
    assert {row.person_id for row in notices("expired")} == {agreement.drafted_by_id}


def test_a_draft_that_somebody_works_on_goes_on(homes):
    agreement = make_agreement(state="draft", institutions=homes)
    with clock.at(clock.now() + timedelta(days=60)):
        services.save(actor(signatory_of(homes[0].id)), fresh(agreement), "dates", notice_days=60)
    with clock.at(clock.now() + timedelta(days=100)):
        assert services.expire() == 0
    with clock.at(clock.now() + timedelta(days=151)):
        assert services.expire() == 1
