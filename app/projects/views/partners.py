"""Partners: the list for the lead, asking, answering, changing lines, ending."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _, get_locale
from app.core.text import is_key
from app.core.vocab import country_name
from app.institutions.queries import lookup, registry
from app.projects import policies, queries, services
from app.projects.forms.people import AnswerPartnerForm, AskPartnerForm, BothWaysForm, EndForm
from app.projects.models import DECLINE_CODES, LISTED_STATES, PARTNER_ROLES, PARTNER_STATES, Project, missing
from app.projects.views.blueprint import bp
from app.projects.views.words import lines
from app.projects.views.writing import editable, tasks
from app.web.fields import seen_version
from app.web.guards import current_actor, require
from app.web.listed import ListForm

Page = str | Response | tuple[str, int]
MOST_FOUND = 8


def _back(project: Project, said: str) -> Response:
    flash(said, "ok")
    # Who may not see the project any more goes to the list.
    actor = current_actor()
    if policies.edit(actor, project):
        return redirect(url_for("projects.partners", project_id=project.id), 303)
    seen = policies.view(actor, project)
    where = url_for("projects.show", project_id=project.id) if seen else url_for("projects.index")
    return redirect(where, 303)


@bp.get("/<int:project_id>/partners")
def partners(project_id: int) -> Page:
    """The part of the task list: all partners with their roles and answers, and the way to ask another."""
    actor = current_actor()
    project = editable(project_id)
    accepted, asked = queries.partners_of(actor, project)
    host = queries.host(project.id)
    values = queries.values_of(actor, project)
    return render_template(
        "projects/partners.html",
        project=project,
        accepted=accepted,
        asked=asked,
        host=host,
        roles=PARTNER_ROLES,
        states=PARTNER_STATES,
        tasks=tasks(project, missing(values), "partners"),
        lacking=missing(values).get("partners", {}),
        is_listed=project.state in LISTED_STATES,
        both_ways={row.id: (lines(row.brings, project.language), lines(row.gains, project.language)) for row in (*accepted, *asked)},
    )  # fmt: skip


@bp.route("/<int:project_id>/partners/new", methods=["GET", "POST"])
def ask_partner(project_id: int) -> Page:
    """Find an institution, say its role and what it would bring and gain, ask it."""
    actor = current_actor()
    project = editable(project_id)
    form = AskPartnerForm()
    typed = form.institution.data if form.is_submitted() else request.args.get("institution", "")
    chosen = registry.get(actor, int(typed)) if typed and is_key(typed) else None
    if form.is_submitted() and chosen is None:
        raise NotFound
    if not form.is_submitted():
        form.institution.data = str(chosen.id) if chosen else ""
    elif {"add", "remove"} & set(request.form):
        form.change_lines(request.form.get("add"), request.form.get("remove"))
    elif form.validate() and chosen is not None:
        try:
            services.ask_partner(
                actor,
                project,
                institution_id=chosen.id,
                role=form.role.data,
                brings=form.lines("brings"),
                gains=form.lines("gains"),
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                message=form.message.data or "",
            )
        except Invalid as refusal:
            form.take(refusal)
            project, chosen = editable(project_id), registry.get(actor, int(typed))
        else:
            return _back(project, _("The institution has been asked. It is listed once it accepts."))
    words = "" if chosen else request.args.get("q", "")[:200]
    found = lookup.find(words, MOST_FOUND) if words else []
    page = render_template(
        "projects/ask_partner.html",
        project=project,
        form=form,
        chosen=chosen,
        words=words,
        found=[(row, country_name(row.country, get_locale())) for row in found],
    )
    return page, 422 if form.errors else 200


@bp.post("/<int:project_id>/partners/ask-host")
def ask_host_again(project_id: int) -> Page:
    """Ask the lead institution once more."""
    project = queries.get(current_actor(), project_id)
    services.ask_host_again(current_actor(), project)
    return _back(project, _("Your institution has been asked again."))


def _both_ways(partner: Any) -> dict[str, Any]:
    return {"brings": list(partner.brings), "gains": list(partner.gains), "version": partner.version}


def _change_lines(form: ListForm) -> bool:
    """Whether the form was sent to change its lines, which is done."""
    if not {"add", "remove"} & set(request.form):
        return False
    form.change_lines(request.form.get("add"), request.form.get("remove"))
    return True


@bp.route("/<int:project_id>/partners/<int:partner_id>/edit", methods=["GET", "POST"])
def edit_partner(project_id: int, partner_id: int) -> Page:
    """What a partner brings and gains."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    partner = queries.partner(project, partner_id)
    require(policies.edit_partner, project, partner)
    form = BothWaysForm() if request.method == "POST" else BothWaysForm(data=_both_ways(partner))
    if form.is_submitted() and not _change_lines(form) and form.validate():
        try:
            services.edit_partner(
                actor,
                project,
                partner,
                brings=form.lines("brings"),
                gains=form.lines("gains"),
                version=seen_version(form),
            )
        except Invalid as refusal:
            form.take(refusal)
            project = queries.get(actor, project_id)
            partner = queries.partner(project, partner_id)
        else:
            return _back(project, _("Saved."))
    page = render_template("projects/edit_partner.html", project=project, partner=partner, form=form)
    return page, 422 if form.errors else 200


@bp.route("/<int:project_id>/partners/<int:partner_id>/answer", methods=["GET", "POST"])
def answer_partner(project_id: int, partner_id: int) -> Page:
    """A representative accepts, with what the institution brings and gains, or declines with a reason."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    partner = queries.partner(project, partner_id)
    require(policies.answer_partner, partner)
    if partner.state != "asked":
        raise RuleBroken(
            "already_decided", _("This has been answered already, or was taken back."), record=partner
        )
    form = AnswerPartnerForm() if request.method == "POST" else AnswerPartnerForm(data=_both_ways(partner))
    if form.is_submitted() and not _change_lines(form) and form.validate():
        accepts = request.form.get("decision") == "accept"
        try:
            if accepts:
                services.accept_partner(
                    actor,
                    project,
                    partner,
                    brings=form.lines("brings"),
                    gains=form.lines("gains"),
                    note=form.note.data or "",
                    version=seen_version(form),
                )
            else:
                services.decline_partner(
                    actor,
                    project,
                    partner,
                    code=form.code.data or "",
                    note=form.note.data or "",
                    version=seen_version(form),
                )
        except Invalid as refusal:
            form.take(refusal)
            project = queries.get(actor, project_id)
            partner = queries.partner(project, partner_id)
        else:
            flash(_("Your institution is a partner now.") if accepts else _("Your answer is sent."), "ok")
            where = url_for("projects.show", project_id=project.id) if accepts else url_for("home.index")
            return redirect(where, 303)
    page = render_template(
        "projects/answer_partner.html",
        project=project,
        partner=partner,
        form=form,
        role=PARTNER_ROLES[partner.role],
        asker=queries.person_name(partner.asked_by_id),
        declines=DECLINE_CODES,
    )
    return page, 422 if form.errors else 200


@bp.route("/<int:project_id>/partners/<int:partner_id>/end", methods=["GET", "POST"])
def end_partner(project_id: int, partner_id: int) -> Page:
    """Take a question back, or end a partnership with a reason."""
    actor = current_actor()
    project = queries.get(actor, project_id)
    partner = queries.partner(project, partner_id)
    require(policies.end_partner, project, partner)
    form = EndForm() if request.method == "POST" else EndForm(data={"version": partner.version})
    if form.validate_on_submit():
        try:
            services.end_partner(
                actor, project, partner, note=form.note.data or "", version=seen_version(form)
            )
        except Invalid as refusal:
            form.take(refusal)
            project = queries.get(actor, project_id)
            partner = queries.partner(project, partner_id)
        else:
            return _back(project, _("Done. Both sides have been told."))
    page = render_template("projects/end_partner.html", project=project, partner=partner, form=form)
    return page, 422 if form.errors else 200
