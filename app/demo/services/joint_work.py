"""The demonstration's projects: registered, joined by partners and people, decided about, and how they went on."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.core import clock
from app.core.db import db
from app.demo.services.cast import representative
from app.demo.services.story import Row, Story, rows
from app.projects import services as projects
from app.projects.models import Milestone, Project, ProjectMember, ProjectPartner
from app.projects.queries.course import open_hearings
from app.projects.services import course, milestones, steps, updates

RIGHTS = ("rights", "visibility")
PARTS = {
    "about": ("title", "acronym", "summary", "description", "language", "keywords"),
    "goals": ("goal", "success", "sdg_goals", "sdg_targets", "fields", "trl_now", "trl_wanted"),
}
OLDEST, NEWEST = 112.0, 24.0  # days ago on which projects were sent that have been decided about since
SENT = {"submitted": 3.0, "needs_changes": 12.0, "rejected": 30.0}
EVIDENCE = {
    "en": "All partners have read the report; the figures lie with the data.",
    "fr": "Tous les partenaires ont lu le rapport ; les chiffres sont avec les données.",
}
UPDATES = {
    "en": (
        ("First season over", "The first season of measurements is over. Two sites need new sensors, the others are complete."),
        ("New partner at work", "Our newest partner has begun. The methods were compared in one week at one place, which saves us months."),
        ("What did not work", "One method failed in heat above 40 degrees. We say so here, so that nobody else has to find out."),
    ),
    "fr": (("Première saison terminée", "La première saison de mesures est terminée. Deux sites attendent de nouveaux capteurs."),),
}  # fmt: skip
REPORT = {
    "en": "The main aims were reached. One site was given up after a flood; its partner took part in the analysis in its place.",
    "fr": "Les buts principaux sont atteints. Un site a été abandonné ; son partenaire a pris part à l’analyse.",
}
HELD = "The boat that carries the instruments is being repaired; work goes on in spring."
CANCELLED = "The host has closed its workshop. What was filmed is kept and given to the museums."
WISH = "Please say what the partners outside Europe gain. The plan needs a milestone in the first year."
REJECTED = "This is a test by one laboratory alone; come back with those who would use the surface."


def tell(story: Story) -> None:
    """Put every project into the story."""
    active = 0
    for number, row in enumerate(rows("projects")):
        state = row["state"]
        share = (number * 31) % len(rows("projects")) / len(rows("projects"))
        day = SENT.get(state, NEWEST + (OLDEST - NEWEST) * share)
        if state == "forming":
            day = 9.0 + number % 7
        story.at(day + 3, _begin, row)
        story.at(day + 2.8, _fill, row)
        if state == "draft":
            continue
        story.at(day, _do, row, projects.submit)
        if state == "submitted":
            continue
        story.at(day - 3, _decide, row)
        if state in {"needs_changes", "rejected"}:
            continue
        _join(story, row, day - 4, waits=state == "forming")
        if state != "forming":
            active += 1
            story.at(day - 8, _start, row)
            _tell_course(story, row, day - 8, active)


def _join(story: Story, row: Row, day: float, waits: bool) -> None:
    """Partners are asked and accept, people are invited and come; while it forms, the last of each is still awaited."""
    partners, members = row["partners"][1:], row["members"][1:]
    for place, partner in enumerate(partners):
        story.at(day, _ask_partner, row, partner)
        if not (waits and place == len(partners) - 1):
            story.at(day - 1.5, _accept_partner, row, partner)
    for place, member in enumerate(members):
        story.at(day - 1, _invite, row, member)
        if not (waits and place == len(members) - 1):
            story.at(day - 2.5, _accept_invitation, row, member)


def _tell_course(story: Story, row: Row, day: float, number: int) -> None:
    state = row["state"]
    for milestone in row["milestones"]:
        due = (story.now.date() - (story.later(milestone["due_on"]) or story.now.date())).days
        if milestone.get("late") or due < 1:
            continue
        story.at(min(due + 0.6, day - 1), _report, row, milestone["title"], due > day - 1)
    if number % 3 == 1:
        story.at(1.0 + number % 9, _post, row, number)
    if state == "on_hold":
        story.at(9, _do, row, course.change_course, verb="hold", note=HELD)
    elif state == "cancelled":
        story.at(7, _do, row, course.change_course, verb="cancel", note=CANCELLED)
    elif state in {"closing", "closed"}:
        story.at(10, _do, row, course.begin_closing, report=REPORT[row["language"]])
    if state == "closed":
        story.at(8, _agree, row)
        story.at(5, _do, row, course.close_project)


def _project(story: Story, row: Row) -> Project:
    return story.record(Project, story.projects[row["key"]])


def _do(story: Story, row: Row, act: Callable[..., Any], **facts: Any) -> None:
    """An order of its lead."""
    act(story.actor(row["lead"]), _project(story, row), **facts)


# ---- Registering -------------------------------------------------------------------------------------------


def _begin(story: Story, row: Row) -> None:
    project = projects.create(
        story.actor(row["lead"]),
        institution_id=story.institutions[row["institution"]],
        consortium_id=story.consortia[row["consortium"]],
        title=row["title"],
        language=row["language"],
        source=row["source"],
        problem_ids=[story.problems[row["problem"]]] if row["problem"] in story.problems else [],
    )
    story.projects[row["key"]] = project.id


def _fill(story: Story, row: Row) -> None:
    """The tasks; a draft has its first ones only. The host's own word comes first where it wants to be asked."""
    lead = story.actor(row["lead"])
    for part, names in PARTS.items():
        values = {name: row[name] for name in names}
        projects.save(lead, _project(story, row), part, **values)
    if row["state"] == "draft":
        return
    _speak_for_host(story, row)
    first = row["members"][0]
    values = {"position": first["position"], "credit_roles": first["credit_roles"]}
    projects.save(lead, _project(story, row), "team", **values)
    plan = [{"title": one["title"], "due_on": story.later(one["due_on"])} for one in row["milestones"]]
    dates: dict[str, Any] = {name: story.later(row[name]) for name in ("starts_on", "ends_on")}
    projects.save(lead, _project(story, row), "plan", milestones=plan, **dates)
    _explain_milestones(story, row)
    projects.save(lead, _project(story, row), "resources", needs=_needs(row), funding=_funding(story, row))
    projects.save(lead, _project(story, row), "rights", **{name: row[name] for name in RIGHTS})


def _speak_for_host(story: Story, row: Row) -> None:
    partner = _partner(story, row, row["institution"])
    lines = {name: row["partners"][0][name] for name in ("brings", "gains")}
    if partner.state == "asked":
        speaker = story.actor(representative(row["institution"]))
        projects.accept_partner(speaker, _project(story, row), partner, **lines)
    else:
        projects.edit_partner(story.actor(row["lead"]), _project(story, row), partner, **lines)


def _explain_milestones(story: Story, row: Row) -> None:
    texts = {one["title"]: one["text"] for one in row["milestones"]}
    for milestone in _plan(story, row):
        milestone.text = texts[milestone.title]


def _needs(row: Row) -> list[Row]:
    return [need | {"amount": Decimal(need["amount"]) if need["amount"] else None} for need in row["needs"]]


def _funding(story: Story, row: Row) -> list[Row]:
    return [
        {
            "funder_id": story.institutions[line["funder"]],
            "funder_name": "",
            "award": line["award"],
            "amount": Decimal(line["amount"]) if line["amount"] else None,
            "currency": line["currency"],
        }
        for line in row["funding"]
    ]


# ---- Partners, people, decision ----------------------------------------------------------------------------


def _partner(story: Story, row: Row, ror: str) -> ProjectPartner:
    return db.session.scalars(
        select(ProjectPartner).where(
            ProjectPartner.project_id == story.projects[row["key"]],
            ProjectPartner.institution_id == story.institutions[ror],
        )
    ).one()


def _ask_partner(story: Story, row: Row, partner: Row) -> None:
    facts = {name: partner[name] for name in ("role", "brings", "gains")}
    key = story.institutions[partner["institution"]]
    _do(story, row, projects.ask_partner, institution_id=key, **facts)


def _accept_partner(story: Story, row: Row, partner: Row) -> None:
    speaker = story.actor(representative(partner["institution"]))
    lines = {name: partner[name] for name in ("brings", "gains")}
    asked = _partner(story, row, partner["institution"])
    projects.accept_partner(speaker, _project(story, row), asked, **lines)


def _invite(story: Story, row: Row, member: Row) -> None:
    person = story.record(Person, story.people[member["person"]])
    facts = {name: member[name] for name in ("position", "credit_roles")}
    _do(story, row, projects.invite, person=person, **facts)


def _accept_invitation(story: Story, row: Row, member: Row) -> None:
    asked = db.session.scalars(
        select(ProjectMember).where(
            ProjectMember.project_id == story.projects[row["key"]],
            ProjectMember.person_id == story.people[member["person"]],
        )
    ).one()
    home = next(one["institution"] for one in rows("people") if one["key"] == member["person"])
    projects.accept_invitation(
        story.actor(member["person"]),
        _project(story, row),
        asked,
        institution_id=story.institutions[home],
        position=member["position"],
        credit_roles=member["credit_roles"],
    )


def _decide(story: Story, row: Row) -> None:
    """By a lead of the consortium from another institution than the host."""
    homes = {one["key"]: one["institution"] for one in rows("people")}
    leads = next(one["leads"] for one in rows("consortia") if one["key"] == row["consortium"])
    by = next(key for key in leads if homes[key] != row["institution"] and key != row["lead"])
    reader, project = story.actor(by), _project(story, row)
    if row["state"] == "needs_changes":
        projects.return_for_changes(reader, project, note=WISH)
    elif row["state"] == "rejected":
        projects.reject(reader, project, code="not_joint", note=REJECTED)
    else:
        projects.accept(reader, project)


def _start(story: Story, row: Row) -> None:
    """Its team was approved: the people are its members already."""
    course.team_approved(story.actor(row["lead"]), story.projects[row["key"]], [])


# ---- Course ------------------------------------------------------------------------------------------------


def _plan(story: Story, row: Row) -> list[Milestone]:
    wanted = select(Milestone).where(Milestone.project_id == story.projects[row["key"]])
    return list(db.session.scalars(wanted.order_by(Milestone.number)))


def _report(story: Story, row: Row, title: str, was_before: bool) -> None:
    """Reported by somebody else than the lead, who says yes. What was reached before the project came here only stands."""
    milestone = next(one for one in _plan(story, row) if one.title == title)
    reporter = row["members"][1 if len(row["members"]) > 1 else 0]["person"]
    evidence = EVIDENCE[row["language"]]
    if was_before:
        milestone.state, milestone.evidence, milestone.reported_on = "accepted", evidence, milestone.due_on
        milestone.reported_by_id = story.people[reporter]
        if reporter != row["lead"]:  # nobody accepts their own report
            milestone.accepted_by_id = story.people[row["lead"]]
        milestone.accepted_at = clock.now()
        steps.set_due(_project(story, row))
        return
    milestones.report_milestone(story.actor(reporter), _project(story, row), milestone, evidence=evidence)
    if reporter != row["lead"]:
        milestones.judge_milestone(story.actor(row["lead"]), _project(story, row), milestone, verb="accept")


def _post(story: Story, row: Row, number: int) -> None:
    title, text = UPDATES[row["language"]][number % len(UPDATES[row["language"]])]
    updates.post_update(
        story.actor(row["lead"]), _project(story, row), title=title, text=text, language=row["language"]
    )


def _agree(story: Story, row: Row) -> None:
    """Every partner is heard before the closing, and agrees."""
    for hearing in open_hearings(story.projects[row["key"]]):
        ror = next(key for key, one in story.institutions.items() if one == hearing.institution_id)
        course.answer_hearing(
            story.actor(representative(ror)), _project(story, row), hearing, text="", agrees=True
        )
