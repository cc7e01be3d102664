"""Whom we tell what while an agreement is negotiated; the words stand in templates/agreements/mail.

Only those who read it inside are told: representatives of its parties, the signatories named, who drafted it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from app.agreements.models import Agreement, AgreementComment, AgreementParty
from app.core.access import Actor
from app.core.i18n import LazyText
from app.core.text import excerpt
from app.institutions import queries as institutions
from app.notifications.services import tell

PARTY = "agreement_party"


def say(
    people: Iterable[int | None],
    what: str,
    agreement: Agreement,
    *,
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
        reason=PARTY,
        about=agreement,
        facts={
            "number": agreement.label,
            "title": agreement.title,
            "short": excerpt(agreement.title, 30),
            "who": actor.name if actor else "",
            **facts,
        },
        actor=actor,
        mail=mail,
    )


def people_of(party: AgreementParty) -> set[int]:
    """Those who act for a party: its representatives, and the signatory named."""
    found = set(institutions.representatives_of(party.institution_id))
    return found | ({party.signatory_id} if party.signatory_id is not None else set())


def _turned(
    actor: Actor, what: str, agreement: Agreement, parties: Sequence[AgreementParty], **facts: Any
) -> None:
    """The party that has the ball: at once; the others in the inbox."""
    told: set[int] = set()
    first = sorted(parties, key=lambda row: row.institution_id != agreement.ball_institution_id)
    ball = agreement.ball_institution
    for row in first:
        has_ball = row.institution_id == agreement.ball_institution_id
        people = people_of(row) - told
        told |= people
        say(
            people,
            what,
            agreement,
            actor=actor,
            mail=has_ball,
            ball=ball.own_name if ball else "",
            yours=has_ball,
            due=agreement.ball_due_at,
            **facts,
        )


def sent(actor: Actor, agreement: Agreement, parties: Sequence[AgreementParty], note: str) -> None:
    """All parties: there is an agreement to read."""
    told: set[int] = set()
    ball = agreement.ball_institution
    for row in parties:
        people = people_of(row) - told
        told |= people
        say(
            people,
            "sent",
            agreement,
            actor=actor,
            ball=ball.own_name if ball else "",
            yours=row.institution_id == agreement.ball_institution_id,
            due=agreement.ball_due_at,
            note=note,
        )


def revised(
    actor: Actor,
    agreement: Agreement,
    parties: Sequence[AgreementParty],
    *,
    party: AgreementParty,
    note: str,
    voided: int,
) -> None:
    """All parties; whoever had signed learns that it is void."""
    path = f"/versions/{agreement.number}"
    told: set[int] = set()
    for row in parties:
        people = people_of(row) - told
        told |= people
        say(
            people,
            "revised",
            agreement,
            actor=actor,
            path=path,
            party=party.institution.own_name,
            version=agreement.number,
            note=note,
            voided=voided,
            due=agreement.ball_due_at,
            yours=row.institution_id == agreement.ball_institution_id,
        )


def content(
    actor: Actor, agreement: Agreement, parties: Sequence[AgreementParty], party: AgreementParty
) -> None:
    """Who moves next: at once; the others in the inbox."""
    _turned(actor, "content", agreement, parties, party=party.institution.own_name, version=agreement.number)


def ready(actor: Actor, agreement: Agreement, parties: Sequence[AgreementParty]) -> None:
    """All parties, their signatories above all: it can be signed."""
    told: set[int] = set()
    for row in parties:
        told |= people_of(row)
    say(told, "ready", agreement, actor=actor, path="#sign", version=agreement.number)


def handed_on(
    actor: Actor, agreement: Agreement, parties: Sequence[AgreementParty], party: AgreementParty, note: str
) -> None:
    """The party that has the ball now: at once; the others in the inbox."""
    _turned(actor, "handed_on", agreement, parties, party=party.institution.own_name, note=note)


def declined(
    actor: Actor,
    agreement: Agreement,
    parties: Sequence[AgreementParty],
    *,
    party: AgreementParty,
    reason: LazyText,
    note: str,
) -> None:
    """All parties."""
    told: set[int] = set()
    for row in parties:
        told |= people_of(row)
    say(
        told | {agreement.drafted_by_id},
        "declined",
        agreement,
        actor=actor,
        party=party.institution.own_name,
        code=reason,
        note=note,
    )


def commented(
    actor: Actor,
    agreement: Agreement,
    parties: Sequence[AgreementParty],
    *,
    party: AgreementParty,
    said: AgreementComment,
) -> None:
    """All parties, in the inbox."""
    told: set[int] = set()
    for row in parties:
        told |= people_of(row)
    say(
        told,
        "commented",
        agreement,
        actor=actor,
        path=f"#comment-{said.id}",
        mail=False,
        party=party.institution.own_name,
        quote=said.quote,
        text=said.text,
    )


def signatory_named(actor: Actor, agreement: Agreement, party: AgreementParty) -> None:
    """Whoever is to sign, once it was sent."""
    if agreement.number:
        say(
            [party.signatory_id],
            "signatory_named",
            agreement,
            actor=actor,
            party=party.institution.own_name,
        )
