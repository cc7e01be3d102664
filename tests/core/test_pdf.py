"""Documents on paper, read back: what stands where, in which order, on which page."""

import io
from datetime import UTC, datetime

import pypdfium2
import pytest

from app.core import pdf
from app.core.pdf.lines import Run, is_rtl, lines
from app.core.pdf.paper import Paper

FSI, PDI = "\u2068", "\u2069"


def pages(document: pdf.Document) -> list[str]:
    """The text of each page, as a reader finds it."""
    read = pypdfium2.PdfDocument(io.BytesIO(pdf.make(document)))
    return [page.get_textpage().get_text_bounded() for page in read]


def document(*blocks: pdf.Block, language: str = "en", **values) -> pdf.Document:
    return pdf.Document("Title", language, blocks, made_at=datetime(2026, 11, 22, tzinfo=UTC), **values)


def places(source: pdf.Document) -> dict[str, tuple[float, float]]:
    """Where each word of Latin letters or digits begins and ends, in points from the left."""
    read = pypdfium2.PdfDocument(io.BytesIO(pdf.make(source)))
    text = read[0].get_textpage()
    whole = text.get_text_range()
    found = {}
    for word in whole.split():
        start = whole.index(word)
        left = min(text.get_charbox(i)[0] for i in range(start, start + len(word)))
        right = max(text.get_charbox(i)[2] for i in range(start, start + len(word)))
        found[word] = left, right
    return found


def shown(text: str, *, rtl: bool, width: float = 1000) -> list[list[Run]]:
    return [list(line.runs) for line in lines(text, width, len, rtl=rtl)]


def test_lines_break_between_words_and_long_words_are_cut() -> None:
    assert shown("one two three", rtl=False, width=8) == [[Run("one two", False)], [Run("three", False)]]
    assert shown("abcdefgh ij", rtl=False, width=3) == [
        [Run("abc", False)], [Run("def", False)], [Run("gh", False)], [Run("ij", False)],
    ]  # fmt: skip
    assert shown("", rtl=True) == [[]]


def test_numbers_and_names_of_the_other_script_stand_in_reading_order() -> None:
    # From left to right on the paper: an Arabic sentence begins at the right.
    assert shown("عدد 80 ساعة", rtl=True) == [[Run(" ساعة", True), Run("80", False), Run("عدد ", True)]]
    assert shown(f"من {FSI}HPLC (2){PDI} إلى", rtl=True) == [
        [Run(" إلى", True), Run("HPLC (2)", False), Run("من ", True)]
    ]
    # A number within Arabic within English: the Arabic part is turned, the number in it is not.
    assert shown("gives ساعة 80 من now", rtl=False) == [
        [Run("gives ", False), Run(" من", True), Run("80", False), Run("ساعة ", True), Run(" now", False)]
    ]


def test_each_line_is_ordered_for_itself() -> None:
    assert shown(f"ا {FSI}ab cd{PDI} ب", rtl=True, width=5) == [
        [Run("ab", False), Run("ا ", True)],
        [Run(" ب", True), Run("cd", False)],
    ]


@pytest.mark.parametrize(
    ("text", "language", "otherwise", "expected"),
    [
        ("80 ساعة", None, False, True),
        ("80 hours", None, True, False),
        ("80", None, True, True),
        ("80", None, False, False),
        ("HPLC", "ar", False, True),
        ("ساعة", "en", True, False),
    ],
)
def test_a_text_has_the_direction_of_its_language_or_first_letter(
    text, language, otherwise, expected
) -> None:
    assert is_rtl(text, language, otherwise) is expected


def test_the_signs_of_direction_are_not_printed() -> None:
    [page] = pages(document(pdf.Paragraph(f"From {FSI}Ada{PDI}\u200f on")))
    assert "From Ada on" in page
    assert not set(page) & {FSI, PDI, "\u200f"}


def test_pages_are_numbered_and_carry_their_footer() -> None:
    source = document(
        pdf.Paragraph("one"), pdf.PageBreak(), pdf.Paragraph("two"), footer=["AGR-2026-0001", "SHA-256 abc"]
    )
    first, second = pages(source)
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in second
    for page in (first, second):
        assert "AGR-2026-0001" in page
        assert "SHA-256 abc" in page
    assert ("Title" in first, "Title" in second) == (True, False)


def test_a_long_table_repeats_its_header_and_loses_no_row() -> None:
    rows = [(f"row{number:03}", "x") for number in range(120)]
    found = pages(document(pdf.Table(("Name", "Much"), rows, total=("Sum", "120"))))
    assert len(found) > 2
    assert all("Much" in page for page in found)
    whole = " ".join(found)
    assert all(whole.count(name) == 1 for name, _much in rows)
    assert "Sum" in found[-1]


def test_a_row_higher_than_a_page_goes_on_on_the_next() -> None:
    words = " ".join(f"word{number:04}" for number in range(1500))
    found = pages(document(pdf.Table(("Text", "N"), [(words, "1")], widths=(1, 3))))
    whole = " ".join(found)
    assert len(found) > 1
    assert all(f"word{number:04}" in whole for number in range(1500))


def test_an_empty_table_says_so() -> None:
    [page] = pages(document(pdf.Table(("Name",), [], empty="Nothing yet.")))
    assert "Nothing yet." in page


def test_columns_begin_where_the_language_begins() -> None:
    table = pdf.Table(("First", "Second"), [("aaa", "bbb")], numbers=(1,))
    english, arabic = places(document(table)), places(document(table, language="ar"))
    assert english["aaa"][0] < 100
    assert english["bbb"][0] > 400
    assert arabic["aaa"][0] > 400
    assert arabic["bbb"][1] < 200
    # A label and its value: side by side, from the side where the language begins.
    facts = pdf.Facts([("Label", "value")])
    english, arabic = places(document(facts)), places(document(facts, language="ar"))
    assert english["Label"][0] < english["value"][0] < 300
    assert arabic["Label"][0] > arabic["value"][0] > 300


def test_arabic_is_shaped_and_can_be_copied() -> None:
    [page] = pages(document(pdf.Paragraph("كتاب جديد"), language="ar"))
    assert "كتاب جديد" in page
    paper = Paper(rtl=True, language="ar")
    # Joined letters have other forms, and another width, than the same letters alone; a vowel sign takes no room.
    joined, alone = paper.width("ههه"), 3 * paper.width("ه")
    assert abs(joined - alone) > 0.1 * alone
    assert paper.width("مُحَمَّد") == pytest.approx(paper.width("محمد"))
    paper.close()


def test_each_line_of_a_cell_has_its_own_direction() -> None:
    # On paper the number stands at the right of the Arabic word, whatever the line above begins with.
    table = pdf.Table(("A",), [("Two people\n67 يوم",)])
    found = places(document(table, language="ar"))
    assert found["67"][0] > found["يوم"][0]


def test_markdown_gives_headings_lists_and_paragraphs() -> None:
    text = "## Aims\n\nSome *plain* words.\n\n1. first\n2. second\n   - deep\n\n<b>raw</b>"
    [page] = pages(document(pdf.Paragraph(text, markdown=True)))
    for part in ("Aims", "Some plain words.", "1.", "first", "2.", "second", "•", "deep", "<b>raw</b>"):
        assert part in page
    assert "##" not in page


def test_a_signature_stays_whole() -> None:
    filler = [pdf.Paragraph("x")] * 33
    signature = pdf.Signature("Nile Institute", [("Signed by", "Amal")], "What the click means.")
    found = pages(document(*filler, signature))
    assert len(found) == 2
    for part in ("Nile Institute", "Signed by", "Amal", "What the click means."):
        assert part in found[1]


@pytest.mark.parametrize("partners", [None, 2, 8, 40])
def test_the_pattern_of_any_number_of_partners_can_be_drawn(partners) -> None:
    [page] = pages(document(pdf.Paragraph("text"), lattice=partners))
    assert "text" in page


def test_the_same_document_is_the_same_bytes() -> None:
    source = document(pdf.Paragraph("text"), lattice=5, footer=["f"])
    assert pdf.make(source) == pdf.make(source)
