"""Members: inviting, the invited person's answer, position and roles, leaving; following; the lead's settings."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import queries as accounts
from app.core.errors import Invalid, NotFound
from app.core.i18n import _
from app.core.text import is_key
from app.projects import policies, queries, services
from app.projects.forms.people import EndForm, InvitationForm, InviteForm, MemberForm
from app.projects.models import LISTED_STATES, PROJECT_STATES, RUNNING_STATES, Project
from app.projects.policies import course as may
from app.projects.views.blueprint import bp
from app.projects.views.words import in_words
from app.projects.views.writing import editable
from app.web.fields import seen_version
from app.web.guards import current_actor, require

Page = str | Response | tuple[str, int]


def _team(project: Project, said: str) -> Response:
    flash(said, "ok")
    actor = current_actor()
    if not policies.view(actor, project):
        return redirect(url_for("projects.index"), 303)
    seen = policies.view_block(actor, project, "team")
    return redirect(url_for("projects.team" if seen else "projects.show", project_id=project.id), 303)


@bp.route("/<int:project_id>/team/invite", methods=["GET", "POST"])
def invite(project_id: int) -> Page:
    """Find somebody here, say their part, invite them."""
    actor = current_actor()
    project = editable(project_id)
    form = InviteForm()
    typed = form.person.data if form.is_submitted() else request.args.get("person", "")
    chosen = accounts.get(actor, int(typed)) if typed and is_key(typed) else None
    if form.is_submitted() and chosen is None:
        raise NotFound
    if not form.is_submitted():
        form.person.data = str(chosen.id) if chosen else ""
    elif form.validate() and chosen is not None:
        try:
            services.invite(
                actor,
                project,
                chosen,
                position=form.position.data or "",
                credit_roles=form.credit_roles.data or [],
                message=form.message.data or "",
            )
        except Invalid as refusal:
            form.take(refusal)
            project, chosen = editable(project_id), accounts.get(actor, int(typed))
        else:
            return _team(project, _("The person has been invited, and is listed once they accept."))
    words = "" if chosen else request.args.get("q", "")[:200]
    page = render_template(
        "projects/invite.html",
        project=project,
        form=form,
        chosen=chosen,
        words=words,
        found=queries.find_people(actor, project, words) if words else [],
    )
    return page, 422 if form.errors else 200


@bp.route("/<int:project_id>/invitation", methods=["GET", "POST"])
def invitation(project_id: int) -> Page:
    """One's own invitation."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    found = queries.live_member(project.id, actor.id)
    if found is None or found.state != "invited":
        flash(_("No invitation of yours is open in this project."), "info")
        return redirect(url_for("projects.show", project_id=project.id), 303)
    form = (
        InvitationForm()
        if request.method == "POST"
        else InvitationForm(
            data={
                "version": found.version,
                "position": found.position,
                "credit_roles": list(found.credit_roles),
            }
        )
    )
    own = [(str(key), name) for key, name in queries.own_institutions(actor.id or 0)]
    form.institution_id.choices = own if len(own) == 1 else [("", _("Choose")), *own]
    if form.validate_on_submit():
        answer = _answer(project, found, form)
        if answer is not None:
            return answer
        project = queries.get(actor, project_id)
        found = queries.live_member(project.id, actor.id) or found
    page = render_template(
        "projects/invitation.html",
        project=project,
        form=form,
        member=found,
        inviter=queries.person_name(found.asked_by_id),
        words=in_words(project),
        has_institution=bool(own),
    )
    return page, 422 if form.errors else 200


def _answer(project: Project, member: Any, form: InvitationForm) -> Response | None:
    actor, version = current_actor(), seen_version(form)
    try:
        if request.form.get("decision") == "accept":
            typed = str(form.institution_id.data or "")
            services.accept_invitation(
                actor,
                project,
                member,
                institution_id=int(typed) if is_key(typed) else None,
                position=form.position.data or "",
                credit_roles=form.credit_roles.data or [],
                version=version,
            )
            flash(_("Welcome: you are a member of the project."), "ok")
            return redirect(url_for("projects.show", project_id=project.id), 303)
        services.decline_invitation(actor, project, member, note=form.note.data or "", version=version)
    except Invalid as refusal:
        form.take(refusal)
        return None
    flash(_("You declined; the lead was told."), "ok")
    return redirect(url_for("projects.index"), 303)


@bp.route("/<int:project_id>/members/<int:member_id>/edit", methods=["GET", "POST"])
def edit_member(project_id: int, member_id: int) -> Page:
    """Position, roles and dates of a member."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    member = queries.member(project, member_id)
    require(policies.edit_member, project, member)
    form = MemberForm(obj=member) if request.method == "GET" else MemberForm()
    if form.validate_on_submit():
        try:
            services.edit_member(
                actor,
                project,
                member,
                position=form.position.data or "",
                credit_roles=form.credit_roles.data or [],
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                version=seen_version(form),
            )
        except Invalid as refusal:
            form.take(refusal)
            project = queries.get(actor, project_id)
            member = queries.member(project, member_id)
        else:
            return _team(project, _("Saved."))
    page = render_template("projects/edit_member.html", project=project, member=member, form=form)
    return page, 422 if form.errors else 200


@bp.route("/<int:project_id>/members/<int:member_id>/end", methods=["GET", "POST"])
def end_member(project_id: int, member_id: int) -> Page:
    """Take an invitation back, leave, or remove somebody."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    member = queries.member(project, member_id)
    require(policies.end_member, project, member)
    form = EndForm() if request.method == "POST" else EndForm(data={"version": member.version})
    if form.validate_on_submit():
        try:
            services.end_member(actor, project, member, note=form.note.data or "", version=seen_version(form))
        except Invalid as refusal:
            form.take(refusal)
            project = queries.get(actor, project_id)
            member = queries.member(project, member_id)
        else:
            return _team(project, _("Done. Both sides have been told."))
    page = render_template(
        "projects/end_member.html",
        project=project,
        member=member,
        form=form,
        own=member.person_id == actor.id,
    )
    return page, 422 if form.errors else 200


@bp.route("/<int:project_id>/follow", methods=["POST"])
def follow(project_id: int) -> Page:
    """Get news of it."""
    project = queries.get(current_actor(), project_id)
    services.follow(current_actor(), project)
    flash(_("You follow it now, and are told when it changes."), "ok")
    return redirect(url_for("projects.show", project_id=project.id), 303)


@bp.route("/<int:project_id>/unfollow", methods=["POST"])
def unfollow(project_id: int) -> Page:
    """Get no more news of it."""
    project = queries.get(current_actor(), project_id)
    services.unfollow(current_actor(), project)
    flash(_("You follow it no more."), "ok")
    return redirect(url_for("projects.show", project_id=project.id), 303)


@bp.get("/<int:project_id>/settings")
def settings(project_id: int) -> Page:
    """All that the lead can do, in one place."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    require(policies.edit, project)
    return render_template(
        "projects/settings.html",
        project=project,
        state=PROJECT_STATES[project.state],
        tab="settings",
        words=in_words(project),
        is_listed=project.state in LISTED_STATES,
        is_running=project.state in RUNNING_STATES,
        edit_blocked=policies.blocked(project, "edit"),
        can_steer=bool(may.steer(actor, project)),
        allows=lambda verb: PROJECT_STATES.allows(project, verb),
    )
