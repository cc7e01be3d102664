"""Who may do what with outcomes.

Nobody decides about their own: whoever claimed an outcome, leads what it came of, or is named in it does not confirm it, and
whoever had a part in any of that settles no objection to it.
"""

from collections.abc import Collection
from typing import cast

from sqlalchemy import and_, false, not_, or_
from sqlalchemy.sql import ColumnElement

from app.core import clock
from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import LazyText, _l
from app.outcomes.models import OUTCOME_STATES, Outcome
from app.outcomes.policies.seeing import PROJECT_ROLES, TEAM_ROLES, view
from app.problems.models import Problem
from app.projects.models import Project
from app.teams.models import Team

PROJECT_STATES = ("active", "on_hold", "closing", "closed")
TEAM_STATES = ("approved", "paused", "completed")
ANSWERABLE = ("published", "in_work", "expired", "closed")

NOT_MEMBER = No("not_member", _l("Only people who take part, with a confirmed affiliation, may do this."))
NOT_BEGUN = No("not_begun", _l("The work has not begun, so nothing can have come of it yet."))
NOT_KEEPER = No("not_keeper", _l("Only the person who claimed it, or the lead of the work, may do this."))
OWN_OUTCOME = No(
    "own_outcome",
    _l("You claimed this outcome, lead the work or are named in it, so somebody else decides about it."),
)
SAME_INSTITUTION = No(
    "same_institution", _l("You belong to the institution that claims it. Another one confirms it.")
)
NOT_CONFIRMER = No("not_confirmer", _l("Only members of the institution that was asked may confirm it."))
NOT_CONCERNED = No(
    "not_concerned",
    _l("Only partner institutions, through their representatives, and people who are named may object."),
)
NOT_LEAD = No("not_lead", _l("Only a lead of its consortium who is not involved may do this."))
LEADS_DECIDE = No("leads_decide", _l("Its consortium has leads who decide about it."))
NOT_NAMED = No("not_named", _l("You are not named in this outcome."))
NOT_AUTHOR = No("not_author", _l("Only the person who wrote the problem may say this."))
OWN_PROBLEM = No(
    "own_problem", _l("You wrote this problem or have a part in the outcome, so another lead says this.")
)
NOT_PROJECT_LEAD = No("not_project_lead", _l("Only the lead of the project may say this."))
WINDOW_OVER = No("window_over", _l("The days in which one could object have passed."))  # fmt: skip


# ---- claiming and writing ----------------------------------------------------------------------------------------


@permission("outcomes.claim_for_project")
def claim_for_project(actor: Actor, project: Project) -> Answer:
    """Whoever takes part, with a confirmed affiliation, once the project has begun, and after it has closed."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    takes_part = actor.holds("project_lead", project.id) or actor.holds("project_member", project.id)
    if not takes_part or not actor.ids("member"):
        return NOT_MEMBER
    return project.state in PROJECT_STATES or NOT_BEGUN


@permission("outcomes.claim_for_team")
def claim_for_team(actor: Actor, team: Team) -> Answer:
    """Whoever is in the team, with a confirmed affiliation, once it was approved."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not any(actor.holds(role, team.id) for role in TEAM_ROLES) or not actor.ids("member"):
        return NOT_MEMBER
    return team.state in TEAM_STATES or NOT_BEGUN


def keeps(actor: Actor, outcome: Outcome) -> bool:
    """Whether the person claimed it or leads the work that it came of."""
    return actor.id is not None and (
        outcome.claimer_id == actor.id
        or actor.holds("project_lead", outcome.project_id)
        or actor.holds("team_lead", outcome.team_id)
    )


def _keeper(actor: Actor, outcome: Outcome) -> Answer:
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return keeps(actor, outcome) or NOT_KEEPER


@permission("outcomes.edit")
def edit(actor: Actor, outcome: Outcome) -> Answer:
    """Who claimed it, or leads the work."""
    return _keeper(actor, outcome)


@permission("outcomes.send")
def send(actor: Actor, outcome: Outcome) -> Answer:
    """Who claimed it, or leads the work."""
    return _keeper(actor, outcome)


@permission("outcomes.recall")
def recall(actor: Actor, outcome: Outcome) -> Answer:
    """Who claimed it, or leads the work, while nobody has answered."""
    return _keeper(actor, outcome)


@permission("outcomes.name")
def name(actor: Actor, outcome: Outcome) -> Answer:
    """Who claimed it, or leads the work, names the people who contributed."""
    return _keeper(actor, outcome)


@permission("outcomes.answer_credit")
def answer_credit(actor: Actor, outcome: Outcome) -> Answer:
    """The named person accepts, declines, and takes their own name out."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.holds("outcome_credited", outcome.id) or NOT_NAMED


@permission("outcomes.attach")
def attach(actor: Actor, outcome: Outcome) -> Answer:
    """Evidence is added and removed by who keeps it, until it is sent."""
    answer = _keeper(actor, outcome)
    blocked_by = blocked(outcome, "edit") if answer else None
    return answer if blocked_by is None else blocked_by


@permission("outcomes.discuss")
def discuss(actor: Actor, outcome: Outcome) -> Answer:
    """Everybody who is signed in, once it is published; before that those who see it."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if outcome.state == "retracted":
        return No("wrong_state", _l("It was retracted, so nothing can be added to it."))
    return view(actor, outcome) or NOT_CONCERNED


# ---- deciding ------------------------------------------------------------------------------------------------------


def has_part(actor: Actor, outcome: Outcome) -> bool:
    """Whether the person claimed or confirmed it, is or was named in it, or takes part in the work."""
    return actor.id is not None and (
        actor.id in {outcome.claimer_id, outcome.confirmed_by_id}
        or actor.holds("outcome_credited", outcome.id)
        or actor.holds("outcome_former", outcome.id)
        or any(actor.holds(role, outcome.project_id) for role in PROJECT_ROLES if role != "project_partner")
        or any(actor.holds(role, outcome.team_id) for role in TEAM_ROLES)
    )


@permission("outcomes.confirm")
def confirm(actor: Actor, outcome: Outcome) -> Answer:
    """A member of the institution that was asked, of no part in the claim and not of the claimer's institution."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    named = actor.holds("outcome_credited", outcome.id) or actor.holds("outcome_former", outcome.id)
    if keeps(actor, outcome) or named:
        return OWN_OUTCOME
    if actor.holds("member", outcome.institution_id):
        return SAME_INSTITUTION
    return actor.holds("member", outcome.confirmer_id) or NOT_CONFIRMER


@permission("outcomes.return")
def return_for_changes(actor: Actor, outcome: Outcome) -> Answer:
    """Who may confirm it."""
    return confirm(actor, outcome)


@permission("outcomes.object")
def object_to(actor: Actor, outcome: Outcome, partners: Collection[int] = ()) -> Answer:
    """Representatives of partner institutions (`partners`: their ids) and people who are named; not who claimed or confirmed it."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if actor.id in {outcome.claimer_id, outcome.confirmed_by_id}:
        return OWN_OUTCOME
    is_partner = not actor.ids("representative").isdisjoint(partners)
    return is_partner or actor.holds("outcome_credited", outcome.id) or NOT_CONCERNED


def _uninvolved_lead(actor: Actor, outcome: Outcome) -> Answer:
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if has_part(actor, outcome):
        return OWN_OUTCOME
    if actor.holds("lead", outcome.consortium_id):
        return True
    if actor.is_admin:
        return LEADS_DECIDE if outcome.has_other_lead else True
    return NOT_LEAD


@permission("outcomes.settle")
def settle(actor: Actor, outcome: Outcome, objector_id: int | None = None) -> Answer:
    """A lead of the consortium who is not involved and did not object; an administrator where no such lead is."""
    if actor.id is not None and actor.id == objector_id:
        return OWN_OUTCOME
    return _uninvolved_lead(actor, outcome)


@permission("outcomes.retract")
def retract(actor: Actor, outcome: Outcome) -> Answer:
    """Who claimed it or leads the work; or a lead of the consortium who is not involved."""
    return _keeper(actor, outcome) or _uninvolved_lead(actor, outcome)


def settling(actor: Actor) -> ColumnElement[bool]:
    """The list form of `settle`, as far as it lies with the outcome."""
    if not actor.is_signed_in:
        return false()
    lead = Outcome.consortium_id.in_(actor.ids("lead")) if actor.holds_any("lead") else false()
    who = or_(lead, not_(cast(ColumnElement[bool], Outcome.has_other_lead))) if actor.is_admin else lead
    return and_(who, _without_part(actor))


def _without_part(actor: Actor) -> ColumnElement[bool]:
    """The list form of `not has_part`."""
    return and_(
        Outcome.claimer_id != actor.id,
        or_(Outcome.confirmed_by_id.is_(None), Outcome.confirmed_by_id != actor.id),
        Outcome.id.not_in(actor.ids("outcome_credited", "outcome_former")),
        or_(
            Outcome.project_id.is_(None),
            Outcome.project_id.not_in(actor.ids("project_lead", "project_member")),
        ),
        or_(Outcome.team_id.is_(None), Outcome.team_id.not_in(actor.ids(*TEAM_ROLES))),
    )


# ---- the problem ---------------------------------------------------------------------------------------------------


@permission("outcomes.answer_as_author")
def answer_as_author(actor: Actor, problem: Problem) -> Answer:
    """The author says whether the need is met; they know it best, also when they took part in the answer."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return problem.author_id == actor.id or NOT_AUTHOR


@permission("outcomes.answer_as_lead")
def answer_as_lead(actor: Actor, problem: Problem, outcome: Outcome) -> Answer:
    """A lead of the problem's consortium who neither wrote it nor has a part in the outcome; else an administrator."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if problem.author_id == actor.id or has_part(actor, outcome):
        return OWN_PROBLEM
    if actor.holds("lead", problem.consortium_id):
        return True
    if actor.is_admin:
        return LEADS_DECIDE if outcome.has_other_answerer else True
    return NOT_LEAD


def answering_as_lead(actor: Actor) -> ColumnElement[bool]:
    """The list form of `answer_as_lead`, over outcomes and problems."""
    if not actor.is_signed_in:
        return false()
    lead = Problem.consortium_id.in_(actor.ids("lead")) if actor.holds_any("lead") else false()
    others = cast(ColumnElement[bool], Outcome.has_other_answerer)
    who = or_(lead, not_(others)) if actor.is_admin else lead
    return and_(who, Problem.author_id != actor.id, _without_part(actor))


@permission("outcomes.say_none")
def say_none(actor: Actor, project: Project) -> Answer:
    """The lead of a project that has begun says that nothing came of it, or takes that back."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not actor.holds("project_lead", project.id):
        return NOT_PROJECT_LEAD
    return project.state in PROJECT_STATES or NOT_BEGUN


# ---- what the state of things forbids ------------------------------------------------------------------------------

_BLOCKS: dict[str, LazyText] = {
    "edit": _l("It can be changed until it is sent, and when it comes back."),
    "send": _l("It has been sent already."),
    "recall": _l("Only what waits for confirmation can be taken back."),
    "confirm": _l("Only what waits for confirmation can be confirmed."),
    "return_for_changes": _l("Only what waits for confirmation can be returned."),
    "object": _l("One can object while the days for it run."),
    "settle": _l("There is no objection to settle."),
    "retract": _l("It was retracted already."),
    "name": _l("It was retracted, so nobody can be named in it any more."),
}


def blocked(outcome: Outcome, verb: str) -> No | None:
    """Why the state of things forbids this now, whoever asks; None when it may be done."""
    if verb == "edit":
        allowed = outcome.state == "claimed"
    elif verb == "name":
        allowed = outcome.state != "retracted"
    elif verb == "settle":
        allowed = outcome.state == "disputed"
    elif verb == "object" and outcome.state == "confirmed":
        is_over = outcome.window_ends_at is not None and outcome.window_ends_at <= clock.now()
        return WINDOW_OVER if is_over else None
    else:
        allowed = OUTCOME_STATES.allows(outcome, verb)
    return None if allowed else No("wrong_state", _BLOCKS[verb])
