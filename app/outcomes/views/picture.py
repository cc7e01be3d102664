"""The picture of what changed: for each measure three bars, how it was, what was wanted, what was reached.

Pure arithmetic; bars grow from where reading starts, so that the drawing is mirrored in Arabic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core.i18n import _, fmt_number
from app.outcomes.models import numbers

WIDTH, LABELS, VALUES, ROW, GAP, TOP = 680, 120, 150, 30, 34, 28
LONGEST = 64  # letters of a measure's name in the drawing


@dataclass(frozen=True)
class Bar:
    """A bar with its place, its name and its number in words."""

    x: int
    y: int
    width: int
    label: str
    label_x: int
    value: str
    value_x: int
    kind: str  # soft, f2, f1: the classes of the fills


@dataclass(frozen=True)
class Measure:
    """One measure: its name, where that stands, its bars, where zero is."""

    name: str
    name_x: int
    y: int
    zero_x: int
    bars: list[Bar]


@dataclass(frozen=True)
class Picture:
    """The drawing, the figures as rows of a table, and the finding in one sentence."""

    width: int
    height: int
    measures: list[Measure]
    rows: list[list[str]]
    finding: str


def _in_words(value: Decimal | None, unit: str) -> str:
    if value is None:
        return "–"
    # The number keeps its place before the unit (U+2068, U+2069).
    return f"\u2068{fmt_number(value)} {unit}".rstrip() + "\u2069"


def _met(baseline: Decimal | None, target: Decimal | None, reached: Decimal | None) -> bool | None:
    """Whether the target was met: reached on its side of the baseline. None where that cannot be said."""
    if target is None or reached is None:
        return None
    if baseline is None or baseline == target:
        return reached == target if baseline is not None else None
    return reached >= target if target > baseline else reached <= target


def _finding(measures: Sequence[dict[str, Any]]) -> str:
    known = [met for met in (_met(*numbers(row)) for row in measures) if met is not None]
    if not known:
        return _("What was measured, and what was reached.")
    return _("%(met)s of %(all)s targets reached.", met=fmt_number(sum(known)), all=fmt_number(len(known)))


def _bars(
    values: Sequence[tuple[str, str, Decimal | None]], unit: str, top: int, is_rtl: bool
) -> tuple[int, list[Bar]]:
    shown = [value for _label, _kind, value in values if value is not None]
    low, high = min([*shown, Decimal(0)]), max([*shown, Decimal(0)])
    room = WIDTH - LABELS - VALUES
    scale = Decimal(room) / ((high - low) or 1)

    def place(value: Decimal) -> int:
        return LABELS + int((value - low) * scale)

    def turned(at: int) -> int:
        return WIDTH - at if is_rtl else at

    bars: list[Bar] = []
    for label, kind, value in values:
        if value is None:
            continue
        start, end = sorted((place(Decimal(0)), place(value)))
        width = max(2, end - start)
        bars.append(
            Bar(
                turned(start) - (width if is_rtl else 0),
                top + len(bars) * ROW,
                width,
                label,
                turned(0),
                _in_words(value, unit),
                turned(start + width + 8),
                kind,
            )
        )
    return turned(place(Decimal(0))), bars


def draw(measures: Sequence[dict[str, Any]], is_rtl: bool) -> Picture | None:
    """The drawing of measures with what, unit, baseline, target, reached, how; None when there is nothing to draw."""
    drawn: list[Measure] = []
    top = TOP
    for row in measures:
        baseline, target, reached = numbers(row)
        if reached is None or (baseline is None and target is None):
            continue
        values = [(_("Before"), "soft", baseline), (_("Target"), "f2", target), (_("Reached"), "f1", reached)]
        zero, bars = _bars(values, row.get("unit", ""), top + 12, is_rtl)
        name = row["what"] if len(row["what"]) <= LONGEST else row["what"][: LONGEST - 1].rstrip() + "…"
        drawn.append(Measure(f"\u2068{name}\u2069", WIDTH if is_rtl else 0, top, zero, bars))
        top += 12 + len(bars) * ROW + GAP
    if not drawn:
        return None
    return Picture(WIDTH, top - GAP + 6, drawn, figures(measures), _finding(measures))


def figures(measures: Sequence[dict[str, Any]]) -> list[list[str]]:
    """What was measured as rows of a table: what, before, target, reached, how it was checked."""
    found = []
    for row in measures:
        unit = row.get("unit", "")
        found.append(
            [
                row["what"],
                *(_in_words(value, unit) for value in numbers(row)),
                row.get("how") or "–",
            ]
        )
    return found
