"""The picture of a project's plan: a line from its start to its planned end, a mark a milestone, today.

Pure arithmetic over days; the drawing runs from the end of the line where reading starts, so that it is mirrored in Arabic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.projects.queries.course import late

WIDTH, MARGIN, TOP, ROW = 900, 24, 64, 30
MOST_TICKS = 8


@dataclass(frozen=True)
class Mark:
    """A milestone in the drawing: its place, the end of its delay, its name, on which side the name stands, its kind."""

    y: int
    x: int
    x_reported: int | None
    label: str
    label_x: int
    anchor: str
    kind: str  # planned, late, reported, accepted, missed


@dataclass(frozen=True)
class Timeline:
    """The drawing: size, where start, end and today are, years or months along the line, marks."""

    width: int
    height: int
    start_x: int
    end_x: int
    today_x: int | None
    ticks: list[tuple[int, date]]
    marks: list[Mark]


def _ticks(first: date, last: date) -> list[date]:
    """First days of months, in steps of 1, 3, 6, 12 or more months, at most MOST_TICKS."""
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next((step for step in (1, 3, 6, 12, 24, 60, 120) if months / step <= MOST_TICKS), 240)
    found = []
    number = first.year * 12 + first.month - 1
    number += -number % step if step > 1 else 1
    while (day := date(number // 12, number % 12 + 1, 1)) <= last:
        if day > first:
            found.append(day)
        number += step
    return found


def draw(
    starts_on: date | None,
    ends_on: date | None,
    milestones: Sequence[Any],
    today: date,
    is_rtl: bool,
) -> Timeline | None:
    """The drawing of rows with number, title, due_on, state, reported_on; None when there is nothing to draw."""
    days = [day for day in (starts_on, ends_on) if day]
    days += [row.due_on for row in milestones]
    days += [row.reported_on for row in milestones if row.reported_on]
    if len(set(days)) < 2:
        return None
    first, last = min(days), max(days)
    span = (last - first).days

    def x(day: date) -> int:
        along = MARGIN + (WIDTH - 2 * MARGIN) * (day - first).days / span
        return round(WIDTH - along if is_rtl else along)

    marks = []
    for place, row in enumerate(milestones):
        at = x(row.due_on)
        is_late = late(today, row.due_on, row.state, row.reported_on) > 0
        kind = "late" if is_late and row.state == "planned" else row.state
        reported = x(row.reported_on) if row.reported_on and is_late else None
        # The name stands after the mark, and before it in the last part of the line; "after" is where reading goes on.
        near_end = (row.due_on - first).days > span * 0.55
        away = 14 if near_end == is_rtl else -14
        edge = max(at, reported or at) if away > 0 else min(at, reported or at)
        marks.append(
            Mark(
                TOP + place * ROW,
                at,
                reported,
                # The title keeps its own direction beside the number (U+2068, U+2069).
                f"{row.number}. \u2068{row.title if len(row.title) <= 58 else row.title[:56].rstrip() + '…'}\u2069",
                edge + away,
                "end" if near_end else "start",
                kind,
            )
        )
    return Timeline(
        WIDTH,
        TOP + max(1, len(marks)) * ROW,
        x(starts_on or first),
        x(ends_on or last),
        x(today) if first <= today <= last else None,
        [(x(day), day) for day in _ticks(first, last)],
        marks,
    )
