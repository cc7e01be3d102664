"""Impact: what was given and gained, as pictures with the same figures as a table and a file. Nobody is ranked.

A picture shows one kind in one unit; the eight institutions with most of it, by name, and the others as one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Response, render_template, request, url_for

from app.consortia import queries as consortia
from app.core.i18n import _, get_locale, ngettext, text_dir
from app.core.quantities import amount, unit_label
from app.core.vocab import kind_label
from app.institutions import queries as institutions
from app.ledger import queries
from app.ledger.queries import Drawn, Flow, Measure, Scope
from app.ledger.views.blueprint import bp
from app.ledger.views.period import address, params_of, period_asked, periods
from app.projects import queries as projects
from app.web import pictures
from app.web.csv import csv_response
from app.web.guards import current_actor, public

HEADER = ("giver_id", "giver", "receiver_id", "receiver", "kind", "unit", "amount", "lines")
POOL = 0
MOST_PAIRS = 10_000


@dataclass(frozen=True)
class Figures:
    """One measure as pictures and tables; `rows` of (giver, receiver, how much), `sides` of (key, gave, gained)."""

    measure: Measure
    label: str
    finding: str
    both: str
    bands: pictures.Bands
    bars: list[pictures.Bar]
    names: Mapping[int, str]
    rows: list[tuple[int, int, Decimal]]
    much: Callable[[Decimal], str]


def _measure_name(measure: Measure) -> str:
    kind = kind_label(measure.kind)
    return _("%(kind)s, in %(unit)s", kind=kind, unit=unit_label(measure.unit)) if measure.unit else kind


def _code(measure: Measure) -> str:
    return f"{measure.kind}.{measure.unit}"


def _asked(measures: Sequence[Measure]) -> Measure | None:
    """The one that the address names, else the one with the most lines."""
    wanted = request.args.get("of", "")
    found = next((measure for measure in measures if _code(measure) == wanted), None)
    return found or max(measures, key=lambda measure: measure.lines, default=None)


def _figures(drawn: Drawn, measure: Measure, pool: str) -> Figures:
    """Everything that the pictures of one measure need; one statement, for the names."""
    rtl = text_dir() == "rtl"
    keys = {key for pair in drawn.pairs for key in pair} | {key for key, _gave, _gained in drawn.sides}
    found = institutions.names(key for key in keys if key > 0)
    names = {key: name for key, (name, _country) in found.items()}
    names |= {POOL: pool, pictures.OTHERS: _("Others")}

    def much(number: Decimal) -> str:
        if not number:
            return _("nothing")
        if measure.unit:
            return amount(number, measure.unit)
        return ngettext("%(num)s line", "%(num)s lines", int(number))

    bands = pictures.bands(drawn.pairs, names, rtl=rtl)
    return Figures(
        measure,
        _measure_name(measure),
        ngettext(
            "%(kind)s: %(amount)s went between %(num)s institution.",
            "%(kind)s: %(amount)s went between %(num)s institutions.",
            drawn.gave + drawn.gained - drawn.both,
            kind=kind_label(measure.kind),
            amount=much(drawn.total),
        ),
        ngettext(
            "%(num)s institution both gave and gained, %(gave)s only gave, %(gained)s only gained.",
            "%(num)s institutions both gave and gained, %(gave)s only gave, %(gained)s only gained.",
            drawn.both,
            gave=drawn.gave - drawn.both,
            gained=drawn.gained - drawn.both,
        ),
        bands,
        pictures.bars(drawn.sides, names, rtl=rtl),
        names,
        _rows(drawn, bands),
        much,
    )


def _rows(drawn: Drawn, bands: pictures.Bands) -> list[tuple[int, int, Decimal]]:
    """The pairs in the order of the picture."""
    return [
        (giver.key, receiver.key, drawn.pairs[giver.key, receiver.key])
        for giver in bands.givers
        for receiver in bands.receivers
        if (giver.key, receiver.key) in drawn.pairs
    ]


def _choice(measures: Sequence[Measure], chosen: Measure | None) -> list[tuple[str, str, bool]]:
    return sorted(
        ((_code(measure), _measure_name(measure), measure == chosen) for measure in measures),
        key=lambda one: one[1].casefold(),
    )


def _shown(
    drawn_of: Callable[[Measure], Drawn], measures: Sequence[Measure], pool: str, csv: str
) -> dict[str, Any]:
    """What all three pages hand to their template."""
    chosen = _asked(measures)
    since, until = period_asked()
    params = params_of(since, until)
    return {
        "figures": _figures(drawn_of(chosen), chosen, pool) if chosen else None,
        "choice": _choice(measures, chosen),
        "params": params,
        "csv_url": address(params | ({"of": _code(chosen)} if chosen else {}), csv),
        "is_rtl": text_dir() == "rtl",
        "statement_url": url_for("ledger.statement", institution_id=0).removesuffix("0"),
    }


def _scope(**values: Any) -> Scope:
    since, until = period_asked()
    return Scope(since=since, until=until, **values)


def _tabs() -> list[dict[str, Any]]:
    since, until = period_asked()
    return periods(since, until, of=request.args.get("of", ""))


def _pool_of(consortium: Any) -> str:
    return str(queries.pool_name(consortium.names))


def _file(name: str, flows: Sequence[Flow], measure: Measure | None, pool: str) -> Response:
    """All pairs of the measure as CSV, those too that the picture shows as others."""
    if measure is None:
        return csv_response(name, HEADER, [])
    rows = sorted(flows)[:MOST_PAIRS]
    found = institutions.names({flow.giver_id for flow in rows} | {flow.receiver_id for flow in rows})
    names = {key: value[0] for key, value in found.items()} | {POOL: pool}
    return csv_response(
        name,
        HEADER,
        (
            (
                flow.giver_id,
                names.get(flow.giver_id, ""),
                flow.receiver_id or "",
                names.get(flow.receiver_id, ""),
                measure.kind,
                measure.unit,
                flow.quantity if measure.unit else "",
                flow.lines,
            )
            for flow in rows
        ),
    )


@bp.get("")
@public
def impact() -> str:
    """What all institutions gave each other in public."""
    reading = queries.Reading(_scope())
    return render_template(
        "ledger/impact.html",
        overview=reading.overview(),
        as_of=reading.as_of,
        periods=_tabs(),
        **_shown(reading.drawn, reading.measures(), _("Pools of consortia"), url_for("ledger.impact_csv")),
    )


@bp.get("/flows.csv")
@public
def impact_csv() -> Response:
    """The same as a file."""
    reading = queries.Reading(_scope())
    chosen = _asked(reading.measures())
    return _file("flows", reading.flows(chosen) if chosen else (), chosen, _("Pools of consortia"))


@bp.get("/consortia/<int:consortium_id>")
@public
def consortium(consortium_id: int) -> str:
    """What went between the institutions of a consortium; for its leads also how the open lines stand."""
    actor = current_actor()
    found = consortia.get(actor, consortium_id)
    audience = queries.audience_of(actor, consortium_id)
    reading = queries.Reading(_scope(audience=audience, consortium_id=consortium_id))
    csv = url_for("ledger.consortium_csv", consortium_id=consortium_id)
    return render_template(
        "ledger/consortium.html",
        consortium=found,
        name=found.name_in(get_locale()),
        audience=audience,
        overview=reading.overview(),
        as_of=reading.as_of,
        lights=queries.lights(consortium_id) if audience == "all" else None,
        periods=_tabs(),
        **_shown(reading.drawn, reading.measures(), _pool_of(found), csv),
    )


@bp.get("/consortia/<int:consortium_id>.csv")
@public
def consortium_csv(consortium_id: int) -> Response:
    """The same as a file."""
    actor = current_actor()
    found = consortia.get(actor, consortium_id)
    audience = queries.audience_of(actor, consortium_id)
    reading = queries.Reading(_scope(audience=audience, consortium_id=consortium_id))
    chosen = _asked(reading.measures())
    name = f"flows-consortium-{consortium_id}"
    return _file(name, reading.flows(chosen) if chosen else (), chosen, _pool_of(found))


@bp.get("/projects/<int:project_id>")
@public
def project(project_id: int) -> str:
    """What the partners of a project gave each other, as far as the reader sees its lines, and its reciprocity."""
    actor = current_actor()
    found = projects.get(actor, project_id)
    rows = queries.of_project(actor, project_id)
    reciprocity = queries.reciprocity(project_id)
    partners = institutions.names(partner for partner, _due, _worth_it in reciprocity.by_partner)
    csv = url_for("ledger.project_csv", project_id=project_id)
    return render_template(
        "ledger/project.html",
        project=found,
        reciprocity=reciprocity,
        partners={key: name for key, (name, _country) in partners.items()},
        lights=queries.lights_of_lines(rows),
        lines=rows,
        **_shown(
            lambda measure: queries.drawn(queries.flows_of_lines(rows, measure), measure),
            queries.measures_of_lines(rows),
            _("Pool of the consortium"),
            csv,
        ),
    )


@bp.get("/projects/<int:project_id>.csv")
@public
def project_csv(project_id: int) -> Response:
    """The same as a file."""
    actor = current_actor()
    projects.get(actor, project_id)
    rows = queries.of_project(actor, project_id)
    chosen = _asked(queries.measures_of_lines(rows))
    flows = queries.flows_of_lines(rows, chosen) if chosen else ()
    return _file(f"flows-project-{project_id}", flows, chosen, _("Pool of the consortium"))
