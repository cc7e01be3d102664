"""Whom we tell what while a project is registered, decided, and people and partners come and go."""

from collections.abc import Iterable
from typing import Any

from app.core.access import Actor
from app.core.db import db
from app.core.i18n import LazyText
from app.core.text import excerpt
from app.institutions.models import Institution
from app.notifications.services import tell
from app.projects import queries
from app.projects.models import PARTS, Project, ProjectMember, ProjectPartner, ProjectReview

SHORT = 16  # characters of a title in a subject


def _say(
    people: Iterable[int | None],
    what: str,
    project: Project,
    reason: str,
    *,
    actor: Actor | None = None,
    page: str = "",
    mail: bool = True,
    facts: dict[str, Any] | None = None,
) -> None:
    """Tell people `projects.<what>`; `page` is below the project's own."""
    tell(
        people,
        f"projects.{what}",
        about=project,
        path=f"/projects/{project.id}{page}",
        reason=reason,
        facts={
            "number": project.number,
            "title": project.title,
            # A subject has about 60 characters; this leaves room for the number and for what happened.
            "short": excerpt(project.acronym or project.title, SHORT),
            "by": actor.name if actor else "",
            **(facts or {}),
        },
        actor=actor,
        mail=mail,
    )


def _deciders(
    project: Project, what: str, actor: Actor | None = None, *, mail: bool = True, **facts: Any
) -> None:
    reason = "consortium_lead" if project.has_other_lead else "administrator"
    people = queries.decider_ids(project)
    _say(people, what, project, reason, actor=actor, page="/review", mail=mail, facts=facts)


def _inside(actor: Actor | None, project: Project, what: str, *, mail: bool = False, **facts: Any) -> None:
    """Its lead and members."""
    others = set(queries.member_ids(project.id)) - {project.lead_id}
    _say([project.lead_id], what, project, "project_lead", actor=actor, mail=mail, facts=facts)
    _say(others, what, project, "project_member", actor=actor, mail=False, facts=facts)


# ---- the review ------------------------------------------------------------------------------------------------


def submitted(actor: Actor, project: Project, review: ProjectReview) -> None:
    """Those who decide: something waits."""
    _deciders(project, "submitted", actor, due=review.due_at)


def recalled(actor: Actor, project: Project) -> None:
    """Those who were to decide: it is off their list. Inbox only."""
    _deciders(project, "recalled", actor, mail=False)


def accepted(actor: Actor, project: Project, note: str) -> None:
    """The lead at once, members and partners in the inbox: it is in the list now."""
    _inside(actor, project, "accepted", mail=True, note=note)
    people = set(queries.partner_representatives(project.id)) - {project.lead_id}
    _say(
        people - set(queries.member_ids(project.id)),
        "accepted",
        project,
        "representative",
        actor=actor,
        mail=False,
        facts={"note": ""},
    )


def returned(actor: Actor, project: Project, note: str) -> None:
    """The lead: changes are wanted."""
    _say(
        [project.lead_id],
        "returned",
        project,
        "project_lead",
        actor=actor,
        page="/review",
        facts={"note": note},
    )


def rejected(actor: Actor, project: Project, why: LazyText, note: str) -> None:
    """The lead: it was not accepted, and why."""
    facts = {"why": why, "note": note}
    _say([project.lead_id], "rejected", project, "project_lead", actor=actor, page="/review", facts=facts)


def reopened(actor: Actor, project: Project, note: str) -> None:
    """The lead: what was rejected is a draft again."""
    _say(
        [project.lead_id],
        "reopened",
        project,
        "project_lead",
        actor=actor,
        page="/edit",
        facts={"note": note},
    )


def edited(actor: Actor, project: Project, part: str) -> None:
    """Those who accepted it: its text has changed since. Inbox only."""
    _deciders(project, "edited", actor, mail=False, part=PARTS[part])


def decision_due(project: Project, review: ProjectReview) -> None:
    """Those who decide: half of the time has gone."""
    _deciders(project, "decision_due", due=review.due_at)


def decision_late(project: Project, review: ProjectReview) -> None:
    """Those who decide, and the lead: the day has passed without a decision."""
    _deciders(project, "decision_late", due=review.due_at)
    _say(
        [project.lead_id],
        "decision_waits",
        project,
        "project_lead",
        page="/review",
        facts={"due": review.due_at},
    )


# ---- partners --------------------------------------------------------------------------------------------------


def partner_asked(actor: Actor, project: Project, institution: Institution, message: str = "") -> None:
    """The institution's representatives: somebody asks them to take part."""
    db.session.flush()
    partner = queries.live_partner(project.id, institution.id)
    _say(
        queries.representatives(institution.id, but=actor.id),
        "partner_asked",
        project,
        "representative",
        actor=actor,
        page=f"/partners/{partner.id}/answer" if partner else "",
        facts={
            "institution": institution.name,
            "message": message,
            "due": partner.due_at if partner else None,
        },
    )


def _partner_name(partner: ProjectPartner) -> str:
    return db.session.get_one(Institution, partner.institution_id).name


def partner_accepted(actor: Actor, project: Project, partner: ProjectPartner, note: str) -> None:
    """The lead at once; the members in the inbox."""
    _inside(actor, project, "partner_accepted", mail=True, institution=_partner_name(partner), note=note)


def partner_declined(
    actor: Actor, project: Project, partner: ProjectPartner, why: LazyText, note: str
) -> None:
    """The lead: an institution says no, and why."""
    facts = {"institution": _partner_name(partner), "why": why, "note": note}
    _say([project.lead_id], "partner_declined", project, "project_lead", actor=actor, facts=facts)


def partner_edited(actor: Actor, project: Project, partner: ProjectPartner) -> None:
    """The lead: a partner brings or gains something else. Inbox only."""
    facts = {"institution": _partner_name(partner)}
    _say([project.lead_id], "partner_edited", project, "project_lead", actor=actor, mail=False, facts=facts)


def partner_withdrawn(actor: Actor, project: Project, partner: ProjectPartner, note: str) -> None:
    """The institution's representatives: nothing is asked of them any more. Inbox only."""
    tell(
        queries.representatives(partner.institution_id),
        "projects.partner_withdrawn",
        path="/projects",
        reason="representative",
        facts={
            "number": project.number,
            "short": excerpt(project.acronym or project.title, SHORT),
            "title": project.title,
            "institution": _partner_name(partner),
            "note": note,
        },
        actor=actor,
        mail=False,
    )


def partner_ended(actor: Actor, project: Project, partner: ProjectPartner, note: str) -> None:
    """Both sides: the institution is a partner no more."""
    facts = {"institution": _partner_name(partner), "note": note}
    _say(
        queries.representatives(partner.institution_id),
        "partner_ended",
        project,
        "representative",
        actor=actor,
        facts=facts,
    )
    _inside(actor, project, "partner_ended", mail=True, **facts)


# ---- members ---------------------------------------------------------------------------------------------------


def invited(actor: Actor, project: Project, person_id: int, message: str) -> None:
    """The invited person."""
    db.session.flush()
    member = queries.live_member(project.id, person_id)
    facts = {"message": message, "due": member.due_at if member else None}
    _say([person_id], "invited", project, "invited_to_project", actor=actor, page="/invitation", facts=facts)


def joined(actor: Actor, project: Project) -> None:
    """The lead at once; the members in the inbox."""
    _inside(actor, project, "joined", mail=True)


def invitation_declined(actor: Actor, project: Project, note: str) -> None:
    """The lead."""
    _say([project.lead_id], "invitation_declined", project, "project_lead", actor=actor, facts={"note": note})


def invitation_withdrawn(actor: Actor, project: Project, member: ProjectMember) -> None:
    """The person: nothing is asked of them any more. Inbox only."""
    tell(
        [member.person_id],
        "projects.invitation_withdrawn",
        path="/projects",
        reason="invited_to_project",
        facts={
            "number": project.number,
            "short": excerpt(project.acronym or project.title, SHORT),
            "title": project.title,
        },
        actor=actor,
        mail=False,
    )


def member_changed(actor: Actor, project: Project, member: ProjectMember) -> None:
    """The member: the lead changed their position or roles."""
    facts = {"position": member.position}
    _say(
        [member.person_id],
        "member_changed",
        project,
        "project_member",
        actor=actor,
        page="/team",
        facts=facts,
    )


def member_ended(actor: Actor, project: Project, member: ProjectMember, note: str) -> None:
    """The person, if the lead did it; the lead, if the person did."""
    facts = {"person": queries.person_name(member.person_id), "note": note}
    _say([member.person_id], "member_removed", project, "former_project_member", actor=actor, facts=facts)
    _say([project.lead_id], "member_left", project, "project_lead", actor=actor, facts=facts)


# ---- what ends or waits by itself ------------------------------------------------------------------------------


def lapsed(project: Project, asked: ProjectPartner | ProjectMember, name: str) -> None:
    """Both sides: nobody answered in time."""
    if isinstance(asked, ProjectPartner):
        people, reason = queries.representatives(asked.institution_id), "representative"
    else:
        people, reason = [asked.person_id], "invited_to_project"
    tell(
        people,
        "projects.lapsed",
        path="/projects",
        reason=reason,
        facts={
            "number": project.number,
            "short": excerpt(project.acronym or project.title, SHORT),
            "title": project.title,
        },
    )
    _say([project.lead_id], "lapsed_lead", project, "project_lead", facts={"name": name})


def remind(project: Project, asked: ProjectPartner | ProjectMember) -> None:
    """Who was asked: half of the time has gone."""
    facts = {"due": asked.due_at}
    if isinstance(asked, ProjectPartner):
        people = queries.representatives(asked.institution_id, but=asked.asked_by_id)
        page = f"/partners/{asked.id}/answer"
        _say(people, "reminder_partner", project, "representative", page=page, facts=facts)
    else:
        _say(
            [asked.person_id],
            "reminder_invitation",
            project,
            "invited_to_project",
            page="/invitation",
            facts=facts,
        )
