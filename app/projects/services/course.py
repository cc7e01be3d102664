"""The course of a project: work begins, pauses, goes on, closes after partners were heard, or is cancelled."""

from app.consortia.models import Consortium
from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, lock_id, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.projects.models import PROJECT_STATES, FollowUp, PartnerHearing, Project, ProjectMember
from app.projects.notices import course as notices
from app.projects.policies import course as policies
from app.projects.queries import course, gates
from app.projects.services import steps
from app.projects.services.milestones import record

# Verbs of the lead that need nothing but a reason.
PLAIN_VERBS = ("hold", "resume", "stop_closing", "cancel")


def _move(actor: Actor | None, project: Project, verb: str, note: str) -> None:
    before = PROJECT_STATES.move(project, verb)
    project.state_since, project.state_reason = clock.now(), note[:500]
    project.touch()
    steps.set_due(project)
    record(actor, verb, project, before={"state": before}, after={"state": project.state}, note=note)


def _need(note: str) -> None:
    if not note.strip():
        raise Invalid({"note": _l("Say why, for partners and readers")})


def change_course(
    actor: Actor, project: Project, *, verb: str, note: str, version: int | None = None
) -> None:
    """The lead holds, resumes, goes on instead of closing, or cancels, with a reason. Raises Invalid(note), Conflict, RuleBroken."""
    if verb not in PLAIN_VERBS:
        raise ValueError(verb)
    with transaction():
        lock(project)
        authorize(policies.steer, actor, project)
        project.expect_version(version)
        _need(note)
        _move(actor, project, verb, note)
        if verb in {"cancel", "stop_closing"}:
            _end_hearings(project)
        if verb == "cancel":
            offer = course.open_hand_over(project.id)
            if offer is not None:
                offer.decide(None, "superseded")
        notices.around(actor, project, "course_changed", mail=True, verb=verb, note=note)


def begin_closing(
    actor: Actor, project: Project, *, report: str, note: str = "", version: int | None = None
) -> None:
    """The lead writes the closing report, and every partner is asked for its word. Raises Invalid(report), Conflict, RuleBroken."""
    with transaction():
        lock(project)
        authorize(policies.steer, actor, project)
        project.expect_version(version)
        if not report.strip():
            raise Invalid({"report": _l("Write what came of the project, also what did not work")})
        project.closing_report = report
        _move(actor, project, "begin_closing", note)
        days = db.session.get_one(Consortium, project.consortium_id).decision_days
        due = clock.add_working_days(clock.now(), days)
        for institution_id in course.partners_to_hear(project):
            hearing = PartnerHearing(project_id=project.id, institution_id=institution_id)
            hearing.ask(actor.id, due)
            db.session.add(hearing)
            db.session.flush()
            notices.say(
                course.representatives_of(institution_id),
                "partner_heard",
                project,
                reason=notices.REPRESENTATIVE,
                actor=actor,
                path=f"/hearings/{hearing.id}",
                due=due,
            )
        notices.around(actor, project, "course_changed", mail=True, verb="begin_closing", note=note)


def write_report(actor: Actor, project: Project, *, report: str, version: int | None = None) -> None:
    """The lead mends the closing report while the project closes. Raises Invalid(report), Conflict, RuleBroken."""
    with transaction():
        lock(project)
        authorize(policies.steer, actor, project)
        project.expect_version(version)
        if project.state != "closing":
            raise RuleBroken("wrong_state", _l("The closing report is written while the project closes."))
        if not report.strip():
            raise Invalid({"report": _l("Write what came of the project, also what did not work")})
        before = project.closing_report
        project.closing_report = report
        project.touch()
        record(actor, "write_report", project, before={"report": before}, after={"report": report})


def answer_hearing(
    actor: Actor, project: Project, hearing: PartnerHearing, *, text: str, agrees: bool
) -> None:
    """A partner's word before the closing: it agrees, or has something to say first. Raises Invalid(text), RuleBroken."""
    with transaction():
        lock(project)
        lock(hearing)
        authorize(policies.answer_hearing, actor, hearing)
        if not agrees and not text.strip():
            raise Invalid({"text": _l("Say what is open from your side")})
        hearing.decide(actor.id, "agrees" if agrees else "objects", text)
        hearing.text = text
        record(
            actor, "answer_hearing", project, what=course.heard(hearing), after={"agrees": agrees}, note=text
        )
        notices.say(
            {project.lead_id},
            "partner_answered",
            project,
            reason=notices.LEAD,
            actor=actor,
            path="/closing",
            agrees=agrees,
            note=text,
        )


def close_project(actor: Actor, project: Project, *, note: str = "", version: int | None = None) -> None:
    """The lead closes it once everything stands. Raises RuleBroken with the code of the first thing missing, Conflict."""
    with transaction():
        lock(project)
        authorize(policies.steer, actor, project)
        project.expect_version(version)
        if project.state == "closing":
            lacking = gates.missing_to_close(project)
            if lacking:
                raise RuleBroken(lacking[0].code, lacking[0].text, missing=lacking)
        project.closed_at = clock.now()
        _move(actor, project, "close", note)
        notices.around(actor, project, "course_changed", mail=True, verb="close", note=note)


def _end_hearings(project: Project) -> None:
    for hearing in course.open_hearings(project.id):
        hearing.decide(None, "superseded")


def answer_follow_up(
    actor: Actor, project: Project, follow_up: FollowUp, *, in_use: str, continues: str, effects: str
) -> None:
    """The lead says what is in use, who goes on with it, what changed for those affected. Raises Invalid(in_use), RuleBroken."""
    with transaction():
        lock(project)
        lock(follow_up)
        authorize(policies.answer_follow_up, actor, project)
        if not in_use.strip():
            raise Invalid({"in_use": _l("Say what is in use now; “nothing” is an answer too")})
        follow_up.decide(actor.id, "answered")
        follow_up.answers = {"in_use": in_use, "continues": continues, "effects": effects}
        record(actor, "answer_follow_up", project, after={"months": follow_up.months})
        notices.around(actor, project, "follow_up_answered", mail=False, months=follow_up.months)


# ---- what teams above call, inside their own transaction ---------------------------------------------------------


def team_approved(actor: Actor, project_id: int, members: list[tuple[int, int | None, str]]) -> None:
    """Inner step: the consortium approved a team for the project, so its people take part and work begins.

    `members` are (person id, institution id, part); they accepted when they joined the team.
    """
    project = lock_id(Project, project_id)
    known = course.member_ids(project.id)
    for person_id, institution_id, part in members:
        if person_id in known:
            continue
        asked = db.session.query(ProjectMember).filter_by(
            project_id=project.id, person_id=person_id, state="invited"
        )
        member = asked.first() or ProjectMember(project_id=project.id, person_id=person_id)
        member.institution_id = institution_id
        member.position = member.position or part
        if member.id is None:
            member.ask(actor.id)
            db.session.add(member)
        member.state = "active"
        member.decide(None, "automatic")
    project.team_approved_at = clock.now()
    steps.recount(project)
    begin_if_ready(actor, project)


def team_gone(project_id: int) -> None:
    """Inner step: the project's team was dissolved; what has begun goes on, what has not waits for another team."""
    lock_id(Project, project_id).team_approved_at = None


def begin_if_ready(actor: Actor | None, project: Project) -> None:
    """Inner step: a forming project becomes active as soon as nothing is missing."""
    if project.state == "forming" and not gates.missing_to_begin(project):
        project.active_at = clock.now()
        _move(actor, project, "activate", "")
        notices.around(actor, project, "course_changed", mail=True, verb="activate", note="")
