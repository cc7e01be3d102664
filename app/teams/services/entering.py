"""The other side answers: requests, invitations, the institution's word. Whoever gets in takes a seat, never one too many."""

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Conflict, Invalid, RuleBroken
from app.core.i18n import _l
from app.institutions.models import Institution
from app.teams import notices, policies
from app.teams.models import DECLINE_CODES, MEMBERSHIP_STATES, MailInvitation, Membership, Team
from app.teams.queries import records
from app.teams.services import steps


def _enter(actor: Actor, team: Team, member: Membership, note: str | None = None) -> None:
    """Take a seat; become a member at once, or wait for the institution where it asks for that."""
    steps.gathering(team)
    own = dict(records.own_institutions(member.person_id, team.consortium_id))
    if member.institution_id not in own:
        raise RuleBroken(
            "affiliation_ended",
            _l("The person does not belong to this institution any more, or it left the consortium."),
        )
    steps.give_seat(team)
    institution = db.session.get_one(Institution, member.institution_id)
    if institution.confirms_participation:
        MEMBERSHIP_STATES.move(member, "accept_pending")
        member.decide(actor.id, "accepted", note)
        steps.record(
            actor, "accept", team, member, label=_name(member), after={"state": member.state}, note=note
        )
        member.ask(actor.id)  # now the institution is asked; who accepted stays in the audit
        people = records.representatives(institution.id, but=member.person_id)
        notices.confirmation_asked(actor, team, member, people, _name(member))
        return
    MEMBERSHIP_STATES.move(member, "accept")
    member.decide(actor.id, "accepted", note)
    member.started_at = clock.now()
    steps.record(actor, "accept", team, member, label=_name(member), after={"state": member.state}, note=note)


def _name(member: Membership) -> str:
    return records.person_name(member.person_id)


def _still_open(member: Membership, states: tuple[str, ...]) -> None:
    """Say what somebody else decided meanwhile. Raises Conflict(`already_decided`)."""
    if member.state in states:
        return
    if member.decided_by_id is None:
        raise Conflict("already_decided", _l("This is not open any more: it lapsed or was taken back."))
    raise Conflict(
        "already_decided",
        _l(
            "%(who)s was faster: this is “%(state)s” now. Nothing of yours was saved.",
            who=records.person_name(member.decided_by_id),
            state=MEMBERSHIP_STATES[member.state].label,
        ),
    )


def _joined(actor: Actor, team: Team, member: Membership) -> None:
    """Tell the others in the team that somebody came in."""
    if member.state != "active":
        return
    people = [other.person_id for other in records.members(team.id) if other.person_id != member.person_id]
    notices.say(
        people,
        "joined",
        team,
        reason=notices.MEMBER,
        actor=actor,
        mail=False,
        person=_name(member),
    )


def check_decline(code: str, note: str | None) -> None:
    """A no has a reason; “another reason” has words. Raises Invalid(reason, note)."""
    if code not in DECLINE_CODES:
        raise Invalid({"reason": _l("Choose a reason for the no")})
    if code == "other" and not (note or "").strip():
        raise Invalid({"note": _l("Say the reason in your own words")})


# ---- Requests ------------------------------------------------------------------------------------------------


def accept_request(
    actor: Actor, team: Team, request: Membership, *, note: str = "", version: int | None = None
) -> None:
    """Lead or deputy take the person in. Raises RuleBroken(`team_full`, `not_gathering`, `affiliation_ended`), Conflict."""
    with transaction():
        lock(team)
        lock(request)
        authorize(policies.decide_request, actor, team, request)
        _still_open(request, ("requested",))
        request.expect_version(version)
        _enter(actor, team, request, note)
        notices.say(
            (request.person_id,), "request_accepted", team, reason=notices.ASKED, actor=actor,
            note=note, confirming=request.state == "confirming",
        )  # fmt: skip
        _joined(actor, team, request)


def decline_request(
    actor: Actor, team: Team, request: Membership, *, reason: str, note: str = "", version: int | None = None
) -> None:
    """Lead or deputy say no, with a reason. Raises Invalid(reason, note), Conflict."""
    with transaction():
        lock(team)
        lock(request)
        authorize(policies.decide_request, actor, team, request)
        _still_open(request, ("requested",))
        request.expect_version(version)
        check_decline(reason, note)
        MEMBERSHIP_STATES.move(request, "decline")
        request.decide(actor.id, reason, note)
        steps.record(
            actor, "decline", team, request, label=_name(request), after={"code": reason}, note=note or None
        )
        notices.say(
            (request.person_id,),
            "request_declined",
            team,
            reason=notices.ASKED,
            actor=actor,
            why=DECLINE_CODES[reason] if reason != "other" else "",
            note=note,
        )


# ---- Invitations ---------------------------------------------------------------------------------------------


def accept_invitation(
    actor: Actor,
    team: Team,
    invitation: Membership,
    *,
    institution_id: int | None,
    accepts_text: bool = False,
    version: int | None = None,
) -> None:
    """Come in through one's institution. Raises Invalid(institution_id, accepts_text), RuleBroken, Conflict."""
    with transaction():
        lock(team)
        lock(invitation)
        authorize(policies.answer_invitation, actor, invitation)
        _still_open(invitation, ("invited",))
        invitation.expect_version(version)
        _come_in(actor, team, invitation, institution_id, accepts_text)


def _come_in(
    actor: Actor, team: Team, member: Membership, institution_id: int | None, accepts_text: bool
) -> None:
    inviter = member.asked_by_id
    member.institution_id = steps.institution_for(actor, team.consortium_id, institution_id)
    member.accepted_text = steps.accepted_text(team, accepts_text)
    _enter(actor, team, member)
    notices.say(
        {team.lead_id, team.deputy_id, inviter},
        "invitation_accepted",
        team,
        reason=notices.MEMBER,
        actor=actor,
        confirming=member.state == "confirming",
    )
    _joined(actor, team, member)


def decline_invitation(
    actor: Actor, team: Team, invitation: Membership, *, note: str = "", version: int | None = None
) -> None:
    """The invited person says no; a word is welcome, not needed."""
    with transaction():
        lock(team)
        lock(invitation)
        authorize(policies.answer_invitation, actor, invitation)
        _still_open(invitation, ("invited",))
        invitation.expect_version(version)
        inviter = invitation.asked_by_id
        MEMBERSHIP_STATES.move(invitation, "decline")
        invitation.decide(actor.id, "declined", note)
        steps.record(actor, "decline_invitation", team, invitation, label=actor.name, note=note or None)
        notices.say(
            {team.lead_id, team.deputy_id, inviter},
            "invitation_declined",
            team,
            reason=notices.MEMBER,
            actor=actor,
            note=note,
        )


def _open_link(invitation: MailInvitation) -> None:
    lock(invitation)
    if not invitation.is_open:
        raise RuleBroken("link_used", _l("This invitation was answered, taken back or has lapsed."))


def accept_mail_invitation(
    actor: Actor,
    team: Team,
    invitation: MailInvitation,
    *,
    institution_id: int | None,
    accepts_text: bool = False,
) -> Membership:
    """Come in with the link from a mail; an open request or invitation of the same person is answered by it.

    Raises RuleBroken(`link_used`, `already_member`), Invalid, and what taking a seat raises.
    """
    with transaction():
        lock(team)
        authorize(policies.open_mail_invitation, actor, invitation)
        _open_link(invitation)
        member = records.live_membership(team.id, actor.id)
        if member is not None and member.state in {"active", "confirming"}:
            raise RuleBroken("already_member", _l("You are in this team."))
        if member is None:
            member = Membership(
                team_id=team.id,
                person_id=actor.id,
                side="team",
                state="invited",
                message=invitation.message,
                part=invitation.part,
            )
            member.ask(invitation.asked_by_id, at=invitation.asked_at)
            db.session.add(member)
            db.session.flush()
        _come_in(actor, team, member, institution_id, accepts_text)
        db.session.flush()
        invitation.decide(actor.id, "accepted")
        invitation.membership_id = member.id
    return member


def decline_mail_invitation(actor: Actor, team: Team, invitation: MailInvitation, *, note: str = "") -> None:
    """Say no with the link from a mail. Raises RuleBroken(`link_used`)."""
    with transaction():
        lock(team)
        authorize(policies.open_mail_invitation, actor, invitation)
        _open_link(invitation)
        invitation.decide(actor.id, "declined", note)
        steps.record(actor, "decline_invitation", team, invitation, label=actor.name, note=note or None)
        notices.say(
            {team.lead_id, invitation.asked_by_id},
            "invitation_declined",
            team,
            reason=notices.MEMBER,
            actor=actor,
            note=note,
        )


# ---- The institution's word ----------------------------------------------------------------------------------


def confirm_participation(
    actor: Actor, team: Team, member: Membership, *, note: str = "", version: int | None = None
) -> None:
    """A representative agrees; the held seat becomes a membership."""
    with transaction():
        lock(team)
        lock(member)
        authorize(policies.confirm_participation, actor, member)
        _still_open(member, ("confirming",))
        member.expect_version(version)
        MEMBERSHIP_STATES.move(member, "confirm")
        member.decide(actor.id, "confirmed", note)
        member.started_at = clock.now()
        steps.record(
            actor,
            "confirm",
            team,
            member,
            label=_name(member),
            institution_id=member.institution_id,
            note=note or None,
        )
        notices.say(
            {member.person_id, team.lead_id, team.deputy_id},
            "confirmed",
            team,
            reason=notices.MEMBER,
            actor=actor,
            person=_name(member),
            note=note,
        )
        _joined(actor, team, member)


def decline_participation(
    actor: Actor, team: Team, member: Membership, *, note: str, version: int | None = None
) -> None:
    """A representative says no, in words; the seat is free again. Raises Invalid(`note`)."""
    with transaction():
        lock(team)
        lock(member)
        authorize(policies.confirm_participation, actor, member)
        _still_open(member, ("confirming",))
        member.expect_version(version)
        if not note.strip():
            raise Invalid({"note": _l("Say why, so that the person and the team know")})
        MEMBERSHIP_STATES.move(member, "decline")
        member.decide(actor.id, "institution", note)
        steps.take_seat_back(team)
        steps.record(
            actor,
            "decline_participation",
            team,
            member,
            label=_name(member),
            institution_id=member.institution_id,
            note=note,
        )
        notices.say(
            {member.person_id, team.lead_id, team.deputy_id},
            "confirmation_declined",
            team,
            reason=notices.MEMBER,
            actor=actor,
            person=_name(member),
            note=note,
        )
