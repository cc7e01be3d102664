"""One's own account: profile, languages and calendar, security, data."""

import json
from typing import Any

from flask import Response, flash, render_template, request, url_for

from app.accounts import queries, services
from app.accounts.forms import (
    MOST_LANGUAGES,
    CloseForm,
    LanguagesForm,
    NewAddressForm,
    NewPasswordForm,
    PictureForm,
    ProfileForm,
)
from app.accounts.models import Person
from app.accounts.views.blueprint import bp, device_token, go, network, proved
from app.core import i18n, leaving, vocab
from app.core.errors import Invalid
from app.core.i18n import _, ngettext
from app.web.guards import current_actor, end_sign_in, takes_upload
from app.web.security import LARGEST_KEY


def _tabs(current: str) -> list[dict[str, Any]]:
    pages = (
        ("account", _("Profile")),
        ("languages", _("Languages and calendar")),
        ("security", _("Security")),
        ("data", _("My data")),
    )
    return [
        {"label": label, "url": url_for(f"accounts.{name}"), "current": name == current}
        for name, label in pages
    ]


def _page(template: str, tab: str, form: Any = None, **facts: Any) -> tuple[str, int]:
    wrong = form is not None and bool(form.errors)
    page = render_template(f"accounts/{template}.html", tabs=_tabs(tab), form=form, **facts)
    return page, 422 if wrong else 200


def _version(given: Any) -> int | None:
    """The version that a form was made from; one that is no number is none that we gave out."""
    text = str(given or "")  # left out of what was sent, it is still the record's own number
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and int(text) <= LARGEST_KEY else 0


def _profile_form(person: Person) -> ProfileForm:
    biography = dict(person.biography)
    other = next((code for code in biography if code not in i18n.LOCALES), "")
    form = ProfileForm(
        version=person.version,
        display_name=person.display_name,
        romanised_name=person.romanised_name,
        sort_name=person.sort_name if person.sort_name != person.display_name else "",
        biography_en=biography.get("en", ""),
        biography_ar=biography.get("ar", ""),
        biography_other_language=other,
        biography_other=biography.get(other, ""),
        fields=person.fields,
        skills=person.skills,
        links="\n".join(person.links),
        hours_month=person.hours_month,
        available_until=person.available_until,
        visibility=person.visibility,
    )
    form.keep(person.fields)
    return form


@bp.route("/account", methods=["GET", "POST"])
def account() -> Any:
    """The profile: what others see."""
    actor = current_actor()
    person = queries.own(actor)
    form = _profile_form(person)
    if form.validate_on_submit():
        services.update_profile(
            actor,
            version=_version(form.version.data),
            display_name=form.display_name.data,
            sort_name=form.sort_name.data,
            romanised_name=form.romanised_name.data,
            fields=form.fields.data,
            skills=form.skills.data,
            biography=form.biographies,
            links=form.link_list,
            hours_month=form.hours_month.data,
            available_until=form.available_until.data,
            visibility=form.visibility.data,
        )
        flash(_("Your profile is saved."), "ok")
        return go(url_for("accounts.account"))
    return _page("account", "account", form, person=person)


@bp.route("/account/picture", methods=["GET", "POST"])
@takes_upload(10)
def own_picture() -> Any:
    """The picture on one's own page."""
    actor = current_actor()
    form = PictureForm()
    if form.validate_on_submit() and form.file.upload:
        try:
            services.set_picture(actor, upload=form.file.upload)
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("Your picture is shown."), "ok")
            return go(url_for("accounts.own_picture"))
    return _page("picture", "account", form, picture=queries.picture_of(actor.id or 0))


@bp.route("/account/picture/remove", methods=["POST"])
def remove_picture() -> Any:
    """Show letters again."""
    services.remove_picture(current_actor())
    flash(_("Your picture is removed."), "ok")
    return go(url_for("accounts.own_picture"))


@bp.route("/account/languages", methods=["GET", "POST"])
def languages() -> Any:
    """The language and zone of pages and mails, and the languages one speaks."""
    actor = current_actor()
    person = queries.own(actor)
    spoken: dict[str, str] = {}
    for at, line in enumerate(person.languages[:MOST_LANGUAGES], 1):
        spoken |= {f"language_{at}": line["code"], f"level_{at}": line["level"]}
    form = LanguagesForm(
        version=person.version,
        locale=person.locale,
        zone=vocab.canonical_timezone(person.zone) or "Etc/UTC",
        **spoken,
    )
    if form.validate_on_submit():
        services.update_languages(
            actor,
            version=_version(form.version.data),
            locale=form.locale.data,
            zone=form.zone.data,
            languages=form.spoken,
        )
        i18n.set_locale(form.locale.data)
        flash(_("Your languages and time zone are saved."), "ok")
        # An address with its language also renews the cookie that would go before the person's own choice.
        return go(url_for("accounts.languages", lang=form.locale.data))
    # One empty line more than there are languages: each costs the page the list of all languages.
    shown = max(3, sum(bool(language.data) for language, _level in form.rows) + 1)
    return _page("languages", "languages", form, rows=form.rows[:shown])


@bp.route("/account/security")
def security() -> Any:
    """Address, password, devices."""
    return _page("security", "security", person=queries.own(current_actor()))


@bp.route("/account/password", methods=["GET", "POST"])
@proved
def password() -> Any:
    """Choose a new password."""
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            services.change_password(
                current_actor(), password=form.password.data or "", device_token=device_token()
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("Your password is changed. Your other devices are signed out."), "ok")
            return go(url_for("accounts.security"))
    return _page("password", "security", form)


@bp.route("/account/address", methods=["GET", "POST"])
@proved
def address() -> Any:
    """Ask for another address. The answer says nothing about whether it has an account."""
    actor = current_actor()
    form = NewAddressForm()
    if form.validate_on_submit():
        try:
            services.ask_change_of_address(actor, email=form.email.address, network=network())
        except Invalid as refusal:
            form.take(refusal)
        else:
            return render_template("accounts/mail_sent.html", what="change", email=form.email.address)
    return _page("address", "security", form, email=actor.email)


@bp.route("/account/address/<secret>", methods=["GET", "POST"])
def confirm_address(secret: str) -> Any:
    """Take the new address, by the link that was sent to it."""
    actor = current_actor()
    new = queries.ticket_address(secret, "change", actor.id)
    if new is None:
        return render_template("accounts/link_over.html"), 410
    if request.method == "POST":
        services.change_address(actor, secret=secret)
        flash(_("Your address is changed."), "ok")
        return go(url_for("accounts.security"))
    return render_template("accounts/confirm_address.html", email=new)


@bp.route("/account/sign-ins")
def sign_ins() -> Any:
    """Where one is signed in."""
    return _page("sign_ins", "security", devices=queries.devices(current_actor()))


@bp.route("/account/sign-ins/<int:sign_in_id>/end", methods=["POST"])
def end_one(sign_in_id: int) -> Any:
    """Sign out of one device."""
    actor = current_actor()
    services.end_sign_in(actor, sign_in_id)
    if sign_in_id == actor.session_id:
        end_sign_in()
        flash(_("You are signed out."), "ok")
        return go(url_for("home.index"))
    flash(_("That device is signed out."), "ok")
    return go(url_for("accounts.sign_ins"))


@bp.route("/account/sign-ins/end-others", methods=["GET", "POST"])
@proved
def end_others() -> Any:
    """Sign out of all other devices. The page asks once more: one may come here from giving the password."""
    if request.method == "GET":
        return _page("end_others", "security", devices=queries.devices(current_actor()))
    ended = services.end_other_sign_ins(current_actor())
    flash(
        ngettext("%(num)s other device is signed out.", "%(num)s other devices are signed out.", ended), "ok"
    )
    return go(url_for("accounts.sign_ins"))


@bp.route("/account/data")
def data() -> Any:
    """What the portal keeps, to take away; and the way out."""
    return _page("data", "data")


@bp.route("/account/data.json")
def export() -> Response:
    """One's own data as a file."""
    text = json.dumps(queries.export(current_actor()), ensure_ascii=False, indent=2)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="taawun-account.json"'
    return response


@bp.route("/account/close", methods=["GET", "POST"])
@proved
def close() -> Any:
    """Close the account for good."""
    actor = current_actor()
    form = CloseForm()
    if form.validate_on_submit():
        try:
            services.close_account(actor, typed_email=form.email.address)
        except Invalid as refusal:
            form.take(refusal)
        else:
            end_sign_in()
            flash(_("Your account is closed. Thank you for what you gave."), "ok")
            return go(url_for("home.index"))
    return _page("close", "data", form, ties=leaving.ties_of(actor.id or 0), email=actor.email)
