"""Rows that come within a row: the same on both databases."""

from sqlalchemy import literal, select

from app.core.db import db
from app.core.written import rows_within
from app.institutions.models import Institution
from tests.factories import make_institution


def within(query):
    return db.session.execute(select(literal(1), rows_within(query))).one()[1]


def test_they_come_in_the_order_of_the_query(app):
    for name in ("Beta", 'Gam"ma', "Alpha", "دلتا"):
        make_institution(name)
    names = select(Institution.name, Institution.established).order_by(Institution.sort_name.desc())
    found = within(names)
    assert found == [list(row) for row in db.session.execute(names)]
    assert found[-1] == ["Alpha", None]
    assert within(names.limit(2)) == found[:2]


def test_none_are_an_empty_list(app):
    assert within(select(Institution.id).where(Institution.id == 0)) == []
