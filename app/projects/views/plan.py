"""Pages of the plan and of updates."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.access import No
from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _, get_locale, text_dir
from app.projects import policies, queries
from app.projects.forms.course import JudgeForm, MilestoneForm, ReasonForm, ReportForm, UpdateForm
from app.projects.models import MILESTONE_STATES, RED_AFTER, YELLOW_FOR, Milestone, Project
from app.projects.policies import course as may
from app.projects.queries import course, timeline
from app.projects.services import milestones as services
from app.projects.services import updates as posts
from app.projects.views.blueprint import bp
from app.projects.views.pages import shell
from app.web.fields import seen_version
from app.web.guards import current_actor, public, require

Page = str | Response | tuple[str, int]
UPDATES = 25


def _find(project_id: int, block: str) -> Project:
    """The project, if the reader sees this block of it. Raises NotFound."""
    project = queries.get(current_actor(), project_id)
    if not policies.view_block(current_actor(), project, block):
        raise NotFound
    return project


def _page(name: str, project: Project, form: Any = None, **values: Any) -> Page:
    page = render_template(f"projects/{name}.html", **shell(project, name), form=form, **values)
    return page, 422 if form is not None and form.errors else 200


def _milestone_page(project: Project, number: int) -> Response:
    return redirect(url_for("projects.milestone", project_id=project.id, number=number), 303)


@bp.get("/<int:project_id>/plan")
@public
def plan(project_id: int) -> Page:
    """The plan as a picture and a list, with the light and its rule."""
    actor = current_actor()
    project = _find(project_id, "plan")
    rows = queries.milestones_of(project.id)
    today = clock.today()
    drawing = timeline.draw(project.starts_on, project.ends_on, rows, today, text_dir() == "rtl")
    return _page(
        "plan",
        project,
        milestones=[(row, MILESTONE_STATES[row.state], _late(row)) for row in rows],
        drawing=drawing,
        light=project.light(),
        red_after=RED_AFTER,
        yellow_for=YELLOW_FOR,
        may_plan=may.plan(actor, project),
    )


def _late(row: Any) -> int:
    return course.late(clock.today(), row.due_on, row.state, row.reported_on)


def _offer_partners(form: MilestoneForm, project: Project) -> None:
    names = [(str(key), name) for key, name in services.partners(project.id)]
    form.institution_id.choices = [("", _("All together")), *names]


@bp.route("/<int:project_id>/milestones/new", methods=["GET", "POST"])
def new_milestone(project_id: int) -> Page:
    """A further step of the plan."""
    actor = current_actor()
    project = _find(project_id, "plan")
    require(may.plan, project)
    form = MilestoneForm()
    _offer_partners(form, project)
    if form.validate_on_submit():
        try:
            made = services.add_milestone(
                actor,
                project,
                title=form.title.data or "",
                text=form.text.data or "",
                due_on=form.due_on.data,
                institution_id=form.chosen_institution(),
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("The milestone stands in the plan."), "ok")
            return _milestone_page(project, made.number)
        project = queries.get(actor, project_id)
    return _page("milestone_form", project, form, milestone=None)


@bp.route("/<int:project_id>/milestones/<int:number>/edit", methods=["GET", "POST"])
def edit_milestone(project_id: int, number: int) -> Page:
    """Change a step that has not been reported."""
    actor = current_actor()
    project = _find(project_id, "plan")
    require(may.plan, project)
    found = course.milestone(project.id, number)
    if found.state not in {"planned", "missed"}:
        raise RuleBroken("already_reported", _("It is reported. Take the report back first, then change it."))
    form = MilestoneForm(obj=found) if request.method == "GET" else MilestoneForm()
    _offer_partners(form, project)
    if request.method == "GET":
        form.institution_id.data = str(found.institution_id or "")
    if form.validate_on_submit():
        try:
            services.edit_milestone(
                actor,
                project,
                found,
                title=form.title.data or "",
                text=form.text.data or "",
                due_on=form.due_on.data,
                institution_id=form.chosen_institution(),
                reason=form.reason.data or "",
                version=seen_version(form),
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("The plan is changed."), "ok")
            return _milestone_page(project, number)
        project, found = queries.get(actor, project_id), course.milestone(project_id, number)
    return _page("milestone_form", project, form, milestone=found)


def _show_milestone(project: Project, found: Milestone, form: Any = None) -> Page:
    actor = current_actor()
    judging = found.state == "reported" and bool(may.judge_milestone(actor, project, found))
    reporting = found.state in {"planned", "missed"} and bool(may.report_milestone(actor, project))
    if form is None and judging:
        form = JudgeForm(data={"version": found.version})
    elif form is None and reporting:
        form = ReportForm(data={"version": found.version})
    row = next(row for row in queries.milestones_of(project.id) if row.number == found.number)
    return _page(
        "milestone",
        project,
        form,
        milestone=row,
        step_state=MILESTONE_STATES[row.state],
        late=_late(row),
        judging=judging,
        reporting=reporting,
        judge_refusal=_judge_refusal(project, found),
        may_take_back=found.state == "reported" and may.take_report_back(actor, project, found),
        may_plan=may.plan(actor, project),
    )


def _judge_refusal(project: Project, found: Milestone) -> str:
    """Why somebody who takes part may not say whether it is reached; empty where the question does not arise."""
    answer = may.judge_milestone(current_actor(), project, found)
    waits = found.state == "reported" and may.report_milestone(current_actor(), project)
    return str(answer.text) if waits and isinstance(answer, No) else ""


@bp.get("/<int:project_id>/milestones/<int:number>")
@public
def milestone(project_id: int, number: int) -> Page:
    """One step of the plan."""
    project = _find(project_id, "plan")
    return _show_milestone(project, course.milestone(project.id, number))


@bp.post("/<int:project_id>/milestones/<int:number>/report")
def report_milestone(project_id: int, number: int) -> Page:
    """Say that it is reached."""
    actor = current_actor()
    project = _find(project_id, "plan")
    require(may.report_milestone, project)
    found = course.milestone(project.id, number)
    form = ReportForm()
    if form.validate():
        try:
            services.report_milestone(
                actor,
                project,
                found,
                evidence=form.evidence.data or "",
                evidence_url=form.evidence_url.data or "",
                version=seen_version(form),
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("It is reported. Somebody else says now whether it is reached."), "ok")
            return _milestone_page(project, number)
    return _show_milestone(queries.get(actor, project_id), course.milestone(project_id, number), form)


@bp.post("/<int:project_id>/milestones/<int:number>/judge")
def judge_milestone(project_id: int, number: int) -> Page:
    """Is it reached?"""
    actor = current_actor()
    project = _find(project_id, "plan")
    found = course.milestone(project.id, number)
    require(may.judge_milestone, project, found)
    verb = {"accept": "accept", "return": "return_for_changes"}.get(request.form.get("decision", ""))
    form = JudgeForm()
    if verb is None:
        form.form_errors.append(_("Say whether it is reached"))
    elif form.validate():
        try:
            services.judge_milestone(
                actor, project, found, verb=verb, note=form.note.data or "", version=seen_version(form)
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("Your answer is kept, and who reported it was told."), "ok")
            return _milestone_page(project, number)
    return _show_milestone(queries.get(actor, project_id), course.milestone(project_id, number), form)


@bp.post("/<int:project_id>/milestones/<int:number>/take-back")
def take_report_back(project_id: int, number: int) -> Page:
    """Make it a planned step again."""
    project = _find(project_id, "plan")
    services.take_report_back(current_actor(), project, course.milestone(project.id, number))
    flash(_("The report is taken back."), "ok")
    return _milestone_page(project, number)


@bp.route("/<int:project_id>/milestones/<int:number>/miss", methods=["GET", "POST"])
def miss_milestone(project_id: int, number: int) -> Page:
    """Say that it will not be reached."""
    actor = current_actor()
    project = _find(project_id, "plan")
    require(may.plan, project)
    found = course.milestone(project.id, number)
    if found.state != "planned":
        raise RuleBroken("wrong_state", _("Only what is planned can be given up."))
    form = ReasonForm(data={"version": found.version}) if request.method == "GET" else ReasonForm()
    if form.validate_on_submit():
        services.miss_milestone(actor, project, found, note=form.note.data or "", version=seen_version(form))
        flash(_("It is noted. Nothing waits for this milestone any more."), "ok")
        return _milestone_page(project, number)
    return _page("miss_milestone", project, form, milestone=found)


# ---- updates -----------------------------------------------------------------------------------------------------


@bp.route("/<int:project_id>/updates", methods=["GET", "POST"])
@public
def updates(project_id: int) -> Page:
    """All posts, and the form for those who take part."""
    actor = current_actor()
    project = _find(project_id, "updates")
    may_post = may.post_update(actor, project)
    form = None
    if may_post:
        form = UpdateForm(data={"language": get_locale()}) if request.method == "GET" else UpdateForm()
    if request.method == "POST":
        require(may.post_update, project)
    if form is not None and form.validate_on_submit():
        posts.post_update(
            actor,
            project,
            title=form.title.data or "",
            text=form.text.data or "",
            language=form.language.data or get_locale(),
        )
        flash(_("Your update is posted."), "ok")
        return redirect(url_for("projects.updates", project_id=project.id), 303)
    before = request.args.get("before", type=int)
    rows = queries.updates_of(project, UPDATES + 1, before if before and 0 < before < 2**31 else None)
    return _page(
        "updates",
        project,
        form,
        posts=rows[:UPDATES],
        older=rows[UPDATES - 1].id if len(rows) > UPDATES else None,
    )


@bp.route("/<int:project_id>/updates/<int:update_id>/edit", methods=["GET", "POST"])
def edit_update(project_id: int, update_id: int) -> Page:
    """Change one's own post."""
    actor = current_actor()
    project = _find(project_id, "updates")
    found = course.update(project.id, update_id)
    require(may.edit_update, found)
    form = UpdateForm(obj=found) if request.method == "GET" else UpdateForm()
    if form.validate_on_submit():
        posts.edit_update(
            actor,
            project,
            found,
            title=form.title.data or "",
            text=form.text.data or "",
            language=form.language.data or found.language,
        )
        flash(_("Your update is changed."), "ok")
        return redirect(url_for("projects.updates", project_id=project.id), 303)
    return _page("edit_update", project, form)
