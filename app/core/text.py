"""Text that people write: cleaned when it comes in, Markdown made safe when it goes out."""

import re
import unicodedata
from functools import lru_cache

import nh3
from email_validator import EmailNotValidError, validate_email
from markdown_it import MarkdownIt
from markupsafe import Markup

KEY_DIGITS = 9  # no number of a record is longer
# Control characters, and the bidi overrides and isolates that can make one text look like another.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0080-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li",
    "h3", "h4", "h5", "h6", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable("table")


def clean_text(value: str | None) -> str:
    """Free text: NFC, one kind of line end, no control or bidi override characters, no outer blanks."""
    text = (value or "").replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text)).strip()


def clean_line(value: str | None) -> str:
    """One line of text: like clean_text, with all white space folded to single blanks."""
    return " ".join(clean_text(value).split())


def key_of(typed: object) -> int | None:
    """The number of a record (or its version) as an address or a hidden field carries it; None for anything else."""
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= KEY_DIGITS else None


def is_key(typed: str) -> bool:
    """Whether this can be the number of a record."""
    return key_of(typed) is not None


@lru_cache(maxsize=512)
def _render(source: str) -> str:
    tokens = _markdown.parse(source)
    # A page has one h1 and its own h2: the highest headings of a text are h3, whatever sign they were written with.
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) - highest + 3)}"
    dirty = _markdown.renderer.render(tokens, _markdown.options, {})
    return nh3.clean(
        dirty,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
    )


def render_markdown(source: str | None) -> Markup:
    """CommonMark as safe HTML: raw HTML shown as text, links to http, https and mailto only."""
    return Markup(_render(source or ""))  # noqa: S704 - the sanitiser above made it safe


def excerpt(source: str | None, length: int = 200) -> str:
    """The beginning of a text, cut at a word."""
    text = clean_line(source)
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(" ,.;:،؛") + "…"


def initials(name: str) -> str:
    """At most two first letters of a name, for the square beside it."""
    words = [word for word in re.split(r"[\s\-]+", name) if word and word[0].isalpha()]
    if not words:
        return "?"
    picked = [words[0]] if len(words) == 1 else [words[0], words[-1]]
    return "\u200c".join(word[0].upper() for word in picked)


def canonical_email(text: str) -> str | None:
    """An address as it is kept: one form for each, lower case, as every mail server takes it; None when it is none.

    >>> canonical_email(" Amal@University.example ")
    'amal@university.example'
    """
    try:
        found = validate_email(clean_line(text), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    address = (found.ascii_email or "").lower()
    return address if 0 < len(address) <= 254 else None
