"""One throttle for all doors: sign-in, proving oneself, sign-up, reset, change of address, and whatever comes.

Tries are counted per account and per network in the database, so that all processes share the count. Each try is
counted before it is answered, in a transaction of its own: however many come at once, no more than the limit pass.
"""

import hashlib
import ipaddress
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, text, tuple_, update

from app.accounts.models import ThrottleCount
from app.core import clock
from app.core.db import UtcDateTime, current_scope, db, transaction
from app.core.errors import TooMany

# What is counted: how many tries in how long. A campus may sit behind one address, so networks may try more often.
LIMITS = {
    "account": (10, timedelta(minutes=15)),
    "device": (10, timedelta(minutes=15)),
    "network": (120, timedelta(minutes=15)),
    "mail": (5, timedelta(hours=1)),
    "comment": (30, timedelta(hours=1)),
    "report": (20, timedelta(hours=1)),
    "interest": (10, timedelta(hours=1)),
}
KEEP = timedelta(hours=2)
Try = tuple[str, str]


def network_of(address: str | None) -> str:
    """The network that a remote address stands for: itself in IPv4, its /64 in IPv6.

    >>> network_of("2001:db8:1:2:3:4:5:6")
    '2001:db8:1:2::/64'
    """
    try:
        ip = ipaddress.ip_address((address or "").split("%", 1)[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _key(attempt: Try) -> str:
    kind, value = attempt
    return f"{kind}:{hashlib.sha256(value.encode('utf-8', 'replace')).hexdigest()}"


def _window(kind: str, now: datetime) -> datetime:
    seconds = int(LIMITS[kind][1].total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def count(*tries: Try) -> None:
    """Count one try of each (kind of LIMITS, value). Raises TooMany when one of them is over its limit.

    Never inside another transaction: what fails there must not take the count back.
    """
    if current_scope() is not None:
        raise RuntimeError("a try is counted in a transaction of its own")
    now = clock.now()
    rows = sorted((_key(attempt), attempt[0]) for attempt in tries)
    values = ", ".join(f"(:key{at}, :start{at}, 1)" for at in range(len(rows)))
    statement = text(
        f"INSERT INTO throttle_count (key, window_start, tries) VALUES {values} "  # noqa: S608 - numbered names only
        "ON CONFLICT (key, window_start) DO UPDATE SET tries = throttle_count.tries + 1 RETURNING key, tries"
    ).bindparams(
        *(bindparam(f"key{at}", key) for at, (key, _kind) in enumerate(rows)),
        *(bindparam(f"start{at}", _window(kind, now), UtcDateTime()) for at, (_key, kind) in enumerate(rows)),
    )
    with transaction(system="count a try"):
        counted = {row.key: row.tries for row in db.session.execute(statement)}
    over = [kind for key, kind in rows if counted[key] > LIMITS[kind][0]]
    if over:
        ends = max(_window(kind, now) + LIMITS[kind][1] for kind in over)
        raise TooMany(max(1, int((ends - now).total_seconds()) + 1))


def forgive(*tries: Try) -> None:
    """Take one counted try of each back, because it was right; inside the transaction that it opened."""
    now = clock.now()
    rows = [(_key(attempt), _window(attempt[0], now)) for attempt in tries]
    db.session.execute(
        update(ThrottleCount)
        .where(tuple_(ThrottleCount.key, ThrottleCount.window_start).in_(rows), ThrottleCount.tries > 0)
        .values(tries=ThrottleCount.tries - 1)
        .execution_options(synchronize_session=False)
    )


def forget_old() -> int:
    """Delete the counts of windows that are over; an inner step of the tidying job. Returns how many."""
    done = db.session.execute(
        delete(ThrottleCount)
        .where(ThrottleCount.window_start < clock.now() - KEEP)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # a DELETE has it
