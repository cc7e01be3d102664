"""Signing: the named signatory of each party accepts one exact text. The last signature brings the agreement into force."""

from app.accounts.queries import is_fresh
from app.agreements.models import (
    AGREEMENT_STATES,
    SIGNING_MEANING,
    SIGNING_STATES,
    Agreement,
    AgreementParty,
    AgreementSignature,
)
from app.agreements.notices import running as notices
from app.agreements.policies import signing as may
from app.agreements.queries import detail, running
from app.agreements.services import steps
from app.agreements.services.running import amends_what_runs, come_into_force
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken, Words
from app.core.i18n import LazyText, _l

ONE_SIDED: dict[str, LazyText] = {
    "gives": _l("%(party)s only gives here. It can be signed when its signatory names that as a gift."),
    "gains": _l("%(party)s only gains here. It can be signed when its signatory names that as a gift."),
    "neither": _l(
        "%(party)s neither gives nor gains here. It needs a commitment of its own, or is no party."
    ),
}


def mark_gift(
    actor: Actor, agreement: Agreement, *, institution_id: int, accepted: bool, reason: str
) -> None:
    """Say for a party that it only gives, or only gains, on purpose. Raises NotAllowed, RuleBroken, Invalid(accepted, reason)."""
    with transaction():
        agreement = lock(agreement)
        party = detail.party(agreement.id, institution_id)
        authorize(may.mark_gift, actor, party)
        if agreement.state not in ("negotiation", *SIGNING_STATES):
            raise RuleBroken("wrong_state", _l("A gift is named before the agreement is signed."))
        side = detail.one_sided(agreement.id).get(institution_id)
        if side not in {"gives", "gains"}:
            raise RuleBroken("not_one_sided", _l("This party gives and gains: there is no gift to name."))
        if not accepted:
            raise Invalid({"accepted": _l("Tick that this is meant as a gift")})
        if not reason:
            raise Invalid({"reason": _l("Say why, in a sentence that all parties read")})
        party.mark_gift(actor.id or 0, reason)
        agreement.touch()
        steps.note_in_audit(
            actor, agreement, "agreements.mark_gift", after={"what": party.institution.own_name}, note=reason
        )
        notices.gift_marked(actor, agreement, party.institution.own_name, reason)


def sign(
    actor: Actor,
    agreement: Agreement,
    *,
    institution_id: int,
    number: int,
    sha256: str,
    capacity: str,
    accepted: bool,
) -> bool:
    """Accept this exact text for a party; returns whether the agreement is in force now.

    `number` and `sha256` are those of the text that was shown. Raises NotAllowed, RuleBroken, Conflict when there is a
    newer text, Invalid(accepted, capacity).
    """
    with transaction():
        agreement = lock(agreement)
        party = detail.party(agreement.id, institution_id)
        authorize(may.sign, actor, party)
        if not is_fresh(actor):
            raise NotAllowed("prove_first", _l("Give your password again before you sign."))
        _ready(actor, agreement, party, number, sha256)
        if not accepted:
            raise Invalid({"accepted": _l("Tick that you have read this text and accept it")})
        if not capacity:
            raise Invalid({"capacity": _l("Say in what capacity you sign, as “Vice-rector for research”")})
        db.session.add(
            AgreementSignature(
                agreement_id=agreement.id,
                number=number,
                sha256=sha256,
                institution_id=institution_id,
                person_id=actor.id,
                capacity=capacity,
            )
        )
        steps.move(
            actor,
            agreement,
            "sign",
            what=party.institution.own_name,
            number=number,
            sha256=sha256,
            capacity=capacity,
            meaning=SIGNING_MEANING.message,
        )
        agreement.touch()
        db.session.flush()
        left = _left(agreement)
        if left:
            if agreement.ball_institution_id not in left:
                steps.pass_ball(agreement, detail.parties_of(agreement.id))
            notices.signed(actor, agreement, party.institution.own_name, len(left))
            return False
        come_into_force(actor, agreement)
    return True


def _ready(actor: Actor, agreement: Agreement, party: AgreementParty, number: int, sha256: str) -> None:
    """Refuse what may not be signed now."""
    if number != agreement.number or (
        agreement.state in SIGNING_STATES and detail.version(agreement.id, number).sha256 != sha256
    ):
        raise Conflict(
            "newer_text", _l("The text has changed since you opened it. Please read the newest version.")
        )
    if agreement.state not in SIGNING_STATES:
        raise RuleBroken(
            "wrong_state",
            _l("This is “%(state)s” now, so that cannot be done any more.", state=AGREEMENT_STATES[agreement.state].label),
        )  # fmt: skip
    amends_what_runs(agreement)
    signatures = running.signed(agreement.id, number)
    if any(row.institution_id == party.institution_id for row in signatures):
        raise RuleBroken("signed_already", _l("This party has signed this version."))
    if any(row.person_id == actor.id for row in signatures):
        raise RuleBroken(
            "signs_for_another",
            _l("You signed this version for another party. Somebody else has to sign for this one."),
        )
    why = why_one_sided(agreement)
    if why is not None:
        raise RuleBroken("one_sided", why)


def why_one_sided(agreement: Agreement) -> Words | None:
    """The sentence that says which party only gives or only gains; None where nobody does, or it is a named gift."""
    for institution_id, side in detail.one_sided(agreement.id).items():
        name = detail.party(agreement.id, institution_id).institution.name
        return LazyText(ONE_SIDED[side].message, party=f"\u2068{name}\u2069")
    return None


def _left(agreement: Agreement) -> list[int]:
    done = {row.institution_id for row in running.signed(agreement.id, agreement.number)}
    return [party for party in running.party_ids(agreement.id) if party not in done]
