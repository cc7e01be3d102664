"""Passwords: which are accepted, how they are kept, and that checking one costs the same for everybody.

Argon2id with OWASP's first choice (19 MiB, two passes, one lane). No more than two are worked out at once in a
process, so that many sign-ins at the same time cannot eat the memory.
"""

import gzip
import pathlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.i18n import LazyText, _l
from app.core.index import fold

SHORTEST = 15
LONGEST = 512
STRONG = 22
FEWEST_DIFFERENT = 5
PORTAL_NAMES = ("taawun", "تعاون")
SHORTEST_WORD = 4  # of a name: shorter ones occur in too many good passwords

_LIST = pathlib.Path(__file__).resolve().parent.parent / "data" / "common-passwords.txt.gz"
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_at_once = BoundedSemaphore(2)


@lru_cache(maxsize=1)
def _common() -> bytes:
    """The list as one block of lines, a line break before the first: far smaller in memory than a set of texts."""
    return b"\n" + gzip.decompress(_LIST.read_bytes())


def is_common_password(text: str) -> bool:
    """Whether a password is on the shipped list of common ones, whatever its capitals or spaces around it."""
    word = unicodedata.normalize("NFC", text).strip().lower().encode()
    return bool(word) and b"\n" not in word and b"\n" + word + b"\n" in _common()


def _plain(text: str) -> str:
    """Letters and digits alone, folded: what is compared to find a name inside a password."""
    return re.sub(r"[\W_]+", "", fold(text))


def _names_in(password: str, own: Iterable[str]) -> bool:
    typed = _plain(password)
    words: set[str] = {_plain(name) for name in PORTAL_NAMES}
    for text in own:
        whole = _plain(text)
        if len(whole) >= (2 if not whole.isascii() else SHORTEST_WORD):
            words.add(whole)
        words.update(
            word for word in map(_plain, re.split(r"[\s@.\-_+]+", text)) if len(word) >= SHORTEST_WORD
        )
    return any(word in typed for word in words)


def fault_of(password: str, own: Iterable[str] = ()) -> LazyText | None:
    """Why a new password is not accepted, as a sentence; None for a good one.

    `own` are texts of the person that must not be inside it: names, the part of the address before the @. Any
    characters will do, there is nothing that it must be made of.
    """
    text = unicodedata.normalize("NFC", password)
    if not text:
        return _l("Enter a password")
    if len(text) < SHORTEST:
        return _l(
            "Use at least %(least)s characters: a few words in a row are easy to remember", least=SHORTEST
        )
    if len(text) > LONGEST:
        return _l("Use at most %(most)s characters", most=LONGEST)
    if is_common_password(text) or len(set(text)) < FEWEST_DIFFERENT:
        return _l("Choose another: this one is among the first that others would try")
    if _names_in(text, own):
        return _l("Choose one without your name, your address or the name of the portal in it")
    return None


def strength_of(password: str) -> LazyText:
    """How strong a password is, in words. Length is what counts."""
    length = len(unicodedata.normalize("NFC", password))
    if length < SHORTEST:
        return _l("too short")
    return _l("strong") if length >= STRONG else _l("good")


def hash_password(password: str) -> str:
    """What is kept of a password (in NFC, whole): an argon2id text with its salt and parameters."""
    with _at_once:
        return _hasher.hash(unicodedata.normalize("NFC", password))


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hash_password("nobody signs in with this")


def is_right(kept: str | None, password: str) -> bool:
    """Whether this is the password that was kept; without one the same work is done and the answer is no."""
    typed = unicodedata.normalize("NFC", password)
    # More than can have been accepted is checked too, so that its answer takes as long as any other.
    known = kept if kept and len(typed) <= LONGEST else _nobodys_hash()
    with _at_once:
        try:
            _hasher.verify(known, typed[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return known == kept


def is_outdated(kept: str) -> bool:
    """Whether it was kept with weaker parameters than those of today."""
    return _hasher.check_needs_rehash(kept)
