"""The sheets: fonts, the place where the next line goes, and a left and right that are named start and end."""

import re
from functools import cache
from pathlib import Path
from typing import cast

from fpdf import FPDF
from fpdf.enums import TextDirection
from fpdf.fonts import TTFFont

from app.core.pdf.lines import Line, lines

APP = Path(__file__).parent.parent.parent
FONTS = APP / "data" / "fonts"
WIDE, HIGH = 210.0, 297.0  # A4, in millimetres
MARGIN, TOP, BOTTOM = 20.0, 18.0, 26.0
INNER = WIDE - 2 * MARGIN
INK, QUIET, RULE, PATTERN = (28, 36, 48), (79, 90, 102), (196, 200, 204), (226, 230, 231)
LEADING = {False: 1.45, True: 1.6}  # Arabic stands higher and deeper


class Paper:
    """A4 sheets on which lines are put from the top down. `rtl` mirrors everything: start is then on the right."""

    def __init__(self, *, rtl: bool, language: str) -> None:
        self.rtl = rtl
        self.y = TOP
        self.pdf = FPDF(format="A4")
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.set_lang(language)
        for style, weight in (("", "Regular"), ("B", "SemiBold")):
            self.pdf.add_font("plex", style, FONTS / f"IBMPlexSansArabic-{weight}.ttf")
        self._widths: dict[tuple[str, bool], float] = {}
        self.pdf.add_page()

    @property
    def bottom(self) -> float:
        """Where the last line of a page may end."""
        return HIGH - BOTTOM

    def new_page(self) -> None:
        """Go on at the top of a new page."""
        self.pdf.add_page()
        self.y = TOP

    def room(self, height: float) -> bool:
        """Whether so much still fits on this page."""
        return self.y + height <= self.bottom

    def need(self, height: float) -> None:
        """Go to a new page unless so much still fits, or the page is still empty."""
        if not self.room(height) and self.y > TOP:
            self.new_page()

    def leading(self, size: float) -> float:
        """The height of a line of letters of so many points."""
        return size * 25.4 / 72 * LEADING[self.rtl]

    def width(self, text: str, bold: bool = False) -> float:
        """The width of a text in letters of one point: larger ones are widened evenly."""
        key = text, bold
        found = self._widths.get(key)
        if found is None:
            font = cast(TTFFont, self.pdf.fonts["plexB" if bold else "plex"])
            found = font.get_text_width(text, 1000, {"features": {}})[1] / 1000 / self.pdf.k
            self._widths[key] = found
        return found

    def lines(self, text: str, width: float, size: float, *, rtl: bool, bold: bool = False) -> list[Line]:
        """A paragraph as lines for letters of this size."""
        return lines(text.strip(), width, lambda word: self.width(word, bold) * size, rtl=rtl)

    def put(
        self,
        line: Line,
        offset: float,
        width: float,
        size: float,
        *,
        y: float,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
        side: str = "own",
    ) -> None:
        """One line in a box that begins `offset` from the start margin.

        It begins at the side of its `own` direction, or stands at the document's `start` or `end`.
        """
        pdf = self.pdf
        widths = [self.width(run.text, bold) * size for run in line.runs]
        left = MARGIN + (INNER - offset - width if self.rtl else offset)
        if {"own": line.rtl, "start": self.rtl, "end": not self.rtl}[side]:
            left += width - sum(widths)
        pdf.set_font("plex", "B" if bold else "", size)
        pdf.set_text_color(*colour)
        for run, wide in zip(line.runs, widths, strict=True):
            text = run.text.strip()
            after = len(run.text) - len(run.text.lstrip() if run.rtl else run.text.rstrip())
            pdf.set_text_shaping(
                use_shaping_engine=True, direction=TextDirection.RTL if run.rtl else TextDirection.LTR
            )
            pdf.set_xy(left + wide - (self.width(text, bold) + after * self.width(" ", bold)) * size, y)
            if text:
                # `cell` shapes each vowel sign apart from its letter (fpdf2 2.8.9); this keeps words whole.
                pdf.multi_cell(wide + size, self.leading(size), text, align="L", new_x="LEFT", new_y="TOP")
            left += wide

    def rule(self, y: float, *, strong: bool = False, offset: float = 0, width: float = INNER) -> None:
        """A line across."""
        self.pdf.set_draw_color(*(INK if strong else RULE))
        self.pdf.set_line_width(0.3 if strong else 0.15)
        left = MARGIN + (INNER - offset - width if self.rtl else offset)
        self.pdf.line(left, y, left + width, y)

    def frame(self, y: float, height: float) -> None:
        """A box around something, as wide as the lines."""
        self.pdf.set_draw_color(*RULE)
        self.pdf.set_line_width(0.2)
        self.pdf.rect(MARGIN, y, INNER, height)

    def pattern(self, n: int, height: float) -> None:
        """The lattice of so many partners, in a strip over the head of this page."""
        scale = 0.075
        tile = 200 * scale
        pdf = self.pdf
        pdf.set_draw_color(*PATTERN)
        pdf.set_line_width(0.2)
        with pdf.rect_clip(0, 0, WIDE, height):
            for row in range(int(height / tile) + 1):
                for column in range(int(WIDE / tile) + 1):
                    for points in _lattice(min(12, max(5, n))):
                        pdf.polyline([(column * tile + x * scale, row * tile + y * scale) for x, y in points])

    def finish(self) -> bytes:
        """The sheets as PDF; nothing can be put on them any more."""
        try:
            return bytes(self.pdf.output())
        finally:
            self.close()

    def close(self) -> None:
        """Close the files of the fonts, which fpdf2 leaves open."""
        for font in self.pdf.fonts.values():
            cast(TTFFont, font).ttfont.close()

    def turn_to(self, page: int) -> None:
        """Go on with an earlier page: its footer can only be written when the number of pages is known."""
        self.pdf.page = page
        self.pdf.current_font_is_set_on_page = False
        self.pdf.set_draw_color(*INK)  # what was set on the last page is not what holds on this one
        self.pdf.set_line_width(1)


@cache
def _lattice(n: int) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The strands of a tile as points: the file holds one path of `M x y l dx dy ...`."""
    path = re.search(r' d="([^"]+)"', (APP / f"static/img/lattice/lattice-{n:02d}.svg").read_text())
    strands = []
    for strand in (path.group(1) if path else "").split("M")[1:]:
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", strand)]
        x, y = numbers[:2]
        points = [(x, y)]
        for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        strands.append(tuple(points))
    return tuple(strands)
