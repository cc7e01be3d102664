"""Proposing, the consortium's decision, and the states after it."""

from typing import Any

from flask import request, url_for

from app.core import vocab
from app.core.access import insist
from app.core.errors import Invalid, NotFound
from app.core.i18n import LazyText, _, _l, get_locale
from app.teams import policies, services
from app.teams.forms.joining import DecideForm, NoteForm
from app.teams.models import CREDIT_RULES, DECISION_RULES, REJECTION_CODES, TEAM_STATES
from app.teams.queries import exchange, records
from app.teams.queries import page as pages
from app.teams.views.blueprint import bp, done, find, may_open, page
from app.web.fields import seen_version
from app.web.guards import current_actor

# verb → what the page is called, what the button says, what is said afterwards
VERBS: dict[str, tuple[LazyText, LazyText, LazyText]] = {
    "pause": (_l("Pause the team"), _l("Pause the team"), _l("The team is paused.")),
    "resume": (_l("Go on with the team"), _l("Go on"), _l("The team works again.")),
    "complete": (
        _l("Complete the team’s work"),
        _l("The work is done"),
        _l("The team has completed its work."),
    ),
    "dissolve": (_l("Dissolve the team"), _l("Dissolve the team"), _l("The team is dissolved.")),
}


@bp.route("/<int:team_id>/propose", methods=["GET", "POST"])
def propose(team_id: int) -> Any:
    """What will be proposed, and what is missing."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.view_inside(actor, team))
    form = NoteForm(data={"version": str(team.version)})
    if request.method == "POST":
        services.propose_team(actor, team, version=seen_version(form))
        return done(team, _("The team is proposed. The leads of the consortium were told."))
    team_page = pages.load(actor, team.id)
    return page(
        "propose.html",
        team,
        form=form,
        view=team_page,
        may_open=may_open,
        may_propose=policies.propose(actor, team) and TEAM_STATES.allows(team, "propose"),
        rows=_summary(team_page),
        consortium_name=team.consortium.name_in(get_locale()),
    )


def _summary(team_page: pages.TeamPage) -> list[dict[str, Any]]:
    """What is proposed, as components/summary_list.html takes it."""
    team, locale = team_page.team, get_locale()
    actor = current_actor()
    may_edit, may_name = policies.edit(actor, team), policies.name_deputy(actor, team)
    facts = url_for("teams.edit", team_id=team.id) if may_edit else None
    rules = url_for("teams.rules", team_id=team.id) if may_edit else None
    deputy = url_for("teams.deputy", team_id=team.id) if may_name else None
    return [
        {"key": _("Name"), "value": team.name, "lang": team.language, "url": facts},
        {"key": _("Purpose"), "value": team.purpose, "lang": team.language, "url": facts},
        {"key": _("Members"), "value": [member.display_name for member in team_page.members]},
        {"key": _("Countries"), "value": [vocab.country_name(code, locale) for code in team_page.countries]},
        *(
            {"key": term, "value": str(value), "url": deputy if term == _("Deputy") else rules}
            for term, value in _rules(team_page)
        ),
    ]


def _rules(team_page: pages.TeamPage) -> list[tuple[str, Any]]:
    team = team_page.team
    return [
        (_("Decides"), DECISION_RULES.get(team.decision_rule, "")),
        (_("Credit"), CREDIT_RULES.get(team.credit_rule, "")),
        (_("Benefit"), team.benefit_rule),
        (_("Deputy"), team.deputy.display_name if team.deputy else ""),
    ]


@bp.post("/<int:team_id>/recall")
def recall(team_id: int) -> Any:
    """Take the proposal back."""
    team = find(team_id)
    services.recall_team(current_actor(), team)
    return done(team, _("The proposal is taken back. You can change the team and propose it again."))


@bp.route("/<int:team_id>/decide", methods=["GET", "POST"])
def decide(team_id: int) -> Any:
    """The consortium's decision."""
    actor = current_actor()
    team = find(team_id)
    deciders = records.deciders(team)
    may_decide = policies.approve(actor, team, deciders)
    if not may_decide and not policies.view_inside(actor, team):
        raise NotFound
    if team.state == "proposed":
        insist(may_decide)
    form = DecideForm(data={"version": str(team.version)})
    if form.validate_on_submit():
        note, version = form.note.data or "", seen_version(form)
        try:
            message = _act(request.form.get("decision", ""), team, form, note, version)
        except Invalid as refusal:
            form.take(refusal)
        else:
            return done(team, message)
    team_page = pages.load(actor, team.id)
    last = records.latest_proposal(team.id)
    return page(
        "decide.html",
        team,
        form=form,
        view=team_page,
        last=last,
        decider=records.person_name(last.decided_by_id) if last else "",
        proposer=_proposer(team_page, last),
        rules=_rules(team_page),
        coverage=exchange.coverage(team_page.roles, team_page.members),
        as_administrator=actor.id not in deciders,
        may_reopen=team.state == "rejected"
        and policies.reopen(actor, team, last.decided_by_id if last else None),
        reopen_url=url_for("teams.reopen", team_id=team.id),
        codes=REJECTION_CODES,
        consortium_name=team.consortium.name_in(get_locale()),
    )


def _proposer(team_page: pages.TeamPage, last: Any) -> Any:
    """The member who proposed the team; the lead, if that one has left meanwhile."""
    team, found = team_page.team, {member.person_id: member for member in team_page.members}
    return found.get(last.asked_by_id if last else team.lead_id) or found.get(team.lead_id)


def _act(decision: str, team: Any, form: DecideForm, note: str, version: int | None) -> str:
    actor = current_actor()
    if decision == "approve":
        services.approve_team(actor, team, note=note, version=version)
        return _("The team is approved and its members were told.")
    if decision == "return":
        services.return_team(actor, team, note=note, version=version)
        return _("The team has your wishes.")
    services.reject_team(actor, team, reason=form.reason.data or "", note=note, version=version)
    return _("The team was told, with your reason.")


@bp.route("/<int:team_id>/reopen", methods=["GET", "POST"])
def reopen(team_id: int) -> Any:
    """Open a rejected team again."""
    actor = current_actor()
    team = find(team_id)
    last = records.latest_proposal(team.id)
    insist(policies.reopen(actor, team, last.decided_by_id if last else None))
    form = NoteForm()
    if form.validate_on_submit():
        services.reopen_team(actor, team, note=form.note.data)
        return done(team, _("The team is open again and its members were told."))
    return page(
        "note.html", team, form=form, title=_("Open the team again"), button=_("Open it again"),
        lead=_("It can be changed and proposed again. The members read your reason."), testid="reopen",
    )  # fmt: skip


@bp.route("/<int:team_id>/<any(pause,resume,complete,dissolve):verb>", methods=["GET", "POST"])
def change_state(team_id: int, verb: str) -> Any:
    """Pause, go on, complete or dissolve, with a reason."""
    actor = current_actor()
    team = find(team_id)
    insist(policies.change_state(actor, team))
    form = NoteForm(data={"version": str(team.version)})
    title, button, said = VERBS[verb]
    if form.validate_on_submit():
        services.change_state(actor, team, verb, note=form.note.data, version=seen_version(form))
        return done(team, str(said))
    return page(
        "note.html", team, form=form, title=str(title), button=str(button), testid=verb,
        lead=_("All members and the leads of the consortium read your reason."),
    )  # fmt: skip
