"""The list of teams, the page of one, its history and its updates."""

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import vocab
from app.core.access import insist
from app.core.i18n import _, fmt_date, fmt_list, get_locale
from app.files import queries as files
from app.outcomes import queries as outcomes
from app.problems.policies import view as see_problem
from app.projects.policies import view as see_project
from app.teams import policies, services
from app.teams.forms.joining import AnswerForm
from app.teams.forms.running import UpdateForm
from app.teams.models import CREDIT_RULES, DECISION_RULES, GATHERING_STATES, TEAM_STATES
from app.teams.queries import exchange, history, missing
from app.teams.queries import lists as reads
from app.teams.queries import page as pages
from app.teams.queries.things import KIND
from app.teams.views.blueprint import bp, done, find, may_open, page
from app.web import lists
from app.web.choices import countries, languages
from app.web.csv import csv_response
from app.web.guards import current_actor, public
from app.web.jinja import bdi

SORTS = ("newest", "oldest")


def _consortium_name(names: dict[str, Any]) -> str:
    return names.get(get_locale()) or names.get("en") or next(iter(names.values()), "")


def _facets(consortia: list[tuple[int, dict[str, Any]]]) -> list[lists.Facet]:
    return [
        lists.Facet("state", _("State"), [(state.name, str(state.label)) for state in TEAM_STATES.states]),
        lists.Facet("roles", _("Open roles"), [("open", _("Looks for people"))]),
        lists.Facet(
            "consortium",
            _("Consortium"),
            [(str(key), _consortium_name(names)) for key, names in consortia],
            "select",
        ),
        lists.Facet("country", _("Country of a member"), countries(), "select"),
        lists.Facet("language", _("Working language"), languages(), "select"),
    ]


def _asked() -> tuple[lists.Asked, list[lists.Facet], tuple[int, bool], list[int] | None]:
    """What the address asks for; consortium numbers are checked against those that exist."""
    actor = current_actor()
    first = lists.read(_facets([]), SORTS)
    numbers = lists.read([lists.Facet("consortium", "", _numbers())], SORTS).chosen
    found = reads.look_up(first.q)
    consortia, total = reads.consortia_and_total(actor, found, {**first.chosen, **numbers})
    facets = _facets(consortia)
    return lists.read(facets, SORTS), facets, total, found


def _numbers() -> list[tuple[str, str]]:
    given = request.args.getlist("consortium")[: lists.MOST_VALUES]
    return [(value, value) for value in given if value.isdecimal() and value.isascii() and len(value) < 10]


@bp.get("")
@public
def index() -> str:
    """All teams that the reader may see."""
    actor = current_actor()
    asked, facets, total, hits = _asked()
    found = reads.page(actor, hits, asked.chosen, asked.sort, asked.cursor)
    listing = lists.build(
        asked,
        facets,
        [("newest", _("Newest first")), ("oldest", _("Oldest first"))],
        found,
        total,
        title=_("Teams"),
        lead=_("People from several institutions who take on a problem or a project together."),
        csv_path=url_for("teams.export"),
    )
    return render_template(
        "teams/index.html", listing=listing, states=TEAM_STATES, consortium_name=_consortium_name
    )


@bp.get("/export.csv")
@public
def export() -> Response:
    """The same list, filtered the same way, as CSV."""
    asked, _facets_used, _total, hits = _asked()
    rows = reads.rows_for_csv(current_actor(), hits, asked.chosen, asked.sort)
    header = [
        _("Number"), _("Team"), _("Purpose"), _("State"), _("Problem"), _("Project"), _("Consortium"),
        _("Seats taken"), _("Seats"), _("Open roles"), _("Working languages"), _("Since"),
    ]  # fmt: skip
    return csv_response(
        "teams",
        header,
        (
            (
                f"T-{row.id:04d}",
                row.name,
                row.purpose,
                TEAM_STATES[row.state].label,
                f"P-{row.problem_id:04d} {row.problem_title}" if row.problem_title else "",
                row.project_title,
                _consortium_name(row.consortium_names),
                row.seats_taken,
                row.seats,
                row.open_roles,
                " ".join(row.working_languages),
                row.listed_at.date().isoformat(),
            )
            for row in rows
        ),
    )


def _checks(team_page: pages.TeamPage) -> list[tuple[str, bool, str]]:
    """(sentence, whether it is so, address) of what a proposal needs: what stands, then what is missing by name."""
    codes = {thing.code for thing in team_page.missing}
    stands = []
    if not codes & {"no_deputy"}:
        stands.append(_("Lead and deputy are set"))
    if not codes & {"too_few_members", "too_few_institutions", "too_few_countries"}:
        stands.append(_("Enough members, institutions and countries"))
    if not codes & {"no_decision_rule", "no_credit_rule"}:
        stands.append(_("Rules for decisions, credit and benefit are chosen"))
    if not codes & set(missing.EXCHANGE_CODES):
        stands.append(_("Every institution brings and hopes to gain"))
    if not codes & {"requests_open", "invitations_open", "confirmations_open"}:
        stands.append(_("No request or invitation is open"))
    return [(text, True, "") for text in stands] + [
        (thing.text, False, thing.path if may_open(team_page.team, thing.path) else "")
        for thing in team_page.missing
    ]


@bp.get("/<int:team_id>")
@public
def show(team_id: int) -> tuple[str, int]:
    """One team."""
    actor = current_actor()
    team_page = pages.load(actor, team_id)
    team = team_page.team
    for row in team_page.exchange:
        row.remedy = _remedy(team_page, row)
    first = team_page.requests[0] if team_page.requests else None
    form = AnswerForm(data={"version": str(first.version)}) if first else None
    return page(
        "show.html",
        team,
        view=team_page,
        inside=bool(policies.view_inside(actor, team)),
        runs=policies.runs(actor, team),
        first=first,
        answer_form=form,
        coverage=exchange.coverage(team_page.roles, team_page.members),
        checks=_checks(team_page),
        facts=_facts(team_page),
        consortium_name=team.consortium.name_in(get_locale()),
        problem_is_seen=bool(team.problem and see_problem(actor, team.problem)),
        project_is_seen=bool(team.project and see_project(actor, team.project)),
        may_decide=policies.approve(actor, team, team_page.deciders_for(actor)),
        is_gathering=team.state in GATHERING_STATES,
        files=files.of(actor, "team", team),
        files_of=KIND.about(team),
        may_attach=KIND.attach(actor, team),
        outcomes=outcomes.beside_team(actor, team),
    )


def _remedy(team_page: pages.TeamPage, row: exchange.Row) -> tuple[str, str] | None:
    """Where what is missing in a row can be mended: by its own members, or by reminding them."""
    if row.brings and row.gains:
        return None
    team, own = team_page.team, team_page.own
    if own is not None and own.state == "active" and own.institution_id == row.institution_id:
        return _("Write our lines"), url_for("teams.lines", team_id=team.id)
    if policies.remind_lines(current_actor(), team):
        return (
            _("Remind %(name)s", name=row.people[0]),
            url_for("teams.remind", team_id=team.id, institution_id=row.institution_id),
        )
    return None


def _facts(team_page: pages.TeamPage) -> list[tuple[str, Any]]:
    team = team_page.team
    locale = get_locale()
    return [
        (
            _("Working languages"),
            fmt_list([vocab.language_name(code, locale) for code in team.working_languages]),
        ),
        (_("Countries"), fmt_list([vocab.country_name(code, locale) for code in team_page.countries])),
        (_("Meets"), bdi(team.meeting_hours) if team.meeting_hours else ""),
        (_("Decides"), DECISION_RULES.get(team.decision_rule, "")),
        (_("Credit"), CREDIT_RULES.get(team.credit_rule, "")),
        (_("Benefit"), bdi(team.benefit_rule) if team.benefit_rule else ""),
        (_("Started"), fmt_date(team.created_at)),
        (_("Approved on"), fmt_date(team.approved_at)),
        (_("Ended"), fmt_date(team.ended_at)),
    ]


@bp.get("/<int:team_id>/history")
@public
def past(team_id: int) -> tuple[str, int]:
    """What happened, as far as the reader may know."""
    team = find(team_id)
    return page("history.html", team, entries=history.entries(current_actor(), team))


@bp.route("/<int:team_id>/updates", methods=["GET", "POST"])
@public
def updates(team_id: int) -> Any:
    """All updates, and the form for members to post one."""
    actor = current_actor()
    team = find(team_id)
    may_post = policies.post_update(actor, team)
    form = UpdateForm(data={"language": get_locale()}) if may_post else None
    if request.method == "POST":
        insist(may_post)
    if form is not None and form.validate_on_submit():
        services.post_update(actor, team, text=form.text.data, language=form.language.data)
        return done(team, _("Your update is posted."), endpoint="updates")
    return page("updates.html", team, form=form, posts=pages.updates(team.id, 50))
