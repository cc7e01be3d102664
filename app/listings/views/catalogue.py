"""The two lists, as list, map and file."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Response, render_template, request, stream_with_context, url_for

from app.core import clock, vocab, worldmap
from app.core.i18n import _, fmt_date, get_locale
from app.core.text import is_key
from app.listings import policies, queries
from app.listings.models import CATALOGUES, COSTS, DIRECTIONS, READINESS
from app.listings.models.loading_columns import COLUMNS
from app.listings.queries import exporting
from app.listings.views.blueprint import BOTH, bp
from app.web import lists
from app.web.csv import csv_response
from app.web.guards import current_actor, public


def _facets(catalogue: str) -> list[lists.Facet]:
    facets = list(_plain_facets(catalogue, get_locale(), queries.months()[0]))
    facets[-4:-4] = [_named("institution", _("Institution")), _named("consortium", _("Consortium"))]
    return facets


# Nearly a thousand names, the same for everybody who reads the language.
@lru_cache(maxsize=8)
def _plain_facets(catalogue: str, locale: str, _month: date) -> tuple[lists.Facet, ...]:
    groups = CATALOGUES[catalogue]
    fields = [node for domain in vocab.field_tree(locale) for node in domain.children]
    facets = [
        lists.Facet("direction", _("Offered or needed"), _pairs(DIRECTIONS)),
        lists.Facet("group", _("Group"), [(code, vocab.group_label(code)) for code in groups]),
        lists.Facet(
            "kind",
            _("Kind"),
            [(kind.code, str(kind.label)) for group in groups for kind in vocab.kinds_of(group)],
        ),
        lists.Facet("cost", _("Cost"), _pairs(COSTS)),
        lists.Facet("country", _("Country"), _terms(vocab.countries(locale)), shape="select"),
        lists.Facet(
            "sdg",
            _("Goal (SDG)"),
            [(goal.code, f"{goal.code} {goal.label}") for goal in vocab.sdg_goals(locale)],
            shape="select",
        ),
        lists.Facet("field", _("Field"), [(node.code, node.label) for node in fields], shape="select"),
        lists.Facet("language", _("Language"), _terms(vocab.languages(locale)), shape="select"),
        lists.Facet(
            "free",
            _("Free in"),
            [(queries.month_code(day), fmt_date(day, "month")) for day in queries.months()[:-1]],
            shape="select",
        ),
    ]
    if catalogue == "exchange":
        levels = [(str(level), str(label)) for level, label in READINESS.items()]
        facets.insert(4, lists.Facet("readiness", _("Readiness"), levels, shape="select"))
    return tuple(facets)


def _pairs(table: Any) -> list[tuple[str, str]]:
    return [(code, str(label)) for code, label in table.items()]


def _terms(terms: Any) -> list[tuple[str, str]]:
    return [(term.code, term.label) for term in terms]


def _named(name: str, label: str) -> lists.Facet:
    """A facet whose names are read with the counts; until then any number will do."""
    return lists.Facet(
        name, label, [(value, value) for value in request.args.getlist(name) if is_key(value)], shape="select"
    )


def _asked(catalogue: str, facets: list[lists.Facet]) -> tuple[lists.Asked, queries.Wanted]:
    asked = lists.read(facets, list(queries.SORTS), ["map"])
    return asked, queries.Wanted(catalogue, asked.q, asked.chosen, asked.sort)


@bp.route("/resources")
@public
def resources() -> str:
    """Skills and resources."""
    return _page(
        "resources", _("Resources"), _("What partners lend, share and teach, and what they look for.")
    )


@bp.route("/exchange")
@public
def exchange() -> str:
    """Knowledge and opportunities."""
    return _page(
        "exchange",
        _("Exchange"),
        _("Knowledge and opportunities that go from hand to hand, and those still sought."),
    )


def _page(catalogue: str, title: str, lead: str) -> str:
    actor = current_actor()
    facets = _facets(catalogue)
    asked, wanted = _asked(catalogue, facets)
    places = None
    if asked.view == "map":
        found, places = queries.divided(actor, wanted), queries.places(actor, wanted)
        found.page.rows.extend(places)
    else:
        found = queries.find(actor, wanted, asked.cursor)
    facets = [
        replace(facet, options=_options(found, facet.name, asked)) if facet.name in found.names else facet
        for facet in facets
    ]
    listing = lists.build(
        asked,
        facets,
        [("newest", _("Newest")), ("ending", _("Ends soonest"))],
        found.page,
        found.total,
        title=title,
        lead=lead,
        counts=found.counts,
        csv_path=url_for("listings.export_csv", catalogue=catalogue),
        json_path=url_for("listings.export_json", catalogue=catalogue),
        views=[("", _("List")), ("map", _("Map"))],
    )
    return render_template(
        "listings/index.html",
        listing=listing,
        catalogue=catalogue,
        today=clock.today(),
        may_post=bool(policies.create(actor)),
        world=_map(catalogue, asked, places) if places is not None else None,
    )


def _options(found: queries.Found, name: str, asked: lists.Asked) -> list[tuple[str, str]]:
    chosen = asked.chosen[name]
    known = found.names[name]
    return [*known, *((value, value) for value in chosen if value not in dict(known))]


def _map(catalogue: str, asked: lists.Asked, places: list[worldmap.Place]) -> dict[str, Any]:
    """Dots and table rows, each with the address of the list narrowed to its country."""
    there = [place for place in places if place.code]
    return {
        "land": worldmap.land(),
        "dots": lists.map_dots(worldmap.dots(there)),
        "rows": lists.map_rows(there, _narrowed(catalogue, asked), _("Found")),
        "countries": len(there),
        "number": sum(place.number for place in there),
        "anywhere": sum(place.number for place in places if not place.code),
    }


def _narrowed(catalogue: str, asked: lists.Asked) -> str:
    """The address of the list narrowed to a country, but for the country's code at its end."""
    chosen: dict[str, Any] = {
        name: values for name, values in asked.chosen.items() if values and name != "country"
    }
    address = url_for(f"listings.{catalogue}", **{**chosen, "q": asked.q or None})
    return f"{address}{'&' if '?' in address else '?'}country="


# ---- files -------------------------------------------------------------------------------------------------


@bp.route(f"/{BOTH}/export.csv")
@public
def export_csv(catalogue: str) -> Response:
    """What is filtered, as CSV in the columns of a file that can be loaded."""
    _asked_page, wanted = _asked(catalogue, _facets(catalogue))
    base = request.url_root.rstrip("/")
    header = [
        *(str(COLUMNS[name].label) for name in exporting.EXPORTED),
        _("Number"),
        _("Institution"),
        _("Translations"),
        _("Address"),
    ]
    return csv_response(catalogue, header, _lines(exporting.rows(current_actor(), wanted), base))


def _lines(rows: Iterator[dict[str, Any]], base: str) -> Iterator[list[str]]:
    for row in rows:
        cells = [exporting.cell(name, row[name]) for name in exporting.EXPORTED]
        yield [*cells, row["number"], row["institution"], ", ".join(row["translations"]), base + row["path"]]


@bp.route(f"/{BOTH}/export.json")
@public
def export_json(catalogue: str) -> Response:
    """What is filtered, as JSON: a list of objects."""
    _asked_page, wanted = _asked(catalogue, _facets(catalogue))
    base = request.url_root.rstrip("/")
    response = Response(
        stream_with_context(_objects(exporting.rows(current_actor(), wanted), base)),
        mimetype="application/json",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{catalogue}.json"'
    return response


def _objects(rows: Iterator[dict[str, Any]], base: str) -> Iterator[str]:
    yield "["
    for at, row in enumerate(rows):
        values = {**row, "url": base + row["path"]}
        del values["path"]
        yield (",\n" if at else "\n") + json.dumps(values, ensure_ascii=False)
    yield "\n]\n"
