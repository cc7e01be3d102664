"""Every mail and notice in words, in both languages, without any text of a comment."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.db import db
from app.core.i18n import use_locale
from app.discussion import services
from app.notifications.models import Notice
from app.notifications.reasons import REASONS
from app.web.letters import words_of

KINDS = {
    "comment", "mention", "reply", "naming_asked", "naming_answered", "reported", "appealed", "case_due",
    "case_late", "statement_author", "statement_reporter",
}  # fmt: skip


def everything(world):
    """One of each notice, all of one story."""
    first = world.say("dan", "Quokka. @Cora Lead")
    world.say("anna", "Quokka.", parent_id=first.id)
    services.ask_naming(world.actor("anna"), first.id)
    for agrees in (True, False):  # a yes, then taken back
        services.answer_naming(world.actor("dan"), first.id, agrees=agrees)
    other = world.say("dan", "Quokka.")
    services.ask_naming(world.actor("anna"), other.id)
    with clock.at(clock.now() + timedelta(days=20)):
        services.lapse_due()
    late = world.report("eve", other)
    asked, due = late.asked_at, late.due_at
    for instant in (clock.halfway(asked, due) + timedelta(minutes=1), due + timedelta(minutes=1)):
        with clock.at(instant):
            services.remind_due()
    world.decide("cora", late, "nothing")
    case = world.report("eve", first)
    world.decide("cora", case)
    again = services.appeal(world.actor("dan"), case.id, text="Look again.")
    world.decide("ben", again, "restore")


def test_every_notice_reads_well_and_holds_no_text(app, world):
    everything(world)
    db.session.rollback()
    rows = db.session.query(Notice).filter(Notice.kind.startswith("discussion.")).all()
    assert {row.kind.removeprefix("discussion.") for row in rows} == KINDS
    with app.test_request_context():
        for row in rows:
            assert row.reason in REASONS
            assert "Quokka" not in str(row.facts)
            for locale in ("en", "ar"):
                with use_locale(locale):
                    said = words_of(row.kind, row.facts, "Reader")
                    assert said.subject
                    assert len(said.subject) < 60
                    assert said.paragraphs
                    assert said.button
                    assert "%(" not in f"{said.subject}{said.paragraphs}"
                    assert "None" not in f"{said.subject}{said.paragraphs}"


@pytest.mark.parametrize("kind", ["statement_author", "statement_reporter"])
def test_a_statement_names_the_decision_and_its_reasons(app, world, kind):
    said = world.say("dan")
    world.decide("cora", world.report("eve", said), note="It calls people names.")
    db.session.rollback()
    row = db.session.query(Notice).filter_by(kind=f"discussion.{kind}").one()
    with app.test_request_context(), use_locale("en"):
        words = words_of(row.kind, row.facts, "Reader")
    text = " ".join(words.paragraphs)
    assert "It is hidden" in text
    assert "insults" in text
    assert "It calls people names." in text
    assert "Eve" not in text
    assert "Cora" not in text
