"""Registering a project: begin a draft, the task list, a page for each part, check and send."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _, _l, get_locale
from app.projects import policies, queries, services
from app.projects.forms.deciding import MoveForm
from app.projects.forms.writing import PART_FORMS, NewForm, SendForm
from app.projects.models import LISTED_STATES, PARTS, PROJECT_STATES, Project, missing
from app.projects.views.blueprint import bp
from app.projects.views.words import in_words, lines, money_line, need_line, roles
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
    places = queries.places_to_register(actor)
    if not policies.create(actor) or not places.institutions:
        return render_template("projects/cannot_register.html", why=policies.NO_AFFILIATION.text)
    form = NewForm()
    form.institution.choices = [(str(key), name) for key, name in places.institutions]
    form.consortium.choices = [("", _("Choose")), *((str(key), name) for key, name in places.consortia)]
    if not form.is_submitted():
        form.language.data = get_locale()
        wanted = request.args.get("consortium", "")
        form.consortium.data = wanted if wanted in dict(form.consortium.choices) else ""
        form.problem.data = request.args.get("problem", "")[:12]
    if form.validate_on_submit():
        answered = queries.problems_named(actor, [form.problem.data]) if form.problem.data else {}
        try:
            project = services.create(
                actor,
                institution_id=int(form.institution.data),
                consortium_id=int(form.consortium.data),
                title=form.title.data,
                language=form.language.data,
                problem_ids=[key for key in answered.values() if key],
            )
            return redirect(url_for("projects.edit", project_id=project.id), 303)
        except Invalid as refusal:
            form.take(refusal)
    return render_template("projects/new.html", form=form), 422 if form.errors else 200


def editable(project_id: int) -> Project:
    """The project for its lead, while it can be changed. Raises NotFound, NotAllowed, RuleBroken."""
    project = queries.get(current_actor(), project_id)
    require(policies.edit, project)
    no = policies.blocked(project, "edit")
    if no is not None:
        raise RuleBroken(no.code, no.text)
    return project


def tasks(project: Project, lacking: dict[str, Any], current: str = "") -> list[dict[str, Any]]:
    """The parts with their states, and the sending at the end."""
    found = [
        {
            "label": label,
            "url": url_for("projects.edit_part", project_id=project.id, part=part),
            "state": INCOMPLETE if part in lacking else COMPLETED,
            "current": part == current,
        }
        for part, label in PARTS.items()
    ]
    if project.state not in LISTED_STATES:
        send = {
            "label": _("Check and send"),
            "state": NOT_YET if lacking else READY,
            "current": current == "check",
        }
        if not lacking:
            send["url"] = url_for("projects.check", project_id=project.id)
        found.append(send)
    return found


@bp.route("/<int:project_id>/edit")
def edit(project_id: int) -> Page:
    """The task list."""
    project = editable(project_id)
    lacking = missing(queries.values_of(current_actor(), project))
    return render_template(
        "projects/edit.html",
        project=project,
        state=PROJECT_STATES[project.state],
        tasks=tasks(project, lacking),
        is_listed=project.state in LISTED_STATES,
        can_withdraw=policies.blocked(project, "withdraw") is None,
        ready=not lacking,
    )


@bp.route("/<int:project_id>/edit/<part>", methods=["GET", "POST"])
def edit_part(project_id: int, part: str) -> Page:
    """One part of it. Saved as it stands by "later", and complete by "go on"."""
    if part == "partners":
        return redirect(url_for("projects.partners", project_id=project_id), 303)
    if part not in PART_FORMS:
        raise NotFound
    project = editable(project_id)
    values = queries.values_of(current_actor(), project)
    form = _part_form(part, project, values)
    if form.is_submitted():
        form.gather()
        if {"add", "remove", "show"} & set(request.form):
            form.change_lines(request.form.get("add"), request.form.get("remove"))
        elif form.validate():
            answer = _save(project_id, part, form)
            if answer is not None:
                return answer
            project = editable(project_id)  # the refused action forgot what had been read
            values = queries.values_of(current_actor(), project)
    page = render_template(
        "projects/part.html",
        project=project,
        state=PROJECT_STATES[project.state],
        part=part,
        title=PARTS[part],
        form=form,
        tasks=tasks(project, missing(values), part),
        number=list(PARTS).index(part) + 1,
        all=len(PARTS),
        is_listed=project.state in LISTED_STATES,
        milestones=values["milestones"],
        field_names=dict(form.chosen()),
    )
    return page, 422 if form.errors else 200


def _part_form(part: str, project: Project, values: dict[str, Any]) -> ListForm:
    kind = PART_FORMS[part]
    if request.method == "POST":
        form = kind()
    else:
        shown = {
            **values,
            "funding": [
                {**row, "ror": f"https://ror.org/{row['ror']}" if row["ror"] else "",
                 "funder_name": row["funder_name"] or row["institution"]}
                for row in values["funding"]
            ],
        }  # fmt: skip
        for name in ("trl_now", "trl_wanted"):
            shown[name] = str(shown[name] or "")
        form = kind(data={**shown, "version": project.version})
    # The plan of a listed project is kept milestone by milestone, on its own pages.
    if part == "plan" and project.state in LISTED_STATES:
        del form.milestones
    return form


def _resolved(part: str, values: dict[str, Any]) -> dict[str, Any]:
    """What was typed as numbers and identifiers, as ids. Raises Invalid."""
    if part == "about":
        found = queries.problems_named(current_actor(), values["problems"])
        unknown = [number for number, key in found.items() if key is None]
        if unknown:
            raise Invalid({"problems": _("You see no problem with the number %(number)s", number=unknown[0])})
        values["problems"] = list(dict.fromkeys(found.values()))
    if part == "resources":
        known = queries.funders_by_ror([row["ror"] for row in values["funding"] if row["ror"]])
        for row in values["funding"]:
            ror = row.pop("ror")
            row["funder_id"] = known.get(ror) if ror else None
            if ror and row["funder_id"] is None and not row["funder_name"]:
                raise Invalid(
                    {"funding": _("The registry here does not know this ROR. Enter the funder’s name.")}
                )
    return values


def _save(project_id: int, part: str, form: ListForm) -> Response | None:
    """Keep the part; the next page, or None when something is missing that is said on the form."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    later = "later" in request.form
    try:
        values = _resolved(part, form.values())
        lacking = {} if later else missing(values).get(part, {})
        if lacking:
            raise Invalid(dict(lacking))
        services.save(actor, project, part, done=not later, version=seen_version(form), **values)
    except Invalid as refusal:
        form.take(refusal)
        return None
    if project.state in LISTED_STATES:
        flash(_("Saved. Whoever sees the project reads the new text."), "ok")
        return redirect(url_for("projects.show", project_id=project.id), 303)
    flash(_("Saved."), "ok")
    parts = list(PARTS)
    at = parts.index(part) + 1
    if later:
        return redirect(url_for("projects.edit", project_id=project.id), 303)
    if at < len(parts):
        return redirect(url_for("projects.edit_part", project_id=project.id, part=parts[at]), 303)
    if missing(queries.values_of(actor, project)):
        return redirect(url_for("projects.edit", project_id=project.id), 303)
    return redirect(url_for("projects.check", project_id=project.id), 303)


@bp.route("/<int:project_id>/check", methods=["GET", "POST"])
def check(project_id: int) -> Page:
    """All answers, what is similar, and the button that sends it."""
    actor = current_actor()
    project = editable(project_id)
    no = policies.blocked(project, "submit")
    if no is not None:
        raise RuleBroken(no.code, no.text)
    values = queries.values_of(actor, project)
    lacking = missing(values)
    if lacking:
        return redirect(url_for("projects.edit", project_id=project.id), 303)
    form = SendForm(data={"version": project.version}) if request.method == "GET" else SendForm()
    if form.is_submitted():
        services.submit(actor, project, version=seen_version(form))
        return redirect(url_for("projects.sent", project_id=project.id), 303)
    partners, asked = queries.partners_of(actor, project)
    return render_template(
        "projects/check.html",
        project=project,
        words=in_words(project),
        answers=answers_of(project, values),
        partners=partners,
        asked=asked,
        parts=PARTS,
        form=form,
        tasks=tasks(project, lacking, "check"),
        similar=queries.similar(actor, project),
    )


def answers_of(project: Project, values: dict[str, Any]) -> dict[str, Any]:
    """What the summary of all answers shows beside the project's own words."""
    return {
        "problems": values["problems"],
        "brings": [f"{row['note']}: {row['text']}" for row in lines(values["host_brings"], project.language)],
        "gains": [f"{row['note']}: {row['text']}" for row in lines(values["host_gains"], project.language)],
        "position": values["position"],
        "roles": roles(values["credit_roles"]),
        "milestones": [(row["due_on"], row["title"]) for row in values["milestones"]],
        "needs": [need_line(row) for row in values["needs"]],
        "funding": [money_line(row) for row in values["funding"]],
    }


@bp.route("/<int:project_id>/sent")
def sent(project_id: int) -> Page:
    """It has been sent: its number, what happens next, by when."""
    project = queries.get(current_actor(), project_id)
    require(policies.edit, project)
    review = queries.newest_review(project.id)
    if project.state != "submitted" or review is None:
        return redirect(url_for("projects.show", project_id=project.id), 303)
    return render_template("projects/sent.html", project=project, review=review)


@bp.route("/<int:project_id>/recall", methods=["POST"])
def recall(project_id: int) -> Page:
    """Take it back out of review."""
    form = SendForm()
    project = queries.get(current_actor(), project_id)
    services.recall(current_actor(), project, version=seen_version(form))
    flash(_("It is a draft again."), "ok")
    return redirect(url_for("projects.edit", project_id=project.id), 303)


@bp.route("/<int:project_id>/withdraw", methods=["GET", "POST"])
def withdraw(project_id: int) -> Page:
    """Give it up before it was accepted."""
    return _move(project_id, "withdraw")


@bp.route("/<int:project_id>/reopen", methods=["GET", "POST"])
def reopen(project_id: int) -> Page:
    """Make it a draft again."""
    return _move(project_id, "reopen")


def _move(project_id: int, verb: str) -> Page:
    actor = current_actor()
    project = queries.get(actor, project_id)
    if verb == "reopen":
        newest = queries.newest_review(project.id)
        require(policies.reopen, project, newest.decided_by_id if newest else None)
    else:
        require(policies.withdraw, project)
    no = policies.blocked(project, verb)
    if no is not None:
        raise RuleBroken(no.code, no.text)
    form = MoveForm() if request.method == "POST" else MoveForm(data={"version": project.version})
    if form.validate_on_submit():
        act = services.reopen if verb == "reopen" else services.withdraw
        act(actor, project, note=form.note.data or "", version=seen_version(form))
        flash(_("It is a draft again.") if verb == "reopen" else _("It has been withdrawn."), "ok")
        # Who opens a project of others again gives it back to its lead, out of their own sight.
        seen = policies.view(actor, project)
        where = url_for("projects.show", project_id=project.id) if seen else url_for("projects.index")
        return redirect(where, 303)
    page = render_template("projects/move.html", project=project, form=form, verb=verb)
    return page, 422 if form.errors else 200


@bp.route("/mine")
def mine() -> Page:
    """All that the reader leads or belongs to, in any state, and what they follow."""
    actor = current_actor()
    return render_template(
        "projects/mine.html",
        own=queries.own(actor),
        followed=queries.followed(actor),
        can_register=bool(policies.create(actor)),
    )
