"""Loading the demonstration, whole or not at all; its accounts, and how a portal knows that it is one."""

import json
import os
import pathlib
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from app.accounts.models import Person
from app.audit import services as audit
from app.core import clock
from app.core.db import db, transaction
from app.core.passwords import hash_password, is_right
from app.demo.services import cast, exchange, joint_work, needs, pacts, results, returns, talk, work
from app.demo.services.story import BEGINS, Story, rows
from app.notifications.models import Mail, Notice

# The accounts that are printed: each role in English and in Arabic.
SHOWN = (
    ("researcher", "anouk-visser"),
    ("researcher", "huda-baabbad"),
    ("representative", "grace-nakimuli"),
    ("representative", "mona-elsherif"),
    ("lead", "marieke-de-boer"),
    ("lead", "tariq-almasri"),
    ("admin", "johan-lindqvist"),
    ("admin", "salma-haddad"),
)
WORDS = (
    "amber", "anchor", "basil", "beacon", "birch", "canvas", "cedar", "clover", "copper", "coral", "cotton", "delta",
    "ember", "falcon", "fern", "ginger", "granite", "harbour", "hazel", "heron", "indigo", "island", "ivory", "jasmine",
    "juniper", "lagoon", "lantern", "lemon", "linen", "maple", "marble", "meadow", "mosaic", "nectar", "olive", "orchid",
    "oyster", "pebble", "pepper", "pine", "plum", "prairie", "quartz", "raven", "reef", "river", "saffron", "sandal",
    "sequoia", "silver", "spruce", "sparrow", "summit", "sunrise", "thyme", "topaz", "tulip", "valley", "velvet", "violet",
    "walnut", "willow", "window", "zephyr",
)  # fmt: skip
UNREAD = timedelta(days=6)
KEPT_MAILS = 2  # of each account shown, if they are fresh; the rest would only fill the outbox
FRESH = timedelta(days=30)


def beginning() -> Any:
    """The clock at the start of the story: what is there before the people, such as the registry, dates from then."""
    return clock.at(clock.now() - timedelta(days=BEGINS + 2))


def has_people() -> bool:
    """Whether anybody has an account here."""
    return db.session.scalar(select(Person.id).limit(1)) is not None


def is_demonstration() -> bool:
    """Whether anybody here is an invented person of the demonstration."""
    return db.session.scalar(select(Person.id).where(Person.is_demo).limit(1)) is not None


def has_accounts() -> bool:
    """Whether the demonstration has been loaded here."""
    emails = {row["key"]: row["email"] for row in rows("people")}
    return db.session.scalar(select(Person.id).where(Person.email == emails[SHOWN[0][1]])) is not None


def load() -> dict[str, int]:
    """Tell the whole story in one transaction; returns what there is now: people, problems, teams, events.

    Needs the registry of institutions. Nobody can sign in yet: `give_accounts` sets the password.
    """
    story = Story()
    with transaction(system="demonstration"):
        cast.tell(story)
        needs.tell(story, work.days_of_first_team())
        work.tell(story)
        exchange.tell(story)
        joint_work.tell(story)
        pacts.tell(story)
        returns.tell(story)
        results.tell(story)
        talk.tell(story)
        events = story.play()
        _quieten(story)
        audit.record(None, "demo.load", after={"events": events}, label="demonstration")
    return {
        "people": len(story.people),
        "problems": len(story.problems),
        "teams": len(story.teams),
        "projects": len(story.projects),
        "listings": len(story.listings),
        "agreements": len(story.agreements),
        "outcomes": len(story.outcomes),
        "events": events,
    }


def _quieten(story: Story) -> None:
    """Leave inboxes and the outbox as people would: old notices read, old mails long since delivered and gone."""
    unread_since = story.now - UNREAD
    db.session.flush()
    hosts = [story.people[row["person"]["key"]] for row in rows("hosts")]
    db.session.execute(
        update(Notice)
        .where(or_(Notice.created_at < unread_since, Notice.person_id.in_(hosts)))
        .values(read_at=Notice.created_at)
        .execution_options(synchronize_session=False)
    )
    shown = {story.people[key] for _role, key in SHOWN}
    keep: list[int] = []
    for person in shown:
        fresh = select(Mail.id).where(Mail.person_id == person, Mail.created_at > story.now - FRESH)
        keep += db.session.scalars(fresh.order_by(Mail.id.desc()).limit(KEPT_MAILS))
    # A mail to an address without an account carries the only link to its invitation.
    keep += db.session.scalars(select(Mail.id).where(Mail.person_id.is_(None)))
    db.session.execute(delete(Mail).where(Mail.id.not_in(keep)).execution_options(synchronize_session=False))


# ---- Accounts ----------------------------------------------------------------------------------------------


def give_accounts(file: pathlib.Path) -> list[dict[str, str]]:
    """Set one new password for everybody in the demonstration and write who they are to a file that only its owner reads."""
    password = "-".join(secrets.choice(WORDS) for _ in range(6))
    with transaction(system="demonstration"):
        db.session.execute(
            update(Person)
            .where(Person.is_demo, Person.email.in_([row["email"] for row in rows("people")]))
            .values(password_hash=hash_password(password))
            .execution_options(synchronize_session=False)
        )
        audit.record(None, "demo.give_accounts", label="demonstration")
    found = accounts(password)
    # Written beside and moved into place: the file is there whole or not at all, and never readable by others.
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(found, out, ensure_ascii=False, indent=1)
        out.write("\n")
    part.replace(file)
    return found


def accounts(password: str) -> list[dict[str, str]]:
    """The accounts shown: role, email, password, name, institution (empty for administrators), locale."""
    people = {row["key"]: row for row in rows("people")}
    names = {row["ror"]: row["name"] for row in rows("institutions")}
    return [
        {
            "role": role,
            "email": people[key]["email"],
            "password": password,
            "name": people[key]["display_name"],
            "institution": names.get(people[key]["institution"], ""),
            "locale": people[key]["locale"],
        }
        for role, key in SHOWN
    ]


def read_accounts(file: pathlib.Path) -> list[dict[str, str]]:
    """The accounts of a demonstration that was loaded before; none when the file is missing or tells of another database."""
    if not file.exists():
        return []
    found: list[dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    passwords = {account["email"]: account["password"] for account in found}
    people = db.session.execute(
        select(Person.email, Person.password_hash).where(Person.is_demo, Person.email.in_(passwords))
    )
    # One that fits is enough: people may have changed their passwords meanwhile.
    return found if any(is_right(row.password_hash, passwords[row.email]) for row in people) else []
