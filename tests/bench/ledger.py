"""`python -m tests.bench.ledger --lines 1000000`: a ledger of that many lines, its pages measured, its log replayed.

A thousand institutions give to one another over six years, the busiest by far the most; the goals are those of
docs/benchmarks.md. Flows and statements are measured for the busiest institution and for one in the middle.
"""

import argparse
import pathlib
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import Connection, text

from app.accounts.models import Person
from app.core import clock, dialects, schema
from app.core.db import db, transaction
from app.ledger import queries
from app.ledger.models import LedgerEvent, LedgerLine
from tests.bench.__main__ import _database, _portal, _say
from tests.bench.limit import REFERENCE_MS, bare
from tests.bench.measure import Figure, measure, table
from tests.factories.consortia import make_consortium
from tests.factories.institutions import affiliate, make_institution
from tests.support.people import sign_in_client

PLACES = 1_000
YEARS = 6
KINDS = (
    ("facility_time", "hour"), ("computing", "core_hour"), ("training", "day"), ("staff_time", "person_day"),
    ("data_set", "piece"), ("material", "kilogram"), ("introduction", ""), ("review", "page"),
)  # fmt: skip
# State, its share of a hundred, and the events that lead there.
COURSES = (
    ("rated", 30, ("pledged", "delivered", "received", "rated")),
    ("received", 42, ("pledged", "delivered", "received")),
    ("pledged", 12, ("pledged",)),
    ("delivered", 6, ("pledged", "delivered")),
    ("waived", 7, ("pledged", "waived")),
    ("disputed", 3, ("pledged", "disputed")),
)
SIDES = {"pledged": "portal", "delivered": "giver", "disputed": "giver"}
LINE = (
    "id", "giver_id", "receiver_id", "kind", "text", "language", "quantity", "unit", "due_on", "due_at", "condition",
    "source_kind", "source_id", "source_part", "consortium_id", "visibility", "created_at", "state", "state_since",
    "delivered_at", "received_at", "given", "rating", "last_event_id",
)  # fmt: skip
EVENT = ("id", "line_id", "what", "state", "side", "by_id", "at", "note", "rating", "quantity")
TOTALS = (
    "INSERT INTO ledger_total (giver_id, receiver_id, kind, unit, month, visibility, consortium_id, lines, quantity) "
    "SELECT giver_id, coalesce(receiver_id, 0), kind, unit, {month}, visibility, coalesce(consortium_id, 0), count(*), "
    "coalesce(sum(given), 0) FROM ledger_line WHERE received_at IS NOT NULL "
    "GROUP BY giver_id, receiver_id, kind, unit, {month}, visibility, consortium_id"
)
SIDES_TOTALS = (
    "INSERT INTO ledger_side_total "
    "(institution_id, side, kind, unit, month, visibility, consortium_id, lines, quantity) "
    "SELECT {side}_id, '{side}', kind, unit, month, visibility, consortium_id, sum(lines), sum(quantity) "
    "FROM ledger_total GROUP BY {side}_id, kind, unit, month, visibility, consortium_id"
)


def _lines(
    count: int, start: datetime, places: list[int], people: list[int], consortium: int
) -> Iterator[tuple[Any, Any]]:
    """(line, its events) as records hold them; the same each time."""
    dice = random.Random(4)
    event_id = 0
    shares = [share for _state, share, _events in COURSES]
    for number in range(1, count + 1):
        giver, receiver = int(dice.random() ** 2 * PLACES), int(dice.random() ** 2 * PLACES)
        receiver = (receiver + 1) % PLACES if receiver == giver else receiver
        kind, unit = dice.choice(KINDS)
        state, _share, course = dice.choices(COURSES, shares)[0]
        made = (start + timedelta(days=365 * YEARS * number / count)).astimezone(UTC)
        amount = Decimal(dice.randint(1, 500)) if unit else None
        at: dict[str, datetime] = {}
        events = []
        for step, what in enumerate(course):
            event_id += 1
            at[what] = made + timedelta(hours=step)
            by = None if what == "pledged" else people[0] if what in {"delivered", "disputed"} else people[1]
            events.append(
                (event_id, number, what, what, SIDES.get(what, "receiver"), by, at[what], "",
                 1 if what == "rated" else None, amount if what == "delivered" else None)
            )  # fmt: skip
        yield (
            (number, places[giver], places[receiver], kind, f"{kind} for joint work {number}", "en", amount, unit,
             made.date(), made, "", "commitment", number, 0, consortium if number % 3 else None,
             "public" if number % 2 else "parties", made, state, at[course[-1]], at.get("delivered"), at.get("received"),
             amount if "delivered" in at else None, 1 if state == "rated" else None, event_id),
            events,
        )  # fmt: skip


def _without_triggers(connection: Connection) -> list[str]:
    """Let rows in as they are; what makes the triggers again."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET session_replication_role = replica")
        return ["SET session_replication_role = DEFAULT"]
    made = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'ledger_%'")
    ).all()
    for name, _sql in made:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return [sql for _name, sql in made]


def fill(count: int) -> dict[str, Any]:
    """Institutions, people and lines; who is asked for in the measures."""
    with transaction(system="a benchmark is filled"):
        places = [make_institution(f"Institute {number}") for number in range(PLACES)]
    lead = affiliate("Lead", make_institution("Elsewhere"))
    people = [
        affiliate("Giver", places[0], "representative"),
        affiliate("Receiver", places[1], "representative"),
    ]
    consortium = make_consortium(leads=[lead])
    ids, by = [place.id for place in places], [person.id for person in people]
    found = {"busy": ids[0], "middle": ids[PLACES // 2], "representative": people[0].id, "lead": lead.id}
    key = found["consortium"] = consortium.id
    db.session.rollback()
    with db.engine.connect().execution_options(write=True) as connection, connection.begin():
        again = _without_triggers(connection)
        asked = (count, clock.now() - timedelta(days=365 * YEARS), ids, by, key)
        dialects.insert_many(connection, LedgerLine.__table__, LINE, (line for line, _log in _lines(*asked)))
        dialects.insert_many(
            connection,
            LedgerEvent.__table__,
            EVENT,
            (event for _line, log in _lines(*asked) for event in log),
        )
        is_sqlite = connection.dialect.name == "sqlite"
        month = (
            "date(received_at, 'start of month')"
            if is_sqlite
            else "date_trunc('month', received_at AT TIME ZONE 'UTC')::date"
        )
        connection.execute(text(TOTALS.format(month=month)))
        for side in ("giver", "receiver"):
            connection.execute(text(SIDES_TOTALS.format(side=side)))
        for statement in again:
            connection.exec_driver_sql(statement)
        dialects.after_own_keys(connection, (LedgerLine.__table__, LedgerEvent.__table__))
    return found


def figures(app: Flask, found: dict[str, Any], on_sqlite: bool, repeat: int) -> list[Figure]:
    """What each page costs."""
    visitor = app.test_client()
    with app.app_context():
        own = sign_in_client(app, db.session.get_one(Person, found["representative"]))
        lead = sign_in_client(app, db.session.get_one(Person, found["lead"]))
    busy, middle = (f"/impact/institutions/{found[name]}" for name in ("busy", "middle"))
    year = f"?since={clock.today().year - 2}-01&until={clock.today().year - 2}-12"
    list_goal, detail_goal = (9, 11) if on_sqlite else (14, 18)
    asked = [
        ("statement of the busiest (visitor)", visitor, busy, list_goal, 3),
        ("statement of the busiest (its representative)", own, busy, list_goal, 6),
        ("statement of the busiest (a lead)", lead, busy, list_goal, 6),
        ("statement of the busiest, a year (its representative)", own, busy + year, list_goal, 6),
        ("statement of the busiest, open lines (its representative)", own, busy + "?view=open", list_goal, 6),
        ("statement of the busiest, all lines (its representative)", own, busy + "?view=all", list_goal, 6),
        ("statement of one in the middle (visitor)", visitor, middle, list_goal, 3),
        ("statement of one in the middle (another’s representative)", own, middle, list_goal, 6),
        ("impact (visitor)", visitor, "/impact", detail_goal, 7),
        ("impact of a consortium (a lead)", lead, f"/impact/consortia/{found['consortium']}", detail_goal, 9),
        ("line (a lead)", lead, "/impact/lines/4444", detail_goal, 9),
        ("dashboard (representative of the busiest)", own, "/", detail_goal, 9),
    ]
    made, yardstick = [], bare(app)
    for name, client, path, goal, most in asked:
        answer = client.get(path)
        made.append(
            measure(
                app, name, lambda client=client, path=path: lambda: client.get(path), yardstick,
                repeat=repeat, reference=REFERENCE_MS[not on_sqlite], budget=goal, most_statements=most,
            )
        )  # fmt: skip
        cost = f"{made[-1].total:7.1f} ms ({made[-1].there:.1f} by the yardstick)"
        _say(sys.stderr, f"{cost}  {made[-1].statements:3}  {answer.status_code}  {name}")
    return made


def main() -> int:
    """Fill, measure, replay; the exit status is 1 when something is over its goal."""
    parser = argparse.ArgumentParser(description="Measure the pages of a large ledger.")
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument(
        "--replay", action="store_true", help="also replay the whole log, as `flask check` does"
    )
    wish = parser.parse_args()
    with _database(wish.database, None) as url, tempfile.TemporaryDirectory() as folder:
        app = _portal(url, pathlib.Path(folder))
        with app.app_context():
            schema.upgrade()
            began = time.monotonic()
            found = fill(wish.lines)
            _say(sys.stderr, f"filled in {time.monotonic() - began:.0f} s")
        made = figures(app, found, wish.database == "sqlite", wish.repeat)
        _say(sys.stdout, f"\n## {wish.database}, {wish.lines:,} lines\n")
        _say(sys.stdout, table(made, wish.database != "sqlite"))
        with app.app_context():
            if wish.replay:
                began = time.process_time()
                faults = list(queries.faults())
                _say(
                    sys.stdout,
                    f"\nreplayed in {time.process_time() - began:.0f} s, {len(faults)} faults {faults[:3]}",
                )
            db.session.remove()
            db.engine.dispose()
    return 1 if any(figure.misses for figure in made) else 0


if __name__ == "__main__":
    raise SystemExit(main())
