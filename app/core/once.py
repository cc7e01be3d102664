"""A form that is sent twice acts once: each form carries a random key, kept in the transaction that it caused.

The web layer puts the key of the request at hand into `form_key`; the first transaction of the request that somebody
asked for claims it. A form that came back with errors was rolled back, and with it its claim, so it can be sent again.
"""

import hashlib
import secrets
from contextvars import ContextVar
from datetime import datetime, timedelta

from sqlalchemy import String, delete, exists, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock, jobs
from app.core.db import Base, db, transaction

KEPT_FOR = timedelta(days=2)
form_key: ContextVar[str | None] = ContextVar("form_key", default=None)


class UsedForm(Base):
    """The key of a form that has acted."""

    __tablename__ = "used_form"

    key: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime] = mapped_column(index=True)


def new_key() -> str:
    """A key for a form about to be shown."""
    return secrets.token_urlsafe(12)


def claim(session: Session) -> None:
    """Claim the key of the request at hand, if it has one; IntegrityError when it has acted before."""
    key = form_key.get()
    if key is None:
        return
    form_key.set(None)
    session.execute(insert(UsedForm), {"key": _kept(key), "used_at": clock.now()})


def _kept(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def has_acted(key: str) -> bool:
    """Whether the form with this key has acted: what it is refused for may be its own doing."""
    return bool(key) and db.session.scalar(select(exists().where(UsedForm.key == _kept(key)))) is True


@jobs.periodic("core.forget_used_forms", every=timedelta(hours=6))
def forget() -> int:
    """Forget old keys; their pages have long been closed."""
    with transaction(system="keys of old forms are forgotten"):
        found = db.session.execute(delete(UsedForm).where(UsedForm.used_at < clock.now() - KEPT_FOR))
        return int(found.rowcount)  # type: ignore[attr-defined]  # a DELETE has it
