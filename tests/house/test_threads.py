"""What all threads of a process share is whole before the first of them asks."""

import sys
from types import ModuleType

from flask import Flask
from sqlalchemy import inspect, literal_column
from sqlalchemy.orm.util import AliasedClass

from app.core import kept, waiting


def _modules() -> list[ModuleType]:
    return [module for name, module in sorted(sys.modules.items()) if name.startswith("app.")]


def test_shared_aliases_have_their_columns(app: Flask) -> None:
    """`core.db.alias` makes them; `aliased` would leave that to the first threads that come, each for itself."""
    shared = [
        (f"{module.__name__}.{name}", value)
        for module in _modules()
        for name, value in vars(module).items()
        if isinstance(value, AliasedClass)
    ]
    assert len(shared) > 10
    assert [where for where, value in shared if "_columns" not in vars(inspect(value).selectable)] == []


def test_every_source_of_what_waits_says_what_it_selects_from(app: Flask, monkeypatch) -> None:
    """The count takes their columns away; what these alone brought in would be gone, and with it the rows."""
    monkeypatch.setattr(kept.AnyReader, "holds_any", lambda _self, *_roles: True)
    reader = kept.AnyReader(frozenset(), is_signed_in=True)
    one = literal_column("1").label("one")
    offered = [(offer, offer(reader)) for offer in waiting._sources]
    assert len(offered) > 40
    assert [
        f"{offer.__module__}.{offer.__qualname__}"
        for offer, query in offered
        if query is not None
        and str(query.with_only_columns(one)) != str(query.with_only_columns(one, maintain_column_froms=True))
    ] == []
