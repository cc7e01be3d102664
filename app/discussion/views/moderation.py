"""Reporting, the moderators' queue, a case, and the statement of reasons with its one reply."""

from typing import Any

from flask import flash, redirect, request, url_for

from app.core.access import insist
from app.core.errors import Invalid
from app.core.i18n import LazyText, _, _l
from app.discussion import policies, queries, services
from app.discussion.forms import AppealForm, DecisionForm, ReportForm
from app.discussion.models import DECISIONS
from app.discussion.queries.moderation import Case, appealed, content_label
from app.discussion.views.blueprint import bp, page
from app.web.fields import seen_version
from app.web.guards import current_actor

BUTTONS: dict[str, LazyText] = {
    "hide": _l("Hide it"),
    "restore": _l("Show it again"),
    "nothing": _l("Leave it as it is"),
    "acted": _l("It was dealt with on its own page"),
}


@bp.route("/report/<content>/<int:content_id>", methods=["GET", "POST"])
def report(content: str, content_id: int) -> Any:
    """Report a comment, file, translation or thing."""
    actor = current_actor()
    found = queries.to_report(actor, content, content_id)
    insist(policies.report(actor, found.found.author_id))
    form = ReportForm()
    back = found.about.path if content == "file" else found.found.path  # a file's own address fetches it
    if form.validate_on_submit():
        try:
            services.report(
                actor,
                content=content,
                content_id=content_id,
                reason=form.reason.data,
                text=form.text.data or "",
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("Thank you. Somebody looks at it, and you are told what was decided."), "ok")
            return redirect(back, 303)
    return page("report", found.about, form, found=found, back=back)


@bp.get("/moderation")
def moderation() -> Any:
    """The queue: what waits, and what was decided."""
    actor = current_actor()
    insist(policies.moderate_any(actor))
    decided = request.args.get("state") == "decided"
    cases = queries.case_page(actor, decided, request.args.get("page"))
    return page("moderation", cases=cases, decided=decided, content_label=content_label, decisions=DECISIONS)


@bp.route("/moderation/<int:case_id>", methods=["GET", "POST"])
def case(case_id: int) -> Any:
    """One case and its decision."""
    actor = current_actor()
    whole = queries.get_case(actor, case_id)
    before = whole.first.decided_by_id if whole.first else None
    may = policies.decide(actor, whole.case, whole.concerned, before)
    form = DecisionForm(data={"version": str(whole.case.version)})
    if form.validate_on_submit():
        try:
            services.decide(
                actor,
                case_id,
                decision=request.form.get("decision", ""),
                reason=form.reason.data,
                note=form.note.data,
                version=seen_version(form),
            )
        except Invalid as refusal:
            form.take(refusal)
            whole = queries.get_case(actor, case_id)
        else:
            flash(_("Decided. The people concerned are told, with your reasons."), "ok")
            return redirect(url_for("discussion.moderation"), 303)
    return page(
        "case",
        None,
        form,
        whole=whole,
        may=may,
        label=content_label(whole.case.content),
        answers=_answers(whole),
        decisions=DECISIONS,
    )


def _answers(whole: Case) -> list[dict[str, Any]]:
    return [{"value": code, "label": BUTTONS[code]} for code in whole.decisions]


@bp.route("/statements/<int:case_id>", methods=["GET", "POST"])
def statement(case_id: int) -> Any:
    """What was decided and why, for those concerned; POST replies to it, once."""
    actor = current_actor()
    whole = queries.get_statement(actor, case_id)
    again = appealed(case_id)
    may = policies.appeal(actor, whole.case, whole.reporters) if again is None else False
    form = AppealForm() if may else None
    if request.method == "POST":
        insist(may)
    if form is not None and form.validate_on_submit():
        try:
            services.appeal(actor, case_id, text=form.text.data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("Your reply is sent. Somebody else looks at it again, and you are told."), "ok")
            return redirect(url_for("discussion.statement", case_id=case_id), 303)
    return page(
        "statement",
        None,
        form,
        whole=whole,
        is_author=actor.id == whole.case.author_id,
        again=again,
        label=content_label(whole.case.content),
        decisions=DECISIONS,
    )
