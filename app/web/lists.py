"""Lists with their filters in the address: what was asked, and what the one list component shows.

A view names its facets (what can be filtered) and sorts, reads them with `read`, hands `asked.chosen` to its query,
and builds the `Listing` for `components/list.html`. Only listed names reach a query; unknown values are ignored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import request
from markupsafe import Markup, escape

from app.core.i18n import fmt_number
from app.core.text import clean_line
from app.core.worldmap import Dot, Place

MOST_WORDS = 200
MOST_VALUES = 50


@dataclass(frozen=True)
class Facet:
    """One thing to filter by: its name in the address, its label, its values with labels in order."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    shape: str = "checks"  # or "select" for long lists of which one is chosen

    @cached_property
    def labels(self) -> dict[str, str]:
        """Value → label."""
        return dict(self.options)


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    q: str
    chosen: dict[str, list[str]]
    sort: str
    cursor: str | None
    view: str = ""  # how it is shown, where the list can be shown in several ways; empty for the usual one

    @property
    def has_filters(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.q) or any(self.chosen.values())


class Option(NamedTuple):
    """A value of a filter as it is shown; `number` None when it is not counted."""

    value: str
    label: str
    number: int | None
    checked: bool


class Shown(NamedTuple):
    """A filter as it is shown; of a long one the options are put together already.

    `is_same` on every page: then its HTML is kept (`jinja.kept`). Numbers are others for each question.
    """

    name: str
    label: str
    shape: str
    options: tuple[Option, ...]
    in_select: Markup | None
    is_same: bool


@dataclass
class Listing:
    """What `components/list.html` shows."""

    title: str
    rows: list[Any]
    total: int
    capped: bool = False
    lead: str = ""
    q: str = ""
    has_search: bool = True
    facets: list[Shown] = field(default_factory=list)
    chips: list[dict[str, str]] = field(default_factory=list)
    clear_url: str = ""
    sorts: list[dict[str, Any]] = field(default_factory=list)
    newer_url: str | None = None
    older_url: str | None = None
    csv_url: str | None = None
    json_url: str | None = None
    has_filters: bool = False
    view: str = ""
    views: list[dict[str, Any]] = field(default_factory=list)


def read(facets: Iterable[Facet], sorts: Sequence[str], views: Sequence[str] = ()) -> Asked:
    """What this request asks of the list: listed values only; the first sort is the default.

    `views` are further ways to show it than the usual one, such as "map".
    """
    chosen: dict[str, list[str]] = {}
    for facet in facets:
        given = [value for value in request.args.getlist(facet.name) if value in facet.labels]
        chosen[facet.name] = list(dict.fromkeys(given))[:MOST_VALUES]
    sort, view = request.args.get("sort", ""), request.args.get("view", "")
    return Asked(
        q=clean_line(request.args.get("q"))[:MOST_WORDS],
        chosen=chosen,
        sort=sort if sort in sorts else sorts[0],
        cursor=request.args.get("page") or None,
        view=view if view in views else "",
    )


def _pairs(asked: Asked, default_sort: str) -> list[tuple[str, str]]:
    pairs = [("q", asked.q)] if asked.q else []
    pairs += [(name, value) for name, values in asked.chosen.items() for value in values]
    if asked.sort != default_sort:
        pairs.append(("sort", asked.sort))
    if asked.view:
        pairs.append(("view", asked.view))
    return pairs


def _url(pairs: Iterable[tuple[str, str]], path: str | None = None) -> str:
    query = urlencode(list(pairs))
    path = path or request.path
    return f"{path}?{query}" if query else path


@lru_cache(maxsize=128)
def _uncounted(
    name: str, label: str, shape: str, options: tuple[tuple[str, str], ...], chosen: frozenset[str]
) -> Shown:
    """A filter that is not counted, such as all countries: the same on every page, so kept."""
    shown = tuple(Option(value, named, None, value in chosen) for value, named in options)
    return Shown(name, label, shape, shown, _in_select(shown) if shape == "select" else None, True)


def _in_select(options: Iterable[Option]) -> Markup:
    """The options of a long filter. Put together here: by a template, hundreds of them take longer than the page's rows."""
    parts = []
    for option in options:
        selected = " selected" if option.checked else ""
        number = "" if option.number is None else f" ({fmt_number(option.number)})"
        before, after = _option(option.value, option.label)
        parts.append(f"{before}{selected}{after}{number}</option>")
    return Markup("".join(parts))  # noqa: S704 # nosec B704 - every value is escaped below


@lru_cache(maxsize=4000, typed=True)  # by type: what is HTML already equals a text of the same letters
def _option(value: str, label: str) -> tuple[str, str]:
    """What stands in an option before and after its being selected. Kept: most are the same in all lists."""
    return f'<option value="{escape(value)}"', f">{escape(label)}"


def map_dots(dots: Iterable[Dot]) -> Markup:
    """The dots of a list's map, which may be two hundred: like its rows put together here, as a long filter is."""
    parts = [
        f'<circle class="dot" cx="{dot.x}" cy="{dot.y}" r="{dot.radius}">'
        f"<title>{escape(dot.name)} ({fmt_number(dot.number)})</title></circle>"
        for dot in dots
    ]
    return Markup("\n".join(parts))  # noqa: S704 # nosec B704 - names are escaped above, the rest are numbers


def map_rows(places: Iterable[Place], address: str, column: str) -> Markup:
    """The same as rows of a table; `address` is a place's but for its code, `column` the name of the number's column."""
    href, label = escape(address), escape(column)
    parts = [
        f'<tr role="row"><th role="rowheader" scope="row"><a href="{href}{escape(place.code)}">{escape(place.name)}</a></th>'
        f'<td role="cell" data-label="{label}" class="ta-q">{fmt_number(place.number)}</td></tr>'
        for place in places
    ]
    return Markup("".join(parts))  # noqa: S704 # nosec B704 - every text is escaped above


def _counted(facet: Facet, chosen: list[str], found: Mapping[str, int], hide_empty: bool) -> Shown | None:
    """A filter with the number of rows for each value; None if there is nothing to choose from."""
    shown = tuple(
        Option(value, label, found.get(value, 0), value in chosen)
        for value, label in facet.options
        if not hide_empty or found.get(value) or value in chosen
    )
    if not shown:
        return None
    in_select = _in_select(shown) if facet.shape == "select" else None
    return Shown(facet.name, facet.label, facet.shape, shown, in_select, False)


def _facets_and_chips(
    asked: Asked,
    facets: Sequence[Facet],
    pairs: list[tuple[str, str]],
    counts: Mapping[str, Mapping[str, int]] | None,
    hide_empty: bool,
) -> tuple[list[Shown], list[dict[str, str]]]:
    """The filters with their options, and a chip for each that is in use."""
    shown: list[Shown] = []
    chips: list[dict[str, str]] = []
    if asked.q:
        chips.append({"label": f"“{asked.q}”", "url": _url(pair for pair in pairs if pair[0] != "q")})
    for facet in facets:
        found, chosen = (counts or {}).get(facet.name), asked.chosen[facet.name]
        chips += [
            {"label": label, "url": _url(pair for pair in pairs if pair != (facet.name, value))}
            for value, label in (facet.options if chosen else ())
            if value in chosen
        ]
        if found is not None:
            counted = _counted(facet, chosen, found, hide_empty)
            shown += [counted] if counted else []
        elif facet.options:
            shown.append(
                _uncounted(facet.name, facet.label, facet.shape, tuple(facet.options), frozenset(chosen))
            )
    return shown, chips


def build(
    asked: Asked,
    facets: Sequence[Facet],
    sorts: Sequence[tuple[str, str]],
    page: Any,
    total: tuple[int, bool],
    *,
    title: str,
    lead: str = "",
    counts: Mapping[str, Mapping[str, int]] | None = None,
    csv_path: str | None = None,
    json_path: str | None = None,
    views: Sequence[tuple[str, str]] = (),
    has_search: bool = True,
    hide_empty: bool = True,
) -> Listing:
    """Put a list together. `page` is a `core.paging.Page`, `total` a capped count, `counts` facet → value → rows,
    `views` the ways to show it (name, label), the usual one first with an empty name.

    With counts, options without rows are left out (unless chosen), so that a filter never leads to nothing.
    """
    default = sorts[0][0]
    pairs = _pairs(asked, default)
    filters = [pair for pair in pairs if pair[0] != "view"]
    shown, chips = _facets_and_chips(asked, facets, pairs, counts, hide_empty)
    return Listing(
        title=title,
        lead=lead,
        rows=page.rows,
        total=total[0],
        capped=total[1],
        q=asked.q,
        has_search=has_search,
        facets=shown,
        chips=chips,
        clear_url=request.path,
        sorts=[{"value": name, "label": label, "selected": name == asked.sort} for name, label in sorts],
        newer_url=_url([*pairs, ("page", page.newer)]) if page.newer else None,
        older_url=_url([*pairs, ("page", page.older)]) if page.older else None,
        csv_url=_url(filters, csv_path) if csv_path else None,
        json_url=_url(filters, json_path) if json_path else None,
        has_filters=asked.has_filters,
        view=asked.view,
        views=[
            {
                "label": label,
                "url": _url([*filters, ("view", name)] if name else filters),
                "current": name == asked.view,
            }
            for name, label in views
        ],
    )
