"""What the database refuses, and the forms of identifiers."""

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.core.db import db
from app.outcomes.models import identifier, web_address
from app.outcomes.models.complete import numbers
from tests.outcomes.support import make_world, outcome_of

IMPOSSIBLE = (
    ("outcome", "state = 'unheard_of'"),
    ("outcome", "kind = 'unheard_of'"),
    ("outcome", "licence = 'unheard_of'"),
    ("outcome", "kind = 'negative_result', is_negative = FALSE"),
    ("outcome", "confirmer_id = institution_id"),
    ("outcome", "confirmed_by_id = claimer_id"),
    ("outcome", "confirmed_by_id = NULL"),
    ("outcome", "published_at = NULL"),
    ("outcome", "window_ends_at = NULL"),
    ("outcome", "state = 'retracted'"),
    ("outcome", "project_id = NULL"),
    ("outcome_credit", "role = 'king'"),
    ("outcome_credit", "decided_by_id = NULL"),
    ("outcome_confirmation", "decision_code = NULL"),
    ("problem_answer", "side = 'nobody'"),
    ("problem_answer", "decided_at = '2026-01-01 00:00:00+00'"),
)


def test_the_database_refuses_the_impossible(app):
    outcome_of(make_world(), "published")
    for table, change in IMPOSSIBLE:
        with pytest.raises(DatabaseError), db.engine.begin() as connection:
            connection.execute(text(f"UPDATE {table} SET {change}"))


@pytest.mark.parametrize(
    ("scheme", "typed", "kept"),
    [
        ("doi", "10.1000/182", "10.1000/182"),
        ("doi", "DOI: 10.1000/182", "10.1000/182"),
        ("doi", "http://dx.doi.org/10.1000/182", "10.1000/182"),
        ("doi", "10.1/1", None),
        ("doi", '10.1000/"><b>', None),
        ("patent", "ep 1 234 567 a1", "EP1234567A1"),
        ("patent", "nothing", None),
        ("handle", "https://hdl.handle.net/2381/12345", "2381/12345"),
        ("handle", "2381", None),
        ("isbn", "0-306-40615-2", "0306406152"),
        ("isbn", "0-306-40615-3", None),
        ("repository", "https://git.example.org/a/b", "https://git.example.org/a/b"),
        ("repository", "javascript:alert(1)", None),
        ("repository", "https://user@evil.example.org/", None),
        ("orcid", "0000-0001-2345-6789", None),
    ],
)
def test_identifiers_have_a_form(scheme, typed, kept):
    assert identifier(scheme, typed) == kept


@pytest.mark.parametrize(
    "typed", ["ftp://a.example.org", "https://nodots", "https://[bad", "https://a.example.org:x", ""]
)
def test_only_addresses_of_the_web(typed):
    assert web_address(typed) is None


def test_only_what_is_a_number_gets_a_bar():
    assert numbers({"baseline": "35", "target": "less", "reached": "1,190"}) == (Decimal(35), None, None)
    assert numbers({"baseline": None}) == (None, None, None)
