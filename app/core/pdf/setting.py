"""How each block stands on paper."""

from collections.abc import Sequence
from typing import NamedTuple

from markdown_it import MarkdownIt

from app.core.i18n import _, fmt_number, text_dir, use_locale
from app.core.pdf.blocks import Block, Document, Facts, Heading, PageBreak, Paragraph, Signature, Table
from app.core.pdf.lines import Line, is_rtl
from app.core.pdf.paper import BOTTOM, HIGH, INK, INNER, QUIET, TOP, Paper

TEXT, SMALL, TITLE = 10.0, 8.5, 20.0
HEADINGS = {1: 14.0, 2: 12.0, 3: 10.5}
PAD = 1.6  # above and below what stands in a cell
GAP = 3.0  # between columns
_markdown = MarkdownIt("commonmark", {"html": False})


class Cell(NamedTuple):
    """The lines of a cell, and on which side of it they stand."""

    lines: list[Line]
    side: str


def _para(text: str | Paragraph) -> Paragraph:
    return text if isinstance(text, Paragraph) else Paragraph(text)


def _side(text: str | Paragraph) -> str:
    """In a form, names stand where the others do; only a text whose language is known begins at its own side."""
    return "own" if _para(text).language else "start"


def _lines(
    paper: Paper, text: str | Paragraph, width: float, size: float, *, bold: bool = False
) -> list[Line]:
    found = _para(text)
    return [
        line
        for part in found.text.split("\n")
        for line in paper.lines(
            part, width, size, rtl=is_rtl(part, found.language, paper.rtl), bold=bold or found.bold
        )
    ]


def _flow(paper: Paper, text: Paragraph, size: float, *, offset: float = 0.0, mark: str = "") -> None:
    """Lines down the page, over as many pages as it takes; `mark` stands before the first (a list's bullet or number)."""
    high = paper.leading(size)
    for index, line in enumerate(_lines(paper, text, INNER - offset, size)):
        paper.need(high)
        if mark and not index:
            bullet = paper.lines(mark, offset, size, rtl=paper.rtl)[0]
            paper.put(bullet, offset - 6, 6, size, y=paper.y)
        colour = QUIET if text.quiet else INK
        paper.put(line, offset, INNER - offset, size, y=paper.y, bold=text.bold, colour=colour)
        paper.y += high
    paper.y += 1.8


def _heading(paper: Paper, block: Heading, language: str | None = None) -> None:
    """A heading of the document, or of a text in another language: that one stands where its text does."""
    size = HEADINGS.get(block.level, HEADINGS[3])
    high = paper.leading(size)
    text = Paragraph(block.text, language)
    found = _lines(paper, text, INNER, size, bold=True)
    if paper.y > TOP:
        paper.y += size / 3
    paper.need(high * len(found) + 3 * paper.leading(TEXT))  # some lines of what it is about stay with it
    for line in found:
        paper.put(line, 0, INNER, size, y=paper.y, bold=True, side=_side(text))
        paper.y += high
    paper.y += 1


def _from_markdown(paper: Paper, text: Paragraph) -> None:
    """Headings, paragraphs and lists of a text in Markdown."""
    marks: list[int | None] = []  # of the lists that are open: the next number, or None for bullets
    mark = level = ""
    for token in _markdown.parse(text.text):
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            marks.append(int(token.attrGet("start") or 1) if token.type.startswith("ordered") else None)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            marks.pop()
        elif token.type == "list_item_open":
            number = marks[-1]
            mark = "•" if number is None else f"{number}."
            marks[-1] = None if number is None else number + 1
        elif token.type == "heading_open":
            level = token.tag[1:]
        elif token.type == "inline":
            words = "".join(
                "\n" if part.type.endswith("break") else part.content for part in token.children or ()
            )
            if level:
                _heading(paper, Heading(words, min(3, int(level))), text.language)
            else:
                part = Paragraph(words, text.language, quiet=text.quiet)
                _flow(paper, part, TEXT, offset=6.0 * len(marks), mark=mark)
            mark = level = ""


def _paragraph(paper: Paper, block: Paragraph) -> None:
    if block.markdown:
        _from_markdown(paper, block)
    else:
        _flow(paper, block, SMALL if block.quiet else TEXT)


def _facts(paper: Paper, block: Facts) -> None:
    label_width, high = INNER * 0.3, paper.leading(TEXT)
    for label, value in block.rows:
        left = _lines(paper, label, label_width - GAP, TEXT)
        right = _lines(paper, value, INNER - label_width, TEXT)
        side = _side(value)
        for index in range(max(len(left), len(right))):
            paper.need(high)
            if index < len(left):
                paper.put(left[index], 0, label_width - GAP, TEXT, y=paper.y, colour=QUIET, side="start")
            if index < len(right):
                paper.put(right[index], label_width, INNER - label_width, TEXT, y=paper.y, side=side)
            paper.y += high
        paper.y += 0.6
    paper.y += 2


class _Columns:
    """The columns of a table, and its rows put one below the other."""

    def __init__(self, paper: Paper, table: Table) -> None:
        self.paper, self.table = paper, table
        shares = list(table.widths) or [1.0] * len(table.header)
        self.widths = [INNER * share / sum(shares) for share in shares]
        self.high = paper.leading(SMALL)

    def cells(self, row: Sequence[str | Paragraph], *, bold: bool = False) -> list[Cell]:
        """What stands in a row, in lines."""
        return [
            Cell(
                _lines(self.paper, value, width - GAP, SMALL, bold=bold),
                "end" if index in self.table.numbers else _side(value),
            )
            for index, (value, width) in enumerate(zip(row, self.widths, strict=True))
        ]

    def height(self, cells: Sequence[Cell]) -> float:
        """How much of the page a row takes."""
        return self.high * max(len(cell.lines) for cell in cells) + 2 * PAD

    def draw(self, cells: Sequence[Cell], first: int, count: int, *, bold: bool, strong: bool) -> None:
        """So many lines of a row, from the `first` on, with the rule below."""
        paper, top = self.paper, self.paper.y + PAD
        offset = 0.0
        for cell, width in zip(cells, self.widths, strict=True):
            for index, line in enumerate(cell.lines[first : first + count]):
                y = top + index * self.high
                paper.put(line, offset, width - GAP, SMALL, y=y, bold=bold, side=cell.side)
            offset += width
        paper.y = top + count * self.high + PAD
        paper.rule(paper.y, strong=strong)

    def head(self) -> None:
        """The header, which comes again on each page."""
        cells = self.cells(self.table.header, bold=True)
        self.draw(cells, 0, max(len(cell.lines) for cell in cells), bold=True, strong=True)

    def row(self, row: Sequence[str | Paragraph], *, bold: bool = False) -> None:
        """A row; it goes to the next page whole, or in parts when it is higher than a page."""
        paper, cells = self.paper, self.cells(row, bold=bold)
        first, count = 0, max(len(cell.lines) for cell in cells)
        # A high one begins on this page; any other is not torn.
        if not paper.room(self.height(cells)) and self.height(cells) < (paper.bottom - TOP) / 2:
            paper.new_page()
            self.head()
        while first < count:
            fits = int((paper.bottom - paper.y - 2 * PAD) / self.high)
            if fits < 1:
                paper.new_page()
                self.head()
                continue
            part = min(fits, count - first)
            self.draw(cells, first, part, bold=bold, strong=bold)
            first += part


def _table(paper: Paper, block: Table) -> None:
    columns = _Columns(paper, block)
    paper.y += 1.5
    paper.need(columns.height(columns.cells(block.header, bold=True)) + 3 * columns.high)
    columns.head()
    for row in block.rows:
        columns.row(row)
    if not block.rows and block.empty:
        paper.y += PAD
        _flow(paper, Paragraph(block.empty, quiet=True), SMALL)
    if block.total is not None:
        columns.row(block.total, bold=True)
    paper.y += 5


def _signature(paper: Paper, block: Signature) -> None:
    pad, label_width, high = 4.0, INNER * 0.3, paper.leading(TEXT)
    inner = INNER - 2 * pad
    name = _lines(paper, block.party, inner, HEADINGS[3], bold=True)
    rows = [
        (_lines(paper, label, label_width - GAP, TEXT), _lines(paper, value, inner - label_width, TEXT))
        for label, value in block.rows
    ]
    note = _lines(paper, block.note, inner, SMALL) if block.note else []
    of_rows = sum(max(len(left), len(right)) for left, right in rows)
    small = paper.leading(SMALL)
    height = len(name) * paper.leading(HEADINGS[3]) + of_rows * high + len(note) * small + 2 * pad + 1.5
    paper.need(height)
    paper.frame(paper.y, height)
    y = paper.y + pad
    for line in name:
        paper.put(line, pad, inner, HEADINGS[3], y=y, bold=True, side="start")
        y += paper.leading(HEADINGS[3])
    for left, right in rows:
        for index, line in enumerate(left):
            paper.put(line, pad, label_width - GAP, TEXT, y=y + index * high, colour=QUIET, side="start")
        for index, line in enumerate(right):
            paper.put(line, pad + label_width, inner - label_width, TEXT, y=y + index * high, side="start")
        y += high * max(len(left), len(right))
    for index, line in enumerate(note):
        paper.put(line, pad, inner, SMALL, y=y + 1.5 + index * small, colour=QUIET)
    paper.y += height + 4


def _block(paper: Paper, block: Block) -> None:
    match block:
        case Heading():
            _heading(paper, block)
        case Paragraph():
            _paragraph(paper, block)
        case Facts():
            _facts(paper, block)
        case Table():
            _table(paper, block)
        case Signature():
            _signature(paper, block)
        case PageBreak():
            if paper.y > TOP:
                paper.new_page()


def _head(paper: Paper, document: Document) -> None:
    if document.lattice is not None:
        paper.pattern(document.lattice, 15)
        paper.y = 24
    if document.caption:
        for line in _lines(paper, document.caption, INNER, TEXT):
            paper.put(line, 0, INNER, TEXT, y=paper.y, colour=QUIET, side="start")
            paper.y += paper.leading(TEXT)
    for line in _lines(paper, document.title, INNER, TITLE, bold=True):
        paper.put(line, 0, INNER, TITLE, y=paper.y, bold=True, side="start")
        paper.y += paper.leading(TITLE)
    paper.y += 3


def _footers(paper: Paper, footer: Sequence[str]) -> None:
    """The same lines at the foot of each page, and which page of how many it is."""
    pages = paper.pdf.pages_count
    size, number_width = 7.5, 32.0
    for page in range(1, pages + 1):
        paper.turn_to(page)
        y = HIGH - BOTTOM + 6
        paper.rule(y)
        y += 1.5
        number = _("Page %(page)s of %(pages)s", page=fmt_number(page), pages=fmt_number(pages))
        [line] = paper.lines(number, INNER, size, rtl=paper.rtl)
        paper.put(line, INNER - number_width, number_width, size, y=y, colour=QUIET, side="end")
        for text in footer:
            for line in _lines(paper, text, INNER - number_width, size):
                paper.put(line, 0, INNER - number_width, size, y=y, colour=QUIET, side="start")
                y += paper.leading(size)


def make(document: Document) -> bytes:
    """The document as PDF (A4)."""
    with use_locale(document.language):
        paper = Paper(rtl=text_dir(document.language) == "rtl", language=document.language)
        paper.pdf.set_title(document.title)
        paper.pdf.set_creator("Taawun")
        paper.pdf.set_producer("Taawun")
        paper.pdf.set_creation_date(document.made_at)
        _head(paper, document)
        for block in document.blocks:
            _block(paper, block)
        _footers(paper, document.footer)
        return paper.finish()
