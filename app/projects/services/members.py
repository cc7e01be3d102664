"""Members: the lead invites, the person answers; position and CRediT roles; leaving."""

from collections.abc import Sequence
from datetime import date

from app.accounts.models import Person
from app.core import clock, vocab
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.projects import notices, policies, queries
from app.projects.models import MEMBER_STATES, Project, ProjectMember
from app.projects.services.steps import (
    differences,
    institution_of,
    note_in_audit,
    recount,
    require_open,
    require_state,
)


def _check_roles(credit_roles: Sequence[str]) -> list[str]:
    if any(not vocab.is_credit_role(code) for code in credit_roles):
        raise Invalid({"credit_roles": _l("Choose from the list")})
    return list(dict.fromkeys(credit_roles))


def _check_dates(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid({"ends_on": _l("The end cannot lie before the start")})


def invite(
    actor: Actor,
    project: Project,
    person: Person,
    *,
    position: str = "",
    credit_roles: Sequence[str] = (),
    message: str = "",
) -> ProjectMember:
    """Invite a person; nobody else sees the name before they accept. Raises NotAllowed, RuleBroken (`already_member`), Invalid."""
    with transaction():
        project = lock(project)
        authorize(policies.invite, actor, project)
        require_state(project, "invite")
        if person.closed_at is not None:
            raise RuleBroken("account_closed", _l("This person has left the portal."))
        if queries.live_member(project.id, person.id) is not None:
            raise RuleBroken("already_member", _l("This person is a member already, or has been invited."))
        member = ProjectMember(
            project_id=project.id,
            person_id=person.id,
            state="invited",
            position=position,
            credit_roles=_check_roles(credit_roles),
            message=message,
        )
        member.ask(actor.id)
        db.session.add(member)
        note_in_audit(actor, project, "projects.invite", after={"what": person.display_name})
        notices.invited(actor, project, person.id, message)
    return member


def accept_invitation(
    actor: Actor,
    project: Project,
    member: ProjectMember,
    *,
    institution_id: int | None,
    position: str = "",
    credit_roles: Sequence[str] = (),
    version: int | None = None,
) -> None:
    """Come in through one of one's institutions, in one's own words. Raises NotAllowed, Conflict, Invalid."""
    with transaction():
        project, member = lock(project), lock(member)
        authorize(policies.answer_invitation, actor, member)
        require_open(member, "invited")
        member.expect_version(version)
        member.institution_id = institution_of(actor, institution_id)
        member.position, member.credit_roles = position, _check_roles(credit_roles)
        member.starts_on = clock.today()
        MEMBER_STATES.move(member, "accept")
        member.decide(actor.id, "accepted")
        recount(project)
        note_in_audit(actor, project, "projects.accept_invitation", after={"what": actor.name})
        notices.joined(actor, project)


def decline_invitation(
    actor: Actor, project: Project, member: ProjectMember, *, note: str = "", version: int | None = None
) -> None:
    """Say no; a word is welcome, not needed. Raises NotAllowed, Conflict."""
    with transaction():
        project, member = lock(project), lock(member)
        authorize(policies.answer_invitation, actor, member)
        require_open(member, "invited")
        member.expect_version(version)
        MEMBER_STATES.move(member, "decline")
        member.decide(actor.id, "declined", note)
        note_in_audit(actor, project, "projects.decline_invitation", after={"what": actor.name}, note=note)
        notices.invitation_declined(actor, project, note)


def edit_member(
    actor: Actor,
    project: Project,
    member: ProjectMember,
    *,
    position: str,
    credit_roles: Sequence[str],
    starts_on: date | None = None,
    ends_on: date | None = None,
    version: int | None = None,
) -> None:
    """Change position, roles and dates of a member; a change by the lead reaches the person. Raises NotAllowed, RuleBroken,
    Conflict, Invalid.
    """
    with transaction():
        project, member = lock(project), lock(member)
        authorize(policies.edit_member, actor, project, member)
        require_state(project, "edit")
        member.expect_version(version)
        if member.state != "active":
            raise RuleBroken("wrong_state", _l("This person is not a member any more."))
        _check_dates(starts_on, ends_on)
        values = {
            "position": position,
            "credit_roles": _check_roles(credit_roles),
            "starts_on": starts_on,
            "ends_on": ends_on,
        }
        old, new = differences(project, {name: getattr(member, name) for name in values}, values)
        for field, value in values.items():
            setattr(member, field, value)
        name = queries.person_name(member.person_id)
        note_in_audit(actor, project, "projects.edit_member", before=old, after={"what": name, **new})
        if member.person_id != actor.id:
            notices.member_changed(actor, project, member)


def end_member(
    actor: Actor, project: Project, member: ProjectMember, *, note: str = "", version: int | None = None
) -> None:
    """Take an invitation back, leave, or remove somebody with a reason; what was stays in the history.

    Raises NotAllowed, Conflict, Invalid.
    """
    with transaction():
        project, member = lock(project), lock(member)
        authorize(policies.end_member, actor, project, member)
        member.expect_version(version)
        name = queries.person_name(member.person_id)
        if member.state == "invited":
            MEMBER_STATES.move(member, "withdraw")
            member.decide(actor.id, "withdrawn", note)
            note_in_audit(actor, project, "projects.withdraw_invitation", after={"what": name})
            notices.invitation_withdrawn(actor, project, member)
            return
        leaves = member.person_id == actor.id
        if not leaves and not note:
            raise Invalid({"note": _l("Say why; the person reads it")})
        MEMBER_STATES.move(member, "leave" if leaves else "remove")
        member.ended_at, member.end_reason = clock.now(), note
        member.ends_on = clock.today()
        recount(project)
        note_in_audit(actor, project, "projects.end_member", after={"what": name}, note=note)
        notices.member_ended(actor, project, member, note)
