"""Every kind of mail has a subject that begins with the thing, in both languages."""

from datetime import UTC, datetime

import pytest

from app.core import clock, i18n
from app.core.db import db, transaction
from app.core.errors import NotFound
from app.outcomes import policies, queries, services
from app.teams.models import Membership
from app.web import letters
from tests.factories import add_member, affiliate, make_institution, make_person, make_team
from tests.factories.outcomes import actor, again, make_outcome
from tests.outcomes.support import make_world, outcome_of, told

KINDS = (
    "to_confirm", "reminder_confirm", "recalled", "lapsed", "returned", "confirmed", "published", "to_settle",
    "reminder_settle", "objected", "settled", "retracted", "named", "reminder_credit", "name_taken_back",
    "credit_accepted", "credit_declined", "credit_lapsed", "credit_withdrawn", "to_answer", "answer_yes",
    "answer_no", "answer_lapsed",
)  # fmt: skip
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
FACTS = {
    "number": "OUT-2026-0001", "title": "A sensor that holds for two years", "short": "A sensor that holds for two…",
    "who": "Amal", "note": "So it is.", "why": "The evidence does not show it.", "text": "Wrong baseline.",
    "decision": "It stands.", "due": NOW, "until": NOW, "problem": "P-0001", "problem_short": "Wells turn salty…",
    "is_author": False,
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ar"])
def test_words_of_mails(app, language):
    with i18n.use_locale(language):
        for kind in KINDS:
            words = letters.words_of(f"outcomes.{kind}", FACTS, "Amal", "Because.")
            assert words.subject.lstrip("\u2068").startswith(("OUT-2026-0001", "P-0001")), (
                kind,
                words.subject,
            )
            assert len(words.subject) < 80, (kind, words.subject)


@pytest.mark.parametrize("is_author", [True, False])
def test_an_author_is_not_named_in_their_answer(app, is_author):
    for kind in ("answer_yes", "answer_no"):
        words = letters.words_of(f"outcomes.{kind}", {**FACTS, "is_author": is_author}, "Reader", "Because.")
        assert ("Amal" in str(words)) is not is_author


def test_the_lead_of_a_team_and_its_partners_follow_its_outcome(app):
    """Whom a team's outcome concerns: its lead, also where another one claims it, and who represents its institutions."""
    world = make_world()
    team = make_team(
        state="approved",
        problem=world["problem"],
        lead=world["lead"],
        institution=world["host"],
        visibility="consortium",
    )
    add_member(team, world["colleague"], world["host"])
    add_member(team, world["member"], world["partner"])
    elsewhere = make_institution("Left the team")
    world["left_rep"] = affiliate("Left rep", elsewhere, "representative")
    left = add_member(team, affiliate(None, elsewhere), elsewhere)
    with transaction(system="test"):
        gone = db.session.get_one(Membership, left.id)
        gone.state, gone.ended_at = "left", clock.now()
    outcome = make_outcome(
        state="claimed",
        team=team,
        claimer=world["colleague"],
        institution=world["host"],
        problem=world["problem"],
    )
    assert queries.keeper_ids(outcome) == {world["colleague"].id, world["lead"].id}
    assert not policies.view(actor(world["other_rep"]), again(outcome))  # not sent yet
    with pytest.raises(NotFound):
        queries.get(actor(world["other_rep"]), outcome.id)
    services.send(actor(world["colleague"]), outcome, confirmer_id=world["partner"].id)
    services.confirm(actor(world["rep"]), again(outcome), note="So it is")
    for who in ("lead", "host_rep", "other_rep"):
        assert told(world[who], "outcomes.confirmed") == (1, 1), who
        assert policies.view(actor(world[who]), again(outcome)), who
        assert queries.get(actor(world[who]), outcome.id).id == outcome.id, who
    for who in ("stranger", "left_rep"):
        assert not policies.view(actor(world[who]), again(outcome)), who
        with pytest.raises(NotFound):
            queries.get(actor(world[who]), outcome.id)
    services.object_to(actor(world["other_rep"]), again(outcome), reason="Another baseline")
    assert told(world["lead"], "outcomes.objected") == (1, 1)


def test_partners_learn_that_it_is_published(app):
    world = make_world()
    outcome_of(world, "published")
    assert told(world["lead"], "outcomes.published") == (1, 1)
    assert told(world["other_rep"], "outcomes.published") == (1, 0)
    assert told(world["stranger"], "outcomes.published") == (0, 0)


def test_only_who_may_confirm_is_asked_to(app):
    world = make_world()
    at_both = affiliate(affiliate(make_person("Both"), world["partner"], "representative"), world["host"])
    outcome = outcome_of(world, "claimed")
    former = {"person_id": world["member"].id, "role": "hosting", "degree": "supporting"}
    services.name(actor(world["lead"]), outcome, **former)
    services.answer_credit(actor(world["member"]), again(outcome), accept=True)
    services.withdraw_credit(actor(world["member"]), again(outcome))
    services.send(actor(world["lead"]), again(outcome), confirmer_id=world["partner"].id)
    asked = {person.id for person in (world["rep"], world["other_rep"])}
    assert queries.confirmer_ids(again(outcome)) == asked
    assert told(at_both, "outcomes.to_confirm") == told(world["member"], "outcomes.to_confirm") == (0, 0)
    may = {world[name].id for name in ("rep", "other_rep", "member", "lead", "host_rep")} | {at_both.id}
    assert {key for key in may if policies.confirm(actor(key), again(outcome))} == asked
