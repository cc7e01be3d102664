"""The demonstration's interests, and the agreements that came of them: drafted, negotiated, signed, kept or not."""

import dataclasses
import secrets
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from app.accounts.models import SignIn
from app.agreements import queries as drafts
from app.agreements import services as agreements
from app.agreements.models import LINE_FIELDS, Agreement
from app.agreements.queries.writing import blanks_of
from app.core import clock
from app.core.access import Actor
from app.core.db import db
from app.demo.services.cast import representative
from app.demo.services.story import Row, Story, rows
from app.interest import services as interests
from app.interest.models import Interest
from app.interest.services.sending import enter
from app.ledger import services as ledger
from app.ledger.models import LedgerLine
from app.listings.models import Listing
from app.problems.models import Problem

SIDES = {"deliver": "giver", "receive": "receiver", "rate": "receiver", "dispute": "receiver"}


def tell(story: Story) -> None:
    """Put every interest and agreement into the story."""
    for row in rows("interests"):
        story.at(row["days"], _send, row)
        for step in row["then"]:
            story.at(step["days"], _answer, row, step)
    for row in rows("agreements"):
        _tell_agreement(story, row)


# ---- Interests ---------------------------------------------------------------------------------------------


def home(key: str) -> str:
    """The ROR identifier of somebody's institution."""
    return str(next(row["institution"] for row in rows("people") if row["key"] == key))


def _thing(story: Story, about: list[str]) -> Listing | Problem:
    kind, key = about
    if kind == "listing":
        return story.record(Listing, story.listings[key])
    return story.record(Problem, story.problems[key])


def _send(story: Story, row: Row) -> None:
    interest = enter(
        story.actor(row["by"]),
        _thing(story, row["about"]),
        institution_id=story.institutions[home(row["by"])],
        **{name: row[name] for name in ("brings", "gains", "message", "language")},
    )
    story.interests[row["key"]] = interest.id


def _answer(story: Story, row: Row, step: Row) -> None:
    interest = story.record(Interest, story.interests[row["key"]])
    if step["do"] == "withdraw":
        interests.withdraw(story.actor(row["by"]), interest)
        return
    thing = _thing(story, row["about"])
    owner = thing.author_id if isinstance(thing, Problem) else thing.contact_id
    actor = story.actor(next(key for key, one in story.people.items() if one == owner))
    if step["do"] == "talk":
        interests.talk(actor, interest)
    elif step["do"] == "decline":
        interests.decline(actor, interest, reason=step["reason"], note=step["note"])
    else:
        words = {name: step[name] for name in ("brings", "gains", "language", "note")}
        interests.accept(actor, interest, **words)


# ---- Agreements: drafted and negotiated ------------------------------------------------------------------------


def _tell_agreement(story: Story, row: Row) -> None:
    story.at(row["draft"], _draft, row)
    story.at(row["send"], _by_drafter, row, agreements.send)
    for one in row["comments"]:
        story.at(one["days"], _comment, row, one)
    for one in row["revisions"]:
        story.at(one["days"], _revise, row, one)
    for days, ror in row["content"]:
        story.at(days, _say_content, row, ror)
    for days, ror, capacity in row["sign"]:
        story.at(days, _sign, row, ror, capacity)
    for line in row["commitments"]:
        for event in line["history"]:
            story.at(event["days"], _keep, row, line, event)


def _agreement(story: Story, row: Row) -> Agreement:
    return story.record(Agreement, story.agreements[row["key"]])


def _by_drafter(story: Story, row: Row, act: Any) -> None:
    act(story.actor(row["by"]), _agreement(story, row))


def _signatory(ror: str) -> str:
    """Who speaks for an institution signs for it."""
    return representative(ror)


def _day(story: Story, days: float | None) -> date | None:
    return None if days is None else story.now.date() + timedelta(days=days)


def _draft(story: Story, row: Row) -> None:
    actor = story.actor(row["by"])
    parties = [story.institutions[ror] for ror in row["parties"]]
    if row["interest"]:
        interest = story.record(Interest, story.interests[row["interest"]])
        agreement = agreements.draft_from_interest(actor, interest, kind=row["kind"])
        agreements.save(actor, agreement, "about", title=row["title"])
    else:
        agreement = agreements.create(
            actor,
            kind=row["kind"],
            title=row["title"],
            institution_id=story.institutions[home(row["by"])],
            language=row["language"],
            project_id=story.projects[row["project"]] if row["project"] else None,
            party_ids=parties,
        )
    story.agreements[row["key"]] = agreement.id
    for ror, key in zip(row["parties"], parties, strict=True):
        person = story.people[_signatory(ror)]
        agreements.name_signatory(actor, agreement, institution_id=key, person_id=person)
    agreements.save(actor, agreement, "text", texts=_filled(agreement, row["blanks"]))
    lines = [_line(story, one) for one in row["commitments"]]
    agreements.save(actor, agreement, "commitments", commitments=lines)
    dates: Row = {"starts_on": _day(story, row["starts"]), "ends_on": _day(story, row["ends"])}
    agreements.save(actor, agreement, "dates", **dates, notice_days=60)
    db.session.flush()
    there = drafts.commitments_of(agreement.id)
    for one, kept in zip(row["commitments"], there, strict=True):
        story.commitments[f"{row['key']}/{one['key']}"] = kept.id


def _filled(agreement: Agreement, blanks: list[str]) -> dict[str, str]:
    """The template's text with its blanks filled in their order."""
    language = agreement.prevailing
    text = agreement.texts[language]
    labels = [label for _language, label in blanks_of({language: text})]
    for label, words in zip(labels, blanks, strict=True):
        text = text.replace(f"[[{label}]]", words)
    return {language: text}


def _line(story: Story, one: Row) -> Row:
    return {
        "id": None,
        "giver_id": story.institutions[one["giver"]],
        "receiver_id": story.institutions[one["receiver"]],
        "quantity": Decimal(one["quantity"]) if one["quantity"] else None,
        "due_on": _day(story, one["due"]),
        "repeats_from": _day(story, one["first"]),
        "repeats_until": _day(story, one["until"]),
        **{name: one[name] for name in ("kind", "text", "unit", "repeats", "condition", "is_public")},
    }


def _comment(story: Story, row: Row, one: Row) -> None:
    anchor = f"c{story.commitments[row['key'] + '/' + one['at']]}"
    actor = story.actor(_signatory(one["by"]))
    agreements.comment(actor, _agreement(story, row), anchor=anchor, text=one["text"])


def _revise(story: Story, row: Row, one: Row) -> None:
    """The lines as they stand, with what this side changes."""
    agreement = _agreement(story, row)
    changed = {story.commitments[f"{row['key']}/{key}"]: values for key, values in one["change"].items()}
    lines = []
    for kept in drafts.commitments_of(agreement.id):
        values = changed.get(kept.id, {})
        number = {"quantity": Decimal(values["quantity"])} if "quantity" in values else {}
        lines.append({name: getattr(kept, name) for name in ("id", *LINE_FIELDS)} | values | number)
    agreements.revise(story.actor(_signatory(one["by"])), agreement, commitments=lines, note=one["note"])


def _say_content(story: Story, row: Row, ror: str) -> None:
    """With the newest version; whoever drafted or revised it is so already."""
    agreement = _agreement(story, row)
    for party in {ror, row["parties"][0]}:
        told = drafts.party(agreement.id, story.institutions[party]).content_number
        if told != agreement.number:
            agreements.say_content(story.actor(_signatory(party)), agreement, number=agreement.number)


# ---- Agreements: signed, and kept or not -------------------------------------------------------------------------


def _proved(actor: Actor) -> Actor:
    """Somebody who gave the password just now; the sign-in is gone again when the story is told."""
    signed_in = SignIn(
        token_hash=secrets.token_hex(32), person_id=actor.id, expires_at=clock.now() + timedelta(hours=1)
    )
    db.session.add(signed_in)
    db.session.flush()
    return dataclasses.replace(actor, session_id=signed_in.id)


def _sign(story: Story, row: Row, ror: str, capacity: str) -> None:
    agreement = _agreement(story, row)
    actor = _proved(story.actor(_signatory(ror)))
    agreements.sign(
        actor,
        agreement,
        institution_id=story.institutions[ror],
        number=agreement.number,
        sha256=drafts.version(agreement.id, agreement.number).sha256,
        capacity=capacity,
        accepted=True,
    )
    db.session.execute(delete(SignIn).where(SignIn.id == actor.session_id))


def _keep(story: Story, row: Row, line: Row, event: Row) -> None:
    """What a side says of a ledger line, or a lead of the consortium who belongs to neither."""
    found = db.session.scalars(
        select(LedgerLine).where(
            LedgerLine.source_kind == "commitment",
            LedgerLine.source_id == story.commitments[f"{row['key']}/{line['key']}"],
            LedgerLine.source_part == event["part"],
        )
    ).one()
    what, words = event["do"], {"note": event.get("note", "")}
    if "quantity" in event:
        words |= {"quantity": Decimal(event["quantity"])}
    if what == "settle":
        ledger.settle(_mediator(story, row), found, outcome=event["outcome"], **words)
        return
    actor = story.actor(_signatory(line[SIDES[what]]))
    if what == "rate":
        ledger.rate(actor, found, rating=event["rating"], **words)
    else:
        {"deliver": ledger.deliver, "receive": ledger.receive, "dispute": ledger.dispute}[what](
            actor, found, **words
        )


def _mediator(story: Story, row: Row) -> Actor:
    project = next(one for one in rows("projects") if one["key"] == row["project"])
    leads = next(one["leads"] for one in rows("consortia") if one["key"] == project["consortium"])
    return story.actor(next(key for key in leads if home(key) not in row["parties"]))
