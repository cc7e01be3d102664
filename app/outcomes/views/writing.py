"""Claiming an outcome: begin, the task list, a page for each part, check and send."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.access import insist
from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _, _l, fmt_list, fmt_number, get_locale
from app.core.text import is_key
from app.core.things import KINDS as THINGS
from app.core.vocab import country_name
from app.files import queries as files
from app.outcomes import policies, queries, services
from app.outcomes.forms.writing import NUMBERS, PART_FORMS, NewForm, SendForm
from app.outcomes.models import (
    KINDS,
    LICENCES,
    OUTCOME_STATES,
    PARTS,
    RETURN_CODES,
    Outcome,
    missing,
    without_leading,
)
from app.outcomes.views.blueprint import bp
from app.outcomes.views.pages import by_person, identifiers
from app.outcomes.views.picture import figures
from app.problems import queries as problems
from app.projects import queries as projects
from app.teams import queries as teams
from app.web.fields import seen_version
from app.web.guards import current_actor, require
from app.web.listed import ListForm

COMPLETED = {"label": _l("Complete"), "tone": "ok"}
INCOMPLETE = {"label": _l("Incomplete"), "tone": ""}
NOT_YET = {"label": _l("Cannot start yet"), "tone": ""}
READY = {"label": _l("Ready"), "tone": ""}

Page = str | Response | tuple[str, int]


def _of_what() -> tuple[Any, Any]:
    """The project or the team named in the address, of which something came. Raises NotFound, NotAllowed."""
    actor = current_actor()
    project, team = request.args.get("project", ""), request.args.get("team", "")
    if is_key(project):
        found = projects.get(actor, int(project))
        insist(policies.claim_for_project(actor, found))
        return found, None
    if is_key(team):
        working = teams.get(actor, int(team))
        insist(policies.claim_for_team(actor, working))
        return None, working
    raise NotFound


@bp.route("/new", methods=["GET", "POST"])
def new() -> Page:
    """Institution, kind, title and language; makes a draft with its number."""
    actor = current_actor()
    project, team = _of_what()
    form = NewForm()
    form.institution.choices = [(str(key), name) for key, name in problems.places_to_post(actor).institutions]
    if not form.is_submitted():
        form.language.data = get_locale()
    if form.validate_on_submit():
        values = {
            "institution_id": int(form.institution.data),
            "kind": form.kind.data,
            "title": form.title.data,
            "language": form.language.data,
        }
        try:
            if project is not None:
                outcome = services.claim_for_project(actor, project, **values)
            else:
                outcome = services.claim_for_team(actor, team, **values)
            return redirect(url_for("outcomes.edit", outcome_id=outcome.id), 303)
        except Invalid as refusal:
            form.take(refusal)
            project, team = _of_what()
    page = render_template("outcomes/new.html", form=form, project=project, team=team)
    return page, 422 if form.errors else 200


def editable(outcome_id: int) -> Outcome:
    """The outcome for who keeps it, while it can be changed. Raises NotFound, NotAllowed, RuleBroken."""
    outcome = queries.get(current_actor(), outcome_id)
    require(policies.edit, outcome)
    no = policies.blocked(outcome, "edit")
    if no is not None:
        raise RuleBroken(no.code, no.text)
    return outcome


def tasks(outcome: Outcome, lacking: dict[str, Any], current: str = "") -> list[dict[str, Any]]:
    """The parts with their states, and the sending at the end."""
    found = [
        {
            "label": label,
            "url": url_for("outcomes.people", outcome_id=outcome.id)
            if part == "credit"
            else url_for("outcomes.edit_part", outcome_id=outcome.id, part=part),
            "state": INCOMPLETE if part in lacking else COMPLETED,
            "current": part == current,
        }
        for part, label in PARTS.items()
    ]
    send = {
        "label": _("Check and send"),
        "state": NOT_YET if lacking else READY,
        "current": current == "check",
    }
    if not lacking:
        send["url"] = url_for("outcomes.check", outcome_id=outcome.id)
    return [*found, send]


def lacking_in(outcome: Outcome) -> dict[str, Any]:
    """What has to be filled in before it can be sent, by part."""
    return missing(queries.values_of(outcome, queries.credits_of(outcome.id)))


@bp.route("/<int:outcome_id>/edit")
def edit(outcome_id: int) -> Page:
    """The task list."""
    outcome = editable(outcome_id)
    lacking = lacking_in(outcome)
    rounds = queries.rounds(outcome.id)
    return render_template(
        "outcomes/edit.html",
        outcome=outcome,
        state=OUTCOME_STATES[outcome.state],
        tasks=tasks(outcome, lacking),
        ready=not lacking,
        last=rounds[0] if rounds else None,
        reasons=RETURN_CODES,
    )


@bp.route("/<int:outcome_id>/edit/<part>", methods=["GET", "POST"])
def edit_part(outcome_id: int, part: str) -> Page:
    """One part of it. Saved as it stands by "later", and complete by "go on"."""
    if part == "credit":
        return redirect(url_for("outcomes.people", outcome_id=outcome_id), 303)
    if part not in PART_FORMS:
        raise NotFound
    outcome = editable(outcome_id)
    form = _part_form(part, outcome)
    if form.is_submitted():
        form.gather()
        if {"add", "remove"} & set(request.form):
            form.change_lines(request.form.get("add"), request.form.get("remove"))
        elif form.validate():
            answer = _save(outcome, part, form)
            if answer is not None:
                return answer
            outcome = editable(outcome_id)  # the refused action forgot what had been read
    actor, kind = current_actor(), THINGS["outcome"]
    page = render_template(
        "outcomes/part.html",
        outcome=outcome,
        state=OUTCOME_STATES[outcome.state],
        part=part,
        title=PARTS[part],
        form=form,
        tasks=tasks(outcome, lacking_in(outcome), part),
        number=list(PARTS).index(part) + 1,
        all=len(PARTS),
        field_names=dict(form.chosen()),
        files=files.of(actor, "outcome", outcome) if part == "evidence" else [],
        files_of=kind.about(outcome),
        may_attach=kind.attach(actor, outcome),
    )
    return page, 422 if form.errors else 200


def _part_form(part: str, outcome: Outcome) -> ListForm:
    kind = PART_FORMS[part]
    shown = {
        name: getattr(outcome, name)
        for name in ("kind", "title", "summary", "description", "is_negative", "produced_on", "benefits_who",
                     "benefits_where", "origins", "identifiers", "licence", "links")
    }  # fmt: skip
    shown["problem"] = str(outcome.problem_id or "")
    shown["measures"] = outcome.measures or (_of_problem(outcome) if part == "change" else [])
    form = kind() if request.method == "POST" else kind(data={**shown, "version": outcome.version})
    if part == "about":
        known = queries.problems_for(current_actor(), outcome)
        form["problem"].choices = [("", _("None of them")), *((str(key), name) for key, name in known)]
    return form


def _of_problem(outcome: Outcome) -> list[dict[str, Any]]:
    """The problem's own measures to begin with; their words for before and target go with the name, to be put into numbers."""
    if outcome.problem is None:
        return []
    return [
        {
            "what": row["what"],
            "unit": "",
            **dict.fromkeys(NUMBERS, ""),
            "how": row.get("how") or "",
        }
        for row in outcome.problem.measures
    ]


def _save(outcome: Outcome, part: str, form: ListForm) -> Response | None:
    """Keep the part; the next page, or None when something is missing that is said on the form."""
    later, actor = "later" in request.form, current_actor()
    values = form.values()
    try:
        own = {**values, "evidence": True}  # files are looked for when it is sent
        lacking = {} if later or part == "evidence" else missing(own).get(part, {})
        if lacking:
            raise Invalid(dict(lacking))
        services.save(actor, outcome, part, done=not later, version=seen_version(form), **values)
    except Invalid as refusal:
        form.take(refusal)
        return None
    flash(_("Saved."), "ok")
    parts = list(PARTS)
    if later:
        return redirect(url_for("outcomes.edit", outcome_id=outcome.id), 303)
    following = parts[parts.index(part) + 1]
    return redirect(url_for("outcomes.edit_part", outcome_id=outcome.id, part=following), 303)


@bp.route("/<int:outcome_id>/check", methods=["GET", "POST"])
def check(outcome_id: int) -> Page:
    """All that was said, the institution that confirms it, and the button that sends it."""
    actor = current_actor()
    outcome = editable(outcome_id)
    rows = queries.credits_of(outcome.id)
    lacking = missing(queries.values_of(outcome, rows))
    if lacking:
        return redirect(url_for("outcomes.edit", outcome_id=outcome.id), 303)
    form = SendForm(data={"version": outcome.version}) if request.method == "GET" else SendForm()
    form.confirmer.choices = [
        ("", _("Choose an institution")),
        *((str(key), name) for key, name in queries.may_confirm(outcome)),
    ]
    if form.is_submitted() and form.validate():
        try:
            services.send(actor, outcome, confirmer_id=int(form.confirmer.data), version=seen_version(form))
            return redirect(url_for("outcomes.sent", outcome_id=outcome.id), 303)
        except Invalid as refusal:
            form.take(refusal)
            outcome = editable(outcome_id)
    page = render_template(
        "outcomes/check.html",
        outcome=outcome,
        state=OUTCOME_STATES[outcome.state],
        answers=answers_of(outcome, rows),
        unled=without_leading(outcome.origins, queries.standing(rows)),
        parts=PARTS,
        form=form,
        tasks=tasks(outcome, lacking, "check"),
    )
    return page, 422 if form.errors else 200


def answers_of(outcome: Outcome, rows: list[Any]) -> dict[str, Any]:
    """What the summary of all answers shows beside the outcome's own words."""
    locale = get_locale()
    named = by_person([row for row in rows if row.state in {"asked", "accepted"}])
    return {
        "kind": str(KINDS[outcome.kind]),
        "licence": str(LICENCES.get(outcome.licence, "")),
        "problem": f"{outcome.problem.number} {outcome.problem.title}" if outcome.problem else "",
        "measures": [
            _("%(what)s: before %(before)s, target %(target)s, reached %(reached)s",
              what=what, before=before, target=target, reached=reached)
            for what, before, target, reached, _how in figures(outcome.measures)
        ],
        "where": fmt_list([country_name(code, locale) for code in outcome.benefits_where]),
        "origins": fmt_list([country_name(code, locale) for code in outcome.origins]),
        "identifiers": [f"{name}: {value}" for name, value, _url in identifiers(outcome)],
        "links": [row["label"] for row in outcome.links],
        "files": fmt_number(len(files.of(current_actor(), "outcome", outcome))),
        "named": [
            f"{person['name']}: " + fmt_list([f"{role} ({degree})" for role, degree in person["roles"]])
            for person in named
        ],
    }  # fmt: skip


@bp.route("/<int:outcome_id>/sent")
def sent(outcome_id: int) -> Page:
    """It has been sent: its number, what happens next, by when."""
    outcome = queries.get(current_actor(), outcome_id)
    require(policies.edit, outcome)
    rounds = queries.rounds(outcome.id)
    if outcome.state != "evidenced" or not rounds:
        return redirect(url_for("outcomes.show", outcome_id=outcome.id), 303)
    return render_template("outcomes/sent.html", outcome=outcome, asked=rounds[0])


@bp.route("/<int:outcome_id>/recall", methods=["GET", "POST"])
def recall(outcome_id: int) -> Page:
    """Take it back to change it; the page asks, the button does."""
    outcome = queries.get(current_actor(), outcome_id)
    require(policies.recall, outcome)
    no = policies.blocked(outcome, "recall")
    if no is not None:
        raise RuleBroken(no.code, no.text)
    if request.method == "POST":
        services.recall(current_actor(), outcome, version=seen_version())
        flash(_("You can change it again."), "ok")
        return redirect(url_for("outcomes.edit", outcome_id=outcome.id), 303)
    return render_template("outcomes/recall.html", outcome=outcome)
