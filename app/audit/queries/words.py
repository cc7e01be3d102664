"""The audit in words: actions, things, and what changed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.audit.queries.actions import ACTIONS
from app.audit.queries.changes import NAMES, NUMBERED, THINGS, VALUES
from app.audit.queries.entries import OF_PEOPLE
from app.core.i18n import _, fmt_date
from app.core.vocab.kinds import is_kind, kind_label

__all__ = ["ACTIONS", "THINGS", "action", "changes", "choices", "field", "thing"]

LONGEST_VALUE = 200
DAYS = ("starts_on", "ends_on", "due_on")  # kept as 2026-11-23


def action(code: str) -> str:
    """What was done, in words; the code itself for an action of an older version."""
    return str(ACTIONS.get(code, code))


def choices() -> list[tuple[str, str]]:
    """All actions with their words, in the order of the words."""
    return sorted(((code, str(text)) for code, text in ACTIONS.items()), key=lambda pair: pair[1].casefold())


def thing(kind: str, thing_id: int | None) -> str:
    """A thing as people name it: `T-0007` for a team, else its kind and key."""
    if kind in NUMBERED and thing_id is not None:
        return f"{NUMBERED[kind]}-{thing_id:04d}"
    label = THINGS.get(kind)
    if label is None or thing_id is None:
        return _("the portal") if kind == "portal" else kind
    return _("%(thing)s %(number)s", thing=str(label), number=thing_id)


def _named(name: str, value: Any) -> str:
    """A value in words where its name has codes, else as it stands."""
    if name == "kind" and isinstance(value, str) and is_kind(value):
        return kind_label(value)
    if name in DAYS and isinstance(value, str) and value:
        return fmt_date(date.fromisoformat(value))
    words = VALUES.get(name, {})
    if isinstance(value, list) and words:
        return _value(list(dict.fromkeys(str(words.get(str(item), item)) for item in value)))
    known = words.get(value) if isinstance(value, str) else None
    return _value(value) if known is None else str(known)


def _value(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        text = _(", ").join(_value(item) for item in value)
    elif isinstance(value, dict):
        text = _(", ").join(f"{key}: {_value(item)}" for key, item in value.items())
    else:
        text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def field(name: str) -> str:
    """A field that a change touched, in words."""
    return str(VALUES["fields"].get(name, name))


def changes(
    before: dict[str, Any], after: dict[str, Any], people: Mapping[int, str] | None = None
) -> list[tuple[str, str, str]]:
    """What changed: (name, before, after), only what differs, in the order it was written down; `people` are names by key."""
    names = people or {}

    def shown(key: str, value: Any) -> str:
        return names[value] if key in OF_PEOPLE and value in names else _named(key, value)

    return [
        (str(NAMES.get(key, key.replace("_", " "))), shown(key, before.get(key)), shown(key, after.get(key)))
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]
