"""The lead of a project passes to another member, who accepts."""

from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.projects.models import RUNNING_STATES, Project, ProjectHandOver
from app.projects.notices import course as notices
from app.projects.policies import course as policies
from app.projects.queries import course
from app.projects.services.milestones import record

KEEPABLE_STATES = ("draft", "needs_changes", "submitted", *RUNNING_STATES, "closed")


def offer_hand_over(
    actor: Actor, project: Project, *, to_person_id: int | None, note: str = ""
) -> ProjectHandOver:
    """Offer the lead to another member. Raises Invalid(to_person_id), RuleBroken(`already_offered`, `wrong_state`)."""
    with transaction():
        lock(project)
        authorize(policies.hand_over, actor, project)
        if project.state not in KEEPABLE_STATES:
            raise RuleBroken("wrong_state", _l("In this state it cannot be changed any more."))
        if course.open_hand_over(project.id) is not None:
            raise RuleBroken(
                "already_offered", _l("The lead is offered to somebody already. Take that back first.")
            )
        names = dict(course.other_members(project))
        if to_person_id not in names:
            raise Invalid({"to_person_id": _l("Choose a member of the project")})
        offer = ProjectHandOver(project_id=project.id, to_person_id=to_person_id, note=note)
        offer.ask(actor.id)
        db.session.add(offer)
        db.session.flush()
        record(actor, "offer_hand_over", project, what=names[to_person_id], note=note)
        notices.say(
            {to_person_id},
            "hand_over_offered",
            project,
            reason=notices.MEMBER,
            actor=actor,
            path="/hand-over",
            note=note,
            due=offer.due_at,
        )
    return offer


def _open_offer(project: Project) -> ProjectHandOver:
    offer = course.open_hand_over(project.id)
    if offer is None:
        raise RuleBroken("no_offer", _l("No hand-over is open in this project."))
    return offer


def accept_hand_over(actor: Actor, project: Project) -> None:
    """The new lead takes over; who led it stays a member. Raises RuleBroken(`no_offer`, `not_a_member`)."""
    with transaction():
        lock(project)
        offer = _open_offer(project)
        authorize(policies.answer_hand_over, actor, offer)
        if not course.is_member(project.id, actor.id):
            raise RuleBroken("not_a_member", _l("You do not take part in this project any more."))
        before = project.lead_id
        offer.decide(actor.id, "accepted")
        project.lead_id = offer.to_person_id
        project.touch()
        record(actor, "hand_over", project, before={"lead_id": before}, after={"lead_id": project.lead_id})
        notices.around(actor, project, "handed_over", mail=True)


def decline_hand_over(actor: Actor, project: Project, *, note: str = "") -> None:
    """The member says no; the lead stays."""
    with transaction():
        lock(project)
        offer = _open_offer(project)
        authorize(policies.answer_hand_over, actor, offer)
        offer.decide(actor.id, "declined", note)
        record(actor, "decline_hand_over", project, what=actor.name, note=note)
        notices.say(
            {project.lead_id}, "hand_over_declined", project, reason=notices.LEAD, actor=actor, note=note
        )


def withdraw_hand_over(actor: Actor, project: Project) -> None:
    """The lead takes the offer back."""
    with transaction():
        lock(project)
        authorize(policies.hand_over, actor, project)
        offer = _open_offer(project)
        offer.decide(actor.id, "withdrawn")
        record(actor, "withdraw_hand_over", project)
        notices.say(
            {offer.to_person_id},
            "hand_over_withdrawn",
            project,
            reason=notices.MEMBER,
            actor=actor,
            mail=False,
        )
