"""Filling a portal for measuring: problem statements and the teams on them, with counters that agree."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.core import index
from app.core.clock import add_working_days
from app.demo.services import wording
from app.demo.services.world import World, with_ancestors
from app.demo.services.writer import MOST_HELD
from app.problems.models import (
    NO_END,
    PUBLIC_STATES,
    RIGHTS,
    Endorsement,
    Problem,
    ProblemFacet,
    ProblemFollow,
    ProblemLine,
    Review,
)
from app.teams.models import ExchangeLine, Membership, OpenRole, Proposal, Team, TeamText

SPAN = timedelta(days=700)
PROBLEM_STATES = (
    ("published",) * 74 + ("expired",) * 6 + ("closed",) * 4 + ("submitted",) * 4 + ("draft",) * 4
    + ("needs_changes",) * 3 + ("rejected",) * 3 + ("withdrawn",) * 2
)  # fmt: skip
TEAM_STATES = (
    ("recruiting",) * 45 + ("approved",) * 28 + ("proposed",) * 5 + ("needs_changes",) * 5 + ("completed",) * 8
    + ("paused",) * 2 + ("dissolved",) * 5 + ("rejected",) * 2
)  # fmt: skip
OPEN_TEAMS = ("recruiting", "proposed", "needs_changes")
DECIDED = {"published": "publish", "needs_changes": "return", "rejected": "reject"}


@dataclass
class Plan:
    """A problem before it is written: whose it is, its state, and the states of its teams."""

    consortium: int
    institution: int
    author: int
    state: str
    at: datetime
    teams: list[str]


def problems_and_teams(world: World, scale: int) -> None:
    """Write `scale` problems and as many teams; the oldest first, so that keys follow the order of lists."""
    luck = world.luck
    for plan in _plan(world, scale):
        problem = _problem(world, plan)
        if plan.state in PUBLIC_STATES and luck.random() < 0.3:
            _endorse(world, problem, plan)
        for state in plan.teams:
            members = [one for one in world.consortia[plan.consortium] if one != plan.institution]
            chosen = [plan.institution, *luck.sample(members, min(len(members), luck.choice((1, 1, 2))))]
            _team(world, problem, plan, state, chosen)
        world.writer.flush(MOST_HELD)


def _plan(world: World, scale: int) -> list[Plan]:
    luck, people, consortia, now = world.luck, world.people, world.consortia, world.now
    keys = [key for key, members in consortia.items() if members]
    step = SPAN / max(scale, 1)
    plans = []
    for number in range(scale):
        consortium = luck.choice(keys)
        institution = luck.choice(consortia[consortium])
        state = luck.choice(PROBLEM_STATES)
        author = luck.choice(people[institution])
        plans.append(Plan(consortium, institution, author, state, now - SPAN + step * number, []))
    open_ones = [plan for plan in plans if plan.state == "published"] or plans[:1]
    for _ in range(scale):
        plan = luck.choice(open_ones)
        plan.teams.append(luck.choice(TEAM_STATES))
        if "approved" in plan.teams:
            plan.state = "in_work"
    return plans


def _problem(world: World, plan: Plan) -> int:
    luck, draw = world.luck, world.draw
    language = luck.choice(wording.LANGUAGES)
    title, title_words = wording.title(luck, language)
    summary, summary_words = wording.prose(luck, language, 2, 480)
    statement, statement_words = wording.prose(luck, language, 5, 1500)
    goals = list(dict.fromkeys(draw["sdg"]() for _ in range(luck.choice((1, 1, 2)))))
    fields = list(dict.fromkeys(draw["field"]() for _ in range(luck.choice((1, 2)))))
    where = list(dict.fromkeys(draw["country"]() for _ in range(luck.choice((1, 2, 3)))))
    public = plan.state in PUBLIC_STATES
    states = Counter(plan.teams)
    key = world.writer.put(
        Problem,
        title=title,
        summary=summary,
        statement=statement,
        language=language,
        affected_who=wording.pools()[language].lines[0],
        affected_where=where,
        affected_number=luck.randrange(1_000, 5_000_000),
        sdg_goals=goals,
        fields=fields,
        keywords=[luck.choice(wording.pools()[language].keywords).text],
        rights=luck.choice(list(RIGHTS)),
        closes_on=_closing_day(luck, plan.state, world.now),
        state=plan.state,
        author_id=plan.author,
        institution_id=plan.institution,
        consortium_id=plan.consortium,
        created_at=plan.at,
        touched_at=plan.at,
        published_at=plan.at if public else None,
        listed_at=plan.at,
        teams_open=sum(states[state] for state in OPEN_TEAMS),
        teams_at_work=states["approved"],
    )
    _parts(world, key, plan, language)
    values = [("sdg", goal) for goal in goals]
    values += [("field", code) for code in sorted(with_ancestors(fields))]
    values += [("country", code) for code in where]
    values += [("need", draw["kind"]())]
    for facet, value in values:
        world.writer.put(ProblemFacet, problem_id=key, facet=facet, value=value, listed_at=plan.at)
    _review(world, key, plan)
    if public:
        world.problems.append(key)
        words = f"kindproblem {title_words} {summary_words} {statement_words}"
        world.writer.put(index.IndexEntry, kind="problem", ref_id=key, words=words)
    return key


def _closing_day(luck: random.Random, state: str, now: datetime) -> date:
    if state == "expired":
        return (now - timedelta(days=luck.randrange(1, 300))).date()
    return NO_END if luck.random() < 0.2 else (now + timedelta(days=luck.randrange(5, 700))).date()


def _parts(world: World, key: int, plan: Plan, language: str) -> None:
    luck, writer, draw = world.luck, world.writer, world.draw
    for position, direction in enumerate(("brings", "needs", "needs")):
        text = luck.choice(wording.pools()[language].lines)
        writer.put(
            ProblemLine,
            problem_id=key,
            direction=direction,
            kind=draw["kind"](),
            text=text,
            position=position,
        )
    if luck.random() < 0.2:
        writer.put(ProblemFollow, problem_id=key, person_id=plan.author, since=plan.at)


def _review(world: World, key: int, plan: Plan) -> None:
    luck, writer, leads = world.luck, world.writer, world.leads[plan.consortium]
    if plan.state == "submitted":
        asked = world.now - timedelta(days=luck.randrange(1, 9))
        writer.put(
            Review,
            problem_id=key,
            asked_by_id=plan.author,
            asked_at=asked,
            due_at=add_working_days(asked, 10),
        )
    elif plan.state not in {"draft", "withdrawn"}:
        decider = next((lead for lead in leads if lead != plan.author), leads[0])
        writer.put(
            Review,
            problem_id=key,
            asked_by_id=plan.author,
            asked_at=plan.at - timedelta(days=4),
            due_at=plan.at + timedelta(days=10),
            decided_by_id=decider,
            decided_at=plan.at,
            decision_code=DECIDED.get(plan.state, "publish"),
        )


def _endorse(world: World, problem: int, plan: Plan) -> None:
    luck, writer = world.luck, world.writer
    institutions = luck.choice(list(world.consortia.values()))
    others = [one for one in institutions if one != plan.institution]
    chosen = luck.sample(others, min(len(others), luck.choice((1, 1, 2, 4))))
    for institution in chosen:
        writer.put(
            Endorsement,
            problem_id=problem,
            institution_id=institution,
            person_id=world.people[institution][0],
            endorsed_at=plan.at,
        )
    writer.amend(Problem, problem, endorsements=len(chosen))


def _team(world: World, problem: int, plan: Plan, state: str, institutions: list[int]) -> None:
    luck, writer = world.luck, world.writer
    language = luck.choice(wording.LANGUAGES)
    name, name_words = wording.title(luck, language)
    purpose, purpose_words = wording.prose(luck, language, 2, 480)
    at = plan.at + timedelta(days=luck.randrange(1, 20))
    members = [(one, luck.choice(world.people[one])) for one in institutions]
    first = institutions[0]
    members += [(first, person) for person in world.people[first] if (first, person) not in members][:1]
    approved = state in {"approved", "paused", "completed"}
    team = writer.put(
        Team,
        name=name,
        purpose=purpose,
        language=language,
        problem_id=problem,
        consortium_id=plan.consortium,
        lead_id=members[0][1],
        deputy_id=members[1][1] if len(members) > 1 else None,
        state=state,
        seats=8,
        seats_taken=len(members),
        working_languages=[language],
        decision_rule="consent",
        credit_rule="credit_before",
        benefit_rule="Shared by all.",
        created_at=at,
        touched_at=at,
        listed_at=at,
        approved_at=at if approved else None,
        ended_at=at if state in {"completed", "dissolved"} else None,
    )
    lead = members[0][1]
    _members(world, team, members, at)
    if state == "recruiting":
        for position in range(2):
            skill = luck.choice(wording.pools()[language].keywords).text
            writer.put(OpenRole, team_id=team, skill=skill, hours_month=8, position=position)
    _exchange(world, team, institutions, language)
    writer.put(TeamText, team_id=team, number=1, text=purpose, written_by_id=lead, written_at=at)
    if state not in {"recruiting", "dissolved"}:
        inside = {person for _, person in members}
        decider = next((one for one in world.leads[plan.consortium] if one not in inside), None)
        writer.put(Proposal, team_id=team, **_round(state, lead, decider, at))
    writer.put(index.IndexEntry, kind="team", ref_id=team, words=f"kindteam {name_words} {purpose_words}")


def _members(world: World, team: int, members: list[tuple[int, int]], at: datetime) -> None:
    lead = members[0][1]
    for institution, person in members:
        world.writer.put(
            Membership,
            team_id=team,
            person_id=person,
            institution_id=institution,
            side="person",
            state="active",
            asked_by_id=person,
            asked_at=at,
            decided_by_id=lead,
            decided_at=at,
            decision_code="accepted",
            accepted_text=1,
            started_at=at,
        )


def _exchange(world: World, team: int, institutions: list[int], language: str) -> None:
    """Each brings something, and each gains what the one before it brings."""
    luck, writer = world.luck, world.writer
    lines = wording.pools()[language].lines
    kinds = wording.codes()["kind"]
    given = [
        writer.put(
            ExchangeLine,
            team_id=team,
            institution_id=institution,
            direction="brings",
            kind=luck.choice(kinds),
            text=luck.choice(lines),
        )
        for institution in institutions
    ]
    for at, institution in enumerate(institutions):
        writer.put(
            ExchangeLine,
            team_id=team,
            institution_id=institution,
            direction="gains",
            kind=luck.choice(kinds),
            text=luck.choice(lines),
            from_line_id=given[at - 1] if len(given) > 1 else None,
            from_outcome="" if len(given) > 1 else "A joint report",
        )


def _round(state: str, lead: int, decider: int | None, at: datetime) -> dict[str, Any]:
    is_open = state == "proposed" or decider is None
    code = {"rejected": "too_thin", "needs_changes": "returned"}.get(state, "approved")
    return {
        "asked_by_id": lead,
        "asked_at": at,
        "due_at": at + timedelta(days=14),
        "decided_by_id": None if is_open else decider,
        "decided_at": None if is_open else at,
        "decision_code": None if is_open else code,
    }
