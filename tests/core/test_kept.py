"""Statements put together once: each kind of reader has its own, and none keeps what belongs to one person."""

from typing import Any

import pytest
from sqlalchemy import and_, literal, or_, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql import Select

from app.core import dialects
from app.core.access import VISITOR, Actor
from app.core.db import db
from app.core.kept import kept, kept_rows, now, written_out
from app.problems.models import Problem
from app.teams.models import Membership
from tests.conftest import ON_POSTGRESQL
from tests.factories import make_problem, make_team

LEAD = Actor(7, grants=frozenset({("lead", 3), ("lead", 1), ("member", 9)}))
OTHER_LEAD = Actor(8, grants=frozenset({("lead", 2), ("member", 9)}))


def counting(build: Any) -> tuple[Any, list[int]]:
    """The kept function, and how often it was really called."""
    calls: list[int] = []

    def counted(*shape: Any, **values: Any) -> Any:
        calls.append(1)
        return build(*shape, **values)

    return kept(counted), calls


def led(reader: Actor, title: Any) -> Select[Any]:
    """Problems of consortia that the reader leads, and their own."""
    query: Any = select(Problem.id).where(Problem.title == title)
    if reader.holds_any("lead"):
        query = query.where(Problem.consortium_id.in_(reader.ids("lead", "administrator")))
    return query.where(Problem.author_id == reader.id)


def test_it_is_put_together_once_for_each_kind_of_reader():
    of, calls = counting(led)
    first, values = of(LEAD, title="a")
    again, others = of(OTHER_LEAD, title="b")
    assert first is again
    assert len(calls) == 1
    held = next(name for name in values if name.startswith("reader_held_lead__administrator"))
    assert values == {"title": "a", "reader_id": 7, held: (1, 3)}
    assert others == {"title": "b", "reader_id": 8, held: (2,)}
    nobody, none = of(VISITOR, title="a")
    assert nobody is not first
    assert none == {"title": "a"}


def test_what_is_given_by_position_decides_the_shape():
    of, calls = counting(lambda descending, of_id: select(Problem.id).where(Problem.id == of_id))
    assert of(True, of_id=1)[0] is of(True, of_id=2)[0]
    assert of(True, of_id=1)[0] is not of(False, of_id=1)[0]
    assert len(calls) == 2


@pytest.mark.parametrize(
    "looks",
    [
        lambda reader: bool(reader.ids("lead")),
        lambda reader: reader.holds("lead", 1),
        lambda reader: reader.id or 0,
    ],
)
def test_nothing_of_one_person_can_get_into_it(looks):
    with pytest.raises(TypeError):
        kept(lambda reader: select(literal(str(looks(reader)))))(LEAD)


def test_it_gives_each_reader_their_own(app):
    mine, theirs = make_problem(), make_problem()
    of = kept(lambda reader, states: select(Problem.id).where(
        Problem.author_id == reader.id, Problem.state.in_(states)
    ))  # fmt: skip
    for problem in (mine, theirs):
        reader = Actor(problem.author_id)
        assert db.session.scalars(*of(reader, states=[problem.state, "draft"])).all() == [problem.id]
        assert db.session.scalars(*of(reader, states=[])).all() == []


def test_a_value_that_is_not_given_is_another_statement(app):
    of = kept(lambda states, author=None: (
        select(Problem.id).where(Problem.state.in_(states), *([] if author is None else [Problem.author_id == author]))
    ))  # fmt: skip
    mine, theirs = make_problem(), make_problem()
    states = [mine.state]
    assert db.session.scalars(*of(states=states, author=mine.author_id)).all() == [mine.id]
    assert set(db.session.scalars(*of(states=states)).all()) == {mine.id, theirs.id}


def test_nothing_held_is_in_no_list_and_outside_of_every_one(app):
    """An empty list reads as never in IN and as always in NOT IN, also where a statement has both."""

    @kept
    def ids(reader):
        return select(Problem.id).where(
            or_(
                Problem.id.in_(reader.ids("lead")),
                and_(Problem.id < 0, Problem.id.not_in(reader.ids("lead"))),
            )
        )

    make_problem()
    assert list(db.session.scalars(*ids(Actor(7)))) == []


def test_rows_of_a_kept_text_are_those_of_the_statement(app):
    mine, theirs = make_problem(), make_problem()
    other = make_problem(author_id=mine.author_id, consortium_id=theirs.consortium_id)

    def build(reader: Actor, *, after: Any) -> Any:
        query: Any = select(Problem.id, Problem.title).where(
            or_(
                Problem.author_id == reader.id, Problem.consortium_id.in_(reader.ids("lead", "administrator"))
            ),
            Problem.state.in_((mine.state, "draft")),
            Problem.created_at <= now(),
            Problem.id > after,
        )
        return written_out(query).order_by(Problem.id)

    plain, whole = kept_rows(build), kept(build)
    for reader in (Actor(mine.author_id, grants=frozenset({("lead", theirs.consortium_id)})), Actor(0)):
        for after in (0, mine.id):
            rows = [tuple(row) for row in plain(reader, after=after)]
            assert rows == [tuple(row) for row in db.session.execute(*whole(reader, after=after))]
    leads = Actor(mine.author_id, grants=frozenset({("lead", theirs.consortium_id), ("lead", 999)}))
    assert [row[0] for row in plain(leads, after=mine.id)] == [theirs.id, other.id]


@pytest.mark.skipif(ON_POSTGRESQL, reason="SQLite alone plans anew when it sees another value")
def test_another_value_does_not_make_sqlite_plan_anew(app, statements):
    for _number in range(8):
        make_team()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")  # the planner now knows samples of each indexed column
        driver = connection.connection.driver_connection
        planned: list[int] = []
        driver.set_authorizer(lambda *_what: planned.append(1) or 0)
        try:
            for number, plans in ((3, True), (20, False), (7, False)):
                planned.clear()
                connection.scalars(select(Membership.id).where(Membership.person_id > number)).all()
                assert bool(planned) is plans
        finally:
            driver.set_authorizer(None)
        statements.clear()
        connection.scalars(select(Membership.id).where(Membership.state.in_(["active", "requested"]))).all()
    assert "IN (+?, +?)" in statements[0]


@pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite has no such settings")
def test_how_long_statements_are_planned_is_no_business_of_the_others(app):
    names = ("plan_cache_mode", "enable_hashjoin", "enable_mergejoin")

    def settings(connection: Any) -> list[str]:
        return [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in names]

    with db.engine.connect() as connection:
        before = settings(connection)
        with dialects.planned_once(connection):
            assert settings(connection) == ["force_generic_plan", "off", "off"]
        assert settings(connection) == before
        connection.rollback()
        with pytest.raises(SQLAlchemyError), dialects.planned_once(connection):
            connection.execute(text("SELECT of_no_such_column"))
        connection.rollback()
        assert settings(connection) == before
