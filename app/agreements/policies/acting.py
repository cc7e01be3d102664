"""Who may do what with agreements until they are ready to sign, and what the state of things forbids."""

from typing import Any

from app.agreements.models import AGREEMENT_STATES, OPEN_STATES, Agreement
from app.agreements.policies.seeing import is_party
from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import LazyText, _l

NO_AFFILIATION = No(
    "no_affiliation",
    _l("You need a confirmed affiliation with a verified institution to draft an agreement."),
)
NOT_DRAFTER = No(
    "not_drafter", _l("Only whoever drafts this, and representatives of their institution, may do this.")
)
NOT_REPRESENTATIVE = No(
    "not_representative", _l("Only a representative of the institution that drafts it can send it.")
)
NOT_PARTY = No("not_party", _l("Only representatives of a party may do this."))
NOT_BALL = No("not_your_turn", _l("Only the party with whom it waits can hand it on."))


@permission("agreements.create")
def create(actor: Actor, _thing: Any = None) -> Answer:
    """Everybody with a confirmed affiliation drafts, for their own institution."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return bool(actor.ids("member")) or NO_AFFILIATION


@permission("agreements.edit")
def edit(actor: Actor, agreement: Agreement) -> Answer:
    """A draft: whoever drafts it, and the representatives of their institution."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    drafts = actor.holds("agreement_drafter", agreement.id)
    return drafts or actor.holds("representative", agreement.institution_id) or NOT_DRAFTER


@permission("agreements.withdraw")
def withdraw(actor: Actor, agreement: Agreement) -> Answer:
    """As for `edit`."""
    return edit(actor, agreement)


@permission("agreements.send")
def send(actor: Actor, agreement: Agreement) -> Answer:
    """It speaks for an institution: its representatives send it."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.holds("representative", agreement.institution_id) or NOT_REPRESENTATIVE


def negotiate(actor: Actor, agreement: Agreement) -> Answer:
    """The representatives of its parties, once it was sent."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return (agreement.number > 0 and is_party(actor, agreement)) or NOT_PARTY


@permission("agreements.revise")
def revise(actor: Actor, agreement: Agreement) -> Answer:
    """Any party writes a new version."""
    return negotiate(actor, agreement)


@permission("agreements.say_content")
def say_content(actor: Actor, agreement: Agreement) -> Answer:
    """Any party says that it is content with the newest version."""
    return negotiate(actor, agreement)


@permission("agreements.comment")
def comment(actor: Actor, agreement: Agreement) -> Answer:
    """Any party says something about a line, and marks what was said as settled."""
    return negotiate(actor, agreement)


@permission("agreements.decline")
def decline(actor: Actor, agreement: Agreement) -> Answer:
    """Any party ends the negotiation."""
    return negotiate(actor, agreement)


@permission("agreements.name_signatory")
def name_signatory(actor: Actor, agreement: Agreement) -> Answer:
    """Each party names who signs for it; before the first sending whoever drafts proposes."""
    return edit(actor, agreement) if agreement.number == 0 else negotiate(actor, agreement)


@permission("agreements.hand_ball")
def hand_ball(actor: Actor, agreement: Agreement) -> Answer:
    """The party with whom it waits hands it to another."""
    answer = negotiate(actor, agreement)
    if not answer:
        return answer
    return actor.holds("representative", agreement.ball_institution_id) or NOT_BALL


_BLOCKS: dict[str, LazyText] = {
    "edit": _l("It has been sent, so it changes by new versions only."),
    "send": _l("Only a draft can be sent."),
    "withdraw": _l("Only a draft can be withdrawn; what was sent is declined."),
    "revise": _l("Its text cannot be changed any more. What is in force is changed by an amendment."),
    "say_content": _l("Only a version that is being negotiated can be agreed to."),
    "comment": _l("Lines are commented while it is negotiated."),
    "decline": _l("It is not being negotiated any more."),
    "hand_ball": _l("It is not being negotiated any more."),
    "name_signatory": _l("It is not being negotiated any more."),
}


def blocked(agreement: Agreement, verb: str) -> No | None:
    """Why the state of things forbids this now, whoever asks; None when it may be done."""
    state = agreement.state
    allowed = {
        "edit": state == "draft",
        "say_content": state == "negotiation",
        "comment": state in OPEN_STATES,
        "hand_ball": state == "negotiation",
        "name_signatory": state in ("draft", *OPEN_STATES),
    }
    is_open = allowed[verb] if verb in allowed else AGREEMENT_STATES.allows(agreement, verb)
    return None if is_open else No("wrong_state", _BLOCKS[verb])
