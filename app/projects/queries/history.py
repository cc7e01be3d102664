"""What happened to a project, from the audit: the milestones of its life for everybody, the rest for those inside.

What was changed is named: its fields to whoever sees their block, how they were and are only to those inside, so that
words from before something was opened, or of what was closed since, stay among them.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Person
from app.audit import queries as audit
from app.audit.models import AuditEntry
from app.audit.queries import words
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import LazyText, _, _l
from app.projects import policies
from app.projects.models import (
    BLOCKS,
    DECLINE_CODES,
    PARTNER_ROLES,
    PARTS,
    REJECTION_CODES,
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
    "projects.answer_follow_up": _l("The lead said what became of it"),
}
# Of a block that not everybody may see.
FOR_BLOCK: dict[str, dict[str, LazyText]] = {
    "plan": {
        "projects.report_milestone": _l("Milestone reported: %(what)s"),
        "projects.accept_milestone": _l("Milestone reached: %(what)s"),
        "projects.miss_milestone": _l("Milestone missed: %(what)s"),
    },
    "updates": {
        "projects.post_update": _l("Update posted"),
        "projects.edit_update": _l("Update changed"),
    },
    "team": {
        "projects.accept_invitation": _l("Joined: %(what)s"),
        "projects.end_member": _l("Left: %(what)s"),
    },
}
EDITED = {"projects.edit": _l("Changed: %(what)s")}
FOR_INSIDE: dict[str, LazyText] = {
    **EDITED,
    "projects.create": _l("Begun"),
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
    "projects.take_report_back": _l("Report of a milestone taken back: %(what)s"),
    "projects.return_milestone": _l("Report of a milestone returned: %(what)s"),
    "projects.offer_hand_over": _l("Lead offered: %(what)s"),
    "projects.decline_hand_over": _l("Lead declined: %(what)s"),
    "projects.withdraw_hand_over": _l("Offer of the lead taken back"),
    "projects.lapse_hand_over": _l("Offer of the lead lapsed"),
    "projects.write_report": _l("Closing report changed"),
    "projects.answer_hearing": _l("A partner gave its word before the closing: %(what)s"),
    "projects.lapse_hearing": _l("A partner gave no word before the closing: %(what)s"),
    "projects.ask_follow_up": _l("The lead was asked what became of it"),
    "projects.lapse_follow_up": _l("Nobody said what became of it"),
}
# The blocks of fields; what is not here stands on the project's own page. Who sees what is said to those inside alone.
BLOCK_OF = {
    "skills": "team",
    "position": "team",
    "credit_roles": "team",
    "milestones": "plan",
    "needs": "resources",
    "funding": "funding",
}
OF_INSIDE = ("visibility", *(f"{block}_for" for block in BLOCKS))
UNSAID = ("what", "part", "fields", "report")  # said by the line itself, or too long for it


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
        part = row.after.get("part", "")
        return str(PARTS.get(part, part))
    if row.thing_kind == Project.__tablename__:
        return str(row.after.get("what", ""))
    return str(row.thing_label or "")


def _fields(actor: Actor, project: Project, inside: bool, row: Any) -> list[str]:
    """The fields that a change touched, as far as the reader sees their blocks."""
    names = list(row.after.get("fields") or ())
    if inside:
        return names
    blocks = {name: BLOCK_OF[name] for name in names if name in BLOCK_OF}
    seen = {block for block in set(blocks.values()) if policies.view_block(actor, project, block)}
    return [name for name in names if name not in OF_INSIDE and blocks.get(name) in {None, *seen}]


def _changes(row: Any, fields: list[str], inside: bool, people: Mapping[int, str]) -> list[Any]:
    """(name, before, after) of what was changed; before and after are empty where they were not kept, and for outsiders."""
    before = {name: value for name, value in row.before.items() if name not in UNSAID}
    after = {name: value for name, value in row.after.items() if name not in UNSAID}
    if not inside:
        before, after = ({"state": kept["state"]} if "state" in kept else {} for kept in (before, after))
    if "state" not in before:
        after.pop("state", None)  # what it came to is what the line says
    if "role" in after:
        after["role"] = str(PARTNER_ROLES.get(after["role"], after["role"]))
    if "code" in after:
        after["code"] = str({**DECLINE_CODES, **REJECTION_CODES}.get(after["code"], after["code"]))
    said = [
        (name[:1].upper() + name[1:], old, new) for name, old, new in words.changes(before, after, people)
    ]
    named = dict.fromkeys(_field(name) for name in fields if name not in after)
    return [*said, *((name, "", "") for name in named)]


def _field(name: str) -> str:
    return _("Resources needed") if name == "needs" else words.field(name)


def entries(actor: Actor, project: Project) -> list[dict[str, Any]]:
    """The newest lines that the reader may see: at, text, changes, who, note; who and notes only for those inside.

    `changes` are (name, before, after), see `_changes`. Two statements for those inside, one for others.
    """
    inside = policies.is_inside(actor, project)
    known = dict(FOR_ALL)
    for block, actions in FOR_BLOCK.items():
        if policies.view_block(actor, project, block):
            known |= actions
    which: ColumnElement[bool] = AuditEntry.action.in_(known | FOR_INSIDE if inside else known)
    if not inside and project.accepted_at is not None:  # what was changed in a draft was never shown
        which = or_(which, and_(AuditEntry.action.in_(EDITED), AuditEntry.at > project.accepted_at))
    known |= FOR_INSIDE if inside else EDITED
    rows = db.session.execute(
        select(
            AuditEntry.at,
            AuditEntry.action,
            AuditEntry.thing_kind,
            AuditEntry.thing_label,
            AuditEntry.before,
            AuditEntry.after,
            AuditEntry.note,
            Person.display_name,
        )
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(or_(*_about(project.id)), which)
        .order_by(AuditEntry.id.desc())
        .limit(MOST)
    ).all()
    people = audit.people_named(rows) if inside else {}
    found = []
    for row in rows:
        fields = _fields(actor, project, inside, row)
        if row.action in EDITED and not fields and not inside:
            continue  # it touched nothing that the reader sees
        found.append(
            {
                "at": row.at,
                "text": str(LazyText(known[row.action].message, what=_what(row))),
                "changes": _changes(row, fields, inside, people),
                "who": (row.display_name or "") if inside else "",
                "note": row.note if inside else None,
            }
        )
    return found
