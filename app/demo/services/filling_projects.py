"""Filling a portal for measuring: projects with their partners, members and plan, with counters that agree."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from app.core import index
from app.core.clock import add_working_days
from app.core.db import db
from app.demo.services import wording
from app.demo.services.world import World, with_ancestors
from app.demo.services.writer import MOST_HELD
from app.projects.models import (
    LISTED_STATES,
    LIT_STATES,
    Funding,
    Milestone,
    Project,
    ProjectFacet,
    ProjectFollow,
    ProjectMember,
    ProjectNumber,
    ProjectPartner,
    ProjectProblem,
    ProjectReview,
    ProjectUpdate,
    ResourceNeed,
)

PROJECT_MODELS = (
    Project, ProjectNumber, ProjectProblem, Funding, ResourceNeed, ProjectFacet, ProjectFollow, ProjectReview,
    ProjectPartner, ProjectMember, Milestone, ProjectUpdate,
)  # fmt: skip
SPAN = timedelta(days=700)
STATES = (
    ("active",) * 52 + ("forming",) * 14 + ("closing",) * 4 + ("closed",) * 12 + ("on_hold",) * 3 + ("cancelled",) * 3
    + ("submitted",) * 4 + ("draft",) * 4 + ("needs_changes",) * 2 + ("rejected",) * 1 + ("withdrawn",) * 1
)  # fmt: skip
VISIBILITIES = ("public",) * 16 + ("signed_in",) * 2 + ("consortium", "members")
DECIDED = {"needs_changes": "returned", "rejected": "unclear"}
ROLES = ("partner",) * 6 + ("facility", "contractor", "funder", "in_kind")
CREDIT = ("conceptualization", "methodology", "investigation", "software", "writing-original-draft")
STEP = timedelta(days=90)  # between milestones
QUARTERS = (4, 5, 6, 8, 12)


@dataclass(frozen=True)
class Plan:
    """A project before it is written: its time, whose it is, and who takes part."""

    at: datetime
    state: str
    consortium: int
    institutions: tuple[int, ...]  # the host first
    members: tuple[tuple[int, int], ...]  # (institution, person), the lead first
    starts: date
    quarters: int

    @property
    def is_listed(self) -> bool:
        """Whether others than those who take part may see it."""
        return self.state in LISTED_STATES

    @property
    def ends(self) -> date:
        """The planned end."""
        return self.starts + self.quarters * STEP


def projects(world: World, scale: int) -> None:
    """Write `scale` projects, the oldest first, so that keys follow the order of lists."""
    known = {row.year: row.last for row in db.session.execute(select(ProjectNumber.year, ProjectNumber.last))}
    last = dict(known)
    for plan in _plans(world, scale):
        code, year = None, plan.at.year
        if plan.state not in {"draft", "withdrawn"}:
            last[year] = last.get(year, 0) + 1
            code = f"PRJ-{year}-{last[year]:04d}"
        _project(world, plan, code)
        world.writer.flush(MOST_HELD)
    for year, number in last.items():
        if year in known:
            db.session.execute(update(ProjectNumber).where(ProjectNumber.year == year).values(last=number))
        else:
            world.writer.put(ProjectNumber, year=year, last=number)


def _plans(world: World, scale: int) -> Iterator[Plan]:
    luck = world.luck
    keys = [key for key, members in world.consortia.items() if members]
    step = SPAN / max(scale, 1)
    for number in range(scale):
        consortium = luck.choice(keys)
        members = world.consortia[consortium]
        institutions = tuple(luck.sample(members, min(len(members), luck.choice((1, 2, 2, 3, 4)))))
        people = [(one, luck.choice(world.people[one])) for one in institutions]
        second = luck.choice(world.people[institutions[0]])
        if second != people[0][1]:
            people.append((institutions[0], second))
        at = world.now - SPAN + step * number
        state = luck.choice(STATES)
        starts = at.date() - timedelta(days=luck.randrange(700) if state == "closed" else luck.randrange(60))
        yield Plan(at, state, consortium, institutions, tuple(people), starts, luck.choice(QUARTERS))


def _project(world: World, plan: Plan, code: str | None) -> None:
    writer, key = world.writer, world.writer.keys[Project] + 1
    texts, words = _texts(world)
    values = texts | _facts(world, plan)
    writer.put(Project, code=code, due_next=_milestones(world, key, plan, values["language"]), **values)
    _people(world, key, plan)
    _parts(world, key, plan, values["language"])
    if not plan.is_listed:
        return
    facets = [("sdg", goal) for goal in values["sdg_goals"]]
    facets += [("field", one) for one in sorted(with_ancestors(values["fields"]))]
    facets += [("country", one) for one in values["countries"]]
    facets += [("institution", str(one)) for one in plan.institutions]
    for facet, value in facets:
        writer.put(ProjectFacet, project_id=key, facet=facet, value=value, listed_at=plan.at)
    writer.put(index.IndexEntry, kind="project", ref_id=key, words=f"kindproject {words}")


def _texts(world: World) -> tuple[dict[str, Any], str]:
    """The texts of a project, and their words."""
    luck = world.luck
    language = luck.choice(wording.LANGUAGES)
    title, title_words = wording.title(luck, language)
    summary, summary_words = wording.prose(luck, language, 2, 480)
    description, description_words = wording.prose(luck, language, 5, 1500)
    name = luck.choice(wording.places())[0]
    texts = {
        "language": language,
        "acronym": name.text.upper()[:20],
        "title": title,
        "summary": summary,
        "description": description,
        "goal": wording.prose(luck, language, 1, 300)[0],
        "success": wording.prose(luck, language, 1, 300)[0],
        "keywords": [luck.choice(wording.pools()[language].keywords).text],
    }
    return texts, f"{name.words} {title_words} {summary_words} {description_words}"


def _facts(world: World, plan: Plan) -> dict[str, Any]:
    """Whose it is, where it stands, who sees it."""
    luck, draw, lead = world.luck, world.draw, plan.members[0][1]
    readiness = luck.randrange(1, 7)
    return {
        "state": plan.state,
        "visibility": luck.choice(VISIBILITIES),
        "resources_for": luck.choice(VISIBILITIES),
        "consortium_id": plan.consortium,
        "institution_id": plan.institutions[0],
        "lead_id": lead,
        "registered_by_id": lead,
        "starts_on": plan.starts,
        "ends_on": plan.ends,
        "planned_end": plan.ends,
        "trl_now": readiness,
        "trl_wanted": min(9, readiness + luck.randrange(4)),
        "sdg_goals": list(dict.fromkeys(draw["sdg"]() for _ in range(luck.choice((1, 1, 2))))),
        "fields": list(dict.fromkeys(draw["field"]() for _ in range(luck.choice((1, 2))))),
        "partners_count": len(plan.institutions),
        "members_count": len(plan.members),
        "countries": sorted({world.countries[one] for one in plan.institutions}),
        "rights": "open",
        "created_at": plan.at,
        "touched_at": plan.at,
        "accepted_at": plan.at if plan.is_listed else None,
        "active_at": plan.at if plan.is_listed and plan.state != "forming" else None,
        "closed_at": world.now if plan.state == "closed" else None,
        "listed_at": plan.at,
        "state_since": plan.at,
    }


def _milestones(world: World, project: int, plan: Plan, language: str) -> date:
    """The plan up to its end; returns what is due first: a milestone not reported yet, else the end."""
    luck, today = world.luck, world.now.date()
    due_next = plan.ends
    for number in range(1, min(plan.quarters, 5) + 1):
        due = plan.starts + number * STEP
        is_late = due < today and luck.random() < 0.08
        state = "accepted" if due < today and not is_late and plan.state in LIT_STATES else "planned"
        if plan.state == "closed":
            state = "accepted"
        if state == "planned":
            due_next = min(due_next, due)
        reached = state == "accepted"
        world.writer.put(
            Milestone,
            project_id=project,
            number=number,
            title=wording.title(luck, language)[0],
            due_on=due,
            first_due_on=due,
            institution_id=luck.choice(plan.institutions),
            state=state,
            evidence=wording.pools()[language].lines[0] if reached else "",
            reported_on=due if reached else None,
            reported_by_id=plan.members[0][1] if reached else None,
            accepted_at=plan.at if reached else None,
            accepted_by_id=plan.members[-1][1] if reached and len(plan.members) > 1 else None,
        )
    return due_next


def _people(world: World, project: int, plan: Plan) -> None:
    luck, lead = world.luck, plan.members[0][1]
    lines = wording.pools()["en"].lines
    for place, institution in enumerate(plan.institutions):
        world.writer.put(
            ProjectPartner,
            project_id=project,
            institution_id=institution,
            role="lead" if place == 0 else luck.choice(ROLES),
            state="accepted",
            asked_by_id=lead,
            asked_at=plan.at,
            decided_by_id=world.people[institution][0],
            decided_at=plan.at,
            decision_code="accepted",
            brings=[{"kind": world.draw["kind"](), "text": luck.choice(lines)}],
            gains=[{"kind": world.draw["kind"](), "text": luck.choice(lines)}],
            starts_on=plan.starts,
        )
    for institution, person in plan.members:
        world.writer.put(
            ProjectMember,
            project_id=project,
            person_id=person,
            institution_id=institution,
            state="active",
            asked_by_id=lead,
            asked_at=plan.at,
            decided_by_id=person,
            decided_at=plan.at,
            decision_code="accepted",
            credit_roles=[luck.choice(CREDIT)],
            starts_on=plan.starts,
        )


def _parts(world: World, project: int, plan: Plan, language: str) -> None:
    luck, writer, lead = world.luck, world.writer, plan.members[0][1]
    lines = wording.pools()[language].lines
    writer.put(ResourceNeed, project_id=project, kind=world.draw["kind"](), text=luck.choice(lines))
    if luck.random() < 0.5:
        amount = Decimal(luck.randrange(10, 4000) * 1000)
        writer.put(Funding, project_id=project, funder_name="Own means", amount=amount, currency="EUR")
    if world.problems and luck.random() < 0.6:
        writer.put(ProjectProblem, project_id=project, problem_id=luck.choice(world.problems))
    if plan.is_listed and luck.random() < 0.3:
        text = wording.prose(luck, language, 2, 400)[0]
        writer.put(
            ProjectUpdate,
            project_id=project,
            author_id=lead,
            text=text,
            language=language,
            posted_at=plan.at,
        )
        writer.put(ProjectFollow, project_id=project, person_id=lead, since=plan.at)
    _review(world, project, plan)


def _review(world: World, project: int, plan: Plan) -> None:
    lead = plan.members[0][1]
    if plan.state in {"draft", "withdrawn"}:
        return
    if plan.state == "submitted":
        asked = world.now - timedelta(days=world.luck.randrange(1, 9))
        due = add_working_days(asked, 10)
        world.writer.put(ProjectReview, project_id=project, asked_by_id=lead, asked_at=asked, due_at=due)
        return
    leads = world.leads[plan.consortium]
    world.writer.put(
        ProjectReview,
        project_id=project,
        asked_by_id=lead,
        asked_at=plan.at - timedelta(days=4),
        due_at=plan.at + timedelta(days=10),
        decided_by_id=next((one for one in leads if one != lead), leads[0]),
        decided_at=plan.at,
        decision_code=DECIDED.get(plan.state, "accepted"),
    )
