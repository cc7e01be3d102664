"""The review: what was sent, what changed between the rounds, what was said, and the decision."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.i18n import _, _l
from app.problems import policies, queries, services
from app.problems.forms import CommentForm, MergeForm, PublishForm, RejectForm, ReturnForm
from app.problems.models import PARTS, PROBLEM_STATES, REJECTION_CODES, Problem
from app.problems.views.blueprint import bp
from app.problems.views.words import in_words
from app.web.fields import seen_version
from app.web.guards import current_actor, require

FORMS = {"publish": PublishForm, "return": ReturnForm, "reject": RejectForm, "merge": MergeForm}
OUTCOMES = {
    "published": _l("Published"),
    "returned": _l("Returned with wishes"),
    "recalled": _l("Taken back by its author"),
    "withdrawn": _l("Withdrawn by its author"),
    "merged": _l("Merged into another problem"),
    "automatic": _l("Ended because its author left"),
}
Page = str | Response | tuple[str, int]


@bp.route("/<int:problem_id>/review", methods=["GET", "POST"])
def review(problem_id: int) -> Page:
    """The page of a review; POST decides (`decision` is publish, return, reject or merge)."""
    problem = queries.get(current_actor(), problem_id)
    require(policies.read_review, problem)
    decision = request.form.get("decision", "")
    lines = "add" in request.form or "remove" in request.form
    if request.method == "POST" and lines:
        decision = "return"
    forms = _forms(problem, decision)
    form = forms.get(decision)
    if form is not None and lines:
        _change_lines(form)
    elif form is not None and form.validate():
        answer = _decide(problem, decision, form)
        if answer is not None:
            return answer
    return _page(problem, forms, decision)


def _forms(problem: Problem, decision: str) -> dict[str, Any]:
    """All four forms, the one that was sent with what was typed."""
    return {
        name: kind(prefix=name)
        if name == decision
        else kind(formdata=None, prefix=name, data={"version": problem.version})
        for name, kind in FORMS.items()
    }


def _change_lines(form: ReturnForm) -> None:
    if "add" in request.form and len(form.wishes.entries) < form.wishes.max_entries:
        form.wishes.append_entry()
    remove = request.form.get("remove")
    form.wishes.entries = [entry for entry in form.wishes.entries if entry.name != remove]


def _decide(problem: Problem, decision: str, form: Any) -> Response | None:
    """Make the decision; the next page, or None when something on the form needs mending."""
    actor, version = current_actor(), seen_version(form)
    note = form.note.data or ""
    actions: dict[str, Callable[[], None]] = {
        "publish": lambda: services.publish(actor, problem, note=note, version=version),
        "return": lambda: services.return_for_changes(
            actor, problem, note=note, wishes=form.kept(), version=version
        ),
        "reject": lambda: services.reject(actor, problem, code=form.code.data, note=note, version=version),
        "merge": lambda: services.merge(
            actor, problem, survivor_id=form.survivor_id(), note=note, version=version
        ),
    }
    said = {
        "publish": _("Published. The author has been told."),
        "return": _("Returned. The author has been told what you wish."),
        "reject": _("Not accepted. The author has been told why."),
        "merge": _("Merged. The author and those who follow it have been told."),
    }
    try:
        actions[decision]()
    except Invalid as refusal:
        form.take(refusal)
        return None
    flash(said[decision], "ok")
    page = "problems.show" if decision in {"publish", "merge"} else "problems.review"
    return redirect(url_for(page, problem_id=problem.id), 303)


def _page(problem: Problem, forms: dict[str, Any], decision: str, comment: CommentForm | None = None) -> Page:
    actor = current_actor()
    brings, needs = queries.lines(problem.id)
    said = queries.comments(problem.id)
    sent = forms.get(decision) or comment
    wrong = sent is not None and bool(sent.errors)
    decides = policies.decide(actor, problem)
    page = render_template(
        "problems/review.html",
        problem=problem,
        state=PROBLEM_STATES[problem.state],
        words=in_words(problem, brings, needs),
        rounds=queries.rounds(problem.id),
        wishes=[one for one in said if one.is_wish],
        said=[one for one in said if not one.is_wish],
        forms_by=forms,
        forms_sent=sent,
        outcomes=OUTCOMES,
        decision=decision,
        has_errors=wrong,
        can_decide=bool(decides) and problem.state == "submitted",
        why_not_decide="" if decides else str(getattr(decides, "text", "")),
        publish_blocked=policies.blocked(problem, "publish"),
        reason_needed=bool(decides) and policies.needs_reason(actor, problem),
        can_tick=bool(decides),
        can_comment=problem.state in {"submitted", "needs_changes"}
        and bool(policies.comment(actor, problem)),
        comment_form=comment or CommentForm(formdata=None),
        is_author=actor.id == problem.author_id,
        parts=PARTS,
        rejections=REJECTION_CODES,
        similar=queries.similar(actor, problem) if decides and problem.state == "submitted" else [],
    )
    return page, 422 if wrong else 200


@bp.route("/<int:problem_id>/review/comments", methods=["POST"])
def comment(problem_id: int) -> Page:
    """Say something in the review."""
    actor = current_actor()
    problem = queries.get(actor, problem_id)
    require(policies.read_review, problem)
    form = CommentForm()
    if form.validate():
        try:
            services.comment(actor, problem, text=form.text.data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("Sent."), "ok")
            return redirect(url_for("problems.review", problem_id=problem.id) + "#said", 303)
    return _page(problem, _forms(problem, ""), "", form)


@bp.route("/<int:problem_id>/review/wishes/<int:comment_id>", methods=["POST"])
def tick_wish(problem_id: int, comment_id: int) -> Page:
    """Say that a wish is met, or that it is not after all."""
    actor = current_actor()
    problem = queries.get(actor, problem_id)
    require(policies.read_review, problem)
    services.tick_wish(actor, problem, comment_id=comment_id, met=request.form.get("met") == "1")
    return redirect(url_for("problems.review", problem_id=problem.id) + "#wishes", 303)
