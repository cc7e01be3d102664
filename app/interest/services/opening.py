"""What opens after the yes, and what becomes of it: terms of confidentiality, a team, an agreement."""

from app.core.access import Actor, authorize
from app.core.db import db, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.interest import notices, policies
from app.interest.models import DETAIL, INTEREST_STATES, TERMS, TERMS_VERSION, Interest
from app.interest.queries import records
from app.interest.services import steps
from app.teams import services as teams
from app.teams.models import Membership, Team


def accept_terms(
    actor: Actor, interest: Interest, *, institution_id: int | None = None, accepts: bool, version: str
) -> None:
    """A representative accepts the terms of confidentiality for one of the two institutions.

    When both have, the detail opens to the sender's institution. `version` is that of the text which was read. Raises
    NotAllowed, RuleBroken(`not_mutual`, `no_terms`, `terms_accepted`, `terms_changed`), Invalid(accepts).
    """
    with transaction():
        interest = steps.fresh(interest)
        sides = (interest.institution_id, interest.owner_institution_id)
        own = [side for side in sides if side in actor.ids("representative")]
        through = institution_id or next(iter(own), sides[0])
        authorize(policies.accept_terms, actor, interest, through)
        interest.expect_mutual()
        if not interest.is_under_terms:
            raise RuleBroken("no_terms", _l("Nothing here stands under terms of confidentiality."))
        accepted = records.accepted_terms(interest.id)
        if through in accepted:
            raise RuleBroken("terms_accepted", _l("Your institution has accepted the terms already."))
        if version != TERMS_VERSION:
            raise RuleBroken(
                "terms_changed", _l("The terms were changed. Read them again, then accept them.")
            )
        if not accepts:
            raise Invalid({"accepts": _l("Tick that you have read the terms and accept them")})
        steps.note_opening(actor, interest, TERMS, through, TERMS_VERSION)
        interest.touch()
        steps.record(actor, "accept_terms", interest, through, after={"terms": TERMS_VERSION})
        if accepted:
            db.session.flush()  # the log tells the acceptance first
            steps.note_opening(actor, interest, DETAIL, interest.institution_id, TERMS_VERSION)
            notices.to_sender("detail_open", interest, actor)
        else:
            notices.terms_accepted(actor, interest, through)


def mark_converted(interest: Interest, by: Actor, *, into: str = "agreement") -> None:
    """Inner step of who makes something of it, inside an open transaction that was authorised: it was taken further.

    Raises RuleBroken(`wrong_state`) unless both have said yes and nobody was faster.
    """
    interest = steps.fresh(interest)
    authorize(policies.convert, by, interest)
    before = interest.state
    interest.convert(into, by.id)
    side = interest.owner_institution_id if policies.is_owner_side(by, interest) else interest.institution_id
    steps.record(
        by, "convert", interest, side, before={"state": before}, after={"state": interest.state, "into": into}
    )
    notices.converted(by, interest)


def invite_into_team(
    actor: Actor, interest: Interest, team: Team, *, message: str = "", version: int | None = None
) -> Membership:
    """Invite the other side's contact into a team that the actor leads; the interest counts as taken further.

    Raises NotAllowed, RuleBroken (`already_converted`, and what `teams.services.invite_person` raises), Conflict.
    """
    with transaction():
        interest = steps.fresh(interest, version)
        authorize(policies.convert, actor, interest)
        if not INTEREST_STATES.allows(interest, "convert"):
            raise RuleBroken("already_converted", _l("This was taken further already."))
        is_owner = policies.is_owner_side(actor, interest)
        person = interest.sender if is_owner else records.owner_of(interest)
        membership = teams.invite_person(actor, team, person, message=message)
        mark_converted(interest, actor, into="membership")
    return membership
