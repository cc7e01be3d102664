"""What a term of a vocabulary looks like, and how the files of `app/data` are read."""

import json
import pathlib
from typing import Any, NamedTuple

DATA = pathlib.Path(__file__).resolve().parents[2] / "data"


class Term(NamedTuple):
    """One entry of a vocabulary, worded for one locale; `title` is the long form where there is one."""

    code: str
    label: str
    title: str = ""


def load(name: str) -> Any:
    """The content of one JSON file of `app/data`."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def language_of(locale: object) -> str:
    """The bare language code of a locale: `ar` of `ar_EG`, `ar-EG` or Babel's locale object."""
    return str(locale).replace("-", "_").split("_", maxsplit=1)[0].lower()
