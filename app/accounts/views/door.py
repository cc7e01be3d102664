"""The door: sign-in, sign-out, sign-up, confirmation, reset."""

from typing import Any

from flask import flash, render_template, request, session, url_for
from wtforms import Form as AnyForm

from app.accounts import queries, services
from app.accounts.forms import AddressForm, NewPasswordForm, PasswordForm, SignInForm, SignUpForm
from app.accounts.views.blueprint import (
    bp,
    device_token,
    go,
    let_in,
    network,
    next_path,
    user_agent,
)
from app.core.errors import Invalid
from app.core.i18n import _, get_locale
from app.core.passwords import fault_of, strength_of
from app.web.guards import current_actor, end_sign_in, public, safe_next

MARKER = "signing_up"


def _strength(form: AnyForm) -> str:
    """How strong the password was that has to be typed again, when something else was wrong."""
    field = form.password
    return str(strength_of(field.data)) if field.data and fault_of(field.data) is None else ""


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Sign in with address and password."""
    if current_actor().is_signed_in:
        return go(next_path() or url_for("home.index"))
    form = SignInForm(next=next_path() or "")
    if form.validate_on_submit():
        try:
            entered = services.sign_in(
                email=form.email.address,
                password=form.password.data,
                network=network(),
                device=services.device_name(user_agent()),
                device_token=device_token(),
            )
            return let_in(entered, form.next.data or url_for("home.index"))
        except Invalid as refusal:
            form.take(refusal)
    return render_template("accounts/sign_in.html", form=form), 422 if form.errors else 200


@bp.route("/sign-out", methods=["GET", "POST"])
@public
def sign_out() -> Any:
    """Sign out; a link here shows a button, because opening a page changes nothing."""
    actor = current_actor()
    if request.method == "GET":
        return render_template("accounts/sign_out.html") if actor.is_signed_in else go(url_for("home.index"))
    services.sign_out(actor)
    end_sign_in()
    flash(_("You are signed out."), "ok")
    return go(url_for("home.index"))


@bp.route("/sign-up", methods=["GET", "POST"])
@public
def sign_up() -> Any:
    """Ask for an account. The answer says nothing about whether the address has one."""
    if current_actor().is_signed_in:
        return go(next_path() or url_for("home.index"))
    form = SignUpForm(next=next_path() or "", email=request.args.get("email", "")[:254])
    if form.validate_on_submit():
        try:
            marker = services.sign_up(
                email=form.email.address,
                password=form.password.data or "",
                display_name=form.display_name.data,
                network=network(),
                locale=get_locale(),
                then=form.next.data or None,
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            session[MARKER] = marker
            return render_template("accounts/mail_sent.html", what="confirm", email=form.email.address)
    status = 422 if form.errors else 200
    return render_template("accounts/sign_up.html", form=form, strength=_strength(form)), status


def _link_over() -> Any:
    return render_template("accounts/link_over.html"), 410


@bp.route("/sign-up/<secret>", methods=["GET", "POST"])
@public
def confirm(secret: str) -> Any:
    """Confirm the address of a sign-up: a button, so that a mail scanner that opens links confirms nothing."""
    person = queries.ticket_owner(secret, "confirm")
    if person is None:
        return _link_over()
    same = session.get(MARKER) == services.marker_of(secret)
    form = PasswordForm(next=next_path() or "")
    if same:
        del form.password
    if form.validate_on_submit():
        try:
            entered = services.confirm(
                secret=secret,
                network=network(),
                is_same_browser=same,
                password="" if same else form.password.data,
                device=services.device_name(user_agent()),
                device_token=device_token(),
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("Your address is confirmed. Next, say which institution you belong to."), "ok")
            return let_in(entered, form.next.data or url_for("institutions.join"))
    status = 422 if form.errors else 200
    return render_template("accounts/confirm.html", form=form, person=person), status


@bp.route("/reset", methods=["GET", "POST"])
@public
def reset() -> Any:
    """Ask for a link to choose a new password. The answer says nothing about whether the address has an account."""
    form = AddressForm(email=request.args.get("email", "")[:254])
    if form.validate_on_submit():
        services.ask_reset(email=form.email.address, network=network())
        return render_template("accounts/mail_sent.html", what="reset", email=form.email.address)
    return render_template("accounts/reset.html", form=form), 422 if form.errors else 200


@bp.route("/reset/<secret>", methods=["GET", "POST"])
@public
def new_password(secret: str) -> Any:
    """Choose a new password by a link from a mail."""
    person = queries.ticket_owner(secret, "reset")
    if person is None:
        return _link_over()
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            services.reset_password(secret=secret, password=form.password.data or "", network=network())
        except Invalid as refusal:
            form.take(refusal)
        else:
            end_sign_in()
            flash(_("Your password is changed. Sign in with the new one."), "ok")
            return go(url_for("accounts.sign_in"))
    status = 422 if form.errors else 200
    return render_template("accounts/new_password.html", form=form, person=person), status


@bp.route("/account/prove", methods=["GET", "POST"])
def prove() -> Any:
    """Give the password again, then go on where one was."""
    form = PasswordForm(next=next_path() or "")
    if form.validate_on_submit():
        try:
            entered = services.prove(
                current_actor(),
                password=form.password.data,
                network=network(),
                device_token=device_token(),
            )
            return let_in(entered, safe_next(form.next.data) or url_for("accounts.security"))
        except Invalid as refusal:
            form.take(refusal)
    return render_template("accounts/prove.html", form=form), 422 if form.errors else 200
