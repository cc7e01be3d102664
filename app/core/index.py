"""The word index: one normaliser for all scripts, one table for all kinds of things, on both databases.

A feature calls `put` in the transaction that changes a thing and `drop` when it is gone from public lists; who may
see a hit is asked by the feature's own query, which joins `matching(...)`.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import snowballstemmer
from sqlalchemy import Integer, Select, String, Text, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import dialects
from app.core.db import Base, db, require_scope

MOST_HITS = 1000
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_ARABIC_MARKS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_ARABIC_FOLD = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ؤ": "و", "ئ": "ي"}
)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


class IndexEntry(Base):
    """The words of one thing."""

    __tablename__ = "index_entry"
    __table_args__ = (UniqueConstraint("kind", "ref_id"),)

    kind: Mapped[str] = mapped_column(String(20))
    ref_id: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Text)


@lru_cache(maxsize=2)
def _stemmer(language: str) -> Any:
    return snowballstemmer.stemmer(language)


def fold(text: str) -> str:
    """The text with the differences taken out that a reader does not type: case, accents, Arabic marks and forms."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _ARABIC_MARKS.sub("", text).translate(_ARABIC_FOLD)
    return "".join(mark for mark in unicodedata.normalize("NFD", text) if not unicodedata.combining(mark))


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    if "\u0600" <= word[0] <= "\u06ff":
        bare = word[1:] if word.startswith("و") and len(word) > 4 else word
        return str(_stemmer("arabic").stemWord(bare)) or bare
    return str(_stemmer("english").stemWord(word)) if word.isascii() else word


def tokens(text: str, limit: int = 4000) -> list[str]:
    """The words of a text as the index keeps them, in order; scripts without blanks are cut into signs."""
    found: list[str] = []
    for word in _WORD.findall(fold(text[:60_000])):
        found.extend(_CJK.findall(word) if _CJK.search(word) else [_stem(word[:60])])
        if len(found) >= limit:
            break
    return found[:limit]


def put(kind: str, ref_id: int, *texts: str | None) -> None:
    """Keep (or renew) the words of a thing; call inside the transaction that changes it."""
    require_scope()
    words = words_of(kind, *texts)
    entry = db.session.scalars(
        select(IndexEntry).where(IndexEntry.kind == kind, IndexEntry.ref_id == ref_id)
    ).first()
    if entry is None:
        db.session.add(IndexEntry(kind=kind, ref_id=ref_id, words=words))
    elif entry.words != words:
        entry.words = words


def words_of(kind: str, *texts: str | None) -> str:
    """The words of a thing as they are kept; what takes long about `put`, for who puts many at once."""
    return f"kind{kind} " + " ".join(word for text in texts if text for word in tokens(text))


def put_many(kind: str, words: Mapping[int, str]) -> None:
    """Keep (or renew) the words of many things, as `words_of` made them: id → words."""
    require_scope()
    ids = list(words)
    for at in range(0, len(ids), MOST_HITS):
        db.session.execute(
            delete(IndexEntry)
            .where(IndexEntry.kind == kind, IndexEntry.ref_id.in_(ids[at : at + MOST_HITS]))
            .execution_options(synchronize_session=False)
        )
    rows = ((kind, ref_id, text) for ref_id, text in words.items())
    table = Base.metadata.tables[IndexEntry.__tablename__]
    dialects.insert_many(db.session.connection(), table, ("kind", "ref_id", "words"), rows)


def drop(kind: str, ref_id: int) -> None:
    """Forget a thing."""
    require_scope()
    db.session.execute(delete(IndexEntry).where(IndexEntry.kind == kind, IndexEntry.ref_id == ref_id))


def hits(kind: str, words: str, limit: int = MOST_HITS) -> list[int] | None:
    """Ids of the newest things that have all the words (as beginnings); None when no word is left. One statement."""
    wanted = tokens(words, 12)
    if not wanted:
        return None
    found = dialects.text_hits(db.engine.dialect.name, [f"kind{kind}"], wanted, limit, every=True)
    return list(db.session.scalars(found))


def among(found: list[int]) -> Select[Any]:
    """A select of `ref_id` of these ids, which stand in it as the parameter `hits`: see `hit_value`."""
    return dialects.id_list(db.engine.dialect.name, "hits", hit_value(found))


def hit_value(found: list[int]) -> Any:
    """Ids as the value of the parameter `hits`, for a statement that is kept."""
    return dialects.id_value(db.engine.dialect.name, found)


def matching(kind: str, words: str, limit: int = MOST_HITS) -> Select[Any] | None:
    """A select of `ref_id` of what `hits` finds; None when no word is left.

    The words are looked up here, once: a page asks for its rows and for their number.
    """
    found = hits(kind, words, limit)
    return None if found is None else among(found)


def similar(kind: str, text: str, limit: int = 5, but: int | None = None) -> list[int]:
    """Ids of the things most like a text, best first: any of its rarer words, ranked among the newest hits."""
    wanted = sorted(
        {word for word in tokens(text, 200) if len(word) > 2}, key=lambda word: (-len(word), word)
    )[:16]
    if not wanted:
        return []
    rows = db.session.execute(
        dialects.text_ranked(db.engine.dialect.name, f"kind{kind}", wanted, MOST_HITS, limit + 1)
    )
    return [ref_id for (ref_id, _score) in rows if ref_id != but][:limit]
