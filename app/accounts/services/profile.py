"""What people say of themselves, administrators, and the tidying job."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select

from app.accounts import policies
from app.accounts.models import KnownDevice, Person, SignIn, Ticket
from app.accounts.services import throttle
from app.accounts.services.entering import new_ticket
from app.accounts.services.joining import index_person
from app.accounts.services.keeping import RESET_WITHIN, anonymise
from app.audit import services as audit
from app.core import clock, jobs
from app.core.access import Actor, authorize
from app.core.db import db, lock_id, transaction
from app.core.errors import Conflict, NotFound
from app.core.i18n import _l

FORGET_DEVICES_AFTER = timedelta(days=180)
FORGET_UNCONFIRMED_AFTER = timedelta(days=30)


def _change(actor: Actor, action: str, version: int | None, values: dict[str, Any]) -> None:
    with transaction():
        person = lock_id(Person, actor.id or 0)
        authorize(policies.manage_own, actor, person)
        person.expect_version(version)
        changed = [name for name, value in values.items() if getattr(person, name) != value]
        for name in changed:
            setattr(person, name, values[name])
        if changed:
            index_person(person)
            audit.record(actor, action, person, after={"changed": changed})


def update_profile(
    actor: Actor,
    *,
    version: int | None,
    display_name: str,
    sort_name: str,
    romanised_name: str,
    fields: list[str],
    skills: list[str],
    biography: dict[str, str],
    links: list[str],
    hours_month: int | None,
    available_until: date | None,
    visibility: str,
) -> None:
    """Change one's own profile. Raises Conflict when it was changed since `version`."""
    _change(
        actor,
        "accounts.update_profile",
        version,
        {
            "display_name": display_name,
            "sort_name": sort_name or display_name,
            "romanised_name": romanised_name,
            "fields": fields,
            "skills": skills,
            "biography": biography,
            "links": links,
            "hours_month": hours_month,
            "available_until": available_until,
            "visibility": visibility,
        },
    )


def update_languages(
    actor: Actor, *, version: int | None, locale: str, zone: str, languages: list[dict[str, str]]
) -> None:
    """Change the language and zone of pages and mails, and the languages one speaks ({code, level})."""
    _change(
        actor,
        "accounts.update_languages",
        version,
        {"locale": locale, "zone": zone, "languages": languages},
    )


def create_person(*, email: str, display_name: str, admin: bool = False, locale: str = "en") -> str:
    """A person made from the command line, with a confirmed address. Returns the secret of a reset link for them.

    Raises Conflict when the address has an account.
    """
    with transaction(system="command line"):
        person = Person(
            email=email,
            email_confirmed_at=clock.now(),
            display_name=display_name,
            sort_name=display_name,
            locale=locale,
            is_admin=admin,
        )
        db.session.add(person)
        db.session.flush()
        index_person(person)
        secret = new_ticket(person, "reset", email, RESET_WITHIN)
        audit.record(None, "accounts.create_person", person, after={"administrator": admin})
    return secret


def set_administrator(*, email: str, admin: bool) -> None:
    """Make a person an administrator, or no longer one. Raises NotFound; Conflict for the last administrator."""
    with transaction(system="command line"):
        person = db.session.scalars(select(Person).where(Person.email == email).with_for_update()).first()
        if person is None:
            raise NotFound
        others = select(Person.id).where(Person.is_admin, Person.id != person.id).limit(1)
        if not admin and person.is_admin and db.session.scalar(others) is None:
            raise Conflict(
                "last_administrator",
                _l("This is the only administrator of the portal. Name another one first."),
            )
        before = person.is_admin
        person.is_admin = admin
        audit.record(
            None,
            "accounts.set_administrator",
            person,
            before={"administrator": before},
            after={"administrator": admin},
        )


def make_reset_secret(*, email: str) -> str:
    """A reset link for somebody whose mail does not arrive, for the command line. Raises NotFound."""
    with transaction(system="command line"):
        person = db.session.scalars(select(Person).where(Person.email == email)).first()
        if person is None:
            raise NotFound
        secret = new_ticket(person, "reset", email, RESET_WITHIN)
        audit.record(None, "accounts.make_reset_link", person)
    return secret


@jobs.periodic("accounts.tidy", every=timedelta(hours=1))
def tidy() -> int:
    """Forget what has had its time: counted tries, sign-ins, links, devices, addresses that nobody confirmed."""
    now = clock.now()
    gone = [
        delete(SignIn).where(SignIn.expires_at <= now),
        delete(Ticket).where(Ticket.expires_at <= now),
        delete(KnownDevice).where(KnownDevice.seen_at <= now - FORGET_DEVICES_AFTER),
    ]
    with transaction(system="tidy accounts"):
        done = throttle.forget_old()
        for statement in gone:
            found = db.session.execute(statement.execution_options(synchronize_session=False))
            done += found.rowcount  # type: ignore[attr-defined]  # a DELETE has it
        stale = select(Person).where(
            Person.email_confirmed_at.is_(None),
            Person.closed_at.is_(None),
            Person.created_at <= now - FORGET_UNCONFIRMED_AFTER,
        )
        for person in db.session.scalars(stale.limit(200)).all():
            anonymise(person)
            audit.record(None, "accounts.forget_unconfirmed", person)
            done += 1
    return done
