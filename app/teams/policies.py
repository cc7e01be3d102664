"""Who may see and do what with teams and memberships.

Predicates are pure: what they need to know beyond the actor's grants (who decides for the consortium, through which
institution somebody is a member) is handed to them.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, literal, or_, select, true

from app.core.access import SIGN_IN_FIRST, Actor, Already, Answer, No, Permission, grant_source, permission
from app.core.i18n import _l
from app.institutions.models import Affiliation
from app.problems.models import Problem
from app.projects.models import Project
from app.teams.models import HandOver, Membership, Team

ASKED_STATES = ("requested", "invited", "confirming")
INSIDE = ("team_lead", "team_deputy", "team_member")


@grant_source
def team_leads(person_id: int) -> Select[str, int]:
    """("team_lead", team)."""
    return select(literal("team_lead"), Team.id).where(Team.lead_id == person_id)


@grant_source
def team_deputies(person_id: int) -> Select[str, int]:
    """("team_deputy", team)."""
    return select(literal("team_deputy"), Team.id).where(Team.deputy_id == person_id)


@grant_source
def team_members(person_id: int) -> Select[str, int]:
    """("team_member", team)."""
    return select(literal("team_member"), Membership.team_id).where(
        Membership.person_id == person_id, Membership.state == "active"
    )


@grant_source
def team_guests(person_id: int) -> Select[str, int]:
    """("team_guest", team): asked to join or invited, not in yet."""
    return select(literal("team_guest"), Membership.team_id).where(
        Membership.person_id == person_id, Membership.state.in_(ASKED_STATES)
    )


@grant_source
def team_confirmers(person_id: int) -> Select[str, int]:
    """("team_confirmer", team): represents an institution whose word on somebody's part in the team is awaited."""
    return (
        select(literal("team_confirmer"), Membership.team_id)
        .join(Affiliation, Affiliation.institution_id == Membership.institution_id)
        .where(
            Membership.state == "confirming",
            Affiliation.person_id == person_id,
            Affiliation.state == "active",
            Affiliation.role == "representative",
        )
    )


def is_inside(actor: Actor, team_id: int) -> bool:
    """Whether the person is in the team."""
    return any(actor.holds(role, team_id) for role in INSIDE)


def runs(actor: Actor, team: Team) -> bool:
    """Whether the person is the team's lead or deputy."""
    return actor.holds("team_lead", team.id) or actor.holds("team_deputy", team.id)


# ---- Seeing ------------------------------------------------------------------------------------------------


@permission("teams.view_team")
def view_team(actor: Actor, team: Team) -> Answer:
    """As the team chose; members, people asked, and those who must decide always; a rejected one only they."""
    concerned = (*INSIDE, "team_guest", "team_confirmer")
    if actor.is_admin or actor.holds("lead", team.consortium_id):
        return True
    if any(actor.holds(role, team.id) for role in concerned):
        return True
    if team.state == "rejected":
        return False
    if team.visibility == "public":
        return True
    if team.visibility == "signed_in":
        return actor.is_signed_in
    return actor.holds("consortium_member", team.consortium_id)


def visible_teams(actor: Actor) -> ColumnElement[bool]:
    """The list form of `view_team`."""
    if actor.is_admin:
        return true()
    open_to_all = Team.visibility == "public"
    if not actor.is_signed_in:
        return and_(open_to_all, Team.state != "rejected")
    concerned = (*INSIDE, "team_guest", "team_confirmer")
    return or_(
        and_(
            Team.state != "rejected",
            or_(
                Team.visibility.in_(["public", "signed_in"]),
                Team.consortium_id.in_(actor.ids("consortium_member"))
                if actor.holds_any("consortium_member")
                else false(),
            ),
        ),
        Team.consortium_id.in_(actor.ids("lead")) if actor.holds_any("lead") else false(),
        Team.id.in_(actor.ids(*concerned)) if actor.holds_any(*concerned) else false(),
    )


@permission("teams.view_inside")
def view_inside(actor: Actor, team: Team) -> Answer:
    """What is for the team and those who decide about it: what is missing, texts, history in full."""
    if is_inside(actor, team.id) or actor.is_admin or actor.holds("lead", team.consortium_id):
        return True
    return No("members_only", _l("This is for members of the team."))


# ---- Starting and running ------------------------------------------------------------------------------------


@permission("teams.start")
def start(actor: Actor, problem: Problem) -> Answer:
    """Whoever belongs to the problem's consortium through a confirmed affiliation may start a team on it."""
    return _belongs(actor, problem.consortium_id)


@permission("teams.start_for_project")
def start_for_project(actor: Actor, project: Project) -> Answer:
    """The project's lead starts its team, and belongs to its consortium like everybody who starts one."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if project.lead_id != actor.id:
        return No("not_project_lead", _l("Only the lead of this project may do this."))
    return _belongs(actor, project.consortium_id)


def _belongs(actor: Actor, consortium_id: int) -> Answer:
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not actor.ids("member"):
        return No(
            "no_affiliation",
            _l("This needs a confirmed affiliation: ask an institution to confirm that you belong to it."),
        )
    if not actor.holds("consortium_member", consortium_id):
        return No("not_in_consortium", _l("Your institution is not a member of this consortium."))
    return True


def _by_lead(name: str) -> Permission:
    @permission(name)
    def check(actor: Actor, team: Team) -> Answer:
        """Only the lead of the team."""
        if not actor.is_signed_in:
            return SIGN_IN_FIRST
        return actor.holds("team_lead", team.id) or No(
            "team_lead_only", _l("Only the lead of the team may do this.")
        )

    return check


def _by_lead_or_deputy(name: str) -> Permission:
    @permission(name)
    def check(actor: Actor, team: Team) -> Answer:
        """The lead of the team or the deputy."""
        if not actor.is_signed_in:
            return SIGN_IN_FIRST
        return runs(actor, team) or No(
            "team_run_by_others", _l("Only the lead or the deputy of the team may do this.")
        )

    return check


def _by_members(name: str) -> Permission:
    @permission(name)
    def check(actor: Actor, team: Team) -> Answer:
        """Every member of the team."""
        if not actor.is_signed_in:
            return SIGN_IN_FIRST
        return actor.holds("team_member", team.id) or No(
            "members_only", _l("This is for members of the team.")
        )

    return check


name_deputy = _by_lead("teams.name_deputy")
propose = _by_lead("teams.propose")
recall = _by_lead("teams.recall")
change_state = _by_lead("teams.change_state")
hand_over = _by_lead("teams.hand_over")
register_project = _by_lead("teams.register_project")
edit = _by_lead_or_deputy("teams.edit")
invite = _by_lead_or_deputy("teams.invite")
see_requests = _by_lead_or_deputy("teams.see_requests")
remind_lines = _by_lead_or_deputy("teams.remind_lines")
set_skills = _by_members("teams.set_skills")
post_update = _by_members("teams.post_update")


@permission("teams.write_lines")
def write_lines(actor: Actor, own: Membership | None, institution_id: int) -> Answer:
    """Members write the lines of the institution through which they are in the team, and no other's."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if own is None or own.person_id != actor.id or own.state != "active":
        return No("members_only", _l("This is for members of the team."))
    return own.institution_id == institution_id or No(
        "own_institution_only",
        _l("Each institution speaks for itself: its own members write what it brings and hopes to gain."),
    )


# ---- Coming in and going -------------------------------------------------------------------------------------


@permission("teams.ask_to_join")
def ask_to_join(actor: Actor, team: Team) -> Answer:
    """Whoever belongs to the consortium and is not in, asked or invited."""
    if is_inside(actor, team.id):
        return Already("already_member", _l("You are in this team."))
    if actor.holds("team_guest", team.id):
        return Already("already_asked", _l("A request or invitation of yours is open in this team."))
    return _belongs(actor, team.consortium_id)


@permission("teams.decide_request")
def decide_request(actor: Actor, team: Team, request: Membership) -> Answer:
    """Lead or deputy; never about themselves."""
    if request.person_id == actor.id:
        return No("own_request", _l("Nobody decides about their own request."))
    return see_requests(actor, team)


@permission("teams.withdraw_request")
def withdraw_request(actor: Actor, request: Membership) -> Answer:
    """Who asked may take it back."""
    return (actor.is_signed_in and request.person_id == actor.id) or No(
        "not_yours", _l("This request is somebody else’s.")
    )


@permission("teams.answer_invitation")
def answer_invitation(actor: Actor, invitation: Membership) -> Answer:
    """The invited person alone."""
    return (actor.is_signed_in and invitation.person_id == actor.id) or No(
        "not_yours", _l("This invitation is for somebody else.")
    )


@permission("teams.open_mail_invitation")
def open_mail_invitation(actor: Actor, _invitation: Any) -> Answer:
    """Whoever is signed in and has the link: possession counts, as the address may belong to no account."""
    return True if actor.is_signed_in else SIGN_IN_FIRST


@permission("teams.confirm_participation")
def confirm_participation(actor: Actor, membership: Membership) -> Answer:
    """A representative of the institution; never about themselves."""
    if membership.person_id == actor.id:
        return No("own_request", _l("Nobody decides about their own request."))
    return actor.holds("representative", membership.institution_id) or No(
        "representatives_only", _l("Only representatives of the institution may decide this.")
    )


@permission("teams.leave")
def leave(actor: Actor, team: Team) -> Answer:
    """Every member; the lead hands the team over first."""
    if not actor.holds("team_member", team.id):
        return No("members_only", _l("This is for members of the team."))
    return not actor.holds("team_lead", team.id) or No(
        "hand_over_first", _l("You lead this team: hand it over before you leave.")
    )


@permission("teams.remove_member")
def remove_member(actor: Actor, team: Team, membership: Membership) -> Answer:
    """Lead or deputy; not the lead, and not oneself."""
    if membership.person_id == actor.id:
        return No("leave_instead", _l("To go yourself, leave the team."))
    if membership.person_id == team.lead_id:
        return No("lead_stays", _l("The lead cannot be removed; the lead hands the team over."))
    return see_requests(actor, team)


@permission("teams.answer_hand_over")
def answer_hand_over(actor: Actor, offer: HandOver) -> Answer:
    """The person to whom the team is offered."""
    return (actor.is_signed_in and offer.to_person_id == actor.id) or No(
        "not_yours", _l("The team is offered to somebody else.")
    )


# ---- Deciding ------------------------------------------------------------------------------------------------


def _by_decider(name: str) -> Permission:
    @permission(name)
    def check(actor: Actor, team: Team, deciders: Collection[int]) -> Answer:
        """A lead of the consortium who is not in the team (`deciders`); an administrator only where there is none."""
        if not actor.is_signed_in:
            return SIGN_IN_FIRST
        if is_inside(actor, team.id) or actor.holds("team_guest", team.id):
            return No("own_team", _l("Nobody decides about their own team."))
        if actor.id in deciders:
            return True
        if not actor.is_admin:
            return No("consortium_leads_only", _l("Only leads of the consortium may decide this."))
        return not deciders or No(
            "leads_decide",
            _l("A lead of the consortium decides this; administrators only where there is none."),
        )

    return check


approve = _by_decider("teams.approve")
return_team = _by_decider("teams.return")
reject = _by_decider("teams.reject")


@permission("teams.reopen")
def reopen(actor: Actor, team: Team, decided_by_id: int | None) -> Answer:
    """Whoever rejected the team, while still a lead of the consortium (or an administrator) and not in the team."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if is_inside(actor, team.id) or actor.holds("team_guest", team.id):
        return No("own_team", _l("Nobody decides about their own team."))
    if not (actor.holds("lead", team.consortium_id) or actor.is_admin):
        return No("consortium_leads_only", _l("Only leads of the consortium may decide this."))
    return decided_by_id == actor.id or No(
        "only_who_decided", _l("Only the person who decided this can open it again.")
    )
