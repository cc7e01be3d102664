"""Which passwords are too common to be accepted."""

import gzip
import pathlib
import unicodedata
from functools import lru_cache

_LIST = pathlib.Path(__file__).resolve().parent.parent / "data" / "common-passwords.txt.gz"


@lru_cache(maxsize=1)
def _common() -> bytes:
    """The list as one block of lines, a line break before the first: far smaller in memory than a set of texts."""
    return b"\n" + gzip.decompress(_LIST.read_bytes())


def is_common_password(text: str) -> bool:
    """Whether a password is on the shipped list of common ones, whatever its capitals or spaces around it."""
    word = unicodedata.normalize("NFC", text).strip().lower().encode()
    return bool(word) and b"\n" not in word and b"\n" + word + b"\n" in _common()
