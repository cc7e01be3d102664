"""Writing a problem: begin a draft, the task list, a page for each part, check and send."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _, _l, get_locale
from app.problems import policies, queries, services
from app.problems.forms import PART_FORMS, NewForm, SendForm
from app.problems.models import PARTS, PROBLEM_STATES, PUBLIC_STATES, Problem, missing
from app.problems.views.blueprint import bp
from app.problems.views.words import in_words
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
    """Where it belongs, its language and title; makes a draft."""
    actor = current_actor()
    places = queries.places_to_post(actor)
    if not policies.create(actor) or not places.institutions:
        return render_template("problems/cannot_post.html", why=policies.NO_AFFILIATION.text)
    form = NewForm()
    form.institution.choices = [(str(key), name) for key, name in places.institutions]
    form.consortium.choices = [("", _("Choose")), *((str(key), name) for key, name in places.consortia)]
    if not form.is_submitted():
        form.language.data = get_locale()
        wanted = request.args.get("consortium", "")
        form.consortium.data = wanted if wanted in dict(form.consortium.choices) else ""
    if form.validate_on_submit():
        try:
            problem = services.create(
                actor,
                institution_id=int(form.institution.data),
                consortium_id=int(form.consortium.data),
                title=form.title.data,
                language=form.language.data,
            )
            return redirect(url_for("problems.edit", problem_id=problem.id), 303)
        except Invalid as refusal:
            form.take(refusal)
    return render_template("problems/new.html", form=form), 422 if form.errors else 200


def _editable(problem_id: int) -> Problem:
    """The problem for its author, while it can be changed. Raises NotFound, NotAllowed, RuleBroken."""
    problem = queries.get(current_actor(), problem_id)
    require(policies.edit, problem)
    no = policies.blocked(problem, "edit")
    if no is not None:
        raise RuleBroken(no.code, no.text)
    return problem


def _tasks(problem: Problem, lacking: dict[str, Any], current: str = "") -> list[dict[str, Any]]:
    """The parts with their states, and the sending at the end."""
    tasks = [
        {
            "label": label,
            "url": url_for("problems.edit_part", problem_id=problem.id, part=part),
            "state": INCOMPLETE if part in lacking else COMPLETED,
            "current": part == current,
        }
        for part, label in PARTS.items()
    ]
    if problem.state not in PUBLIC_STATES:
        send = {
            "label": _("Check and send"),
            "state": NOT_YET if lacking else READY,
            "current": current == "check",
        }
        if not lacking:
            send["url"] = url_for("problems.check", problem_id=problem.id)
        tasks.append(send)
    return tasks


@bp.route("/<int:problem_id>/edit")
def edit(problem_id: int) -> Page:
    """The task list."""
    problem = _editable(problem_id)
    lacking = missing(queries.values_of(problem))
    return render_template(
        "problems/edit.html",
        problem=problem,
        state=PROBLEM_STATES[problem.state],
        tasks=_tasks(problem, lacking),
        is_public=problem.state in PUBLIC_STATES,
        ready=not lacking,
    )


@bp.route("/<int:problem_id>/edit/<part>", methods=["GET", "POST"])
def edit_part(problem_id: int, part: str) -> Page:
    """One part of it. Saved as it stands by "later", and complete by "go on"."""
    if part not in PART_FORMS:
        raise NotFound
    problem = _editable(problem_id)
    form = _part_form(part, problem)
    if form.is_submitted():
        form.gather()
        if {"add", "remove", "show"} & set(request.form):
            form.change_lines(request.form.get("add"), request.form.get("remove"))
        elif form.validate():
            answer = _save(problem, part, form)
            if answer is not None:
                return answer
    lacking = missing(queries.values_of(problem))
    page = render_template(
        "problems/part.html",
        problem=problem,
        state=PROBLEM_STATES[problem.state],
        part=part,
        title=PARTS[part],
        form=form,
        tasks=_tasks(problem, lacking, part),
        number=list(PARTS).index(part) + 1,
        is_public=problem.state in PUBLIC_STATES,
        field_names=dict(form.chosen()),
    )
    return page, 422 if form.errors else 200


def _part_form(part: str, problem: Problem) -> ListForm:
    kind = PART_FORMS[part]
    if request.method == "POST":
        return kind()
    values = queries.values_of(problem)
    brings, needs = values["brings"], values["needs"]
    values["brings"] = [row._asdict() for row in brings]
    values["needs"] = [row._asdict() for row in needs]
    values["measures"] = _measures(problem.measures)
    values["closes_on"] = problem.closes_on if problem.has_end else None
    return kind(data={**values, "version": problem.version})


def _measures(measures: list[Any]) -> list[dict[str, Any]]:
    """Measures as the form takes them: days as dates."""
    return [{**row, "by": date.fromisoformat(row["by"]) if row.get("by") else None} for row in measures]


def _save(problem: Problem, part: str, form: ListForm) -> Response | None:
    """Keep the part; the next page, or None when something is missing that is said on the form."""
    values = form.values()
    later = "later" in request.form
    try:
        lacking = {} if later else missing(values).get(part, {})
        if lacking:
            raise Invalid(dict(lacking))
        services.save(current_actor(), problem, part, version=seen_version(form), **values)
    except Invalid as refusal:
        form.take(refusal)
        return None
    if problem.state in PUBLIC_STATES:
        flash(_("Saved. Everybody sees the new text."), "ok")
        return redirect(url_for("problems.show", problem_id=problem.id), 303)
    flash(_("Saved."), "ok")
    parts = list(PARTS)
    at = parts.index(part) + 1
    if later:
        return redirect(url_for("problems.edit", problem_id=problem.id), 303)
    if at < len(parts):
        return redirect(url_for("problems.edit_part", problem_id=problem.id, part=parts[at]), 303)
    if missing(queries.values_of(problem)):
        return redirect(url_for("problems.edit", problem_id=problem.id), 303)
    return redirect(url_for("problems.check", problem_id=problem.id), 303)


@bp.route("/<int:problem_id>/check", methods=["GET", "POST"])
def check(problem_id: int) -> Page:
    """All answers, what is similar, and the button that sends it."""
    actor = current_actor()
    problem = _editable(problem_id)
    no = policies.blocked(problem, "submit")
    if no is not None:
        raise RuleBroken(no.code, no.text)
    lacking = missing(queries.values_of(problem))
    if lacking:
        return redirect(url_for("problems.edit", problem_id=problem.id), 303)
    form = SendForm(data={"version": problem.version}) if request.method == "GET" else SendForm()
    if form.is_submitted():
        services.submit(actor, problem, version=seen_version(form))
        return redirect(url_for("problems.sent", problem_id=problem.id), 303)
    brings, needs = queries.lines(problem.id)
    return render_template(
        "problems/check.html",
        problem=problem,
        words=in_words(problem, brings, needs),
        parts=PARTS,
        form=form,
        tasks=_tasks(problem, lacking, "check"),
        similar=queries.similar(actor, problem),
        wishes=queries.open_wishes(problem.id),
    )


@bp.route("/<int:problem_id>/sent")
def sent(problem_id: int) -> Page:
    """It has been sent: its number, what happens next, by when."""
    actor = current_actor()
    problem = queries.get(actor, problem_id)
    require(policies.edit, problem)
    review = queries.newest_review(problem.id)
    if problem.state != "submitted" or review is None:
        return redirect(url_for("problems.show", problem_id=problem.id), 303)
    return render_template("problems/sent.html", problem=problem, review=review)


@bp.route("/mine")
def mine() -> Page:
    """All that the reader wrote, in any state, and what they follow."""
    actor = current_actor()
    return render_template(
        "problems/mine.html",
        own=queries.own(actor),
        followed=queries.followed(actor),
        can_post=bool(policies.create(actor)),
    )
