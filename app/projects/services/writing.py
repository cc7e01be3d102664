"""Registering a project: draft, tasks, sending for review."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from app.consortia.models import Consortium
from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.core.vocab import is_language
from app.institutions.models import Institution
from app.projects import notices, policies, queries
from app.projects.models import (
    LISTED_STATES,
    PART_FIELDS,
    Funding,
    Milestone,
    Project,
    ProjectMember,
    ProjectPartner,
    ProjectProblem,
    ProjectReview,
    ResourceNeed,
    missing,
)
from app.projects.services.steps import (
    differences,
    end_review,
    hide,
    move,
    next_code,
    note_in_audit,
    recount,
    require_state,
    set_due,
    show,
)
from app.translating import services as translations

ROWS = ("problems", "milestones", "needs", "funding")
OWN = ("position", "credit_roles")


def create(
    actor: Actor, *, institution_id: int, consortium_id: int, title: str, language: str = "en", **values: Any
) -> Project:
    """Begin a draft; its host is asked where the institution confirms participation, its lead is a member at once.

    `values` may fill further fields (`summary`, `source`, say) and `problem_ids`. Raises NotAllowed, Invalid.
    """
    problem_ids = list(values.pop("problem_ids", ()))
    with transaction():
        authorize(policies.create, actor)
        if not actor.holds("member", institution_id):
            raise Invalid({"institution": _l("Choose one of your institutions")})
        if (institution_id, consortium_id) not in queries.places_to_register(actor).pairs:
            raise Invalid({"consortium": _l("This consortium takes no projects from this institution")})
        if not title:
            raise Invalid({"title": _l("Enter a title")})
        if not is_language(language):
            raise Invalid({"language": _l("Choose a language")})
        consortium = db.session.get_one(Consortium, consortium_id)
        project = Project(
            title=title,
            language=language,
            institution_id=institution_id,
            consortium_id=consortium_id,
            lead_id=actor.id,
            registered_by_id=actor.id,
            visibility=consortium.default_visibility,
            **values,
        )
        db.session.add(project)
        db.session.flush()
        _begin(actor, project)
        for position, problem_id in enumerate(problem_ids):
            db.session.add(ProjectProblem(project_id=project.id, problem_id=problem_id, position=position))
        note_in_audit(actor, project, "projects.create", after={"state": "draft"})
    return project


def _begin(actor: Actor, project: Project) -> None:
    """The host as lead institution, the lead as first member."""
    home = db.session.get_one(Institution, project.institution_id)
    host = ProjectPartner(project_id=project.id, institution_id=home.id, role="lead", state="asked")
    host.ask(actor.id)
    if not home.confirms_participation or actor.holds("representative", home.id):
        host.state = "accepted"
        host.decide(None, "automatic")
    member = ProjectMember(
        project_id=project.id,
        person_id=actor.id,
        institution_id=home.id,
        state="active",
        starts_on=clock.today(),
    )
    member.ask(actor.id)
    member.decide(actor.id, "accepted")
    db.session.add_all([host, member])
    recount(project)
    if host.state == "asked":
        notices.partner_asked(actor, project, home)


def save(
    actor: Actor,
    project: Project,
    part: str,
    *,
    done: bool = True,
    version: int | None = None,
    **values: Any,
) -> Project:
    """Keep one part (a key of PARTS but `partners`), complete or not; `done` ticks it as gone through.

    `problems` are ids, `milestones` [{id, title, due_on}], `needs` [{kind, text, amount, unit}], `funding` [{funder_id,
    funder_name, award, amount, currency}]. What is listed has to stay complete; its milestones are kept by the plan's
    own actions. Raises NotAllowed, RuleBroken (in review, decided), Conflict, Invalid.
    """
    unknown = set(values) - set(PART_FIELDS[part])
    if unknown:
        raise ValueError(f"{part} has no {sorted(unknown)}")
    with transaction():
        project = lock(project)
        authorize(policies.edit, actor, project)
        project.expect_version(version)
        require_state(project, "edit")
        is_listed = project.state in LISTED_STATES
        if is_listed:
            values.pop("milestones", None)
            lacking = missing(values).get(part)
            if lacking:
                raise Invalid(dict(lacking))
        changed = _keep(project, values)
        if done and part not in project.parts_done:
            project.parts_done = [*project.parts_done, part]
        if part == "plan":
            set_due(project)
        if changed:
            project.touch()
            db.session.flush()
            translations.source_changed("project", project.id)
            old, new = differences(project, changed, {name: values[name] for name in changed})
            note_in_audit(actor, project, "projects.edit", before=old, after={"part": part, **new})
        if changed and is_listed:
            show(project)
            notices.edited(actor, project, part)
    return project


def _keep(project: Project, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set the values; returns the fields that differ now with what they were (None for rows)."""
    changed: dict[str, Any] = {}
    for name, value in values.items():
        if name in ROWS:
            if _KEEPERS[name](project, value):
                changed[name] = None
        elif name in OWN:
            own = queries.live_member(project.id, project.lead_id)
            if own is not None and getattr(own, name) != value:
                changed[name] = getattr(own, name)
                setattr(own, name, value)
        elif getattr(project, name) != value:
            changed[name] = getattr(project, name)
            setattr(project, name, value)
    return changed


def _keep_problems(project: Project, ids: Sequence[int]) -> bool:
    before = list(
        db.session.scalars(
            select(ProjectProblem.problem_id)
            .where(ProjectProblem.project_id == project.id)
            .order_by(ProjectProblem.position, ProjectProblem.id)
        )
    )
    if before == list(ids):
        return False
    db.session.execute(delete(ProjectProblem).where(ProjectProblem.project_id == project.id))
    db.session.add_all(
        ProjectProblem(project_id=project.id, problem_id=key, position=position)
        for position, key in enumerate(dict.fromkeys(ids))
    )
    return True


def _keep_milestones(project: Project, rows: Sequence[Mapping[str, Any]]) -> bool:
    """The plan of what has not been accepted: rows are numbered by their days."""
    before = [(row.title, row.due_on) for row in queries.milestones_of(project.id)]
    after = sorted(((row["title"], row["due_on"]) for row in rows), key=lambda row: row[1])
    if before == after:
        return False
    db.session.execute(delete(Milestone).where(Milestone.project_id == project.id))
    db.session.add_all(
        Milestone(project_id=project.id, number=number, title=title, due_on=due_on, first_due_on=due_on)
        for number, (title, due_on) in enumerate(after, 1)
    )
    return True


def _keep_lines(
    project: Project, kind: type[Any], names: tuple[str, ...], rows: Sequence[Mapping[str, Any]]
) -> bool:
    before = [
        tuple(getattr(row, name) for name in names)
        for row in db.session.scalars(
            select(kind).where(kind.project_id == project.id).order_by(kind.position, kind.id)
        )
    ]
    after = [tuple(row.get(name) for name in names) for row in rows]
    if before == after:
        return False
    db.session.execute(delete(kind).where(kind.project_id == project.id))
    db.session.add_all(
        kind(project_id=project.id, position=position, **dict(zip(names, row, strict=True)))
        for position, row in enumerate(after)
    )
    return True


_KEEPERS: dict[str, Any] = {
    "problems": _keep_problems,
    "milestones": _keep_milestones,
    "needs": lambda project, rows: _keep_lines(
        project, ResourceNeed, ("kind", "text", "amount", "unit"), rows
    ),
    "funding": lambda project, rows: _keep_lines(
        project, Funding, ("funder_id", "funder_name", "award", "amount", "currency"), rows
    ),
}


def submit(actor: Actor, project: Project, *, version: int | None = None) -> ProjectReview:
    """Send it to the leads of its consortium; from the first sending on it has its public number.

    Raises NotAllowed, RuleBroken (`incomplete`, `wrong_state`, `consortium_closed`), Conflict.
    """
    with transaction():
        project = lock(project)
        authorize(policies.submit, actor, project)
        project.expect_version(version)
        require_state(project, "submit")
        values = queries.values_of(actor, project)
        if missing(values):
            raise RuleBroken(
                "incomplete", _l("Some parts are not complete yet. Complete them, then send it.")
            )
        if (project.institution_id, project.consortium_id) not in queries.places_to_register(actor).pairs:
            raise RuleBroken(
                "consortium_closed", _l("The consortium takes no projects from your institution any more.")
            )
        consortium = db.session.get_one(Consortium, project.consortium_id)
        if project.code is None:
            project.code = next_code()
        review = ProjectReview(project_id=project.id, submitted=queries.snapshot(values))
        review.ask(actor.id, clock.add_working_days(clock.now(), consortium.decision_days))
        db.session.add(review)
        move(actor, project, "submit")
        notices.submitted(actor, project, review)
    return review


def recall(actor: Actor, project: Project, *, version: int | None = None) -> None:
    """Take it back while nobody has decided. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        project = lock(project)
        authorize(policies.recall, actor, project)
        project.expect_version(version)
        require_state(project, "recall")
        notices.recalled(actor, project)
        move(actor, project, "recall")
        end_review(project, actor.id, "recalled")


def withdraw(actor: Actor, project: Project, *, note: str = "", version: int | None = None) -> None:
    """Give it up before it was accepted. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        project = lock(project)
        authorize(policies.withdraw, actor, project)
        project.expect_version(version)
        require_state(project, "withdraw")
        was_sent = project.state == "submitted"
        move(actor, project, "withdraw", note)
        end_review(project, actor.id, "withdrawn", note)
        hide(project)
        if was_sent:
            notices.recalled(actor, project)


def reopen(actor: Actor, project: Project, *, note: str = "", version: int | None = None) -> None:
    """Make a draft again of what was rejected (by who rejected it) or withdrawn. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        project = lock(project)
        newest = queries.newest_review(project.id)
        authorize(policies.reopen, actor, project, newest.decided_by_id if newest else None)
        project.expect_version(version)
        require_state(project, "reopen")
        move(actor, project, "reopen", note)
        notices.reopened(actor, project, note)
