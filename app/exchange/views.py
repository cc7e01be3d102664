"""Pages of exchanges: one's own list, a course with its legs, a leg, the rhythm, the end."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import access, clock
from app.core.access import No
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _, get_locale
from app.core.text import key_of
from app.exchange import policies, queries, services
from app.exchange.forms import (
    AcknowledgeForm,
    AnswerForm,
    LegForm,
    ReporterForm,
    RhythmForm,
    StopForm,
    every,
)
from app.exchange.models import (
    COURSE_STATES,
    LEG_STATES,
    LEG_TEXTS,
    LIVE_STATES,
    ExchangeCourse,
    ExchangeLeg,
    course_light,
)
from app.web import lists
from app.web.fields import seen_version
from app.web.guards import current_actor, require

bp = Blueprint("exchange", "app.exchange", url_prefix="/exchange/courses", template_folder="templates")

Page = str | Response | tuple[str, int]


def _find(course_id: int) -> ExchangeCourse:
    return queries.get(current_actor(), course_id)


def _page(name: str, course: ExchangeCourse | None, form: Any = None, **values: Any) -> Page:
    page = render_template(f"exchange/{name}.html", course=course, form=form, every=every, **values)
    return page, 422 if form is not None and form.errors else 200


def _to(course: ExchangeCourse, said: str, endpoint: str = "show", **values: Any) -> Response:
    flash(said, "ok")
    return redirect(url_for(f"exchange.{endpoint}", course_id=course.id, **values), 303)


def _light(row: Any) -> str:
    return course_light(row.state, row.due_next, row.late_until, clock.today(row.turn_zone or "UTC"))


@bp.get("")
def index() -> str:
    """The courses of the reader's institutions, what is due first first."""
    actor = current_actor()
    facets = [
        lists.Facet("state", _("State"), [(one.name, str(one.label)) for one in COURSE_STATES.states]),
        lists.Facet(
            "side", _("Our side"), [("provider", _("We gave it")), ("taker", _("We use it"))], "radios"
        ),
    ]
    asked = lists.read(facets, ["due"])
    side = next(iter(asked.chosen["side"]), "")
    page, total = queries.find(actor, asked.chosen["state"], side, asked.cursor)
    listing = lists.build(
        asked,
        facets,
        [("due", _("What is due first"))],
        page,
        total,
        title=_("Technology exchanges"),
        lead=_(
            "What comes back from a technology that one institution gave and another uses, report by report."
        ),
        has_search=False,
    )
    return render_template(
        "exchange/index.html",
        listing=listing,
        states=COURSE_STATES,
        light_of=_light,
        every=every,
        own=actor.ids("member"),
    )


# ---- the rhythm --------------------------------------------------------------------------------------------------


@bp.route("/new", methods=["GET", "POST"])
def new() -> Page:
    """Propose how often the taker reports; begun from an interest to which both sides said yes."""
    actor = current_actor()
    interest = queries.interest_to_propose(actor, key_of(request.args.get("interest")))
    listing = services.technology_of(interest)
    form = (
        RhythmForm(data={"language": get_locale(), "every_months": "3"})
        if request.method == "GET"
        else RhythmForm()
    )
    if form.validate_on_submit():
        try:
            course = services.propose(
                actor,
                interest,
                every_months=int(form.every_months.data),
                first_on=form.first_on.data,
                until_on=form.until_on.data,
                wishes=form.wishes.data or "",
                language=form.language.data,
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return _to(course, _("The rhythm is proposed. The other side answers."))
        interest = queries.interest_to_propose(actor, interest.id)
        listing = services.technology_of(interest)
    return _page("new", None, form, listing=listing, interest=interest)


@bp.route("/<int:course_id>/answer", methods=["GET", "POST"])
def answer(course_id: int) -> Page:
    """Agree to a rhythm, or decline."""
    actor, course = current_actor(), _find(course_id)
    require(policies.answer, course)
    if course.state != "proposed":
        raise RuleBroken("wrong_state", _("This has already been answered, or was taken back."))
    form = AnswerForm(data={"version": course.version}) if request.method == "GET" else AnswerForm()
    if request.method == "POST":
        verb = request.form.get("decision", "")
        if verb not in {"agree", "decline"}:
            form.form_errors.append(_("Say yes or no"))
        elif form.validate():
            try:
                services.answer(
                    actor,
                    course,
                    verb=verb,
                    code=form.code.data or "",
                    note=form.note.data or "",
                    version=seen_version(form),
                )
            except Invalid as refusal:
                form.take(refusal)
            else:
                agreed = verb == "agree"
                return _to(
                    course,
                    _("It begins. The first report stands below.") if agreed else _("You declined it."),
                )
        course = _find(course_id)
    return _page("answer", course, form)


@bp.post("/<int:course_id>/withdraw")
def withdraw(course_id: int) -> Page:
    """Take a proposal back."""
    course = _find(course_id)
    services.withdraw(current_actor(), course, version=seen_version())
    return _to(course, _("The proposal is taken back."))


# ---- a course ----------------------------------------------------------------------------------------------------


@bp.get("/<int:course_id>")
def show(course_id: int) -> Page:
    """A course with its legs, give beside get."""
    actor, course = current_actor(), _find(course_id)
    legs = queries.legs_of(course.id)
    turn = course.turn_id
    zone = {course.provider_id: course.provider.zone, course.taker_id: course.taker.zone}.get(
        turn or 0, "UTC"
    )
    return _page(
        "show",
        course,
        legs=legs,
        state=COURSE_STATES[course.state],
        leg_states=LEG_STATES,
        texts=LEG_TEXTS,
        light=course.light(clock.today(zone)),
        turn=course.provider if turn == course.provider_id else course.taker if turn else None,
        now=clock.now(),
        may_answer=course.state == "proposed" and bool(policies.answer(actor, course)),
        may_withdraw=course.state == "proposed" and bool(policies.withdraw(actor, course)),
        may_name=course.state in LIVE_STATES and bool(policies.name_reporter(actor, course)),
        may_stop=course.state == "running" and bool(policies.stop(actor, course)),
        sees_listing=bool(access.can("listings.view", actor, course.listing)),
    )


@bp.route("/<int:course_id>/reporter", methods=["GET", "POST"])
def reporter(course_id: int) -> Page:
    """Say who may report beside the representatives."""
    actor, course = current_actor(), _find(course_id)
    require(policies.name_reporter, course)
    data = {"version": course.version, "person_id": str(course.reporter_id or "")}
    form = ReporterForm(data=data) if request.method == "GET" else ReporterForm()
    form.offer(queries.members_of(course.taker_id))
    if form.validate_on_submit():
        try:
            services.name_reporter(actor, course, person_id=form.chosen(), version=seen_version(form))
        except Invalid as refusal:
            form.take(refusal)
        else:
            return _to(course, _("It is kept."))
        course = _find(course_id)
    return _page("reporter", course, form)


@bp.route("/<int:course_id>/stop", methods=["GET", "POST"])
def stop(course_id: int) -> Page:
    """End it before its time."""
    actor, course = current_actor(), _find(course_id)
    require(policies.stop, course)
    if course.state != "running":
        raise RuleBroken("wrong_state", _("It does not run, so there is nothing to stop."))
    form = StopForm(data={"version": course.version}) if request.method == "GET" else StopForm()
    if form.validate_on_submit():
        services.stop(actor, course, note=form.note.data or "", version=seen_version(form))
        return _to(course, _("It is stopped, and the other side was told."))
    return _page("stop", course, form)


# ---- a leg -------------------------------------------------------------------------------------------------------


def _why_not(answer_: Any) -> str:
    return str(answer_.text) if isinstance(answer_, No) else ""


def _show_leg(course: ExchangeCourse, found: ExchangeLeg, form: Any = None) -> Page:
    actor = current_actor()
    reporting = found.state in {"planned", "asked_back"} and bool(policies.report(actor, course))
    may_acknowledge = policies.acknowledge(actor, course, found)
    judging = found.state == "reported" and bool(may_acknowledge)
    if form is None and reporting:
        kept = {name: getattr(found, name) for name in (*LEG_TEXTS, "conditions")}
        language = found.language if any(kept.values()) else get_locale()
        form = LegForm(
            data={**kept, "version": found.version, "language": language, "shares": found.taker_shares}
        )
    elif form is None and judging:
        form = AcknowledgeForm(data={"version": found.version, "language": get_locale()})
    row = next(row for row in queries.legs_of(course.id) if row.number == found.number)
    shares = policies.is_taker(actor, course) and found.taker_shares
    if not policies.is_taker(actor, course):
        shares = found.provider_shares
    return _page(
        "leg",
        course,
        form,
        leg=row,
        state=LEG_STATES[row.state],
        texts=LEG_TEXTS,
        now=clock.now(),
        reporting=reporting,
        judging=judging,
        why_not=_why_not(may_acknowledge)
        if found.state == "reported" and policies.is_provider(actor, course)
        else "",
        may_take_back=found.state == "reported"
        and course.state == "running"
        and bool(policies.report(actor, course)),
        may_share=found.state == "acknowledged" and bool(policies.share(actor, course)),
        shares=shares,
    )


@bp.get("/<int:course_id>/legs/<int:number>")
def leg(course_id: int, number: int) -> Page:
    """One report, with what is asked of the reader."""
    course = _find(course_id)
    return _show_leg(course, queries.leg(course.id, number))


@bp.post("/<int:course_id>/legs/<int:number>/report")
def report(course_id: int, number: int) -> Page:
    """Report it."""
    actor, course = current_actor(), _find(course_id)
    require(policies.report, course)
    found = queries.leg(course.id, number)
    form = LegForm()
    if form.validate():
        try:
            services.report(
                actor,
                course,
                found,
                texts=form.texts(),
                conditions=form.conditions.data or "",
                language=form.language.data,
                shares=bool(form.shares.data),
                version=seen_version(form),
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return _to(
                course, _("Your report is sent. The other side acknowledges it."), "leg", number=number
            )
    return _show_leg(_find(course_id), queries.leg(course_id, number), form)


@bp.post("/<int:course_id>/legs/<int:number>/acknowledge")
def acknowledge(course_id: int, number: int) -> Page:
    """Acknowledge a report, or ask back."""
    actor, course = current_actor(), _find(course_id)
    found = queries.leg(course.id, number)
    require(policies.acknowledge, course, found)
    form, verb = AcknowledgeForm(), request.form.get("decision", "")
    if verb not in {"acknowledge", "ask_back"}:
        form.form_errors.append(_("Say whether you acknowledge it or ask back"))
    elif form.validate():
        try:
            text, language, version = form.answer.data or "", form.language.data, seen_version(form)
            if verb == "acknowledge":
                services.acknowledge(
                    actor,
                    course,
                    found,
                    answer=text,
                    language=language,
                    shares=bool(form.shares.data),
                    version=version,
                )
            else:
                services.ask_back(actor, course, found, question=text, language=language, version=version)
        except Invalid as refusal:
            form.take(refusal)
        else:
            return _to(course, _("Your answer is kept, and who reported was told."), "leg", number=number)
    return _show_leg(_find(course_id), queries.leg(course_id, number), form)


@bp.post("/<int:course_id>/legs/<int:number>/take-back")
def take_back(course_id: int, number: int) -> Page:
    """Take a report back."""
    course = _find(course_id)
    services.take_back(current_actor(), course, queries.leg(course.id, number), version=seen_version())
    return _to(
        course, _("The report is taken back. What you wrote stands in the form."), "leg", number=number
    )


@bp.post("/<int:course_id>/legs/<int:number>/share")
def share(course_id: int, number: int) -> Page:
    """Say for one's own side whether everybody may read the insight."""
    course = _find(course_id)
    shares = request.form.get("shares") == "1"
    services.share(
        current_actor(), course, queries.leg(course.id, number), shares=shares, version=seen_version()
    )
    said = _("Your side shares it now.") if shares else _("Your side no longer shares it.")
    return _to(course, said, "leg", number=number)
