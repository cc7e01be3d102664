"""Naming contributors, reports, decisions, replies to decisions, and what lapses."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core import clock, waiting
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken, TooMany
from app.discussion import policies, queries, services
from app.discussion.models import Comment, ContentReport, ModerationCase
from app.discussion.queries import moderation
from tests.discussion.world import mailed, second_lead, told
from tests.factories import make_admin, make_person

NAMES = ("anna", "ben", "cora", "dan", "eve", "ada", "visitor")


def waits(world, name, kind):
    return [row.item_id for row in waiting.waiting_for(world.actor(name)) if row.kind == f"discussion.{kind}"]


# ---- Naming ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_only_the_people_of_the_thing_name_contributors(world, name):
    said = world.say("dan")
    if name in {"anna", "ben"}:
        services.ask_naming(world.actor(name), said.id)
        assert world.fresh(said).naming == "asked"
        assert told("naming_asked") == {world.dan.id} == mailed("naming_asked")
    else:
        with pytest.raises(NotAllowed):
            services.ask_naming(world.actor(name), said.id)
        assert world.fresh(said).naming == ""


def test_nobody_is_named_without_a_yes(world):
    said = world.say("dan")
    services.ask_naming(world.actor("anna"), said.id)
    assert queries.contributors(world.actor("anna"), "team", world.team.id, {"everybody"}) == []
    assert waits(world, "dan", "naming") == [said.id]
    for name in ("anna", "cora", "visitor"):
        with pytest.raises(NotAllowed):
            services.answer_naming(world.actor(name), said.id, agrees=True)
    services.answer_naming(world.actor("dan"), said.id, agrees=True)
    found = queries.contributors(world.actor("visitor"), "team", world.team.id, {"everybody"})
    assert [row.display_name for row in found] == ["Dan"]
    assert told("naming_answered") == {world.anna.id}
    assert waits(world, "dan", "naming") == []
    lines = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert lines[-2:] == ["discussion.ask_naming", "discussion.answer_naming"]


def test_a_no_holds_and_a_yes_can_be_taken_back(world):
    said = world.say("dan")
    services.ask_naming(world.actor("anna"), said.id)
    services.answer_naming(world.actor("dan"), said.id, agrees=True)
    with pytest.raises(RuleBroken):
        services.ask_naming(world.actor("ben"), said.id)
    services.answer_naming(world.actor("dan"), said.id, agrees=False)
    assert world.fresh(said).naming == "declined"
    for act in (services.ask_naming, services.take_naming_back):
        with pytest.raises(RuleBroken):
            act(world.actor("anna"), said.id)
    with pytest.raises(RuleBroken):
        services.answer_naming(world.actor("dan"), said.id, agrees=True)


def test_the_people_of_the_thing_can_take_it_back(world):
    said = world.say("dan")
    services.ask_naming(world.actor("anna"), said.id)
    services.take_naming_back(world.actor("ben"), said.id)
    assert world.fresh(said).naming == ""
    assert waits(world, "dan", "naming") == []


def test_own_comments_and_those_for_few_name_nobody(world):
    own, few = world.say("anna"), world.say("cora", audience="reviewers")
    for said in (own, few):
        with pytest.raises(NotAllowed):
            services.ask_naming(world.actor("anna"), said.id)


def test_a_question_without_answer_lapses(world):
    said = world.say("dan")
    services.ask_naming(world.actor("anna"), said.id)
    assert services.lapse_due() == 0
    with clock.at(clock.now() + timedelta(days=15)):
        assert services.lapse_due() == 1
        assert services.lapse_due() == 0
    assert world.fresh(said).naming == ""
    assert told("naming_answered") == {world.anna.id}


@pytest.mark.parametrize("act", ["withdraw", "hide", "narrow"])
def test_who_is_not_heard_any_more_is_not_named(world, act):
    said = world.say("ben")
    services.ask_naming(world.actor("anna"), said.id)
    services.answer_naming(world.actor("ben"), said.id, agrees=True)
    if act == "withdraw":
        services.withdraw(world.actor("ben"), said.id, version=None)
    elif act == "hide":
        world.decide("cora", world.report("eve", said))
    else:
        services.edit(
            world.actor("ben"), said.id, text="x", language="en", audience="reviewers", version=None
        )
    assert queries.contributors(world.actor("anna"), "team", world.team.id, {"everybody", "reviewers"}) == []


# ---- Reporting ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"dan", "visitor"}])
def test_everybody_signed_in_reports_what_others_wrote(world, name):
    said = world.say("dan")
    case = world.report(name, said, text="Rude.")
    row = db.session.query(ContentReport).one()
    assert (row.case_id, row.reason, row.text) == (case.id, "abuse", "Rude.")
    line = db.session.query(AuditEntry).filter_by(action="discussion.report").one()
    assert line.consortium_id is None


@pytest.mark.parametrize("name", ["dan", "visitor"])
def test_authors_and_visitors_do_not_report(world, name):
    with pytest.raises(NotAllowed):
        world.report(name, world.say("dan"))
    assert db.session.query(ModerationCase).count() == 0


def test_reports_of_one_content_come_together(world):
    said = world.say("dan")
    first = world.report("eve", said)
    assert world.report("anna", said, reason="spam").id == first.id
    with pytest.raises(RuleBroken) as refusal:
        world.report("eve", said)
    assert refusal.value.code == "already_reported"
    assert world.report("eve", world.say("dan")).id != first.id
    assert told("reported") == {world.cora.id, world.ben.id} == mailed("reported")


def test_what_is_not_seen_cannot_be_reported(world):
    said = world.say("cora", audience="deciders")
    for name in ("dan", "anna"):
        with pytest.raises(NotFound):
            world.report(name, said)


@pytest.mark.parametrize("values", [{"reason": ""}, {"reason": "nonsense"}, {"reason": "other"}])
def test_a_report_says_why(world, values):
    said = world.say("dan")
    with pytest.raises(Invalid):
        world.report("eve", said, **values)


def test_reports_are_limited(world):
    said = world.say("dan")
    with clock.at(clock.now().replace(minute=1)):
        world.report("eve", said)
        for _again in range(19):
            with pytest.raises(RuleBroken):
                world.report("eve", said)
        with pytest.raises(TooMany):
            world.report("eve", said)


def test_what_is_taken_back_or_hidden_is_not_reported(world):
    gone, hidden = world.say("dan"), world.say("dan")
    services.withdraw(world.actor("dan"), gone.id, version=None)
    world.decide("cora", world.report("anna", hidden))
    for said in (gone, hidden):
        with pytest.raises(NotFound):
            world.report("eve", said)


def test_a_thing_is_reported_and_dealt_with_elsewhere(world):
    who = world.actor("eve")
    case = services.report(who, content="team", content_id=world.team.id, reason="spam")
    assert case.author_id == world.anna.id
    assert waits(world, "ben", "case") == []  # he is in the team
    with pytest.raises(NotFound):
        world.decide("ben", case, "nothing")
    with pytest.raises(NotAllowed):
        services.report(world.actor("anna"), content="team", content_id=world.team.id, reason="spam")
    with pytest.raises(Invalid):
        world.decide("cora", case, "hide")
    world.decide("cora", case, "acted")
    assert world.fresh(case).decision_code == "acted"


# ---- Who moderates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("author", ["dan", "cora", "ada"])
@pytest.mark.parametrize("reporter", ["eve", "ben", "ada"])
def test_who_decides(world, author, reporter):
    """Leads of the consortium and administrators, never the author, never who reported it."""
    if author == reporter:
        return
    case = world.report(reporter, world.say(author))
    may = {"ben", "cora", "ada"} - {author, reporter}
    for name in NAMES:
        who = world.actor(name)
        listed = set(db.session.scalars(select(ModerationCase.id).where(policies.visible_cases(who))))
        decided = set(db.session.scalars(select(ModerationCase.id).where(policies.cases_to_decide(who))))
        if name in may:
            assert queries.get_case(who, case.id).case.id == case.id
            assert listed == decided == {case.id}
            assert waits(world, name, "case") == [case.id]
        else:
            assert listed == decided == set()
            assert waits(world, name, "case") == []
            with pytest.raises(NotFound):
                queries.get_case(who, case.id)
            with pytest.raises(NotFound):
                world.decide(name, case)
    first = db.session.get_one(ModerationCase, case.id)
    told_first = may & {"ben", "cora"} or may
    assert moderation.moderators(first) == {getattr(world, name).id for name in told_first}


def test_leads_of_other_consortia_do_not_decide(world):
    from tests.factories import make_consortium

    other = make_person("Other Lead")
    make_consortium("Other", leads=[other])
    case = world.report("eve", world.say("dan"))
    from tests.factories.accounts import actor

    with pytest.raises(NotFound):
        queries.get_case(actor(other), case.id)


def test_administrators_are_told_where_no_lead_can_decide(world):
    case = world.report("ben", world.say("cora"))
    assert told("reported") == {world.ada.id}
    assert moderation.moderators(world.fresh(case)) == {world.ada.id}


# ---- Deciding ----------------------------------------------------------------------------------------------


def test_hiding_and_showing_again(world):
    said = world.say("dan", "Rude.")
    case = world.report("eve", said)
    world.report("anna", said)
    world.decide("cora", case)
    row = world.fresh(said)
    assert (row.state, row.hidden_reason, row.text) == ("hidden", "abuse", "Rude.")
    for name in ("dan", "cora", "visitor"):  # the text is not even read, whoever asks
        (branch,) = queries.thread(world.actor(name), "team", world.team.id).comments
        assert (branch.said.state, branch.said.text) == ("hidden", "")
    assert told("statement_author") == {world.dan.id} == mailed("statement_author")
    assert told("statement_reporter") == {world.eve.id, world.anna.id} == mailed("statement_reporter")
    line = db.session.query(AuditEntry).filter_by(action="discussion.decide").one()
    assert (line.actor_id, line.consortium_id) == (world.cora.id, world.consortium.id)
    again = services.appeal(world.actor("dan"), case.id, text="A quotation.")
    assert told("appealed") == {world.ben.id}
    world.decide("ben", again, "restore")
    assert world.fresh(said).state == "shown"
    assert world.fresh(said).hidden_reason == ""


def test_when_nothing_is_done_the_author_hears_nothing(world):
    said = world.say("dan")
    case = world.report("eve", said)
    world.decide("cora", case, "nothing")
    assert world.fresh(said).state == "shown"
    assert told("statement_author") == set()
    assert told("statement_reporter") == {world.eve.id}
    with pytest.raises(NotAllowed):
        services.appeal(world.actor("dan"), case.id, text="x")


@pytest.mark.parametrize(
    "values",
    [{"note": ""}, {"reason": ""}, {"reason": "nonsense"}, {"decision": "restore"}, {"decision": ""}],
)
def test_a_decision_says_what_and_why(world, values):
    said = world.say("dan")
    case = world.report("eve", said)
    with pytest.raises(Invalid):
        world.decide("cora", case, **values)
    assert world.fresh(case).decided_at is None
    assert world.fresh(said).state == "shown"


def test_the_second_moderator_is_told_what_the_first_did(world):
    case = world.report("eve", world.say("dan"))
    world.decide("cora", case, note="Unkind.")
    with pytest.raises(Conflict) as refusal:
        world.decide("ada", case, "nothing")
    assert refusal.value.code == "already_decided"
    assert "Cora Lead" in str(refusal.value.text)
    assert "Unkind." in str(refusal.value.text)


def test_a_stale_page_decides_nothing(world):
    case = world.report("eve", world.say("dan"))
    with transaction(system="test"):
        world.fresh(case).touch()
    with pytest.raises(Conflict):
        world.decide("cora", case, version=1)
    assert world.fresh(case).decided_at is None


def test_what_is_taken_back_meanwhile_can_only_be_left(world):
    said = world.say("dan", "Rude.")
    case = world.report("eve", said)
    services.withdraw(world.actor("dan"), said.id, version=None)
    whole = queries.get_case(world.actor("cora"), case.id)
    assert whole.decisions == ["nothing"]
    assert [version.text for version in whole.versions] == ["Rude."]
    with pytest.raises(Invalid):
        world.decide("cora", case, "hide")
    world.decide("cora", case, "nothing")


def test_what_is_hidden_is_neither_changed_nor_named_but_can_be_taken_back(world):
    said = world.say("dan")
    world.decide("cora", world.report("eve", said))
    with pytest.raises(NotAllowed):
        services.edit(
            world.actor("dan"), said.id, text="x", language="en", audience="everybody", version=None
        )
    with pytest.raises(NotAllowed):
        services.ask_naming(world.actor("anna"), said.id)
    services.withdraw(world.actor("dan"), said.id, version=None)
    assert world.fresh(said).state == "withdrawn"


# ---- Replying ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", ["hide", "nothing"])
@pytest.mark.parametrize("name", NAMES)
def test_who_may_reply(world, name, decision):
    case = world.report("eve", world.say("dan"))
    world.decide("cora", case, decision)
    may = name == ("dan" if decision == "hide" else "eve")
    if may:
        again = services.appeal(world.actor(name), case.id, text="Look again.")
        assert again.appeal_of_id == case.id
    else:
        with pytest.raises((NotAllowed, NotFound)):
            services.appeal(world.actor(name), case.id, text="Look again.")
        assert db.session.query(ModerationCase).count() == 1


def test_one_reply_answered_by_somebody_else_and_final(world):
    carl = second_lead(world)
    said = world.say("dan")
    case = world.report("eve", said)
    with pytest.raises(NotFound):
        services.appeal(world.actor("dan"), case.id, text="Too early.")
    world.decide("cora", case)
    with pytest.raises(Invalid):
        services.appeal(world.actor("dan"), case.id, text="  ")
    again = services.appeal(world.actor("dan"), case.id, text="Look again.")
    with pytest.raises(RuleBroken):
        services.appeal(world.actor("dan"), case.id, text="And again.")
    with pytest.raises(NotAllowed):
        world.decide("cora", again, "restore")
    assert waits(world, "cora", "case") == []
    world.carl = carl
    assert waits(world, "carl", "case") == [again.id]
    world.decide("carl", again, "nothing")
    assert world.fresh(said).state == "hidden"
    assert told("statement_author") == {world.dan.id}
    with pytest.raises(NotAllowed):
        services.appeal(world.actor("dan"), again.id, text="Once more.")


def test_an_administrator_answers_where_no_other_lead_is(world):
    case = world.report("ben", world.say("dan"))
    world.decide("cora", case)
    again = services.appeal(world.actor("dan"), case.id, text="Look again.")
    assert told("appealed") == {world.ada.id}
    world.decide("ada", again, "restore")


# ---- Time --------------------------------------------------------------------------------------------------


def test_a_report_is_due_in_working_days_reminded_and_goes_on_to_administrators(world):
    ruth = make_admin("Ruth")
    with clock.at(clock.now()):
        case = world.report("eve", world.say("dan"))
    asked, due = world.fresh(case).asked_at, world.fresh(case).due_at
    assert due == clock.add_working_days(asked, 3)
    assert services.remind_due() == 0
    with clock.at(clock.halfway(asked, due) + timedelta(minutes=1)):
        assert services.remind_due() == 1
        assert services.remind_due() == 0
    assert told("case_due") == {world.cora.id, world.ben.id}
    with clock.at(due + timedelta(minutes=1)):
        assert services.remind_due() == 1
        assert services.remind_due() == 0
    assert told("case_late") == {world.cora.id, world.ben.id, world.ada.id, ruth.id}
    world.decide("cora", case)
    assert db.session.query(Comment).one().state == "hidden"
