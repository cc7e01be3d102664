"""What the agreement's page shows and offers once its text stands: signing, gifts, notice, amendments, the ledger, the paper."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from flask import url_for

from app.agreements import queries
from app.agreements.models import (
    AGREEMENT_STATES,
    PUBLIC_STATES,
    SIGNING_STATES,
    Agreement,
    AgreementCommitment,
    AgreementParty,
    AgreementSignature,
)
from app.agreements.policies import signing as may
from app.core.access import Actor
from app.core.i18n import _
from app.core.quantities import amount
from app.ledger import queries as ledger
from app.ledger.models import LINE_STATES

MOST_LINES = 40


@dataclass
class After:
    """What follows the text: ways on (label, address, whether it weighs most), ledger lines, amendments."""

    actions: list[dict[str, Any]] = field(default_factory=list)
    lines: list[Any] = field(default_factory=list)
    more: int = 0
    amendments: list[Any] = field(default_factory=list)
    may_take_back: bool = False
    has_paper: bool = False


def after(
    actor: Actor,
    agreement: Agreement,
    parties: Sequence[AgreementParty],
    lines: Sequence[AgreementCommitment],
    *,
    signatures: Sequence[AgreementSignature],
    around: Any,
    inside: bool,
) -> After:
    """For the page of one agreement; one further statement, once it is or was in force."""
    found = After(has_paper=inside and agreement.number > 0)
    if agreement.state in SIGNING_STATES:
        found.actions = _to_sign(actor, agreement, parties, lines, signatures)
    if agreement.state in PUBLIC_STATES:
        found.actions = _to_run(actor, agreement, parties)
        found.may_take_back = agreement.notice_at is not None and bool(may.take_back_notice(actor, agreement))
        rows = list(ledger.of_source(actor, "commitment", [line.id for line in lines]).values())
        found.lines = [_line(row) for row in rows[:MOST_LINES]]
        found.more = max(0, len(rows) - MOST_LINES)
        found.amendments = _amendments(around.amendments if around else None)
    return found


def _to_sign(
    actor: Actor,
    agreement: Agreement,
    parties: Sequence[AgreementParty],
    lines: Sequence[AgreementCommitment],
    signatures: Sequence[AgreementSignature],
) -> list[dict[str, Any]]:
    signed = {row.institution_id for row in signatures if row.number == agreement.number}
    own = [row for row in parties if row.institution_id not in signed and may.sign(actor, row)]
    broken = queries.gate(parties, lines)
    found: list[dict[str, Any]] = []
    for row in own:
        is_gift = broken.get(row.institution_id) in {"gives", "gains"}
        endpoint = "agreements.gift" if is_gift else "agreements.sign"
        url = url_for(endpoint, agreement_id=agreement.id, party=row.institution_id)
        found.append(_way(_("Name a gift") if is_gift else _("Read and sign"), url, weighs=not found))
    return found


def _to_run(actor: Actor, agreement: Agreement, parties: Sequence[AgreementParty]) -> list[dict[str, Any]]:
    if agreement.state != "in_force" or agreement.amends_id is not None:
        return []
    found = []
    if may.amend(actor, agreement):
        found.append(_way(_("Amend"), url_for("agreements.amend", agreement_id=agreement.id)))
    if agreement.notice_at is None and any(may.give_notice(actor, row) for row in parties):
        found.append(_way(_("Give notice"), url_for("agreements.give_notice", agreement_id=agreement.id)))
    return found


def _way(label: str, url: str, *, weighs: bool = False) -> dict[str, Any]:
    return {"label": label, "url": url, "primary": weighs}


def _line(row: Any) -> Any:
    return SimpleNamespace(
        id=row.id,
        text=row.text,
        language=row.language,
        quantity=amount(row.amount, row.unit),
        giver=row.giver,
        receiver=row.receiver,
        due_on=row.due_on,
        state=LINE_STATES[row.state],
        is_late=row.is_late,
    )


def _amendments(listed: str | None) -> list[Any]:
    found = [line.split(" ") for line in (listed or "").split("\n") if line]
    return [
        SimpleNamespace(id=int(key), code=code, state=AGREEMENT_STATES[state])
        for key, code, state in sorted(found, key=lambda parts: int(parts[0]))
    ]
