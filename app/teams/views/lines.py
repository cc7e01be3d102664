"""The exchange lines of one's own institution."""

from typing import Any

from flask import redirect, request, url_for

from app.core.access import insist
from app.core.errors import Invalid
from app.core.i18n import _, ngettext
from app.teams import policies, services
from app.teams.forms.choices import chosen
from app.teams.forms.joining import LineForm
from app.teams.models import Membership, Team
from app.teams.queries import exchange, missing, records
from app.teams.queries import page as pages
from app.teams.views.blueprint import bp, done, find, page
from app.web.guards import current_actor

SIDES = ("brings", "gains")


def _own(team: Team) -> Membership:
    actor = current_actor()
    own = records.live_membership(team.id, actor.id)
    institution_id = own.institution_id if own is not None and own.institution_id is not None else 0
    insist(policies.write_lines(actor, own, institution_id))
    assert own is not None
    return own


def _offer(form: LineForm, team: Team, institution_id: int | None, own_line: int | None = None) -> None:
    """What can be chosen: the other institutions of the team, and what they bring."""
    names = {
        member.institution_id: member.institution
        for member in pages.member_list(current_actor(), team.id, ("active",))
    }
    others = [(key, name) for key, name in names.items() if key is not None and key != institution_id]
    form.for_institution_id.offer(others, _("For the whole team"))
    known = dict(others)
    brought = [
        (line.id, _("%(institution)s: %(line)s", institution=known[line.institution_id], line=line.text))
        for line in records.lines(team.id)
        if line.direction == "brings" and line.institution_id in known and line.id != own_line
    ]
    form.from_line_id.offer(brought, _("None of these"))


def _values(form: LineForm, direction: str) -> dict[str, Any]:
    values: dict[str, Any] = {"kind": form.kind.data, "text": form.text.data}
    if direction == "brings":
        return {**values, "for_institution_id": chosen(form.for_institution_id)}
    return {**values, "from_line_id": chosen(form.from_line_id), "from_outcome": form.from_outcome.data or ""}


@bp.get("/<int:team_id>/lines")
def lines(team_id: int) -> Any:
    """Our lines, both sides, and what is missing."""
    team = find(team_id)
    own = _own(team)
    members = pages.member_list(current_actor(), team.id, ("active",))
    table, _left = exchange.rows(members, records.lines(team.id))
    ours = next(row for row in table if row.institution_id == own.institution_id)
    lacking = [thing for thing in missing.what_is_missing(team) if thing.institution_id == own.institution_id]
    return page("lines.html", team, own=own, ours=ours, lacking=lacking)


@bp.route("/<int:team_id>/lines/new/<any(brings,gains):direction>", methods=["GET", "POST"])
def new_line(team_id: int, direction: str) -> Any:
    """One more line."""
    team = find(team_id)
    own = _own(team)
    form = LineForm()
    _offer(form, team, own.institution_id)
    if form.validate_on_submit():
        try:
            services.add_line(
                current_actor(),
                team,
                institution_id=own.institution_id or 0,
                direction=direction,
                **_values(form, direction),
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            return done(team, _("The line stands."), endpoint="lines")
    return page("line.html", team, form=form, direction=direction, line=None, own=own)


@bp.route("/<int:team_id>/lines/<int:line_id>", methods=["GET", "POST"])
def line(team_id: int, line_id: int) -> Any:
    """Change a line."""
    team = find(team_id)
    found = records.line(team.id, line_id)
    own = _own(team)
    insist(policies.write_lines(current_actor(), own, found.institution_id))
    form = LineForm(
        data={
            "kind": found.kind,
            "text": found.text,
            "for_institution_id": str(found.for_institution_id or ""),
            "from_line_id": str(found.from_line_id or ""),
            "from_outcome": found.from_outcome,
        }
    )
    _offer(form, team, own.institution_id, found.id)
    if form.validate_on_submit():
        try:
            services.edit_line(current_actor(), team, found, **_values(form, found.direction))
        except Invalid as refusal:
            form.take(refusal)
        else:
            return done(team, _("Saved."), endpoint="lines")
    return page("line.html", team, form=form, direction=found.direction, line=found, own=own)


@bp.route("/<int:team_id>/lines/<int:line_id>/remove", methods=["GET", "POST"])
def remove_line(team_id: int, line_id: int) -> Any:
    """Take a line back; who hopes to gain from it is named first."""
    team = find(team_id)
    found = records.line(team.id, line_id)
    own = _own(team)
    insist(policies.write_lines(current_actor(), own, found.institution_id))
    if request.method == "POST":
        services.remove_line(current_actor(), team, found, knowing=request.form.get("knowing") == "1")
        return done(team, _("The line is removed."), endpoint="lines")
    return page("remove_line.html", team, line=found, pointing=records.pointing_at(found.id))


@bp.route("/<int:team_id>/remind/<int:institution_id>", methods=["GET", "POST"])
def remind(team_id: int, institution_id: int) -> Any:
    """Ask an institution's members for the lines that are missing."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.remind_lines(actor, team))
    if request.method == "POST":
        told = services.remind_lines(actor, team, institution_id=institution_id)
        text = ngettext("%(num)s person was reminded.", "%(num)s people were reminded.", told)
        return done(team, text, anchor="exchange")
    lacking = [thing for thing in missing.what_is_missing(team) if thing.institution_id == institution_id]
    if not lacking:
        return redirect(url_for("teams.show", team_id=team.id), 303)
    return page("remind.html", team, lacking=lacking, institution_id=institution_id)
