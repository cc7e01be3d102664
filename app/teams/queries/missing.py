"""The two-way gate: what stands between a team and its proposal, each thing by name.

`find` is the rule, over plain facts that a page or an action has read; `what_is_missing` reads them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Person
from app.consortia.models import Consortium
from app.core.db import db
from app.core.i18n import _, fmt_list, ngettext
from app.institutions.models import Institution
from app.problems.models import Problem
from app.teams.models import ExchangeLine, MailInvitation, Membership, Team

EXCHANGE_CODES = ("brings_missing", "gains_missing", "gain_points_nowhere")
LEAST_MEMBERS = 2
CLOSED_PROBLEMS = ("withdrawn", "closed", "rejected")


@dataclass(frozen=True)
class Missing:
    """One thing that is missing: a stable code, a sentence, the names of those who can mend it, the page where.

    `institution_id` is set where an institution's line is what is missing.
    """

    code: str
    text: str
    who: tuple[str, ...]
    path: str
    institution_id: int | None = None


@dataclass
class Facts:
    """What the rule looks at. `members` are rows with person_id, name, institution_id, institution, country."""

    team: Team
    least_institutions: int
    least_countries: int
    problem_state: str | None
    members: list[Any] = field(default_factory=list)
    lines: list[Any] = field(default_factory=list)
    requests: int = 0
    invitations: int = 0
    confirmations: int = 0


def read(team: Team) -> Facts:
    """The facts of a team, in four statements."""
    least_institutions, least_countries, problem_state, mails = db.session.execute(
        select(
            Consortium.min_institutions,
            Consortium.min_countries,
            Problem.state,
            select(func.count(MailInvitation.id))
            .where(MailInvitation.team_id == team.id, MailInvitation.decided_at.is_(None))
            .scalar_subquery(),
        )
        .select_from(Consortium)
        .outerjoin(Problem, Problem.id == team.problem_id)
        .where(Consortium.id == team.consortium_id)
    ).one()
    asked = {
        row.state: row.number
        for row in db.session.execute(
            select(Membership.state, func.count().label("number"))
            .where(
                Membership.team_id == team.id, Membership.state.in_(("requested", "invited", "confirming"))
            )
            .group_by(Membership.state)
        )
    }
    return Facts(
        team,
        least_institutions,
        least_countries,
        problem_state,
        members=member_rows(team.id),
        lines=line_rows(team.id),
        requests=asked.get("requested", 0),
        invitations=asked.get("invited", 0) + mails,
        confirmations=asked.get("confirming", 0),
    )


def member_rows(team_id: int) -> list[Any]:
    """Active members: person_id, name, institution_id, institution, country."""
    return list(
        db.session.execute(
            select(
                Membership.person_id,
                Person.display_name.label("name"),
                Membership.institution_id,
                Institution.name.label("institution"),
                Institution.country,
            )
            .join(Person, Person.id == Membership.person_id)
            .join(Institution, Institution.id == Membership.institution_id)
            .where(Membership.team_id == team_id, Membership.state == "active")
            .order_by(Membership.started_at, Membership.id)
        )
    )


def line_rows(team_id: int) -> list[Any]:
    """Exchange lines: id, institution_id, direction, text, from_line_id, from_outcome."""
    return list(
        db.session.execute(
            select(
                ExchangeLine.id,
                ExchangeLine.institution_id,
                ExchangeLine.direction,
                ExchangeLine.text,
                ExchangeLine.from_line_id,
                ExchangeLine.from_outcome,
            )
            .where(ExchangeLine.team_id == team_id)
            .order_by(ExchangeLine.position, ExchangeLine.id)
        )
    )


def what_is_missing(team: Team) -> list[Missing]:
    """What keeps this team from being proposed; empty when it can be."""
    return find(read(team))


def find(facts: Facts) -> list[Missing]:
    """The rule itself."""
    return [*_asked(facts), *_people(facts), *_rules(facts), *_exchange(facts)]


def _names(facts: Facts, *person_ids: int | None) -> tuple[str, ...]:
    return tuple(row.name for row in facts.members if row.person_id in person_ids)


def _path(team: Team, part: str) -> str:
    return f"/teams/{team.id}/{part}"


def _asked(facts: Facts) -> Iterable[Missing]:
    team = facts.team
    who = _names(facts, team.lead_id, team.deputy_id)
    if facts.problem_state in CLOSED_PROBLEMS:
        yield Missing(
            "problem_closed", _("The problem is not open any more."), (), f"/problems/{team.problem_id}"
        )
    if facts.requests:
        text = ngettext("%(num)s request is open", "%(num)s requests are open", facts.requests)
        yield Missing("requests_open", text, who, f"/teams/{team.id}#requests")
    if facts.invitations:
        text = ngettext("%(num)s invitation is open", "%(num)s invitations are open", facts.invitations)
        yield Missing("invitations_open", text, who, _path(team, "invite#open"))
    if facts.confirmations:
        text = ngettext(
            "%(num)s institution has not confirmed yet",
            "%(num)s institutions have not confirmed yet",
            facts.confirmations,
        )
        yield Missing("confirmations_open", text, (), f"/teams/{team.id}#members")


def _people(facts: Facts) -> Iterable[Missing]:
    team = facts.team
    who = _names(facts, team.lead_id, team.deputy_id)
    institutions = {row.institution_id for row in facts.members}
    countries = {row.country for row in facts.members}
    if len(facts.members) < LEAST_MEMBERS:
        yield Missing("too_few_members", _("A team needs two members or more."), who, _path(team, "invite"))
    if len(institutions) < facts.least_institutions:
        text = ngettext(
            "The consortium asks for %(num)s institution",
            "The consortium asks for %(num)s institutions or more",
            facts.least_institutions,
        )
        yield Missing("too_few_institutions", text, who, _path(team, "invite"))
    if len(countries) < facts.least_countries:
        text = ngettext(
            "The consortium asks for %(num)s country",
            "The consortium asks for members from %(num)s countries or more",
            facts.least_countries,
        )
        yield Missing("too_few_countries", text, who, _path(team, "invite"))
    if team.deputy_id is None or not _names(facts, team.deputy_id):
        yield Missing(
            "no_deputy", _("The deputy is not named yet."), _names(facts, team.lead_id), _path(team, "deputy")
        )


def _rules(facts: Facts) -> Iterable[Missing]:
    team = facts.team
    who = _names(facts, team.lead_id, team.deputy_id)
    if not team.decision_rule:
        yield Missing(
            "no_decision_rule", _("It is not said how the team decides."), who, _path(team, "rules")
        )
    if not team.credit_rule or not team.benefit_rule:
        yield Missing(
            "no_credit_rule",
            _("It is not said how credit and benefit are shared."),
            who,
            _path(team, "rules"),
        )


def _exchange(facts: Facts) -> Iterable[Missing]:
    team = facts.team
    names = {row.institution_id: row.institution for row in facts.members}
    brings = {row.id: row for row in facts.lines if row.direction == "brings" and row.institution_id in names}
    for key, name in names.items():
        who = tuple(row.name for row in facts.members if row.institution_id == key)
        path = _path(team, "lines")
        own = [row for row in facts.lines if row.institution_id == key]
        gains = [row for row in own if row.direction == "gains"]
        if not any(row.direction == "brings" for row in own):
            text = _("%(institution)s has not said what it brings.", institution=name)
            yield Missing("brings_missing", text, who, path, key)
        if not gains:
            text = _("%(institution)s has not said what it hopes to gain.", institution=name)
            yield Missing("gains_missing", text, who, path, key)
        for row in gains:
            source = brings.get(row.from_line_id)
            if row.from_outcome or (source is not None and source.institution_id != key):
                continue
            text = _(
                "%(institution)s does not say from whom or from what “%(text)s” comes.",
                institution=name,
                text=row.text,
            )
            yield Missing("gain_points_nowhere", text, who, path, key)


def refusal(missing: list[Missing]) -> tuple[str, str]:
    """(code, sentence) of the refusal to propose: all that is missing, with who can mend it."""
    one_way = any(thing.code in EXCHANGE_CODES for thing in missing)
    code = "not_both_ways" if one_way else missing[0].code
    lines = []
    for thing in missing:
        text = thing.text.rstrip(".")
        lines.append(
            _("%(missing)s (%(who)s can mend it).", missing=text, who=fmt_list(list(thing.who)))
            if thing.who
            else f"{text}."
        )
    return code, " ".join([_("This team cannot be proposed yet."), *lines])
