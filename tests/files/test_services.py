"""Adding and removing files: who may, what is kept, what is left in the audit, and the quotas."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core import clock, things
from app.core.access import VISITOR
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from app.core.files import StoredFile
from app.files import models, queries, services
from app.files.models import Attachment
from tests.factories import (
    add_member,
    affiliate,
    make_institution,
    make_person,
    make_problem,
    make_project,
    make_team,
)
from tests.factories.accounts import actor
from tests.files.support import attach
from tests.support import uploads


def number_of(record) -> int:
    return db.session.scalar(select(func.count()).select_from(record))


def entries() -> list[AuditEntry]:
    return list(
        db.session.scalars(
            select(AuditEntry).where(AuditEntry.thing_kind == "attachment").order_by(AuditEntry.id)
        )
    )


def test_the_author_adds_a_file_that_all_find(world) -> None:
    added = attach(
        world.author, world.problem, title="The plan", description="In short", language="en", licence="cc_by"
    )
    (row,) = queries.of(actor(world.other), "problem", world.problem)
    assert (row.id, row.title, row.description, row.language) == (added.id, "The plan", "In short", "en")
    assert (row.name, row.size, row.media_type, row.ending) == (
        "plan.pdf", len(uploads.PDF), "application/pdf", "PDF"
    )  # fmt: skip
    assert (row.licence_name, row.preview, row.may_remove) == ("CC BY 4.0", None, False)
    assert (row.added_by.id, row.added_by.display_name) == (world.author.id, world.author.display_name)
    (entry,) = entries()
    assert (entry.action, entry.actor_id, entry.thing_id) == ("files.add_file", world.author.id, added.id)
    assert entry.after["sha256"] == added.file.sha256
    assert entry.consortium_id == world.problem.consortium_id


def test_without_a_title_the_name_is_shown(world) -> None:
    assert attach(world.author, world.problem, name="../x/Plan\u202e.pdf").title == "Plan.pdf"


def test_a_picture_gets_a_small_one_and_needs_words(world) -> None:
    content = uploads.picture("JPEG", (900, 600))
    with pytest.raises(Invalid) as refused:
        attach(world.author, world.problem, "wells.jpg", content)
    assert list(refused.value.fields) == ["description"]
    assert number_of(StoredFile) == 0
    assert world.on_disk() == []
    attach(world.author, world.problem, "wells.jpg", content, description="Two wells beside a road")
    (row,) = queries.of(actor(world.author), "problem", world.problem)
    assert row.preview == (480, 320)
    assert len(world.on_disk()) == 2


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"language": "xx-no"}, {"language"}),
        ({"licence": "mine"}, {"licence"}),
        ({"name": "page.html"}, {"file"}),
        ({"content": uploads.SVG}, {"file"}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(world, values, fields) -> None:
    with pytest.raises(Invalid) as refused:
        attach(world.author, world.problem, **values)
    assert set(refused.value.fields) == fields
    assert (number_of(Attachment), number_of(StoredFile), world.on_disk(), entries()) == (0, 0, [], [])


@pytest.mark.parametrize("state", ["draft", "submitted", "published", "closed"])
def test_who_may_add_is_who_may_change_the_thing_now(world, state) -> None:
    problem = make_problem(
        state=state,
        author=world.author,
        institution_id=world.problem.institution_id,
        consortium_id=world.problem.consortium_id,
    )
    may = state in {"draft", "published"}
    for person in (world.author, world.other, world.lead, make_person()):
        if person is world.author and may:
            assert attach(person, problem).id
        else:
            with pytest.raises((NotAllowed, NotFound)):
                attach(person, problem)
    assert number_of(Attachment) == int(may)


def test_unknown_kinds_and_things_are_not_found(world) -> None:
    for kind, key in (("nothing", world.problem.id), ("problem", 9999)):
        with pytest.raises(NotFound):
            services.add(actor(world.author), kind, key, upload=(io.BytesIO(uploads.PDF), "plan.pdf"))


def test_a_file_for_the_inner_circle_is_not_there_for_others(world) -> None:
    inner = attach(world.author, world.problem, title="Inner", audience=things.REVIEWERS)
    attach(world.author, world.problem, title="Open")
    seen = {
        name: [row.title for row in queries.of(actor(person), "problem", world.problem)]
        for name, person in (("author", world.author), ("lead", world.lead), ("other", world.other))
    }
    assert seen == {"author": ["Inner", "Open"], "lead": ["Inner", "Open"], "other": ["Open"]}
    with pytest.raises(NotFound):
        queries.get(actor(world.other), inner.id)
    assert entries()[0].consortium_id is None


def test_nobody_adds_for_a_circle_that_is_not_theirs(world) -> None:
    with pytest.raises(NotAllowed):
        attach(world.author, world.problem, audience=things.DECIDERS)
    assert number_of(Attachment) == 0


def test_a_file_of_a_thing_that_is_not_seen_is_not_found(world) -> None:
    draft = make_problem(state="draft", author=world.author)
    added = attach(world.author, draft)
    for person in (world.other, make_person()):
        with pytest.raises(NotFound):
            queries.get(actor(person), added.id)
        with pytest.raises(NotFound):
            queries.of(actor(person), "problem", draft.id)
    assert queries.get(actor(world.author), added.id)[0].id == added.id


def test_who_added_removes_it_for_good(world) -> None:
    added = attach(world.author, world.problem, title="The plan")
    for person, refusal in ((world.other, NotAllowed), (world.lead, NotAllowed)):
        with pytest.raises(refusal):
            services.remove(actor(person), added)
    with pytest.raises(Conflict):
        services.remove(actor(world.author), added, version=added.version + 1)
    services.remove(actor(world.author), added, version=added.version)
    db.session.expire_all()
    gone = db.session.get_one(Attachment, added.id)
    assert (gone.file_id, gone.removed_by_id) == (None, world.author.id)
    assert queries.of(actor(world.author), "problem", world.problem) == []
    assert (number_of(StoredFile), world.on_disk()) == (0, [])
    assert [entry.action for entry in entries()] == ["files.add_file", "files.remove_file"]
    assert entries()[1].before["name"] == "plan.pdf"
    with pytest.raises(NotFound):
        services.remove(actor(world.author), added)


def test_members_of_a_team_keep_its_files(world) -> None:
    home, away = make_institution(), make_institution()
    lead, member, outsider = affiliate(None, home), affiliate(None, away), affiliate(None, away)
    team = make_team(lead=lead, institution=home, problem=world.problem)
    add_member(team, member, away)
    inner = attach(member, team, kind="team", audience=things.REVIEWERS)
    with pytest.raises(NotAllowed):
        attach(outsider, team, kind="team")
    assert queries.of(actor(outsider), "team", team.id) == []
    (row,) = queries.of(actor(lead), "team", team.id)
    assert row.may_remove
    services.remove(actor(lead), inner)
    assert queries.of(actor(lead), "team", team.id) == []


@pytest.mark.parametrize(
    ("block", "seen"),
    [("public", {"lead", "outsider", "visitor"}), ("signed_in", {"lead", "outsider"}), ("members", {"lead"})],
)
def test_files_of_a_project_are_seen_by_whom_its_block_is_for(world, block, seen) -> None:
    project = make_project(state="active", lead=world.author, files_for=block, visibility="public")
    added = attach(world.author, project, kind="project")
    found = set()
    for name, who in (
        ("lead", actor(world.author)),
        ("outsider", actor(make_person())),
        ("visitor", VISITOR),
    ):
        rows = queries.of(who, "project", project.id)
        try:
            queries.get(who, added.id)
        except NotFound:
            assert rows == []
        else:
            assert [row.id for row in rows] == [added.id]
            found.add(name)
    assert found == seen
    assert (entries()[0].consortium_id is None) == (block != "public")


def test_a_thing_has_room_for_so_many(world, monkeypatch) -> None:
    monkeypatch.setattr(models, "MOST_OF_THING", 2)
    for _time in range(2):
        first = attach(world.author, world.problem)
    with pytest.raises(RuleBroken) as full:
        attach(world.author, world.problem)
    assert full.value.code == "thing_full"
    services.remove(actor(world.author), first)
    attach(world.author, world.problem)


def test_a_thing_has_room_for_so_many_bytes(world, monkeypatch) -> None:
    monkeypatch.setattr(models, "MOST_BYTES_OF_THING", len(uploads.PDF) * 2 - 1)
    attach(world.author, world.problem)
    with pytest.raises(RuleBroken):
        attach(world.author, world.problem)


def test_a_person_has_so_many_a_day_whatever_is_removed(world, monkeypatch) -> None:
    monkeypatch.setattr(models, "MOST_OF_DAY", 2)
    start = clock.now()
    for _time in range(2):
        services.remove(actor(world.author), attach(world.author, world.problem))
    with pytest.raises(RuleBroken) as full:
        attach(world.author, world.problem)
    assert full.value.code == "day_full"
    with clock.at(start + timedelta(hours=25)):
        attach(world.author, world.problem)


def comment_files(world, audience: str, *names: str) -> None:
    many = [(io.BytesIO(uploads.PDF), name) for name in names]
    with services.receiving(many, field="files") as received, transaction(system="a comment is written"):
        services.attach_to_comment(
            actor(world.author), "problem", world.problem.id, 7, received, audience=audience
        )


def test_files_of_a_comment_stand_at_the_comment(world) -> None:
    comment_files(world, things.EVERYBODY, "one.pdf", "two.pdf")
    assert queries.of(actor(world.other), "problem", world.problem) == []
    found = queries.of_comments(actor(world.other), "problem", world.problem, [7, 8])
    assert {key: [row.name for row in rows] for key, rows in found.items()} == {7: ["one.pdf", "two.pdf"]}
    assert queries.held_by_thing("problem", world.problem.id)[0] == 2
    with transaction(system="a moderator hides it"):
        services.hide_with_comment(7, hidden=True)
    assert not queries.of_comments(actor(world.author), "problem", world.problem, [7])
    with pytest.raises(NotFound):
        queries.get(actor(world.author), found[7][0].id)
    with transaction(system="and shows it again"):
        services.hide_with_comment(7, hidden=False)
    assert queries.get(actor(world.other), found[7][0].id)
    with transaction(system="it is taken back"):
        services.remove_with_comment(actor(world.author), 7)
    assert world.on_disk() == []


def test_files_of_a_comment_are_for_its_circle(world) -> None:
    comment_files(world, things.REVIEWERS, "inner.pdf")
    assert not queries.of_comments(actor(world.other), "problem", world.problem, [7])
    (row,) = queries.of_comments(actor(world.lead), "problem", world.problem, [7])[7]
    with pytest.raises(NotFound):
        queries.get(actor(world.other), row.id)


def test_a_comment_takes_a_few_files_only(world) -> None:
    with pytest.raises(Invalid) as refused:
        comment_files(world, things.EVERYBODY, *(f"{n}.pdf" for n in range(6)))
    assert list(refused.value.fields) == ["files"]
    assert number_of(StoredFile) == 0
