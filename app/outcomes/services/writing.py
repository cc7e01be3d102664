"""Claiming an outcome: draft, parts, sending it to be confirmed."""

from typing import Any

from app.core.access import Actor, authorize
from app.core.clock import now
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.core.vocab import is_language
from app.institutions.models import Institution
from app.outcomes import notices, policies, queries
from app.outcomes.models import CONFIRM_WITHIN, PART_FIELDS, Confirmation, Outcome, missing
from app.outcomes.services.steps import (
    due_by,
    end_round,
    follow_keys,
    move,
    next_number,
    note_in_audit,
    require_state,
)
from app.problems import queries as problems
from app.problems.models import Problem
from app.projects.models import Project
from app.teams.models import Team


def claim_for_project(
    actor: Actor,
    project: Project,
    *,
    institution_id: int,
    title: str,
    kind: str = "other",
    language: str = "en",
) -> Outcome:
    """Begin to record what came of a project. Raises NotAllowed, Invalid."""
    with transaction():
        project = db.session.get_one(Project, project.id)
        authorize(policies.claim_for_project, actor, project)
        return _claim(
            actor,
            institution_id,
            project_id=project.id,
            consortium_id=project.consortium_id,
            sdg_goals=list(project.sdg_goals),
            title=title,
            kind=kind,
            language=language,
        )


def claim_for_team(
    actor: Actor, team: Team, *, institution_id: int, title: str, kind: str = "other", language: str = "en"
) -> Outcome:
    """Begin to record what came of a team's work; of its project and problem as well, if it has them. Raises as above."""
    with transaction():
        team = db.session.get_one(Team, team.id)
        authorize(policies.claim_for_team, actor, team)
        problem = db.session.get(Problem, team.problem_id) if team.problem_id else None
        return _claim(
            actor,
            institution_id,
            team_id=team.id,
            project_id=team.project_id,
            problem_id=team.problem_id,
            consortium_id=team.consortium_id,
            sdg_goals=list(problem.sdg_goals) if problem is not None else [],
            title=title,
            kind=kind,
            language=language,
        )


def _claim(actor: Actor, institution_id: int, **values: Any) -> Outcome:
    if not actor.holds("member", institution_id):
        raise Invalid({"institution": _l("Choose one of your institutions")})
    if not values["title"]:
        raise Invalid({"title": _l("Enter a title")})
    if not is_language(values["language"]):
        raise Invalid({"language": _l("Choose a language")})
    outcome = Outcome(
        number=next_number(),
        institution_id=institution_id,
        claimer_id=actor.id,
        is_negative=values["kind"] == "negative_result",
        **values,
    )
    db.session.add(outcome)
    db.session.flush()
    note_in_audit(actor, outcome, "claim", after={"state": "claimed"})
    return outcome


def save(
    actor: Actor, outcome: Outcome, part: str, *, done: bool = True, version: int | None = None, **values: Any
) -> Outcome:
    """Keep one part of it (`about`, `change`, `identifiers` or `evidence`), complete or not.

    Raises NotAllowed, RuleBroken (sent already), Conflict, Invalid.
    """
    unknown = set(values) - set(PART_FIELDS[part])
    if unknown:
        raise ValueError(f"{part} has no {sorted(unknown)}")
    with transaction():
        outcome = lock(outcome)
        authorize(policies.edit, actor, outcome)
        outcome.expect_version(version)
        require_state(outcome, "edit")
        if "problem_id" in values:
            _take_problem(actor, outcome, values["problem_id"])
        if values.get("kind") == "negative_result":
            values["is_negative"] = True
        changed = [name for name, value in values.items() if getattr(outcome, name) != value]
        for name in changed:
            setattr(outcome, name, values[name])
        if done and part not in outcome.parts_done:
            outcome.parts_done = [*outcome.parts_done, part]
        if changed:
            note_in_audit(actor, outcome, "edit", after={"part": part, "fields": changed})
        follow_keys(outcome, "problem")
    return outcome


def _take_problem(actor: Actor, outcome: Outcome, problem_id: int | None) -> None:
    """Only a problem that the project or team works on; its goals are the outcome's."""
    if problem_id is None:
        return
    if problem_id not in dict(queries.problems_for(actor, outcome)):
        raise Invalid({"problem": _l("Choose one of the problems on which this work is done")})
    outcome.sdg_goals = list(problems.get(actor, problem_id).sdg_goals) or outcome.sdg_goals


def send(actor: Actor, outcome: Outcome, *, confirmer_id: int, version: int | None = None) -> Confirmation:
    """Ask another institution to confirm it. Raises NotAllowed, RuleBroken (`incomplete`, `wrong_state`), Conflict, Invalid."""
    with transaction():
        outcome = lock(outcome)
        authorize(policies.send, actor, outcome)
        outcome.expect_version(version)
        require_state(outcome, "send")
        if missing(queries.values_of(outcome, queries.credits_of(outcome.id))):
            raise RuleBroken(
                "incomplete", _l("Some parts are not complete yet. Complete them, then send it.")
            )
        if confirmer_id not in dict(queries.may_confirm(outcome)):
            raise Invalid({"confirmer": _l("Choose an institution other than your own")})
        outcome.confirmer_id = confirmer_id
        outcome.sent_at = outcome.sent_at or now()
        asked = Confirmation(outcome_id=outcome.id, institution_id=confirmer_id)
        asked.ask(actor.id, due_by(db.session.get_one(Institution, confirmer_id), CONFIRM_WITHIN))
        db.session.add(asked)
        move(actor, outcome, "send", "send", institution=confirmer_id)
        follow_keys(outcome, "confirmer")
        notices.to_confirm(actor, outcome, asked)
    return asked


def recall(actor: Actor, outcome: Outcome, *, version: int | None = None) -> None:
    """Take it back while nobody has answered. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        outcome = lock(outcome)
        authorize(policies.recall, actor, outcome)
        outcome.expect_version(version)
        require_state(outcome, "recall")
        move(actor, outcome, "recall", "recall")
        end_round(outcome, actor.id, "recalled")
        notices.recalled(actor, outcome)
