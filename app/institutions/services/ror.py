"""Loading ROR, whole or in part, as often as one likes: the same identifier is renewed, never doubled."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from app.audit import services as audit
from app.core import clock, dialects, vocab
from app.core.db import db, transaction
from app.core.i18n import DEFAULT_LOCALE, LOCALES
from app.core.index import fold
from app.institutions import notices
from app.institutions.models import TYPES, Institution, InstitutionDomain, InstitutionName, proves_affiliation

CHUNK = 5000
TAKING_PART = frozenset({"pending", "verified", "suspended"})

_institutions: Any = Institution.__table__
_names: Any = InstitutionName.__table__
_domains: Any = InstitutionDomain.__table__


@dataclass
class Loaded:
    """What a load did. `kept` are closed in ROR but have people here, so that administrators decide about them."""

    added: int = 0
    renewed: int = 0
    closed: int = 0
    merged: int = 0
    kept: int = 0
    skipped: int = 0


def load_ror(records: Iterable[dict[str, Any]], release: str) -> Loaded:
    """Take in records of ROR's short form (`app/data/README.md`), in one transaction; returns what was done.

    Active organisations are added or renewed with their names and domains. One that is here but inactive or
    withdrawn in ROR is closed, or merged into its successor; when people belong to it, nothing is taken from them
    by a file: the administrators are told and decide.
    """
    done = Loaded()
    gone: dict[str, dict[str, Any]] = {}
    with transaction(system=f"load ROR {release}"):
        connection = db.session.connection()
        known: dict[str, tuple[int, str]] = {
            ror: (key, state)
            for ror, key, state in connection.execute(
                select(_institutions.c.ror, _institutions.c.id, _institutions.c.state).where(
                    _institutions.c.ror.is_not(None)
                )
            )
        }
        with dialects.names_in_bulk(connection):
            for chunk in _chunks(records):
                gone |= {record["id"]: record for record in chunk if record.get("status")}
                _take_in([record for record in chunk if not record.get("status")], known, release, done)
        _follow(gone, known, done)
        audit.record(None, "institutions.load_ror", after={"release": release, **asdict(done)}, label="ROR")
    return done


def _chunks(records: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    source = iter(records)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _take_in(
    records: list[dict[str, Any]], known: dict[str, tuple[int, str]], release: str, done: Loaded
) -> None:
    """Add or renew these; `known` (ROR → key, state) learns the new ones."""
    connection = db.session.connection()
    # A place without a country cannot be listed by country; ROR itself has none such.
    fit = {record["id"]: record for record in records if vocab.is_country(record.get("cc") or "")}
    done.skipped += len(records) - len(fit)
    new = {ror: record for ror, record in fit.items() if ror not in known}
    old = {ror: record for ror, record in fit.items() if ror in known}
    if new:
        connection.execute(
            insert(_institutions), [_fresh(record) | _facts(record, release) for record in new.values()]
        )
        for ror, key in connection.execute(
            select(_institutions.c.ror, _institutions.c.id).where(_institutions.c.ror.in_(list(new)))
        ):
            known[ror] = key, "listed"
    if old:
        connection.execute(
            update(_institutions).where(_institutions.c.id == bindparam("key")),
            [{"key": known[ror][0], **_facts(record, release)} for ror, record in old.items()],
        )
        connection.execute(
            delete(_names).where(_names.c.institution_id == bindparam("key")),
            [{"key": known[ror][0]} for ror in old],
        )
    names = [row for ror, record in fit.items() for row in _name_rows(known[ror][0], record)]
    if names:
        connection.execute(insert(_names), names)
    _clear_domains([known[ror] for ror in old])
    _add_domains({known[ror][0]: record for ror, record in fit.items()}, [known[ror] for ror in old])
    done.added += len(new)
    done.renewed += len(old)


def _clear_domains(old: list[tuple[int, str]]) -> None:
    """Take away what ROR said before; where an institution takes part, its administrator's own ones are among them, and stay."""
    replaced = [{"key": key} for key, state in old if state not in TAKING_PART]
    if replaced:
        db.session.connection().execute(
            delete(_domains).where(_domains.c.institution_id == bindparam("key")), replaced
        )


def _add_domains(records: dict[int, dict[str, Any]], old: list[tuple[int, str]]) -> None:
    """Put ROR's domains in place beside those that stay."""
    connection = db.session.connection()
    kept = [key for key, state in old if state in TAKING_PART]
    there: set[tuple[int, str]] = set()
    if kept:
        found = select(_domains.c.institution_id, _domains.c.domain).where(
            _domains.c.institution_id.in_(kept)
        )
        there = {(key, domain) for key, domain in connection.execute(found)}
    wanted = {
        (key, domain.strip().lower())
        for key, record in records.items()
        for domain in record.get("domains", ())
    }
    rows = [
        {"institution_id": key, "domain": domain}
        for key, domain in sorted(wanted - there)
        if proves_affiliation(domain)
    ]
    if rows:
        connection.execute(insert(_domains), rows)


def _facts(record: dict[str, Any], release: str) -> dict[str, Any]:
    """The columns that ROR is the source of."""
    return {
        "name": record["name"][:300],
        "names": _labels(record),
        "sort_name": fold(record["name"])[:120],
        "types": [kind for kind in record.get("types", []) if kind in TYPES],
        "country": record["cc"],
        "city": record.get("city", "")[:120],
        "latitude": record.get("lat"),
        "longitude": record.get("lng"),
        "website": record.get("website", "")[:300],
        "established": record.get("established"),
        "related": record.get("rel", []),
        "ror_release": record.get("release", release)[:10],
        "touched_at": clock.now(),
    }


def _labels(record: dict[str, Any]) -> dict[str, str]:
    """Its names in the languages of the interface, for readers of these; English readers see the name that ROR shows."""
    return {
        language: text[:300]
        for text, language, kind in reversed(record.get("names") or [])
        if kind == "label" and language in LOCALES and language != DEFAULT_LOCALE
    }


def _fresh(record: dict[str, Any]) -> dict[str, Any]:
    """The columns that are the institution's own, as they stand before anybody changes them."""
    zones = vocab.country_timezones(record["cc"])
    return {
        "ror": record["id"],
        "state": "listed",
        "version": 1,
        "description": {},
        "zone": zones[0] if len(zones) == 1 else "UTC",
        "weekend": list(clock.WEEKEND),
        "working_languages": [],
        "confirms_participation": False,
    }


def _name_rows(key: int, record: dict[str, Any]) -> list[dict[str, Any]]:
    named = record.get("names") or [[record["name"], None, "label"]]
    return [
        {
            "institution_id": key,
            "name": text[:300],
            "folded": fold(text)[:300],
            "language": language[:12] if language else None,
            "kind": kind,
        }
        for text, language, kind in named
    ]


def _follow(gone: dict[str, dict[str, Any]], known: dict[str, tuple[int, str]], done: Loaded) -> None:
    """Close what ROR has closed, or merge it into the one that follows it, if that one is here and open."""
    now = clock.now()
    closed, merged = [], []
    for ror in sorted(gone.keys() & known.keys()):
        key, state = known[ror]
        if state in {"closed", "merged"}:
            continue
        heir = _heir(ror, gone, known)
        if state in TAKING_PART:
            done.kept += 1
            notices.closed_in_ror(key, heir and heir[1])
        elif heir is None:
            closed.append({"key": key, "touched_at": now})
        else:
            merged.append({"key": key, "heir": heir[0], "touched_at": now})
    of_this = update(_institutions).where(_institutions.c.id == bindparam("key"))
    next_version = _institutions.c.version + 1
    if closed:
        db.session.connection().execute(of_this.values(state="closed", version=next_version), closed)
    if merged:
        db.session.connection().execute(
            of_this.values(state="merged", merged_into_id=bindparam("heir"), version=next_version), merged
        )
    done.closed, done.merged = len(closed), len(merged)


def _heir(
    ror: str, gone: dict[str, dict[str, Any]], known: dict[str, tuple[int, str]]
) -> tuple[int, str] | None:
    """The one that follows at the end of the chain of successors: (key, name); None without one."""
    seen = {ror}
    record = gone[ror]
    while True:
        followers = [heir for kind, heir in record.get("rel", []) if kind == "successor" and heir not in seen]
        if len(followers) != 1:  # split among several: none of them is the one
            return None
        heir = followers[0]
        seen.add(heir)
        if heir in gone:
            record = gone[heir]
            continue
        if heir not in known or known[heir][1] in {"closed", "merged"}:
            return None
        key = known[heir][0]
        return key, db.session.scalar(select(Institution.name).where(Institution.id == key)) or ""
