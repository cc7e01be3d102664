"""The demonstration's technology exchanges: a rhythm agreed to, reports that came back, and how they were answered."""

from datetime import timedelta

from sqlalchemy import select

from app.core.db import db
from app.demo.services.cast import representative
from app.demo.services.story import Row, Story, rows
from app.exchange import services as exchange
from app.exchange.models import LEG_TEXTS, ExchangeCourse, ExchangeLeg
from app.interest.models import Interest


def tell(story: Story) -> None:
    """Put every exchange into the story; one that follows an agreement begins by itself."""
    for row in rows("exchanges"):
        if row["interest"]:
            story.at(row["days"], _propose, row)
        if row.get("agreed"):
            story.at(row["agreed"], _agree, row)
        for step in row["legs"]:
            story.at(step["days"], _report if step["do"] == "report" else _answer, row, step)


def _course(story: Story, row: Row) -> ExchangeCourse:
    wanted = select(ExchangeCourse).where(ExchangeCourse.listing_id == story.listings[row["listing"]])
    return db.session.scalars(wanted).one()


def _speaker(story: Story, institution_id: int | None) -> str:
    ror = next(key for key, one in story.institutions.items() if one == institution_id)
    return representative(ror)


def _propose(story: Story, row: Row) -> None:
    today = story.now.date()
    exchange.propose(
        story.actor(row["by"]),
        story.record(Interest, story.interests[row["interest"]]),
        every_months=row["every_months"],
        first_on=today + timedelta(days=row["first"]),
        until_on=today + timedelta(days=row["until"]),
        wishes=row["wishes"],
        language=row["language"],
    )


def _agree(story: Story, row: Row) -> None:
    course = _course(story, row)
    exchange.answer(story.actor(_speaker(story, course.asked_id)), course, verb="agree")
    if row["reporter"]:
        taker = story.actor(_speaker(story, course.taker_id))
        exchange.name_reporter(taker, _course(story, row), person_id=story.people[row["reporter"]])


def _leg(course: ExchangeCourse, number: int) -> ExchangeLeg:
    exchange.make_legs()
    wanted = select(ExchangeLeg).where(ExchangeLeg.course_id == course.id, ExchangeLeg.number == number)
    return db.session.scalars(wanted).one()


def _report(story: Story, row: Row, step: Row) -> None:
    course = _course(story, row)
    by = row.get("reporter") or _speaker(story, course.taker_id)
    exchange.report(
        story.actor(by),
        course,
        _leg(course, step["leg"]),
        texts={name: step[name] for name in LEG_TEXTS},
        conditions=step["conditions"],
        language=step["language"],
        shares=step["shares"],
    )


def _answer(story: Story, row: Row, step: Row) -> None:
    course = _course(story, row)
    actor, leg = story.actor(_speaker(story, course.provider_id)), _leg(course, step["leg"])
    if step["do"] == "ask_back":
        exchange.ask_back(actor, course, leg, question=step["answer"], language=step["language"])
    else:
        exchange.acknowledge(
            actor, course, leg, answer=step["answer"], language=step["language"], shares=step["shares"]
        )
