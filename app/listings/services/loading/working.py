"""The worker's part: read a file, check its rows in portions, load them; and let old loads lapse.

Each step is a transaction of its own that looks at the load's state first, so that a worker that dies leaves a load that
another one goes on with: a file is read anew, rows are checked from the first unchecked one, loading happened whole or not.
"""

import logging
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from app.core import clock, files, jobs
from app.core.db import db, lock_id, transaction
from app.core.errors import Conflict, NotAllowed
from app.core.text import clean_line, clean_text
from app.listings import notices
from app.listings.models import LOAD_STATES, ListingLoad, ListingLoadRow
from app.listings.models.loading import AT_WORK
from app.listings.models.loading_columns import REQUIRED, headings, plain_key
from app.listings.queries import loading as queries
from app.listings.services.loading import keeping, preparing, reading, taking
from app.listings.services.loading.checking import check, identifier_of
from app.listings.services.loading.reading import Line, Unreadable

PORTION = 250
MOST_ATTEMPTS = 5
MOST_IGNORED = 20
LASTING_SECONDS = 20.0  # then the other jobs have their turn
log = logging.getLogger(__name__)


@jobs.periodic("listings.loads", every=timedelta(seconds=3))
def work() -> int:
    """Bring loads on, the oldest first; returns how many steps were made."""
    until, done = time.monotonic() + LASTING_SECONDS, 0
    while time.monotonic() < until:
        load_id = db.session.scalar(
            select(ListingLoad.id).where(ListingLoad.state.in_(AT_WORK)).order_by(ListingLoad.id).limit(1)
        )
        db.session.rollback()
        if load_id is None:
            break
        bring_on(load_id, until)
        done += 1
    return done


def bring_on(load_id: int, until: float) -> None:
    """One step of a load, until it is done or the time is over."""
    state = _begin(load_id)
    try:
        if state == "received":
            _read(load_id)
        elif state == "checking":
            _check(load_id, until)
        elif state == "loading":
            _load(load_id)
    except Unreadable as fault:
        _fail(load_id, fault.code, fault.kept)
    except NotAllowed:
        _fail(load_id, "not_allowed_now", {})
    except Conflict:
        log.info("load %s changed meanwhile; it is looked at again", load_id)


def _begin(load_id: int) -> str:
    """The state to work on. What began too often without getting further is given up."""
    with transaction(system="a file of listings is worked on"):
        load = lock_id(ListingLoad, load_id)
        if load.attempts >= MOST_ATTEMPTS and load.is_at_work:
            _give_up(load, "failed", {})
        elif load.is_at_work:
            load.attempts += 1
            if load.state == "confirmed":
                LOAD_STATES.move(load, "begin")
        return load.state


def _fail(load_id: int, code: str, facts: dict[str, Any]) -> None:
    with transaction(system="a file of listings cannot be loaded"):
        load = lock_id(ListingLoad, load_id)
        if load.is_at_work:
            _give_up(load, code, facts)


def _give_up(load: ListingLoad, code: str, facts: dict[str, Any]) -> None:
    LOAD_STATES.move(load, "fail")
    load.fault = {"code": code, "facts": facts}
    taking.forget_file(load)
    taking.forget_rows(load)
    load.rows_total = load.rows_done = load.new = load.updated = load.unchanged = load.faulty = 0
    taking.note(None, load, "listings.fail_load", after={"code": code})
    notices.load_failed(load)


# ---- reading ---------------------------------------------------------------------------------------------


def _read(load_id: int) -> None:
    """Keep the rows of the file as they stand in it. Raises Unreadable."""
    load = db.session.get_one(ListingLoad, load_id)
    stored = db.session.get_one(files.StoredFile, load.stored_file_id)
    name, number = load.file_name, load.uploads
    db.session.rollback()
    # A copy of its own: a spreadsheet is read by jumping about in it, and a store may be far away.
    with tempfile.TemporaryFile() as copy:
        with files.open_(stored) as source:
            shutil.copyfileobj(source, copy)
        copy.seek(0)
        lines = reading.lines(copy, name)
        columns, ignored = _columns(next(lines))
        with transaction(system="a file of listings is read"):
            _still(load_id, number)
            db.session.execute(delete(ListingLoadRow).where(ListingLoadRow.load_id == load_id))
        total = 0
        for portion in _portions(lines):
            total += len(portion)
            rows = [_kept(load_id, line, columns) for line in portion]
            with transaction(system="a file of listings is read"):
                _still(load_id, number)
                db.session.execute(insert(ListingLoadRow), rows)
    if not total:
        raise Unreadable("no_rows")
    with transaction(system="a file of listings is read"):
        load = _still(load_id, number)
        LOAD_STATES.move(load, "check")
        load.columns = [{"at": at, "name": column} for at, column in columns.items()]
        load.ignored = ignored
        load.rows_total, load.rows_done, load.attempts = total, 0, 0


def _still(load_id: int, uploads: int) -> ListingLoad:
    """The load, its row held, if this very file is still to be read. Raises Conflict."""
    load = lock_id(ListingLoad, load_id)
    if load.state != "received" or load.uploads != uploads:
        raise Conflict
    return load


def _portions(lines: Iterator[Line]) -> Iterator[list[Line]]:
    return reading.cut(lines, PORTION)


def _columns(head: Line) -> tuple[dict[int, str], list[str]]:
    """Place in the file → column, and the headings that we do not know. Raises Unreadable."""
    known, found, ignored, double = headings(), dict[int, str](), list[str](), list[str]()
    for at, cell in enumerate(head.cells):
        name = known.get(plain_key(cell.text))
        if name is None:
            if heading := clean_line(cell.text)[:60]:
                ignored.append(heading)
        elif name in found.values():
            double.append(name)
        else:
            found[at] = name
    if double:
        raise Unreadable("double_columns", columns=_names(double))
    lacking = [name for name in REQUIRED if name not in found.values()]
    if lacking:
        raise Unreadable("missing_columns", columns=_names(lacking))
    return found, ignored[:MOST_IGNORED]


def _names(columns: list[str]) -> str:
    """Columns by their codes, which are headings in every language."""
    return ", ".join(dict.fromkeys(columns))


def _kept(load_id: int, line: Line, columns: dict[int, str]) -> dict[str, Any]:
    """A row as it is kept: a formula as a list, so that nobody takes it for a text."""
    cells: dict[str, Any] = {}
    for at, cell in enumerate(line.cells):
        if at in columns:
            text = clean_text(cell.text)
            cells[columns[at]] = [text[:300]] if cell.is_formula else text
    for name in columns.values():
        cells.setdefault(name, "")
    return {
        "load_id": load_id,
        "number": line.number,
        "identifier": identifier_of(cells),
        "cells": cells,
        "faults": [],
        "outcome": "",
        "title": "",
    }


# ---- checking --------------------------------------------------------------------------------------------


def _check(load_id: int, until: float) -> None:
    """Check portion after portion; the last one asks the representative for a word."""
    while True:
        load = db.session.get_one(ListingLoad, load_id)
        rows = queries.portion(load_id, 0, PORTION, [""])
        found = check(load_id, rows, queries.around(load)) if rows else []
        db.session.rollback()
        with transaction(system="a file of listings is checked"):
            load = lock_id(ListingLoad, load_id)
            if load.state != "checking":
                return
            if rows:
                taking.keep_checked(load, [(row.id, one) for row, one in zip(rows, found, strict=True)])
                load.attempts = 0
            if len(rows) < PORTION:
                LOAD_STATES.move(load, "finish_check")
                load.attempts = 0
                notices.load_checked(load)
                return
        if time.monotonic() >= until:
            return


# ---- loading ---------------------------------------------------------------------------------------------


def _load(load_id: int) -> None:
    load = db.session.get_one(ListingLoad, load_id)
    plan = preparing.prepare(load)
    db.session.rollback()
    if plan is None:
        # What was right when it was checked is not any more: a day has passed, an institution has closed.
        with transaction(system="a file of listings is checked again"):
            load = lock_id(ListingLoad, load_id)
            LOAD_STATES.move(load, "check_again")
            taking.start_counting(load)
        return
    if keeping.keep(load_id, plan):
        tidy(load_id)


def tidy(load_id: int) -> None:
    """Rows that were loaded need their cells no longer; faulty ones stay for the report."""
    with transaction(system="a file of listings is loaded"):
        db.session.execute(
            update(ListingLoadRow)
            .where(ListingLoadRow.load_id == load_id, ListingLoadRow.outcome != "faulty")
            .values(cells={})
            .execution_options(synchronize_session=False)
        )


@jobs.periodic("listings.lapse_loads", every=timedelta(hours=1))
def lapse() -> int:
    """Loads that nobody confirmed or corrected for two weeks lapse; returns how many.

    What a worker left untidy that died just after loading is tidied as well.
    """
    lately = clock.now() - timedelta(hours=3)
    done = select(ListingLoad.id).where(ListingLoad.state == "loaded", ListingLoad.finished_at > lately)
    for load_id in db.session.scalars(done).all():
        tidy(load_id)
    late = (ListingLoad.state.in_(LOAD_STATES.moves["lapse"][0]), ListingLoad.lapses_at <= clock.now())
    found = db.session.scalars(select(ListingLoad.id).where(*late).order_by(ListingLoad.id)).all()
    for load_id in found:
        with transaction(system="nobody confirmed it within two weeks"):
            load = lock_id(ListingLoad, load_id)
            if LOAD_STATES.allows(load, "lapse") and load.lapses_at <= clock.now():
                LOAD_STATES.move(load, "lapse")
                taking.end(load)
                taking.note(None, load, "listings.lapse_load")
    return len(found)
