"""Who sees an outcome: its people from the beginning; leads and who is asked from its first sending; then whoever sees what it came of.

A published outcome is seen by those who see its project, its problem and its team, as far as it has them, all together.
"""

from typing import Any, cast

from sqlalchemy import and_, case, exists, false, not_, or_, select
from sqlalchemy.sql import ColumnElement, Select

from app.core.access import Actor, Answer, grant_source, permission
from app.outcomes.models import OUTCOME_STATES, Outcome, OutcomeCredit
from app.problems import policies as problems
from app.problems.models import Problem
from app.projects import policies as projects
from app.projects.models import Project
from app.teams import policies as teams
from app.teams.models import Membership, Team

PROJECT_ROLES = ("project_lead", "project_member", "project_partner")
TEAM_ROLES = teams.INSIDE


@grant_source
def credited(person_id: int) -> Select[str, int]:
    """("outcome_credited", outcome) while a role is asked or stands, ("outcome_former", outcome) once withdrawn."""
    role: Any = case((OutcomeCredit.state == "withdrawn", "outcome_former"), else_="outcome_credited")
    return select(role, OutcomeCredit.outcome_id).where(
        OutcomeCredit.person_id == person_id, OutcomeCredit.state.in_(["asked", "accepted", "withdrawn"])
    )


def _is_partner(actor: Actor, outcome: Outcome) -> bool:
    """Whether the person represents an institution that is in the team of which it came, once it was sent."""
    if outcome.sent_at is None or not outcome.team_institutions:
        return False
    ids = {int(key) for key in outcome.team_institutions.split(",")}
    return not actor.ids("representative").isdisjoint(ids)


def is_inside(actor: Actor, outcome: Outcome) -> bool:
    """Whether the person claimed it, is named in it, takes part in what it came of, or represents a partner in that."""
    if actor.id is not None and outcome.claimer_id == actor.id:
        return True
    return (
        actor.holds("outcome_credited", outcome.id)
        or _is_partner(actor, outcome)
        or any(actor.holds(role, outcome.project_id) for role in PROJECT_ROLES)
        or any(actor.holds(role, outcome.team_id) for role in TEAM_ROLES)
    )


def reviews(actor: Actor, outcome: Outcome) -> bool:
    """Whether the person leads its consortium, or is administrator where no lead can decide."""
    return actor.holds("lead", outcome.consortium_id) or (actor.is_admin and not outcome.has_other_lead)


def is_asked(actor: Actor, outcome: Outcome) -> bool:
    """Whether the person represents the institution that is, or was, asked to confirm it."""
    return actor.holds("representative", outcome.confirmer_id)


def under_roof(actor: Actor, outcome: Outcome) -> bool:
    """Whether the reader sees all that it came of."""
    return (
        (outcome.project is None or bool(projects.view(actor, outcome.project)))
        and (outcome.problem is None or bool(problems.view(actor, outcome.problem)))
        and (outcome.team is None or bool(teams.view_team(actor, outcome.team)))
    )


@permission("outcomes.view")
def view(actor: Actor, outcome: Outcome) -> Answer:
    """Its people always; leads and who is asked to confirm it once it was sent; once published, who sees its roof."""
    if is_inside(actor, outcome):
        return True
    if outcome.sent_at is not None and (reviews(actor, outcome) or is_asked(actor, outcome)):
        return True
    return outcome.published_at is not None and under_roof(actor, outcome)


@permission("outcomes.view_inside")
def view_inside(actor: Actor, outcome: Outcome) -> Answer:
    """Rounds, objections and notes are for its people, the leads and who is asked to confirm it."""
    if not view(actor, outcome):
        return False
    return is_inside(actor, outcome) or reviews(actor, outcome) or is_asked(actor, outcome)


# ---- the list forms --------------------------------------------------------------------------------------------


def _held(actor: Actor, column: Any, *roles: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_(actor.ids(*roles)) if actor.holds_any(*roles) else false()
    return found


def _roof(actor: Actor) -> ColumnElement[bool]:
    """The list form of `under_roof`, also beside the same tables."""

    def seen(*where: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(*where).correlate(Outcome)

    return and_(
        or_(
            Outcome.project_id.is_(None),
            seen(Project.id == Outcome.project_id, projects.visible(actor)),
        ),
        or_(
            Outcome.problem_id.is_(None),
            seen(Problem.id == Outcome.problem_id, problems.visible(actor)),
        ),
        or_(
            Outcome.team_id.is_(None),
            seen(Team.id == Outcome.team_id, teams.visible_teams(actor)),
        ),
    )


def _reviewed(actor: Actor) -> ColumnElement[bool]:
    as_lead = _held(actor, Outcome.consortium_id, "lead")
    if not actor.is_admin:
        return as_lead
    return or_(as_lead, not_(cast(ColumnElement[bool], Outcome.has_other_lead)))


def visible(actor: Actor) -> ColumnElement[bool]:
    """The list form of `view`."""
    in_public = and_(Outcome.published_at.is_not(None), _roof(actor))
    if not actor.is_signed_in:
        return in_public
    return or_(
        in_public,
        Outcome.claimer_id == actor.id,
        _held(actor, Outcome.id, "outcome_credited"),
        _held(actor, Outcome.project_id, *PROJECT_ROLES),
        _held(actor, Outcome.team_id, *TEAM_ROLES),
        and_(
            Outcome.sent_at.is_not(None),
            or_(
                _reviewed(actor),
                _held(actor, Outcome.confirmer_id, "representative"),
                exists()
                .where(
                    Membership.team_id == Outcome.team_id,
                    Membership.state == "active",
                    _held(actor, Membership.institution_id, "representative"),
                )
                .correlate(Outcome),
            ),
        ),
    )


def listed(actor: Actor, *, elsewhere: bool = False) -> ColumnElement[bool]:
    """What the showcase shows this person: what is published, where they see what it came of.

    Like the others here it may stand in a statement that is kept (`core.kept`). `elsewhere` for statements that start
    from another index: the state is then said by what it is not, so that its own index is not chosen.
    """
    others = [name for name in OUTCOME_STATES.names if name != "published"]
    is_published = Outcome.state.not_in(others) if elsewhere else Outcome.state == "published"
    return and_(is_published, _roof(actor))
