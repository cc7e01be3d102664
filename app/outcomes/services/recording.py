"""A project of which nothing came: its lead says so, or takes that back."""

from app.audit import services as audit
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.outcomes import policies, queries
from app.outcomes.models import NoOutcome
from app.projects.models import Project


def say_none(actor: Actor, project: Project, *, reason: str) -> None:
    """Say that no outcome came of a project, and why. Raises NotAllowed, RuleBroken (`already_said`), Invalid."""
    with transaction():
        project = lock(project)
        authorize(policies.say_none, actor, project)
        if queries.said_none(project.id) is not None:
            raise RuleBroken("already_said", _l("This has been said already."))
        if not reason:
            raise Invalid({"reason": _l("Say why nothing came of it; that helps those who try next")})
        db.session.add(NoOutcome(project_id=project.id, reason=reason, said_by_id=actor.id))
        _note(actor, project, "say_none", reason)


def take_none_back(actor: Actor, project: Project) -> None:
    """Take it back: there is one after all. Raises NotAllowed, RuleBroken."""
    with transaction():
        project = lock(project)
        authorize(policies.say_none, actor, project)
        said = queries.said_none(project.id)
        if said is None:
            raise RuleBroken("not_said", _l("This has not been said, or was taken back."))
        db.session.delete(said)
        _note(actor, project, "take_none_back")


def _note(actor: Actor, project: Project, action: str, note: str | None = None) -> None:
    audit.record(
        actor,
        f"outcomes.{action}",
        project,
        note=note,
        label=project.number,
        institution_id=project.institution_id,
        consortium_id=project.consortium_id,
    )
