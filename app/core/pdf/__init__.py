"""Documents on paper: PDF in both directions, from plain blocks.

    pdf.make(pdf.Document(title, "ar", [pdf.Heading(...), pdf.Table(...)], footer=[...], lattice=3))

Arabic is shaped (HarfBuzz), each line stands in the order that Unicode's bidirectional algorithm gives it, columns and labels
begin on the side where the document's language begins; a name inside a sentence goes through `isolate`. The texts of the blocks
are ready sentences in the document's language. Making takes from a tenth of a second to some seconds: in a job, never in a request
(`core.documents`).
"""

from app.core.pdf.blocks import (
    Block,
    Document,
    Facts,
    Heading,
    PageBreak,
    Paragraph,
    Signature,
    Table,
    isolate,
)

__all__ = [
    "Block",
    "Document",
    "Facts",
    "Heading",
    "PageBreak",
    "Paragraph",
    "Signature",
    "Table",
    "isolate",
    "make",
]


def make(document: Document) -> bytes:
    """The document as PDF (A4). Its engine is large and loaded at the first call."""
    from app.core.pdf import setting

    return setting.make(document)
