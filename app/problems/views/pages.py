"""The public list and the public page."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Response, render_template, request, url_for

from app.core import access, clock, vocab
from app.core.i18n import _, fmt_date, get_locale, ngettext
from app.core.text import is_key
from app.core.things import KINDS
from app.discussion import queries as discussion
from app.files import queries as files
from app.interest import queries as interest
from app.outcomes import queries as outcomes
from app.problems import policies, queries
from app.problems.models import (
    LISTED_STATES,
    NO_END,
    OPEN_STATES,
    PROBLEM_STATES,
    PUBLIC_STATES,
    REJECTION_CODES,
    Problem,
)
from app.problems.views.blueprint import bp
from app.problems.views.words import in_words
from app.projects import queries as projects
from app.teams import queries as teams
from app.translating import queries as translating
from app.web import lists
from app.web.csv import csv_response
from app.web.guards import current_actor, public


def _facets() -> list[lists.Facet]:
    locale = get_locale()
    tops = [node for domain in vocab.field_tree(locale) for node in domain.children]
    until = {
        "30": _("The next 30 days"),
        "90": _("The next 90 days"),
        "365": _("The next year"),
    }
    return [
        lists.Facet("state", _("State"), [(name, str(PROBLEM_STATES[name].label)) for name in LISTED_STATES]),
        lists.Facet(
            "sdg",
            _("Goal (SDG)"),
            [(goal.code, f"{goal.code} {goal.label}") for goal in vocab.sdg_goals(locale)],
        ),
        lists.Facet("field", _("Field"), [(node.code, node.label) for node in tops], shape="select"),
        lists.Facet(
            "country",
            _("Country"),
            [(term.code, term.label) for term in vocab.countries(locale)],
            shape="select",
        ),
        lists.Facet("need", _("Needs"), [(kind.code, str(kind.label)) for kind in vocab.KINDS.values()]),
        lists.Facet("until", _("Closes within"), list(until.items()), shape="select"),
        # Its names are read with the counts; until then any number will do.
        lists.Facet(
            "consortium",
            _("Consortium"),
            [(value, value) for value in request.args.getlist("consortium") if is_key(value)],
            shape="select",
        ),
    ]


def _sorts() -> list[tuple[str, str]]:
    return [
        ("newest", _("Newest")),
        ("deadline", _("Nearest deadline")),
        ("endorsed", _("Most endorsed")),
    ]


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
    facets[-1] = replace(facets[-1], options=_consortia(found, asked))
    listing = lists.build(
        asked,
        facets,
        _sorts(),
        found.page,
        found.total,
        title=_("Problems"),
        lead=_("Needs of the world, put into words by those who meet them."),
        counts=found.counts,
        csv_path=url_for("problems.export"),
    )
    return render_template(
        "problems/index.html", listing=listing, states=PROBLEM_STATES, today=clock.today(), no_end=NO_END
    )


def _consortia(found: queries.Found, asked: lists.Asked) -> list[tuple[str, str]]:
    known = dict(found.consortia)
    return [*found.consortia, *((value, value) for value in asked.chosen["consortium"] if value not in known)]


@bp.route("/export.csv")
@public
def export() -> Response:
    """What is filtered, as CSV."""
    _asked_page, wanted = _asked(_facets())
    header = [
        _("Number"),
        _("Title"),
        _("Summary"),
        _("Language"),
        _("Translated into"),
        _("State"),
        _("Institution"),
        _("Consortium"),
        _("Goals"),
        _("Fields of research"),
        _("Countries"),
        _("Needs"),
        _("Published"),
        _("Open until"),
        _("Endorsements"),
        _("Teams forming"),
        _("Teams at work"),
        _("Address"),
    ]
    labels = {name: str(PROBLEM_STATES[name].label) for name in LISTED_STATES}
    rows = queries.export(current_actor(), wanted)
    # Sent while the request is over, so what it needs of the request is taken along.
    return csv_response("problems", header, _lines(rows, labels, request.url_root.rstrip("/")))


def _lines(rows: list[Any], labels: dict[str, str], base: str) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            f"P-{row.id:04d}",
            row.title,
            row.summary,
            row.language,
            ", ".join(translating.languages_of(row.localised)),
            labels.get(row.state, row.state),
            row.institution,
            row.consortium,
            ", ".join(row.sdg_goals),
            ", ".join(row.fields),
            ", ".join(row.affected_where),
            ", ".join(sorted((row.needs or "").split(","))),
            row.published_at.date().isoformat() if row.published_at else "",
            "" if row.closes_on == NO_END else row.closes_on.isoformat(),
            row.endorsements,
            row.teams_open,
            row.teams_at_work,
            f"{base}/problems/{row.id}",
        ]


@bp.route("/<int:problem_id>")
@public
def show(problem_id: int) -> str:
    """The public page."""
    actor = current_actor()
    detail = queries.detail(actor, problem_id)
    problem = detail.problem
    if problem.state != "published" and policies.read_review(actor, problem):
        detail.review = queries.newest_review(problem.id)
    language = request.args.get("in") or get_locale()
    shown = translating.shown(actor, "problem", problem, language, "original" in request.args)
    working = teams.for_problem(actor, problem.id)
    answering = projects.of_problem(actor, problem.id) if problem.state != "draft" else []
    return render_template(
        "problems/show.html",
        detail=detail,
        problem=problem,
        shown=shown,
        words=in_words(problem, detail.brings, detail.needs, shown),
        rejections=REJECTION_CODES,
        state=PROBLEM_STATES[problem.state],
        teams=working,
        projects=answering,
        team_states=teams.TEAM_STATES,
        choices=_choices(detail),
        # Outcomes come of teams and projects alone.
        outcomes=outcomes.beside_problem(actor, problem.id, has_work=bool(working or answering)),
        deadline=_deadline(problem),
        own=actor.ids("representative"),
        glance=_glance(detail),
        files=files.of(actor, "problem", problem),
        files_of=KINDS["problem"].about(problem),
        may_attach=KINDS["problem"].attach(actor, problem),
        **interest.beside_page(actor, "problem", problem),
    )


def _glance(detail: queries.Detail) -> discussion.Glance | None:
    """The short view of the discussion; a page that tells of a review has its words there."""
    problem = detail.problem
    if problem.state not in PUBLIC_STATES or detail.review is not None:
        return None
    return discussion.glance(current_actor(), "problem", problem)


def _choices(detail: queries.Detail) -> list[dict[str, Any]]:
    """What the reader may do here beyond reading; what they might expect and cannot do now carries the reason."""
    actor, problem = current_actor(), detail.problem
    table = [
        ("edit", "problems.edit", _("Change the text"), "problems.edit"),
        ("recall", "problems.recall", _("Take it back"), "problems.recall"),
        ("renew", "problems.renew", _("Renew it"), "problems.renew"),
        ("close", "problems.close", _("Close it"), "problems.close"),
        ("withdraw", "problems.withdraw", _("Withdraw it"), "problems.withdraw"),
        ("merge", "problems.merge", _("Merge it into another"), "problems.merge"),
        ("reopen", "problems.reopen", _("Open it again"), "problems.reopen"),
    ]
    found = []
    for verb, permission, label, endpoint in table:
        things = [problem, detail.review.decided_by_id if detail.review else None]
        if not access.can(permission, actor, *(things if verb == "reopen" else things[:1])):
            continue
        no = policies.blocked(problem, verb)
        # Moves of another stage of its life are left out; what life itself forbids now is said.
        if no is None or no.code in {"teams_at_work", "in_review"}:
            found.append(
                {
                    "verb": verb,
                    "label": label,
                    "url": url_for(endpoint, problem_id=problem.id),
                    "why_not": "" if no is None else str(no.text),
                }
            )
    return found


def _deadline(problem: Problem) -> list[str]:
    """The last day in words, and how far it is from today; nothing where it says nothing."""
    if problem.state not in OPEN_STATES:
        return []
    if not problem.has_end:
        return [_("open to teams until it is answered")]
    days = (problem.closes_on - clock.today()).days
    day = fmt_date(problem.closes_on)
    if days < 0:
        return [_("was open to teams until %(day)s", day=day)]
    if days == 0:
        return [_("open to teams until today, %(day)s", day=day)]
    sentence = ngettext(
        "open to teams until %(day)s, %(num)s day from today",
        "open to teams until %(day)s, %(num)s days from today",
        days,
        day=day,
    )
    return [sentence]
