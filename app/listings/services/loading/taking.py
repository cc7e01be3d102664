"""What a representative does with a load: upload, upload again, correct, confirm, cancel."""

from collections.abc import Mapping
from datetime import timedelta
from typing import IO

from sqlalchemy import delete, func, or_, select, update

from app.audit import services as audit
from app.core import clock, files
from app.core.access import Actor, authorize, demand
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _l
from app.listings import policies
from app.listings.models import LOAD_STATES, ListingLoad, ListingLoadRow
from app.listings.models.loading import OPEN
from app.listings.models.loading_columns import COLUMNS
from app.listings.queries import loading as queries
from app.listings.services.loading.checking import Checked, check, identifier_of
from app.listings.services.loading.reading import MOST_BYTES, MOST_KEPT

KEPT_FOR = timedelta(days=14)
MOST_OPEN = 10
TAKEN = frozenset({"csv", "tsv", "xlsx"})


def receive(
    actor: Actor, *, institution_id: int, stream: IO[bytes], name: str | None, language: str = "en"
) -> ListingLoad:
    """Take a file in; the worker reads and checks it. `language` is that of texts whose row does not say it.

    Raises NotAllowed, RuleBroken (`too_many_loads`), Invalid for `file`.
    """
    demand(policies.load, actor, institution_id)
    with (
        files.receive(stream, name, purpose="load", most_bytes=MOST_BYTES, allowed=TAKEN) as received,
        transaction(),
    ):
        authorize(policies.load, actor, institution_id)
        is_open = (ListingLoad.institution_id == institution_id, ListingLoad.state.in_(OPEN))
        if (db.session.scalar(select(func.count()).where(*is_open)) or 0) >= MOST_OPEN:
            raise RuleBroken(
                "too_many_loads",
                _l("Too many files of this institution wait already. Load or cancel one of them first."),
            )
        load = ListingLoad(
            institution_id=institution_id,
            person_id=actor.id,
            language=language,
            stored_file_id=files.keep_received(received, by=actor.id).id,
            file_name=received.name,
            lapses_at=clock.now() + KEPT_FOR,
        )
        db.session.add(load)
        db.session.flush()
        note(actor, load, "listings.load", after={"file": load.file_name})
    return load


def replace(
    actor: Actor, load: ListingLoad, *, stream: IO[bytes], name: str | None, version: int | None = None
) -> None:
    """Take a corrected file into the same load. Raises NotAllowed, RuleBroken, Conflict, Invalid for `file`."""
    demand(policies.keep_load, actor, load)
    with (
        files.receive(stream, name, purpose="load", most_bytes=MOST_BYTES, allowed=TAKEN) as received,
        transaction(),
    ):
        load = lock(load)
        authorize(policies.keep_load, actor, load)
        load.expect_version(version)
        LOAD_STATES.move(load, "replace")
        forget_file(load)
        load.stored_file_id = files.keep_received(received, by=actor.id).id
        load.file_name = received.name
        load.uploads += 1
        load.person_id = actor.id or 0  # who uploaded last is told, and stands for what is loaded
        load.attempts, load.fault, load.lapses_at = 0, {}, clock.now() + KEPT_FOR
        load.rows_total = 0
        start_counting(load)
        note(actor, load, "listings.replace_load", after={"file": load.file_name})


def correct(actor: Actor, load: ListingLoad, number: int, cells: Mapping[str, str]) -> ListingLoadRow:
    """Put other texts into cells of a row and check it again, with the rows that bear the same identifier.

    `cells`: column → text. Returns the row. Raises NotAllowed, RuleBroken, NotFound (no such row).
    """
    unknown = set(cells) - set(COLUMNS)
    if unknown:
        raise NotFound
    with transaction():
        load = lock(load)
        authorize(policies.keep_load, actor, load)
        if load.state != "checked":
            LOAD_STATES.move(load, "confirm")  # says in which state it is
        row = queries.row(load, number)
        touched = {row.identifier}
        row.cells = {**row.cells, **{name: text[: MOST_KEPT + 1] for name, text in cells.items()}}
        row.identifier = identifier_of(row.cells)
        touched |= {row.identifier}
        db.session.flush()
        alike = db.session.scalars(
            select(ListingLoadRow)
            .where(
                ListingLoadRow.load_id == load.id,
                or_(ListingLoadRow.id == row.id, ListingLoadRow.identifier.in_(touched - {""})),
            )
            .order_by(ListingLoadRow.number)
        ).all()
        for one, found in zip(alike, check(load.id, alike, queries.around(load)), strict=True):
            count(load, one.outcome, -1)
            one.outcome, one.title = found.outcome, found.title
            one.faults = [fault.kept() for fault in found.faults]
            count(load, one.outcome, 1)
        load.lapses_at = clock.now() + KEPT_FOR
        note(actor, load, "listings.correct_load", after={"row": number, "columns": sorted(cells)})
    return row


def confirm(actor: Actor, load: ListingLoad, *, only_good: bool = False, version: int | None = None) -> None:
    """Say that it may be loaded; with faulty rows only by choosing to leave them out.

    Raises NotAllowed, RuleBroken (`nothing_to_load`), Conflict, Invalid for `only_good`.
    """
    with transaction():
        load = lock(load)
        authorize(policies.keep_load, actor, load)
        load.expect_version(version)
        if load.faulty and not only_good:
            raise Invalid({"only_good": _l("Correct the faulty rows, or choose to leave them out")})
        if not load.new + load.updated:
            raise RuleBroken("nothing_to_load", _l("No row of this file would change anything."))
        LOAD_STATES.move(load, "confirm")
        load.only_good, load.attempts, load.person_id = only_good, 0, actor.id or 0
        note(
            actor,
            load,
            "listings.confirm_load",
            after={"new": load.new, "updated": load.updated, "left_out": load.faulty},
        )


def cancel(actor: Actor, load: ListingLoad) -> None:
    """Give it up; nothing of it is kept but that it was. Raises NotAllowed, RuleBroken."""
    with transaction():
        load = lock(load)
        authorize(policies.keep_load, actor, load)
        LOAD_STATES.move(load, "cancel")
        end(load)
        note(actor, load, "listings.cancel_load")


# ---- inner steps, also of the worker ---------------------------------------------------------------------


def note(
    actor: Actor | None, load: ListingLoad, action: str, after: Mapping[str, object] | None = None
) -> None:
    """A line of the audit about a load."""
    audit.record(
        actor,
        action,
        load,
        after=dict(after or {}),
        label=load.file_name,
        institution_id=load.institution_id,
    )


def forget_file(load: ListingLoad) -> None:
    """Let go of the uploaded file."""
    stored = db.session.get(files.StoredFile, load.stored_file_id) if load.stored_file_id else None
    load.stored_file_id = None
    db.session.flush()
    if stored is not None:
        files.forget(stored)


def end(load: ListingLoad) -> None:
    """A load that brings nothing: its file and rows go."""
    forget_file(load)
    forget_rows(load)
    load.finished_at = clock.now()


def forget_rows(load: ListingLoad) -> None:
    """Let go of the rows of a load."""
    db.session.execute(
        delete(ListingLoadRow)
        .where(ListingLoadRow.load_id == load.id)
        .execution_options(synchronize_session=False)
    )


def count(load: ListingLoad, outcome: str, by: int) -> None:
    """Count a row in or out."""
    if outcome:
        setattr(load, outcome, getattr(load, outcome) + by)


def start_counting(load: ListingLoad) -> None:
    """All rows are to be checked (again)."""
    load.rows_done = load.new = load.updated = load.unchanged = load.faulty = 0
    db.session.execute(
        update(ListingLoadRow)
        .where(ListingLoadRow.load_id == load.id)
        .values(outcome="")
        .execution_options(synchronize_session=False)
    )


def keep_checked(load: ListingLoad, rows: list[tuple[int, Checked]]) -> None:
    """Write down what was found in rows: (row id, what was found)."""
    db.session.execute(
        update(ListingLoadRow),
        [
            {
                "id": row_id,
                "outcome": found.outcome,
                "title": found.title,
                "faults": [fault.kept() for fault in found.faults],
            }
            for row_id, found in rows
        ],
    )
    for _row_id, found in rows:
        count(load, found.outcome, 1)
    load.rows_done += len(rows)
