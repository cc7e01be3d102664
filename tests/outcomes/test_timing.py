"""What happens by itself: the window over weekends of two kinds, publication once, lapses and reminders once."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.institutions.models import Institution
from app.outcomes import queries, services
from tests.factories.outcomes import again, make_outcome
from tests.outcomes.support import actions, make_world, outcome_of, told


@pytest.fixture
def world(app):
    found = make_world()
    with transaction(system="test"):
        for name, weekend, zone, country in (
            ("host", [5, 6], "Africa/Cairo", ""),
            ("partner", [6, 7], "Africa/Nairobi", ""),
        ):
            institution = db.session.get_one(Institution, found[name].id)
            institution.weekend, institution.zone = weekend, zone
            institution.country = country or institution.country
    return found


def test_each_partner_has_ten_working_days_of_its_own(world):
    """From a Thursday on: ten working days end later where Friday and Saturday are free than where Sunday is."""
    with clock.at(datetime(2026, 11, 5, 9, tzinfo=UTC)):  # no public holiday of Egypt or Kenya follows soon
        outcome = outcome_of(world, "confirmed")
    # Friday–Saturday: 8..12 and 15..19 November. Saturday–Sunday: 6, 9..13, 16..19. Both end on the 19th, in two zones.
    assert outcome.window_ends_at == datetime(
        2026, 11, 19, 21, 59, 59, tzinfo=UTC
    )  # the end of the day in Cairo
    with clock.at(datetime(2026, 11, 6, 9, tzinfo=UTC)):
        outcome = outcome_of(world, "confirmed")
    # From a Friday: 8..12, 15..19 in Cairo; 9..13, 16..20 in Nairobi, which is later.
    assert outcome.window_ends_at == datetime(2026, 11, 20, 20, 59, 59, tzinfo=UTC)


def test_published_at_the_end_of_the_window_and_once(world):
    outcome = outcome_of(world, "confirmed")
    with clock.at(outcome.window_ends_at - timedelta(seconds=1)):
        assert services.publish_due() == 0
    with clock.at(outcome.window_ends_at):
        assert services.publish_due() == 1
        assert services.publish_due() == 0
    assert again(outcome).state == "published"
    assert actions(outcome).count("outcomes.publish") == 1
    assert told(world["boss"], "outcomes.to_answer") == (1, 1)


def _all_jobs(at):
    with clock.at(at):
        return services.lapse_questions() + services.publish_due()


def test_confirmation_is_reminded_once_and_lapses_once(world):
    outcome = outcome_of(world, "evidenced")
    asked = queries.rounds(outcome.id)[0]
    half = clock.halfway(asked.asked_at, asked.due_at)
    assert _all_jobs(half - timedelta(minutes=1)) == 0
    assert _all_jobs(half + timedelta(minutes=1)) == 1
    assert _all_jobs(half + timedelta(minutes=2)) == 0
    assert told(world["rep"], "outcomes.reminder_confirm") == (1, 1)
    assert _all_jobs(asked.due_at) == 1
    assert _all_jobs(asked.due_at + timedelta(days=1)) == 0
    assert again(outcome).state == "claimed"
    assert told(world["lead"], "outcomes.lapsed") == (1, 1)


def test_a_question_about_a_name_lapses_once(world):
    from tests.factories.outcomes import actor

    outcome = outcome_of(world, "published")
    services.name(
        actor(world["lead"]), outcome, person_id=world["colleague"].id, role="software", degree="equal"
    )
    due = next(row.due_at for row in queries.credits_of(outcome.id) if row.state == "asked")
    with clock.at(due - timedelta(days=3)):
        assert services.lapse_questions() == 1
        assert services.lapse_questions() == 0
    assert told(world["colleague"], "outcomes.reminder_credit") == (1, 1)
    with clock.at(due):
        services.lapse_questions()
        assert services.lapse_questions() == 0
    assert {row.state for row in queries.credits_of(outcome.id)} == {"accepted", "lapsed"}


def test_whether_a_problem_is_answered_lapses_and_can_still_be_said(world):
    from tests.factories.outcomes import actor

    outcome = outcome_of(world, "published")
    due = queries.answers(outcome.id)["author"].due_at
    with clock.at(due):
        assert services.lapse_questions() == 2
        assert services.lapse_questions() == 0
    services.answer(actor(world["author"]), again(outcome), "author", is_answered=True)
    assert services.answer(actor(world["boss"]), again(outcome), "lead", is_answered=True)


def test_an_objection_is_never_settled_by_time(world):
    outcome = outcome_of(world, "disputed")
    objection = queries.open_objection(outcome.id)
    for _twice in range(2):
        with clock.at(objection.due_at + timedelta(days=1)):
            services.lapse_questions()
    assert again(outcome).state == "disputed"
    assert told(world["boss"], "outcomes.reminder_settle") == (1, 1)


def test_without_other_partners_the_claimers_calendar_counts(app):
    outcome = make_outcome(state="confirmed")
    assert outcome.window_ends_at > clock.now() + timedelta(days=10)
