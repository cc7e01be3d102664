"""One project as JSON, and public updates as an Atom feed: each reader gets what their page would show."""

import json
from datetime import UTC
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring  # nosec B405 - written, never read

from flask import Response, current_app, url_for

from app.core import clock
from app.core.i18n import _
from app.projects import policies, queries
from app.projects.models import BLOCKS, Project
from app.projects.queries import course
from app.projects.views.blueprint import bp
from app.translating.queries import languages_of
from app.web.guards import current_actor, public

ATOM = "http://www.w3.org/2005/Atom"


@bp.route("/<int:project_id>.json")
@public
def show_json(project_id: int) -> Response:
    """The blocks that the reader sees."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    sees = {block for block in BLOCKS if policies.view_block(actor, project, block)}
    partners, _asked = queries.partners_of(actor, project)
    found = _overview(project)
    found["partners"] = [_partner(row) for row in partners]
    found["problems"] = [
        {"number": f"P-{row.id:04d}", "title": row.title, "language": row.language}
        for row in queries.problems_of(actor, project.id)
    ]
    if project.state == "closed":
        found["ending"] = _ending(project)
    for block, read in _BLOCKS.items():
        if block in sees:
            found[block] = read(project)
    return Response(json.dumps(found, ensure_ascii=False), mimetype="application/json")


def _address(endpoint: str, **values: Any) -> str:
    """The whole address of a page: it begins as links in mails do, never with the Host that was asked."""
    return str(current_app.config["SETTINGS"].base_url) + url_for(endpoint, **values)


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _overview(project: Project) -> dict[str, Any]:
    return {
        "number": project.number,
        "address": _address("projects.show", project_id=project.id),
        "acronym": project.acronym,
        "title": project.title,
        "summary": project.summary,
        "description": project.description,
        "goal": project.goal,
        "success": project.success,
        "language": project.language,
        "languages": sorted(languages_of(project.localised)),
        "state": project.state,
        "light": project.light(),
        "consortium": project.consortium.name_in("en"),
        "institution": {"name": project.institution.own_name, "ror": project.institution.ror_url},
        "lead": project.lead.display_name,
        "starts_on": _day(project.starts_on),
        "ends_on": _day(project.ends_on),
        "readiness": {"now": project.trl_now, "wanted": project.trl_wanted},
        "goals": list(project.sdg_goals),
        "targets": list(project.sdg_targets),
        "fields": list(project.fields),
        "keywords": list(project.keywords),
        "rights": project.rights,
        "rights_note": project.rights_note,
        "ethics": project.ethics,
        "export_note": project.export_note,
        "source": project.source,
    }


def _ending(project: Project) -> dict[str, Any]:
    """What came of a closed project."""
    return {
        "closed_on": _day(project.closed_at),
        "report": project.closing_report,
        "follow_ups": [
            {"months": row.months, **row.answers} for row in course.follow_ups(project.id) if row.answers
        ],
    }


def _partner(row: Any) -> dict[str, Any]:
    return {
        "institution": row.name,
        "ror": f"https://ror.org/{row.ror}" if row.ror else "",
        "country": row.country,
        "role": row.role,
        "brings": row.brings,
        "gains": row.gains,
        "starts_on": _day(row.starts_on),
        "ends_on": _day(row.ends_on),
    }


def _team(project: Project) -> dict[str, Any]:
    members, _invited = queries.members_of(current_actor(), project)
    return {
        "members": [
            {
                "name": row.display_name,
                "institution": row.institution or "",
                "position": row.position,
                "credit_roles": list(row.credit_roles),
            }
            for row in members
        ],
        "skills": list(project.skills),
    }


def _plan(project: Project) -> list[dict[str, Any]]:
    return [
        {
            "number": row.number,
            "title": row.title,
            "due_on": _day(row.due_on),
            "state": row.state,
            "reported_on": _day(row.reported_on),
        }
        for row in queries.milestones_of(project.id)
    ]


def _resources(project: Project) -> list[dict[str, Any]]:
    return [
        {
            "kind": row.kind,
            "text": row.text,
            "amount": None if row.amount is None else str(row.amount),
            "unit": row.unit,
            "is_met": row.is_met,
        }
        for row in queries.needs_of(project.id)
    ]


def _funding(project: Project) -> list[dict[str, Any]]:
    return [
        {
            "funder": row.institution or row.funder_name,
            "ror": f"https://ror.org/{row.ror}" if row.ror else "",
            "award": row.award,
            "amount": None if row.amount is None else str(row.amount),
            "currency": row.currency,
        }
        for row in queries.funding_of(project.id)
    ]


def _updates(project: Project) -> list[dict[str, Any]]:
    return [
        {
            "title": row.title,
            "text": row.text,
            "language": row.language,
            "posted_at": row.posted_at.isoformat(),
            "author": row.author,
        }
        for row in queries.updates_of(project, 50)
    ]


_BLOCKS: dict[str, Any] = {
    "team": _team,
    "plan": _plan,
    "resources": _resources,
    "funding": _funding,
    "updates": _updates,
}


@bp.route("/feed.xml")
@public
def feed() -> Response:
    """The newest updates of all projects whose updates the reader sees."""
    rows = queries.newest_updates(current_actor())
    here = _address("projects.feed")
    root = Element("feed", {"xmlns": ATOM})
    _add(root, "id", here)
    _add(root, "title", _("Updates of projects"))
    _add(root, "updated", _instant(rows[0].posted_at if rows else clock.now()))
    SubElement(root, "link", {"rel": "self", "href": here})
    SubElement(root, "link", {"href": _address("projects.index")})
    for row in rows:
        page = _address("projects.updates", project_id=row.project_id)
        entry = SubElement(root, "entry", {"xml:lang": row.language})
        _add(entry, "id", f"{page}#update-{row.id}")
        _add(entry, "title", f"{row.code} {row.title or row.project}")
        _add(entry, "updated", _instant(row.edited_at or row.posted_at))
        _add(entry, "published", _instant(row.posted_at))
        SubElement(entry, "link", {"href": f"{page}#update-{row.id}"})
        _add(SubElement(entry, "author"), "name", row.project)
        _add(entry, "content", row.text)
    body = tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, mimetype="application/atom+xml")


def _add(parent: Element, name: str, text: str) -> None:
    # XML holds no control characters; texts are cleaned of them when they are kept.
    SubElement(parent, name).text = text


def _instant(at: Any) -> str:
    return str(at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
