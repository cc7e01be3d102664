"""Pictures of who gives what to whom, reckoned on the server: where each part of an SVG stands. Drawn by `components/bands.html`.

An SVG does not mirror by itself: with `rtl` the giving side stands at the right, and bars grow towards the left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

WIDTH = 860
NAMES, NODE = 230, 10  # for names on either side; the width of a node
HIGH, SLOT, GAP = 300, 40, 8  # height of all that flows; least height for a name; between two
OTHERS = -1
MIDDLE, BAR = 545, 280  # where both bars begin; the longest


class Node(NamedTuple):
    """One side's institution: its bar, where its name stands, which colour."""

    key: int
    x: int
    y: float
    height: float
    name_x: int
    name_y: float
    anchor: str
    colour: int
    much: Decimal


class Band(NamedTuple):
    """What flows from one to another, as a path; the colour is its giver's."""

    path: str
    colour: int


@dataclass
class Bands:
    """The picture of flows: both columns and what runs between them; `key` -1 stands for all others."""

    width: int = WIDTH
    height: int = 0
    givers: list[Node] = field(default_factory=list)
    receivers: list[Node] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)


class Bar(NamedTuple):
    """An institution's two bars from the middle: what it gave and what it gained."""

    key: int
    y: int
    give_x: float
    give: float
    gain_x: float
    gain: float
    gave: Decimal
    gained: Decimal


Pairs = Mapping[tuple[int, int], Decimal]


def _sums(pairs: Pairs, side: int) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for pair, much in pairs.items():
        found[pair[side]] = found.get(pair[side], Decimal(0)) + much
    return found


def in_order(keys: Iterable[int], names: Mapping[int, str]) -> list[int]:
    """By name, not by rank, so that nobody is first; the others last."""
    return sorted(keys, key=lambda key: (key == OTHERS, names.get(key, "").casefold(), key))


def _column(
    order: Sequence[int], sums: Mapping[int, Decimal], unit: float, *, start: bool, rtl: bool
) -> list[Node]:
    """The nodes of a side, one below the other, each with room for its name."""
    nodes, y = [], 0.0
    x = NAMES if start else WIDTH - NAMES - NODE
    name_x = NAMES - 10 if start else WIDTH - NAMES + 10
    if rtl:
        x, name_x = WIDTH - x - NODE, WIDTH - name_x
    for number, key in enumerate(order):
        height = max(2.0, float(sums[key]) * unit)
        slot = max(height, SLOT)
        top = y + (slot - height) / 2
        anchor = "end" if start else "start"  # of the text's own direction, which is the page's
        colour = number % 8 + 1 if start else 0
        nodes.append(
            Node(
                key,
                x,
                round(top, 1),
                round(height, 1),
                name_x,
                round(y + slot / 2, 1),
                anchor,
                colour,
                sums[key],
            )
        )
        y += slot + GAP
    return nodes


def bands(pairs: Pairs, names: Mapping[int, str], *, rtl: bool) -> Bands:
    """The picture of flows of one kind in one unit.

    `pairs`: (giver, receiver) to a number above zero, at most ten keys on either side; names by key.
    """
    if not pairs:
        return Bands()
    given, gained = _sums(pairs, 0), _sums(pairs, 1)
    unit = HIGH / float(sum(pairs.values()))
    left = _column(in_order(given, names), given, unit, start=True, rtl=rtl)
    right = _column(in_order(gained, names), gained, unit, start=False, rtl=rtl)
    ends = [column[-1].name_y + max(column[-1].height, SLOT) / 2 for column in (left, right)]
    return Bands(WIDTH, round(max(ends)) + 2, left, right, _between(left, right, pairs, unit, rtl))


def _between(left: list[Node], right: list[Node], grouped: Pairs, unit: float, rtl: bool) -> list[Band]:
    used_left, used_right = {node.key: node.y for node in left}, {node.key: node.y for node in right}
    begin, end = (left[0].x, right[0].x + NODE) if rtl else (left[0].x + NODE, right[0].x)
    middle = (begin + end) // 2
    found = []
    for giver in left:
        for receiver in right:
            much = grouped.get((giver.key, receiver.key))
            if not much:
                continue
            thick = max(1.0, float(much) * unit)
            a, b = used_left[giver.key], used_right[receiver.key]
            used_left[giver.key], used_right[receiver.key] = a + thick, b + thick
            path = (
                f"M{begin} {a:.0f}C{middle} {a:.0f} {middle} {b:.0f} {end} {b:.0f}"
                f"v{thick:.1f}C{middle} {b + thick:.0f} {middle} {a + thick:.0f} {begin} {a + thick:.0f}Z"
            )
            found.append(Band(path, giver.colour))
    return found


def bars(sides: Iterable[tuple[int, Decimal, Decimal]], names: Mapping[int, str], *, rtl: bool) -> list[Bar]:
    """Give and gain of each, (key, gave, gained), as two bars from the middle, in one scale."""
    found = {key: (give, gain) for key, give, gain in sides}
    most = max((max(one) for one in found.values()), default=Decimal(0))
    unit = BAR / float(most) if most else 0.0
    return [_bar(number, (key, *found[key]), unit, rtl) for number, key in enumerate(in_order(found, names))]


def _bar(number: int, row: tuple[int, Decimal, Decimal], unit: float, rtl: bool) -> Bar:
    """Given begins at the middle towards the start, gained towards the end."""
    key, give, gain = row
    middle = WIDTH - MIDDLE if rtl else MIDDLE
    long_give, long_gain = (max(2.0, float(value) * unit) if value else 0.0 for value in (give, gain))
    give_x, gain_x = (middle + 1, middle - 1 - long_gain) if rtl else (middle - 1 - long_give, middle + 1)
    y = number * (SLOT + 4) + 26
    return Bar(
        key, y, round(give_x, 1), round(long_give, 1), round(gain_x, 1), round(long_gain, 1), give, gain
    )
