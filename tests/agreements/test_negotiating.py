"""Negotiation: versions, contentment, the ball, comments, declining; rules both ways."""

import hashlib
import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.agreements import queries, services
from app.agreements.models import AgreementVersion
from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from app.notifications.models import Notice
from tests.factories.accounts import actor, make_person
from tests.factories.agreements import (
    fresh,
    line,
    make_agreement,
    make_signatory,
    rows_of,
    sign,
    signatory_of,
)
from tests.factories.institutions import affiliate, make_institution

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def homes():
    return [make_institution(), make_institution(country="KE"), make_institution(country="SA")]


def people(homes):
    return [actor(signatory_of(home.id)) for home in homes]


def notices(kind):
    return list(db.session.scalars(select(Notice).where(Notice.kind == kind)))


def audited(action):
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_version_is_the_exact_text_with_its_hash(app):
    agreement = make_agreement(state="negotiation")
    version = queries.version(agreement.id, 1)
    assert version.sha256 == hashlib.sha256(version.text.encode()).hexdigest()
    content = json.loads(version.text)
    assert version.text == json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert content["title"] == agreement.title
    assert [row["quantity"] for row in content["commitments"]] == ["16", "16"]
    assert agreement.code.startswith("AGR-")


def test_sending_needs_a_representative_and_whole_parts(app, homes):
    agreement = make_agreement(state="draft", institutions=homes[:2])
    member = affiliate(None, homes[0])
    with pytest.raises(NotAllowed):
        services.send(actor(member), agreement)
    first, _second, _third = people(homes)
    services.save(first, fresh(agreement), "text", texts={"en": "We share [[what is shared]]."})
    with pytest.raises(RuleBroken) as refused:
        services.send(first, fresh(agreement))
    assert refused.value.code == "incomplete"
    assert fresh(agreement).state == "draft"
    assert not notices("agreements.sent")
    services.save(first, fresh(agreement), "text", texts={"en": "We share wells."})
    services.send(first, fresh(agreement))
    now = fresh(agreement)
    assert (now.state, now.number, now.ball_institution_id) == ("negotiation", 1, homes[1].id)
    assert {notice.person_id for notice in notices("agreements.sent")} == {signatory_of(homes[1].id).id}
    assert len(audited("agreements.send")) == 1


def test_a_revision_is_a_new_version_and_voids_what_was_said(app, homes):
    agreement = make_agreement(state="negotiation", institutions=homes)
    first, second, _third = people(homes)
    services.say_content(second, agreement, number=1)
    rows = rows_of(fresh(agreement))
    kept = rows[0]["id"]
    rows[0]["text"] = "Training of twelve technicians"
    made = services.revise(
        second,
        fresh(agreement),
        commitments=[*rows, line(homes[1].id, homes[0].id, "A second line")],
        note="Twelve people come.",
    )
    now = fresh(agreement)
    assert (now.number, made.number, made.changed) == (2, 2, ["commitments"])
    assert queries.commitments_of(now.id)[0].id == kept
    assert {row.institution_id: row.content_number for row in queries.parties_of(now.id)} == {
        homes[0].id: 1,
        homes[1].id: 2,
        homes[2].id: None,
    }
    assert now.ball_institution_id == homes[2].id
    found = queries.difference(queries.version(now.id, 1).content, queries.version(now.id, 2).content)
    assert [change.label for change in found] == ["Line changed", "Line added"]
    assert ("ins", " twelve") in found[0].pieces
    with pytest.raises(Conflict):
        services.say_content(first, now, number=1)


def test_nothing_changed_is_no_version(app):
    agreement = make_agreement(state="negotiation")
    with pytest.raises(Invalid):
        services.revise(
            actor(signatory_of(agreement.institution_id)),
            agreement,
            commitments=rows_of(agreement),
            note="Nothing.",
        )
    assert fresh(agreement).number == 1
    assert len(list(db.session.scalars(select(AgreementVersion)))) == 1
    assert not audited("agreements.revise")


def test_a_revision_after_a_signature_begins_again(app, homes):
    agreement = make_agreement(state="partly_signed", institutions=homes[:2])
    first, second, _third = people(homes)
    services.revise(second, agreement, commitments=rows_of(agreement), note="More notice.", notice_days=60)
    now = fresh(agreement)
    assert (now.state, now.number) == ("negotiation", 2)
    assert [row.number for row in queries.signatures_of(now.id)] == [1]
    services.say_content(first, now, number=2)
    assert fresh(now).state == "ready"
    with pytest.raises(RuleBroken):
        services.say_content(first, fresh(now), number=2)


def test_all_learn_what_was_changed_and_what_it_voids(app, homes):
    agreement = make_agreement(state="partly_signed", institutions=homes)
    _first, second, _third = people(homes)
    services.revise(second, agreement, commitments=rows_of(agreement), note="More notice.", notice_days=60)
    told = notices("agreements.revised")
    assert {row.person_id for row in told} == {signatory_of(home.id).id for home in (homes[0], homes[2])}
    assert {(row.facts["voided"], row.facts["note"]) for row in told} == {(1, "More notice.")}
    assert [row.after["voided"] for row in audited("agreements.revise")] == [1]


def test_a_revision_says_why_and_leaves_no_blanks(app, homes):
    agreement = make_agreement(institutions=homes[:2])
    _first, second, _third = people(homes)
    rows = rows_of(agreement)
    with pytest.raises(Invalid) as refused:
        services.revise(second, agreement, commitments=rows, note="", notice_days=60)
    assert set(refused.value.fields) == {"note"}
    texts = {"en": "We share [[what is shared]]."}
    with pytest.raises(Invalid) as refused:
        services.revise(second, fresh(agreement), commitments=rows, note="Why", texts=texts)
    assert set(refused.value.fields) == {"texts"}
    assert fresh(agreement).number == 1


def test_who_is_content_is_told_to_all_and_the_ball_goes_on(app, homes):
    agreement = make_agreement(institutions=homes)
    _first, second, _third = people(homes)
    assert agreement.ball_institution_id == homes[1].id
    services.say_content(second, agreement, number=1)
    assert fresh(agreement).ball_institution_id == homes[2].id
    told = {row.person_id: row.facts["yours"] for row in notices("agreements.content")}
    assert told == {signatory_of(homes[0].id).id: False, signatory_of(homes[2].id).id: True}
    entries = audited("agreements.say_content")
    assert [(row.institution_id, row.after["number"]) for row in entries] == [(homes[1].id, 1)]


@pytest.mark.parametrize(
    "act",
    [
        lambda who, agreement, seen: services.say_content(who, agreement, number=1, version=seen),
        lambda who, agreement, seen: services.decline(who, agreement, code="timing", version=seen),
        lambda who, agreement, seen: services.hand_ball(
            who, agreement, institution_id=agreement.institution_id, version=seen
        ),
    ],
    ids=["say_content", "decline", "hand_ball"],
)
def test_a_decision_about_what_has_changed_is_a_conflict(app, homes, act):
    agreement = make_agreement(institutions=homes)
    _first, second, third = people(homes)
    seen = agreement.version
    services.say_content(third, agreement, number=1)
    with pytest.raises(Conflict):
        act(second, fresh(agreement), seen)
    now = fresh(agreement)
    assert (now.state, now.ball_institution_id) == ("negotiation", homes[1].id)
    act(second, now, now.version)


def test_ready_when_all_are_content_and_one_person_speaks_for_one_party(app, homes):
    agreement = make_agreement(state="negotiation", institutions=homes[:2])
    drafter = signatory_of(homes[0].id)
    affiliate(drafter, homes[1], "representative")
    with pytest.raises(Invalid):
        services.say_content(actor(drafter), agreement, number=1)  # for which party?
    with pytest.raises(RuleBroken) as refused:
        services.say_content(actor(drafter), fresh(agreement), number=1, institution_id=homes[1].id)
    assert refused.value.code == "same_person"
    assert services.say_content(actor(signatory_of(homes[1].id)), fresh(agreement), number=1)
    now = fresh(agreement)
    assert (now.state, now.ball_institution_id) == ("ready", homes[0].id)
    assert notices("agreements.ready")


def test_the_ball_is_handed_by_who_has_it(app, homes):
    agreement = make_agreement(state="negotiation", institutions=homes)
    first, second, _third = people(homes)
    with pytest.raises(NotAllowed):
        services.hand_ball(first, agreement, institution_id=homes[2].id)
    services.hand_ball(second, fresh(agreement), institution_id=homes[2].id, note="You first.")
    now = fresh(agreement)
    assert (now.ball_institution_id, now.ball_note) == (homes[2].id, "You first.")
    told = {row.person_id: row.facts["yours"] for row in notices("agreements.handed_on")}
    assert told == {signatory_of(homes[0].id).id: False, signatory_of(homes[2].id).id: True}
    assert now.ball_due_at > now.ball_since
    with pytest.raises(NotAllowed):
        services.hand_ball(second, now, institution_id=homes[0].id)


def test_a_party_has_time_in_its_own_calendar(app):
    cairo = make_institution(country="EG", zone="Africa/Cairo", weekend=[5, 6])
    homes = [make_institution(country="KE"), cairo, make_institution()]
    with clock.at(datetime(2026, 11, 22, 9, tzinfo=UTC)):  # a Sunday
        agreement = make_agreement(institutions=homes)
        _first, second, third = people(homes)
        zone = ZoneInfo("Africa/Cairo")
        # Ten working days on: Fridays and Saturdays are free there, Sundays are not.
        assert agreement.ball_due_at.astimezone(zone).date() == date(2026, 12, 6)
        services.hand_ball(second, agreement, institution_id=homes[2].id)
        services.hand_ball(third, fresh(agreement), institution_id=cairo.id, due_on=date(2026, 12, 4))
        due = fresh(agreement).ball_due_at.astimezone(zone)
        assert (due.date(), due.hour, due.minute) == (date(2026, 12, 6), 23, 59)


def test_declining_needs_a_reason_and_ends_it(app, homes):
    agreement = make_agreement(state="negotiation", institutions=homes)
    _first, second, third = people(homes)
    with pytest.raises(Invalid):
        services.decline(third, agreement, code="other")
    services.decline(third, fresh(agreement), code="balance", note="We give more.")
    now = fresh(agreement)
    assert (now.state, now.closed_code, now.ball_institution_id) == ("declined", "balance", None)
    with pytest.raises(RuleBroken):
        services.revise(second, now, commitments=rows_of(now), note="Again", notice_days=10)
    assert len(notices("agreements.declined")) == 2


def test_a_comment_stands_at_a_line_of_the_newest_version(app, homes):
    agreement = make_agreement(state="negotiation", institutions=homes[:2])
    first, second, _third = people(homes)
    key = queries.commitments_of(agreement.id)[0].id
    made = services.comment(second, agreement, anchor=f"c{key}", text="Is this enough?")
    assert (made.number, made.quote) == (1, "Training of technicians")
    assert [row.person_id for row in notices("agreements.commented")] == [signatory_of(homes[0].id).id]
    for anchor in ("c999999", "t-en-99", "t-ar-1", "nonsense", "c1-2"):
        with pytest.raises(NotFound):
            services.comment(second, fresh(agreement), anchor=anchor, text="?")
    services.resolve(first, fresh(agreement), comment_id=made.id)
    assert queries.comments_of(agreement.id)[0].resolved_at is not None
    assert [row.after["comment_id"] for row in audited("agreements.resolve_comment")] == [made.id]
    # More people read the audit than the comment.
    assert not [row for row in audited("agreements.comment") if "enough" in f"{row.after} {row.note}"]
    with pytest.raises(RuleBroken):
        services.resolve(second, fresh(agreement), comment_id=made.id)
    other = make_agreement(institutions=homes[:2])
    with pytest.raises(NotFound):
        services.resolve(actor(signatory_of(homes[1].id)), other, comment_id=made.id)


def test_outsiders_do_nothing(app, homes):
    agreement = make_agreement(state="negotiation", institutions=homes[:2])
    stranger = actor(make_signatory(homes[2]))
    member = actor(affiliate(None, homes[0]))
    for one in (stranger, member, actor(make_person())):
        now = fresh(agreement)
        with pytest.raises(NotAllowed):
            services.revise(one, now, commitments=rows_of(now), note="Mine", notice_days=3)
        with pytest.raises(NotAllowed):
            services.say_content(one, now, number=1)
        with pytest.raises(NotAllowed):
            services.comment(one, now, anchor="title", text="Hello")
        with pytest.raises(NotAllowed):
            services.decline(one, now, code="timing")
    assert fresh(agreement).state == "negotiation"


def test_the_second_of_two_revisions_gets_a_conflict(app, homes):
    agreement = make_agreement(state="negotiation", institutions=homes[:2])
    first, second, _third = people(homes)
    seen = agreement.version
    services.revise(first, agreement, commitments=rows_of(agreement), note="One", notice_days=5, version=seen)
    with pytest.raises(Conflict):
        services.revise(
            second,
            fresh(agreement),
            commitments=rows_of(agreement),
            note="Two",
            notice_days=7,
            version=seen,
        )
    assert fresh(agreement).notice_days == 5


def test_signed_by_all_nothing_changes_any_more(app, homes):
    agreement = make_agreement(state="ready", institutions=homes[:2])
    for home in homes[:2]:
        sign(agreement, home.id, signatory_of(home.id))
    now = fresh(agreement)
    assert now.state == "in_force"
    with pytest.raises(RuleBroken):
        services.revise(
            actor(signatory_of(homes[0].id)), now, commitments=rows_of(now), note="Late", notice_days=3
        )
