"""Leaving, removing, handing the lead over."""

from typing import Any

from flask import redirect, request, url_for

from app.core.access import insist
from app.core.errors import Invalid
from app.core.i18n import _
from app.teams import policies, services
from app.teams.forms.choices import chosen
from app.teams.forms.joining import HandOverForm, LeaveForm, NoteForm
from app.teams.queries import page as pages
from app.teams.queries import records
from app.teams.views.blueprint import bp, done, find, page
from app.web.guards import current_actor


@bp.route("/<int:team_id>/leave", methods=["GET", "POST"])
def leave(team_id: int) -> Any:
    """Go, with a hand-over note."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.leave(actor, team))
    form = LeaveForm()
    if form.validate_on_submit():
        services.leave_team(actor, team, note=form.note.data or "")
        if team.visibility == "public" and team.state != "rejected":
            return done(team, _("You have left the team."))
        return redirect(url_for("teams.index"), 303)
    return page("leave.html", team, form=form)


@bp.route("/<int:team_id>/members/<int:membership_id>/remove", methods=["GET", "POST"])
def remove_member(team_id: int, membership_id: int) -> Any:
    """End somebody's membership, with a reason."""
    actor = current_actor()
    team = find(team_id)
    found = records.membership(team.id, membership_id)
    insist(policies.remove_member(actor, team, found))
    form = NoteForm()
    if form.validate_on_submit():
        services.remove_member(actor, team, found, note=form.note.data)
        return done(team, _("%(name)s is removed and was told.", name=found.person.display_name), "members")
    return page(
        "note.html",
        team,
        form=form,
        title=_("Remove %(name)s", name=found.person.display_name),
        button=_("Remove from the team"),
        lead=_(
            "The person is told your reason. The lines of the institution stay while others of it are here."
        ),
        testid="remove",
    )


@bp.route("/<int:team_id>/hand-over", methods=["GET", "POST"])
def hand_over(team_id: int) -> Any:
    """The lead offers the team to a member; the member answers here too."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.view_inside(actor, team))
    offer = records.open_hand_over(team.id)
    form = None
    if offer is None:
        insist(policies.hand_over(actor, team))
        form = HandOverForm()
        members = pages.member_list(actor, team.id, ("active",))
        form.to_person_id.offer(
            [(member.person_id, member.display_name) for member in members if member.person_id != actor.id],
            _("Choose"),
        )
        if form.validate_on_submit():
            try:
                services.offer_hand_over(
                    actor, team, to_person_id=chosen(form.to_person_id), note=form.note.data or ""
                )
            except Invalid as refusal:
                form.take(refusal)
            else:
                return done(
                    team, _("The lead is offered. You lead until it is accepted."), endpoint="hand_over"
                )
    return page(
        "hand_over.html",
        team,
        form=form,
        offer=offer,
        to=records.person_name(offer.to_person_id) if offer else "",
        is_mine=offer is not None and bool(policies.answer_hand_over(actor, offer)),
        is_lead=bool(policies.hand_over(actor, team)),
    )


@bp.post("/<int:team_id>/hand-over/answer")
def answer_hand_over(team_id: int) -> Any:
    """Take the lead, or not."""
    actor = current_actor()
    team = find(team_id)
    if request.form.get("decision") == "accept":
        services.accept_hand_over(actor, team)
        return done(team, _("You lead the team now."))
    form = LeaveForm()
    services.decline_hand_over(actor, team, note=form.note.data or "")
    return done(team, _("You declined; the lead was told."))


@bp.post("/<int:team_id>/hand-over/withdraw")
def withdraw_hand_over(team_id: int) -> Any:
    """Take the offer back."""
    team = find(team_id)
    services.withdraw_hand_over(current_actor(), team)
    return done(team, _("The offer is taken back."))
