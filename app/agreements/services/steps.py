"""Inner steps of several actions: they run inside an open transaction and ask no permission."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from app.agreements import policies, queries
from app.agreements.models import (
    AGREEMENT_STATES,
    LINE_FIELDS,
    LINE_LENGTH,
    MOST_COMMITMENTS,
    MOST_PARTS,
    PUBLIC_STATES,
    SIGNING_STATES,
    Agreement,
    AgreementCommitment,
    AgreementNumber,
    AgreementParty,
    AgreementVersion,
    canonical,
    content_of,
    digest,
    repeated,
)
from app.audit import services as audit
from app.core import clock
from app.core.access import Actor
from app.core.db import db
from app.core.errors import Invalid, NotAllowed, RuleBroken, Words
from app.core.i18n import _l
from app.core.quantities import is_unit
from app.core.vocab import is_kind
from app.institutions.models import Institution

ANSWER_DAYS = 10  # working days of the institution that has the ball


def require_state(agreement: Agreement, verb: str) -> None:
    """Refuse what the state of things forbids now. Raises RuleBroken with the code that the page shows."""
    no = policies.blocked(agreement, verb)
    if no is not None:
        raise RuleBroken(no.code, no.text, state=agreement.state)


def move(
    actor: Actor | None,
    agreement: Agreement,
    verb: str,
    note: str | None = None,
    institution_id: int | None = None,
    **after: Any,
) -> str:
    """Make a move and leave it in the audit; returns the state before. Raises RuleBroken(`wrong_state`)."""
    before = AGREEMENT_STATES.move(agreement, verb)
    agreement.moved_at = clock.now()
    note_in_audit(
        actor,
        agreement,
        f"agreements.{verb}",
        before={"state": before},
        after={"state": agreement.state, **after},
        note=note,
        institution_id=institution_id,
    )
    return before


def note_in_audit(
    actor: Actor | None,
    agreement: Agreement,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str | None = None,
    institution_id: int | None = None,
) -> None:
    """A line of the audit about an agreement, for the party that acts (without one: the party that drafted it).

    `after["what"]` is what the history names. More people read the audit than the agreement: the title stays out until
    it is in force, and the leads of the consortium, who see its outline only, read neither of a draft nor what was said.
    """
    is_public = agreement.state in PUBLIC_STATES
    is_outline = agreement.number > 0 and not note
    audit.record(
        actor,
        action,
        agreement,
        before=before,
        after=after,
        note=note or None,
        label=f"{agreement.label} {agreement.title}" if is_public else agreement.label,
        institution_id=institution_id or agreement.institution_id,
        consortium_id=agreement.consortium_id if is_outline else None,
    )


def next_code() -> str:
    """The next public number of this year. Whoever asks at the same time waits: the year's row is locked."""
    year = clock.today().year
    row = db.session.scalars(
        select(AgreementNumber).where(AgreementNumber.year == year).with_for_update()
    ).first()
    if row is None:
        row = AgreementNumber(year=year, last=0)
        db.session.add(row)
        db.session.flush()  # of two first ones of a year, one is refused and tries again
    row.last += 1
    return f"AGR-{year}-{row.last:04d}"


def acting_for(actor: Actor, parties: Sequence[AgreementParty], institution_id: int | None) -> AgreementParty:
    """The party for which the person acts: the one named, or the only one that they represent.

    Raises NotAllowed(`not_party`), Invalid for `institution_id` when they represent several and named none.
    """
    own = [row for row in parties if actor.holds("representative", row.institution_id)]
    if institution_id is not None:
        own = [row for row in own if row.institution_id == institution_id]
    if not own:
        raise NotAllowed("not_party", _l("Only representatives of a party may do this."))
    if len(own) > 1:
        raise Invalid({"institution_id": _l("Say for which party")})
    return own[0]


def due_for(institution: Institution) -> datetime:
    """Until when a party answers: ten of its working days."""
    return clock.add_working_days(
        clock.now(), ANSWER_DAYS, institution.weekend, institution.zone, institution.country
    )


def give_ball(agreement: Agreement, party: AgreementParty, due: date | None = None, note: str = "") -> None:
    """The party moves next, until a day of its own zone or ten of its working days from now."""
    home = party.institution
    until = due_for(home) if due is None else clock.due_at(due, home.weekend, home.zone, home.country)
    agreement.give_ball(party.institution_id, until, note)
    agreement.ball_institution = home


def pass_ball(
    agreement: Agreement, parties: Sequence[AgreementParty], after: int | None = None
) -> AgreementParty | None:
    """Give the ball to the party that has to move next and return it; None (and no ball) when nobody has to.

    While it is negotiated: the next one, in their order after the party `after`, that is not content with the newest
    version. While it is signed: the first one that has not signed it.
    """
    db.session.flush()
    if agreement.state in SIGNING_STATES:
        signed = {
            row.institution_id
            for row in queries.signatures_of(agreement.id)
            if row.number == agreement.number
        }
        waiting = [row for row in parties if row.institution_id not in signed]
    else:
        ids = [row.institution_id for row in parties]
        start = ids.index(after) + 1 if after in ids else 0
        turned = itertools.chain(parties[start:], parties[:start])
        waiting = [row for row in turned if row.content_number != agreement.number]
    if not waiting:
        return None
    give_ball(agreement, waiting[0])
    return waiting[0]


# ---- commitments -----------------------------------------------------------------------------------------------


def check_lines(rows: Sequence[Mapping[str, Any]], party_ids: Sequence[int]) -> None:
    """Refuse commitments that cannot stand. Raises Invalid for `commitments`."""
    if len(rows) > MOST_COMMITMENTS:
        raise Invalid({"commitments": _l("At most %(most)s lines", most=MOST_COMMITMENTS)})
    for row in rows:
        fault = _fault(row, party_ids)
        if fault is not None:
            raise Invalid({"commitments": fault})


def _fault(row: Mapping[str, Any], party_ids: Sequence[int]) -> Words | None:
    if row["giver_id"] not in party_ids or row["receiver_id"] not in party_ids:
        return _l("Choose who gives and who gains, from among the parties")
    if row["giver_id"] == row["receiver_id"]:
        return _l("Nobody gives something to themselves: choose two parties")
    if not is_kind(row["kind"]):
        return _l("Choose a kind")
    if not row["text"] or len(row["text"]) > LINE_LENGTH:
        return _l("Say what is given")
    return _fault_of_amount(row) or _fault_of_days(row)


def _fault_of_amount(row: Mapping[str, Any]) -> Words | None:
    if (row["quantity"] is None) != (not row["unit"]) or (row["unit"] and not is_unit(row["unit"])):
        return _l("Enter an amount together with its unit, or neither")
    if row["quantity"] is not None and row["quantity"] <= 0:
        return _l("Enter an amount above zero")
    return None


def _fault_of_days(row: Mapping[str, Any]) -> Words | None:
    if not row["repeats"]:
        return None
    first, last = row["repeats_from"], row["repeats_until"]
    if first is None or last is None or row["due_on"] is not None:
        return _l("What repeats needs its first and its last day, and no other")
    if last < first:
        return _l("The last day cannot lie before the first")
    times = itertools.islice(repeated(row["repeats"], first, last), MOST_PARTS + 1)
    if len(list(times)) > MOST_PARTS:
        return _l("It repeats more than %(most)s times. Choose a nearer last day.", most=MOST_PARTS)
    return None


def put_lines(agreement: Agreement, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Keep the commitments as given, in their order; returns whether they differ from before.

    A row with the `id` of a line of this agreement is that line changed; the others are new.
    """
    before = {line.id: line for line in queries.commitments_of(agreement.id)}
    kept: set[int] = set()
    is_changed = False
    for position, row in enumerate(rows):
        line = before.get(row.get("id") or 0)
        if line is None or line.id in kept:
            line = AgreementCommitment(agreement_id=agreement.id)
            db.session.add(line)
            is_changed = True
        else:
            kept.add(line.id)
        for name in LINE_FIELDS:
            if getattr(line, name) != row[name]:
                is_changed = True
                setattr(line, name, row[name])
        if line.position != position:
            line.position = position
            is_changed = True
    gone = [key for key in before if key not in kept]
    if gone:
        db.session.execute(delete(AgreementCommitment).where(AgreementCommitment.id.in_(gone)))
        is_changed = True
    db.session.flush()
    return is_changed


# ---- versions --------------------------------------------------------------------------------------------------


def content_now(agreement: Agreement, parties: list[AgreementParty]) -> dict[str, Any]:
    """What the agreement says now, as a version holds it."""
    amended = db.session.get(Agreement, agreement.amends_id) if agreement.amends_id else None
    return content_of(
        agreement, parties, queries.commitments_of(agreement.id), amended.label if amended else ""
    )


def write_version(
    actor: Actor,
    agreement: Agreement,
    party: AgreementParty,
    content: Mapping[str, Any],
    *,
    changed: Sequence[str],
    note: str,
) -> AgreementVersion:
    """Keep the content under the agreement's number, word by word; the party is content with its own version."""
    assert actor.id is not None
    text = canonical(dict(content))
    version = AgreementVersion(
        agreement_id=agreement.id,
        number=agreement.number,
        text=text,
        sha256=digest(text),
        institution_id=party.institution_id,
        by_id=actor.id,
        changed=list(changed),
        note=note,
    )
    db.session.add(version)
    party.say_content(agreement.number, actor.id)
    db.session.flush()
    return version
