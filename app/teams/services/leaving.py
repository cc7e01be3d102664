"""Leaving, being removed, handing the lead over; and what ends when somebody closes their account."""

from sqlalchemy import select

from app.core import clock, leaving
from app.core.access import Actor, authorize
from app.core.db import db, lock, lock_id, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.teams import notices, policies
from app.teams.models import MEMBERSHIP_STATES, HandOver, Membership, Team
from app.teams.queries import records
from app.teams.services import steps

ENDED_STATES = ("rejected", "dissolved", "completed")


def _go(team: Team, member: Membership, verb: str) -> None:
    """End a membership: the seat is free, the dates stay, the deputy's part and an open offer of the lead end with it."""
    MEMBERSHIP_STATES.move(member, verb)
    member.ended_at = clock.now()
    steps.take_seat_back(team)
    if team.deputy_id == member.person_id:
        team.deputy_id = None
    offer = records.open_hand_over(team.id)
    if offer is not None and offer.to_person_id == member.person_id:
        offer.decide(None, "superseded")


def leave_team(actor: Actor, team: Team, *, note: str = "") -> None:
    """Go, saying what is left to whom. The lead hands over first (`hand_over_first`)."""
    with transaction():
        lock(team)
        authorize(policies.leave, actor, team)
        own = records.live_membership(team.id, actor.id)
        if own is None or own.state != "active" or team.lead_id == actor.id:
            raise RuleBroken("wrong_state", _l("You are not a member of this team any more."))
        own.handed_over = note
        _go(team, own, "leave")
        steps.record(actor, "leave", team, own, label=actor.name, note=note or None)
        people = {member.person_id for member in records.members(team.id)}
        notices.say({team.lead_id, team.deputy_id}, "left", team, reason=notices.LEAD, actor=actor, note=note)
        notices.say(
            people - {team.lead_id, team.deputy_id},
            "left",
            team,
            reason=notices.MEMBER,
            actor=actor,
            mail=False,
            note=note,
        )


def remove_member(actor: Actor, team: Team, member: Membership, *, note: str) -> None:
    """Lead or deputy end a membership, with a reason that the person is told. Raises Invalid(note)."""
    with transaction():
        lock(team)
        lock(member)
        authorize(policies.remove_member, actor, team, member)
        if not note.strip():
            raise Invalid({"note": _l("Say why: the person is told")})
        name = records.person_name(member.person_id)
        _go(team, member, "remove")
        member.end_reason = note
        steps.record(actor, "remove_member", team, member, label=name, note=note)
        notices.say((member.person_id,), "removed", team, reason="former_member", actor=actor, note=note)
        people = {other.person_id for other in records.members(team.id)}
        notices.say(
            people, "member_removed", team, reason=notices.MEMBER, actor=actor, mail=False, person=name
        )


# ---- The lead ------------------------------------------------------------------------------------------------


def offer_hand_over(actor: Actor, team: Team, *, to_person_id: int | None, note: str = "") -> HandOver:
    """Offer the lead to another member, who accepts or declines. Raises Invalid(to_person_id), RuleBroken(`already_offered`)."""
    with transaction():
        lock(team)
        authorize(policies.hand_over, actor, team)
        if team.state in ENDED_STATES:
            steps.editable(team)
        if records.open_hand_over(team.id) is not None:
            raise RuleBroken(
                "already_offered", _l("The lead is offered to somebody already. Take that back first.")
            )
        member = records.live_membership(team.id, to_person_id) if to_person_id else None
        if member is None or member.state != "active" or to_person_id == actor.id:
            raise Invalid({"to_person_id": _l("Choose a member of the team")})
        offer = HandOver(team_id=team.id, to_person_id=to_person_id, note=note)
        offer.ask(actor.id)
        db.session.add(offer)
        db.session.flush()
        steps.record(
            actor, "offer_hand_over", team, offer, label=records.person_name(to_person_id), note=note or None
        )
        notices.say(
            (to_person_id,),
            "hand_over_offered",
            team,
            reason=notices.MEMBER,
            actor=actor,
            path="/hand-over",
            note=note,
        )
    return offer


def _open_offer(team: Team) -> HandOver:
    offer = records.open_hand_over(team.id)
    if offer is None:
        raise RuleBroken("no_offer", _l("No hand-over is open in this team."))
    return offer


def accept_hand_over(actor: Actor, team: Team) -> None:
    """The new lead takes over; the deputy's part falls free when it was theirs."""
    with transaction():
        lock(team)
        offer = _open_offer(team)
        authorize(policies.answer_hand_over, actor, offer)
        before = team.lead_id
        offer.decide(actor.id, "accepted")
        if team.deputy_id == actor.id:
            team.deputy_id = None
        team.lead_id = offer.to_person_id
        steps.record(actor, "hand_over", team, before={"lead_id": before}, after={"lead_id": team.lead_id})
        people = {member.person_id for member in records.members(team.id)}
        notices.say(people, "handed_over", team, reason=notices.MEMBER, actor=actor)


def decline_hand_over(actor: Actor, team: Team, *, note: str = "") -> None:
    """The member says no; the lead stays."""
    with transaction():
        lock(team)
        offer = _open_offer(team)
        authorize(policies.answer_hand_over, actor, offer)
        offer.decide(actor.id, "declined", note)
        steps.record(actor, "decline_hand_over", team, offer, label=actor.name, note=note or None)
        notices.say((team.lead_id,), "hand_over_declined", team, reason=notices.LEAD, actor=actor, note=note)


def withdraw_hand_over(actor: Actor, team: Team) -> None:
    """The lead takes the offer back."""
    with transaction():
        lock(team)
        authorize(policies.hand_over, actor, team)
        offer = _open_offer(team)
        offer.decide(actor.id, "withdrawn")
        steps.record(actor, "withdraw_hand_over", team, offer)


# ---- Closing an account --------------------------------------------------------------------------------------


@leaving.ties
def ties(person_id: int) -> list[leaving.Tie]:
    """Teams that the person leads: each is handed over, dissolved or completed first."""
    rows = db.session.execute(
        select(Team.id, Team.name)
        .where(Team.lead_id == person_id, Team.state.not_in(ENDED_STATES))
        .order_by(Team.id)
    )
    return [
        leaving.Tie(
            _l("You lead the team “%(team)s”: hand it over first.", team=name), f"/teams/{key}/hand-over"
        )
        for key, name in rows
    ]


@leaving.release
def release(actor: Actor, person_id: int) -> None:
    """Leave all teams and take back all requests of somebody who closes their account."""
    keys = db.session.scalars(
        select(Membership.id).where(
            Membership.person_id == person_id, Membership.state.in_(records.LIVE_STATES)
        )
    ).all()
    for key in keys:
        member = db.session.get_one(Membership, key)
        team = lock_id(Team, member.team_id)
        if member.state == "active":
            if team.lead_id == person_id:  # only teams that have ended are left with their lead
                continue
            _go(team, member, "leave")
        else:
            if member.state == "confirming":
                steps.take_seat_back(team)
            MEMBERSHIP_STATES.move(member, "withdraw")
            member.decide(person_id, "withdrawn")
        steps.record(actor, "leave", team, member)
        notices.say({team.lead_id, team.deputy_id}, "left", team, reason=notices.LEAD, actor=actor, note="")
