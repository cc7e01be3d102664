"""Fields of research: OpenAlex's four domains, 26 fields and 252 subfields, in English and Arabic.

Codes are a letter for the level and OpenAlex's number: `d3` Physical Sciences, `f22` Engineering, `s2208`
Electrical and Electronic Engineering. A name may occur under two parents: show the path where it could be mistaken.
"""

from functools import lru_cache
from typing import NamedTuple

from app.core.collation import collation_key
from app.core.vocab.terms import language_of, load


class FieldNode(NamedTuple):
    """A domain, field or subfield with what lies below it, sorted by label."""

    code: str
    label: str
    children: tuple["FieldNode", ...] = ()


@lru_cache(maxsize=1)
def _data() -> dict[str, tuple[str, str, str]]:
    """Every code to (parent code or "", English label, Arabic label)."""
    return {code: (parent, en, ar) for code, parent, en, ar in load("fields.json")}


def _worded(row: tuple[str, str, str], lang: str) -> str:
    return row[2] if lang == "ar" else row[1]


def _branch(parent: str, lang: str) -> tuple[FieldNode, ...]:
    nodes = (
        FieldNode(code, _worded(row, lang), _branch(code, lang))
        for code, row in _data().items()
        if row[0] == parent
    )
    return tuple(sorted(nodes, key=lambda node: collation_key(node.label, lang)))


@lru_cache(maxsize=4)
def _tree(lang: str) -> tuple[FieldNode, ...]:
    return _branch("", lang)


def field_tree(locale: object = "en") -> tuple[FieldNode, ...]:
    """The domains, each with its fields, each with its subfields."""
    return _tree("ar" if language_of(locale) == "ar" else "en")


def field_label(code: str, locale: object = "en") -> str:
    """The name of a domain, field or subfield; the code itself when it is unknown."""
    row = _data().get(code)
    return _worded(row, language_of(locale)) if row else code


def field_ancestors(code: str) -> tuple[str, ...]:
    """The codes above this one, widest first: `("d3", "f22")` of `s2208`; none for a domain or an unknown code."""
    above: list[str] = []
    while code in _data() and (code := _data()[code][0]):
        above.insert(0, code)
    return tuple(above)


def field_within(code: str) -> tuple[str, ...]:
    """The code and every code below it: what a filter for a field has to match; none for an unknown code."""
    if code not in _data():
        return ()
    below = (inner for child, row in _data().items() if row[0] == code for inner in field_within(child))
    return (code, *below)


def is_field(code: str) -> bool:
    """Whether this is the code of a domain, field or subfield."""
    return code in _data()
