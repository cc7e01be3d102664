"""Posts on how things stand."""

from datetime import timedelta

from sqlalchemy import func, select

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, TooMany
from app.core.i18n import _l
from app.projects.models import Project, ProjectUpdate
from app.projects.notices import course as notices
from app.projects.policies import course as policies
from app.projects.services.milestones import record

MOST_A_DAY = 20


def post_update(actor: Actor, project: Project, *, title: str, text: str, language: str) -> ProjectUpdate:
    """Tell readers how things stand. Raises Invalid(text), TooMany."""
    with transaction():
        lock(project)
        authorize(policies.post_update, actor, project)
        if not text:
            raise Invalid({"text": _l("Write something first")})
        since = clock.now() - timedelta(days=1)
        posted = db.session.scalar(
            select(func.count())
            .select_from(ProjectUpdate)
            .where(
                ProjectUpdate.project_id == project.id,
                ProjectUpdate.author_id == actor.id,
                ProjectUpdate.posted_at > since,
            )
        )
        if (posted or 0) >= MOST_A_DAY:
            raise TooMany(3600, _l("You have posted many updates today. Wait a little, then go on."))
        update = ProjectUpdate(
            project_id=project.id, author_id=actor.id, title=title, text=text, language=language
        )
        db.session.add(update)
        db.session.flush()
        record(actor, "post_update", project)
        said = title or text[:80]
        notices.around(actor, project, "update_posted", mail=False, block="updates", update=said)
    return update


def edit_update(
    actor: Actor, project: Project, update: ProjectUpdate, *, title: str, text: str, language: str
) -> None:
    """Change one's own post; the page says that it was changed, the history keeps what it said. Raises Invalid(text)."""
    with transaction():
        lock(update)
        authorize(policies.edit_update, actor, update)
        if not text:
            raise Invalid({"text": _l("Write something first")})
        before = {"title": update.title, "text": update.text}
        if (title, text, language) == (update.title, update.text, update.language):
            return
        update.title, update.text, update.language = title, text, language
        update.edited_at = clock.now()
        record(actor, "edit_update", project, before=before, after={"title": title, "text": text})
