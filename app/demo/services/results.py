"""What the demonstration's teams settle before they start, and what comes of projects: outcomes, or nothing."""

from datetime import timedelta

from app.demo.services.cast import representative
from app.demo.services.pacts import home
from app.demo.services.story import Row, Story, rows
from app.groundwork import services as groundwork
from app.outcomes import queries
from app.outcomes import services as outcomes
from app.outcomes.models import Outcome
from app.projects.models import Project
from app.teams.models import Team

NOTHING = {
    "en": "The method was not ready in time; what was learnt stands in the closing report.",
    "fr": "La méthode n’était pas prête à temps ; ce qui a été appris se trouve dans le rapport final.",
}
BEFORE_CLOSING = 9  # days ago
AFTER = timedelta(days=4)  # it was finished so long before somebody claimed it


def tell(story: Story) -> None:
    """Put every outcome into the story, and the word that there is none before other projects close."""
    for row in rows("groundwork"):
        story.at(row["days"], _ask, row)
        for place, answer in enumerate(row["answers"]):
            story.at(row["days"] - 1 - place, _answer_all, row, answer)
        story.at(row["days"] - 5, _settle_all, row)
    told = {row["project"] for row in rows("outcomes")}
    for row in rows("outcomes"):
        story.at(row["days"], _claim, row)
        story.at(row["days"] - 0.6, _send, row)
        if row["confirmed"]:
            story.at(row["confirmed"], _confirm, row)
    for project in rows("projects"):
        if project["state"] == "closed" and project["key"] not in told:
            story.at(BEFORE_CLOSING, _say_none, project)


def _project(row: Row) -> Row:
    return next(one for one in rows("projects") if one["key"] == row["project"])


def _outcome(story: Story, row: Row) -> Outcome:
    return story.record(Outcome, story.outcomes[row["key"]])


def _claim(story: Story, row: Row) -> None:
    """By the lead of the project, who is named with another member; that one agrees."""
    written = _project(row)
    lead, project = story.actor(written["lead"]), story.record(Project, story.projects[row["project"]])
    claimed = outcomes.claim_for_project(
        lead,
        project,
        institution_id=story.institutions[home(written["lead"])],
        title=row["title"],
        kind=row["kind"],
        language=row["language"],
    )
    story.outcomes[row["key"]] = claimed.id
    about = {name: row[name] for name in ("kind", "title", "summary", "description", "is_negative")}
    about["produced_on"] = (story.now - timedelta(days=row["days"]) - AFTER).date()
    worked_on = [key for key, _title in queries.problems_for(lead, claimed)]
    about["problem_id"] = next(iter(worked_on), None)
    outcomes.save(lead, _outcome(story, row), "about", **about)
    change = {"measures": row["measures"], "benefits_who": row["who"], "benefits_where": row["where"]}
    outcomes.save(lead, _outcome(story, row), "change", **change, origins=[])
    outcomes.save(
        lead, _outcome(story, row), "identifiers", identifiers=row["identifiers"], licence=row["licence"]
    )
    outcomes.save(lead, _outcome(story, row), "evidence", links=row["links"])
    _credit(story, row, written)


def _credit(story: Story, row: Row, written: Row) -> None:
    lead = story.actor(written["lead"])
    own = story.people[written["lead"]]
    outcomes.name(lead, _outcome(story, row), person_id=own, role="conceptualization", degree="lead")
    other = next((one["person"] for one in written["members"] if one["person"] != written["lead"]), None)
    if other is not None:
        person = story.people[other]
        outcomes.name(lead, _outcome(story, row), person_id=person, role="investigation", degree="equal")
        outcomes.answer_credit(story.actor(other), _outcome(story, row), accept=True)


def _send(story: Story, row: Row) -> None:
    lead = story.actor(_project(row)["lead"])
    outcomes.send(lead, _outcome(story, row), confirmer_id=story.institutions[row["confirmer"]])


def _confirm(story: Story, row: Row) -> None:
    actor = story.actor(representative(row["confirmer"]))
    outcomes.confirm(actor, _outcome(story, row), note=row["confirm_note"])


def _say_none(story: Story, project: Row) -> None:
    record = story.record(Project, story.projects[project["key"]])
    outcomes.say_none(story.actor(project["lead"]), record, reason=NOTHING[project["language"]])


# ---- The fourteen questions ----------------------------------------------------------------------------------


def _team(story: Story, row: Row) -> Team:
    return story.record(Team, story.teams[row["team"]])


def _ask(story: Story, row: Row) -> None:
    groundwork.begin(story.actor(row["lead"]), _team(story, row))


def _answer_all(story: Story, row: Row, answer: Row) -> None:
    """Each alone; with the last one all are open."""
    actor, team = story.actor(answer["person"]), _team(story, row)
    for question, text in answer["texts"].items():
        groundwork.save_answer(actor, team, question=question, text=text, language=answer["language"])
    groundwork.hand_in(actor, team)


def _settle_all(story: Story, row: Row) -> None:
    """What differs is marked and talked about; the lead writes the lines, and all accept them."""
    team, lead = _team(story, row), story.actor(row["lead"])
    for person, questions in row["differs"].items():
        for question in questions:
            groundwork.mark(story.actor(person), team, question=question, differs=True)
    for question, text in row["lines"].items():
        groundwork.write_line(lead, team, question=question, text=text, language="en")
    groundwork.confirm(lead, team)
    for answer in row["answers"]:
        if answer["person"] != row["lead"]:
            groundwork.accept(story.actor(answer["person"]), team)
