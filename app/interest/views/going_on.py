"""The conversation and its file, the terms of confidentiality, and the way into a team."""

from typing import Any

from flask import Response, flash, redirect, request, url_for

from app.core.access import insist
from app.core.errors import Invalid, NotFound
from app.core.i18n import _, fmt_datetime
from app.discussion import queries as discussion
from app.interest import policies, queries, services
from app.interest.forms import MembershipForm, TermsForm
from app.interest.models import TALK_STATES, TERMS_TEXTS, TERMS_VERSION, Interest
from app.interest.views.blueprint import bp, done, find, page
from app.teams import queries as teams
from app.web.fields import seen_version
from app.web.guards import current_actor


def _talking(interest_id: int) -> Interest:
    """The interest, if a conversation was ever open in it. Raises NotFound."""
    interest = find(interest_id)
    if interest.replied_at is None:
        raise NotFound
    return interest


@bp.get("/<int:interest_id>/discussion")
def discuss(interest_id: int) -> Any:
    """The conversation of both sides."""
    interest = _talking(interest_id)
    thread = discussion.thread(current_actor(), "interest", interest, request.args.get("page"))
    return page("discussion.html", interest, thread=thread, talks=interest.state in TALK_STATES)


@bp.get("/<int:interest_id>/conversation.txt")
def conversation(interest_id: int) -> Response:
    """The conversation as a file that can be kept."""
    interest = _talking(interest_id)
    lines = [
        f"{interest.number}  {interest.thing.number} {interest.thing.title}",
        _("From %(sender)s to %(owner)s", sender=interest.institution.name, owner=interest.owner_institution.name),
        "",
    ]  # fmt: skip
    for said in discussion.transcript(current_actor(), "interest", interest):
        lines.append(f"{fmt_datetime(said.written_at)}  {said.display_name}")
        lines.append(said.text or _("This is not shown any more."))
        lines += [_("File: %(name)s", name=file.name) for file in said.files]
        lines.append("")
    response = Response("\ufeff" + "\r\n".join(lines), mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="{interest.number}.txt"'
    return response


@bp.route("/<int:interest_id>/terms", methods=["GET", "POST"])
def terms(interest_id: int) -> Any:
    """The terms of confidentiality, to read and to accept for one's institution."""
    interest = find(interest_id)
    actor = current_actor()
    if not interest.is_under_terms:
        raise NotFound
    accepted = queries.accepted_terms(interest.id)
    sides = {interest.institution_id, interest.owner_institution_id}
    to_accept = actor.ids("representative") & sides - set(accepted)
    form = TermsForm()
    if request.method == "POST" and form.validate():
        try:
            services.accept_terms(
                actor,
                interest,
                institution_id=next(iter(to_accept), None),
                accepts=bool(form.accepts.data),
                version=request.form.get("terms", ""),
            )
        except Invalid as refusal:
            form.take(refusal)
            interest = find(interest_id)
        else:
            return done(
                interest_id, _("Your institution has accepted the terms. Both sides see it in the log.")
            )
    return page(
        "terms.html",
        interest,
        form=form,
        version=TERMS_VERSION,
        text=TERMS_TEXTS[TERMS_VERSION],
        accepted=accepted,
        may_accept=policies.accept_terms(actor, interest) if to_accept else False,
        sides=(interest.institution, interest.owner_institution),
    )


@bp.route("/<int:interest_id>/membership", methods=["GET", "POST"])
def membership(interest_id: int) -> Any:
    """Invite the other side into a team that the reader leads."""
    interest = find(interest_id)
    actor = current_actor()
    insist(policies.convert(actor, interest))
    if interest.state != "accepted":
        flash(_("This was taken further already."), "info")
        return redirect(url_for("interest.show", interest_id=interest_id), 303)
    own = queries.teams_led(actor)
    form = MembershipForm(data={"version": str(interest.version)})
    form.team_id.offer(own, _("Choose"))
    if form.validate_on_submit():
        team = teams.get(actor, form.team_id.key or 0)
        services.invite_into_team(
            actor, interest, team, message=form.message.data or "", version=seen_version(form)
        )
        return done(interest_id, _("The invitation is sent. You both find it with the team."))
    other = queries.owner_of(interest) if policies.is_sender_side(actor, interest) else interest.sender
    return page("membership.html", interest, form=form, own=own, other=other)
