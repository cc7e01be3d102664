"""Problems as things to which others attach comments, files and translations (`core.things`)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from app.accounts.models import Person
from app.core import index, things
from app.core.access import SIGN_IN_FIRST, Actor, Answer, No
from app.core.db import db
from app.core.i18n import LazyText, _l
from app.institutions.models import Institution
from app.problems import policies
from app.problems.models import PUBLIC_STATES, SUMMARY_LENGTH, TITLE_LENGTH, Problem
from app.problems.queries.detail import followers, get, lines
from app.problems.queries.review import deciders
from app.translating import queries as translations
from app.translating.services import keep_localised

LONG = 20_000
MEASURE_PARTS = {
    "what": _l("Measure %(number)s: what is measured"),
    "baseline": _l("Measure %(number)s: how it is now"),
    "target": _l("Measure %(number)s: what is wanted"),
    "how": _l("Measure %(number)s: how it is checked"),
}
LINES = {"brings": _l("We bring, line %(number)s"), "needs": _l("We need, line %(number)s")}


def about(problem: Problem) -> things.About:
    """What it is, for pages of others."""
    return things.About(
        "problem",
        problem.id,
        problem.number,
        problem.title,
        problem.language,
        f"/problems/{problem.id}",
        problem.consortium_id,
    )


def seen(actor: Actor) -> Select[Any]:
    """The ids of those that the actor may see."""
    return select(Problem.id).where(policies.visible(actor))


def audiences(actor: Actor, problem: Problem) -> frozenset[str]:
    """Author and reviewers talk among themselves; those who decide do so without the author."""
    found = {things.EVERYBODY}
    if policies.read_review(actor, problem):
        found.add(things.REVIEWERS)
    if policies.decide(actor, problem):
        found.add(things.DECIDERS)
    return frozenset(found)


def told(problem: Problem, audience: str) -> set[int]:
    """Who is told of a new comment: its author and who follows it; author and deciders; those who decide."""
    if audience == things.EVERYBODY:
        return {problem.author_id, *followers(problem.id)}
    return {*deciders(problem), *({problem.author_id} if audience == things.REVIEWERS else ())}


def alias(problem: Problem, person_id: int) -> str | None:
    """What stands in place of the name of a hidden author: the institution. Who that is opens by a mutual yes."""
    if person_id != problem.author_id or db.session.get_one(Person, person_id).visibility != "hidden":
        return None
    return db.session.get_one(Institution, problem.institution_id).name


def discuss(actor: Actor, problem: Problem) -> Answer:
    """Everybody who is signed in, once it is public; before that those who review it and its author."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if problem.state in PUBLIC_STATES and problem.state != "merged":
        return policies.view(actor, problem) or policies.NOT_SEEN
    if problem.state in {"submitted", "needs_changes"}:
        return policies.read_review(actor, problem)
    return No("wrong_state", _l("In this state nothing can be added to it."))


def attach(actor: Actor, problem: Problem) -> Answer:
    """Its author, while it can be changed."""
    answer = policies.edit(actor, problem)
    blocked = policies.blocked(problem, "edit") if answer else None
    return answer if blocked is None else blocked


def texts(problem: Problem) -> dict[str, things.Field]:
    """What can be translated, in the order of the page; one statement. Nothing of what was merged into another."""
    if problem.state == "merged":
        return {}
    brings, needs = lines(problem.id)
    field = things.Field
    found = {
        "title": field(_l("Title"), problem.title, TITLE_LENGTH),
        "summary": field(_l("Summary"), problem.summary, SUMMARY_LENGTH),
        "statement": field(_l("Full statement"), problem.statement, LONG, is_markdown=True),
        "affected_who": field(_l("Who is affected"), problem.affected_who, LONG, is_markdown=True),
        "tried": field(_l("What was tried, and why it failed"), problem.tried, LONG, is_markdown=True),
    }
    for number, measure in enumerate(problem.measures, 1):
        for part, label in MEASURE_PARTS.items():
            found[f"measure_{number}_{part}"] = field(_numbered(label, number), measure.get(part) or "", 300)
    for direction, rows in (("brings", brings), ("needs", needs)):
        for number, row in enumerate(rows, 1):
            found[f"{direction}_{number}"] = field(_numbered(LINES[direction], number), row.text, 300)
    found["affected_unit"] = field(_l("What is counted"), problem.affected_unit, 40)
    found["keywords"] = field(_l("Keywords"), ", ".join(problem.keywords), 1000)
    return {name: one for name, one in found.items() if one.text}


def _numbered(label: LazyText, number: int) -> LazyText:
    return LazyText(label.message, number=number)


def words(problem: Problem) -> list[str]:
    """All by which the search finds it: its own texts, and those of its translations."""
    brings, needs = lines(problem.id)
    return [
        problem.title,
        problem.summary,
        " ".join(problem.keywords),
        problem.affected_who,
        " ".join(line.text for line in (*brings, *needs)),
        problem.statement,
        *translations.words("problem", problem.id),
    ]


def localise(problem_id: int, language: str, translated: Mapping[str, str] | None) -> None:
    """Let lists show a translation and the search find it, or no more."""
    keep_localised(Problem, problem_id, language, translated)
    problem = db.session.get_one(Problem, problem_id)
    if problem.state in PUBLIC_STATES and problem.state != "merged":
        index.put("problem", problem.id, *words(problem))


PROBLEM = things.kind(
    things.Kind(
        name="problem",
        label=_l("Problem"),
        get=get,
        about=about,
        seen=seen,
        audiences=audiences,
        told=told,
        discuss=discuss,
        attach=attach,
        texts=texts,
        localise=localise,
        audience_names={
            things.EVERYBODY: _l("Everybody who sees the problem"),
            things.REVIEWERS: _l("Its author and those who review it"),
            things.DECIDERS: _l("Those who decide about it"),
        },
        keepers=lambda problem: {problem.author_id},
        alias=alias,
    )
)
