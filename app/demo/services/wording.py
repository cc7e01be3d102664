"""Words for a filled portal: made-up names, and texts put together from the demonstration's own problem statements.

Everything follows from the random numbers handed in, so that the same seed gives the same portal.
"""

import json
import pathlib
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from app.core import vocab
from app.core.index import tokens

DATA = pathlib.Path(__file__).parents[1] / "data"
LANGUAGES = ("en",) * 14 + ("ar",) * 4 + ("fr",) * 2
PLACES = 3000
Draw = Callable[[], str]
_STARTS = ("b", "d", "f", "g", "h", "k", "l", "m", "n", "r", "s", "t", "w", "y", "z", "sh", "kh", "q")
_VOWELS = ("a", "i", "u", "o", "e", "aa")
_ARABIC = {
    "b": "ب", "d": "د", "f": "ف", "g": "غ", "h": "ه", "k": "ك", "l": "ل", "m": "م", "n": "ن", "r": "ر", "s": "س",
    "t": "ت", "w": "و", "y": "ي", "z": "ز", "sh": "ش", "kh": "خ", "q": "ق",
    "a": "", "i": "ي", "u": "و", "o": "و", "e": "", "aa": "ا",
}  # fmt: skip
_INSTITUTIONS: dict[str, tuple[str, ...]] = {
    "en": ("University of {}", "{} Institute of Technology", "{} Research Centre", "{} General Hospital"),
    "ar": ("جامعة {}", "معهد {} للتقنية", "مركز {} للبحوث", "مستشفى {} العام"),
    "fr": ("Université de {}", "Institut polytechnique de {}", "Centre de recherche de {}", "Hôpital de {}"),
}
_TITLES: dict[str, tuple[str, ...]] = {
    "en": ("{} and {} in {}", "{}: too little {} in {}", "How to join {} with {} in {}"),
    "ar": ("{} و{} في {}", "{}: نقص {} في {}", "كيف نجمع بين {} و{} في {}"),
    "fr": ("{} et {} à {}", "{} : trop peu de {} à {}", "Relier {} et {} à {}"),
}


@dataclass(frozen=True)
class Piece:
    """A text and the words under which the index keeps it, worked out once."""

    text: str
    words: str


@dataclass
class Pool:
    """What texts of one language are put together from."""

    sentences: list[Piece] = field(default_factory=list)
    keywords: list[Piece] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def piece(text: str) -> Piece:
    """A text with its words."""
    return Piece(text, " ".join(tokens(text)))


@lru_cache(maxsize=1)
def pools() -> dict[str, Pool]:
    """The pools by language, filled from the demonstration's problem statements."""
    found = {code: Pool() for code in dict.fromkeys(LANGUAGES)}
    rows: list[dict[str, Any]] = json.loads((DATA / "problems.json").read_text(encoding="utf-8"))
    for row in rows:
        pool = found[row["language"]]
        text = re.sub(r"(?m)^#.*$|^- ", "", f"{row['summary']}\n{row['statement']}\n{row['tried'] or ''}")
        pool.sentences += [
            piece(part.strip()) for part in re.split(r"(?<=[.؟?!])\s+", text) if 30 < len(part) < 300
        ]
        pool.keywords += [piece(word) for word in row["keywords"]]
        pool.lines += [line["text"] for line in (*row["brings"], *row["needs"])]
    return found


def place(luck: random.Random) -> tuple[str, str]:
    """A made-up name in Latin and in Arabic letters, such as ("Karumi", "كرومي")."""
    parts = [
        part
        for _ in range(luck.choice((2, 3, 3, 4)))
        for part in (luck.choice(_STARTS), luck.choice(_VOWELS))
    ]
    return "".join(parts).capitalize(), "".join(_ARABIC[part] for part in parts)


def institution_name(luck: random.Random, language: str) -> str:
    """A made-up institution's name in a language."""
    latin, arabic = place(luck)
    return luck.choice(_INSTITUTIONS[language]).format(arabic if language == "ar" else latin)


@lru_cache(maxsize=1)
def places() -> list[tuple[Piece, Piece]]:
    """Places that things are about, in Latin and Arabic letters: so many that few share one, each put into words once."""
    mixed = random.Random(23)  # noqa: S311 - made-up content
    return [(piece(latin), piece(arabic)) for latin, arabic in (place(mixed) for _ in range(PLACES))]


def title(luck: random.Random, language: str) -> tuple[str, str]:
    """A made-up title with its words."""
    one, other = luck.sample(pools()[language].keywords, 2)
    latin, arabic = luck.choice(places())
    named = arabic if language == "ar" else latin
    text = luck.choice(_TITLES[language]).format(one.text, other.text, named.text)
    return (text[0].upper() + text[1:])[:80], f"{one.words} {other.words} {named.words}"


def prose(luck: random.Random, language: str, sentences: int, most: int) -> tuple[str, str]:
    """Some sentences that fit into `most` characters, with their words."""
    chosen = luck.sample(pools()[language].sentences, sentences)
    while len(chosen) > 1 and sum(len(part.text) + 1 for part in chosen) > most:
        chosen.pop()
    return " ".join(part.text for part in chosen)[:most], " ".join(part.words for part in chosen)


def chooser(values: list[str], luck: random.Random) -> Draw:
    """Draw from values so that the first come often and the last seldom, as the world does."""
    weights = [1 / (at + 3) for at in range(len(values))]
    stock: list[str] = []

    def draw() -> str:
        if not stock:
            stock.extend(luck.choices(values, weights, k=5000))
        return stock.pop()

    return draw


@lru_cache(maxsize=1)
def codes() -> dict[str, list[str]]:
    """Goals, subfields, countries and kinds, each in an order of our own."""
    mixed = random.Random(17)  # noqa: S311 - made-up content
    subfields = [
        leaf.code for domain in vocab.field_tree() for node in domain.children for leaf in node.children
    ]
    found = {
        "sdg": [term.code for term in vocab.sdg_goals()],
        "field": subfields,
        "country": [term.code for term in vocab.countries()],
        "kind": list(vocab.KINDS),
    }
    for values in found.values():
        mixed.shuffle(values)
    return found
