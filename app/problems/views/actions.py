"""What happens around a problem: endorse, follow, take back, withdraw, renew, close, merge, open again."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _
from app.core.text import key_of
from app.problems import policies, queries, services
from app.problems.forms import CloseForm, EndorseForm, MergeForm, RenewForm, ReopenForm, WithdrawForm
from app.problems.models import Problem
from app.problems.views.blueprint import bp
from app.web.fields import seen_version
from app.web.guards import current_actor, public, require

Page = str | Response | tuple[str, int]
MOVES = {
    "withdraw": policies.withdraw,
    "renew": policies.renew,
    "close": policies.close,
    "merge": policies.merge,
}


def _back(problem: Problem) -> Response:
    return redirect(url_for("problems.show", problem_id=problem.id), 303)


@bp.route("/<int:problem_id>/recall", methods=["POST"])
def recall(problem_id: int) -> Page:
    """Take it back out of review."""
    problem = queries.get(current_actor(), problem_id)
    services.recall(current_actor(), problem, version=seen_version())
    flash(_("It is a draft again."), "ok")
    return redirect(url_for("problems.edit", problem_id=problem.id), 303)


@bp.route("/<int:problem_id>/follow", methods=["POST"])
def follow(problem_id: int) -> Page:
    """Get news of it."""
    problem = queries.get(current_actor(), problem_id)
    services.follow(current_actor(), problem)
    flash(_("You follow it now, and are told when it changes."), "ok")
    return _back(problem)


@bp.route("/<int:problem_id>/unfollow", methods=["POST"])
def unfollow(problem_id: int) -> Page:
    """Get no more news of it."""
    problem = queries.get(current_actor(), problem_id)
    services.unfollow(current_actor(), problem)
    flash(_("You follow it no more."), "ok")
    return _back(problem)


@bp.route("/<int:problem_id>/endorsements")
@public
def endorsements(problem_id: int) -> Page:
    """All institutions that have the problem too, with their countries and what they say."""
    actor = current_actor()
    problem = queries.get(actor, problem_id)
    return render_template(
        "problems/endorsements.html", problem=problem, rows=queries.endorsements(actor, problem.id)
    )


@bp.route("/<int:problem_id>/endorse", methods=["GET", "POST"])
def endorse(problem_id: int) -> Page:
    """Say for an institution that it has this problem too."""
    actor = current_actor()
    problem = queries.get(actor, problem_id)
    require(policies.endorse, problem)
    no = policies.blocked(problem, "endorse")
    if no is not None:
        raise RuleBroken(no.code, no.text)
    form = EndorseForm()
    form.institution.choices = [(str(key), name) for key, name in queries.may_endorse(actor, problem)]
    if not form.institution.choices:
        raise RuleBroken("already_endorsed", _("Your institution has said this already."))
    if form.validate_on_submit():
        services.endorse(actor, problem, institution_id=int(form.institution.data), note=form.note.data or "")
        flash(_("Thank you. Everybody sees now that your institution has this problem too."), "ok")
        return _back(problem)
    page = render_template("problems/endorse.html", problem=problem, form=form)
    return page, 422 if form.errors else 200


@bp.route("/<int:problem_id>/endorse/withdraw", methods=["POST"])
def withdraw_endorsement(problem_id: int) -> Page:
    """Take the institution's word back."""
    problem = queries.get(current_actor(), problem_id)
    institution_id = key_of(request.form.get("institution"))
    if institution_id is None:
        raise NotFound
    services.withdraw_endorsement(current_actor(), problem, institution_id=institution_id)
    flash(_("The endorsement has been taken back."), "ok")
    return _back(problem)


# ---- moves with a page of their own, which says what will happen ---------------------------------------------


def _move_page(
    problem_id: int, verb: str, form_class: type[Any], act: Callable[[Problem, Any], None], said: str
) -> Page:
    """A page with a form for one move: refused with the reason, sent back for mending, or done."""
    actor = current_actor()
    problem = queries.get(actor, problem_id)
    _require_move(problem, verb)
    no = policies.blocked(problem, verb)
    if no is not None:
        raise RuleBroken(no.code, no.text)
    form = form_class() if request.method == "POST" else form_class(data=_begin(problem, verb))
    if form.is_submitted() and form.validate():
        try:
            act(problem, form)
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(said, "ok")
            # A lead who opens a problem again gives it back to its author, out of their own sight.
            seen = policies.view(actor, problem)
            return _back(problem) if seen else redirect(url_for("problems.index"), 303)
    page = render_template(
        "problems/move.html",
        problem=problem,
        form=form,
        verb=verb,
        reason_needed=problem.author_id != actor.id and policies.needs_reason(actor, problem),
    )
    return page, 422 if form.errors else 200


def _require_move(problem: Problem, verb: str) -> None:
    if verb == "reopen":
        newest = queries.newest_review(problem.id)
        require(policies.reopen, problem, newest.decided_by_id if newest else None)
    else:
        require(MOVES[verb], problem)


def _begin(problem: Problem, verb: str) -> dict[str, Any]:
    values: dict[str, Any] = {"version": problem.version}
    if verb == "renew" and problem.is_open and problem.has_end:
        values["closes_on"] = problem.closes_on
    return values


@bp.route("/<int:problem_id>/withdraw", methods=["GET", "POST"])
def withdraw(problem_id: int) -> Page:
    """Take it away."""

    def act(problem: Problem, form: Any) -> None:
        services.withdraw(current_actor(), problem, note=form.note.data or "", version=seen_version(form))

    return _move_page(problem_id, "withdraw", WithdrawForm, act, _("It has been withdrawn."))


@bp.route("/<int:problem_id>/renew", methods=["GET", "POST"])
def renew(problem_id: int) -> Page:
    """Give it a new last day."""

    def act(problem: Problem, form: Any) -> None:
        services.renew(
            current_actor(),
            problem,
            closes_on=form.closes_on.data,
            note=form.note.data or "",
            version=seen_version(form),
        )

    return _move_page(problem_id, "renew", RenewForm, act, _("It has been renewed."))


@bp.route("/<int:problem_id>/close", methods=["GET", "POST"])
def close(problem_id: int) -> Page:
    """Take no more teams."""

    def act(problem: Problem, form: Any) -> None:
        services.close(current_actor(), problem, note=form.note.data or "", version=seen_version(form))

    return _move_page(problem_id, "close", CloseForm, act, _("It has been closed."))


@bp.route("/<int:problem_id>/merge", methods=["GET", "POST"])
def merge(problem_id: int) -> Page:
    """Let another problem take over."""

    def act(problem: Problem, form: Any) -> None:
        services.merge(
            current_actor(),
            problem,
            survivor_id=form.survivor_id(),
            note=form.note.data or "",
            version=seen_version(form),
        )

    return _move_page(problem_id, "merge", MergeForm, act, _("It has been merged."))


@bp.route("/<int:problem_id>/reopen", methods=["GET", "POST"])
def reopen(problem_id: int) -> Page:
    """Make it a draft again."""

    def act(problem: Problem, form: Any) -> None:
        services.reopen(current_actor(), problem, note=form.note.data or "", version=seen_version(form))

    return _move_page(
        problem_id,
        "reopen",
        ReopenForm,
        act,
        _("It is open again, as a draft of its author."),
    )
