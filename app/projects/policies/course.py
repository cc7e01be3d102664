"""Who may do what while a project runs and after: plan, milestones, updates, its course, the lead, the word of partners."""

from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import _l
from app.projects.models import (
    RUNNING_STATES,
    Milestone,
    PartnerHearing,
    Project,
    ProjectHandOver,
    ProjectUpdate,
)
from app.projects.policies.acting import NOT_LEAD, NOT_MEMBER, NOT_REPRESENTATIVE, only_lead

OWN_REPORT = No(
    "own_report", _l("You reported this milestone yourself, so somebody else says whether it is reached.")
)
NOT_REPORTER = No("not_reporter", _l("Only who reported it, or the lead, takes the report back."))
NOT_RUNNING = No("not_running", _l("The project does not run, so its plan stays as it is."))
NOT_AUTHOR = No("not_author", _l("Only the person who wrote this update may change it."))
NOT_OFFERED = No("not_offered", _l("The lead of this project is not offered to you."))


def _takes_part(actor: Actor, project: Project) -> bool:
    return project.lead_id == actor.id or actor.holds("project_member", project.id)


@permission("projects.plan")
def plan(actor: Actor, project: Project) -> Answer:
    """The lead keeps the plan while the project runs."""
    answer = only_lead(actor, project)
    return (project.state in RUNNING_STATES or NOT_RUNNING) if answer else answer


@permission("projects.report_milestone")
def report_milestone(actor: Actor, project: Project) -> Answer:
    """Everybody who takes part reports, while the project runs."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not _takes_part(actor, project):
        return NOT_MEMBER
    return project.state in RUNNING_STATES or NOT_RUNNING


@permission("projects.take_report_back")
def take_report_back(actor: Actor, project: Project, milestone: Milestone) -> Answer:
    """Who reported it, while they take part, or the lead."""
    answer = report_milestone(actor, project)
    if not answer:
        return answer
    return actor.id in {milestone.reported_by_id, project.lead_id} or NOT_REPORTER


@permission("projects.judge_milestone")
def judge_milestone(actor: Actor, project: Project, milestone: Milestone) -> Answer:
    """The lead says whether a reported milestone is reached; for what the lead reported, a lead of the consortium.

    Nobody judges their own report.
    """
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if milestone.reported_by_id == actor.id:
        return OWN_REPORT
    if project.lead_id == actor.id:
        return True
    by_lead = milestone.reported_by_id == project.lead_id
    return (by_lead and actor.holds("lead", project.consortium_id)) or NOT_LEAD


@permission("projects.post_update")
def post_update(actor: Actor, project: Project) -> Answer:
    """Everybody who takes part, as long as the project is not over."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not _takes_part(actor, project):
        return NOT_MEMBER
    return project.state in (*RUNNING_STATES, "closed") or NOT_RUNNING


@permission("projects.edit_update")
def edit_update(actor: Actor, update: ProjectUpdate) -> Answer:
    """Who wrote it."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return update.author_id == actor.id or NOT_AUTHOR


@permission("projects.steer")
def steer(actor: Actor, project: Project) -> Answer:
    """The lead holds, resumes, closes and cancels."""
    return only_lead(actor, project)


@permission("projects.answer_hearing")
def answer_hearing(actor: Actor, hearing: PartnerHearing) -> Answer:
    """A representative of the partner is heard before a project closes."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.holds("representative", hearing.institution_id) or NOT_REPRESENTATIVE


@permission("projects.answer_follow_up")
def answer_follow_up(actor: Actor, project: Project) -> Answer:
    """The lead says what became of it."""
    return only_lead(actor, project)


@permission("projects.hand_over")
def hand_over(actor: Actor, project: Project) -> Answer:
    """The lead offers the lead to another member, and takes the offer back."""
    return only_lead(actor, project)


@permission("projects.answer_hand_over")
def answer_hand_over(actor: Actor, offer: ProjectHandOver) -> Answer:
    """The member to whom the lead is offered."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return offer.to_person_id == actor.id or NOT_OFFERED
