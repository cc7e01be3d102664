"""Drafting an agreement: begin, the task list, a page for each part, parties, check and send."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.agreements import policies, queries, services
from app.agreements.forms.writing import (
    PART_FORMS,
    AboutForm,
    CommitmentsForm,
    FromInterestForm,
    NewForm,
    SendForm,
    TextForm,
    shown_lines,
    shown_texts,
)
from app.agreements.models import PARTS, TEXT_LANGUAGES, Agreement
from app.agreements.queries.texts import template_of
from app.agreements.views.blueprint import bp, head
from app.agreements.views.words import both_sides, text_lines
from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _, _l, get_locale
from app.core.text import key_of
from app.core.vocab import language_name
from app.interest import queries as interests
from app.web.fields import seen_version
from app.web.guards import current_actor, require
from app.web.listed import ListForm

COMPLETED = {"label": _l("Complete"), "tone": "ok"}
INCOMPLETE = {"label": _l("Incomplete"), "tone": ""}
NOT_YET = {"label": _l("Cannot start yet"), "tone": ""}
READY = {"label": _l("Ready"), "tone": ""}

Page = str | Response | tuple[str, int]


@bp.route("/new", methods=["GET", "POST"])
def new() -> Page:
    """What kind, for which project or interest; makes a draft."""
    actor = current_actor()
    require(policies.create)
    interest = key_of(request.values.get("interest", ""))
    if interest is not None:
        return _from_interest(interest)
    form = NewForm()
    form.institution.choices = [(str(key), name) for key, name in queries.own_institutions(actor)]
    form.project.choices = _projects()
    if not form.is_submitted():
        form.language.data = get_locale()
        wanted = request.args.get("project", "")
        form.project.data = wanted if wanted in dict(form.project.choices) else ""
    if form.validate_on_submit():
        try:
            agreement = services.create(
                actor,
                kind=form.kind.data,
                title=form.title.data,
                institution_id=int(form.institution.data),
                language=form.language.data,
                project_id=int(form.project.data) if form.project.data else None,
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return redirect(url_for("agreements.edit", agreement_id=agreement.id), 303)
    return render_template("agreements/new.html", form=form, interest=None), 422 if form.errors else 200


def _projects() -> list[tuple[str, str]]:
    """The projects for which the reader may draft one, after "none"."""
    rows = queries.projects_open(current_actor())
    return [("", _("None")), *((str(row.id), f"{row.code} {row.title}") for row in rows)]


def _from_interest(interest_id: int) -> Page:
    """From an interest: both institutions are the parties, what they bring becomes its lines."""
    actor = current_actor()
    interest = interests.get(actor, interest_id)
    interest.expect_mutual()
    form = FromInterestForm()
    form.project.choices = _projects()
    if form.validate_on_submit():
        agreement = services.draft_from_interest(
            actor, interest, kind=form.kind.data, project_id=key_of(form.project.data)
        )
        flash(_("What both of you bring stands in the lines already. Look at it and complete it."), "ok")
        return redirect(url_for("agreements.edit", agreement_id=agreement.id), 303)
    page = render_template("agreements/new.html", form=form, interest=interest)
    return page, 422 if form.errors else 200


def draft(agreement_id: int) -> Agreement:
    """The draft for those who write it. Raises NotFound, NotAllowed, RuleBroken."""
    agreement = queries.get(current_actor(), agreement_id)
    require(policies.edit, agreement)
    no = policies.blocked(agreement, "edit")
    if no is not None:
        raise RuleBroken(no.code, no.text)
    return agreement


def _lacking(agreement: Agreement) -> dict[str, Any]:
    return queries.missing(agreement, queries.parties_of(agreement.id), queries.commitments_of(agreement.id))


def _part_url(agreement: Agreement, part: str) -> str:
    if part == "parties":
        return url_for("agreements.parties", agreement_id=agreement.id)
    return url_for("agreements.edit_part", agreement_id=agreement.id, part=part)


def tasks(agreement: Agreement, lacking: dict[str, Any], current: str = "") -> list[dict[str, Any]]:
    """The parts with their states, and the sending at the end."""
    found: list[dict[str, Any]] = [
        {
            "label": label,
            "url": _part_url(agreement, part),
            "state": INCOMPLETE if part in lacking else COMPLETED,
            "current": part == current,
        }
        for part, label in PARTS.items()
    ]
    send: dict[str, Any] = {
        "label": _("Check and send"),
        "state": NOT_YET if lacking else READY,
        "current": current == "check",
    }
    if not lacking:
        send["url"] = url_for("agreements.check", agreement_id=agreement.id)
    return [*found, send]


@bp.route("/<int:agreement_id>/edit")
def edit(agreement_id: int) -> Page:
    """The task list."""
    agreement = draft(agreement_id)
    lacking = _lacking(agreement)
    return render_template(
        "agreements/edit.html", **head(agreement), tasks=tasks(agreement, lacking), ready=not lacking
    )


@bp.route("/<int:agreement_id>/edit/<part>", methods=["GET", "POST"])
def edit_part(agreement_id: int, part: str) -> Page:
    """One part of it. Saved as it stands by "later", and complete by "go on"."""
    if part not in PART_FORMS:
        raise NotFound
    agreement = draft(agreement_id)
    parties = queries.parties_of(agreement.id)
    lines = queries.commitments_of(agreement.id)
    form = _part_form(agreement, part, lines)
    _choices(form, parties)
    if form.is_submitted():
        if {"add", "remove", "template"} & set(request.form):
            form.change_lines(request.form.get("add"), request.form.get("remove"))
            _choices(form, parties)
            add_template(form, agreement, request.form.get("template"))
        elif form.validate():
            answer = _save(agreement, part, form)
            if answer is not None:
                return answer
            agreement = draft(agreement_id)  # the refused action forgot what had been read
            parties, lines = queries.parties_of(agreement.id), queries.commitments_of(agreement.id)
    lacking = queries.missing(agreement, parties, lines)
    page = render_template(
        "agreements/part.html",
        **head(agreement),
        part=part,
        title=PARTS[part],
        form=form,
        tasks=tasks(agreement, lacking, part),
        number=list(PARTS).index(part) + 1,
        all=len(PARTS),
        templates=template_names(agreement.kind),
        sides=both_sides(agreement, parties, lines, queries.gate(parties, lines)),
    )
    return page, 422 if form.errors else 200


def _part_form(agreement: Agreement, part: str, lines: list[Any]) -> ListForm:
    kind = PART_FORMS[part]
    if request.method == "POST":
        return kind()
    shown: dict[str, Any] = {"version": agreement.version}
    if kind is TextForm:
        shown |= text_values(agreement)
    elif kind is CommitmentsForm:
        shown["commitments"] = shown_lines(lines)
    else:
        names = (
            ("kind", "title", "language") if kind is AboutForm else ("starts_on", "ends_on", "notice_days")
        )
        shown |= {name: getattr(agreement, name) for name in names}
    return kind(data=shown)


def text_values(agreement: Agreement) -> dict[str, Any]:
    """The texts with their blanks, as a form takes them."""
    return {
        "texts": shown_texts(agreement.texts),
        "prevailing": agreement.prevailing,
        "blanks": [
            {"language": language, "label": label} for language, label in queries.blanks_of(agreement.texts)
        ],
    }


def _choices(form: ListForm, parties: list[Any]) -> None:
    if isinstance(form, CommitmentsForm):
        form.among([(str(row.institution_id), row.institution.name) for row in parties])


def template_names(kind: str) -> list[tuple[str, str, str]]:
    """The templates of a kind: (language code, language, what the template says of itself)."""
    locale = get_locale()
    return [
        (language, language_name(language, locale), template_of(kind, language).note)
        for language in TEXT_LANGUAGES
    ]


def add_template(form: ListForm, agreement: Agreement, language: str | None) -> None:
    """Put the template's text in a language among the texts of the form, if it has none in that language."""
    if not isinstance(form, TextForm) or language not in TEXT_LANGUAGES:
        return
    text = services.from_template(agreement.kind, language)[language]
    for entry in form.texts.entries:
        if entry.form.language.data in {language, ""} and not entry.form.text.data:
            entry.form.language.data, entry.form.text.data = language, text
            break
    else:
        if any(entry.form.language.data == language for entry in form.texts.entries):
            return
        form.texts.append_entry({"language": language, "text": text})
    for _language, label in queries.blanks_of({language: text}):
        form.blanks.append_entry({"language": language, "label": label})


def _save(agreement: Agreement, part: str, form: ListForm) -> Response | None:
    """Keep the part; the next page, or None when something is missing that is said on the form."""
    actor = current_actor()
    later = "later" in request.form
    try:
        services.save(
            actor,
            agreement,
            part,
            done=not later,
            version=seen_version(form),
            **form.values(),
        )
    except Invalid as refusal:
        form.take(refusal)
        return None
    if not later:
        saved = queries.get(actor, agreement.id)
        lacking = _lacking(saved).get(part, {})
        if lacking:  # kept as it stands, and shown again with what is missing
            form.take(Invalid(dict(lacking)))
            form.version.data = str(saved.version)
            return None
    flash(_("Saved."), "ok")
    parts = list(PARTS)
    at = parts.index(part) + 1
    if later:
        return redirect(url_for("agreements.edit", agreement_id=agreement.id), 303)
    if at < len(parts):
        return redirect(_part_url(agreement, parts[at]), 303)
    return redirect(url_for("agreements.edit", agreement_id=agreement.id), 303)


# ---- sending ---------------------------------------------------------------------------------------------------


@bp.route("/<int:agreement_id>/check", methods=["GET", "POST"])
def check(agreement_id: int) -> Page:
    """All of it, what the two-way rule says already, and the button that sends it."""
    actor = current_actor()
    agreement = draft(agreement_id)
    rows = queries.parties_of(agreement.id)
    lines = queries.commitments_of(agreement.id)
    lacking = queries.missing(agreement, rows, lines)
    if lacking:
        return redirect(url_for("agreements.edit", agreement_id=agreement.id), 303)
    may_send = policies.send(actor, agreement)
    form = SendForm(data={"version": agreement.version}) if request.method == "GET" else SendForm()
    if form.validate_on_submit():
        services.send(actor, agreement, version=seen_version(form), note=form.note.data or "")
        flash(_("Sent. The parties have been told; it waits for the next one."), "ok")
        return redirect(url_for("agreements.show", agreement_id=agreement.id), 303)
    page = render_template(
        "agreements/check.html",
        **head(agreement),
        form=form,
        tasks=tasks(agreement, lacking, "check"),
        sides=both_sides(agreement, rows, lines, queries.gate(rows, lines)),
        texts=text_lines(agreement.texts, agreement.prevailing),
        may_send=bool(may_send),
        why_not="" if may_send else str(getattr(may_send, "text", "")),
    )
    return page, 422 if form.errors else 200


@bp.post("/<int:agreement_id>/withdraw")
def withdraw(agreement_id: int) -> Page:
    """Give up the draft."""
    actor = current_actor()
    services.withdraw(
        actor, queries.get(actor, agreement_id), version=key_of(request.form.get("version", ""))
    )
    flash(_("The draft has been withdrawn."), "ok")
    return redirect(url_for("agreements.index"), 303)
