"""Deciding about an outcome: confirm or return, object, settle, retract, and whether a problem is answered."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.access import Answer, insist
from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _, text_dir
from app.files import queries as files
from app.outcomes import policies, queries, services
from app.outcomes.forms.deciding import ConfirmForm, NoteForm, ObjectForm, RetractForm, ReturnForm, SettleForm
from app.outcomes.models import KINDS, LICENCES, OUTCOME_STATES, RETURN_CODES, SETTLE_CODES, Outcome
from app.outcomes.views import picture
from app.outcomes.views.blueprint import bp
from app.outcomes.views.pages import by_person, identifiers
from app.problems import queries as problems
from app.web.fields import seen_version
from app.web.guards import current_actor, require

Page = str | Response | tuple[str, int]


def _back(outcome: Outcome, said: str) -> Response:
    flash(said, "ok")
    return redirect(url_for("outcomes.show", outcome_id=outcome.id), 303)


def _demand_state(outcome: Outcome, verb: str) -> None:
    no = policies.blocked(outcome, verb)
    if no is not None:
        raise RuleBroken(no.code, no.text)


@bp.route("/<int:outcome_id>/confirm", methods=["GET", "POST"])
def confirm(outcome_id: int) -> Page:
    """Read it with its evidence, then confirm it or return it."""
    actor = current_actor()
    detail = queries.detail(actor, outcome_id)
    outcome = detail.outcome
    require(policies.confirm, outcome)
    _demand_state(outcome, "confirm")
    version = {"version": outcome.version}
    is_return = request.form.get("decision") == "return"
    posted = request.method == "POST"
    forms = {
        "confirm": ConfirmForm() if posted and not is_return else ConfirmForm(formdata=None, data=version),
        "return": ReturnForm(prefix="return-")
        if posted and is_return
        else ReturnForm(formdata=None, data=version, prefix="return-"),
    }
    form: Any = forms["return" if is_return else "confirm"]
    if posted and form.validate():
        try:
            seen, note = seen_version(form), form.note.data or ""
            if is_return:
                services.return_for_changes(actor, outcome, code=form.code.data, note=note, version=seen)
            else:
                services.confirm(actor, outcome, note=note, version=seen)
        except Invalid as refusal:
            form.take(refusal)
            detail = queries.detail(actor, outcome_id)
            outcome = detail.outcome
        else:
            said = _("It goes back to who claimed it.") if is_return else _("You have confirmed it.")
            return _back(outcome, said)
    page = render_template(
        "outcomes/confirm.html",
        **_shown(detail),
        form=form,
        forms_by=forms,
        decision="return" if is_return else "confirm",
        rounds=queries.rounds(outcome.id),
    )
    return page, 422 if form.errors else 200


def _shown(detail: queries.Detail) -> dict[str, Any]:
    """What those who decide read of it."""
    outcome = detail.outcome
    return {
        "detail": detail,
        "outcome": outcome,
        "state": OUTCOME_STATES[outcome.state],
        "picture": picture.draw(outcome.measures, text_dir() == "rtl"),
        "figures": picture.figures(outcome.measures),
        "contributors": by_person([row for row in detail.credits if row.state in {"asked", "accepted"}]),
        "kinds": KINDS,
        "licences": LICENCES,
        "identifiers": identifiers(outcome),
        "files": files.of(current_actor(), "outcome", outcome),
        "reasons": RETURN_CODES,
    }


def _one_form(
    outcome: Outcome, name: str, form_class: type[Any], act: Callable[[Any], Any], said: str, **values: Any
) -> Page:
    """A page with one form: sent back for mending, or done."""
    form = (
        form_class()
        if request.method == "POST"
        else form_class(formdata=None, data={"version": outcome.version})
    )
    key = outcome.id
    if form.is_submitted() and form.validate():
        try:
            act(form)
        except Invalid as refusal:
            form.take(refusal)
            outcome = queries.get(current_actor(), key)
        else:
            return _back(outcome, said)
    page = render_template(
        f"outcomes/{name}.html", outcome=outcome, state=OUTCOME_STATES[outcome.state], form=form, **values
    )
    return page, 422 if form.errors else 200


@bp.route("/<int:outcome_id>/object", methods=["GET", "POST"])
def object_to(outcome_id: int) -> Page:
    """Say that it is not right, while the days for it run."""
    actor = current_actor()
    outcome = queries.get(actor, outcome_id)
    insist(policies.object_to(actor, outcome, queries.partner_ids(outcome)))
    _demand_state(outcome, "object")

    def act(form: ObjectForm) -> None:
        services.object_to(actor, outcome, reason=form.reason.data or "", version=seen_version(form))

    said = _("Your objection is noted. It is not published until a lead has settled this.")
    return _one_form(outcome, "object", ObjectForm, act, said)


@bp.route("/<int:outcome_id>/settle", methods=["GET", "POST"])
def settle(outcome_id: int) -> Page:
    """Read both sides, then say what follows."""
    actor = current_actor()
    outcome = queries.get(actor, outcome_id)
    objection = queries.open_objection(outcome.id)
    insist(policies.settle(actor, outcome, objection.asked_by_id if objection else None))
    _demand_state(outcome, "settle")

    def act(form: SettleForm) -> None:
        services.settle(
            actor, outcome, code=form.code.data, note=form.note.data or "", version=seen_version(form)
        )

    said = _("The objection is settled, and both sides are told.")
    found = queries.objections(outcome.id)
    return _one_form(outcome, "settle", SettleForm, act, said, objections=found, settled=SETTLE_CODES)


@bp.route("/<int:outcome_id>/retract", methods=["GET", "POST"])
def retract(outcome_id: int) -> Page:
    """Take it back for good."""
    actor = current_actor()
    outcome = queries.get(actor, outcome_id)
    require(policies.retract, outcome)
    _demand_state(outcome, "retract")

    def act(form: RetractForm) -> None:
        services.retract(actor, outcome, reason=form.reason.data or "", version=seen_version(form))

    return _one_form(outcome, "retract", RetractForm, act, _("It is retracted."))


@bp.route("/<int:outcome_id>/answer", methods=["GET", "POST"])
def answer(outcome_id: int) -> Page:
    """Say as author, or as lead, whether its problem is answered."""
    actor = current_actor()
    outcome = queries.get(actor, outcome_id)
    answers, problem_id = queries.answers(outcome.id), outcome.problem_id
    if not answers or problem_id is None:
        raise NotFound
    problem = problems.survivor_of(problem_id)
    side, may = _side(outcome, problem)
    insist(may)
    form = NoteForm()
    if form.is_submitted() and form.validate():
        is_answered = request.form.get("decision") == "yes"
        try:
            done = services.answer(actor, outcome, side, is_answered=is_answered, note=form.note.data or "")
        except Invalid as refusal:
            form.take(refusal)
            outcome = queries.get(actor, outcome_id)
            problem = problems.survivor_of(problem_id)
        else:
            said = _("Thank you. The problem is answered.") if done else _("Thank you. Your word is noted.")
            return _back(outcome, said)
    page = render_template(
        "outcomes/answer.html",
        outcome=outcome,
        problem=problem,
        state=OUTCOME_STATES[outcome.state],
        form=form,
        side=side,
        answers=answers,
        picture=picture.draw(outcome.measures, text_dir() == "rtl"),
        figures=picture.figures(outcome.measures),
    )
    return page, 422 if form.errors else 200


def _side(outcome: Outcome, problem: Any) -> tuple[str, Answer]:
    """For which side the reader answers, and whether they may."""
    actor = current_actor()
    if policies.answer_as_author(actor, problem):
        return "author", True
    return "lead", policies.answer_as_lead(actor, problem, outcome)
