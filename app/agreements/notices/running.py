"""What the parties are told from the first signature to the end; the words are in templates/agreements/mail."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from app.agreements.models import Agreement
from app.agreements.queries import running
from app.core.access import Actor
from app.core.text import excerpt
from app.institutions import queries as institutions
from app.notifications.services import tell

PARTY = "agreement_party"
SIGNATORY = "agreement_signatory"


def say(
    people: Iterable[int | None],
    what: str,
    agreement: Agreement,
    *,
    reason: str = PARTY,
    actor: Actor | None = None,
    path: str = "",
    mail: bool = True,
    **facts: Any,
) -> None:
    """Tell people `agreements.<what>`; `path` is below the agreement's own page."""
    tell(
        people,
        f"agreements.{what}",
        path=f"/agreements/{agreement.id}{path}",
        reason=reason,
        about=agreement,
        facts={
            "number": agreement.label,
            "title": agreement.title,
            "short": excerpt(agreement.title, 18),
            "who": actor.name if actor else "",
            **facts,
        },
        actor=actor,
        mail=mail,
    )


def gift_marked(actor: Actor, agreement: Agreement, institution: str, note: str) -> None:
    """All parties read the reason: in the inbox."""
    people = running.people_of(agreement.id)
    say(people, "gift_marked", agreement, actor=actor, mail=False, institution=institution, note=note)


def signed(actor: Actor, agreement: Agreement, institution: str, left: int) -> None:
    """Those who still sign: at once. The others of the parties: in the inbox."""
    waiting = running.signatories_left(agreement)
    facts: dict[str, Any] = {"institution": institution, "version": agreement.number, "left": left}
    say(waiting, "signed", agreement, reason=SIGNATORY, actor=actor, path="/sign", to_sign=True, **facts)
    others = running.people_of(agreement.id) - waiting
    say(others, "signed", agreement, actor=actor, mail=False, to_sign=False, **facts)


def in_force(actor: Actor, agreement: Agreement) -> None:
    """All parties, and the lead of its project: at once."""
    people = running.people_of(agreement.id)
    say(people, "in_force", agreement, actor=actor, version=agreement.number)
    lead = running.project_lead(agreement) - people
    say(lead, "in_force", agreement, reason="project_lead", actor=actor, version=agreement.number)


def notice_given(actor: Actor, agreement: Agreement) -> None:
    """All parties, and the lead of its project: at once."""
    facts: dict[str, Any] = {"last": agreement.notice_ends_on, "note": agreement.notice_reason}
    people = running.people_of(agreement.id)
    say(people, "notice_given", agreement, actor=actor, **facts)
    lead = running.project_lead(agreement) - people
    say(lead, "notice_given", agreement, reason="project_lead", actor=actor, **facts)


def notice_taken_back(actor: Actor, agreement: Agreement) -> None:
    """All parties: at once."""
    say(running.people_of(agreement.id), "notice_taken_back", agreement, actor=actor)


def ends_soon(agreement: Agreement, last: date, days: int) -> None:
    """All parties, 60 and 14 days before the end."""
    people = running.people_of(agreement.id)
    say(people, "ends_soon", agreement, last=last, days=days, open=running.open_lines(agreement.id))


def ended(agreement: Agreement, left: int) -> None:
    """All parties, and the lead of its project."""
    people = running.people_of(agreement.id)
    say(people, "ended", agreement, left=left, code=agreement.closed_code)
    lead = running.project_lead(agreement) - people
    say(lead, "ended", agreement, reason="project_lead", left=left, code=agreement.closed_code)


def still_waiting(agreement: Agreement) -> None:
    """Whoever has the ball, at half time: those who sign, or the representatives of the party that moves."""
    if agreement.state == "negotiation":
        people = set(institutions.representatives_of(agreement.ball_institution_id or 0))
        say(people, "still_waiting", agreement, due=agreement.ball_due_at, to_sign=False)
        return
    people = running.signatories_left(agreement)
    say(people, "still_waiting", agreement, reason=SIGNATORY, path="/sign", due=agreement.ball_due_at, to_sign=True)  # fmt: skip


def expired(agreement: Agreement) -> None:
    """Nobody moved: whoever drafted it, and once it was sent all parties."""
    people = running.people_of(agreement.id) if agreement.number else {agreement.drafted_by_id}
    say(people, "expired", agreement, is_draft=agreement.number == 0)
