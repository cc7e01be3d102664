"""What is asked does not wait for ever: a reminder at half time, then it lapses and both sides are told.

A proposal does not lapse, as the team would pay for the silence of others: when it is late, the consortium's leads
are told again and the administrators with them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, jobs
from app.core.access import Actor
from app.core.db import db, lock_id, transaction
from app.teams import notices
from app.teams.models import MEMBERSHIP_STATES, HandOver, MailInvitation, Membership, Proposal, Team
from app.teams.policies import ASKED_STATES
from app.teams.queries import records
from app.teams.services import steps

AT_ONCE = 200
EVERY = timedelta(minutes=10)


def lapse_membership(team: Team, member: Membership, actor: Actor | None = None) -> None:
    """A request, invitation or confirmation ends without an answer (`actor` None) or with the team; a held seat is free again."""
    before = MEMBERSHIP_STATES.move(member, "lapse")
    asked_by, member_id = member.asked_by_id, member.person_id
    member.decide(None, "lapsed")
    if before == "confirming":
        steps.take_seat_back(team)
    steps.record(actor, "lapse", team, member, label=records.person_name(member_id), before={"state": before})
    reason = "invited_to_team" if before == "invited" else notices.ASKED
    notices.say((member_id,), "lapsed", team, reason=reason, asked=before)
    notices.say(
        {team.lead_id, team.deputy_id, asked_by} - {member_id},
        "lapsed_team",
        team,
        reason=notices.MEMBER,
        asked=before,
        person=records.person_name(member_id),
    )


def lapse_mail_invitation(team: Team, invitation: MailInvitation, actor: Actor | None = None) -> None:
    """A link that nobody used ends; who sent it is told."""
    invitation.decide(None, "lapsed")
    steps.record(actor, "lapse", team, invitation, label=records.masked(invitation.email))
    notices.say(
        {team.lead_id, invitation.asked_by_id},
        "lapsed_team",
        team,
        reason=notices.MEMBER,
        asked="invited",
        person=records.masked(invitation.email),
    )


def lapse_hand_over(team: Team, offer: HandOver, actor: Actor | None = None) -> None:
    """The lead stays where it is."""
    offer.decide(None, "lapsed")
    steps.record(actor, "lapse", team, offer)
    notices.say(
        (team.lead_id, offer.to_person_id), "hand_over_lapsed", team, reason=notices.MEMBER, mail=False
    )


def _due(kind: type[Any], *where: Any) -> list[int]:
    return list(
        db.session.scalars(
            select(kind.id).where(*where, kind.due_at <= clock.now()).order_by(kind.due_at).limit(AT_ONCE)
        )
    )


def _one(kind: type[Any], key: int, act: Callable[[Team, Any], None], still: Callable[[Any], bool]) -> int:
    """Do one thing in a transaction of its own, unless somebody answered meanwhile."""
    with transaction(system="nobody answered in time"):
        team_id = db.session.scalar(select(kind.team_id).where(kind.id == key))
        if team_id is None:
            return 0
        team = lock_id(Team, team_id)
        thing = lock_id(kind, key)
        if not still(thing):
            return 0
        act(team, thing)
    return 1


@jobs.periodic("teams.lapse", every=EVERY)
def lapse_due() -> int:
    """End what is past its day; returns how many things."""
    done = 0
    for key in _due(Membership, Membership.state.in_(ASKED_STATES)):
        done += _one(
            Membership, key, lapse_membership, lambda thing: thing.state in ASKED_STATES and _late(thing)
        )
    for key in _due(MailInvitation, MailInvitation.decided_at.is_(None)):
        done += _one(MailInvitation, key, lapse_mail_invitation, lambda thing: thing.is_open and _late(thing))
    for key in _due(HandOver, HandOver.decided_at.is_(None)):
        done += _one(HandOver, key, lapse_hand_over, lambda thing: thing.is_open and _late(thing))
    return done


def _late(thing: Any) -> bool:
    return thing.due_at is not None and thing.due_at <= clock.now()


# ---- Reminders -----------------------------------------------------------------------------------------------


def _is_half_gone(asked_at: datetime | None, due_at: datetime | None) -> bool:
    return asked_at is not None and due_at is not None and clock.halfway(asked_at, due_at) <= clock.now()


def _remind_membership(team: Team, member: Membership) -> None:
    member.reminded_at = clock.now()
    person = records.person_name(member.person_id)
    if member.state == "requested":
        notices.say(
            (team.lead_id, team.deputy_id), "reminder_request", team, reason=notices.LEAD,
            path=f"/requests/{member.id}", person=person,
        )  # fmt: skip
    elif member.state == "invited":
        notices.say(
            (member.person_id,), "reminder_invitation", team, reason="invited_to_team", path="/invitation"
        )
    else:
        notices.say(
            records.representatives(member.institution_id, but=member.person_id),
            "reminder_confirmation", team, reason=notices.REPRESENTATIVE,
            path=f"/confirmations/{member.id}", person=person,
        )  # fmt: skip


def _remind_proposal(team: Team, proposal: Proposal) -> None:
    proposal.reminded_at = clock.now()
    deciders = records.deciders(team)
    notices.say(deciders, "reminder_proposal", team, reason=notices.CONSORTIUM_LEAD, path="/decide")
    if _late(proposal) or not deciders:
        notices.say(
            set(records.administrators()) - deciders,
            "reminder_proposal",
            team,
            reason=notices.ADMINISTRATOR,
            path="/decide",
        )


def _remind_hand_over(team: Team, offer: HandOver) -> None:
    offer.reminded_at = clock.now()
    notices.say(
        (offer.to_person_id,), "hand_over_offered", team, reason=notices.MEMBER, path="/hand-over",
        note=offer.note,
    )  # fmt: skip


def _half_time(kind: type[Any], *where: Any) -> list[int]:
    rows = db.session.execute(
        select(kind.id, kind.asked_at, kind.due_at)
        .where(*where, kind.reminded_at.is_(None))
        .order_by(kind.due_at)
        .limit(AT_ONCE)
    )
    return [row.id for row in rows if _is_half_gone(row.asked_at, row.due_at)]


@jobs.periodic("teams.remind", every=EVERY)
def remind_due() -> int:
    """Remind those who have to answer at half time, and about late proposals once more; returns how many things."""
    done = 0
    for key in _half_time(Membership, Membership.state.in_(ASKED_STATES)):
        done += _one(
            Membership,
            key,
            _remind_membership,
            lambda thing: thing.state in ASKED_STATES and thing.reminded_at is None,
        )
    for key in _half_time(HandOver, HandOver.decided_at.is_(None)):
        done += _one(
            HandOver, key, _remind_hand_over, lambda thing: thing.is_open and thing.reminded_at is None
        )
    late = select(Proposal.id).where(
        Proposal.decided_at.is_(None),
        Proposal.due_at <= clock.now(),
        Proposal.reminded_at < Proposal.due_at,
    )
    for key in [
        *_half_time(Proposal, Proposal.decided_at.is_(None)),
        *db.session.scalars(late.limit(AT_ONCE)),
    ]:
        done += _one(Proposal, key, _remind_proposal, _wants_reminder)
    return done


def _wants_reminder(proposal: Proposal) -> bool:
    if not proposal.is_open or proposal.due_at is None:
        return False
    return proposal.reminded_at is None or (_late(proposal) and proposal.reminded_at < proposal.due_at)
