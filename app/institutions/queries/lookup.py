"""Finding an institution by whatever people call it: any name, acronym or script, typing errors forgiven.

Names that are, or begin with, what was typed come from an index; names that look like it share three-letter pieces
with it (`core.dialects.names_like`) and are ranked finely here. An address as printed in a paper ("Department of
Chemistry, University of X, Y") works too: each part of it is tried.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlalchemy import select

from app.core import dialects, vocab
from app.core.db import db
from app.core.index import fold
from app.core.text import clean_line
from app.institutions.models import Institution, InstitutionName

MOST_TYPED = 300
MOST_PARTS = 6
MOST_PIECES = 16
LONGEST_WORDS = 40
POOL = 60
ENOUGH = 10
LEAST_SCORE = 66.0
# Words that stand in the names of thousands: their pieces would find half the registry.
GENERIC = (
    "university universidad universidade universite universita universitat universiteit institute instituto institut "
    "national international research center centre hospital college school department faculty foundation of the and "
    "for de la du des del da do e y science sciences technology medical health education company limited association "
    "society agency ministry council group laboratory academy"
)
# Parts of an address that name a unit inside an institution: the institution stands in another part.
UNITS = (
    "department",
    "dept",
    "faculty",
    "division",
    "section ",
    "chair ",
    "departamento",
    "facultad",
    "faculdade",
)
_PARTS = re.compile(r"[,;/()|\n]+")
_SIGNS = re.compile(r"[^\w\s]+")


def _pieces(text: str) -> list[str]:
    return [text[at : at + 3] for at in range(max(0, len(text) - 2))]


_COMMON = frozenset(piece for word in GENERIC.split() for piece in _pieces(f" {word} "))
_GENERIC_WORDS = frozenset(GENERIC.split())


@dataclass(frozen=True)
class Found:
    """An institution as look-up shows it. `alias` is the name that fitted, where it is not the one shown."""

    id: int
    name: str
    country: str
    city: str
    state: str
    ror: str | None
    score: float
    alias: str | None = None


def find(words: str, limit: int = 10, country: str | None = None) -> list[Found]:
    """The institutions most likely meant, best first, at most `limit`; closed and merged ones are left out.

    Two to eight statements, whatever the registry's size: one for names that start like it, one for each part of an
    address with commas, one for what is shown.
    """
    typed = fold(clean_line(words)[:MOST_TYPED])
    whole = " ".join(_SIGNS.sub(" ", typed).split())
    if not whole:
        return []
    parts = list(dict.fromkeys(part.strip() for part in _PARTS.split(typed) if len(part.strip()) > 1))
    parts = [part for part in parts if not part.startswith(UNITS)] or parts
    parts = parts[-MOST_PARTS:] or [whole]
    scores: dict[int, tuple[float, str]] = {}
    _keep(scores, whole, parts, _starting(typed))
    _keep(scores, whole, parts, _named(parts))
    for part in parts:
        _keep(scores, whole, parts, _like(part, starting=len(scores)))
    return _shown(scores, whole, limit, country)


def _starting(typed: str) -> Iterable[tuple[int, str]]:
    return db.session.execute(dialects.names_starting(db.engine.dialect.name, typed, POOL))  # type: ignore[return-value]


def _named(parts: list[str]) -> Iterable[tuple[int, str]]:
    if len(parts) == 1:
        return ()
    return db.session.execute(
        select(InstitutionName.institution_id, InstitutionName.folded).where(
            InstitutionName.folded.in_(parts)
        )
    )  # type: ignore[return-value]


def _like(part: str, starting: int) -> Iterable[tuple[int, str]]:
    """Names that share pieces with a part; the rare pieces only, when there are enough of them.

    `starting` is how many were found already: a part of nothing but common pieces ("national university") then
    adds nothing that would be worth reading half the registry for.
    """
    pieces = list(dict.fromkeys(_pieces(part)))
    # "y o" and "f c" only say that one word ends and another begins: with "of" hundreds of names have them.
    rare = [piece for piece in pieces if piece not in _COMMON and piece[1] != " "]
    chosen = rare if len(rare) >= 3 else [] if starting >= ENOUGH else pieces
    if not chosen:
        return ()
    step = max(1, -(-len(chosen) // MOST_PIECES))
    return db.session.execute(dialects.names_like(db.engine.dialect.name, chosen[::step], part, POOL))  # type: ignore[return-value]


def _keep(
    scores: dict[int, tuple[float, str]], whole: str, parts: list[str], names: Iterable[tuple[int, str]]
) -> None:
    """Score names, and keep the best one of each institution."""
    for key, name in names:
        score = max(_score(part, name) for part in parts)
        if len(parts) > 1:
            score = max(score, _score(whole, name))
        if score > scores.get(key, (0.0, ""))[0]:
            scores[key] = score, name


def _score(typed: str, name: str) -> float:
    """From 0 to 100: how well a folded name answers what was typed."""
    if typed == name:
        return 100.0
    score = max(fuzz.ratio(typed, name), fuzz.token_sort_ratio(typed, name) * 0.98)
    if name.startswith(typed):
        score = max(score, 90 - min(20, (len(name) - len(typed)) * 0.3))
    elif len(typed) > 3:
        score = max(score, fuzz.token_set_ratio(typed, name) * 0.88)
        if len(typed) <= LONGEST_WORDS:
            score = max(score, _by_words(typed.split(), name.split()))
    return score


def _by_words(typed: list[str], name: list[str]) -> float:
    """How well each typed word, slips forgiven, stands somewhere in the name; a little less for each word left over."""
    likest = [max(fuzz.ratio(word, other) for other in name) for word in typed]
    return sum(likest) / len(likest) * 0.9 - min(6, max(0, len(name) - len(typed)))


def _shown(scores: dict[int, tuple[float, str]], whole: str, limit: int, country: str | None) -> list[Found]:
    """The best ones with what is shown of them; an address that names the city or country helps."""
    best = sorted(scores, key=lambda key: -scores[key][0])[: max(limit * 3, 40)]
    if not best:
        return []
    query = select(
        Institution.id,
        Institution.name,
        Institution.country,
        Institution.city,
        Institution.state,
        Institution.ror,
    ).where(Institution.id.in_(best), Institution.state.not_in(["closed", "merged"]))
    if country:
        query = query.where(Institution.country == country)
    around = f" {whole} "
    found = []
    for row in db.session.execute(query):
        score, name = scores[row.id]
        if score < LEAST_SCORE:
            continue
        if row.city and f" {fold(row.city)} " in around:
            score += 4
        if f" {fold(vocab.country_name(row.country))} " in around:
            score += 2
        if row.state == "verified":
            score += 3
        found.append(Found(*row, score=score, alias=None if name == fold(row.name) else name))
    return sorted(found, key=lambda one: (-one.score, len(one.name), one.id))[:limit]
