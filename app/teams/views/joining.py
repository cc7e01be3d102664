"""Asking, inviting, and answering both."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.core.access import insist
from app.core.errors import Invalid, NotFound
from app.core.i18n import _, get_locale
from app.teams import policies, services
from app.teams.forms.choices import chosen
from app.teams.forms.joining import (
    AnswerForm,
    ConfirmForm,
    InvitationForm,
    InviteMailForm,
    InvitePersonForm,
    JoinForm,
)
from app.teams.models import MailInvitation, Membership, Team
from app.teams.queries import page as pages
from app.teams.queries import records
from app.teams.views.blueprint import UNPROCESSABLE, bp, done, find, page
from app.web.fields import seen_version
from app.web.guards import current_actor


@bp.route("/<int:team_id>/join", methods=["GET", "POST"])
def join(team_id: int) -> Any:
    """Ask to join."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.ask_to_join(actor, team))
    own = records.own_institutions(actor.id, team.consortium_id)
    roles = records.roles(team.id, only_open=True)
    newest = records.current_text(team.id)
    form = JoinForm(data={"role_id": request.args.get("role", "")})
    form.institution_id.offer(own, None if len(own) == 1 else _("Choose"))
    form.role_id.offer([(role.id, role.skill) for role in roles], _("None of them, something else"))
    if form.validate_on_submit():
        try:
            services.ask_to_join(
                actor,
                team,
                institution_id=chosen(form.institution_id),
                message=form.message.data,
                brings=form.lines("brings"),
                gains=form.lines("gains"),
                role_id=chosen(form.role_id),
                accepts_text=bool(form.accepts_text.data),
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return done(
                team,
                _("Your request is sent. The lead and the deputy were told; they have 14 days to answer."),
            )
    return page("join.html", team, form=form, roles=roles, newest=newest)


@bp.post("/<int:team_id>/requests/<int:membership_id>/withdraw")
def withdraw_request(team_id: int, membership_id: int) -> Any:
    """Take one's own request back."""
    actor = current_actor()
    team = find(team_id)
    name = team.name
    services.withdraw_request(actor, team, records.membership(team.id, membership_id))
    flash(_("Your request to join “%(team)s” is taken back.", team=name), "ok")
    return redirect(url_for("teams.index"), 303)


def _request(team: Team, membership_id: int) -> Membership:
    """A request that the reader may see: lead, deputy, and who asked. Raises NotFound."""
    found = records.membership(team.id, membership_id)
    actor = current_actor()
    if found.side != "person" or not (policies.see_requests(actor, team) or found.person_id == actor.id):
        raise NotFound
    return found


def _as_member(actor_team: Team, membership_id: int) -> pages.Member:
    states = (
        "requested",
        "invited",
        "confirming",
        "active",
        "declined",
        "withdrawn",
        "lapsed",
        "left",
        "removed",
    )
    found = pages.member_list(current_actor(), actor_team.id, states)
    return next(member for member in found if member.id == membership_id)


@bp.route("/<int:team_id>/requests/<int:membership_id>", methods=["GET", "POST"])
def decide_request(team_id: int, membership_id: int) -> Any:
    """One request, and the answer to it."""
    actor = current_actor()
    team = find(team_id)
    found = _request(team, membership_id)
    form = AnswerForm(data={"version": str(found.version)})
    if form.validate_on_submit():
        name = found.person.display_name
        try:
            if request.form.get("decision") == "accept":
                services.accept_request(
                    actor, team, found, note=form.note.data or "", version=seen_version(form)
                )
                return done(team, _("%(name)s is accepted and was told.", name=name), "members")
            services.decline_request(
                actor,
                team,
                found,
                reason=form.reason.data or "",
                note=form.note.data or "",
                version=seen_version(form),
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return done(team, _("%(name)s was told, with your reason.", name=name))
    return page(
        "request.html",
        team,
        form=form,
        request_=found,
        member=_as_member(team, found.id),
        may_decide=policies.decide_request(actor, team, found),
        decider=records.person_name(found.decided_by_id),
    )


# ---- Inviting ------------------------------------------------------------------------------------------------


def _invite_page(team: Team, person_form: InvitePersonForm, mail_form: InviteMailForm) -> Any:
    actor = current_actor()
    words = request.values.get("q", "")[:100]
    states = ("invited",)
    return page(
        "invite.html",
        team,
        status=UNPROCESSABLE if person_form.errors or mail_form.errors else 200,
        has_errors=bool(person_form.errors or mail_form.errors),
        person_form=person_form,
        mail_form=mail_form,
        words=words,
        people=records.find_people(actor, team.id, words),
        invited=[member for member in pages.member_list(actor, team.id, states) if member.state == "invited"],
        mails=[(one, records.masked(one.email)) for one in records.open_mail_invitations(team.id)],
    )


@bp.get("/<int:team_id>/invite")
def invite(team_id: int) -> Any:
    """Find somebody here, or write to an address; what is open already."""
    team = find(team_id)
    insist(policies.invite(current_actor(), team))
    return _invite_page(team, InvitePersonForm(formdata=None), InviteMailForm(formdata=None))


@bp.post("/<int:team_id>/invite")
def invite_person(team_id: int) -> Any:
    """Invite somebody who is here."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.invite(actor, team))
    form = InvitePersonForm()
    key = chosen(form.person_id)
    if key is None:
        raise NotFound
    person = records.visible_person(actor, key)
    if not form.validate():
        return _invite_page(team, form, InviteMailForm(formdata=None))
    services.invite_person(actor, team, person, message=form.message.data or "", part=form.part.data or "")
    return done(team, _("%(name)s is invited.", name=person.display_name), "open", "invite")


@bp.post("/<int:team_id>/invite/mail")
def invite_by_mail(team_id: int) -> Any:
    """Invite an address; the answer is the same for every address."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.invite(actor, team))
    form = InviteMailForm()
    if not form.validate():
        return _invite_page(team, InvitePersonForm(formdata=None), form)
    services.invite_by_mail(
        actor, team, email=form.email.address, message=form.message.data or "", part=form.part.data or ""
    )
    return done(team, _("The invitation is on its way."), "open", "invite")


@bp.post("/<int:team_id>/invitations/<int:membership_id>/withdraw")
def withdraw_invitation(team_id: int, membership_id: int) -> Any:
    """Take an invitation back."""
    team = find(team_id)
    services.withdraw_invitation(current_actor(), team, records.membership(team.id, membership_id))
    return done(team, _("The invitation is taken back."), "open", "invite")


@bp.post("/<int:team_id>/invitations/mail/<int:invitation_id>/withdraw")
def withdraw_mail_invitation(team_id: int, invitation_id: int) -> Any:
    """End a link."""
    team = find(team_id)
    services.withdraw_mail_invitation(
        current_actor(), team, records.mail_invitation_of(team.id, invitation_id)
    )
    return done(team, _("The invitation is taken back."), "open", "invite")


# ---- The invited person --------------------------------------------------------------------------------------


def _invitation_form(team: Team, version: int | None = None) -> InvitationForm:
    actor = current_actor()
    form = InvitationForm(data={"version": str(version or "")})
    own = records.own_institutions(actor.id, team.consortium_id)
    form.institution_id.offer(own, None if len(own) == 1 else _("Choose"))
    return form


@bp.route("/<int:team_id>/invitation", methods=["GET", "POST"])
def invitation(team_id: int) -> Any:
    """One's own invitation."""
    actor = current_actor()
    team = find(team_id)
    found = records.live_membership(team.id, actor.id)
    if found is None or found.state != "invited":
        flash(_("No invitation of yours is open in this team."), "info")
        return redirect(url_for("teams.show", team_id=team.id), 303)
    form = _invitation_form(team, found.version)
    if form.validate_on_submit():
        try:
            if request.form.get("decision") == "accept":
                services.accept_invitation(
                    actor,
                    team,
                    found,
                    institution_id=chosen(form.institution_id),
                    accepts_text=bool(form.accepts_text.data),
                    version=seen_version(form),
                )
                return done(team, _entered(found))
            services.decline_invitation(
                actor, team, found, note=form.note.data or "", version=seen_version(form)
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("You declined; the team was told."), "ok")
            return redirect(url_for("teams.index"), 303)
    return page(
        "invitation.html",
        team,
        form=form,
        invitation=found,
        inviter=records.person_name(found.asked_by_id),
        newest=records.current_text(team.id),
        answer_url=url_for("teams.invitation", team_id=team.id),
        address="",
    )


def _entered(member: Membership) -> str:
    if member.state == "confirming":
        return _("You accepted. Your institution confirms taking part; its representatives were asked.")
    return _("Welcome: you are a member of the team.")


def _link(secret: str) -> MailInvitation:
    if len(secret) > 100:
        raise NotFound
    return records.mail_invitation(secret)


@bp.route("/invitations/<secret>", methods=["GET", "POST"])
def mail_invitation(secret: str) -> Any:
    """The invitation behind a link; whoever has it and is signed in may answer."""
    actor = current_actor()
    found = _link(secret)
    team = found.team
    form = _invitation_form(team)
    if found.is_open and form.validate_on_submit():
        try:
            if request.form.get("decision") == "accept":
                member = services.accept_mail_invitation(
                    actor,
                    team,
                    found,
                    institution_id=chosen(form.institution_id),
                    accepts_text=bool(form.accepts_text.data),
                )
                return done(team, _entered(member))
            services.decline_mail_invitation(actor, team, found, note=form.note.data or "")
        except Invalid as refusal:
            form.take(refusal)
            found = _link(secret)  # the refused action forgot what had been read
            team = found.team
        else:
            flash(_("You declined; the team was told."), "ok")
            return redirect(url_for("teams.index"), 303)
    return (
        render_template(
            "teams/invitation.html",
            team=team,
            form=form,
            invitation=found,
            inviter=records.person_name(found.asked_by_id),
            newest=records.current_text(team.id),
            answer_url=url_for("teams.mail_invitation", secret=secret),
            address=records.masked(found.email),
            crumbs=[],
            consortium_name=team.consortium.name_in(get_locale()),
        ),
        UNPROCESSABLE if form.errors else 200,
    )


# ---- The institution's word ----------------------------------------------------------------------------------


@bp.route("/<int:team_id>/confirmations/<int:membership_id>", methods=["GET", "POST"])
def confirm(team_id: int, membership_id: int) -> Any:
    """A representative says whether the institution takes part through this person."""
    actor = current_actor()
    team = find(team_id)
    found = records.membership(team.id, membership_id)
    if not actor.holds("representative", found.institution_id):
        raise NotFound
    form = ConfirmForm(data={"version": str(found.version)})
    if form.validate_on_submit():
        try:
            act = (
                services.confirm_participation
                if request.form.get("decision") == "accept"
                else services.decline_participation
            )
            act(actor, team, found, note=form.note.data or "", version=seen_version(form))
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("Your answer is sent."), "ok")
            return redirect(url_for("home.index"), 303)
    return page(
        "confirm.html",
        team,
        form=form,
        member=_as_member(team, found.id),
        may_decide=policies.confirm_participation(actor, found),
        decider=records.person_name(found.decided_by_id),
        membership=found,
    )
