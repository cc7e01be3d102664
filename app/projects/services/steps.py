"""Inner steps of several actions: they run inside an open transaction and ask no permission."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select

from app.audit import services as audit
from app.core import clock, index, vocab
from app.core.access import Actor
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotFound, RuleBroken
from app.core.i18n import _l
from app.institutions.models import Institution
from app.projects import policies, queries
from app.projects.models import (
    BLOCKS,
    LISTED_STATES,
    NO_DATE,
    PROJECT_STATES,
    Milestone,
    Project,
    ProjectFacet,
    ProjectMember,
    ProjectNumber,
    ProjectPartner,
    ProjectReview,
)
from app.translating import services as translations


def require_state(project: Project, verb: str) -> None:
    """Refuse what the state of things forbids now. Raises RuleBroken with the code that the page shows."""
    no = policies.blocked(project, verb)
    if no is not None:
        raise RuleBroken(no.code, no.text, state=project.state)


def move(actor: Actor | None, project: Project, verb: str, note: str | None = None, **after: Any) -> str:
    """Make a move and leave it in the audit; returns the state before. Raises RuleBroken(`wrong_state`)."""
    before = PROJECT_STATES.move(project, verb)
    project.state_since = clock.now()
    db.session.flush()
    action = "projects.return" if verb == "return_for_changes" else f"projects.{verb}"
    translations.source_changed("project", project.id)
    note_in_audit(
        actor, project, action, before={"state": before}, after={"state": project.state, **after}, note=note
    )
    return before


def note_in_audit(
    actor: Actor | None,
    project: Project,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str | None = None,
) -> None:
    """A line of the audit about a project, under its consortium's and host's roof.

    `after["what"]` names the partner, member or milestone that it is about. The title of what outsiders may not know of
    stays out: the audit is read by more people than the project.
    """
    is_open = project.state in LISTED_STATES and not project.is_private
    audit.record(
        actor,
        action,
        project,
        before=before,
        after=after,
        note=note or None,
        label=f"{project.number} {project.title}" if is_open else project.number,
        institution_id=project.institution_id,
        consortium_id=project.consortium_id,
    )


# Values that the audit keeps as they were and are: codes and days of what is listed, and words of what everybody may see.
# Of the rest, and of long texts and rows, the name of the field says what changed.
CODES = (
    "language",
    "starts_on",
    "ends_on",
    "due_on",
    "trl_now",
    "trl_wanted",
    "rights",
    "visibility",
    *(f"{block}_for" for block in BLOCKS),
    "credit_roles",
)
WORDS = ("title", "acronym", "position")


def differences(
    project: Project, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(before, after) for the audit, after with the names of the `fields` that differ; both empty when none does.

    Who answers for a consortium reads its audit, also of drafts that nobody sent yet: of these the names alone are kept.
    """
    fields = [name for name in after if before.get(name) != after[name]]
    if not fields:
        return {}, {}
    kept: tuple[str, ...] = ()
    if project.state in LISTED_STATES:
        kept = CODES if project.is_private else CODES + WORDS
    held = [name for name in fields if name in kept]
    return {name: before.get(name) for name in held}, {
        "fields": fields,
        **{name: after[name] for name in held},
    }


def next_code() -> str:
    """The next public number of this year. Whoever asks at the same time waits: the year's row is locked."""
    year = clock.today().year
    row = db.session.scalars(
        select(ProjectNumber).where(ProjectNumber.year == year).with_for_update()
    ).first()
    if row is None:
        row = ProjectNumber(year=year, last=0)
        db.session.add(row)
        db.session.flush()  # of two first ones of a year, one is refused and tries again
    row.last += 1
    return f"PRJ-{year}-{row.last:04d}"


def open_review(project: Project) -> ProjectReview | None:
    """The round that waits for a decision, its row held."""
    return db.session.scalars(
        select(ProjectReview)
        .where(ProjectReview.project_id == project.id, ProjectReview.decided_at.is_(None))
        .with_for_update()
    ).first()


def end_review(project: Project, by: int | None, code: str, note: str = "") -> None:
    """Answer the open round, if there is one."""
    review = open_review(project)
    if review is not None:
        review.decide(by, code, note)


def require_reason(actor: Actor, project: Project, note: str) -> None:
    """An administrator who decides in a lead's place says why. Raises Invalid for `note`."""
    if policies.needs_reason(actor, project) and not note:
        raise Invalid(
            {"note": _l("You decide as administrator because no lead can. Say why.")}, "reason_needed"
        )


def require_open(asked: ProjectPartner | ProjectMember, state: str) -> None:
    """Refuse to answer what was answered meanwhile. Raises Conflict(`already_decided`)."""
    if asked.state != state:
        raise Conflict("already_decided", _l("This has been answered already, or was taken back."))


def recount(project: Project) -> None:
    """Count partners, members and countries anew from their rows; the project's row is held."""
    db.session.flush()
    rows = db.session.execute(
        select(Institution.country)
        .join(ProjectPartner, ProjectPartner.institution_id == Institution.id)
        .where(ProjectPartner.project_id == project.id, ProjectPartner.state == "accepted")
    ).all()
    project.partners_count = len(rows)
    project.countries = sorted({row.country for row in rows})
    project.members_count = db.session.execute(
        select(func.count())
        .select_from(ProjectMember)
        .where(ProjectMember.project_id == project.id, ProjectMember.state == "active")
    ).scalar_one()


def set_due(project: Project) -> None:
    """Keep the day of what is due first: a planned milestone or the planned end."""
    db.session.flush()
    first = db.session.execute(
        select(func.min(Milestone.due_on)).where(
            Milestone.project_id == project.id, Milestone.state == "planned"
        )
    ).scalar()
    project.planned_end = project.ends_on or NO_DATE
    project.due_next = min(first or NO_DATE, project.planned_end)


def show(project: Project) -> None:
    """Put a listed project into the list's facets and the word index, as it is now."""
    db.session.flush()
    values = {("sdg", goal) for goal in project.sdg_goals}
    for code in project.fields:
        values |= {("field", above) for above in (code, *vocab.field_ancestors(code))}
    rows = db.session.execute(
        select(Institution.id, Institution.country)
        .join(ProjectPartner, ProjectPartner.institution_id == Institution.id)
        .where(ProjectPartner.project_id == project.id, ProjectPartner.state == "accepted")
    )
    for row in rows:
        values |= {("institution", str(row.id)), ("country", row.country)}
    _forget_facets(project)
    db.session.add_all(
        ProjectFacet(project_id=project.id, facet=facet, value=value, listed_at=project.listed_at)
        for facet, value in sorted(values)
    )
    index.put("project", project.id, *queries.words(project))


def show_if_listed(project: Project) -> None:
    """Renew facets and words of what is listed."""
    if project.state in LISTED_STATES:
        show(project)


def hide(project: Project) -> None:
    """Take it out of the list's facets and the word index."""
    _forget_facets(project)
    index.drop("project", project.id)


def _forget_facets(project: Project) -> None:
    db.session.execute(delete(ProjectFacet).where(ProjectFacet.project_id == project.id))


def institution_of(actor: Actor, institution_id: int | None) -> int:
    """One of the person's own institutions. Raises Invalid(institution_id)."""
    if institution_id is None or not actor.holds("member", institution_id):
        raise Invalid({"institution_id": _l("Choose one of your institutions")})
    return institution_id


def institution(institution_id: int) -> Institution:
    """An institution that can take part. Raises NotFound, Invalid(institution)."""
    found = db.session.get(Institution, institution_id)
    if found is None or found.state in {"closed", "merged"}:
        raise NotFound
    if not found.is_verified:
        raise Invalid(
            {"institution": _l("Nobody represents this institution here yet, so nobody could answer.")}
        )
    return found
