"""The list, its exports, and the pages of one project that everybody may open."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Response, render_template, request, url_for

from app.core import access, clock, quantities, vocab
from app.core.errors import NotFound
from app.core.i18n import _, get_locale
from app.core.text import is_key
from app.core.things import KINDS
from app.discussion import queries as discussion
from app.files import queries as files
from app.ledger import queries as ledger
from app.outcomes import queries as outcomes
from app.projects import policies, queries
from app.projects.models import (
    BLOCKS,
    LISTED_STATES,
    PARTNER_ROLES,
    PROJECT_STATES,
    READINESS,
    REJECTION_CODES,
    Project,
    light_of,
)
from app.projects.queries import course, gates
from app.projects.views.blueprint import bp
from app.projects.views.words import in_words, partner_row, roles
from app.teams import queries as teams
from app.translating import queries as translating
from app.web import lists
from app.web.csv import csv_response
from app.web.guards import current_actor, public


def _facets() -> list[lists.Facet]:
    locale = get_locale()
    tops = [node for domain in vocab.field_tree(locale) for node in domain.children]
    lights = {"green": _("In time"), "yellow": _("Late"), "red": _("Very late")}
    return [
        lists.Facet("state", _("State"), [(name, str(PROJECT_STATES[name].label)) for name in LISTED_STATES]),
        lists.Facet("light", _("Light"), list(lights.items())),
        lists.Facet(
            "sdg",
            _("Goal (SDG)"),
            [(goal.code, f"{goal.code} {goal.label}") for goal in vocab.sdg_goals(locale)],
        ),
        lists.Facet("field", _("Field"), [(node.code, node.label) for node in tops], shape="select"),
        lists.Facet(
            "country",
            _("Country of a partner"),
            [(term.code, term.label) for term in vocab.countries(locale)],
            shape="select",
        ),
        lists.Facet(
            "trl",
            _("Readiness now"),
            [(str(level), f"{level}. {label}") for level, label in READINESS.items()],
            shape="select",
        ),
        # Their names are read with the counts; until then any number will do.
        _by_key("institution", _("Institution")),
        _by_key("consortium", _("Consortium")),
    ]


def _by_key(name: str, label: str) -> lists.Facet:
    given = [(value, value) for value in request.args.getlist(name) if is_key(value)]
    return lists.Facet(name, label, given, shape="select")


def _asked(facets: list[lists.Facet]) -> tuple[lists.Asked, queries.Wanted]:
    asked = lists.read(facets, list(queries.SORTS))
    return asked, queries.Wanted(asked.q, asked.chosen, asked.sort)


@bp.route("")
@public
def index() -> str:
    """The list."""
    actor = current_actor()
    facets = _facets()
    asked, wanted = _asked(facets)
    found = queries.find(actor, wanted, asked.cursor)
    for at in (-2, -1):
        facets[at] = replace(facets[at], options=_named(facets[at].name, found, asked))
    listing = lists.build(
        asked,
        facets,
        [("newest", _("Newest")), ("end", _("Nearest end"))],
        found.page,
        found.total,
        title=_("Projects"),
        lead=_("Joint work across institutions: who brings what, who gains what, and how far it is."),
        counts=found.counts,
        csv_path=url_for("projects.export"),
        json_path=url_for("projects.export_json"),
    )
    return render_template(
        "projects/index.html", listing=listing, states=PROJECT_STATES, today=clock.today(), light_of=light_of
    )


def _named(name: str, found: queries.Found, asked: lists.Asked) -> list[tuple[str, str]]:
    known = dict(found.named[name])
    return [*found.named[name], *((value, value) for value in asked.chosen[name] if value not in known)]


HEADER = (
    "number",
    "acronym",
    "title",
    "summary",
    "language",
    "languages",
    "state",
    "light",
    "institution",
    "ror",
    "consortium",
    "partners",
    "countries",
    "goals",
    "fields",
    "keywords",
    "starts_on",
    "ends_on",
    "readiness_now",
    "readiness_wanted",
    "accepted_on",
    "address",
)


def _exported(rows: list[Any], base: str) -> Iterator[dict[str, Any]]:
    today = clock.today()
    for row in rows:
        yield {
            "number": row.code,
            "acronym": row.acronym,
            "title": row.title,
            "summary": row.summary,
            "language": row.language,
            "languages": sorted(translating.languages_of(row.localised)),
            "state": row.state,
            "light": light_of(row.state, row.due_next, row.late_until, today),
            "institution": row.institution,
            "ror": f"https://ror.org/{row.ror}" if row.ror else "",
            "consortium": row.consortium,
            "partners": row.partners_count,
            "countries": list(row.countries),
            "goals": list(row.sdg_goals),
            "fields": list(row.fields),
            "keywords": list(row.keywords),
            "starts_on": row.starts_on.isoformat() if row.starts_on else "",
            "ends_on": row.ends_on.isoformat() if row.ends_on else "",
            "readiness_now": row.trl_now,
            "readiness_wanted": row.trl_wanted,
            "accepted_on": row.accepted_at.date().isoformat() if row.accepted_at else "",
            "address": f"{base}/projects/{row.id}",
        }


@bp.route("/export.csv")
@public
def export() -> Response:
    """What is filtered, as CSV."""
    _page, wanted = _asked(_facets())
    rows = queries.export(current_actor(), wanted)
    found = _exported(rows, request.url_root.rstrip("/"))
    return csv_response("projects", HEADER, _lines(found))


def _lines(rows: Iterator[dict[str, Any]]) -> Iterator[list[Any]]:
    for row in rows:
        yield [", ".join(value) if isinstance(value, list) else value for value in row.values()]


@bp.route("/export.json")
@public
def export_json() -> Response:
    """What is filtered, as JSON."""
    _page, wanted = _asked(_facets())
    rows = list(_exported(queries.export(current_actor(), wanted), request.url_root.rstrip("/")))
    response = Response(json.dumps({"projects": rows}, ensure_ascii=False), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="projects.json"'
    return response


# ---- one project -------------------------------------------------------------------------------------------------


def shell(project: Project, current: str) -> dict[str, Any]:
    """What the head of every page of a project needs."""
    return {"project": project, "state": PROJECT_STATES[project.state], "tab": current}


@bp.route("/<int:project_id>")
@public
def show(project_id: int) -> str:
    """The overview."""
    actor = current_actor()
    detail = queries.detail(actor, project_id)
    project = detail.project
    review = None
    if project.state not in LISTED_STATES and policies.read_review(actor, project):
        review = queries.newest_review(project.id)
    kind = KINDS["project"]
    return render_template(
        "projects/show.html",
        **shell(project, "show"),
        detail=detail,
        words=in_words(project),
        partners=[partner_row(row, project.language) for row in detail.partners],
        asked=detail.asked,
        own=actor.ids("representative"),
        review=review,
        rejections=REJECTION_CODES,
        roles=PARTNER_ROLES,
        shown=translating.shown(actor, "project", project, get_locale(), "original" in request.args),
        files=files.of(actor, "project", project),
        files_of=kind.about(project),
        may_attach=kind.attach(actor, project),
        light=project.light(),
        missing_to_begin=gates.missing_to_begin(project)
        if project.state == "forming" and policies.is_inside(actor, project)
        else [],
        reciprocity=ledger.reciprocity(project.id) if project.active_at else None,
        follow_ups=course.follow_ups(project.id) if project.state == "closed" else [],
        choices=_choices(project, review),
        outcomes=outcomes.beside_project(actor, project),
    )


def _choices(project: Project, review: Any) -> list[dict[str, Any]]:
    """What the reader may do here beyond reading; what they might expect and cannot do now carries the reason."""
    actor = current_actor()
    table = [
        ("edit", "projects.edit", _("Change the text"), "projects.edit"),
        ("recall", "projects.recall", _("Take it back"), "projects.recall"),
        ("withdraw", "projects.withdraw", _("Withdraw it"), "projects.withdraw"),
        ("reopen", "projects.reopen", _("Open it again"), "projects.reopen"),
    ]
    found = []
    for verb, permission, label, endpoint in table:
        things = [project, review.decided_by_id if review else None]
        if not access.can(permission, actor, *(things if verb == "reopen" else things[:1])):
            continue
        no = policies.blocked(project, verb)
        # Moves of another stage of its life are left out; what life itself forbids now is said.
        if no is None or no.code == "in_review":
            found.append(
                {
                    "verb": verb,
                    "label": label,
                    "url": url_for(endpoint, project_id=project.id),
                    "why_not": "" if no is None else str(no.text),
                }
            )
    return found


@bp.route("/<int:project_id>/team")
@public
def team(project_id: int) -> str:
    """Members and their roles, skills wanted, what it needs, who pays; each as far as the reader sees it."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    sees = {block: bool(policies.view_block(actor, project, block)) for block in BLOCKS}
    if not (sees["team"] or sees["resources"] or sees["funding"]):
        raise NotFound
    members, invited = queries.members_of(actor, project) if sees["team"] else ([], [])
    return render_template(
        "projects/team.html",
        **shell(project, "team"),
        sees=sees,
        members=[(row, roles(row.credit_roles)) for row in members],
        invited=invited,
        needs=queries.needs_of(project.id) if sees["resources"] else [],
        funding=queries.funding_of(project.id) if sees["funding"] else [],
        amount=quantities.amount,
        teams=teams.for_project(actor, project.id) if sees["team"] else [],
        team_states=teams.TEAM_STATES,
    )


@bp.route("/<int:project_id>/activity")
@public
def activity(project_id: int) -> str:
    """What happened to it."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    return render_template(
        "projects/activity.html", **shell(project, "activity"), entries=queries.entries(actor, project)
    )


@bp.route("/<int:project_id>/discussion")
@public
def talk(project_id: int) -> str:
    """The discussion."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    return render_template(
        "projects/discussion.html",
        **shell(project, "talk"),
        thread=discussion.thread(actor, "project", project, request.args.get("page")),
    )
