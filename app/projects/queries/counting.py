"""How many projects match, and how the filters divide them: one statement."""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)

from app.consortia.models import Consortium
from app.consortia.queries import name_column
from app.core.paging import COUNT_CAP, at_least, count_pairs, counted_up, lone
from app.institutions.models import Institution
from app.projects.models import LIT_STATES, Project, ProjectFacet
from app.projects.queries.matching import DRIVERS, FACETS, LIGHTS, PLAIN, Asking, matches, shows

NAMED_UP_TO = 250  # matches: beyond that their institutions are too many to choose from
BETWEEN = "\x1f"  # stands in no name


def _first_matches(asking: Asking, skip: str | None = None) -> Any:
    """The newest 1,001 matches, as a common table."""
    order = "end" if asking.wanted.sort == "end" else "newest"
    query, sort = matches(asking, skip=skip, order=order)
    query = query.add_columns(
        Project.state, Project.consortium_id, Project.trl_now, Project.due_next, Project.late_until
    )
    if sort.descending:
        query = query.order_by(sort.column.desc(), sort.key.desc())
    # As a constant, not as a parameter: the planner of SQLite then knows that these are few.
    most: Any = literal_column(str(int(COUNT_CAP) + 1))
    entries = _entries(asking, skip)
    if entries is not None:
        query = query.where(entries <= COUNT_CAP)
    return query.limit(most).cte(f"matches_{skip or 'all'}")


def _entries(asking: Asking, skip: str | None) -> Any:
    """How many entries, up to 1,001, the one filter has that is left without `skip`; None if another number of them is left.

    They are counted in the index alone. If they are too many to be divided, the matches need not be looked at.
    """
    name = lone(asking.wanted.chosen, skip, DRIVERS)
    if name is None or asking.found is not None or asking.wanted.sort != "newest":
        return None
    one = bindparam(f"one_{name}", type_=String)
    return counted_up(ProjectFacet.facet == name, ProjectFacet.value == one)


def _row(facet: Any, value: Any, number: Any, label: Any = None) -> Select[Any]:
    return select(
        (literal(facet) if isinstance(facet, str) else facet).label("facet"),
        cast(value, String).label("value"),
        number.label("number"),
        cast(null() if label is None else label, String).label("label"),
    )


@lru_cache(maxsize=64)
def counting(asking: Asking) -> Any:
    """One statement of the total, and of how each facet divides what was found, for `read_counts`."""
    wanted = asking.wanted
    everything = _first_matches(asking)
    parts = [_row("total", literal("all"), func.count()).select_from(everything)]
    plain: list[Any] = []
    for name in (*PLAIN, *FACETS):
        over = _first_matches(asking, name) if wanted.of(name) else everything
        if over is not everything:
            number = at_least(_entries(asking, name))
            parts.append(_row("total", literal(name), number).select_from(over))
        if name in {"sdg", "field", "country"} and over is everything:
            plain.append(name)
        else:
            parts += _divide(name, over)
    if plain:
        parts.append(_divide_facets(plain, everything))
    if wanted.of("institution"):
        chosen = bindparam("institutions", type_=Integer, expanding=True)
        parts.append(
            _row("name", Institution.id, literal(0), Institution.name).where(Institution.id.in_(chosen))
        )
    return union_all(*parts)


def _divide(name: str, over: Any) -> list[Select[Any]]:
    if name in {"state", "trl"}:
        column = over.c.state if name == "state" else over.c.trl_now
        found = _row(name, column, func.count()).select_from(over)
        return [found.where(_are_few(over), column.is_not(None)).group_by(column)]
    if name == "consortium":
        column = over.c.consortium_id
        held = select(column.label("of_id"), func.count().label("number")).group_by(column).subquery()
        # Looked up one by one: joined, SQLite would make an index of the matches first.
        named = select(name_column()).where(Consortium.id == held.c.of_id).correlate(held).scalar_subquery()
        return [_row("consortium", held.c.of_id, held.c.number, named).select_from(held)]
    if name == "light":
        return [
            _row("light", literal(light), func.count())
            .select_from(over)
            .where(
                _are_few(over),
                over.c.state.in_(LIT_STATES),
                shows(light, over.c.due_next, over.c.late_until),
            )
            for light in LIGHTS
        ]
    if name == "institution":
        return [_divide_institutions(over)]
    return [_divide_facets([name], over)]


def _divide_institutions(over: Any) -> Select[Any]:
    """The institutions of all matches as one text with their names, while the matches are few enough to choose among them."""
    named = (
        select(func.aggregate_strings(ProjectFacet.value + ":" + Institution.name, BETWEEN))
        .join(Institution, Institution.id == cast(ProjectFacet.value, Integer))
        .where(ProjectFacet.project_id == over.c.id, ProjectFacet.facet == "institution")
        .correlate(over)
        .scalar_subquery()
    )
    together = func.aggregate_strings(named, BETWEEN)
    rows = _row("institutions", literal(""), literal(1), together).select_from(over)
    return rows.where(_are_few(over, NAMED_UP_TO))


def _divide_facets(names: list[str], over: Any) -> Select[Any]:
    """The values of all matches as one text, to be counted by us: both databases then look them up match by match.

    Grouped by the database, they would be read from the facets' index as a whole.
    """
    found = select(func.aggregate_strings(ProjectFacet.facet + ":" + ProjectFacet.value, ","))
    found = found.where(ProjectFacet.project_id == over.c.id)
    if len(names) == 1:
        found = found.where(ProjectFacet.facet == names[0])
    together = func.aggregate_strings(found.correlate(over).scalar_subquery(), ",")
    values = _row("values", literal(",".join(names)), literal(1), together)
    return values.select_from(over).where(_are_few(over))


def _are_few(over: Any, most: int = COUNT_CAP) -> ColumnElement[bool]:
    """Too many matches: their numbers would not be shown, so they are not read either."""
    few: ColumnElement[bool] = select(func.count()).select_from(over).scalar_subquery() <= most
    return few


def read_counts(
    rows: Any,
) -> tuple[tuple[int, bool], dict[str, dict[str, int]], dict[str, list[tuple[str, str]]]]:
    """What the rows of `counting` say: the capped total, facet → value → count, facet → (value, name) by name."""
    totals: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {name: {} for name in (*PLAIN, *FACETS)}
    named: dict[str, dict[str, str]] = {"consortium": {}, "institution": {}}
    for facet, value, number, label in rows:
        if facet == "total":
            totals[value] = number
        elif facet == "values":
            count_pairs(counts, value.split(","), label or "")
        elif facet == "institutions":
            _add_institutions(counts["institution"], named["institution"], label)
        elif facet == "name":
            named["institution"][value] = label or ""
        else:
            counts[facet][value] = number
            if facet in named:
                named[facet][value] = label or ""
    for name in list(counts):
        most = NAMED_UP_TO if name == "institution" else COUNT_CAP
        if totals.get(name, totals["all"]) > most:
            del counts[name]
    total = min(totals["all"], COUNT_CAP), totals["all"] > COUNT_CAP
    by_name = {
        name: sorted(found.items(), key=lambda pair: pair[1].casefold()) for name, found in named.items()
    }
    return total, counts, by_name


def _add_institutions(counts: dict[str, int], named: dict[str, str], label: str | None) -> None:
    """Count one match for each of its institutions."""
    for pair in (label or "").split(BETWEEN):
        value, _colon, name = pair.partition(":")
        if value:
            counts[value] = counts.get(value, 0) + 1
            named[value] = name
