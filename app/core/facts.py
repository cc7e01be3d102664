"""Facts that are kept now and put into words later, in somebody else's language: days, instants and lazy sentences.

A notice keeps its facts as JSON. `keep` turns what JSON does not know into something it does, `restore` turns it back
when the reader's language is spoken.
"""

import re
from datetime import date, datetime
from typing import Any

from app.core.i18n import LazyText

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)")
_SENTENCE = "sentence"


def keep(value: Any) -> Any:
    """The value as JSON knows it: days and instants as ISO text, a lazy sentence as its English text with its facts."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, LazyText):
        return {_SENTENCE: value.message, "context": value.context, "facts": keep(value.facts)}
    if isinstance(value, dict):
        return {str(key): keep(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [keep(item) for item in value]
    return value


def restore(value: Any) -> Any:
    """The value as templates use it: ISO days and instants as date and datetime, sentences to be translated."""
    if isinstance(value, str):
        return _restore_text(value)
    if isinstance(value, dict):
        if _SENTENCE in value:
            return LazyText(value[_SENTENCE], value.get("context"), **restore(value.get("facts") or {}))
        return {key: restore(item) for key, item in value.items()}
    if isinstance(value, list):
        return [restore(item) for item in value]
    return value


def _restore_text(text: str) -> Any:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:  # such as 2026-13-45: somebody's text that only looks like a day
        return text
    return text
