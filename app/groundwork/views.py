"""The pages of a team's groundwork: its state with the fourteen questions, and each question by itself."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Invalid, NotFound
from app.core.i18n import _, get_locale
from app.core.text import key_of
from app.groundwork import policies, queries, services
from app.groundwork.forms import AnswerForm, LineForm, ReopenForm
from app.groundwork.models import GROUNDWORK_STATES, QUESTIONS
from app.teams.models import Team
from app.teams.queries import records as teams
from app.web.fields import seen_version
from app.web.guards import current_actor, require

bp = Blueprint("groundwork", __name__, url_prefix="/teams", template_folder="templates")
UNPROCESSABLE = 422
Page = str | Response | tuple[str, int]


def _crumbs(team: Team, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Teams"), url_for("teams.index")),
        (f"{team.number} {team.name}", url_for("teams.show", team_id=team.id)),
        *more,
    ]


def _done(team: Team, said: str, question: str = "") -> Response:
    flash(said, "ok")
    if question:
        return redirect(url_for("groundwork.question", team_id=team.id, code=question), 303)
    return redirect(url_for("groundwork.show", team_id=team.id), 303)


def _tasks(view: queries.View, current: str = "") -> list[dict[str, Any]]:
    """The fourteen questions as a task list: one's own answers while they are closed, the team's lines afterwards."""
    alone = view.groundwork is not None and view.groundwork.state == "answering"
    found = []
    for code, asked in view.questions.items():
        if alone:
            state = (
                {"label": _("You answered"), "tone": "ok"}
                if asked.own is not None
                else {"label": _("To answer")}
            )
        elif asked.line is None:
            state = (
                {"label": _("Answers differ"), "tone": "warn"} if asked.marks else {"label": _("No line yet")}
            )
        else:
            state = {"label": _("Line written"), "tone": "ok"}
        found.append(
            {
                "label": QUESTIONS[code].name,
                "url": url_for("groundwork.question", team_id=view.team.id, code=code),
                "state": state,
                "current": code == current,
            }
        )
    return found


def _next_open(view: queries.View, code: str) -> str:
    """The question to answer after this one: the next without an answer, empty when all have one."""
    codes = list(QUESTIONS)
    at = codes.index(code)
    ahead = codes[at + 1 :] + codes[:at]
    return next((other for other in ahead if view.questions[other].own is None), "")


# ---- the whole ---------------------------------------------------------------------------------------------------


def _shown(team: Team, form: ReopenForm | None = None) -> Page:
    actor = current_actor()
    view = queries.view(actor, team)
    groundwork = view.groundwork
    page = render_template(
        "groundwork/show.html",
        team=team,
        crumbs=_crumbs(team),
        view=view,
        groundwork=groundwork,
        state=GROUNDWORK_STATES[groundwork.state] if groundwork else None,
        questions=QUESTIONS,
        tasks=_tasks(view),
        is_over=team.state not in queries.RUNNING,
        runs=bool(policies.run(actor, team)),
        is_due=groundwork is not None and groundwork.due_at is not None and groundwork.due_at <= clock.now(),
        form=form or ReopenForm(formdata=None),
    )
    return page, UNPROCESSABLE if form is not None and form.errors else 200


@bp.route("/<int:team_id>/groundwork")
def show(team_id: int) -> Page:
    """How far it is; for members the questions, the answers and the lines, for those who decide about the team no more."""
    actor = current_actor()
    team = teams.get(actor, team_id)
    if policies.take_part(actor, team):
        return _shown(team)
    if not policies.see_state(actor, team):
        raise NotFound
    groundwork = queries.of_team(team.id)
    return render_template(
        "groundwork/state.html",
        team=team,
        crumbs=_crumbs(team),
        state=GROUNDWORK_STATES[groundwork.state] if groundwork else None,
        groundwork=groundwork,
    )


@bp.post("/<int:team_id>/groundwork/begin")
def begin(team_id: int) -> Page:
    """Ask the members."""
    team = teams.get(current_actor(), team_id)
    services.begin(current_actor(), team)
    return _done(
        team, _("Every member of the team was asked. Nobody sees another’s answers before all have answered.")
    )


@bp.post("/<int:team_id>/groundwork/hand-in")
def hand_in(team_id: int) -> Page:
    """Hand one's answers in."""
    team = teams.get(current_actor(), team_id)
    if services.hand_in(current_actor(), team):
        return _done(team, _("Yours were the last answers: now they stand side by side."))
    return _done(team, _("Your answers are handed in. They are opened when the others have answered too."))


@bp.post("/<int:team_id>/groundwork/open")
def open_answers(team_id: int) -> Page:
    """Open the answers after the due date."""
    team = teams.get(current_actor(), team_id)
    services.open_answers(current_actor(), team)
    return _done(team, _("The answers stand side by side now."))


@bp.post("/<int:team_id>/groundwork/confirm")
def confirm(team_id: int) -> Page:
    """Put the lines to the members."""
    team = teams.get(current_actor(), team_id)
    services.confirm(current_actor(), team, version=seen_version())
    return _done(team, _("Confirmed, and accepted by you. The other members were asked to accept the lines."))


@bp.post("/<int:team_id>/groundwork/accept")
def accept(team_id: int) -> Page:
    """Accept the lines."""
    team = teams.get(current_actor(), team_id)
    if services.accept(current_actor(), team, seen_round=key_of(request.form.get("round"))):
        return _done(team, _("All members have accepted the lines: the fourteen questions are settled."))
    return _done(team, _("You accepted the lines."))


@bp.post("/<int:team_id>/groundwork/reopen")
def reopen(team_id: int) -> Page:
    """Write the lines again."""
    team = teams.get(current_actor(), team_id)
    require(policies.take_part, team)
    form = ReopenForm()
    if form.validate_on_submit():
        try:
            services.reopen(current_actor(), team, note=form.note.data or "")
        except Invalid as refusal:
            form.take(refusal)
        else:
            return _done(team, _("The lines can be written again. The team was told why."))
    return _shown(teams.get(current_actor(), team_id), form)


# ---- one question ------------------------------------------------------------------------------------------------


@bp.route("/<int:team_id>/groundwork/<code>", methods=["GET", "POST"])
def question(team_id: int, code: str) -> Page:
    """Answer a question alone; later read all answers to it and write the team's line."""
    actor = current_actor()
    team = teams.get(actor, team_id)
    require(policies.take_part, team)
    view = queries.view(actor, team)
    if code not in QUESTIONS or view.groundwork is None:
        raise NotFound
    if view.groundwork.state == "answering":
        return _answer(team, view, code)
    return _line(team, view, code)


def _answer(team: Team, view: queries.View, code: str) -> Page:
    own = view.questions[code].own
    said = {asked.own.language for asked in view.questions.values() if asked.own is not None}
    start = {
        "text": own.text if own is not None else "",
        "language": own.language if own is not None else min(said, default=get_locale()),
    }
    form = AnswerForm(formdata=None, data=start) if request.method == "GET" else AnswerForm()
    if form.validate_on_submit():
        try:
            services.save_answer(
                current_actor(),
                team,
                question=code,
                text=form.text.data or "",
                language=form.language.data,
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            after = "" if request.form.get("then") == "list" else _next_open(view, code)
            return _done(team, _("Saved. Only you can read it."), after)
        team = teams.get(current_actor(), team.id)
    return _question_page("answer", team, view, code, form)


def _line(team: Team, view: queries.View, code: str) -> Page:
    line = view.questions[code].line
    start = {
        "text": line.text if line is not None else "",
        "language": line.language if line is not None else team.language,
        "seen": str(line.number if line is not None else 0),
    }
    form = LineForm(formdata=None, data=start) if request.method == "GET" else LineForm()
    if form.validate_on_submit():
        try:
            services.write_line(
                current_actor(),
                team,
                question=code,
                text=form.text.data or "",
                language=form.language.data,
                seen=key_of(form.seen.data),
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return _done(team, _("The line stands."), code if request.form.get("then") == "stay" else "")
        team = teams.get(current_actor(), team.id)
    return _question_page("line", team, view, code, form)


def _question_page(name: str, team: Team, view: queries.View, code: str, form: Any) -> Page:
    codes = list(QUESTIONS)
    page = render_template(
        f"groundwork/{name}.html",
        team=team,
        crumbs=_crumbs(team, (_("Fourteen questions"), url_for("groundwork.show", team_id=team.id))),
        view=view,
        groundwork=view.groundwork,
        asked=view.questions[code],
        question=QUESTIONS[code],
        number=codes.index(code) + 1,
        following=codes[codes.index(code) + 1] if code != codes[-1] else "",
        tasks=_tasks(view, code),
        form=form,
        is_over=team.state not in queries.RUNNING,
    )
    return page, UNPROCESSABLE if form.errors else 200


@bp.post("/<int:team_id>/groundwork/<code>/mark")
def mark(team_id: int, code: str) -> Page:
    """Say that answers differ, or take that back."""
    team = teams.get(current_actor(), team_id)
    differs = request.form.get("differs") == "1"
    services.mark(current_actor(), team, question=code, differs=differs)
    return _done(
        team,
        _("Marked: the team sees that you find a difference here.") if differs else _("Your mark is gone."),
        code,
    )
