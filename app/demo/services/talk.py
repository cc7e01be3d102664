"""What is said about things of the demonstration, and their translations."""

from app.demo.services.story import Row, Story, rows
from app.discussion.services.writing import say
from app.translating import services as translating
from app.translating.queries import thing

TRANSLATED, PROPOSED = 5.0, 2.5  # days ago on which the newest were accepted, or proposed


def tell(story: Story) -> None:
    """Put comments and translations into the story; what they are about stands by then."""
    for row in rows("comments"):
        story.at(row["days"], _say, row)
    for number, row in enumerate(rows("translations")):
        if row["state"] == "proposed":
            story.at(PROPOSED + number * 0.1, _propose, row)
        else:
            story.at(TRANSLATED + number * 0.2, _place, row)


def _about(story: Story, row: Row) -> tuple[str, int]:
    """Kind and key of what a row is about."""
    things: dict[str, dict[str, int]] = {
        "problem": story.problems,
        "team": story.teams,
        "project": story.projects,
        "listing": story.listings,
    }
    return row["kind"], things[row["kind"]][row["thing"]]


def _say(story: Story, row: Row) -> None:
    kind, key = _about(story, row)
    answered = story.comments[row["answers"]] if row["answers"] else None
    comment = say(story.actor(row["by"]), kind, key, row["text"], row["language"], parent_id=answered)
    story.comments[row["key"]] = comment.id


def _place(story: Story, row: Row) -> None:
    kind, key = _about(story, row)
    translating.place(
        kind,
        key,
        language=row["language"],
        texts=row["texts"],
        translator_id=story.people[row["translator"]],
        checker_id=story.people[row["checker"]],
    )


def _propose(story: Story, row: Row) -> None:
    kind, key = _about(story, row)
    actor = story.actor(row["translator"])
    draft = translating.begin(actor, kind, key, language=row["language"])
    seen = thing(actor, kind, key).digest
    translating.propose(actor, draft, texts=row["texts"], seen=seen)
