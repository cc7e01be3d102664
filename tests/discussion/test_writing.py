"""Comments: who writes and reads for whom, answers, changes, taking back, mentions, limits; rows, audit and notices."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.accounts.models import Person
from app.accounts.services import keeping
from app.audit.models import AuditEntry
from app.core import clock, leaving
from app.core.access import VISITOR
from app.core.db import db, transaction
from app.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, RuleBroken, TooMany
from app.discussion import queries, services
from app.discussion.models import Comment, CommentVersion
from app.notifications.models import Mail, Notice
from tests.discussion.world import KIND, mailed, told
from tests.factories import make_person
from tests.factories.accounts import actor

# Which audiences each person belongs to on the team's page.
BELONGS = {
    "anna": {"everybody", "reviewers"},
    "ben": {"everybody", "reviewers"},  # leads the consortium, but is in the team
    "cora": {"everybody", "reviewers", "deciders"},
    "ada": {"everybody", "reviewers", "deciders"},
    "dan": {"everybody"},
    "eve": {"everybody"},
    "visitor": {"everybody"},
}
AUDIENCES = ("everybody", "reviewers", "deciders")


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("name", BELONGS)
def test_audiences_by_actors(world, name, audience):
    said = world.say("cora", audience=audience)
    who = world.actor(name)
    shown = {row.said.id for row in queries.thread(who, "team", world.team.id).comments}
    if audience in BELONGS[name]:
        assert queries.get(who, said.id).comment.id == said.id
        assert shown == {said.id}
        assert queries.thread(who, "team", world.team.id).total == 1
        assert queries.glance(who, "team", world.team).total == 1
    else:
        with pytest.raises(NotFound):
            queries.get(who, said.id)
        assert shown == set()
        assert queries.thread(who, "team", world.team.id).total == 0
        assert queries.glance(who, "team", world.team).newest == []


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("name", BELONGS)
def test_nobody_writes_for_others_than_their_own(world, name, audience):
    may = audience in BELONGS[name] and name not in {"eve", "visitor"}  # without affiliation; not signed in
    if may:
        assert world.say(name, audience=audience).audience == audience
    else:
        with pytest.raises(NotAllowed):
            world.say(name, audience=audience)
        assert db.session.query(Comment).count() == 0


def test_what_is_not_seen_is_not_discussed(world):
    from app.teams.models import Team

    with transaction(system="test"):
        db.session.get_one(Team, world.team.id).visibility = "consortium"
    said = world.say("anna")
    for name in ("eve", "visitor"):
        with pytest.raises(NotFound):
            queries.thread(world.actor(name), "team", world.team.id)
        with pytest.raises(NotFound):
            queries.get(world.actor(name), said.id)
        with pytest.raises(NotFound):
            world.say(name)


def test_unknown_kinds_and_things_are_not_found(world):
    for kind, key in (("nothing", world.team.id), ("team", 999_999)):
        with pytest.raises(NotFound):
            queries.thread(world.actor("anna"), kind, key)
        with pytest.raises(NotFound):
            services.write(world.actor("anna"), kind=kind, thing_id=key, text="x", language="en")


def test_the_predicate_and_its_list_form_agree(world):
    rows = [world.say("cora", audience=audience) for audience in AUDIENCES]
    from app.discussion import policies

    for name, own in BELONGS.items():
        who = world.actor(name)
        audiences = KIND.audiences(who, world.fresh(world.team))
        assert audiences == own
        listed = set(db.session.scalars(select(Comment.id).where(policies.visible(audiences))))
        comments = [db.session.get_one(Comment, row.id) for row in rows]
        assert listed == {row.id for row in comments if policies.view(who, row, audiences)}


def test_a_comment_leaves_a_row_an_audit_line_and_notices(world):
    said = world.say("dan", "A *question*.")
    row = world.fresh(said)
    assert (row.text, row.audience, row.state, row.language) == ("A *question*.", "everybody", "shown", "en")
    line = db.session.query(AuditEntry).filter_by(action="discussion.write").one()
    assert (line.thing_id, line.actor_id, line.thing_label) == (said.id, world.dan.id, world.team.number)
    assert "question" not in str(line.after)
    assert told("comment") == {world.anna.id, world.ben.id} == mailed("comment")


def test_what_is_for_deciders_alone_stands_in_no_audit_of_other_leads(world):
    world.say("cora", audience="deciders")
    assert db.session.query(AuditEntry).filter_by(action="discussion.write").one().consortium_id is None
    world.say("cora")
    assert {
        row.consortium_id for row in db.session.query(AuditEntry).filter_by(action="discussion.write")
    } == {
        None,
        world.consortium.id,
    }


def test_notices_go_to_the_audience_and_never_to_the_writer(world):
    world.say("cora", audience="deciders")
    assert told("comment") == set()  # Ben leads, but is in the team
    world.say("anna", audience="reviewers")
    assert told("comment") == {world.ben.id, world.cora.id}


def test_further_comments_collapse_until_the_first_is_read(world):
    world.say("dan", "one")
    world.say("dan", "two")
    assert db.session.query(Notice).filter_by(kind="discussion.comment", person_id=world.anna.id).count() == 1
    assert db.session.query(Mail).filter_by(kind="discussion.comment", person_id=world.anna.id).count() == 1
    with transaction(system="test"):
        db.session.query(Notice).filter_by(person_id=world.anna.id).one().read_at = clock.now()
    world.say("dan", "three")
    assert db.session.query(Notice).filter_by(kind="discussion.comment", person_id=world.anna.id).count() == 2
    assert db.session.query(Notice).filter_by(kind="discussion.comment", person_id=world.ben.id).count() == 1


@pytest.mark.parametrize(
    "values", [{"text": "  "}, {"text": "x" * 5001}, {"language": "xx-none"}, {"text": "\u202e\x07"}]
)
def test_what_cannot_be_kept_is_refused(world, values):
    with pytest.raises(Invalid):
        world.say("dan", **values)
    assert db.session.query(Comment).count() == 0
    assert told("comment") == set()


def test_a_team_that_is_no_more_is_not_discussed(world):
    with transaction(system="test"):
        world.fresh(world.team).state = "dissolved"
    with pytest.raises(NotAllowed):
        world.say("anna")


def test_comments_are_limited_by_person_and_hour(world):
    with clock.at(clock.now().replace(minute=1)):
        for number in range(30):
            world.say("dan", f"{number}")
        with pytest.raises(TooMany):
            world.say("dan", "one more")
        assert world.say("anna").id
    with clock.at(clock.now() + timedelta(hours=2)):
        assert world.say("dan").id


# ---- Answers -----------------------------------------------------------------------------------------------


def test_an_answer_hangs_below_its_comment_and_those_who_spoke_are_told(world):
    first = world.say("dan")
    world.say("anna", "An answer.", parent_id=first.id)
    world.say("ben", "Another.", parent_id=first.id)
    thread = queries.thread(world.actor("visitor"), "team", world.team.id)
    assert [row.said.id for row in thread.comments] == [first.id]
    assert [row.text for row in thread.comments[0].answers] == ["An answer.", "Another."]
    assert thread.total == 3
    assert told("reply") == {world.dan.id, world.anna.id}


def test_an_answer_has_no_answers_and_no_wider_audience(world):
    first = world.say("cora", audience="deciders")
    answer = world.say("ada", parent_id=first.id, audience="everybody")
    assert answer.audience == "deciders"
    with pytest.raises(RuleBroken) as refusal:
        world.say("ada", parent_id=answer.id, audience="deciders")
    assert refusal.value.code == "answer_of_answer"
    with pytest.raises(NotFound):
        world.say("anna", parent_id=first.id)
    with pytest.raises(NotFound):
        world.say("anna", parent_id=999_999)


def test_who_lost_sight_of_it_is_not_told_of_answers(world):
    first = world.say("dan")
    from app.teams.models import Team

    with transaction(system="test"):
        db.session.get_one(Team, world.team.id).visibility = "consortium"
        from app.institutions.models import Affiliation

        db.session.query(Affiliation).filter_by(person_id=world.dan.id).one().state = "ended"
    world.say("anna", parent_id=first.id)
    assert told("reply") == set()


def test_what_is_not_shown_is_not_answered(world):
    first = world.say("dan")
    services.withdraw(world.actor("dan"), first.id, version=None)
    with pytest.raises(RuleBroken):
        world.say("anna", parent_id=first.id)


# ---- Changing and taking back ------------------------------------------------------------------------------


def edit(world, name, said, **values):
    row = world.fresh(said)
    given = {
        "text": "Changed.",
        "language": "en",
        "audience": row.audience,
        "version": row.version,
        **values,
    }
    return services.edit(world.actor(name), said.id, **given)


def test_a_change_keeps_how_it_was(world):
    said = world.say("dan", "First.")
    edit(world, "dan", said)
    edit(world, "dan", said, text="Again.")
    row = world.fresh(said)
    assert (row.text, row.edits) == ("Again.", 2)
    assert row.edited_at is not None
    assert [version.text for version in queries.versions(said.id)] == ["Changed.", "First."]


def test_a_change_of_nothing_is_no_version(world):
    said = world.say("dan", "First.")
    edit(world, "dan", said, text="First.")
    assert world.fresh(said).edits == 0


@pytest.mark.parametrize("name", ["anna", "cora", "ada", "eve", "visitor"])
def test_only_the_author_changes_and_takes_back(world, name):
    said = world.say("dan")
    with pytest.raises(NotAllowed):
        edit(world, name, said)
    with pytest.raises(NotAllowed):
        services.withdraw(world.actor(name), said.id, version=None)
    assert world.fresh(said).state == "shown"


def test_a_stale_page_changes_nothing(world):
    said = world.say("dan", "First.")
    edit(world, "dan", said, text="Second.")
    with pytest.raises(Conflict):
        edit(world, "dan", said, version=1)
    with pytest.raises(Conflict):
        services.withdraw(world.actor("dan"), said.id, version=1)
    assert world.fresh(said).text == "Second."


def test_an_audience_gets_narrower_with_its_answers_and_never_wider(world):
    first = world.say("anna")
    answer = world.say("dan", parent_id=first.id)
    edit(world, "anna", first, audience="reviewers")
    assert world.fresh(answer).audience == "reviewers"
    with pytest.raises(NotFound):
        queries.get(world.actor("dan"), answer.id)
    with pytest.raises(RuleBroken) as refusal:
        edit(world, "anna", first, audience="everybody")
    assert refusal.value.code == "wider_audience"
    with pytest.raises(NotAllowed):
        edit(world, "anna", first, audience="deciders")


def test_what_is_taken_back_leaves_its_place_and_its_text_to_moderators_alone(world):
    said = world.say("dan", "Regretted words.")
    world.say("anna", parent_id=said.id)
    services.withdraw(world.actor("dan"), said.id, version=None)
    row = world.fresh(said)
    assert (row.text, row.state) == ("", "withdrawn")
    thread = queries.thread(world.actor("dan"), "team", world.team.id)
    assert thread.comments[0].said.text == ""
    assert len(thread.comments[0].answers) == 1
    assert thread.total == 1
    assert [version.text for version in queries.versions(said.id)] == ["Regretted words."]
    with pytest.raises(NotAllowed):
        services.withdraw(world.actor("dan"), said.id, version=None)
    with pytest.raises(NotAllowed):
        services.edit(
            world.actor("dan"), said.id, text="x", language="en", audience="everybody", version=None
        )


@pytest.mark.parametrize(
    "statement", ["UPDATE comment_version SET text = 'x'", "DELETE FROM comment_version"]
)
def test_the_history_is_append_only(world, statement):
    edit(world, "dan", world.say("dan"))
    with pytest.raises((DomainError, DBAPIError)), transaction(system="test"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert db.session.query(CommentVersion).one().text == "Hello wells."


# ---- Mentions ----------------------------------------------------------------------------------------------


def test_who_is_named_is_told_at_once_and_once(world):
    said = world.say("dan", "@Anna Bauer, and @anna bauer: do you know? Mail me at dan@Ben.example")
    assert world.fresh(said).mentions == [world.anna.id]
    assert told("mention") == {world.anna.id} == mailed("mention")
    assert told("comment") == {world.ben.id}


def test_the_longest_name_is_meant(world):
    short, longer = make_person("Anna"), make_person("Anna Bauer Maria")
    world.say("dan", "@Anna Bauer Maria knows.")
    assert told("mention") == {longer.id}
    world.say("dan", "@Anna knows.")
    assert told("mention") == {longer.id, short.id}


@pytest.mark.parametrize("audience", ["reviewers", "deciders"])
def test_who_does_not_belong_to_the_audience_is_not_told(world, audience):
    said = world.say("cora", "@Dan, @Eve and @Nobody Known", audience=audience)
    assert world.fresh(said).mentions == []
    assert told("mention") == set()


def test_who_hides_or_has_left_is_not_found_by_a_name(world):
    make_person("Hidden Hana", visibility="hidden")
    said = world.say("dan", "@Hidden Hana?")
    assert world.fresh(said).mentions == []


def test_of_two_with_one_name_the_one_who_takes_part_is_meant(world):
    twin = make_person("Anna Bauer")
    world.say("dan", "@Anna Bauer?")
    assert told("mention") == {world.anna.id}
    other, third = make_person("Tess"), make_person("Tess")
    world.say("dan", "@Tess?")
    assert told("mention") == {world.anna.id}
    assert not {twin.id, other.id, third.id} & told("mention")


def test_a_change_tells_only_those_who_are_new(world):
    said = world.say("dan", "@Anna Bauer")
    edit(world, "dan", said, text="@Anna Bauer and @Cora Lead")
    assert db.session.query(Notice).filter_by(kind="discussion.mention").count() == 2
    assert told("mention") == {world.anna.id, world.cora.id}


# ---- Leaving -----------------------------------------------------------------------------------------------


def test_a_closed_account_leaves_its_words_under_another_name(world):
    said = world.say("dan", "Still here.")
    services.ask_naming(world.actor("anna"), said.id)
    assert leaving.belongings_of(world.dan.id)["comments"][0]["text"] == "Still here."
    with transaction(system="test"):
        leaving.release_all(actor(world.dan), world.dan.id)
        keeping.anonymise(db.session.get_one(Person, world.dan.id))
    row = queries.thread(VISITOR, "team", world.team.id).comments[0].said
    assert (row.display_name, row.text, row.has_profile) == (keeping.FORMER, "Still here.", False)
    assert world.fresh(said).naming == ""
