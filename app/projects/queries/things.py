"""Projects as things: what comments, files, translations and reports attach to."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from app.core import index, things
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import _l
from app.projects import policies
from app.projects.models import LISTED_STATES, SUMMARY_LENGTH, TITLE_LENGTH, Project
from app.projects.queries.detail import get
from app.projects.queries.people import decider_ids, follower_ids, member_ids, partner_representatives
from app.translating import queries as translations
from app.translating.services import keep_localised

MOST_TEXT = 20_000


def about(project: Project) -> things.About:
    """What it is, for pages of others."""
    return things.About(
        "project",
        project.id,
        project.number,
        project.title,
        project.language,
        f"/projects/{project.id}",
        project.consortium_id,
    )


def seen(actor: Actor) -> Select[Any]:
    """The ids of projects that the reader sees."""
    return select(Project.id).where(policies.visible(actor))


def audiences(actor: Actor, project: Project) -> frozenset[str]:
    """To whom the reader belongs: everybody; those who take part and review; those who decide."""
    found = {things.EVERYBODY}
    if policies.is_inside(actor, project):
        found.add(things.REVIEWERS)
    if policies.decide(actor, project) and policies.is_inside(actor, project):
        found.add(things.DECIDERS)
    return frozenset(found)


def told(project: Project, audience: str) -> set[int]:
    """Who is told of a new comment."""
    if audience == things.DECIDERS:
        return set(decider_ids(project))
    inside = {project.lead_id, *member_ids(project.id)}
    if audience == things.REVIEWERS:
        return inside | set(partner_representatives(project.id)) | set(decider_ids(project))
    return inside | set(follower_ids(project.id))


def texts(project: Project) -> dict[str, things.Field]:
    """What can be translated."""
    return {
        "title": things.Field(_l("Title"), project.title, TITLE_LENGTH),
        "summary": things.Field(_l("Summary"), project.summary, SUMMARY_LENGTH),
        "description": things.Field(_l("Description"), project.description, MOST_TEXT, is_markdown=True),
        "goal": things.Field(_l("Goal"), project.goal, MOST_TEXT, is_markdown=True),
    }


def words(project: Project) -> list[str]:
    """All by which the search finds it: its own texts, and those of its translations."""
    return [
        project.code or "",
        project.acronym,
        project.title,
        project.summary,
        " ".join(project.keywords),
        project.goal,
        project.description,
        *translations.words("project", project.id),
    ]


def localise(project_id: int, language: str, translated: Mapping[str, str] | None) -> None:
    """Let lists show a translation and the search find it, or no more."""
    keep_localised(Project, project_id, language, translated)
    project = db.session.get_one(Project, project_id)
    if project.state in LISTED_STATES:
        index.put("project", project.id, *words(project))


things.kind(
    things.Kind(
        "project",
        _l("Project"),
        get=get,
        about=about,
        seen=seen,
        audiences=audiences,
        told=told,
        discuss=policies.discuss,
        attach=policies.attach,
        texts=texts,
        localise=localise,
        audience_names={
            things.EVERYBODY: _l("Everybody who sees the project"),
            things.REVIEWERS: _l("Those who take part, and the leads of the consortium"),
            things.DECIDERS: _l("The leads who decide"),
        },
        see_files=policies.view_files,
        owner=lambda project: project.lead_id,
        keepers=lambda project: {project.lead_id, *member_ids(project.id)},
    )
)
