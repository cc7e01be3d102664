"""Documents that take too long for a request: ordered in an action, made by the worker, kept as files, fetched.

    @documents.maker("ledger.statement")
    def statement(thing_id: int, key: str, language: str) -> tuple[str, bytes]: ...      # the file's name, its bytes

    ordered = documents.order("ledger.statement", institution.id, "2026|public", "ar", by=actor.id)   # inside transaction()
    ordered = documents.find("ledger.statement", institution.id, "2026|public", "ar")                 # later, on the page

The same order is the same row: who comes second gets what was made for the first. So **the key names everything that
decides what stands in the document**, also what its readers may see, and never a person; the maker gets no reader. A page
asks the permission again before it gives a document out (`web.documents`).
"""

import io
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app.core import clock, files, jobs
from app.core.db import Base, db, lock_id, person_key, require_scope, transaction
from app.core.errors import NotFound
from app.core.files import StoredFile
from app.core.i18n import use_locale

Maker = Callable[[int, str, str], tuple[str, bytes]]
MAKERS: dict[str, Maker] = {}
MOST_TRIES = 3
TOGETHER = 10  # in one run of the job
KEPT_FOR = timedelta(days=7)
MOST_BYTES = 50 * files.MEGABYTE
TAKEN = frozenset({"pdf", "csv", "zip", "xlsx", "txt", "json"})
log = logging.getLogger(__name__)


class Ordered(Base):
    """A document that somebody ordered: waiting for the worker, made, or failed."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("kind", "thing_id", "key", "language"),
        CheckConstraint("state IN ('waiting', 'made', 'failed')", name="state"),
        CheckConstraint("(state = 'made') = (file_id IS NOT NULL)", name="made_has_file"),
        CheckConstraint("(state = 'made') = (made_at IS NOT NULL)", name="made_when"),
    )

    kind: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(160))
    language: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(8), default="waiting", index=True)
    tries: Mapped[int] = mapped_column(default=0)
    ordered_at: Mapped[datetime] = mapped_column(default=clock.now)
    ordered_by_id: Mapped[int | None] = person_key()
    made_at: Mapped[datetime | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")


def maker(kind: str) -> Callable[[Maker], Maker]:
    """Mark the function that makes documents of a kind: (thing's id, key, language) to (name of the file, bytes)."""

    def register(function: Maker) -> Maker:
        MAKERS[kind] = function
        return function

    return register


def find(kind: str, thing_id: int, key: str, language: str) -> Ordered | None:
    """What was ordered under this key, if anything."""
    return db.session.scalars(
        select(Ordered)
        .filter_by(kind=kind, thing_id=thing_id, key=key, language=language)
        .options(joinedload(Ordered.file))
    ).first()


def order(
    kind: str,
    thing_id: int,
    key: str,
    language: str,
    *,
    by: int | None,
    good_for: timedelta | None = None,
) -> Ordered:
    """Order a document, inside the transaction that asked the permission; or take the one that stands.

    One that failed is tried again. `good_for` says how long a made one holds; None: for ever, its key names a content that
    never changes. Raises NotFound for a kind that nobody makes, Conflict when two order the same at once.
    """
    require_scope()
    if kind not in MAKERS:
        raise NotFound
    found = find(kind, thing_id, key, language)
    if found is None:
        found = Ordered(kind=kind, thing_id=thing_id, key=key, language=language, ordered_by_id=by)
        db.session.add(found)
        db.session.flush()
        return found
    is_old = found.made_at is not None and good_for is not None and found.made_at < clock.now() - good_for
    if found.state == "failed" or is_old:
        _start_again(found, by)
    return found


def _start_again(ordered: Ordered, by: int | None) -> None:
    old = ordered.file
    ordered.state, ordered.tries, ordered.file, ordered.made_at = "waiting", 0, None, None
    ordered.ordered_at, ordered.ordered_by_id = clock.now(), by
    db.session.flush()
    if old is not None:
        files.forget(old)


@jobs.periodic("documents.make", every=timedelta(seconds=3))
def make_waiting() -> int:
    """Make what waits, the oldest first; returns how many were made. One that fails is tried three times."""
    waiting = db.session.scalars(
        select(Ordered.id).where(Ordered.state == "waiting").order_by(Ordered.id).limit(TOGETHER)
    ).all()
    return sum(_make(ordered_id) for ordered_id in waiting)


def _make(ordered_id: int) -> bool:
    """Make one, outside of any transaction: it may take seconds."""
    with transaction(system="a document is made"):
        ordered = lock_id(Ordered, ordered_id)
        if ordered.state != "waiting":
            return False
        ordered.tries += 1
        kind, thing_id, key, language = ordered.kind, ordered.thing_id, ordered.key, ordered.language
        at, is_last = ordered.ordered_at, ordered.tries >= MOST_TRIES
    try:
        with use_locale(language, "UTC"):
            name, content = MAKERS[kind](thing_id, key, language)
        db.session.rollback()
        with files.receive(
            io.BytesIO(content), name, purpose="document", most_bytes=MOST_BYTES, allowed=TAKEN
        ) as received:
            return _keep(ordered_id, at, received)
    except Exception:
        db.session.rollback()
        log.exception("document %s of %s %s failed", kind, thing_id, key)
        if is_last:
            with transaction(system="a document cannot be made"):
                lock_id(Ordered, ordered_id).state = "failed"
        return False


def _keep(ordered_id: int, at: datetime, received: files.Received) -> bool:
    """Keep what was made, unless it was ordered anew meanwhile."""
    with transaction(system="a document was made"):
        ordered = lock_id(Ordered, ordered_id)
        if ordered.state != "waiting" or ordered.ordered_at != at:
            return False
        ordered.file = files.keep_received(received)
        ordered.state, ordered.made_at = "made", clock.now()
    return True


@jobs.periodic("documents.forget", every=timedelta(hours=12))
def forget_old() -> int:
    """Forget documents a week after they were ordered, with their files: they can be made again."""
    with transaction(system="old documents are forgotten"):
        old = db.session.scalars(
            select(Ordered)
            .where(Ordered.ordered_at < clock.now() - KEPT_FOR)
            .options(joinedload(Ordered.file))
            .limit(500)
        ).all()
        kept = [one.file for one in old if one.file is not None]
        for one in old:
            db.session.delete(one)
        db.session.flush()
        for stored in kept:
            files.forget(stored)
    return len(old)
