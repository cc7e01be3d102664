"""Partner institutions: the lead asks, a representative answers; each side's lines; the end of a partnership."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.core import clock, vocab
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.institutions.models import Institution
from app.projects import notices, policies, queries
from app.projects.models import (
    DECLINE_CODES,
    MOST_LINES,
    PARTNER_ROLES,
    PARTNER_STATES,
    Project,
    ProjectPartner,
)
from app.projects.services.steps import (
    differences,
    institution,
    note_in_audit,
    recount,
    require_open,
    require_state,
    show_if_listed,
)

Lines = Sequence[Mapping[str, str]]


def _lines(name: str, rows: Lines) -> list[dict[str, str]]:
    """Lines of {kind, text}, empty ones left out. Raises Invalid for `name`."""
    kept = [{"kind": row.get("kind") or "", "text": row["text"]} for row in rows if row.get("text")]
    if any(not vocab.is_kind(row["kind"]) for row in kept):
        raise Invalid({name: _l("Choose a kind for each line")})
    if len(kept) > MOST_LINES:
        raise Invalid({name: _l("Enter at most %(num)s lines", num=MOST_LINES)})
    return kept


def _both_ways(brings: Lines, gains: Lines) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Lines of both sides: a partnership goes both ways. Raises Invalid(brings, gains)."""
    gives, gets = _lines("brings", brings), _lines("gains", gains)
    lacking: dict[str, Any] = {}
    if not gives:
        lacking["brings"] = _l("Enter at least one thing that the institution brings")
    if not gets:
        lacking["gains"] = _l("Enter at least one thing that the institution hopes to gain")
    if lacking:
        raise Invalid(lacking)
    return gives, gets


def _dates(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid({"ends_on": _l("The end cannot lie before the start")})


def _name(partner: ProjectPartner) -> str:
    return db.session.get_one(Institution, partner.institution_id).own_name


def ask_partner(
    actor: Actor,
    project: Project,
    *,
    institution_id: int,
    role: str,
    brings: Lines = (),
    gains: Lines = (),
    starts_on: date | None = None,
    ends_on: date | None = None,
    message: str = "",
) -> ProjectPartner:
    """Ask an institution to be a partner; nobody else sees its name before it accepts.

    Raises NotAllowed, RuleBroken (`wrong_state`, `already_partner`), NotFound, Invalid.
    """
    with transaction():
        project = lock(project)
        authorize(policies.ask_partner, actor, project)
        require_state(project, "ask_partner")
        found = institution(institution_id)
        if queries.live_partner(project.id, found.id) is not None:
            raise RuleBroken(
                "already_partner", _l("This institution is a partner already, or has been asked.")
            )
        if role not in PARTNER_ROLES or role == "lead":
            raise Invalid({"role": _l("Choose a role")})
        _dates(starts_on, ends_on)
        partner = ProjectPartner(
            project_id=project.id,
            institution_id=found.id,
            role=role,
            state="asked",
            message=message,
            brings=_lines("brings", brings),
            gains=_lines("gains", gains),
            starts_on=starts_on,
            ends_on=ends_on,
        )
        partner.ask(actor.id)
        db.session.add(partner)
        note_in_audit(actor, project, "projects.ask_partner", after={"what": found.own_name, "role": role})
        notices.partner_asked(actor, project, found, message)
    return partner


def ask_host_again(actor: Actor, project: Project) -> None:
    """Ask the lead institution once more after it declined or did not answer. Raises NotAllowed, RuleBroken."""
    with transaction():
        project = lock(project)
        authorize(policies.ask_partner, actor, project)
        require_state(project, "ask_partner")
        partner = lock(queries.host(project.id))
        PARTNER_STATES.move(partner, "ask_again")
        partner.ask(actor.id)
        note_in_audit(actor, project, "projects.ask_partner", after={"what": _name(partner), "role": "lead"})
        notices.partner_asked(actor, project, db.session.get_one(Institution, partner.institution_id))


def accept_partner(
    actor: Actor,
    project: Project,
    partner: ProjectPartner,
    *,
    brings: Lines,
    gains: Lines,
    note: str = "",
    version: int | None = None,
) -> None:
    """Say yes for the institution, with what it brings and gains in its own words. Raises NotAllowed, Conflict, Invalid."""
    with transaction():
        project, partner = lock(project), lock(partner)
        authorize(policies.answer_partner, actor, partner)
        require_open(partner, "asked")
        partner.expect_version(version)
        partner.brings, partner.gains = _both_ways(brings, gains)
        PARTNER_STATES.move(partner, "accept")
        partner.decide(actor.id, "accepted", note)
        recount(project)
        show_if_listed(project)
        note_in_audit(actor, project, "projects.accept_partner", after={"what": _name(partner)}, note=note)
        notices.partner_accepted(actor, project, partner, note)


def decline_partner(
    actor: Actor,
    project: Project,
    partner: ProjectPartner,
    *,
    code: str,
    note: str = "",
    version: int | None = None,
) -> None:
    """Say no for the institution, with a reason. Raises NotAllowed, Conflict, Invalid."""
    with transaction():
        project, partner = lock(project), lock(partner)
        authorize(policies.answer_partner, actor, partner)
        require_open(partner, "asked")
        partner.expect_version(version)
        if code not in DECLINE_CODES:
            raise Invalid({"code": _l("Choose a reason")})
        if code == "other" and not note:
            raise Invalid({"note": _l("Say the reason in your own words")})
        PARTNER_STATES.move(partner, "decline")
        partner.decide(actor.id, code, note)
        note_in_audit(
            actor,
            project,
            "projects.decline_partner",
            after={"what": _name(partner), "code": code},
            note=note,
        )
        notices.partner_declined(actor, project, partner, DECLINE_CODES[code], note)


def edit_partner(
    actor: Actor,
    project: Project,
    partner: ProjectPartner,
    *,
    brings: Lines,
    gains: Lines,
    version: int | None = None,
) -> None:
    """Change what a partner brings and gains. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        project, partner = lock(project), lock(partner)
        authorize(policies.edit_partner, actor, project, partner)
        require_state(project, "edit")
        partner.expect_version(version)
        if partner.state not in {"asked", "accepted"}:
            raise RuleBroken("wrong_state", _l("This institution is not a partner any more."))
        before = {"brings": partner.brings, "gains": partner.gains}
        if partner.state == "accepted":
            partner.brings, partner.gains = _both_ways(brings, gains)
        else:
            partner.brings, partner.gains = _lines("brings", brings), _lines("gains", gains)
        old, new = differences(project, before, {"brings": partner.brings, "gains": partner.gains})
        what = {"what": _name(partner), **new}
        note_in_audit(actor, project, "projects.edit_partner", before=old, after=what)
        if partner.state == "accepted" and partner.role != "lead":
            notices.partner_edited(actor, project, partner)


def end_partner(
    actor: Actor, project: Project, partner: ProjectPartner, *, note: str = "", version: int | None = None
) -> None:
    """Take a question back, or end a partnership with a reason; what was stays in the history.

    Raises NotAllowed, RuleBroken, Conflict, Invalid.
    """
    with transaction():
        project, partner = lock(project), lock(partner)
        authorize(policies.end_partner, actor, project, partner)
        partner.expect_version(version)
        if partner.state == "asked":
            PARTNER_STATES.move(partner, "withdraw")
            partner.decide(actor.id, "withdrawn", note)
            note_in_audit(actor, project, "projects.withdraw_partner", after={"what": _name(partner)})
            notices.partner_withdrawn(actor, project, partner, note)
            return
        if partner.state == "accepted" and not note:
            raise Invalid({"note": _l("Say why, so that the others understand")})
        PARTNER_STATES.move(partner, "leave")
        partner.ended_at, partner.end_reason = clock.now(), note
        recount(project)
        show_if_listed(project)
        note_in_audit(actor, project, "projects.end_partner", after={"what": _name(partner)}, note=note)
        notices.partner_ended(actor, project, partner, note)
