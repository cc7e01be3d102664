"""A published problem with its author, somebody else of another institution, a lead, and a store of the test's own."""

from dataclasses import dataclass
from typing import Any

import pytest

from app.accounts.models import Person
from app.core.db import db
from app.core.files import storage
from app.problems.models import Problem
from tests.factories import affiliate, make_consortium, make_institution, make_problem


@dataclass
class World:
    """`author` posted the problem, `lead` decides about it, `other` is of another institution of the consortium."""

    problem: Problem
    author: Person
    lead: Person
    other: Person
    store: Any

    def on_disk(self) -> list[str]:
        """The names of all files in the store."""
        return sorted(file.name for file in self.store.root.parent.rglob("*") if file.is_file())


@pytest.fixture
def world(app, tmp_path, monkeypatch) -> World:
    store = storage.Folder(tmp_path / "files")
    monkeypatch.setitem(storage._stores, db.engine, store)
    home, away = make_institution(), make_institution()
    author, other, lead = affiliate(None, home), affiliate(None, away), affiliate(None, away)
    consortium = make_consortium(members=[home, away], leads=[lead])
    problem = make_problem(author=author, institution=home, consortium=consortium)
    return World(problem, author, lead, other, store)
