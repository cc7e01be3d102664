"""The review: what was sent, what changed between the rounds, and the decision."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.i18n import _, _l
from app.projects import policies, queries, services
from app.projects.forms.deciding import AcceptForm, RejectForm, ReturnForm
from app.projects.models import PARTS, PROJECT_STATES, REJECTION_CODES, Project
from app.projects.views.blueprint import bp
from app.projects.views.words import in_words, partner_row
from app.projects.views.writing import answers_of
from app.web.fields import seen_version
from app.web.guards import current_actor, require

FORMS = {"accept": AcceptForm, "return": ReturnForm, "reject": RejectForm}
OUTCOMES = {
    "accepted": _l("Accepted"),
    "returned": _l("Returned with wishes"),
    "recalled": _l("Taken back by its lead"),
    "withdrawn": _l("Withdrawn by its lead"),
    "automatic": _l("Ended because its lead left"),
}
Page = str | Response | tuple[str, int]


@bp.route("/<int:project_id>/review", methods=["GET", "POST"])
def review(project_id: int) -> Page:
    """The page of a review; POST decides (`decision` is accept, return or reject)."""
    project = queries.get(current_actor(), project_id)
    require(policies.read_review, project)
    decision = request.form.get("decision", "")
    forms = {
        name: kind(prefix=name)
        if name == decision
        else kind(formdata=None, prefix=name, data={"version": project.version})
        for name, kind in FORMS.items()
    }
    form = forms.get(decision)
    if form is not None and form.validate():
        answer = _decide(project, decision, form)
        if answer is not None:
            return answer
        project = queries.get(current_actor(), project_id)
    return _page(project, forms, decision)


def _decide(project: Project, decision: str, form: Any) -> Response | None:
    actor, note, version = current_actor(), form.note.data or "", seen_version(form)
    actions: dict[str, Callable[[], None]] = {
        "accept": lambda: services.accept(actor, project, note=note, version=version),
        "return": lambda: services.return_for_changes(actor, project, note=note, version=version),
        "reject": lambda: services.reject(actor, project, code=form.code.data, note=note, version=version),
    }
    said = {
        "accept": _("Accepted. Its lead, members and partners have been told."),
        "return": _("Returned. Its lead has been told what you wish."),
        "reject": _("Not accepted. Its lead has been told why."),
    }
    try:
        actions[decision]()
    except Invalid as refusal:
        form.take(refusal)
        return None
    flash(said[decision], "ok")
    page = "projects.show" if decision == "accept" else "projects.review"
    return redirect(url_for(page, project_id=project.id), 303)


def _page(project: Project, forms: dict[str, Any], decision: str) -> Page:
    actor = current_actor()
    sent = forms.get(decision)
    wrong = sent is not None and bool(sent.errors)
    decides = policies.decide(actor, project)
    can_decide = bool(decides) and project.state == "submitted"
    partners, asked = queries.partners_of(actor, project)
    page = render_template(
        "projects/review.html",
        project=project,
        state=PROJECT_STATES[project.state],
        words=in_words(project),
        answers=answers_of(project, queries.values_of(actor, project)) if can_decide else None,
        partners=[partner_row(row, project.language) for row in partners],
        asked=asked,
        rounds=queries.rounds(project.id),
        forms_by=forms,
        forms_sent=sent,
        outcomes=OUTCOMES,
        decision=decision,
        can_decide=can_decide,
        why_not_decide="" if decides else str(getattr(decides, "text", "")),
        accept_blocked=policies.blocked(project, "accept"),
        reason_needed=bool(decides) and policies.needs_reason(actor, project),
        is_lead=actor.id == project.lead_id,
        parts=PARTS,
        rejections=REJECTION_CODES,
        similar=queries.similar(actor, project) if can_decide else [],
    )
    return page, 422 if wrong else 200
