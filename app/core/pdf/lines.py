"""From a text to lines of runs: where it breaks, and in which order its parts stand (Unicode's bidirectional algorithm)."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

from app.core.i18n import text_dir

Measure = Callable[[str], float]
_WORD = re.compile(r"\S+\s*")
_STRONG_RTL = re.compile("[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefe]")
_LETTER = re.compile(r"[^\W\d_]")
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


class Run(NamedTuple):
    """Letters of one direction, to be shaped together."""

    text: str
    rtl: bool


class Line(NamedTuple):
    """The runs of a line from left to right, and the direction of the paragraph that it belongs to."""

    runs: tuple[Run, ...]
    rtl: bool


def is_rtl(text: str, language: str | None, otherwise: bool) -> bool:
    """The direction of a text: that of its language, else of its first letter, else the one around it.

    >>> is_rtl("80 ساعة", None, False), is_rtl("80 hours", None, True), is_rtl("80", None, True), is_rtl("x", "ar", False)
    (True, False, True, True)
    """
    if language:
        return text_dir(language) == "rtl"
    first = _LETTER.search(text)
    return otherwise if first is None else bool(_STRONG_RTL.match(first.group()))


def seen(text: str) -> str:
    """The text without the signs that only say a direction."""
    return _UNSEEN.sub("", text)


def _words(text: str, width: float, measure: Measure) -> Iterator[tuple[int, int]]:
    """Where each word with the blanks after it begins and ends; one that is wider than a line is cut."""
    for word in _WORD.finditer(text):
        start, end = word.span()
        while measure(seen(text[start:end].rstrip())) > width and end - start > 1:
            cut = start + 1
            while cut < end and measure(seen(text[start : cut + 1])) <= width:
                cut += 1
            yield start, cut
            start = cut
        yield start, end


def _breaks(text: str, width: float, measure: Measure) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends, without the blanks at its end."""
    begin = last = 0
    used = 0.0
    for start, end in _words(text, width, measure):
        word = seen(text[start:end])
        bare = measure(word.rstrip())
        if start > begin and used + bare > width:
            yield begin, last
            begin, used = start, 0.0
        used += measure(word)
        last = start + len(text[start:end].rstrip())
    if last > begin:
        yield begin, last


def _levels(text: str, rtl: bool) -> list[int]:
    """The embedding level of each sign of a paragraph."""
    if not rtl and not _STRONG_RTL.search(text):
        return [0] * len(text)
    paragraph = BidiParagraph(text, TextDirection.RTL if rtl else TextDirection.LTR, preserve_bn_chars=True)
    levels = [int(rtl)] * len(text)
    for sign in paragraph.characters:
        levels[sign.character_index] = sign.embedding_level
    return levels


def _in_order(text: str, levels: list[int]) -> tuple[Run, ...]:
    """The runs of a line from left to right: from the highest level down, what is at least as high is turned round."""
    runs: list[tuple[int, str]] = []
    for sign, level in zip(text, levels, strict=True):
        if runs and runs[-1][0] == level:
            runs[-1] = level, runs[-1][1] + sign
        else:
            runs.append((level, sign))
    for level in range(max(levels, default=0), 0, -1):
        turned: list[tuple[int, str]] = []
        held: list[tuple[int, str]] = []
        for run in runs:
            if run[0] >= level:
                held.insert(0, run)
            else:
                turned += [*held, run]
                held = []
        runs = [*turned, *held]
    return tuple(Run(seen(part), level % 2 == 1) for level, part in runs if seen(part))


def lines(text: str, width: float, measure: Measure, *, rtl: bool) -> list[Line]:
    """A paragraph as lines no wider than `width`; at least one, if need be an empty one."""
    levels = _levels(text, rtl)
    return [
        Line(_in_order(text[start:end], levels[start:end]), rtl)
        for start, end in _breaks(text, width, measure)
    ] or [Line((), rtl)]
