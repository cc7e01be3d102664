"""Starting a team, and the pages on which lead and deputy keep it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

import app.problems.queries as problems
import app.projects.queries as projects
from app.core.access import insist
from app.core.errors import Invalid, NotFound
from app.core.i18n import _, get_locale
from app.core.text import key_of
from app.teams import policies, services
from app.teams.forms.choices import INSTITUTION_TYPES, chosen
from app.teams.forms.running import DeputyForm, NewTeamForm, PartForm, RoleForm, RulesForm, TeamForm, TextForm
from app.teams.queries import page as pages
from app.teams.queries import records
from app.teams.views.blueprint import UNPROCESSABLE, bp, done, find, page
from app.web.fields import seen_version
from app.web.guards import current_actor


def _key(name: str) -> int | None:
    """The id in the address, if it can be one."""
    key = request.args.get(name, type=int)
    return key if key is not None and 0 < key < 2**31 else None


@bp.route("/new", methods=["GET", "POST"])
def new() -> Any:
    """Start a team on a problem, or for a project."""
    actor = current_actor()
    project = projects.get(actor, key) if (key := _key("project")) else None
    problem = problems.get(actor, key) if not project and (key := _key("problem")) else None
    taken_on: Any = project or problem
    if taken_on is None:
        flash(_("A team takes on a problem or a project: open one, then start a team there."), "info")
        return redirect(url_for("problems.index"), 303)
    insist(policies.start_for_project(actor, project) if project else policies.start(actor, problem))
    own = records.own_institutions(actor.id, taken_on.consortium_id)
    reach = "consortium" if taken_on.visibility == "members" else taken_on.visibility
    form = NewTeamForm(language=get_locale(), language_1=get_locale(), visibility=reach)
    form.institution_id.offer(own, None if len(own) == 1 else _("Choose"))
    if form.validate_on_submit():
        try:
            team = services.start_team(
                actor,
                problem,
                project=project,
                institution_id=chosen(form.institution_id),
                **form.facts(),
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return done(
                team,
                _(
                    "The team is started, and you lead it. Say what your institution brings and hopes to gain."
                ),
            )
    status = UNPROCESSABLE if form.errors else 200
    return render_template("teams/new.html", form=form, problem=problem, project=project), status


@bp.post("/<int:team_id>/register-project")
def register_project(team_id: int) -> Any:
    """Begin the project of an approved team."""
    team = find(team_id)
    project = services.register_project(current_actor(), team)
    flash(
        _("The project is begun with all that the team has said. Look through its tasks, then send it."), "ok"
    )
    return redirect(url_for("projects.edit", project_id=project.id), 303)


@bp.route("/<int:team_id>/edit", methods=["GET", "POST"])
def edit(team_id: int) -> Any:
    """Facts of the team."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.edit(actor, team))
    form = TeamForm(data=TeamForm.filled(team))
    if form.validate_on_submit():
        try:
            services.edit_team(actor, team, version=seen_version(form), **form.facts())
        except Invalid as refusal:
            form.take(refusal)
        else:
            return done(team, _("Saved."))
    return page("edit.html", team, form=form)


@bp.route("/<int:team_id>/rules", methods=["GET", "POST"])
def rules(team_id: int) -> Any:
    """How the team decides and shares."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.edit(actor, team))
    form = RulesForm(obj=team)
    if form.validate_on_submit():
        services.set_rules(
            actor,
            team,
            version=seen_version(form),
            decision_rule=form.decision_rule.data,
            credit_rule=form.credit_rule.data,
            benefit_rule=form.benefit_rule.data,
        )
        return done(team, _("Saved."))
    return page("rules.html", team, form=form)


@bp.route("/<int:team_id>/deputy", methods=["GET", "POST"])
def deputy(team_id: int) -> Any:
    """Name the deputy."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.name_deputy(actor, team))
    form = DeputyForm(data={"person_id": str(team.deputy_id or "")})
    others = [(row.person_id, row.display_name) for row in pages.member_list(actor, team.id, ("active",))]
    form.person_id.offer([pair for pair in others if pair[0] != team.lead_id], _("Nobody yet"))
    if form.validate_on_submit():
        try:
            services.name_deputy(actor, team, person_id=chosen(form.person_id))
        except Invalid as refusal:
            form.take(refusal)
        else:
            return done(team, _("Saved."))
    return page("deputy.html", team, form=form)


# ---- Open roles ----------------------------------------------------------------------------------------------


def _role_values(form: RoleForm) -> dict[str, Any]:
    return {
        "skill": form.skill.data,
        "hours_month": form.hours_month.data,
        "country": form.country.data or None,
        "institution_type": form.institution_type.data or None,
        "until": form.until.data,
    }


@bp.route("/<int:team_id>/roles", methods=["GET", "POST"])
def roles(team_id: int) -> Any:
    """The roles, and the form for one more."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.edit(actor, team))
    form = RoleForm()
    if form.validate_on_submit():
        services.add_role(actor, team, **_role_values(form))
        return done(team, _("The role is listed."), endpoint="roles")
    return page("roles.html", team, form=form, roles=records.roles(team.id), types=INSTITUTION_TYPES)


@bp.route("/<int:team_id>/roles/<int:role_id>", methods=["GET", "POST"])
def role(team_id: int, role_id: int) -> Any:
    """Change a role."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.edit(actor, team))
    found = records.role(team.id, role_id)
    form = RoleForm(obj=found)
    if form.validate_on_submit():
        services.edit_role(actor, team, found, **_role_values(form))
        return done(team, _("Saved."), endpoint="roles")
    return page("role.html", team, form=form, role=found)


@bp.post("/<int:team_id>/roles/<int:role_id>/close")
def close_role(team_id: int, role_id: int) -> Any:
    """Look no further for a skill, or look again."""
    team = find(team_id)
    closed = request.form.get("closed") == "1"
    services.close_role(current_actor(), team, records.role(team.id, role_id), closed=closed)
    return done(team, _("Saved."), endpoint="roles")


# ---- Text and skills -----------------------------------------------------------------------------------------


@bp.route("/<int:team_id>/text", methods=["GET", "POST"])
def text(team_id: int) -> Any:
    """The team text with its earlier versions; lead and deputy write the next."""
    actor = current_actor()
    team = find(team_id)
    own = records.live_membership(team.id, actor.id)
    if own is None and not policies.view_inside(actor, team) and not policies.ask_to_join(actor, team):
        raise NotFound
    versions = records.texts(team.id)
    newest = versions[0] if versions else None
    form = None
    if policies.edit(actor, team):
        form = TextForm(
            data={"text": newest.text if newest else "", "seen": str(newest.number if newest else 0)}
        )
        if form.validate_on_submit():
            services.write_text(actor, team, text=form.text.data, seen=key_of(form.seen.data))
            return done(team, _("The new version stands."), endpoint="text")
    accepted = own.accepted_text if own is not None else None
    return page("text.html", team, form=form, versions=versions, newest=newest, accepted=accepted)


@bp.route("/<int:team_id>/skills", methods=["GET", "POST"])
def skills(team_id: int) -> Any:
    """Say what one leads or helps with."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.set_skills(actor, team))
    own = records.live_membership(team.id, actor.id)
    found = records.roles(team.id)
    held = {entry["role_id"]: entry["degree"] for entry in own.skills} if own else {}
    form = PartForm(data={"part": own.part if own else ""})
    if form.validate_on_submit():
        degrees = {one.id: request.form.get(f"role-{one.id}", "") for one in found}
        services.set_skills(actor, team, degrees=degrees, part=form.part.data or "")
        return done(team, _("Saved."), anchor="coverage")
    return page("skills.html", team, form=form, roles=found, held=held)
