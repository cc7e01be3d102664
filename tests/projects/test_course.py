"""The course of a project: plan, light, updates, holding, closing with the word of partners, what is asked after, the lead."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.consortia.models import Leadership
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken
from app.institutions.models import Institution
from app.notifications.models import Notice
from app.outcomes import services as outcomes
from app.projects.models import FollowUp, Milestone, PartnerHearing, Project, ProjectMember
from app.projects.policies import course as may
from app.projects.queries import course, gates, timeline
from app.projects.services import course as services
from app.projects.services import hand_over, members, milestones, timing, updates
from tests.factories import (
    add_milestone,
    add_project_member,
    affiliate,
    make_consortium,
    make_institution,
    make_person,
    make_project,
)
from tests.factories.accounts import actor

DAY = timedelta(days=1)


def actor_of(person):
    """The person (or person id) as somebody who asks, with what they hold now."""
    return actor(person if isinstance(person, Person) else db.session.get_one(Person, person))


@pytest.fixture
def host(app):
    return make_institution("Host")


@pytest.fixture
def project(host):
    return make_project(state="active", institution=host)


@pytest.fixture
def lead(project):
    return actor_of(project.lead_id)


@pytest.fixture
def member(project, host):
    person = affiliate("Member", host)
    add_project_member(project, person, host)
    return actor_of(person)


@pytest.fixture
def step(project):
    return add_milestone(project, "Prototype", clock.today() + 10 * DAY)


def fresh(record):
    db.session.expire_all()
    return db.session.get_one(type(record), record.id)


def kinds_told(person_id):
    return set(db.session.scalars(select(Notice.kind).where(Notice.person_id == person_id)))


def actions():
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


# ---- milestones --------------------------------------------------------------------------------------------------


def test_what_is_due_first_follows_the_plan(project, lead, step):
    soon = milestones.add_milestone(lead, project, title="Survey", due_on=clock.today() + 3 * DAY)
    assert fresh(project).due_next == soon.due_on
    milestones.miss_milestone(lead, fresh(project), fresh(soon), note="The river was too high.")
    assert fresh(project).due_next == step.due_on
    assert actions()[-1] == "projects.miss_milestone"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(1, 1, 1)}, "due_on"),
        ({"due_on": date(2030, 1, 1)}, "due_on"),
        ({"due_on": date(2000, 1, 1)}, "due_on"),
        ({"institution_id": 0}, "institution_id"),
    ],
)
def test_a_milestone_stands_within_its_project(project, lead, values, field):
    with pytest.raises(Invalid) as refusal:
        milestones.add_milestone(
            lead, project, **{"title": "Prototype", "due_on": clock.today() + DAY, **values}
        )
    assert list(refusal.value.fields) == [field]
    assert db.session.query(Milestone).count() == 0


def test_moving_a_day_needs_a_reason_and_keeps_the_first(project, lead, step):
    first = step.due_on
    change = {"title": "Prototype", "due_on": first + 5 * DAY}
    with pytest.raises(Invalid) as refusal:
        milestones.edit_milestone(lead, project, step, **change)
    assert list(refusal.value.fields) == ["reason"]
    milestones.edit_milestone(lead, fresh(project), fresh(step), **change, reason="The parts come late.")
    found = fresh(step)
    assert (found.due_on, found.first_due_on, found.note) == (first + 5 * DAY, first, "The parts come late.")


def test_two_editors_of_a_milestone_do_not_overwrite_each_other(project, lead, step):
    seen = step.version
    milestones.edit_milestone(lead, project, step, title="One", due_on=step.due_on, version=seen)
    with pytest.raises(Conflict):
        milestones.edit_milestone(
            lead, fresh(project), fresh(step), title="Two", due_on=step.due_on, version=seen
        )
    assert fresh(step).title == "One"


def test_a_milestone_reported_late_turns_the_light(project, lead, member, step):
    day = step.due_on
    with clock.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
        assert fresh(project).light() == "green"
    with clock.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + 2 * DAY):
        assert fresh(project).light() == "yellow"
        milestones.report_milestone(member, fresh(project), fresh(step), evidence="It measures.")
        assert fresh(project).light() == "yellow"
    with clock.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + 33 * DAY):
        assert fresh(project).light() == "green"


def test_a_milestone_reported_in_time_leaves_the_light_green(project, member, step):
    milestones.report_milestone(member, project, step, evidence="It measures.")
    assert fresh(project).light() == "green"
    assert fresh(project).late_until is None


def test_very_late_is_red(project, step):
    day = datetime(step.due_on.year, step.due_on.month, step.due_on.day, tzinfo=UTC)
    with clock.at(day + 31 * DAY):
        assert fresh(project).light() == "red"


def test_the_lead_says_whether_a_report_of_a_member_is_reached(project, lead, member, step):
    milestones.report_milestone(member, project, step, evidence="It measures.")
    assert "projects.milestone_reported" in kinds_told(lead.id)
    with pytest.raises(NotAllowed) as refusal:
        milestones.judge_milestone(member, fresh(project), fresh(step), verb="accept")
    assert refusal.value.code == "own_report"
    with pytest.raises(Invalid):
        milestones.judge_milestone(lead, fresh(project), fresh(step), verb="return_for_changes")
    assert fresh(step).state == "reported"
    milestones.judge_milestone(lead, fresh(project), fresh(step), verb="accept")
    assert fresh(step).state == "accepted"
    assert fresh(step).accepted_by_id == lead.id
    assert "projects.milestone_judged" in kinds_told(member.id)


def test_what_was_returned_is_planned_and_due_again(project, lead, member, step):
    milestones.report_milestone(member, project, step, evidence="It measures.")
    milestones.judge_milestone(
        lead, fresh(project), fresh(step), verb="return_for_changes", note="Not in salt water."
    )
    assert (fresh(step).state, fresh(step).reported_on) == ("planned", None)
    assert fresh(project).due_next == step.due_on
    assert "projects.milestone_judged" in kinds_told(member.id)


def test_what_a_member_reported_is_judged_by_the_lead_alone(project, member, step):
    milestones.report_milestone(member, project, step, evidence="It measures.")
    boss = make_person("Boss")
    with transaction(system="test"):
        db.session.add(Leadership(consortium_id=project.consortium_id, person_id=boss.id))
    with pytest.raises(NotAllowed) as refusal:
        milestones.judge_milestone(actor_of(boss), fresh(project), fresh(step), verb="accept")
    assert refusal.value.code == "not_project_lead"
    assert fresh(step).state == "reported"


def test_what_the_lead_reported_is_judged_by_a_lead_of_the_consortium(project, lead, step, host):
    consortium_lead = make_person("Consortium lead")
    consortium = make_consortium(leads=[consortium_lead], members=[host])
    with transaction(system="test"):
        db.session.get_one(Project, project.id).consortium_id = consortium.id
    milestones.report_milestone(lead, fresh(project), step, evidence="It measures.")
    with pytest.raises(NotAllowed):
        milestones.judge_milestone(lead, fresh(project), fresh(step), verb="accept")
    assert "projects.milestone_reported" in kinds_told(consortium_lead.id)
    milestones.judge_milestone(actor_of(consortium_lead), fresh(project), fresh(step), verb="accept")
    assert fresh(step).state == "accepted"


def test_a_report_is_taken_back_by_who_made_it_or_the_lead(project, lead, member, step, host):
    milestones.report_milestone(member, project, step, evidence="It measures.")
    other = affiliate("Other", host)
    add_project_member(project, other, host)
    with pytest.raises(NotAllowed) as refusal:
        milestones.take_report_back(actor_of(other), fresh(project), fresh(step))
    assert refusal.value.code == "not_reporter"
    milestones.take_report_back(member, fresh(project), fresh(step))
    assert fresh(step).state == "planned"


STRANGERS = ("plan", "report_milestone", "post_update", "steer", "hand_over")


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_change_nothing(project, name):
    check = getattr(may, name)
    assert not check(actor_of(make_person("Stranger")), project)
    assert check(actor_of(project.lead_id), project)


@pytest.mark.parametrize("name", ["plan", "steer", "hand_over"])
def test_members_do_not_steer(project, member, name):
    assert not getattr(may, name)(member, project)


@pytest.mark.parametrize("state", ["closed", "cancelled", "submitted", "rejected"])
def test_what_does_not_run_has_no_plan_to_keep(host, state):
    project = make_project(state=state, institution=host)
    assert may.plan(actor_of(project.lead_id), project).code == "not_running"


# ---- updates -----------------------------------------------------------------------------------------------------


def test_an_update_is_told_to_the_others_and_its_change_stays_on_record(project, lead, member):
    made = updates.post_update(member, project, title="", text="The wells are drilled.", language="en")
    assert "projects.update_posted" in kinds_told(lead.id)
    assert "projects.update_posted" not in kinds_told(member.id)
    with pytest.raises(NotAllowed):
        updates.edit_update(lead, fresh(project), made, title="", text="Mine now.", language="en")
    updates.edit_update(
        member, fresh(project), fresh(made), title="", text="Two wells are drilled.", language="en"
    )
    assert fresh(made).edited_at is not None
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last.before["text"] == "The wells are drilled."


def test_nobody_floods_readers(project, member):
    for number in range(updates.MOST_A_DAY):
        updates.post_update(member, fresh(project), title="", text=f"Post {number}", language="en")
    with pytest.raises(Exception, match="too_many_tries"):
        updates.post_update(member, fresh(project), title="", text="One more", language="en")


# ---- holding, closing, cancelling --------------------------------------------------------------------------------


def test_on_hold_nothing_is_lit_and_it_goes_on(project, lead, member):
    with pytest.raises(Invalid):
        services.change_course(lead, project, verb="hold", note=" ")
    services.change_course(lead, fresh(project), verb="hold", note="The site is flooded.")
    found = fresh(project)
    assert (found.state, found.light(), found.state_reason) == ("on_hold", "", "The site is flooded.")
    assert "projects.course_changed" in kinds_told(member.id)
    services.change_course(lead, found, verb="resume", note="It is dry.")
    assert fresh(project).state == "active"


def test_closing_hears_every_partner_and_closes_when_all_stands(project, lead, step):
    partner_id = course.partners_to_hear(project)[0]
    representative = affiliate(
        "Representative", db.session.get_one(Institution, partner_id), role="representative"
    )
    with pytest.raises(Invalid):
        services.begin_closing(lead, project, report="")
    services.begin_closing(lead, fresh(project), report="We measured salt.")
    hearing = db.session.query(PartnerHearing).one()
    assert "projects.partner_heard" in kinds_told(representative.id)
    assert {thing.code for thing in gates.missing_to_close(fresh(project))} == {
        "milestones_open",
        "partners_not_heard",
        "no_outcome",
    }
    outcomes.say_none(lead, fresh(project), reason="Nothing could be measured.")
    with pytest.raises(RuleBroken) as refusal:
        services.close_project(lead, fresh(project))
    assert refusal.value.code == "milestones_open"
    assert fresh(project).state == "closing"
    milestones.miss_milestone(lead, fresh(project), fresh(step), note="No time was left.")
    with pytest.raises(NotAllowed):
        services.answer_hearing(lead, fresh(project), fresh(hearing), text="", agrees=True)
    with pytest.raises(Invalid):
        services.answer_hearing(
            actor_of(representative), fresh(project), fresh(hearing), text="", agrees=False
        )
    services.answer_hearing(
        actor_of(representative), fresh(project), fresh(hearing), text="Well done.", agrees=True
    )
    with pytest.raises(RuleBroken):
        services.answer_hearing(
            actor_of(representative), fresh(project), fresh(hearing), text="", agrees=True
        )
    services.close_project(lead, fresh(project))
    assert fresh(project).state == "closed"
    assert fresh(project).closed_at is not None


def test_a_silent_partner_is_reminded_then_no_longer_waited_for(project, lead):
    partner_id = course.partners_to_hear(project)[0]
    representative = affiliate(
        "Representative", db.session.get_one(Institution, partner_id), role="representative"
    )
    services.begin_closing(lead, project, report="We measured salt.")
    hearing = db.session.query(PartnerHearing).one()
    with clock.at(clock.halfway(hearing.asked_at, hearing.due_at)):
        assert timing.lapse_questions() == 1
        assert timing.lapse_questions() == 0
    told = (
        db.session.query(Notice).filter_by(person_id=representative.id, kind="projects.partner_heard").count()
    )
    assert told == 2
    with clock.at(hearing.due_at):
        assert timing.lapse_questions() == 1
        assert timing.lapse_questions() == 0
    assert fresh(hearing).decision_code == "lapsed"
    outcomes.say_none(lead, fresh(project), reason="Nothing could be measured.")
    services.close_project(lead, fresh(project))
    assert fresh(project).state == "closed"


def test_going_on_instead_of_closing_ends_the_questions(project, lead):
    services.begin_closing(lead, project, report="We measured salt.")
    services.change_course(lead, fresh(project), verb="stop_closing", note="A new grant came.")
    assert db.session.query(PartnerHearing).one().decision_code == "superseded"
    assert fresh(project).state == "active"


@pytest.mark.parametrize("state", ["closed", "cancelled", "forming"])
def test_what_is_over_is_not_held(host, state):
    project = make_project(state=state, institution=host)
    with pytest.raises(RuleBroken) as refusal:
        services.change_course(actor_of(project.lead_id), project, verb="hold", note="Why not")
    assert refusal.value.code == "wrong_state"


# ---- what became of it -------------------------------------------------------------------------------------------


def test_leads_are_asked_twelve_and_twenty_four_months_after(host):
    project = make_project(state="closed", institution=host)
    lead = actor_of(project.lead_id)
    closed = project.closed_at
    assert timing.ask_follow_ups() == 0
    with clock.at(closed + 366 * DAY):
        assert timing.ask_follow_ups() == 1
        assert timing.ask_follow_ups() == 0
        asked = course.follow_ups(project.id)[0]
        assert "projects.follow_up_asked" in kinds_told(lead.id)
        with pytest.raises(Invalid):
            services.answer_follow_up(lead, project, asked, in_use="", continues="", effects="")
        services.answer_follow_up(
            lead, fresh(project), fresh(asked), in_use="Three sensors.", continues="", effects=""
        )
        assert fresh(asked).answers["in_use"] == "Three sensors."
    with clock.at(closed + 732 * DAY):
        assert timing.ask_follow_ups() == 1
    assert {row.months for row in db.session.query(FollowUp)} == {12, 24}


def test_what_was_not_asked_in_its_time_is_not_asked_later(host):
    """Of a project that was closed before the portal ran: the question of its year alone, and none after three years."""
    project = make_project(state="closed", institution=host)
    with clock.at(project.closed_at + 3 * 366 * DAY):
        assert timing.ask_follow_ups() == 0
    with clock.at(project.closed_at + 740 * DAY):
        assert timing.ask_follow_ups() == 1
    assert {row.months for row in db.session.query(FollowUp)} == {24}


@pytest.mark.pure
def test_a_year_before_a_leap_day():
    assert timing.months_before(datetime(2028, 2, 29, tzinfo=UTC), 12).date() == date(2027, 2, 28)
    assert timing.months_before(datetime(2026, 11, 22, tzinfo=UTC), 24).date() == date(2024, 11, 22)


# ---- reminders and the lead --------------------------------------------------------------------------------------


def test_a_milestone_is_reminded_of_once(project, lead, step):
    assert timing.remind_milestones() == 1
    assert timing.remind_milestones() == 0
    assert "projects.milestone_due" in kinds_told(lead.id)
    milestones.edit_milestone(
        lead, fresh(project), fresh(step), title="Prototype", due_on=step.due_on + DAY, reason="One day more."
    )
    assert timing.remind_milestones() == 1


def test_the_lead_passes_only_to_a_member_who_accepts(project, lead, member):
    stranger = make_person("Stranger")
    with pytest.raises(Invalid):
        hand_over.offer_hand_over(lead, project, to_person_id=stranger.id)
    hand_over.offer_hand_over(lead, fresh(project), to_person_id=member.id, note="I move on.")
    with pytest.raises(RuleBroken) as refusal:
        hand_over.offer_hand_over(lead, fresh(project), to_person_id=member.id)
    assert refusal.value.code == "already_offered"
    with pytest.raises(NotAllowed):
        hand_over.accept_hand_over(lead, fresh(project))
    assert fresh(project).lead_id == lead.id
    hand_over.accept_hand_over(member, fresh(project))
    assert fresh(project).lead_id == member.id
    assert "projects.handed_over" in kinds_told(lead.id)
    assert [name for name in actions() if "hand_over" in name] == [
        "projects.offer_hand_over",
        "projects.hand_over",
    ]


def test_who_left_meanwhile_does_not_take_the_lead(project, lead, member):
    hand_over.offer_hand_over(lead, project, to_person_id=member.id)
    rows = select(ProjectMember).where(ProjectMember.person_id == member.id)
    members.end_member(member, fresh(project), db.session.scalars(rows).one())
    with pytest.raises(RuleBroken) as refusal:
        hand_over.accept_hand_over(member, fresh(project))
    assert refusal.value.code == "not_a_member"
    assert fresh(project).lead_id == lead.id


def test_an_offer_of_the_lead_is_declined_withdrawn_or_lapses(project, lead, member):
    hand_over.offer_hand_over(lead, project, to_person_id=member.id)
    hand_over.decline_hand_over(member, fresh(project), note="Too much.")
    hand_over.offer_hand_over(lead, fresh(project), to_person_id=member.id)
    hand_over.withdraw_hand_over(lead, fresh(project))
    offer = hand_over.offer_hand_over(lead, fresh(project), to_person_id=member.id)
    with clock.at(offer.due_at):
        assert timing.lapse_questions() == 1
    assert fresh(offer).decision_code == "lapsed"
    assert fresh(project).lead_id == lead.id


# ---- the drawing -------------------------------------------------------------------------------------------------


class Row:
    def __init__(self, number, due_on, state="planned", reported_on=None):
        self.number, self.due_on, self.state, self.reported_on = number, due_on, state, reported_on
        self.title = f"Step {number}"


def test_the_drawing_is_mirrored_in_arabic():
    start, end, today = date(2026, 1, 1), date(2026, 12, 31), date(2026, 7, 1)
    rows = [
        Row(1, date(2026, 3, 1), "accepted", date(2026, 3, 11)),
        Row(2, date(2026, 6, 1)),
        Row(3, date(2026, 12, 1)),
    ]
    there = timeline.draw(start, end, rows, today, is_rtl=False)
    back = timeline.draw(start, end, rows, today, is_rtl=True)
    assert [mark.kind for mark in there.marks] == ["accepted", "late", "planned"]
    for one, other in zip(there.marks, back.marks, strict=True):
        assert abs(one.x + other.x - timeline.WIDTH) <= 1
        assert one.anchor == other.anchor
    assert there.start_x < there.today_x < there.end_x
    assert back.start_x > back.today_x > back.end_x
    assert there.marks[0].x_reported > there.marks[0].x


@pytest.mark.parametrize("days", [40, 400, 4000, 40_000])
def test_the_line_has_few_marks_of_time_however_long(days):
    start = date(2000, 1, 31)
    drawing = timeline.draw(start, start + days * DAY, [], date(2026, 1, 1), is_rtl=False)
    assert 1 <= len(drawing.ticks) <= timeline.MOST_TICKS + 1


def test_nothing_is_drawn_of_a_plan_without_days():
    assert timeline.draw(None, None, [], date(2026, 1, 1), is_rtl=False) is None
    assert timeline.draw(date(2026, 1, 1), None, [], date(2026, 1, 1), is_rtl=False) is None
