"""Two moderators, two reporters, two replies, at once: threads, each with its own connection."""

from app.core.db import db
from app.discussion import services
from app.discussion.models import Comment, ContentReport, ModerationCase
from tests.discussion.world import second_lead
from tests.factories import make_person
from tests.factories.accounts import actor
from tests.support.threads import race

LOST = {"already_decided", "changed_meanwhile", "busy", "already_there", "case_open", "already_appealed"}


def test_of_two_moderators_one_decides(app, world):
    case = world.report("eve", world.say("dan"))
    people = [world.actor("cora"), world.actor("ada"), actor(second_lead(world))]
    key, version = case.id, case.version
    db.session.remove()

    def decide(who, decision):
        return lambda: services.decide(
            who, key, decision=decision, reason="abuse", note=f"{who.name} says so.", version=version
        )

    ended = race(
        app, [decide(who, what) for who, what in zip(people, ("hide", "nothing", "hide"), strict=True)]
    )
    assert ended.count("won") == 1
    assert set(ended) <= {"won", *LOST}
    row = db.session.get_one(ModerationCase, key)
    comment = db.session.query(Comment).one()
    assert (comment.state == "hidden") == (row.decision_code == "hide")


def test_reports_at_once_are_one_case(app, world):
    said = world.say("dan")
    people = [actor(make_person(f"Reporter {number}")) for number in range(6)]
    key = said.id
    db.session.remove()
    runs = [
        lambda who=who: services.report(who, content="comment", content_id=key, reason="spam")
        for who in people
    ]
    ended = race(app, runs)
    assert ended == ["won"] * 6
    assert db.session.query(ModerationCase).count() == 1
    assert db.session.query(ContentReport).count() == 6


def test_a_reply_is_made_once(app, world):
    case = world.report("eve", world.say("dan"))
    world.decide("cora", case)
    who, key = world.actor("dan"), case.id
    db.session.remove()
    ended = race(app, [lambda: services.appeal(who, key, text="Look again.")] * 4)
    assert ended.count("won") == 1
    assert set(ended) <= {"won", *LOST}
    assert db.session.query(ModerationCase).count() == 2


def test_a_change_and_taking_back_at_once_leave_one_of_them(app, world):
    said = world.say("dan", "First.")
    who, key = world.actor("dan"), said.id
    db.session.remove()
    ended = race(
        app,
        [
            lambda: services.withdraw(who, key, version=1),
            lambda: services.edit(who, key, text="Second.", language="en", audience="everybody", version=1),
        ],
    )
    assert ended.count("won") == 1
    row = db.session.get_one(Comment, key)
    assert (row.state, row.text) in {("withdrawn", ""), ("shown", "Second.")}
