"""The one transaction in which listings of a file are kept: all of them or none, the write lock held as briefly as can be."""

from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import bindparam, delete, func, insert, select, update

from app.accounts.models import Person
from app.accounts.queries import actor_for
from app.audit import services as audit
from app.core import clock, index
from app.core.access import Actor, authorize
from app.core.db import Base, db, lock_id, transaction
from app.core.dialects import insert_many
from app.core.errors import Conflict
from app.listings import notices, policies
from app.listings import queries as listings
from app.listings.models import (
    LOAD_STATES,
    Listing,
    ListingAsker,
    ListingFacet,
    ListingLine,
    ListingLoad,
    ListingReview,
)
from app.listings.queries import loading as queries
from app.listings.services.loading import taking
from app.listings.services.loading.preparing import Plan, Ready
from app.listings.services.writing import REVIEW_DAYS

AT_ONCE = 500  # ids in one statement
DRAFTS = ("draft", "returned")


def keep(load_id: int, plan: Plan) -> bool:
    """Keep what was prepared; whether it was done (another worker may have). Raises NotAllowed, Conflict."""
    with transaction():
        load = lock_id(ListingLoad, load_id)
        actor = actor_for(db.session.get_one(Person, load.person_id))
        authorize(policies.load, actor, load.institution_id)
        if load.state != "loading":
            return False
        _require_as_prepared(load, plan)
        is_trusted = listings.has_earned_trust(load.institution_id)
        ids = _insert(load, plan.new, is_trusted)
        _update(load, plan.updated, is_trusted)
        _note(actor, load, plan, ids, is_trusted)
        LOAD_STATES.move(load, "finish")
        load.new, load.updated, load.unchanged = len(plan.new), len(plan.updated), plan.unchanged
        load.in_review = not is_trusted
        load.finished_at = clock.now()
        taking.forget_file(load)
        notices.load_done(load)
        if not is_trusted:
            _tell_deciders(load)
    return True


def _require_as_prepared(load: ListingLoad, plan: Plan) -> None:
    """Refuse when somebody changed one of the listings since, or began one with an identifier of the file."""
    for batch in _batches(plan.updated):
        seen = {ready.standing.id: ready.standing.version for ready in batch if ready.standing}
        if queries.versions(list(seen)) != seen:
            raise Conflict
    for batch in _batches(sorted(plan.identifiers)):
        if queries.standing(load.institution_id, batch):
            raise Conflict


def _batches(things: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (things[at : at + AT_ONCE] for at in range(0, len(things), AT_ONCE))


def _state(is_trusted: bool) -> dict[str, Any]:
    """How listings begin: published, or in review as an institution's first ones are."""
    now = clock.now()
    if not is_trusted:
        return {"state": "in_review", "listed_at": now}
    return {"state": "published", "published_at": now, "listed_at": now, "confirmed_at": now}


def _usual() -> dict[str, Any]:
    """What a new listing holds in columns of which the file knows nothing."""
    found = {}
    for column in Base.metadata.tables[Listing.__tablename__].columns:
        if column.default is not None:
            usual: Any = column.default
            found[column.name] = usual.arg(None) if usual.is_callable else usual.arg
    return found


def _insert(load: ListingLoad, new: list[Ready], is_trusted: bool) -> dict[str, int]:
    """New listings; their ids by identifier."""
    if not new:
        return {}
    state = _state(is_trusted)
    same = {**_usual(), **state, "created_by_id": load.person_id}
    names = sorted(same | new[0].record)
    # One plain statement, then the keys are asked for: ten times as fast as statements that return them.
    _many(Listing, names, ([*map({**same, **ready.record}.get, names)] for ready in new))
    ids: dict[str, int] = {}
    for batch in _batches(sorted(ready.record["external_id"] for ready in new)):
        made = db.session.execute(
            select(Listing.external_id, Listing.id).where(
                Listing.institution_id == load.institution_id, Listing.external_id.in_(batch)
            )
        )
        ids |= {str(identifier): key for identifier, key in made}
    keyed = [(ids[ready.record["external_id"]], ready) for ready in new]
    _keep_lines(keyed)
    _pass_on(load, keyed, is_trusted, state["listed_at"])
    return ids


def _update(load: ListingLoad, updated: list[Ready], is_trusted: bool) -> None:
    """Listings that stand get the new values; what was a draft goes its way, what had expired stands again."""
    keyed = [(ready.standing.id, ready) for ready in updated if ready.standing]
    _set_values(keyed)
    for batch in _batches([key for key, _ready in keyed]):
        for kind in (ListingLine, ListingAsker, ListingFacet):
            db.session.execute(
                delete(kind).where(kind.listing_id.in_(batch)).execution_options(synchronize_session=False)
            )
    _keep_lines(keyed)
    drafts = [(key, ready) for key, ready in keyed if _was(ready) in DRAFTS]
    revived = [(key, ready) for key, ready in keyed if _is_revived(ready)]
    for group, state in ((drafts, _state(is_trusted)), (revived, _state(True))):
        for batch in _batches([key for key, _ready in group]):
            db.session.execute(
                update(Listing)
                .where(Listing.id.in_(batch))
                .values(**state)
                .execution_options(synchronize_session=False)
            )
    _pass_on(load, drafts, is_trusted, clock.now())
    _list([(key, ready, clock.now()) for key, ready in revived])
    _list(
        [
            (key, ready, ready.standing.listed_at)
            for key, ready in keyed
            if ready.standing and _was(ready) == "published"
        ]
    )


def _was(ready: Ready) -> str:
    return ready.standing.state if ready.standing else ""


def _is_revived(ready: Ready) -> bool:
    """Whether it had expired and the file names a day to come."""
    return _was(ready) == "expired" and ready.record["valid_until"] >= clock.today()


def _set_values(keyed: list[tuple[int, Ready]]) -> None:
    if not keyed:
        return
    names = sorted(keyed[0][1].record)
    table = Base.metadata.tables[Listing.__tablename__]
    statement = (
        update(table)
        .where(table.c.id == bindparam("key"))
        .values(
            **{name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names},
            version=table.c.version + 1,
            touched_at=clock.now(),
            confirmed_at=clock.now(),
            stale_reminded_at=None,
        )
    )
    db.session.connection().execute(
        statement,
        [{"key": key, **{f"new_{name}": ready.record[name] for name in names}} for key, ready in keyed],
    )
    renewed = [key for key, ready in keyed if "valid_until" in ready.changed]
    for batch in _batches(renewed):
        db.session.execute(
            update(Listing)
            .where(Listing.id.in_(batch))
            .values(reminded_days=None)
            .execution_options(synchronize_session=False)
        )


def _keep_lines(keyed: list[tuple[int, Ready]]) -> None:
    lines = (
        (key, line["kind"], line["text"], position)
        for key, ready in keyed
        for position, line in enumerate(ready.wants)
    )
    _many(ListingLine, ("listing_id", "kind", "text", "position"), lines)
    askers = ((key, asker) for key, ready in keyed for asker in ready.askers)
    _many(ListingAsker, ("listing_id", "institution_id"), askers)


def _many(kind: type[Base], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    insert_many(db.session.connection(), Base.metadata.tables[kind.__tablename__], names, rows)


def _pass_on(load: ListingLoad, keyed: list[tuple[int, Ready]], is_trusted: bool, now: Any) -> None:
    """Into the lists, or to those who review an institution's first listings."""
    if is_trusted:
        _list([(key, ready, now) for key, ready in keyed])
    elif keyed:
        due = clock.add_working_days(now, REVIEW_DAYS)
        asked = {"asked_by_id": load.person_id, "asked_at": now, "due_at": due}
        db.session.execute(insert(ListingReview), [{"listing_id": key, **asked} for key, _ready in keyed])


def _list(shown: list[tuple[int, Ready, Any]]) -> None:
    """What is published: its facets, and its words in the index of its list."""
    facets = (
        (key, ready.record["catalogue"], facet, value, listed_at)
        for key, ready, listed_at in shown
        for facet, value in ready.facets
    )
    _many(ListingFacet, ("listing_id", "catalogue", "facet", "value", "listed_at"), facets)
    for catalogue in sorted({ready.record["catalogue"] for _key, ready, _at in shown}):
        index.put_many(
            catalogue,
            {key: ready.words for key, ready, _at in shown if ready.record["catalogue"] == catalogue},
        )


def _note(actor: Actor, load: ListingLoad, plan: Plan, ids: dict[str, int], is_trusted: bool) -> None:
    """A line for the load, and one for each listing that it brought or changed: what differs, never the texts."""
    state = "published" if is_trusted else "in_review"
    numbers = {"new": len(plan.new), "updated": len(plan.updated), "unchanged": plan.unchanged}
    taking.note(
        actor, load, "listings.finish_load", after={**numbers, "left_out": load.faulty, "state": state}
    )
    for ready in (*plan.new, *plan.updated):
        record, standing = ready.record, ready.standing
        key = standing.id if standing else ids[record["external_id"]]
        audit.record(
            actor,
            "listings.create" if standing is None else "listings.edit",
            # The audit asks a thing for its table and key alone; thousands of records would be built for nothing.
            cast(Base, SimpleNamespace(__tablename__=Listing.__tablename__, id=key)),
            after={"load": load.id, **({"fields": ready.changed} if standing else {"state": state})},
            label=record["title"],
            institution_id=load.institution_id,
            consortium_id=record["consortium_id"],
        )


def _tell_deciders(load: ListingLoad) -> None:
    """One notice for all of a file, to those who review an institution's first listings."""
    waiting = db.session.execute(
        select(Listing.consortium_id, func.count(), func.min(Listing.id))
        .where(Listing.institution_id == load.institution_id, Listing.state == "in_review")
        .group_by(Listing.consortium_id)
    ).all()
    for _consortium, number, first in waiting:
        notices.load_sent(load, db.session.get_one(Listing, first), number)
