"""Files on comments go the way of their comment: its audience, hidden and taken back with it."""

import io

import pytest

from app.core.db import db
from app.core.errors import Invalid, NotFound
from app.discussion import queries, services
from app.discussion.models import Comment
from app.files import queries as files
from app.files.models import Attachment


def upload(text="A list of wells.\n", name="wells.txt"):
    return (io.BytesIO(text.encode()), name)


def say(world, name="dan", **values):
    return world.say(name, uploads=[upload()], **values)


def the_file():
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(Attachment).one()


def sees(world, name):
    try:
        files.get(world.actor(name), the_file().id)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("everybody", {"anna", "cora", "dan", "eve", "visitor"}),
        ("reviewers", {"anna", "cora"}),
        ("deciders", {"cora"}),
    ],
)
def test_a_file_is_seen_with_its_comment(world, audience, readers):
    say(world, "cora", audience=audience)
    assert {name for name in ("anna", "cora", "dan", "eve", "visitor") if sees(world, name)} == readers
    for name in ("anna", "cora", "dan", "visitor"):
        rows = queries.thread(world.actor(name), "team", world.team.id).comments
        assert [row.name for branch in rows for row in branch.said.files] == (
            ["wells.txt"] if name in readers else []
        )


def test_files_get_narrower_hidden_shown_and_taken_back_with_the_comment(world):
    first = world.say("anna")
    said = say(world, parent_id=first.id)
    case = world.report("eve", said)
    world.decide("cora", case)
    assert not sees(world, "anna")
    world.decide("ben", services.appeal(world.actor("dan"), case.id, text="Look again."), "restore")
    assert sees(world, "dan")
    services.edit(
        world.actor("anna"), first.id, text="For us.", language="en", audience="reviewers", version=None
    )
    assert the_file().audience == "reviewers"
    assert not sees(world, "dan")


def test_taking_a_comment_back_forgets_its_files(world):
    said = say(world)
    services.withdraw(world.actor("dan"), said.id, version=None)
    assert the_file().removed_at is not None
    assert not sees(world, "cora")


def test_a_file_that_was_hidden_by_itself_stays_hidden(world):
    said = say(world)
    case = services.report(world.actor("eve"), content="file", content_id=the_file().id, reason="rights")
    assert case.author_id == world.dan.id
    world.decide("cora", case)
    assert the_file().hidden_at is not None
    comment = world.report("eve", said)
    world.decide("cora", comment)
    world.decide("ben", services.appeal(world.actor("dan"), comment.id, text="Look again."), "restore")
    assert world.fresh(said).state == "shown"
    assert not sees(world, "cora")
    world.decide("ben", services.appeal(world.actor("dan"), case.id, text="And the file."), "restore")
    assert sees(world, "eve")


def test_a_file_that_is_refused_leaves_nothing(world):
    with pytest.raises(Invalid) as refusal:
        world.say("dan", uploads=[upload("<script>alert(1)</script>", "x.svg")])
    assert set(refusal.value.fields) == {"files"}
    assert db.session.query(Comment).count() == 0
    with pytest.raises(Invalid):
        world.say("dan", uploads=[upload(name=f"{number}.txt") for number in range(6)])
    assert db.session.query(Comment).count() == db.session.query(Attachment).count() == 0


def test_a_file_is_sent_with_the_form(world, page, login_as):
    dan = login_as(world.dan)
    path = f"/discussion/team/{world.team.id}"
    form, _button = page(path, dan).form_with("send-comment")
    values = dict(page(path, dan).values(form)) | {"text": "See this.", "files": upload()}
    assert dan.post(path, data=values, content_type="multipart/form-data").status_code == 303
    seen = page(path)
    assert "wells.txt" in seen.text
    assert any("/files/" in url for url in seen.links().values())
