"""The database: the base class of records, the session, and `transaction()`.

Every write happens inside `transaction()`. It begins afresh (what was read before is read again, under the
write lock on SQLite), and it refuses to commit when nothing in it was authorised. A write outside of it is
refused at flush. See `docs/architecture.md`, "One request through the house".
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Engine,
    ForeignKey,
    MetaData,
    TypeDecorator,
    event,
    inspect,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    aliased,
    declared_attr,
    mapped_column,
)
from sqlalchemy.orm.exc import StaleDataError

from app.core import clock, dialects
from app.core.errors import Conflict, NotFound, SentTwice
from app.core.i18n import _l

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

RACES = {"40001", "40P01"}  # PostgreSQL: serialisation failure, deadlock

JsonB = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware and UTC in Python, `timestamptz` on PostgreSQL, UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Towards the database. Raises ValueError for an instant without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored instant needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """From the database: always aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all records: integer key, names of constraints, and the types of the house."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JsonB, list[Any]: JsonB, list[str]: JsonB}

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)


class Versioned:
    """A record that is edited or decided by several people: the second of two gets a Conflict."""

    version: Mapped[int] = mapped_column(default=1)
    touched_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - a class, as SQLAlchemy wants it
        return {"version_id_col": cls.version}

    def touch(self) -> None:
        """Count as changed although only a child row changes: a limit such as seats then holds in a race."""
        self.touched_at = clock.now()

    def expect_version(self, seen: int | None) -> None:
        """Refuse a decision about another version than the one seen. Raises Conflict."""
        if seen is not None and seen != self.version:
            raise Conflict(record=self)


def person_key(**kwargs: Any) -> Mapped[Any]:
    """A foreign key to a person, by name: records below accounts may not import it."""
    return mapped_column(ForeignKey("person.id"), **kwargs)


RecordT = TypeVar("RecordT", bound=Base)


def alias(model: type[RecordT]) -> type[RecordT]:
    """A table under a second name, for a module: all threads share it.

    Its columns are there before any thread asks. SQLAlchemy makes them at first use without a lock; two threads at once
    would hold different ones, and joins that look for the same would fail from then on (its issue 12302).
    """
    found = aliased(model)
    _made = inspect(found).selectable.c  # by being read
    return found


class HouseSession(FlaskSession):
    """A session that reads outside of `transaction()` as `dialects.for_reading` says."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """The engine, or that for reading while nothing is written."""
        bind = super().get_bind(*args, **kwargs)
        if isinstance(bind, Connection) or "scope" in self.info:
            return bind
        return dialects.for_reading(bind)


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False, "class_": HouseSession})


class WriteOutsideTransaction(RuntimeError):
    """A programming error: a record was changed outside `transaction()`."""


class NothingAuthorized(RuntimeError):
    """A programming error: an action asked no permission and gave no system reason."""


@dataclass
class Scope:
    """What is going on in the open transaction."""

    system: str | None = None
    authorized: list[str] = field(default_factory=list)
    before_commit: list[Callable[[], None]] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


def current_scope() -> Scope | None:
    """The open transaction's scope, or None."""
    scope: Scope | None = db.session().info.get("scope")
    return scope


def require_scope() -> Scope:
    """The open transaction's scope. Raises WriteOutsideTransaction."""
    scope = current_scope()
    if scope is None:
        raise WriteOutsideTransaction("open transaction() first")
    return scope


@contextmanager
def _refusals(session: Session) -> Iterator[None]:
    """Undo everything when something fails, and say what the database refused in words of the field."""
    try:
        yield
    except StaleDataError as error:
        session.rollback()
        raise Conflict from error
    except IntegrityError as error:
        session.rollback()
        raise SentTwice from error
    except OperationalError as error:
        session.rollback()
        if getattr(error.orig, "sqlstate", None) in RACES:
            raise Conflict(
                "busy", _l("Somebody else changed the same thing just now. Please try again.")
            ) from error
        raise
    except BaseException:
        session.rollback()
        raise


@contextmanager
def transaction(system: str | None = None) -> Iterator[Scope]:
    """One use case: all of it or nothing.

    `system` is the stated reason when nobody asked for it (a lapse, a load); it goes to the audit. Opened inside
    another it joins that one. Raises Conflict when a record changed meanwhile or a constraint of the database
    refused, and whatever the body raises; then nothing is kept.
    """
    session = db.session()
    outer: Scope | None = session.info.get("scope")
    if outer is not None:
        yield outer
        return
    session.rollback()
    session.expire_all()  # a rollback forgets nothing when no transaction was open, as after an earlier action
    scope = Scope(system=system)
    session.info["scope"] = scope
    try:
        with _refusals(session):
            session.connection(execution_options={"write": True})
            if system is None:
                from app.core import once  # its table stands on this module

                once.claim(session)
            yield scope
            if system is None and not scope.authorized:
                raise NothingAuthorized("an action must authorize() or open transaction(system=...)")
            session.flush()
            for step in scope.before_commit:
                step()
            session.commit()
    finally:
        session.info.pop("scope", None)
    for step in scope.after_commit:
        step()


def lock(record: RecordT) -> RecordT:
    """Read the record again and hold its row until the transaction ends, so that a limit holds in a race."""
    require_scope()
    db.session.flush()  # reading again would forget what has been changed and not written
    # Only its own row: it may have been read together with others, and PostgreSQL holds no outer-joined ones.
    db.session.refresh(record, with_for_update={"of": type(record)})
    return record


def lock_id(kind: type[RecordT], key: int) -> RecordT:
    """The record of this key, its row held until the transaction ends. Raises NotFound."""
    require_scope()
    found = db.session.scalars(select(kind).where(kind.id == key).with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def _refuse_stray_writes(session: Session, _context: Any, _instances: Any) -> None:
    if session.info.get("scope") is None and (session.new or session.dirty or session.deleted):
        raise WriteOutsideTransaction("a record changed outside transaction()")


def _refuse_stray_statements(state: ORMExecuteState) -> None:
    if (state.is_insert or state.is_update or state.is_delete) and state.session.info.get("scope") is None:
        raise WriteOutsideTransaction("a statement writes outside transaction()")


event.listen(Session, "before_flush", _refuse_stray_writes)
event.listen(Session, "do_orm_execute", _refuse_stray_statements)
