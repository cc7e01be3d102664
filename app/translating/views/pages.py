"""The translations of a thing: see them, begin one, write it field by field, check it."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.core import vocab
from app.core.access import No, demand
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _, _l, get_locale
from app.translating import policies, queries, services
from app.translating.forms import BeginForm, CheckForm, ReasonForm, texts_form
from app.translating.models import REJECTION_CODES, TRANSLATION_STATES, Translation
from app.translating.queries import Line, Thing
from app.translating.views.blueprint import Page, address, bp
from app.web.fields import seen_version
from app.web.guards import current_actor
from app.web.jinja import way_to

OUTCOMES = {
    "accepted": _l("Accepted"),
    "returned": _l("Returned with wishes"),
    "recalled": _l("Taken back by its translator"),
    "withdrawn": _l("Withdrawn by its translator"),
    "taken_down": _l("Taken down"),
    "lapsed": _l("Nobody checked it in time"),
    "automatic": _l("Ended because its translator left"),
}


# ---- of a thing ----------------------------------------------------------------------------------------------


def _begin_form(found: Thing) -> BeginForm:
    form = BeginForm()
    locale = get_locale()
    codes = [language for original, language in queries.pairs_to_translate(found.standing)
             if original == found.about.language]  # fmt: skip
    form.language.choices = [(code, vocab.language_name(code, locale)) for code in codes]
    return form


@bp.route("/<kind>/<int:thing_id>", methods=["GET", "POST"])
def of_thing(kind: str, thing_id: int) -> Page:
    """The translations that there are, with their people; POST begins one."""
    actor = current_actor()
    found = queries.thing(actor, kind, thing_id)
    form = _begin_form(found)
    if form.is_submitted():
        language = request.form.get("language", "")
        if language:
            demand(policies.translate, actor, found.standing, found.about.language, language)
        if form.validate():
            try:
                translation = services.begin(actor, kind, thing_id, language=form.language.data)
                page = "edit" if translation.is_writable else "show"
                return redirect(address(translation, page), 303)
            except Invalid as refusal:
                form.take(refusal)
                found = queries.thing(actor, kind, thing_id)
    elif request.args.get("into") in dict(form.language.choices):
        form.language.data = request.args["into"]
    page = render_template(
        "translating/of_thing.html",
        found=found,
        about=found.about,
        crumbs=way_to(found.about),
        lines=queries.of_thing(actor, found),
        states=TRANSLATION_STATES,
        form=form,
        why_not="" if form.language.choices else str(policies.READ_BOTH.text),
    )
    return page, 422 if form.errors else 200


@bp.route("/<kind>/<int:thing_id>/ask", methods=["POST"])
def ask(kind: str, thing_id: int) -> Page:
    """The reader would like it in the language of the pages."""
    actor = current_actor()
    found = queries.thing(actor, kind, thing_id)
    language = request.form.get("language", "")
    try:
        services.ask(
            actor, kind, thing_id, language=language if vocab.is_language(language) else get_locale()
        )
    except Invalid as refusal:
        raise RuleBroken("wrong_language", next(iter(refusal.fields.values()))) from refusal
    flash(_("Noted. You are told when it can be read in your language."), "ok")
    return redirect(found.about.path, 303)


# ---- one translation -----------------------------------------------------------------------------------------


@bp.route("/<kind>/<int:thing_id>/<int:translation_id>", methods=["GET", "POST"])
def show(kind: str, thing_id: int, translation_id: int) -> Page:
    """Original and translation side by side; POST decides (accept, return, reject, take_down, reopen)."""
    actor = current_actor()
    found, line = queries.get(actor, kind, thing_id, translation_id)
    decision = request.form.get("decision", "")
    forms = _forms(line.translation, decision)
    form = forms["reason"] if decision in {"take_down", "reopen"} else forms["check"]
    if request.method == "POST" and decision not in DECISIONS:
        form.form_errors.append(_("Choose what should be done"))
    elif request.method == "POST" and form.validate():
        try:
            said = _decide(line.translation, decision, form)
        except Invalid as refusal:
            form.take(refusal)
            found, line = queries.get(actor, kind, thing_id, translation_id)
        else:
            flash(said, "ok")
            still_seen = policies.see(actor, line.translation, found.standing)
            return redirect(address(line.translation) if still_seen else url_for("translating.index"), 303)
    return _show_page(found, line, forms, form)


DECISIONS = ("accept", "return", "reject", "take_down", "reopen")


def _forms(translation: Translation, decision: str) -> dict[str, Any]:
    """Both forms, the one that was sent with what was typed."""
    sent = "reason" if decision in {"take_down", "reopen"} else "check"
    kinds = {"check": CheckForm, "reason": ReasonForm}
    return {
        name: kind()
        if request.method == "POST" and name == sent
        else kind(formdata=None, data={"version": translation.version})
        for name, kind in kinds.items()
    }


def _decide(translation: Translation, decision: str, form: Any) -> str:
    actor, version, note = current_actor(), seen_version(form), form.note.data or ""
    done: dict[str, tuple[Callable[[], None], str]] = {
        "accept": (
            lambda: services.accept(actor, translation, note=note, version=version),
            _("Accepted. Readers of the language see it now, and its translator has been told."),
        ),
        "return": (
            lambda: services.return_for_changes(actor, translation, note=note, version=version),
            _("Returned. Its translator has been told what you wish."),
        ),
        "reject": (
            lambda: services.reject(
                actor, translation, code=form.reason.data or "", note=note, version=version
            ),
            _("Not accepted. Its translator has been told why."),
        ),
        "take_down": (
            lambda: services.take_down(actor, translation, note=note, version=version),
            _("Taken down. Its translator has been told why."),
        ),
        "reopen": (
            lambda: services.reopen(actor, translation, note=note, version=version),
            _("Open again. Its translator has been told what you wish."),
        ),
    }
    act, said = done[decision]
    act()
    return said


def _show_page(found: Thing, line: Line, forms: dict[str, Any], sent: Any) -> Page:
    actor, translation = current_actor(), line.translation
    checks = policies.may_check(actor, translation, found.standing)
    is_own = translation.translator_id == actor.id
    allows = TRANSLATION_STATES.allows
    page = render_template(
        "translating/show.html",
        found=found,
        about=found.about,
        crumbs=way_to(found.about),
        line=line,
        translation=translation,
        state=TRANSLATION_STATES[translation.state],
        outdated=queries.outdated(translation, found.fields),
        outcome=OUTCOMES.get(translation.decision_code or "")
        or REJECTION_CODES.get(translation.decision_code or ""),
        is_own=is_own,
        can_check=bool(checks) and translation.state == "proposed",
        why_not_check="" if is_own or not isinstance(checks, No) else str(checks.text),
        can_take_down=allows(translation, "take_down")
        and bool(policies.take_down(actor, translation, found.standing)),
        can_reopen=allows(translation, "reopen") and bool(policies.reopen(actor, translation)),
        check_form=forms["check"],
        reason_form=forms["reason"],
        sent=sent,
    )
    return page, 422 if sent.errors else 200


@bp.route("/<kind>/<int:thing_id>/<int:translation_id>/edit", methods=["GET", "POST"])
def edit(kind: str, thing_id: int, translation_id: int) -> Page:
    """Each text beside its original. Every button keeps all that was typed; "propose" also sends it to be checked."""
    actor = current_actor()
    found, line = queries.get(actor, kind, thing_id, translation_id)
    translation = line.translation
    demand(policies.save, actor, translation)
    if translation.state == "proposed":
        raise RuleBroken("in_check", _("It waits for a check. Take it back first, then change it."))
    if not translation.is_writable:
        raise RuleBroken("wrong_state", _("In this state it cannot be changed any more."))
    made = texts_form(found.fields)
    form: Any = (
        made()
        if request.method == "POST"
        else made(data={**translation.texts, "version": translation.version})
    )
    if form.is_submitted() and form.validate():
        try:
            return _keep(translation, found, form)
        except Invalid as refusal:
            form.take(refusal)
            found, line = queries.get(actor, kind, thing_id, translation_id)
            translation = line.translation
    page = render_template(
        "translating/edit.html",
        found=found,
        about=found.about,
        crumbs=way_to(found.about),
        translation=translation,
        state=TRANSLATION_STATES[translation.state],
        form=form,
        outdated=queries.outdated(translation, found.fields),
        done=sum(name in translation.texts for name in found.fields),
        needed=list(found.fields)[:2],
    )
    return page, 422 if form.errors else 200


def _keep(translation: Translation, found: Thing, form: Any) -> Page:
    texts = {name: form[name].data or "" for name in found.fields if name in request.form}
    seen, version = str(form.seen.data or ""), seen_version(form)
    if "propose" in request.form:
        services.propose(current_actor(), translation, texts=texts, seen=seen, version=version)
        flash(_("Proposed. Somebody who speaks the original checks it, then readers see it."), "ok")
        return redirect(address(translation), 303)
    services.save(current_actor(), translation, texts=texts, seen=seen, version=version)
    flash(_("Saved."), "ok")
    part = request.form.get("save", "")
    anchor = f"part-{part}" if part in found.fields else None
    return redirect(address(translation, "edit", _anchor=anchor), 303)


@bp.route("/<kind>/<int:thing_id>/<int:translation_id>/recall", methods=["POST"])
def recall(kind: str, thing_id: int, translation_id: int) -> Page:
    """Take it back to write on."""
    _found, line = queries.get(current_actor(), kind, thing_id, translation_id)
    services.recall(current_actor(), line.translation, version=seen_version())
    flash(_("It is a draft again."), "ok")
    return redirect(address(line.translation, "edit"), 303)


@bp.route("/<kind>/<int:thing_id>/<int:translation_id>/withdraw", methods=["POST"])
def withdraw(kind: str, thing_id: int, translation_id: int) -> Page:
    """Give it up."""
    _found, line = queries.get(current_actor(), kind, thing_id, translation_id)
    services.withdraw(current_actor(), line.translation, version=seen_version())
    flash(_("It has been withdrawn. Its text is kept for you."), "ok")
    return redirect(url_for("translating.mine"), 303)
