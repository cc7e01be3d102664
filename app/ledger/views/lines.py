"""The page of a line, and the steps that each side may take."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.access import Answer, No
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import LazyText, _, _l, get_locale
from app.core.quantities import unit_label
from app.ledger import policies, queries, services
from app.ledger.forms import DeliverForm, RateForm, ReasonForm, ReverseForm, SettleForm, StepForm
from app.ledger.models import LINE_STATES, RATINGS, LedgerLine
from app.ledger.views.blueprint import bp
from app.ledger.views.words import history
from app.projects.queries import short as projects
from app.web.fields import seen_version
from app.web.guards import current_actor, public, require

Page = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Step:
    """A step: who may, its form, the states that allow it (as moves), what is said when it is done."""

    may: Callable[..., Answer]
    form: type[Any]
    act: Callable[..., Any]
    moves: tuple[str, ...]
    done: LazyText

    def is_open(self, line: LedgerLine) -> bool:
        """Whether the state of the line allows it now."""
        return line.reverses_id is None and any(LINE_STATES.allows(line, move) for move in self.moves)


STEPS = {
    "deliver": Step(
        policies.deliver, DeliverForm, services.deliver, ("deliver",),
        _l("It is noted. The other side confirms that it came; then it counts."),
    ),
    "receive": Step(
        policies.receive, StepForm, services.receive, ("receive",), _l("It is received, and counts from now."),
    ),
    "rate": Step(
        policies.rate, RateForm, services.rate, ("rate",), _l("Thank you. The other side reads what it was worth to you."),
    ),
    "recall": Step(
        policies.deliver, StepForm, services.recall, ("recall",), _l("It is taken back. It is promised, as before."),
    ),
    "waive": Step(
        policies.waive, ReasonForm, services.waive, ("waive",), _l("Nobody owes it any more, and the other side was told."),
    ),
    "dispute": Step(
        policies.dispute, ReasonForm, services.dispute, ("dispute",),
        _l("A mediator was asked. Until it is settled, nothing counts."),
    ),
    "settle": Step(
        policies.settle, SettleForm, services.settle, ("settle_received",), _l("It is settled, and both sides were told."),
    ),
    "reverse": Step(
        policies.reverse, ReverseForm, services.reverse, ("reverse",),
        _l("It does not count any more. What was written stays, and a new line takes it back."),
    ),
}  # fmt: skip


def possible(line: LedgerLine) -> list[str]:
    """The steps that the reader may take now, the likeliest first."""
    actor = current_actor()
    return [verb for verb, step in STEPS.items() if step.is_open(line) and step.may(actor, line)]


def _refused(line: LedgerLine, verbs: list[str]) -> str:
    """Why somebody of a side may not take the step that comes next; empty where the question does not arise."""
    actor = current_actor()
    if verbs or not any(policies.belongs_to(actor, line, side) for side in ("giver", "receiver")):
        return ""
    for verb in ("deliver", "receive", "settle", "rate"):
        answer = STEPS[verb].may(actor, line)
        if STEPS[verb].is_open(line) and isinstance(answer, No):
            return str(answer.text)
    return ""


@bp.get("/lines/<int:line_id>")
@public
def line(line_id: int) -> Page:
    """A line: who gives, who gains, how far it is, what can be done, and its whole history."""
    actor = current_actor()
    found = queries.get(actor, line_id)
    verbs, is_inside = possible(found), policies.is_inside(actor, found)
    return render_template(
        "ledger/line.html",
        line=found,
        state=LINE_STATES[found.state],
        entries=history(queries.events_of(found.id), found, is_inside=is_inside),
        is_inside=is_inside,
        beside=queries.beside(actor, found),
        project=next(iter(projects.titles(actor, [found.project_id])), None) if found.project_id else None,
        verbs=verbs,
        refusal=_refused(found, verbs),
        ratings=RATINGS,
        pool=queries.pool_name(found.consortium.names) if found.consortium else "",
        consortium_name=found.consortium.name_in(get_locale()) if found.consortium else "",
    )


@bp.route(
    "/lines/<int:line_id>/<any(deliver, receive, rate, recall, waive, dispute, settle, reverse):verb>",
    methods=["GET", "POST"],
)
def step(line_id: int, verb: str) -> Page:
    """One step of a line: asked on a page of its own, so that it says what follows from it."""
    actor = current_actor()
    found, asked = queries.get(actor, line_id), STEPS[verb]
    require(asked.may, found)
    if not asked.is_open(found):
        label = LINE_STATES[found.state].label
        raise RuleBroken(
            "wrong_state", _("This is “%(state)s” now, so that cannot be done any more.", state=label)
        )
    form = asked.form(data=_filled(found)) if request.method == "GET" else asked.form()
    if form.validate_on_submit():
        values = {name: field.data for name, field in form._fields.items() if name != "version"}
        if verb == "rate":
            values["rating"] = int(values["rating"])
        try:
            asked.act(actor, found, **values, version=seen_version(form))
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(str(asked.done), "ok")
            return redirect(url_for("ledger.line", line_id=line_id), 303)
        found = queries.get(actor, line_id)
    page = render_template(
        "ledger/step.html",
        line=found,
        verb=verb,
        form=form,
        unit=unit_label(found.unit),
        pool=queries.pool_name(found.consortium.names) if found.consortium else "",
    )
    return page, 422 if form.errors else 200


def _filled(line: LedgerLine) -> dict[str, Any]:
    return {"version": line.last_event_id, "quantity": line.amount, "again": True}
