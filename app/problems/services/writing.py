"""Writing a problem statement: draft, parts, sending for review."""

from typing import Any

from sqlalchemy import delete

from app.consortia import queries as consortia
from app.consortia.models import Consortium
from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.core.vocab import is_language
from app.problems import notices, policies, queries
from app.problems.models import NO_END, PART_FIELDS, PUBLIC_STATES, Problem, ProblemLine, Review, missing
from app.problems.services.steps import (
    end_review,
    hide,
    move,
    note_in_audit,
    open_review,
    require_state,
    show,
)


def create(
    actor: Actor, *, institution_id: int, consortium_id: int, title: str, language: str = "en", **values: Any
) -> Problem:
    """Begin a draft. `values` may fill further fields (`source`, say). Raises NotAllowed, Invalid."""
    with transaction():
        authorize(policies.create, actor)
        if not actor.holds("member", institution_id):
            raise Invalid({"institution": _l("Choose one of your institutions")})
        consortium = consortia.open_for(institution_id, consortium_id)
        if consortium is None:
            raise Invalid({"consortium": _l("This consortium takes no problems from this institution")})
        if not title:
            raise Invalid({"title": _l("Enter a title")})
        if not is_language(language):
            raise Invalid({"language": _l("Choose a language")})
        problem = Problem(
            title=title,
            language=language,
            institution_id=institution_id,
            consortium_id=consortium_id,
            author_id=actor.id,
            visibility=consortium.default_visibility,
            **values,
        )
        db.session.add(problem)
        db.session.flush()
        note_in_audit(actor, problem, "problems.create", after={"state": "draft"})
    return problem


def save(actor: Actor, problem: Problem, part: str, *, version: int | None = None, **values: Any) -> Problem:
    """Keep one part of it (`need`, `affected`, `success`, `exchange` or `classification`), complete or not.

    `brings` and `needs` are lists of {kind, text}; `closes_on` may be None. What is public has to stay complete.
    Raises NotAllowed, RuleBroken (in review, decided), Conflict, Invalid.
    """
    unknown = set(values) - set(PART_FIELDS[part])
    if unknown:
        raise ValueError(f"{part} has no {sorted(unknown)}")
    with transaction():
        problem = lock(problem)
        authorize(policies.edit, actor, problem)
        problem.expect_version(version)
        require_state(problem, "edit")
        if "closes_on" in values and values["closes_on"] is None:
            values["closes_on"] = NO_END
        is_public = problem.state in PUBLIC_STATES
        if is_public:
            lacking = missing({"closes_on": problem.closes_on, **values}).get(part)
            if lacking:
                raise Invalid(dict(lacking))
        changed = _keep(problem, values)
        if changed:
            note_in_audit(actor, problem, "problems.edit", after={"part": part, "fields": changed})
        if changed and is_public:
            db.session.flush()
            show(problem)
            notices.edited(actor, problem, part)
    return problem


def _keep(problem: Problem, values: dict[str, Any]) -> list[str]:
    """Set the values; returns the names of the fields that differ now."""
    changed = []
    for name, value in values.items():
        if name in {"brings", "needs"}:
            if _keep_lines(problem, name, value):
                changed.append(name)
        elif getattr(problem, name) != value:
            setattr(problem, name, value)
            changed.append(name)
    if "closes_on" in changed:
        problem.reminded_days = None
    if changed:
        problem.touch()
    return changed


def _keep_lines(problem: Problem, direction: str, rows: list[dict[str, str]]) -> bool:
    brings, needs = queries.lines(problem.id)
    before = [(row.kind, row.text) for row in (brings if direction == "brings" else needs)]
    after = [(row["kind"], row["text"]) for row in rows]
    if before == after:
        return False
    db.session.execute(
        delete(ProblemLine).where(ProblemLine.problem_id == problem.id, ProblemLine.direction == direction)
    )
    db.session.add_all(
        ProblemLine(problem_id=problem.id, direction=direction, kind=kind, text=text, position=position)
        for position, (kind, text) in enumerate(after)
    )
    return True


def submit(actor: Actor, problem: Problem, *, version: int | None = None) -> Review:
    """Send it to the leads of its consortium. Raises NotAllowed, RuleBroken (`incomplete`, `wrong_state`), Conflict."""
    with transaction():
        problem = lock(problem)
        authorize(policies.submit, actor, problem)
        problem.expect_version(version)
        require_state(problem, "submit")
        if missing(queries.values_of(problem)):
            raise RuleBroken(
                "incomplete", _l("Some parts are not complete yet. Complete them, then send it.")
            )
        if (problem.institution_id, problem.consortium_id) not in queries.places_to_post(actor).pairs:
            raise RuleBroken(
                "consortium_closed", _l("The consortium takes no problems from your institution any more.")
            )
        consortium = db.session.get_one(Consortium, problem.consortium_id)
        review = Review(
            problem_id=problem.id, submitted=queries.snapshot(problem, *queries.lines(problem.id))
        )
        review.ask(actor.id, clock.add_working_days(clock.now(), consortium.decision_days))
        db.session.add(review)
        move(actor, problem, "submit")
        notices.submitted(actor, problem, review)
    return review


def recall(actor: Actor, problem: Problem, *, version: int | None = None) -> None:
    """Take it back while nobody has decided. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        problem = lock(problem)
        authorize(policies.recall, actor, problem)
        problem.expect_version(version)
        require_state(problem, "recall")
        review = open_review(problem)
        move(actor, problem, "recall")
        end_review(problem, actor.id, "recalled")
        if review is not None:
            notices.recalled(actor, problem)
        hide(problem)
