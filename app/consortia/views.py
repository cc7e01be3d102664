"""Pages of consortia."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

import app.accounts.queries as people
import app.institutions.queries as institutions
from app.consortia import policies, queries, services
from app.consortia.forms import (
    AskForm,
    CreateForm,
    DecisionForm,
    FindForm,
    InviteForm,
    LeadForm,
    LeaveForm,
    SettingsForm,
    TermsForm,
)
from app.consortia.models import ADMISSION_STATES, CONSORTIUM_STATES, Consortium
from app.core.errors import Invalid, NotAllowed
from app.core.i18n import LOCALES, _
from app.web import lists
from app.web.csv import csv_response
from app.web.guards import current_actor, public

bp = Blueprint("consortia", __name__, url_prefix="/consortia", template_folder="templates")
UNPROCESSABLE = 422


def _here(endpoint: str, consortium: Consortium, **values: Any) -> Response:
    return redirect(url_for(f"consortia.{endpoint}", consortium_id=consortium.id, **values), 303)


def _require_lead(consortium: Consortium) -> None:
    answer = policies.lead(current_actor(), consortium)
    if not answer:
        raise NotAllowed(policies.NOT_LEAD.code, policies.NOT_LEAD.text)


def _people_called(words: str) -> list[Any]:
    return people.people(current_actor(), words, "name", None)[0].rows if words else []


@bp.get("")
@public
def index() -> str:
    """The list."""
    asked = lists.read((), ["name"])
    page, total = queries.find(asked.q, asked.cursor)
    listing = lists.build(
        asked, (), [("name", _("Name"))], page, total,
        title=_("Consortia"), lead=_("Institutions that work under shared terms, and the people who lead them."),
    )  # fmt: skip
    return render_template("consortia/index.html", listing=listing, states=CONSORTIUM_STATES)


@bp.get("/<int:consortium_id>")
@public
def show(consortium_id: int) -> str:
    """One consortium: purpose, terms, members, leads, problems, projects and teams."""
    import app.listings.queries as listings
    import app.problems.queries as problems
    import app.projects.queries as projects
    import app.teams.queries as teams

    actor = current_actor()
    shown = queries.show(actor, consortium_id)
    consortium = shown.consortium
    return render_template(
        "consortia/show.html",
        consortium=consortium,
        # Everybody is a member of the open one.
        members=[] if consortium.is_open else queries.members(consortium.id),
        member_count=shown.member_count,
        leads=queries.leads(consortium.id),
        terms=shown.terms,
        problems=problems.of_consortium(actor, consortium.id, 8),
        listings=listings.of_consortium(actor, consortium.id, 12),
        teams=teams.of_consortium(actor, consortium.id, 8),
        projects=projects.of_consortium(actor, consortium.id, 8),
        own=shown.own,
    )


@bp.get("/<int:consortium_id>/members")
@public
def members(consortium_id: int) -> str:
    """All member institutions, page by page."""
    consortium = queries.get(current_actor(), consortium_id)
    asked = lists.read((), ["name"])
    listing = lists.build(
        asked, (), [("name", _("Name"))], queries.member_page(consortium.id, asked.cursor),
        queries.member_count(consortium.id), title=_("Member institutions"), has_search=False,
        csv_path=url_for("consortia.export_members", consortium_id=consortium.id),
    )  # fmt: skip
    return render_template("consortia/members.html", consortium=consortium, listing=listing)


@bp.get("/<int:consortium_id>/members.csv")
@public
def export_members(consortium_id: int) -> Response:
    """The same as a file."""
    consortium = queries.get(current_actor(), consortium_id)
    header = ["name", "country", "city", "ror", "member_since"]
    return csv_response(f"members-of-{consortium.slug}", header, queries.member_export(consortium.id))


@bp.route("/new", methods=["GET", "POST"])
def new() -> Any:
    """Create a consortium (administrators)."""
    actor = current_actor()
    answer = policies.create(actor)
    if not answer:
        raise NotAllowed(getattr(answer, "code", None), getattr(answer, "text", None))
    words = request.args.get("person", "")
    found = _people_called(words)
    form = CreateForm()
    form.first_lead.choices = [("", _("Choose"))] + [
        (str(person.id), person.display_name) for person in found if person.id != actor.id
    ]
    if form.validate_on_submit():
        try:
            made = services.create_consortium(actor, **form.texts(), first_lead_id=int(form.first_lead.data))
        except Invalid as error:
            form.take(error)
        else:
            flash(_("The consortium has been created, and its first lead told."), "ok")
            return _here("show", made)
    page = render_template("consortia/new.html", form=form, words=words, found=found)
    return page, UNPROCESSABLE if form.errors else 200


@bp.route("/<int:consortium_id>/settings", methods=["GET", "POST"])
def settings(consortium_id: int) -> Any:
    """Texts and rules, for leads."""
    actor = current_actor()
    consortium = queries.get(actor, consortium_id)
    _require_lead(consortium)
    start = {f"name_{code}": consortium.names.get(code, "") for code in LOCALES}
    start |= {f"purpose_{code}": consortium.purposes.get(code, "") for code in LOCALES}
    form = SettingsForm(obj=consortium, data=start)
    if form.validate_on_submit():
        values = form.texts() | {name: form[name].data for name in services.SETTINGS}
        try:
            services.change_settings(actor, consortium, version=int(form.version.data or 0), **values)
        except Invalid as error:
            form.take(error)
        else:
            flash(_("Saved."), "ok")
            return _here("show", consortium)
    return render_template("consortia/settings.html", consortium=consortium, form=form), (
        UNPROCESSABLE if form.errors else 200
    )


@bp.route("/<int:consortium_id>/terms", methods=["GET", "POST"])
def terms(consortium_id: int) -> Any:
    """Write a new version of the shared terms, for leads."""
    actor = current_actor()
    consortium = queries.get(actor, consortium_id)
    _require_lead(consortium)
    newest = queries.terms(consortium.id)
    form = TermsForm(
        data={f"terms_{code}": (newest.texts if newest else {}).get(code, "") for code in LOCALES}
    )
    if form.validate_on_submit():
        try:
            services.write_terms(
                actor, consortium, texts={code: form[f"terms_{code}"].data for code in LOCALES}
            )
        except Invalid as error:
            form.take(error)
        else:
            flash(
                _("The new version of the terms stands. Members keep the version that they accepted."), "ok"
            )
            return _here("show", consortium)
    return render_template("consortia/terms.html", consortium=consortium, form=form, newest=newest), (
        UNPROCESSABLE if form.errors else 200
    )


@bp.route("/<int:consortium_id>/leads", methods=["GET", "POST"])
def leads(consortium_id: int) -> Any:
    """Name and end leads; an administrator names the first one where nobody leads."""
    actor = current_actor()
    consortium = queries.get(actor, consortium_id)
    present = queries.leads(consortium.id)
    is_first = not present and bool(policies.create(actor))
    if not is_first:
        _require_lead(consortium)
    words = request.args.get("person", "")
    found = _people_called(words)
    form = LeadForm()
    form.person.choices = [("", _("Choose"))] + [(str(person.id), person.display_name) for person in found]
    if form.validate_on_submit():
        name = services.name_first_lead if is_first else services.add_lead
        try:
            name(actor, consortium, person_id=int(form.person.data))
        except Invalid as error:
            form.take(error)
        else:
            flash(_("The new lead has been named and told."), "ok")
            return _here("show" if is_first else "leads", consortium)
    page = render_template(
        "consortia/leads.html", consortium=consortium, form=form, words=words, found=found, leads=present
    )
    return page, UNPROCESSABLE if form.errors else 200


@bp.post("/<int:consortium_id>/leads/<int:person_id>/end")
def end_lead(consortium_id: int, person_id: int) -> Response:
    """End somebody's lead, or one's own."""
    actor = current_actor()
    consortium = queries.get(actor, consortium_id)
    services.end_lead(actor, consortium, person_id=person_id)
    flash(_("This person leads the consortium no longer."), "ok")
    return _here("show" if person_id == actor.id else "leads", consortium)


@bp.get("/<int:consortium_id>/dashboard")
def dashboard(consortium_id: int) -> str:
    """What waits for its leads, and its registers."""
    import app.problems.queries as problems
    import app.projects.queries as projects
    import app.teams.queries as teams

    actor = current_actor()
    features = problems, projects, teams
    consortium, members, lists = queries.registers(
        actor, consortium_id, tuple(feature.register_of_consortium for feature in features)
    )
    _require_lead(consortium)
    posted, run, formed = (
        [feature.register_row(*row) for row in rows] for feature, rows in zip(features, lists, strict=True)
    )
    return render_template(
        "consortia/dashboard.html",
        consortium=consortium,
        to_decide=queries.to_decide(actor, consortium.id),
        admissions=[] if consortium.is_open else queries.open_admissions(actor, consortium.id),
        problems=posted,
        projects=run,
        teams=formed,
        members=members,
        states=ADMISSION_STATES,
    )


@bp.route("/<int:consortium_id>/ask", methods=["GET", "POST"])
def ask(consortium_id: int) -> Any:
    """Ask for admission, for representatives."""
    actor = current_actor()
    consortium = queries.get(actor, consortium_id)
    answer = policies.ask_admission(actor, consortium)
    if not answer:
        raise NotAllowed(getattr(answer, "code", None), getattr(answer, "text", None))
    newest = queries.terms(consortium.id)
    form = AskForm()
    own = queries.institution_choices(actor.ids("representative"))
    form.institution.choices = [(str(key), name) for key, name in own]
    if form.validate_on_submit():
        if newest and not form.accept_terms.data:
            form.accept_terms.errors = [_("Tick this to go on: members work under the terms")]
        else:
            try:
                services.ask_admission(
                    actor, consortium, institution_id=int(form.institution.data), message=form.message.data
                )
            except Invalid as error:
                form.take(error)
            else:
                flash(_("Your question has been sent to the leads. They answer within 14 days."), "ok")
                return _here("show", consortium)
    page = render_template("consortia/ask.html", consortium=consortium, form=form, terms=newest)
    return page, UNPROCESSABLE if form.errors else 200


@bp.route("/<int:consortium_id>/invite", methods=["GET", "POST"])
def invite(consortium_id: int) -> Any:
    """Invite an institution, for leads."""
    actor = current_actor()
    consortium = queries.get(actor, consortium_id)
    _require_lead(consortium)
    words = request.args.get("words", "")
    found = [one for one in institutions.find(words, 20) if one.state == "verified"] if words else []
    form = InviteForm()
    form.institution.choices = [("", _("Choose"))] + [(str(row.id), row.name) for row in found]
    if form.validate_on_submit():
        try:
            services.invite_institution(
                actor, consortium, institution_id=int(form.institution.data), message=form.message.data
            )
        except Invalid as error:
            form.take(error)
        else:
            flash(_("The invitation has been sent to its representatives."), "ok")
            return _here("dashboard", consortium)
    page = render_template(
        "consortia/invite.html", consortium=consortium, form=form, find=FindForm(), words=words, found=found
    )
    return page, UNPROCESSABLE if form.errors else 200


@bp.route("/<int:consortium_id>/admissions/<int:admission_id>", methods=["GET", "POST"])
def admission(consortium_id: int, admission_id: int) -> Any:
    """The one screen for yes or no to an admission, and what became of it."""
    actor = current_actor()
    asked = queries.admission(actor, consortium_id, admission_id)
    form = DecisionForm(data={"version": str(asked.version)})
    if request.method == "POST" and form.validate():
        decision = request.form.get("decision", "")
        if decision in {"accept", "decline"}:
            try:
                services.decide_admission(
                    actor,
                    asked,
                    accept=decision == "accept",
                    note=form.note.data,
                    version=int(form.version.data or 0),
                )
            except Invalid as error:
                form.take(error)
                asked = queries.admission(actor, consortium_id, admission_id)  # rolled back: read again
            else:
                flash(_("Your answer has been sent."), "ok")
                return redirect(request.path, 303)
    others = queries.other_leads_exist(consortium_id, asked.institution_id, asked.asked_by_id)
    page = render_template(
        "consortia/admission.html",
        admission=asked,
        form=form,
        asker=queries.asker(asked),
        may_decide=policies.decide_admission(actor, asked, others) if asked.is_open else False,
        states=ADMISSION_STATES,
        leave_form=LeaveForm(),
    )
    return page, UNPROCESSABLE if form.errors else 200


@bp.post("/<int:consortium_id>/admissions/<int:admission_id>/withdraw")
def withdraw(consortium_id: int, admission_id: int) -> Response:
    """Take a question back."""
    actor = current_actor()
    asked = queries.admission(actor, consortium_id, admission_id)
    services.withdraw_admission(actor, asked)
    flash(_("Taken back."), "ok")
    return redirect(url_for("consortia.show", consortium_id=consortium_id), 303)


@bp.post("/<int:consortium_id>/admissions/<int:admission_id>/leave")
def leave(consortium_id: int, admission_id: int) -> Response:
    """Take an institution out."""
    actor = current_actor()
    asked = queries.admission(actor, consortium_id, admission_id)
    form = LeaveForm()
    services.leave(actor, asked, note=form.note.data or "")
    flash(_("The institution has left the consortium. What it posted stays."), "ok")
    return redirect(url_for("consortia.show", consortium_id=consortium_id), 303)
