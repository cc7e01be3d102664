"""Proposing through the two-way gate, the consortium's decision, and what may happen to a team after it."""

from typing import Any

from app.consortia.models import Consortium
from app.core import clock
from app.core.access import Actor, Permission, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Conflict, Invalid, RuleBroken
from app.core.i18n import _, _l
from app.projects.services import course as projects
from app.teams import notices, policies
from app.teams.models import REJECTION_CODES, TEAM_STATES, Proposal, Team
from app.teams.queries import missing, records
from app.teams.services import joint_work, steps
from app.teams.services.lapsing import lapse_hand_over, lapse_mail_invitation, lapse_membership

LEAD_VERBS = ("pause", "resume", "complete", "dissolve")


def _snapshot(team: Team) -> dict[str, Any]:
    """What the consortium is asked to decide about, as it stands."""
    return {
        "name": team.name,
        "purpose": team.purpose,
        "decision_rule": team.decision_rule,
        "credit_rule": team.credit_rule,
        "benefit_rule": team.benefit_rule,
        "members": [
            {
                "person_id": row.person_id,
                "name": row.name,
                "institution": row.institution,
                "country": row.country,
            }
            for row in missing.member_rows(team.id)
        ],
        "lines": [
            {
                "id": line.id,
                "institution": line.institution.name,
                "direction": line.direction,
                "kind": line.kind,
                "text": line.text,
                "from_line_id": line.from_line_id,
                "from_outcome": line.from_outcome,
            }
            for line in records.lines(team.id)
        ],
    }


def _gate(team: Team) -> None:
    lacking = missing.what_is_missing(team)
    if lacking:
        code, sentence = missing.refusal(lacking)
        raise RuleBroken(
            code,
            sentence,
            missing=lacking,
            next_steps=[(_("See what is missing"), f"/teams/{team.id}/propose")],
        )


def propose_team(actor: Actor, team: Team, *, version: int | None = None) -> Proposal:
    """Put the team before the leads of its consortium. Raises RuleBroken(`not_both_ways` and others) naming all that is missing."""
    with transaction():
        lock(team)
        authorize(policies.propose, actor, team)
        team.expect_version(version)
        if not TEAM_STATES.allows(team, "propose"):
            TEAM_STATES.move(team, "propose")  # says what the state is
        _gate(team)
        before = steps.move(team, "propose")
        consortium = db.session.get_one(Consortium, team.consortium_id)
        proposal = Proposal(team_id=team.id, proposed=_snapshot(team))
        proposal.ask(actor.id, due=clock.add_working_days(clock.now(), consortium.decision_days))
        db.session.add(proposal)
        db.session.flush()
        steps.record(
            actor,
            "propose",
            team,
            before={"state": before},
            after={"state": team.state, "proposal": proposal.id},
        )
        deciders = records.deciders(team)
        notices.say(
            deciders or records.administrators(),
            "proposed",
            team,
            reason=notices.CONSORTIUM_LEAD if deciders else notices.ADMINISTRATOR,
            actor=actor,
            path="/decide",
            days=consortium.decision_days,
        )
        _tell_members(actor, team, "proposed_members", mail=False, days=consortium.decision_days)
    return proposal


def _tell_members(actor: Actor | None, team: Team, what: str, *, mail: bool, **facts: Any) -> None:
    people = {member.person_id for member in records.members(team.id)}
    notices.say(people, what, team, reason=notices.MEMBER, actor=actor, mail=mail, **facts)


def recall_team(actor: Actor, team: Team) -> None:
    """The lead takes the proposal back."""
    with transaction():
        lock(team)
        authorize(policies.recall, actor, team)
        before = steps.move(team, "recall")
        proposal = records.latest_proposal(team.id)
        if proposal is not None:
            proposal.decide(actor.id, "recalled")
        steps.record(actor, "recall", team, before={"state": before}, after={"state": team.state})
        notices.say(
            records.deciders(team), "recalled", team, reason=notices.CONSORTIUM_LEAD, actor=actor, mail=False
        )


# ---- The decision --------------------------------------------------------------------------------------------


def _refuse_second(team: Team, proposal: Proposal | None) -> None:
    """Show the second of two deciders what the first did. Raises Conflict(`already_decided`)."""
    if team.state == "proposed" and proposal is not None and proposal.is_open:
        return
    if proposal is None or proposal.decided_by_id is None:
        TEAM_STATES.move(team, "approve")  # says what the state is
    assert proposal is not None
    note = proposal.decision_note or ""
    state = TEAM_STATES[team.state].label
    facts = {"who": records.person_name(proposal.decided_by_id), "state": state, "note": note}
    text = (
        _l("%(who)s has answered already: the team is “%(state)s”, with the words “%(note)s”. Nothing of yours was saved.", **facts)
        if note
        else _l("%(who)s has answered already: the team is “%(state)s”. Nothing of yours was saved.", **facts)
    )  # fmt: skip
    raise Conflict("already_decided", text, next_steps=[(_("Open the team"), f"/teams/{team.id}")])


def _decide(
    actor: Actor, team: Team, check: Permission, verb: str, *, code: str, note: str, version: int | None
) -> Proposal:
    lock(team)
    deciders = records.deciders(team)
    authorize(check, actor, team, deciders)
    proposal = records.latest_proposal(team.id)
    _refuse_second(team, proposal)
    assert proposal is not None
    team.expect_version(version)
    if actor.id not in deciders and not note.strip():
        raise Invalid({"note": _l("Say why an administrator decides this, and the reason of the decision")})
    if verb == "approve":
        _gate(team)
        team.approved_at = clock.now()  # before the state: the database wants both together
    before = steps.move(team, verb)
    proposal.decide(actor.id, code, note)
    action = {"approve": "approve", "return_for_changes": "return", "reject": "reject"}[verb]
    steps.record(
        actor,
        action,
        team,
        before={"state": before},
        after={"state": team.state, "code": code},
        note=note or None,
    )
    return proposal


def approve_team(actor: Actor, team: Team, *, note: str = "", version: int | None = None) -> None:
    """The team may start; the problem is in work. Raises Conflict, RuleBroken, Invalid(note) for administrators."""
    with transaction():
        _decide(actor, team, policies.approve, "approve", code="approved", note=note, version=version)
        if team.project_id is not None:
            joint_work.take_over(actor, team)
        _tell_members(actor, team, "approved", mail=True, note=note)


def return_team(actor: Actor, team: Team, *, note: str, version: int | None = None) -> None:
    """Back to the team with wishes. Raises Invalid(note), Conflict."""
    with transaction():
        _decide(
            actor,
            team,
            policies.return_team,
            "return_for_changes",
            code="returned",
            note=note,
            version=version,
        )
        if not note.strip():
            raise Invalid({"note": _l("Say what you wish to see changed")})
        _tell_members(actor, team, "returned", mail=True, note=note)


def reject_team(actor: Actor, team: Team, *, reason: str, note: str = "", version: int | None = None) -> None:
    """Not approved, with a reason code. Raises Invalid(reason), Conflict."""
    with transaction():
        _decide(actor, team, policies.reject, "reject", code=reason, note=note, version=version)
        if reason not in REJECTION_CODES:
            raise Invalid({"reason": _l("Choose a reason for the no")})
        _tell_members(actor, team, "rejected", mail=True, why=REJECTION_CODES[reason], note=note)


def reopen_team(actor: Actor, team: Team, *, note: str) -> None:
    """Whoever rejected the team opens it again, with a reason. Raises Invalid(note)."""
    with transaction():
        lock(team)
        proposal = records.latest_proposal(team.id)
        authorize(policies.reopen, actor, team, proposal.decided_by_id if proposal else None)
        if not note.strip():
            raise Invalid({"note": _l("Say why you open it again")})
        before = steps.move(team, "reopen")
        steps.record(actor, "reopen", team, before={"state": before}, after={"state": team.state}, note=note)
        _tell_members(actor, team, "reopened", mail=True, note=note)


def change_state(actor: Actor, team: Team, verb: str, *, note: str, version: int | None = None) -> None:
    """The lead pauses, resumes, completes or dissolves the team, with a reason. Raises Invalid(note)."""
    if verb not in LEAD_VERBS:
        raise ValueError(verb)
    with transaction():
        lock(team)
        authorize(policies.change_state, actor, team)
        team.expect_version(version)
        if not note.strip():
            raise Invalid({"note": _l("Say why, for the others in the team")})
        before = steps.move(team, verb)
        if verb in {"complete", "dissolve"}:
            team.ended_at = clock.now()
            if verb == "dissolve" and team.project_id is not None:
                projects.team_gone(team.project_id)
            _end_what_is_open(actor, team)
        steps.record(actor, verb, team, before={"state": before}, after={"state": team.state}, note=note)
        _tell_members(actor, team, "state_changed", mail=True, verb=verb, note=note)
        notices.say(
            records.deciders(team),
            "state_changed",
            team,
            reason=notices.CONSORTIUM_LEAD,
            actor=actor,
            mail=False,
            verb=verb,
            note=note,
        )


def _end_what_is_open(actor: Actor, team: Team) -> None:
    """A team that has ended takes nobody in: what is asked lapses, and those who wait are told."""
    for member in records.members(team.id, ("requested", "invited", "confirming")):
        lapse_membership(team, member, actor)
    for invitation in records.open_mail_invitations(team.id):
        lapse_mail_invitation(team, invitation, actor)
    offer = records.open_hand_over(team.id)
    if offer is not None:
        lapse_hand_over(team, offer, actor)
