"""The demonstration's teams: started, joined, their exchange written, proposed, decided, and how they went on."""

from typing import Any

from app.accounts.models import Person
from app.core.db import db
from app.demo.services.cast import representative
from app.demo.services.story import Row, Story, rows
from app.problems.models import Problem
from app.teams import services as teams
from app.teams.models import ExchangeLine, Membership, Team
from app.teams.queries import records

# Days ago: when a team was started, proposed, decided about, and ended or paused, by the state it is in now.
DAYS: dict[str, tuple[float, float, float, float]] = {
    "approved": (84, 66, 58, 0),
    "paused": (80, 64, 56, 12),
    "completed": (106, 92, 86, 9),
    "dissolved": (60, 0, 0, 18),
    "rejected": (52, 36, 27, 0),
    "needs_changes": (44, 23, 11, 0),
    "proposed": (40, 5, 0, 0),
    "recruiting": (36, 0, 0, 0),
}
VERBS = {"paused": "pause", "completed": "complete", "dissolved": "dissolve"}


def days_of_first_team() -> dict[str, float]:
    """Problem key → days ago its first team was started."""
    found: dict[str, float] = {}
    for number, row in enumerate(rows("teams")):
        found[row["problem"]] = max(_start(row, number), found.get(row["problem"], 0))
    return found


def _start(row: Row, number: int) -> float:
    return DAYS[row["state"]][0] - number * 0.8


def tell(story: Story) -> None:
    """Put every team into the story."""
    for number, row in enumerate(rows("teams")):
        day = _start(row, number)
        story.at(day, _begin, row)
        story.at(day - 0.2, _set_up, row)
        for place, member in enumerate(row["members"][1:]):
            arrives = 2 if member["state"] == "confirming" else day - 2 - place
            _bring_in(story, row, member, arrives, invited=place % 2 == 0)
        story.at(day - 6, _name_deputy, row)
        story.at(day - 7, _write_lines, row)
        _tell_end(story, row, number)
        for place, asked in enumerate(row["requests"]):
            story.at(1.2 + (number + place) % 5, _ask, row, asked)
        for place, invited in enumerate(row["invitations"]):
            story.at(1.4 + (number + place) % 4, _invite, row, invited)


def _tell_end(story: Story, row: Row, number: int) -> None:
    _started, proposed, decided, ended = DAYS[row["state"]]
    shift = (number % 4) * 0.7
    if proposed:
        story.at(proposed - shift, _propose, row)
    if decided:
        story.at(decided - shift, _decide, row)
    if ended:
        story.at(ended, _end, row)


def _propose(story: Story, row: Row) -> None:
    teams.propose_team(story.actor(row["lead"]), _team(story, row))


def _end(story: Story, row: Row) -> None:
    verb = VERBS[row["state"]]
    teams.change_state(story.actor(row["lead"]), _team(story, row), verb, note=row["state_note"])


def _team(story: Story, row: Row) -> Team:
    return story.record(Team, story.teams[row["key"]])


def _home(key: str) -> str:
    """The ROR identifier of somebody's institution."""
    return next(row["institution"] for row in rows("people") if row["key"] == key)


def _begin(story: Story, row: Row) -> None:
    team = teams.start_team(
        story.actor(row["lead"]),
        story.record(Problem, story.problems[row["problem"]]),
        institution_id=story.institutions[_home(row["lead"])],
        name=row["name"],
        purpose=row["purpose"],
        language=row["language"],
        seats=row["seats"],
        working_languages=row["working_languages"],
        meeting_hours=row["meeting_hours"] or "",
        visibility=row["visibility"],
    )
    story.teams[row["key"]] = team.id


def _set_up(story: Story, row: Row) -> None:
    lead = story.actor(row["lead"])
    if row["decision_rule"] or row["credit_rule"] or row["benefit_rule"]:
        rules = {name: row[name] or "" for name in ("decision_rule", "credit_rule", "benefit_rule")}
        teams.set_rules(lead, _team(story, row), version=None, **rules)
    for role in row["open_roles"]:
        teams.add_role(lead, _team(story, row), **role | {"until": story.later(role["until"])})
    if row["agreement"]:
        teams.write_text(lead, _team(story, row), text=row["agreement"], seen=None)
    if row["members"][0]["part"]:
        teams.set_skills(lead, _team(story, row), degrees={}, part=row["members"][0]["part"])


def _bring_in(story: Story, row: Row, member: Row, day: float, invited: bool) -> None:
    """One side asks, the other accepts a day later; the institution's word where it wants to give it."""
    key = member["person"]
    if invited:
        story.at(day, _invite, row, {"person": key, "part": member["part"], "message": ""})
        story.at(day - 0.8, _accept_invitation, row, key)
    else:
        story.at(day, _ask, row, {"person": key, "message": member["part"], "brings": [], "gains": []})
        story.at(day - 0.8, _accept_request, row, key)
    if member["state"] == "active":
        story.at(day - 1.7, _confirm, row, key)
        story.at(day - 1.8, _say_part, row, member)


def _membership(story: Story, row: Row, key: str) -> Membership:
    found = records.live_membership(story.teams[row["key"]], story.people[key])
    if found is None:
        raise LookupError(f"{key} is not in {row['key']}")
    return found


def _invite(story: Story, row: Row, invited: Row) -> None:
    lead, team = story.actor(row["lead"]), _team(story, row)
    words = {"message": invited["message"], "part": invited["part"]}
    if "email" in invited:
        teams.invite_by_mail(lead, team, email=invited["email"], **words)
    else:
        person = story.record(Person, story.people[invited["person"]])
        teams.invite_person(lead, team, person, **words)


def _ask(story: Story, row: Row, asked: Row) -> None:
    teams.ask_to_join(
        story.actor(asked["person"]),
        _team(story, row),
        institution_id=story.institutions[_home(asked["person"])],
        message=asked["message"],
        brings=asked["brings"],
        gains=asked["gains"],
        accepts_text=True,
    )


def _accept_invitation(story: Story, row: Row, key: str) -> None:
    teams.accept_invitation(
        story.actor(key),
        _team(story, row),
        _membership(story, row, key),
        institution_id=story.institutions[_home(key)],
        accepts_text=True,
    )


def _accept_request(story: Story, row: Row, key: str) -> None:
    teams.accept_request(story.actor(row["lead"]), _team(story, row), _membership(story, row, key))


def _confirm(story: Story, row: Row, key: str) -> None:
    """The institution's representative agrees, where the institution wants to be asked."""
    member = _membership(story, row, key)
    if member.state == "confirming":
        teams.confirm_participation(story.actor(representative(_home(key))), _team(story, row), member)


def _say_part(story: Story, row: Row, member: Row) -> None:
    teams.set_skills(story.actor(member["person"]), _team(story, row), degrees={}, part=member["part"])


def _name_deputy(story: Story, row: Row) -> None:
    if row["deputy"]:
        deputy = story.people[row["deputy"]]
        teams.name_deputy(story.actor(row["lead"]), _team(story, row), person_id=deputy)


def _write_lines(story: Story, row: Row) -> None:
    """What each brings, by one of its own members; then what each gains, pointing to it."""
    lines: dict[str, ExchangeLine] = {}
    homes = {_home(member["person"]): member["person"] for member in reversed(_inside(row))}
    spoken = [line for line in row["lines"] if line["institution"] in homes]
    for line in sorted(spoken, key=lambda line: line["direction"] != "brings"):
        facts: dict[str, Any] = {name: line[name] for name in ("direction", "kind", "text")}
        if line["direction"] == "gains":
            source = lines.get(line["from_line"] or "")
            if source is None and not line["from_outcome"]:
                continue  # who would give it may not speak yet: a gap on the page
            facts |= {
                "from_line_id": source.id if source else None,
                "from_outcome": line["from_outcome"] or "",
            }
        kept = teams.add_line(
            story.actor(homes[line["institution"]]),
            _team(story, row),
            institution_id=story.institutions[line["institution"]],
            **facts,
        )
        db.session.flush()  # gains point to its key
        if line.get("key"):
            lines[line["key"]] = kept


def _inside(row: Row) -> list[Row]:
    """The members who may speak for their institution; who waits for its word may not."""
    return [member for member in row["members"] if member["state"] == "active"]


def _decide(story: Story, row: Row) -> None:
    decision, team = row["decision"], _team(story, row)
    by, note = story.actor(decision["by"]), decision["note"] or ""
    if row["state"] == "rejected":
        teams.reject_team(by, team, reason=decision["code"], note=note)
    elif row["state"] == "needs_changes":
        teams.return_team(by, team, note=note)
    else:
        teams.approve_team(by, team, note=note)
