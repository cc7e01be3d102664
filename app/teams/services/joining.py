"""Asking to join and inviting: the question, and taking it back."""

import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Person
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import RuleBroken
from app.core.i18n import LOCALES, _l
from app.institutions.models import Institution
from app.teams import notices, policies
from app.teams.models import MEMBERSHIP_STATES, MailInvitation, Membership, OpenRole, Team
from app.teams.queries import records
from app.teams.services import steps

MOST_INVITATIONS = 40  # open at once, so that a team is no way to send mail to many


def ask_to_join(
    actor: Actor,
    team: Team,
    *,
    institution_id: int | None,
    message: str,
    brings: Iterable[dict[str, Any]] = (),
    gains: Iterable[dict[str, Any]] = (),
    role_id: int | None = None,
    accepts_text: bool = False,
) -> Membership:
    """Ask for a seat through one's institution; lead or deputy answer within 14 days.

    `brings` and `gains` are {kind, text}. Raises RuleBroken(`not_gathering`, `team_full`, `already_asked`),
    Invalid(institution_id, accepts_text), NotFound for a role of another team.
    """
    with transaction():
        lock(team)
        authorize(policies.ask_to_join, actor, team)
        steps.gathering(team)
        steps.seat_free(team)
        if records.live_membership(team.id, actor.id) is not None:
            raise RuleBroken(
                "already_asked",
                _l("A request or invitation of yours is open in this team, or you are in it."),
            )
        request = Membership(
            team_id=team.id,
            person_id=actor.id,
            institution_id=steps.institution_for(actor, team.consortium_id, institution_id),
            side="person",
            state="requested",
            message=message,
            brings=list(brings),
            gains=list(gains),
            accepted_text=steps.accepted_text(team, accepts_text),
        )
        if role_id is not None:
            role: OpenRole = records.role(team.id, role_id)
            request.skills = [{"role_id": role.id, "degree": "leads"}]
        request.ask(actor.id)
        db.session.add(request)
        db.session.flush()
        steps.record(
            actor,
            "ask_to_join",
            team,
            request,
            label=actor.name,
            after={"institution": db.session.get_one(Institution, request.institution_id).own_name},
        )
        notices.request_made(actor, team, request)
    return request


def withdraw_request(actor: Actor, team: Team, request: Membership) -> None:
    """Take one's own request back, also while the institution is being asked."""
    with transaction():
        lock(team)
        lock(request)
        authorize(policies.withdraw_request, actor, request)
        if request.state == "invited":
            raise RuleBroken("wrong_state", _l("This is an invitation: decline it instead."))
        was_seated = request.state == "confirming"
        before = MEMBERSHIP_STATES.move(request, "withdraw")
        request.decide(actor.id, "withdrawn")
        if was_seated:
            steps.take_seat_back(team)
        steps.record(
            actor,
            "withdraw_request",
            team,
            request,
            label=actor.name,
            before={"state": before},
            after={"state": request.state},
        )
        notices.say(
            (team.lead_id, team.deputy_id),
            "request_withdrawn",
            team,
            reason=notices.LEAD,
            actor=actor,
            mail=False,
        )


def _room_for_invitations(team: Team) -> None:
    mails = select(func.count(MailInvitation.id)).where(
        MailInvitation.team_id == team.id, MailInvitation.decided_at.is_(None)
    )
    people = select(func.count(Membership.id)).where(
        Membership.team_id == team.id, Membership.state == "invited"
    )
    total = db.session.scalar(select(mails.scalar_subquery() + people.scalar_subquery())) or 0
    if total >= MOST_INVITATIONS:
        raise RuleBroken(
            "too_many_invitations",
            _l("%(num)s invitations are open. Wait for answers, or take some back.", num=MOST_INVITATIONS),
        )


def invite_person(
    actor: Actor, team: Team, person: Person, *, message: str = "", part: str = ""
) -> Membership:
    """Invite somebody who has an account. Raises RuleBroken(`not_gathering`, `team_full`, `already_asked`)."""
    with transaction():
        lock(team)
        authorize(policies.invite, actor, team)
        steps.gathering(team)
        steps.seat_free(team)
        _room_for_invitations(team)
        if records.live_membership(team.id, person.id) is not None:
            raise RuleBroken(
                "already_asked", _l("This person is in the team, has asked to join, or is invited already.")
            )
        invitation = Membership(
            team_id=team.id, person_id=person.id, side="team", state="invited", message=message, part=part
        )
        invitation.ask(actor.id)
        db.session.add(invitation)
        db.session.flush()
        steps.record(actor, "invite", team, invitation, label=person.display_name)
        notices.say(
            (person.id,),
            "invited",
            team,
            reason="invited_to_team",
            actor=actor,
            path="/invitation",
            message=message,
        )
    return invitation


def invite_by_mail(actor: Actor, team: Team, *, email: str, message: str = "", part: str = "") -> None:
    """Send a link with a secret to an address; the same whether it has an account or an open invitation.

    Raises RuleBroken(`not_gathering`, `team_full`, `too_many_invitations`). A second one to an address replaces the first.
    """
    address = email.strip().lower()
    secret = secrets.token_urlsafe(32)
    with transaction():
        lock(team)
        authorize(policies.invite, actor, team)
        steps.gathering(team)
        steps.seat_free(team)
        _room_for_invitations(team)
        for earlier in records.open_mail_invitations(team.id):
            if earlier.email == address:
                earlier.decide(None, "superseded")
        db.session.flush()
        invitation = MailInvitation(
            team_id=team.id,
            email=address,
            secret_hash=records.secret_hash(secret),
            message=message,
            part=part,
        )
        invitation.ask(actor.id)
        db.session.add(invitation)
        db.session.flush()
        steps.record(actor, "invite_by_mail", team, invitation, label=records.masked(address))
        known = records.reader_locale(address)
        locale = known or (team.language if team.language in LOCALES else "en")
        notices.invited_by_mail(actor, team, address, locale=locale, secret=secret, message=message)


def withdraw_invitation(actor: Actor, team: Team, invitation: Membership) -> None:
    """Lead or deputy take an invitation back; the invited person is told."""
    with transaction():
        lock(team)
        lock(invitation)
        authorize(policies.invite, actor, team)
        if invitation.side != "team" or invitation.state != "invited":
            raise RuleBroken("wrong_state", _l("This invitation is not open any more."))
        MEMBERSHIP_STATES.move(invitation, "withdraw")
        invitation.decide(actor.id, "withdrawn")
        steps.record(
            actor, "withdraw_invitation", team, invitation, label=records.person_name(invitation.person_id)
        )
        notices.say(
            (invitation.person_id,),
            "invitation_withdrawn",
            team,
            reason="invited_to_team",
            actor=actor,
            mail=False,
        )


def withdraw_mail_invitation(actor: Actor, team: Team, invitation: MailInvitation) -> None:
    """The link ends."""
    with transaction():
        lock(team)
        lock(invitation)
        authorize(policies.invite, actor, team)
        invitation.decide(actor.id, "withdrawn")
        steps.record(actor, "withdraw_invitation", team, invitation, label=records.masked(invitation.email))
