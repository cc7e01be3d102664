"""What happened in a team, from the audit: the milestones for everybody, the rest for those inside."""

from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import LazyText, _l
from app.teams import policies
from app.teams.models import Team

MOST = 100
FOR_ALL: dict[str, LazyText] = {
    "teams.start": _l("Team started"),
    "teams.propose": _l("Proposed to the consortium"),
    "teams.recall": _l("Proposal taken back"),
    "teams.approve": _l("Approved"),
    "teams.return": _l("Returned with wishes"),
    "teams.reopen": _l("Opened again"),
    "teams.pause": _l("Paused"),
    "teams.resume": _l("Resumed"),
    "teams.complete": _l("Completed"),
    "teams.dissolve": _l("Dissolved"),
    "teams.hand_over": _l("Lead handed over"),
}
FOR_MEMBERS: dict[str, LazyText] = {
    **FOR_ALL,
    "teams.reject": _l("Not approved"),
    "teams.edit": _l("Facts changed"),
    "teams.set_rules": _l("Rules changed"),
    "teams.name_deputy": _l("Deputy named"),
    "teams.add_role": _l("Role added: %(what)s"),
    "teams.edit_role": _l("Role changed: %(what)s"),
    "teams.close_role": _l("Role closed or opened: %(what)s"),
    "teams.write_text": _l("New version of the team text"),
    "teams.add_line": _l("Line added: %(what)s"),
    "teams.edit_line": _l("Line changed: %(what)s"),
    "teams.remove_line": _l("Line removed: %(what)s"),
    "teams.confirm": _l("Confirmed by the institution: %(what)s"),
    "teams.leave": _l("Left: %(what)s"),
    "teams.remove_member": _l("Removed: %(what)s"),
    "teams.set_skills": _l("Skills said: %(what)s"),
    "teams.post_update": _l("Update posted"),
}
FOR_LEADS: dict[str, LazyText] = {
    **FOR_MEMBERS,
    "teams.ask_to_join": _l("Asked to join: %(what)s"),
    "teams.withdraw_request": _l("Request taken back: %(what)s"),
    "teams.accept": _l("Accepted: %(what)s"),
    "teams.decline": _l("Declined: %(what)s"),
    "teams.invite": _l("Invited: %(what)s"),
    "teams.invite_by_mail": _l("Invited by mail: %(what)s"),
    "teams.withdraw_invitation": _l("Invitation taken back: %(what)s"),
    "teams.decline_invitation": _l("Invitation declined: %(what)s"),
    "teams.decline_participation": _l("Not confirmed by the institution: %(what)s"),
    "teams.lapse": _l("Lapsed: %(what)s"),
    "teams.remind_lines": _l("Reminded of missing lines"),
    "teams.offer_hand_over": _l("Lead offered: %(what)s"),
    "teams.decline_hand_over": _l("Lead declined: %(what)s"),
    "teams.withdraw_hand_over": _l("Offer of the lead taken back"),
}
NOTES_FOR_LEADS = ("teams.remove_member",)  # what the person was told is between them and who runs the team


def entries(actor: Actor, team: Team) -> list[dict[str, Any]]:
    """The newest lines that the reader may see: at, text, who, note; notes only for those inside."""
    is_inside = bool(policies.view_inside(actor, team))
    in_charge = policies.runs(actor, team) or actor.is_admin
    known = (FOR_LEADS if in_charge else FOR_MEMBERS) if is_inside else FOR_ALL
    rows = db.session.execute(
        select(AuditEntry.at, AuditEntry.action, AuditEntry.thing_label, AuditEntry.note, Person.display_name)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.team_id == team.id, AuditEntry.action.in_(known))
        .order_by(AuditEntry.id.desc())
        .limit(MOST)
    )
    return [
        {
            "at": row.at,
            "text": str(LazyText(known[row.action].message, what=row.thing_label or "")),
            "who": row.display_name or "",
            "note": row.note if is_inside and (in_charge or row.action not in NOTES_FOR_LEADS) else None,
        }
        for row in rows
    ]
