"""Text from people: what comes in, what goes out."""

import pytest

from app.core.text import clean_line, clean_text, excerpt, initials, is_key, key_of, render_markdown


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (None, ""),
        ("  a \r\n b\rc  ", "a \n b\nc"),
        ("a\x00b\x07c\x7f", "abc"),
        ("Cafe\u0301", "Café"),
        ("ab\u202etxt.exe", "abtxt.exe"),
        ("\u2066left\u2069", "left"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\ufeffstart", "start"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_text_is_cleaned(typed, kept) -> None:
    assert clean_text(typed) == kept


def test_half_a_character_does_not_get_through() -> None:
    assert clean_text("a\ud800b") == "a?b"


def test_a_line_is_one_line() -> None:
    assert clean_line(" a\n\n b\t c ") == "a b c"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**bold**", "<p><strong>bold</strong></p>"),
        ("# Head", "<h3>Head</h3>"),
        ("#### Deep", "<h3>Deep</h3>"),
        ("## First\n\n### Second", "<h3>First</h3>\n<h4>Second</h4>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    ],
)
def test_markdown_is_shown_and_html_is_text(source, html) -> None:
    assert str(render_markdown(source)).strip() == html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "JaVaScRiPt:x"])
def test_links_that_run_something_are_no_links(url) -> None:
    assert "href" not in str(render_markdown(f"[x]({url})"))


@pytest.mark.parametrize("url", ["https://a.example/", "http://a.example/", "mailto:a@b.example"])
def test_links_to_places_are_links(url) -> None:
    html = str(render_markdown(f"[x]({url})"))
    assert f'href="{url}"' in html
    assert "nofollow" in html


def test_pictures_are_left_out() -> None:
    assert "<img" not in str(render_markdown("![x](https://a.example/x.png)"))


def test_tables_are_taken() -> None:
    assert "<table>" in str(render_markdown("| a |\n|---|\n| b |"))


def test_nothing_is_nothing() -> None:
    assert str(render_markdown(None)) == ""


@pytest.mark.parametrize(("typed", "key"), [("42", 42), ("0", 0), (7, 7), ("999999999", 999999999)])
def test_the_number_of_a_record_is_read(typed, key) -> None:
    assert key_of(typed) == key


@pytest.mark.parametrize("typed", [None, "", "-1", "4.2", "٤٢", "²", "1000000000", "x", " 4"])
def test_what_is_no_number_of_a_record_is_none(typed) -> None:
    assert key_of(typed) is None
    assert not is_key(typed or "")


def test_an_excerpt_ends_at_a_word() -> None:
    assert excerpt("short", 10) == "short"
    assert excerpt("one two, three", 9) == "one two…"
    assert excerpt(None) == ""
    assert len(excerpt("word " * 100, 50)) <= 51


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Amal", "A"),
        ("Amal Haddad", "A\u200cH"),
        ("Ana María de la Cruz", "A\u200cC"),
        ("أمل حداد", "أ\u200cح"),
        ("Jean-Luc", "J\u200cL"),
        ("123 !", "?"),
        ("", "?"),
    ],
)
def test_initials_are_first_letters(name, letters) -> None:
    assert initials(name) == letters
