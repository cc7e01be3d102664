"""What a document is made of: plain values. How they stand on paper is decided in `setting`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.core import clock

_ISOLATE, _END = "\u2068", "\u2069"


def isolate(text: object) -> str:
    """A name or code inside a sentence, set apart from the direction of the text around it: `<bdi>` on paper."""
    return f"{_ISOLATE}{text}{_END}"


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 3; it stays with what follows."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Text in lines; each line of its own direction. `language` names the direction, where it is known.

    With `markdown`, headings, lists and paragraphs are set; other signs are left out. `quiet` is small and grey.
    """

    text: str
    language: str | None = None
    markdown: bool = False
    quiet: bool = False
    bold: bool = False


@dataclass(frozen=True)
class Facts:
    """Pairs of a label and a value, one below the other."""

    rows: Sequence[tuple[str, "str | Paragraph"]]


@dataclass(frozen=True)
class Table:
    """A table; its header comes again on each page. Columns run in the document's direction.

    `widths` are shares of the line's width, `numbers` the columns set at the end of their cell, `total` a last row in bold.
    """

    header: Sequence[str]
    rows: Sequence[Sequence["str | Paragraph"]]
    widths: Sequence[float] = ()
    numbers: Sequence[int] = ()
    total: Sequence[str] | None = None
    empty: str = ""  # what stands there when there is no row


@dataclass(frozen=True)
class Signature:
    """One party's place on the page of signatures: who it is, what is said of the signing, and what that means."""

    party: str
    rows: Sequence[tuple[str, str]] = ()
    note: str = ""


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Facts | Table | Signature | PageBreak


@dataclass(frozen=True)
class Document:
    """A document to be made: its language decides direction and numerals, `footer` stands on every page, line by line.

    `lattice` is the number of partners (5 to 12) whose pattern stands at the head of the first page; None for none.
    """

    title: str
    language: str
    blocks: Sequence[Block]
    footer: Sequence[str] = ()
    caption: str = ""  # what kind of thing it is, and its number: above the title
    lattice: int | None = None
    made_at: datetime = field(default_factory=clock.now)
