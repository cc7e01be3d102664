"""Pages of a project's course: holding, going on, cancelling, closing with the word of partners, the lead, what came after."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _, ngettext
from app.projects import policies, queries
from app.projects.forms.course import ClosingForm, FollowUpForm, HandOverForm, HearingForm, ReasonForm
from app.projects.models import FOLLOW_UP_MONTHS, PROJECT_STATES, Project
from app.projects.policies import course as may
from app.projects.queries import course, gates
from app.projects.services import course as services
from app.projects.services import hand_over as leads
from app.projects.views.blueprint import bp
from app.web.fields import seen_version
from app.web.guards import current_actor, require

Page = str | Response | tuple[str, int]
VERBS = {"hold": "hold", "resume": "resume", "stop-closing": "stop_closing", "cancel": "cancel"}


def _done(project: Project, said: str, endpoint: str = "show") -> Response:
    flash(said, "ok")
    return redirect(url_for(f"projects.{endpoint}", project_id=project.id), 303)


def _page(name: str, project: Project, form: Any = None, **values: Any) -> Page:
    page = render_template(f"projects/{name}.html", project=project, form=form, **values)
    return page, 422 if form is not None and form.errors else 200


@bp.route("/<int:project_id>/course/<verb>", methods=["GET", "POST"])
def change_course(project_id: int, verb: str) -> Page:
    """Hold, resume, go on instead of closing, cancel."""
    if verb not in VERBS:
        raise NotFound
    actor, move = current_actor(), VERBS[verb]
    project = queries.get(actor, project_id)
    require(may.steer, project)
    if not PROJECT_STATES.allows(project, move):
        raise RuleBroken(
            "wrong_state",
            _(
                "This is “%(state)s” now, so that cannot be done any more.",
                state=PROJECT_STATES[project.state].label,
            ),
        )
    form = ReasonForm(data={"version": project.version}) if request.method == "GET" else ReasonForm()
    if form.validate_on_submit():
        try:
            services.change_course(
                actor, project, verb=move, note=form.note.data or "", version=seen_version(form)
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return _done(project, _("It is noted, and everybody around the project was told."))
    return _page("change_course", queries.get(actor, project_id), form, verb=move)


@bp.route("/<int:project_id>/closing", methods=["GET", "POST"])
def closing(project_id: int) -> Page:
    """Begin closing with a report; then what partners say, and what is still missing."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    if not policies.is_inside(actor, project):
        raise NotFound
    is_lead = bool(may.steer(actor, project))
    form = None
    if is_lead and project.state in {"active", "on_hold", "closing"}:
        data = {"version": project.version, "report": project.closing_report}
        form = ClosingForm(data=data) if request.method == "GET" else ClosingForm()
    if request.method == "POST":
        require(may.steer, project)
    if form is not None and form.validate_on_submit():
        act = services.write_report if project.state == "closing" else services.begin_closing
        try:
            act(actor, project, report=form.report.data or "", version=seen_version(form))
        except Invalid as refusal:
            form.take(refusal)
        else:
            return _done(project, _("The report is kept."), "closing")
    project = queries.get(actor, project_id)
    return _page(
        "closing",
        project,
        form,
        hearings=course.hearings(project.id),
        missing=gates.missing_to_close(project) if project.state == "closing" else [],
        partners=len(course.partners_to_hear(project)),
        is_lead=is_lead,
    )


@bp.post("/<int:project_id>/close")
def close(project_id: int) -> Page:
    """Close it."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    services.close_project(actor, project, version=seen_version())
    return _done(project, _("The project is closed. In a year we ask what became of it."))


@bp.route("/<int:project_id>/hearings/<int:hearing_id>", methods=["GET", "POST"])
def hearing(project_id: int, hearing_id: int) -> Page:
    """A partner's word before the closing."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    found = course.hearing(project.id, hearing_id)
    require(may.answer_hearing, found)
    form = HearingForm()
    if form.validate_on_submit():
        try:
            services.answer_hearing(
                actor,
                project,
                found,
                text=form.text.data or "",
                agrees=request.form.get("decision") == "agrees",
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return _done(project, _("Your institution’s word is kept, and the lead was told."))
        project, found = queries.get(actor, project_id), course.hearing(project_id, hearing_id)
    names = {row.id: row.institution for row in course.hearings(project.id)}
    return _page("hearing", project, form, hearing=found, institution=names.get(found.id, ""))


@bp.route("/<int:project_id>/follow-ups/<int:months>", methods=["GET", "POST"])
def follow_up(project_id: int, months: int) -> Page:
    """What became of it, 12 and 24 months after."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    found = {row.months: row for row in course.follow_ups(project.id)}.get(months)
    if months not in FOLLOW_UP_MONTHS or found is None:
        raise NotFound
    require(may.answer_follow_up, project)
    if not found.is_open:
        raise RuleBroken("already_decided", _("This has already been answered, or its time has passed."))
    form = FollowUpForm()
    if form.validate_on_submit():
        try:
            services.answer_follow_up(
                actor,
                project,
                found,
                in_use=form.in_use.data or "",
                continues=form.continues.data or "",
                effects=form.effects.data or "",
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return _done(project, _("Thank you. Everybody who sees the project can read it now."))
    title = ngettext(
        "%(num)s month after: what became of it?", "%(num)s months after: what became of it?", months
    )
    return _page("follow_up", project, form, follow_up=found, title=title)


@bp.route("/<int:project_id>/hand-over", methods=["GET", "POST"])
def hand_over(project_id: int) -> Page:
    """The lead offers the project to a member; the member answers here too."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    offer = course.open_hand_over(project.id)
    is_mine = offer is not None and bool(may.answer_hand_over(actor, offer))
    if not is_mine:
        require(may.hand_over, project)
    members = course.other_members(project)
    form = None
    if offer is None:
        form = HandOverForm()
        form.to_person_id.choices = [("", _("Choose")), *((str(key), name) for key, name in members)]
        if form.validate_on_submit():
            try:
                leads.offer_hand_over(
                    actor, project, to_person_id=int(form.to_person_id.data), note=form.note.data or ""
                )
            except Invalid as refusal:
                form.take(refusal)
            else:
                return _done(project, _("The lead is offered. You lead until it is accepted."), "hand_over")
            project = queries.get(actor, project_id)
    return _page(
        "hand_over",
        project,
        form,
        offer=offer,
        to=dict(members).get(offer.to_person_id, "") if offer else "",
        is_mine=is_mine,
        has_members=bool(members),
    )


@bp.post("/<int:project_id>/hand-over/answer")
def answer_hand_over(project_id: int) -> Page:
    """Take the lead, or not."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    if request.form.get("decision") == "accept":
        leads.accept_hand_over(actor, project)
        return _done(project, _("You lead the project now."))
    form = HearingForm()
    leads.decline_hand_over(actor, project, note=form.text.data or "")
    return _done(project, _("You declined; the lead was told."))


@bp.post("/<int:project_id>/hand-over/withdraw")
def withdraw_hand_over(project_id: int) -> Page:
    """Take the offer back."""
    project = queries.get(current_actor(), project_id)
    leads.withdraw_hand_over(current_actor(), project)
    return _done(project, _("The offer is taken back."))
