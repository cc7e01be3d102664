"""Who is named in an outcome: naming people, and one's own answer."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _
from app.core.text import is_key
from app.outcomes import policies, queries, services
from app.outcomes.forms.deciding import NoteForm
from app.outcomes.forms.writing import NameForm
from app.outcomes.models import CREDIT_STATES, DEGREES, OUTCOME_STATES, ROLES
from app.outcomes.views.blueprint import bp
from app.web.guards import current_actor, require

Page = str | Response | tuple[str, int]


@bp.route("/<int:outcome_id>/people", methods=["GET", "POST"])
def people(outcome_id: int) -> Page:
    """Name people with their roles: those around the work, or others found by name."""
    actor = current_actor()
    outcome = queries.get(actor, outcome_id)
    require(policies.name, outcome)
    no = policies.blocked(outcome, "name")
    if no is not None:
        raise RuleBroken(no.code, no.text)
    form = NameForm()
    typed = form.person.data if form.is_submitted() else request.args.get("person", "")
    chosen = queries.can_be_named(actor, outcome, int(typed)) if typed and is_key(typed) else None
    if not form.is_submitted():
        form.person.data = str(chosen.id) if chosen else ""
    elif form.validate() and chosen is not None:
        try:
            credit = services.name(
                actor, outcome, person_id=chosen.id, role=form.role.data, degree=form.degree.data
            )
        except Invalid as refusal:
            form.take(refusal)
            outcome = queries.get(actor, outcome_id)
            chosen = queries.can_be_named(actor, outcome, int(typed or 0))
        else:
            said = (
                _("You are named.")
                if credit.state == "accepted"
                else _("The person is asked, and is shown once they accept.")
            )
            flash(said, "ok")
            return redirect(url_for("outcomes.people", outcome_id=outcome.id), 303)
    words = "" if chosen else request.args.get("q", "")[:200]
    page = render_template(
        "outcomes/people.html",
        outcome=outcome,
        state=OUTCOME_STATES[outcome.state],
        form=form,
        chosen=chosen,
        words=words,
        found=queries.find_people(actor, words) if words else [],
        around=[] if chosen else queries.around(outcome),
        named=queries.credits_of(outcome.id),
        roles=ROLES,
        degrees=DEGREES,
        states=CREDIT_STATES,
        is_open=policies.blocked(outcome, "edit") is None,
    )
    return page, 422 if form.errors else 200


@bp.route("/<int:outcome_id>/people/<int:credit_id>/take-back", methods=["POST"])
def take_name_back(outcome_id: int, credit_id: int) -> Page:
    """Ask no longer."""
    outcome = queries.get(current_actor(), outcome_id)
    services.take_name_back(current_actor(), outcome, credit_id=credit_id)
    flash(_("The person is asked no longer."), "ok")
    return redirect(url_for("outcomes.people", outcome_id=outcome.id), 303)


@bp.route("/<int:outcome_id>/credit", methods=["GET", "POST"])
def own_credit(outcome_id: int) -> Page:
    """One's own part: accept or decline to be named, or take one's name out."""
    actor = current_actor()
    outcome = queries.get(actor, outcome_id)
    require(policies.answer_credit, outcome)
    form = NoteForm()
    if form.is_submitted() and form.validate():
        decision, note = request.form.get("decision"), form.note.data or ""
        if decision == "withdraw":
            services.withdraw_credit(actor, outcome, note=note)
            flash(_("Your name is taken out."), "ok")
        else:
            services.answer_credit(actor, outcome, accept=decision == "accept", note=note)
            said: Any = _("You are named.") if decision == "accept" else _("You are not named.")
            flash(said, "ok")
        # Who was named alone sees it no more once they said no; their own list is theirs in any case.
        return redirect(url_for("outcomes.mine"), 303)
    own = [row for row in queries.credits_of(outcome.id) if row.person_id == actor.id]
    page = render_template(
        "outcomes/credit.html",
        outcome=outcome,
        state=OUTCOME_STATES[outcome.state],
        form=form,
        asked=[row for row in own if row.state == "asked"],
        held=[row for row in own if row.state == "accepted"],
        roles=ROLES,
        degrees=DEGREES,
    )
    return page, 422 if form.errors else 200
