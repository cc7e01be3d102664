"""Negotiating: revise, be content, hand the ball, comment on a line, decline."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from app.agreements import policies, queries
from app.agreements.models import (
    DECLINE_CODES,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Agreement,
    AgreementComment,
    AgreementParty,
    AgreementVersion,
)
from app.agreements.notices import negotiating as notices
from app.agreements.services.steps import (
    acting_for,
    check_lines,
    content_now,
    give_ball,
    move,
    note_in_audit,
    pass_ball,
    put_lines,
    require_state,
    write_version,
)
from app.agreements.services.writing import check_dates
from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Conflict, Invalid, NotFound, RuleBroken
from app.core.i18n import _l
from app.core.text import excerpt

LONGEST_BALL = timedelta(days=60)
COMMENT_LENGTH = 2000
_ANCHOR = re.compile(r"(title|parties|dates|c[0-9]{1,9}|t-[a-z]{2,3}-[0-9]{1,4})")
WORDS = ("title", "texts", "prevailing", "starts_on", "ends_on", "notice_days")


def revise(
    actor: Actor,
    agreement: Agreement,
    *,
    commitments: Sequence[Mapping[str, Any]],
    note: str,
    institution_id: int | None = None,
    version: int | None = None,
    **words: Any,
) -> AgreementVersion:
    """Write the next version for a party: it is content with it, nobody else is, and what was signed is void.

    `words` are values for WORDS; `commitments` rows as for `writing.save`. The note says why. Raises NotAllowed, RuleBroken,
    Conflict when somebody revised or signed meanwhile, Invalid (also when nothing differs).
    """
    unknown = set(words) - set(WORDS)
    if unknown:
        raise ValueError(f"an agreement has no {sorted(unknown)}")
    with transaction():
        agreement = lock(agreement)
        authorize(policies.revise, actor, agreement)
        agreement.expect_version(version)
        require_state(agreement, "revise")
        parties = queries.parties_of(agreement.id)
        party = acting_for(actor, parties, institution_id)
        if not note:
            raise Invalid({"note": _l("Say in a sentence what you change and why")})
        _check_words(words)
        check_lines(commitments, [row.institution_id for row in parties])
        before = queries.version(agreement.id, agreement.number).content
        voided = sum(row.number == agreement.number for row in queries.signatures_of(agreement.id))
        for name, value in words.items():
            setattr(agreement, name, value)
        check_dates(agreement)
        agreement.number += 1
        # The ball stays named while rows change; the database wants the state first: signed lines do not change.
        move(
            actor,
            agreement,
            "revise",
            note,
            institution_id=party.institution_id,
            what=str(agreement.number),
            voided=voided,
        )
        db.session.flush()
        if put_lines(agreement, commitments):
            for row in parties:
                row.unmark_gift()
        after = content_now(agreement, parties)
        changed = queries.parts_changed(before, after)
        if not changed:
            raise Invalid({"note": _l("Nothing differs from the version before")})
        made = write_version(actor, agreement, party, after, changed=changed, note=note)
        pass_ball(agreement, parties, after=party.institution_id)
        notices.revised(actor, agreement, parties, party=party, note=note, voided=voided)
    return made


def _check_words(words: Mapping[str, Any]) -> None:
    if "title" in words and not 0 < len(words["title"]) <= TITLE_LENGTH:
        raise Invalid({"title": _l("Enter a title")})
    texts = words.get("texts")
    if texts is None:
        return
    if not texts.get(words.get("prevailing") or next(iter(texts), "")):
        raise Invalid({"texts": _l("Write the text in the language that prevails")})
    if any(len(text) > TEXT_LENGTH for text in texts.values()):
        raise Invalid({"texts": _l("The text is too long")})
    if queries.blanks_of(texts):
        raise Invalid({"texts": _l("Fill in the blanks that are left in the text")})


def say_content(
    actor: Actor,
    agreement: Agreement,
    *,
    number: int,
    institution_id: int | None = None,
    version: int | None = None,
) -> bool:
    """Say for a party that it is content with version `number`; returns whether all are, and it is ready to sign.

    Raises NotAllowed, RuleBroken(`same_person`, `wrong_state`), Conflict when there is a newer version.
    """
    with transaction():
        agreement = lock(agreement)
        authorize(policies.say_content, actor, agreement)
        if number != agreement.number:
            raise Conflict("newer_version", _l("There is a newer version. Read that one first."))
        agreement.expect_version(version)
        require_state(agreement, "say_content")
        parties = queries.parties_of(agreement.id)
        party = acting_for(actor, parties, institution_id)
        if any(
            row is not party and row.content_number == number and row.content_by_id == actor.id
            for row in parties
        ):
            raise RuleBroken(
                "same_person", _l("You spoke for another party already. Somebody else speaks for this one.")
            )
        if party.content_number == number:
            raise RuleBroken("already_content", _l("Your institution has said so already."))
        party.say_content(number, actor.id or 0)
        note_in_audit(
            actor,
            agreement,
            "agreements.say_content",
            after={"what": party.institution.own_name, "number": number},
            institution_id=party.institution_id,
        )
        is_ready = all(row.content_number == number for row in parties)
        if is_ready:
            move(actor, agreement, "agree")
            pass_ball(agreement, parties)
            notices.ready(actor, agreement, parties)
        else:
            agreement.touch()
            if agreement.ball_institution_id == party.institution_id:
                pass_ball(agreement, parties, after=party.institution_id)
            notices.content(actor, agreement, parties, party)
    return is_ready


def hand_ball(
    actor: Actor,
    agreement: Agreement,
    *,
    institution_id: int,
    due_on: date | None = None,
    note: str = "",
    version: int | None = None,
) -> None:
    """Hand the ball to another party, with a day if one is wanted. Raises NotAllowed, NotFound, RuleBroken, Conflict, Invalid."""
    with transaction():
        agreement = lock(agreement)
        authorize(policies.hand_ball, actor, agreement)
        agreement.expect_version(version)
        require_state(agreement, "hand_ball")
        parties = queries.parties_of(agreement.id)
        to = next((row for row in parties if row.institution_id == institution_id), None)
        if to is None:
            raise NotFound
        if institution_id == agreement.ball_institution_id:
            raise Invalid({"institution_id": _l("It waits for this party already")})
        today = clock.today(to.institution.zone)
        if due_on is not None and not today <= due_on <= today + LONGEST_BALL:
            raise Invalid({"due_on": _l("Choose a day within the next 60 days")})
        give_ball(agreement, to, due_on, note)
        note_in_audit(
            actor,
            agreement,
            "agreements.hand_ball",
            after={"what": to.institution.own_name},
            note=note,
            institution_id=acting_for_ball(actor, parties, to),
        )
        notices.handed_on(actor, agreement, parties, to, note)


def acting_for_ball(actor: Actor, parties: Sequence[AgreementParty], to: AgreementParty) -> int | None:
    """The party that hands it on: one that the person represents, and not the one that receives it."""
    own = (row.institution_id for row in parties if actor.holds("representative", row.institution_id))
    return next((key for key in own if key != to.institution_id), None)


def decline(
    actor: Actor,
    agreement: Agreement,
    *,
    code: str,
    note: str = "",
    institution_id: int | None = None,
    version: int | None = None,
) -> None:
    """End the negotiation for a party, with a reason. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        agreement = lock(agreement)
        authorize(policies.decline, actor, agreement)
        agreement.expect_version(version)
        require_state(agreement, "decline")
        if code not in DECLINE_CODES:
            raise Invalid({"code": _l("Choose a reason")})
        if code == "other" and not note:
            raise Invalid({"note": _l("Say the reason in your own words")})
        parties = queries.parties_of(agreement.id)
        party = acting_for(actor, parties, institution_id)
        agreement.close(actor.id, code, note)
        move(
            actor,
            agreement,
            "decline",
            note,
            institution_id=party.institution_id,
            what=party.institution.own_name,
            code=code,
        )
        notices.declined(actor, agreement, parties, party=party, reason=DECLINE_CODES[code], note=note)


# ---- comments on a line ----------------------------------------------------------------------------------------


def line_at(content: Mapping[str, Any], anchor: str) -> str | None:
    """How the line of an anchor stands in a version; None when there is no such line.

    Anchors: `title`, `parties`, `dates`, `c<commitment id>`, `t-<language>-<paragraph, from 1>`.
    """
    if not _ANCHOR.fullmatch(anchor):
        return None
    if anchor.startswith("t-"):
        _t, language, number = anchor.split("-")
        found = queries.paragraphs(content["texts"].get(language, ""))
        at = int(number)
        return excerpt(found[at - 1], 280) if 0 < at <= len(found) else None
    if anchor.startswith("c"):
        lines = {line["id"]: line["text"] for line in content["commitments"]}
        return lines.get(int(anchor[1:]))
    return content["title"] if anchor == "title" else ""


def comment(
    actor: Actor,
    agreement: Agreement,
    *,
    anchor: str,
    text: str,
    institution_id: int | None = None,
) -> AgreementComment:
    """Say something about a line of the newest version. Raises NotAllowed, NotFound (no such line), RuleBroken, Invalid."""
    with transaction():
        agreement = lock(agreement)
        authorize(policies.comment, actor, agreement)
        require_state(agreement, "comment")
        quote = line_at(queries.version(agreement.id, agreement.number).content, anchor)
        if quote is None:
            raise NotFound
        if not text or len(text) > COMMENT_LENGTH:
            raise Invalid({"text": _l("Write what you want to say")})
        parties = queries.parties_of(agreement.id)
        party = acting_for(actor, parties, institution_id)
        made = AgreementComment(
            agreement_id=agreement.id,
            number=agreement.number,
            anchor=anchor,
            quote=quote,
            institution_id=party.institution_id,
            by_id=actor.id,
            text=text,
        )
        db.session.add(made)
        db.session.flush()
        note_in_audit(
            actor,
            agreement,
            "agreements.comment",
            after={"comment_id": made.id, "anchor": anchor},
            institution_id=party.institution_id,
        )
        notices.commented(actor, agreement, parties, party=party, said=made)
    return made


def resolve(actor: Actor, agreement: Agreement, *, comment_id: int) -> None:
    """Mark what was said as settled, once. Raises NotAllowed, NotFound, RuleBroken."""
    with transaction():
        agreement = lock(agreement)
        authorize(policies.comment, actor, agreement)
        require_state(agreement, "comment")
        found = queries.comment(agreement.id, comment_id)
        if found.resolved_at is not None:
            raise RuleBroken("already_resolved", _l("This was settled already."))
        found.resolved_at, found.resolved_by_id = clock.now(), actor.id
        note_in_audit(actor, agreement, "agreements.resolve_comment", after={"comment_id": found.id})
