"""Reads of the audit: entries for those who may see them, actions in words, and whether the chain is whole."""

from app.audit.queries.chain import Verdict, verify
from app.audit.queries.entries import (
    NEWEST,
    Asked,
    entries,
    export,
    newest_of_everybody,
    of_thing,
    people_named,
    person_name,
    reading_until,
)

__all__ = [
    "NEWEST",
    "Asked",
    "Verdict",
    "entries",
    "export",
    "newest_of_everybody",
    "of_thing",
    "people_named",
    "person_name",
    "reading_until",
    "verify",
]
