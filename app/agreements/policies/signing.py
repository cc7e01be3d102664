"""Who signs, who marks a gift, who gives notice, who writes an amendment."""

from app.agreements.models import Agreement, AgreementParty
from app.agreements.policies.acting import NOT_PARTY
from app.agreements.policies.seeing import is_party
from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import _l

NOT_NAMED = No("not_signatory", _l("Only the signatory who is named for this party can do this."))
NO_SIGNATORY_NOW = No(
    "no_signatory_now",
    _l("You are named, but your institution’s record does not say that you may sign for it."),
)
SIGNATORIES_ONLY = No("signatories_only", _l("Only somebody who may sign for a party can do this."))
OTHER_PARTY = No("other_party", _l("Only the party that gave notice can take it back."))


def _named(actor: Actor, party: AgreementParty) -> Answer:
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if party.signatory_id != actor.id:
        return NOT_NAMED
    return actor.holds("signatory", party.institution_id) or NO_SIGNATORY_NOW


@permission("agreements.sign")
def sign(actor: Actor, party: AgreementParty) -> Answer:
    """The named signatory of the party, as long as the institution lets them sign."""
    return _named(actor, party)


@permission("agreements.mark_gift")
def mark_gift(actor: Actor, party: AgreementParty) -> Answer:
    """Whoever signs for the party says that it only gives, or only gains, on purpose."""
    return _named(actor, party)


@permission("agreements.give_notice")
def give_notice(actor: Actor, party: AgreementParty) -> Answer:
    """Somebody who may sign for the party, also one who did not sign this."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.holds("signatory", party.institution_id) or SIGNATORIES_ONLY


@permission("agreements.take_back_notice")
def take_back_notice(actor: Actor, agreement: Agreement) -> Answer:
    """Somebody who may sign for the party that gave it."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.holds("signatory", agreement.notice_institution_id) or OTHER_PARTY


@permission("agreements.amend")
def amend(actor: Actor, agreement: Agreement) -> Answer:
    """The representatives of its parties."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return is_party(actor, agreement) or NOT_PARTY
