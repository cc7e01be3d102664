"""Who may do what with projects, and what the state of things forbids."""

from typing import Any

from sqlalchemy import and_, false, select
from sqlalchemy.sql import ColumnElement

from app.core import clock
from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import LazyText, _l
from app.projects.models import (
    LISTED_STATES,
    PROJECT_STATES,
    RUNNING_STATES,
    Project,
    ProjectMember,
    ProjectPartner,
)
from app.projects.policies.seeing import is_inside, reviewed_by, reviews, takes_part, view, view_block

EDITABLE_STATES = ("draft", "needs_changes", *RUNNING_STATES)
NO_AFFILIATION = No(
    "no_affiliation",
    _l("You need a confirmed affiliation with a verified institution to register a project."),
)
NOT_LEAD = No("not_project_lead", _l("Only the lead of this project may do this."))
NOT_CONSORTIUM_LEAD = No("not_lead", _l("Only a lead of its consortium may do this."))
OWN_PROJECT = No("own_project", _l("You take part in this project, so somebody else decides about it."))
LEADS_DECIDE = No("leads_decide", _l("Its consortium has leads who decide about it."))
NOT_DECIDER = No("not_decider", _l("Only the person who decided this may open it again."))
NOT_REPRESENTATIVE = No("not_representative", _l("Only a representative of the institution may do this."))
NOT_INVITED = No("not_invited", _l("Only the invited person answers."))
OWN_ASK = No("own_request", _l("You asked this yourself, so another representative has to answer."))
NOT_MEMBER = No("not_in_project", _l("Only those who take part in this project may do this."))
HOST_STAYS = No("host_stays", _l("The lead institution stays as long as the project does."))
LEAD_STAYS = No("lead_stays", _l("The lead hands the project over first."))
NOT_SEEN = No("not_found", _l("There is nothing here that you can see."))


@permission("projects.create")
def create(actor: Actor, _thing: Any = None) -> Answer:
    """Everybody with a confirmed affiliation registers projects."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return bool(actor.ids("member")) or NO_AFFILIATION


def only_lead(actor: Actor, project: Project) -> Answer:
    """The lead of the project alone."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return project.lead_id == actor.id or NOT_LEAD


@permission("projects.edit")
def edit(actor: Actor, project: Project) -> Answer:
    """The lead writes."""
    return only_lead(actor, project)


@permission("projects.submit")
def submit(actor: Actor, project: Project) -> Answer:
    """The lead sends it, while their affiliation with the host is confirmed."""
    answer = only_lead(actor, project)
    if answer and not actor.holds("member", project.institution_id):
        return NO_AFFILIATION
    return answer


@permission("projects.recall")
def recall(actor: Actor, project: Project) -> Answer:
    """The lead takes it back while nobody has decided."""
    return only_lead(actor, project)


@permission("projects.withdraw")
def withdraw(actor: Actor, project: Project) -> Answer:
    """The lead gives it up before it was accepted."""
    return only_lead(actor, project)


def decide(actor: Actor, project: Project) -> Answer:
    """A lead of its consortium who has no part in it; an administrator only where no such lead is."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if project.lead_id == actor.id or _is_of_it(actor, project):
        return OWN_PROJECT
    if actor.holds("lead", project.consortium_id):
        return True
    if actor.is_admin:
        return LEADS_DECIDE if project.has_other_lead else True
    return NOT_CONSORTIUM_LEAD


def _is_of_it(actor: Actor, project: Project) -> bool:
    return any(actor.holds(role, project.id) for role in ("project_lead", "project_member", "project_guest"))


def deciding(actor: Actor) -> ColumnElement[bool]:
    """The list form of `decide`: projects about which the person decides."""
    if not actor.is_signed_in:
        return false()
    own = select(ProjectMember.project_id).where(
        ProjectMember.person_id == actor.id, ProjectMember.state.in_(["active", "invited"])
    )
    return and_(reviewed_by(actor), Project.lead_id != actor.id, Project.id.not_in(own))


def needs_reason(actor: Actor, project: Project) -> bool:
    """Whether the person decides as administrator, and so has to say why."""
    return not actor.holds("lead", project.consortium_id)


@permission("projects.accept")
def accept(actor: Actor, project: Project) -> Answer:
    """Who decides."""
    return decide(actor, project)


@permission("projects.return")
def return_for_changes(actor: Actor, project: Project) -> Answer:
    """Who decides."""
    return decide(actor, project)


@permission("projects.reject")
def reject(actor: Actor, project: Project) -> Answer:
    """Who decides."""
    return decide(actor, project)


@permission("projects.read_review")
def read_review(actor: Actor, project: Project) -> Answer:
    """What was said in a review is for its lead and members and for who reviews."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return takes_part(actor, project) or (reviews(actor, project) and is_inside(actor, project)) or NOT_LEAD


@permission("projects.reopen")
def reopen(actor: Actor, project: Project, decided_by_id: int | None = None) -> Answer:
    """What was rejected: who rejected it. What was withdrawn: its lead."""
    if project.state != "rejected":
        return only_lead(actor, project)
    answer = decide(actor, project)
    return (actor.id == decided_by_id or NOT_DECIDER) if answer else answer


# ---- partners and members --------------------------------------------------------------------------------------


@permission("projects.ask_partner")
def ask_partner(actor: Actor, project: Project) -> Answer:
    """The lead asks institutions, takes a question back, ends a partnership."""
    return only_lead(actor, project)


@permission("projects.answer_partner")
def answer_partner(actor: Actor, partner: ProjectPartner) -> Answer:
    """A representative of the asked institution answers, never about their own question."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not actor.holds("representative", partner.institution_id):
        return NOT_REPRESENTATIVE
    return partner.asked_by_id != actor.id or OWN_ASK


@permission("projects.edit_partner")
def edit_partner(actor: Actor, project: Project, partner: ProjectPartner) -> Answer:
    """What a partner brings and gains: its representatives; for the host, and while a partner is asked, the lead."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if actor.holds("representative", partner.institution_id) and partner.state == "accepted":
        return True
    if partner.role == "lead" or partner.state == "asked":
        return only_lead(actor, project)
    return NOT_REPRESENTATIVE


@permission("projects.end_partner")
def end_partner(actor: Actor, project: Project, partner: ProjectPartner) -> Answer:
    """The lead, or the partner itself through a representative; the host stays."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if partner.role == "lead":
        return HOST_STAYS
    if partner.state == "accepted" and actor.holds("representative", partner.institution_id):
        return True
    return only_lead(actor, project)


@permission("projects.invite")
def invite(actor: Actor, project: Project) -> Answer:
    """The lead invites people."""
    return only_lead(actor, project)


@permission("projects.answer_invitation")
def answer_invitation(actor: Actor, member: ProjectMember) -> Answer:
    """The invited person alone."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return member.person_id == actor.id or NOT_INVITED


@permission("projects.edit_member")
def edit_member(actor: Actor, project: Project, member: ProjectMember) -> Answer:
    """Position and roles of a member: themselves and the lead."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return member.person_id == actor.id or only_lead(actor, project)


@permission("projects.end_member")
def end_member(actor: Actor, project: Project, member: ProjectMember) -> Answer:
    """A member leaves, or the lead removes them; the lead hands over first."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if member.person_id == project.lead_id:
        return LEAD_STAYS
    return member.person_id == actor.id or only_lead(actor, project)


# ---- everybody -------------------------------------------------------------------------------------------------


@permission("projects.follow")
def follow(actor: Actor, project: Project) -> Answer:
    """Everybody who is signed in and sees it."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return view(actor, project) or NOT_SEEN


@permission("projects.discuss")
def discuss(actor: Actor, project: Project) -> Answer:
    """Everybody who is signed in and sees it."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return view(actor, project) or NOT_SEEN


@permission("projects.view_files")
def view_files(actor: Actor, project: Project) -> Answer:
    """Who sees the block of files."""
    return view_block(actor, project, "files")


@permission("projects.attach")
def attach(actor: Actor, project: Project) -> Answer:
    """Lead and members keep its files while it may still change."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not (project.lead_id == actor.id or actor.holds("project_member", project.id)):
        return NOT_MEMBER
    return project.state in EDITABLE_STATES or No("wrong_state", _BLOCKS["edit"])


_BLOCKS: dict[str, LazyText] = {
    "edit": _l("In this state it cannot be changed any more."),
    "submit": _l("Only drafts, and projects that were returned, can be sent for review."),
    "recall": _l("Only what is in review can be taken back."),
    "accept": _l("Only what is in review can be decided."),
    "return_for_changes": _l("Only what is in review can be decided."),
    "reject": _l("Only what is in review can be decided."),
    "withdraw": _l("In this state it cannot be withdrawn any more."),
    "reopen": _l("Only what was not accepted or was withdrawn can be opened again."),
}
IN_REVIEW = No("in_review", _l("It is in review. Take it back first, then change it."))
END_PASSED = No("end_passed", _l("Its planned end has passed. Return it, so that the lead plans anew."))


def blocked(project: Project, verb: str) -> No | None:
    """Why the state of things forbids this now, whoever asks; None when it may be done."""
    if verb in {"edit", "ask_partner", "invite"}:
        if project.state == "submitted":
            return IN_REVIEW
        return None if project.state in EDITABLE_STATES else No("wrong_state", _BLOCKS["edit"])
    if verb == "follow":
        listed = project.state in LISTED_STATES
        return None if listed else No("not_open", _l("It has not been accepted yet."))
    if verb == "accept" and project.state == "submitted" and _has_ended(project):
        return END_PASSED
    return None if PROJECT_STATES.allows(project, verb) else No("wrong_state", _BLOCKS[verb])


def _has_ended(project: Project) -> bool:
    return project.ends_on is not None and project.ends_on < clock.today()
