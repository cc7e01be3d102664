"""Negotiating: a new version, being content, handing on, declining, saying something about a line."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.agreements import policies, queries, services
from app.agreements.forms.negotiating import CommentForm, DeclineForm, HandForm
from app.agreements.forms.writing import ReviseForm, shown_lines
from app.agreements.models import Agreement
from app.agreements.services.negotiating import line_at
from app.agreements.views.blueprint import bp, head
from app.agreements.views.writing import add_template, template_names, text_values
from app.core.access import Permission
from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _
from app.core.text import key_of
from app.web.fields import seen_version
from app.web.guards import current_actor, require

Page = str | Response | tuple[str, int]


def _open(agreement_id: int, check: Permission, verb: str) -> tuple[Agreement, list[Any]]:
    """The agreement and its parties for somebody who may do this now. Raises NotFound, NotAllowed, RuleBroken."""
    agreement = queries.get(current_actor(), agreement_id)
    require(check, agreement)
    no = policies.blocked(agreement, verb)
    if no is not None:
        raise RuleBroken(no.code, no.text)
    return agreement, queries.parties_of(agreement.id)


def _own(parties: list[Any]) -> list[tuple[str, str]]:
    """The parties for which the reader can act."""
    actor = current_actor()
    return [
        (str(row.institution_id), row.institution.name)
        for row in parties
        if actor.holds("representative", row.institution_id)
    ]


def _back(agreement_id: int, said: str, anchor: str = "") -> Response:
    flash(said, "ok")
    return redirect(url_for("agreements.show", agreement_id=agreement_id) + anchor, 303)


@bp.route("/<int:agreement_id>/revise", methods=["GET", "POST"])
def revise(agreement_id: int) -> Page:
    """All of it in one form; what is sent becomes the next version."""
    actor = current_actor()
    agreement, parties = _open(agreement_id, policies.revise, "revise")
    form = _revise_form(agreement)
    among = [(str(row.institution_id), row.institution.name) for row in parties]
    form.among(among)
    form.institution_id.choices = _own(parties)
    if form.is_submitted():
        if {"add", "remove", "template"} & set(request.form):
            form.change_lines(request.form.get("add"), request.form.get("remove"))
            add_template(form, agreement, request.form.get("template"))
            form.among(among)
        elif form.validate():
            values = form.values()
            try:
                made = services.revise(
                    actor,
                    agreement,
                    institution_id=key_of(form.institution_id.data),
                    version=seen_version(form),
                    **values,
                )
            except Invalid as refusal:
                form.take(refusal)
                agreement, parties = _open(agreement_id, policies.revise, "revise")
            else:
                flash(_("Version %(number)s stands. All parties have been told.", number=made.number), "ok")
                return redirect(
                    url_for("agreements.version", agreement_id=agreement_id, number=made.number), 303
                )
    signed = [row for row in queries.signatures_of(agreement.id) if row.number == agreement.number]
    page = render_template(
        "agreements/revise.html",
        **head(agreement),
        form=form,
        templates=template_names(agreement.kind),
        voids=len(signed),
    )
    return page, 422 if form.errors else 200


def _revise_form(agreement: Agreement) -> ReviseForm:
    if request.method == "POST":
        return ReviseForm()
    return ReviseForm(
        data={
            **text_values(agreement),
            "version": agreement.version,
            "commitments": shown_lines(queries.commitments_of(agreement.id)),
            "title": agreement.title,
            "starts_on": agreement.starts_on,
            "ends_on": agreement.ends_on,
            "notice_days": agreement.notice_days,
        }
    )


@bp.post("/<int:agreement_id>/content")
def say_content(agreement_id: int) -> Page:
    """Say that a party is content with the version that was read."""
    actor = current_actor()
    agreement = queries.get(actor, agreement_id)
    is_ready = services.say_content(
        actor,
        agreement,
        number=key_of(request.form.get("number", "")) or 0,
        institution_id=key_of(request.form.get("institution_id", "")),
    )
    said = (
        _("All parties are content: it is ready to sign.") if is_ready else _("Noted. The others are told.")
    )
    return _back(agreement_id, said)


@bp.route("/<int:agreement_id>/hand", methods=["GET", "POST"])
def hand_ball(agreement_id: int) -> Page:
    """Hand it to another party."""
    actor = current_actor()
    agreement, parties = _open(agreement_id, policies.hand_ball, "hand_ball")
    form = HandForm() if request.method == "POST" else HandForm(data={"version": agreement.version})
    form.institution_id.choices = [
        ("", _("Choose")),
        *(
            (str(row.institution_id), row.institution.name)
            for row in parties
            if row.institution_id != agreement.ball_institution_id
        ),
    ]
    if form.validate_on_submit():
        try:
            services.hand_ball(
                actor,
                agreement,
                institution_id=int(form.institution_id.data),
                due_on=form.due_on.data,
                note=form.note.data or "",
                version=seen_version(form),
            )
        except Invalid as refusal:
            form.take(refusal)
            agreement, parties = _open(agreement_id, policies.hand_ball, "hand_ball")
        else:
            return _back(agreement_id, _("Handed on. The party has been told."))
    page = render_template("agreements/hand.html", **head(agreement), form=form)
    return page, 422 if form.errors else 200


@bp.route("/<int:agreement_id>/decline", methods=["GET", "POST"])
def decline(agreement_id: int) -> Page:
    """End the negotiation, with a reason."""
    actor = current_actor()
    agreement, parties = _open(agreement_id, policies.decline, "decline")
    form = DeclineForm() if request.method == "POST" else DeclineForm(data={"version": agreement.version})
    form.institution_id.choices = _own(parties)
    if form.validate_on_submit():
        try:
            services.decline(
                actor,
                agreement,
                code=form.code.data,
                note=form.note.data or "",
                institution_id=key_of(form.institution_id.data),
                version=seen_version(form),
            )
        except Invalid as refusal:
            form.take(refusal)
            agreement, parties = _open(agreement_id, policies.decline, "decline")
        else:
            return _back(agreement_id, _("Declined. The other parties have been told why."))
    page = render_template("agreements/decline.html", **head(agreement), form=form)
    return page, 422 if form.errors else 200


@bp.route("/<int:agreement_id>/comments/new", methods=["GET", "POST"])
def comment(agreement_id: int) -> Page:
    """Say something about the line that `line` names."""
    actor = current_actor()
    agreement, parties = _open(agreement_id, policies.comment, "comment")
    anchor = request.args.get("line", "")[:24]
    quote = line_at(queries.version(agreement.id, agreement.number).content, anchor)
    if quote is None:
        raise NotFound
    form = CommentForm()
    form.institution_id.choices = _own(parties)
    if form.validate_on_submit():
        try:
            made = services.comment(
                actor,
                agreement,
                anchor=anchor,
                text=form.text.data,
                institution_id=key_of(form.institution_id.data),
            )
        except Invalid as refusal:
            form.take(refusal)
            agreement, parties = _open(agreement_id, policies.comment, "comment")
        else:
            return _back(agreement_id, _("Said. The parties see it at the line."), f"#comment-{made.id}")
    page = render_template(
        "agreements/comment.html", **head(agreement), form=form, quote=quote, anchor=anchor
    )
    return page, 422 if form.errors else 200


@bp.post("/<int:agreement_id>/comments/<int:comment_id>/resolve")
def resolve(agreement_id: int, comment_id: int) -> Page:
    """Mark a comment as settled."""
    actor = current_actor()
    services.resolve(actor, queries.get(actor, agreement_id), comment_id=comment_id)
    return _back(agreement_id, _("Settled."), "#comments")
