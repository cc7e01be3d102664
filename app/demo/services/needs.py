"""The demonstration's problem statements: written, sent, decided about, endorsed, and what became of them."""

from collections.abc import Callable
from typing import Any

from app.demo.services.cast import representative
from app.demo.services.story import Row, Story, rows
from app.problems import services as problems
from app.problems.models import Problem

SENT_AND_WAITING = 5  # days ago the newest of those in review were sent
PARTS = {
    "need": ("title", "summary", "statement", "language"),
    "affected": ("affected_who", "affected_where", "affected_number", "affected_unit", "since_year"),
    "success": ("measures", "tried"),
    "exchange": ("brings", "needs"),
    "classification": ("sdg_goals", "sdg_targets", "fields", "keywords", "rights"),
}
NUMBERS = ("affected_number", "since_year")
DECIDED_LATE = {"needs_changes": 14, "withdrawn": 33, "rejected": 45}  # days ago they were sent


def tell(story: Story, days_of_first_team: dict[str, float]) -> None:
    """Put every problem into the story; those on which teams start are published well before."""
    waiting = drafts = 0
    for number, row in enumerate(rows("problems")):
        state = row["state"]
        if state == "draft":
            drafts += 1
            _write(story, row, 3 + 4 * drafts, parts=2)
            continue
        if state == "submitted":
            waiting += 1
            day: float = 1.5 + waiting
        elif state in DECIDED_LATE:
            day = DECIDED_LATE[state] + number * 0.2
        elif row["key"] in days_of_first_team:
            day = days_of_first_team[row["key"]] + 9
        elif state in {"expired", "merged", "closed"}:
            day = 108 - number * 0.3
        else:
            day = max(112 - number * 2.15, 6)
        _write(story, row, day + 1, parts=5)
        story.at(day, _send, row)
        _decide(story, row, day)


def _problem(story: Story, row: Row) -> Problem:
    return story.record(Problem, story.problems[row["key"]])


def _write(story: Story, row: Row, day: float, parts: int) -> None:
    story.at(day, _begin, row)
    for place, part in enumerate(list(PARTS)[:parts]):
        story.at(day - 0.1 - place * 0.1, _save, row, part)


def _begin(story: Story, row: Row) -> None:
    problem = problems.create(
        story.actor(row["author"]),
        institution_id=story.institutions[row["institution"]],
        consortium_id=story.consortia[row["consortium"]],
        title=row["title"],
        language=row["language"],
        source=row["source"],
    )
    story.problems[row["key"]] = problem.id


def _save(story: Story, row: Row, part: str) -> None:
    values: dict[str, Any] = {}
    for name in PARTS[part]:
        value = row[name]
        values[name] = value if name in NUMBERS else value or ([] if name == "keywords" else "")
    if part == "success":
        values["measures"] = [{name: text or "" for name, text in line.items()} for line in row["measures"]]
    if part == "classification":
        values["closes_on"] = story.later(row["open_until"])
    problems.save(story.actor(row["author"]), _problem(story, row), part, **values)


def _send(story: Story, row: Row) -> None:
    problems.submit(story.actor(row["author"]), _problem(story, row))


def _withdraw(story: Story, row: Row) -> None:
    problems.withdraw(story.actor(row["author"]), _problem(story, row))


def _decide(story: Story, row: Row, sent: float) -> None:
    """What happened after it was sent."""
    state, decision = row["state"], row["decision"]
    if state == "withdrawn":
        story.at(sent - 2, _withdraw, row)
    if decision is None:
        return
    note = decision["note"] or ""
    if state == "needs_changes":
        story.at(sent - 6, _return, row, note)
    elif state == "rejected":
        story.at(sent - 6, _by_decider, row, problems.reject, code=decision["code"], note=note)
    else:
        # A note on a closing or merging belongs to that; the publication went without words.
        later = state in {"merged", "closed"}
        words = "" if later else note
        story.at(sent - 4, _by_decider, row, problems.publish, note=words)
        for place, ror in enumerate(row["endorsements"]):
            story.at(max(sent - 6 - place * 2.5, 1), _endorse, row, ror)
        if state == "merged":
            story.at(12, _merge, row, note)
        if state == "closed":
            story.at(17, _by_decider, row, problems.close, note=note)


def _by_decider(story: Story, row: Row, act: Callable[..., None], **facts: Any) -> None:
    act(story.actor(row["decision"]["by"]), _problem(story, row), **facts)


def _return(story: Story, row: Row, note: str) -> None:
    """The first sentence thanks, the rest are wishes that the author can tick off one by one."""
    wishes = [("", sentence.strip()) for sentence in note.replace("? ", "?|").replace(". ", ".|").split("|")]
    asked = [wish for wish in wishes if wish[1].startswith(("Please", "A good"))] or wishes[-1:]
    _by_decider(story, row, problems.return_for_changes, note=note, wishes=asked)


def _endorse(story: Story, row: Row, ror: str) -> None:
    problems.endorse(
        story.actor(representative(ror)), _problem(story, row), institution_id=story.institutions[ror]
    )


def _merge(story: Story, row: Row, note: str) -> None:
    _by_decider(story, row, problems.merge, survivor_id=story.problems[row["merged_into"]], note=note)
