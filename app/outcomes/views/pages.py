"""The showcase, an outcome's own page, its discussion, one's own outcomes, and those of a project."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.core import vocab
from app.core.errors import Invalid, NotFound
from app.core.i18n import _, get_locale, text_dir
from app.core.text import is_key
from app.core.things import KINDS as THINGS
from app.discussion import queries as discussion
from app.files import queries as files
from app.outcomes import policies, queries, services
from app.outcomes.forms.deciding import NoneForm
from app.outcomes.models import (
    DEGREES,
    KINDS,
    LICENCES,
    OUTCOME_STATES,
    RETURN_CODES,
    ROLES,
    SCHEMES,
    SETTLE_CODES,
    Outcome,
    address_of,
)
from app.outcomes.views import picture
from app.outcomes.views.blueprint import bp
from app.problems import policies as problems
from app.projects import queries as projects
from app.translating import queries as translating
from app.web import lists
from app.web.csv import csv_response
from app.web.guards import current_actor, public, require

Page = str | Answer | tuple[str, int]


def _facets() -> list[lists.Facet]:
    locale = get_locale()
    return [
        lists.Facet("kind", _("Kind"), [(code, str(label)) for code, label in KINDS.items()]),
        lists.Facet("negative", _("Result"), [("yes", _("Negative results"))]),
        lists.Facet(
            "sdg",
            _("Goal (SDG)"),
            [(goal.code, f"{goal.code} {goal.label}") for goal in vocab.sdg_goals(locale)],
        ),
        lists.Facet(
            "country",
            _("Country"),
            [(term.code, term.label) for term in vocab.countries(locale)],
            shape="select",
        ),
        lists.Facet(
            "language",
            _("Language"),
            [(term.code, term.label) for term in vocab.languages(locale)],
            shape="select",
        ),
        # Its names are read with the counts; until then any number will do.
        lists.Facet(
            "institution",
            _("Institution"),
            [(value, value) for value in request.args.getlist("institution") if is_key(value)],
            shape="select",
        ),
    ]


def _asked(facets: list[lists.Facet]) -> tuple[lists.Asked, queries.Wanted]:
    asked = lists.read(facets, list(queries.SORTS))
    return asked, queries.Wanted(asked.q, asked.chosen)


@bp.route("")
@public
def index() -> str:
    """The showcase."""
    facets = _facets()
    asked, wanted = _asked(facets)
    found = queries.find(current_actor(), wanted, asked.cursor)
    known = dict(found.institutions)
    named = [(value, value) for value in asked.chosen["institution"] if value not in known]
    facets[-1] = replace(facets[-1], options=[*found.institutions, *named])
    listing = lists.build(
        asked,
        facets,
        [("newest", _("Newest"))],
        found.page,
        found.total,
        title=_("Outcomes"),
        lead=_(
            "What came of joint work: confirmed by another institution, also when it is a negative result."
        ),
        counts=found.counts,
        csv_path=url_for("outcomes.export"),
    )
    return render_template("outcomes/index.html", listing=listing, kinds=KINDS)


HEADER = (
    "number", "kind", "negative", "title", "summary", "language", "produced_on", "published_on", "licence",
    "identifiers", "institution", "ror", "consortium", "goals", "benefits_where", "origins", "project", "problem",
    "address",
)  # fmt: skip


@bp.route("/export.csv")
@public
def export() -> Response:
    """What is filtered, as CSV."""
    _page, wanted = _asked(_facets())
    rows = queries.export(current_actor(), wanted)
    return csv_response("outcomes", HEADER, _lines(rows, request.url_root.rstrip("/")))


def _lines(rows: list[Any], base: str) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            row.number,
            row.kind,
            "yes" if row.is_negative else "no",
            row.title,
            row.summary,
            row.language,
            row.produced_on.isoformat() if row.produced_on else "",
            row.published_at.date().isoformat(),
            row.licence,
            ", ".join(f"{one['scheme']}:{one['value']}" for one in row.identifiers),
            row.institution,
            f"https://ror.org/{row.ror}" if row.ror else "",
            row.consortium,
            ", ".join(row.sdg_goals),
            ", ".join(row.benefits_where),
            ", ".join(row.origins),
            f"{base}/projects/{row.project_id}" if row.project_id else "",
            f"{base}/problems/{row.problem_id}" if row.problem_id else "",
            f"{base}/outcomes/{row.id}",
        ]


@bp.route("/mine")
def mine() -> str:
    """All that the reader claimed or is named in, in any state."""
    return render_template("outcomes/mine.html", rows=queries.own(current_actor()), kinds=KINDS)


# ---- one outcome -------------------------------------------------------------------------------------------------


@bp.route("/<int:outcome_id>")
@public
def show(outcome_id: int) -> str:
    """Its page; of what was retracted, a page that says so and why."""
    actor = current_actor()
    detail = queries.detail(actor, outcome_id)
    outcome = detail.outcome
    if outcome.state == "retracted" and not policies.view_inside(actor, outcome):
        return render_template(
            "outcomes/retracted.html", outcome=outcome, state=OUTCOME_STATES["retracted"], kinds=KINDS
        )
    inside = bool(policies.view_inside(actor, outcome))
    kind = THINGS["outcome"]
    return render_template(
        "outcomes/show.html",
        detail=detail,
        outcome=outcome,
        state=OUTCOME_STATES[outcome.state],
        shown=translating.shown(
            actor,
            "outcome",
            outcome,
            request.args.get("in") or get_locale(),
            "original" in request.args,
        ),
        picture=picture.draw(outcome.measures, text_dir() == "rtl"),
        figures=picture.figures(outcome.measures),
        contributors=by_person(detail.contributors),
        kinds=KINDS,
        licences=LICENCES,
        identifiers=identifiers(outcome),
        sees_problem=outcome.problem is not None and bool(problems.view(actor, outcome.problem)),
        files=files.of(actor, "outcome", outcome),
        files_of=kind.about(outcome),
        may_attach=kind.attach(actor, outcome),
        inside=inside,
        rounds=queries.rounds(outcome.id) if inside else [],
        objections=queries.objections(outcome.id) if inside and outcome.confirmed_at else [],
        answers=queries.answers(outcome.id) if outcome.problem_id and outcome.was_published else {},
        choices=_choices(detail),
        return_codes=RETURN_CODES,
        settle_codes=SETTLE_CODES,
    )


def identifiers(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Its identifiers: (name of the kind, value, web address or empty)."""
    return [
        (str(SCHEMES[row["scheme"]]), row["value"], address_of(row["scheme"], row["value"]))
        for row in outcome.identifiers
    ]


def by_person(rows: list[Any]) -> list[dict[str, Any]]:
    """The roles that were accepted, person by person: name, institution, country, [(role, degree)]."""
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        person = found.setdefault(
            row.person_id,
            {
                "id": row.person_id,
                "name": row.display_name,
                "institution_id": row.institution_id,
                "institution": row.institution,
                "country": row.country,
                "is_shown": row.visibility == "public" and row.closed_at is None,
                "roles": [],
            },
        )
        person["roles"].append((str(ROLES[row.role]), str(DEGREES[row.degree])))
    return list(found.values())


def _choices(detail: queries.Detail) -> list[tuple[str, str, str]]:
    """What the reader may do here now: (verb, label, address)."""
    actor, outcome = current_actor(), detail.outcome
    if not actor.is_signed_in:
        return []
    own = {row.state for row in detail.credits if row.person_id == actor.id}
    table = [
        ("edit", _("Go on writing"), "edit", bool(policies.edit(actor, outcome))),
        ("people", _("Name people"), "people", bool(policies.name(actor, outcome))),
        ("recall", _("Take it back to change it"), "recall", bool(policies.recall(actor, outcome))),
        ("confirm", _("Confirm or return it"), "confirm", bool(policies.confirm(actor, outcome))),
        ("credit", _("Answer whether you can be named"), "own_credit", "asked" in own),
        ("withdraw", _("Take my name out"), "own_credit", "asked" not in own and "accepted" in own),
        ("object", _("Object"), "object_to", _may_object(outcome)),
        ("settle", _("Settle the objection"), "settle", bool(policies.settle(actor, outcome))),
        ("retract", _("Retract it"), "retract", bool(policies.retract(actor, outcome))),
    ]
    blocks = {"people": "name", "credit": "name", "withdraw": "name"}
    return [
        (verb, label, url_for(f"outcomes.{endpoint}", outcome_id=outcome.id))
        for verb, label, endpoint, may in table
        if may and policies.blocked(outcome, blocks.get(verb, verb)) is None
    ]


def _may_object(outcome: Outcome) -> bool:
    """Asked of the database only while one can object at all."""
    if policies.blocked(outcome, "object") is not None:
        return False
    return bool(policies.object_to(current_actor(), outcome, queries.partner_ids(outcome)))


@bp.route("/<int:outcome_id>/discussion")
@public
def discuss(outcome_id: int) -> str:
    """What people say about it, for the reader."""
    actor = current_actor()
    outcome = queries.get(actor, outcome_id)
    if outcome.state == "retracted" and not policies.view_inside(actor, outcome):
        raise NotFound
    return render_template(
        "outcomes/discussion.html",
        outcome=outcome,
        thread=discussion.thread(actor, "outcome", outcome, request.args.get("page")),
    )


# ---- of a project ------------------------------------------------------------------------------------------------


@bp.route("/of-project/<int:project_id>")
@public
def of_project(project_id: int) -> Page:
    """What came of a project; its lead can say here that nothing did."""
    return _of_project(project_id, NoneForm(formdata=None))


def _of_project(project_id: int, form: NoneForm) -> Page:
    actor = current_actor()
    project = projects.get(actor, project_id)
    page = render_template(
        "outcomes/of_project.html",
        project=project,
        rows=queries.of_project(actor, project.id, 100),
        said=queries.said_none(project.id),
        may_say=bool(policies.say_none(actor, project)),
        may_claim=bool(policies.claim_for_project(actor, project)),
        kinds=KINDS,
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.route("/of-project/<int:project_id>/none", methods=["POST"])
def say_none(project_id: int) -> Page:
    """Nothing came of it, and why."""
    actor = current_actor()
    project = projects.get(actor, project_id)
    require(policies.say_none, project)
    form = NoneForm()
    if form.validate():
        try:
            services.say_none(actor, project, reason=form.reason.data or "")
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("It is noted that no outcome came of this project."), "ok")
            return redirect(url_for("outcomes.of_project", project_id=project_id), 303)
    return _of_project(project_id, form)


@bp.route("/of-project/<int:project_id>/take-back", methods=["POST"])
def take_none_back(project_id: int) -> Page:
    """There is an outcome after all."""
    project = projects.get(current_actor(), project_id)
    services.take_none_back(current_actor(), project)
    flash(_("It is taken back."), "ok")
    return redirect(url_for("outcomes.of_project", project_id=project_id), 303)
