"""What happened to a project, from the audit: the milestones of its life for everybody, the rest for those inside."""

from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import LazyText, _l
from app.projects import policies
from app.projects.models import (
    PARTS,
    FollowUp,
    Milestone,
    PartnerHearing,
    Project,
    ProjectHandOver,
    ProjectUpdate,
)

MOST = 100
FOR_ALL: dict[str, LazyText] = {
    "projects.accept": _l("Accepted by the consortium"),
    "projects.activate": _l("Became active"),
    "projects.hold": _l("Put on hold"),
    "projects.resume": _l("Went on"),
    "projects.begin_closing": _l("Closing began"),
    "projects.stop_closing": _l("Closing stopped"),
    "projects.close": _l("Closed"),
    "projects.cancel": _l("Cancelled"),
    "projects.accept_partner": _l("A partner joined: %(what)s"),
    "projects.end_partner": _l("A partner left: %(what)s"),
    "projects.hand_over": _l("Lead handed over"),
}
# Of a block that not everybody may see.
FOR_BLOCK: dict[str, dict[str, LazyText]] = {
    "plan": {
        "projects.report_milestone": _l("Milestone reported: %(what)s"),
        "projects.accept_milestone": _l("Milestone reached: %(what)s"),
        "projects.miss_milestone": _l("Milestone missed: %(what)s"),
    },
    "updates": {"projects.post_update": _l("Update posted")},
    "team": {
        "projects.accept_invitation": _l("Joined: %(what)s"),
        "projects.end_member": _l("Left: %(what)s"),
    },
}
FOR_INSIDE: dict[str, LazyText] = {
    "projects.create": _l("Begun"),
    "projects.edit": _l("Changed: %(what)s"),
    "projects.submit": _l("Sent for review"),
    "projects.recall": _l("Taken back"),
    "projects.return": _l("Returned with wishes"),
    "projects.reject": _l("Not accepted"),
    "projects.reopen": _l("Opened again"),
    "projects.withdraw": _l("Withdrawn"),
    "projects.ask_partner": _l("Asked to be a partner: %(what)s"),
    "projects.decline_partner": _l("Declined to be a partner: %(what)s"),
    "projects.withdraw_partner": _l("Question to a partner taken back: %(what)s"),
    "projects.edit_partner": _l("What a partner brings and gains changed: %(what)s"),
    "projects.lapse": _l("Lapsed without an answer: %(what)s"),
    "projects.invite": _l("Invited: %(what)s"),
    "projects.decline_invitation": _l("Invitation declined: %(what)s"),
    "projects.withdraw_invitation": _l("Invitation taken back: %(what)s"),
    "projects.edit_member": _l("Position or roles changed: %(what)s"),
    "projects.add_milestone": _l("Milestone added: %(what)s"),
    "projects.edit_milestone": _l("Milestone changed: %(what)s"),
    "projects.return_milestone": _l("Report of a milestone returned: %(what)s"),
    "projects.offer_hand_over": _l("Lead offered: %(what)s"),
    "projects.decline_hand_over": _l("Lead declined: %(what)s"),
}


# What belongs to a project and has lines of its own, named by their label.
OWN: tuple[type[Any], ...] = (Milestone, ProjectUpdate, ProjectHandOver, PartnerHearing, FollowUp)


def _about(project_id: int) -> list[ColumnElement[bool]]:
    """That a line is about the project or a part of it."""
    own = and_(AuditEntry.thing_kind == Project.__tablename__, AuditEntry.thing_id == project_id)
    return [
        own,
        *(
            and_(
                AuditEntry.thing_kind == kind.__tablename__,
                AuditEntry.thing_id.in_(select(kind.id).where(kind.project_id == project_id)),
            )
            for kind in OWN
        ),
    ]


def _what(row: Any) -> str:
    if row.action == "projects.edit":
        part = (row.after or {}).get("part", "")
        return str(PARTS.get(part, part))
    if row.thing_kind == Project.__tablename__:
        return str((row.after or {}).get("what", ""))
    return str(row.thing_label or "")


def entries(actor: Actor, project: Project) -> list[dict[str, Any]]:
    """The newest lines that the reader may see: at, text, who, note; who did it and notes only for those inside."""
    inside = policies.is_inside(actor, project)
    known = dict(FOR_ALL)
    for block, actions in FOR_BLOCK.items():
        if policies.view_block(actor, project, block):
            known |= actions
    if inside:
        known |= FOR_INSIDE
    rows = db.session.execute(
        select(
            AuditEntry.at,
            AuditEntry.action,
            AuditEntry.thing_kind,
            AuditEntry.thing_label,
            AuditEntry.after,
            AuditEntry.note,
            Person.display_name,
        )
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(or_(*_about(project.id)), AuditEntry.action.in_(known))
        .order_by(AuditEntry.id.desc())
        .limit(MOST)
    )
    return [
        {
            "at": row.at,
            "text": str(LazyText(known[row.action].message, what=_what(row))),
            "who": (row.display_name or "") if inside else "",
            "note": row.note if inside else None,
        }
        for row in rows
    ]
