"""The pages of drafting and negotiating, as a reader without scripts uses them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.agreements import queries, services
from app.agreements.models import Agreement
from app.audit import queries as audit
from app.core import clock
from app.core.access import VISITOR
from app.core.db import db, transaction
from app.core.errors import NotAllowed
from app.core.waiting import waiting_for
from app.institutions.models import Affiliation
from tests.factories import affiliate, make_consortium, make_institution, make_person, make_project
from tests.factories.accounts import actor
from tests.factories.agreements import (
    fresh,
    line,
    make_agreement,
    make_signatory,
    rows_of,
    sign,
    signatory_of,
)


@pytest.fixture
def homes(app):
    return [
        make_institution("Nile Institute"),
        make_institution("Lake University", country="KE", city="Nairobi"),
    ]


def newest():
    db.session.rollback()
    return db.session.scalars(select(Agreement).order_by(Agreement.id.desc())).first()


def test_from_the_first_click_to_the_sent_text(page, login_as, homes):
    anna, ben = make_signatory(homes[0], "Anna"), make_signatory(homes[1], "Ben")
    reader = login_as(anna)
    begin = page("/agreements/new", reader)
    assert begin.submit({"title": ""}).status == 422
    tasks = begin.submit({"kind": "data_use", "title": "Salinity records"})
    agreement = newest()
    assert tasks.path == f"/agreements/{agreement.id}/edit"
    assert agreement.kind == "data_use"
    parties = page(f"/agreements/{agreement.id}/parties?q=Lake", reader).submit(button="add-party")
    assert "Lake University" in parties.text
    for home, person in ((homes[0], anna), (homes[1], ben)):
        parties = parties.submit({f"p{home.id}-signatory": person.id}, button=f"signatory-{home.id}")
    text = page(f"/agreements/{agreement.id}/edit/text", reader)
    assert "[[" in text.html
    with_arabic = text.submit(button="template-ar")
    assert (with_arabic.status, "العربية" in with_arabic.html) == (200, True)
    refused = text.submit()
    assert refused.status == 422
    assert "Fill in the blanks" in refused.text
    blanks = {
        name: "as written below"
        for name, _value in refused.values(refused.form_with("save")[0])
        if name.endswith("-value")
    }
    assert blanks
    lines = refused.submit(blanks)
    assert lines.path.endswith("/edit/commitments")
    lines = lines.submit(button="add")
    filled = {
        "commitments-0-giver": homes[0].id,
        "commitments-0-receiver": homes[1].id,
        "commitments-0-kind": "data_set",
        "commitments-0-text": "Records of 61 wells",
        "commitments-1-giver": homes[1].id,
        "commitments-1-receiver": homes[0].id,
        "commitments-1-kind": "training",
        "commitments-1-text": "Training",
        "commitments-1-quantity": "16",
        "commitments-1-unit": "",
    }
    wrong = lines.submit(filled)
    assert wrong.status == 422
    assert "Enter an amount together with its unit" in wrong.text
    dates = wrong.submit({"commitments-1-unit": "hour"})
    assert dates.path.endswith("/edit/dates")
    ready = dates.submit({"notice_days": 60})
    check = ready.follow("Check and send")
    assert "Records of 61 wells" in check.text
    sent = check.submit({"note": "Please read."}, button="send")
    assert sent.path == f"/agreements/{agreement.id}"
    assert "It waits for Lake University" in sent.text
    now = fresh(agreement)
    assert (now.state, now.notice_days, now.number) == ("negotiation", 60, 1)


def test_early_warning_of_the_two_way_rule(page, login_as, homes):
    agreement = make_agreement(
        state="negotiation", institutions=homes, lines=[line(homes[0].id, homes[1].id)]
    )
    seen = page(f"/agreements/{agreement.id}", login_as(signatory_of(homes[1].id)))
    assert "\u2068Nile Institute\u2069 only gives." in seen.text
    assert "\u2068Lake University\u2069 only gains." in seen.text


def test_totals_by_unit_count_each_repetition(page, login_as, homes):
    today = clock.today()
    agreement = make_agreement(
        institutions=homes,
        lines=[
            line(homes[0].id, homes[1].id),
            line(
                homes[0].id,
                homes[1].id,
                "Instrument time",
                due_on=None,
                repeats="month",
                repeats_from=today.replace(day=1),
                repeats_until=today.replace(day=1) + timedelta(days=59),
            ),
            line(homes[1].id, homes[0].id, "Electrodes", unit="piece"),
        ],
    )
    seen = page(f"/agreements/{agreement.id}", login_as(signatory_of(homes[0].id)))
    assert "48 hours" in seen.text
    assert "16 pieces" in seen.text


def test_a_party_revises_and_the_other_reads_what_changed(page, login_as, homes):
    agreement = make_agreement(institutions=homes)
    ben = login_as(signatory_of(homes[1].id))
    form = page(f"/agreements/{agreement.id}", ben).follow("Propose changes")
    assert form.submit({"note": ""}, button="revise").status == 422
    assert "Nothing differs" in form.submit({"note": "Nothing"}, button="revise").text
    seen = form.submit(
        {"note": "More people.", "commitments-0-text": "Training of twelve technicians"}, button="revise"
    )
    assert seen.path == f"/agreements/{agreement.id}/versions/2"
    assert "<ins> of twelve technicians</ins>" in seen.html or "<ins> twelve</ins>" in seen.html
    anna = login_as(signatory_of(homes[0].id))
    ready = page(f"/agreements/{agreement.id}", anna).submit(button="content")
    assert "it is ready to sign" in ready.text
    assert fresh(agreement).state == "ready"


def test_comment_settle_hand_on_and_decline(page, login_as, homes):
    homes.append(make_institution("Desert Works", country="SA"))
    agreement = make_agreement(institutions=homes)
    ben = login_as(signatory_of(homes[1].id))
    anchor = f"c{queries.commitments_of(agreement.id)[0].id}"
    form = page(f"/agreements/{agreement.id}/comments/new?line={anchor}", ben)
    assert form.submit({"text": ""}).status == 422
    seen = form.submit({"text": "Is sixteen enough?"})
    assert "Is sixteen enough?" in seen.text
    assert page(f"/agreements/{agreement.id}/comments/new?line=c999", ben).status == 404
    settled = seen.submit(button="Settled Is sixteen enough?")
    assert "settled by" in settled.text
    hand = settled.follow("Hand it on")
    assert hand.submit({"institution_id": ""}).status == 422
    far = (clock.today() + timedelta(days=90)).isoformat()
    assert hand.submit({"institution_id": homes[2].id, "due_on": far}).status == 422
    handed = hand.submit({"institution_id": homes[2].id})
    assert "It waits for Desert Works" in handed.text
    decline = handed.follow("Decline")
    assert decline.submit({"code": ""}).status == 422
    assert decline.submit({"code": "other", "note": ""}).status == 422
    declined = decline.submit({"code": "timing"})
    assert "It is not the right time." in declined.text
    assert page(f"/agreements/{agreement.id}/revise", ben).status == 409


def test_outsiders_see_the_outline_only_when_it_is_in_force(page, login_as, homes):
    agreement = make_agreement("Secret sensors", state="ready", institutions=homes)
    stranger = login_as(make_person())
    for path in ("", "/history", "/versions/1", "/edit", "/revise", "/check", "/parties"):
        assert page(f"/agreements/{agreement.id}{path}", stranger).status == 404
    assert "Secret sensors" not in page("/agreements", stranger).text
    lines = [
        line(homes[0].id, homes[1].id, "Shown to all"),
        line(homes[1].id, homes[0].id, "Kept between us", is_public=False),
    ]
    signed = make_agreement("Open wells", state="in_force", institutions=homes, lines=lines)
    seen = page(f"/agreements/{signed.id}")
    assert seen.status == 200
    assert "Shown to all" in seen.text
    assert "Promised" not in seen.text  # what became of it is public once it was received
    for hidden in ("Kept between us", "salty wells", queries.version(signed.id, 1).sha256[:4] + " "):
        assert hidden not in seen.text
    assert page(f"/agreements/{signed.id}/versions/1", stranger).status == 403
    assert "Open wells" in page("/agreements").text
    assert "Open wells" in page("/agreements/export.csv").html


def test_consortium_leads_see_the_outline_and_the_lead_of_the_project_all(page, login_as, homes):
    cora = make_person("Cora")
    consortium = make_consortium(leads=[cora], members=homes)
    lead = affiliate("Lea", homes[0])
    project = make_project(consortium=consortium, institution=homes[0], lead=lead, complete=False)
    agreement = make_agreement("Joint sensors", institutions=homes, project=project)
    outline = page(f"/agreements/{agreement.id}", login_as(cora))
    assert "Joint sensors" in outline.text
    assert "Training of technicians" not in outline.text
    assert page(f"/agreements/{agreement.id}/versions/1", login_as(cora)).status == 403
    with pytest.raises(NotAllowed):
        services.order_paper(actor(cora), fresh(agreement), language="en")
    inside = page(f"/agreements/{agreement.id}", login_as(lead))
    assert "Training of technicians" in inside.text
    assert "Propose changes" not in inside.text


def test_the_audit_shows_consortium_leads_the_outline_too(homes):
    cora = make_person("Cora")
    project = make_project(consortium=make_consortium(leads=[cora], members=homes), complete=False)

    def read_by_lead(agreement):
        return list(audit.of_thing(actor(cora), "agreement", agreement.id))

    draft = make_agreement("Joint sensors", state="draft", institutions=homes, project=project)
    services.save(actor(signatory_of(homes[0].id)), draft, "dates", notice_days=60)
    assert read_by_lead(draft) == []
    agreement = make_agreement("Joint sensors", institutions=homes, project=project)
    first, second = (actor(signatory_of(home.id)) for home in homes)
    services.revise(
        second, agreement, commitments=rows_of(agreement), note="The salt is worse", notice_days=60
    )
    services.say_content(first, fresh(agreement), number=2)
    seen = read_by_lead(agreement)
    assert {row.action for row in seen} == {"agreements.send", "agreements.say_content", "agreements.agree"}
    assert not [row for row in seen if row.note or "Joint sensors" in row.thing_label]
    # Both parties read why.
    assert "The salt is worse" in [row.note for row in audit.of_thing(second, "agreement", agreement.id)]


def test_the_list_filters_pages_and_exports(page, login_as, homes):
    for number in range(27):
        make_agreement(f"Draft {number}", state="draft", institutions=homes)
    anna = login_as(signatory_of(homes[0].id))
    first = page("/agreements?state=draft&whose=mine", anna)
    assert "27 found" in first.text
    second = first.follow("Next")
    assert "Draft 0" in second.text
    assert "Draft 26" not in second.text
    assert page("/agreements/export.csv?state=draft", anna).html.count("Draft ") == 27
    assert page("/agreements?state=in_force", anna).text.count("Draft 1") == 0
    # the other party does not know of a draft
    assert page("/agreements", login_as(signatory_of(homes[1].id))).text.count("Draft 1") == 0


@pytest.mark.parametrize("state", ["negotiation", "partly_signed", "in_force"])
@pytest.mark.parametrize("rows", [1, 25])
def test_statements_are_few_and_fixed(page, login_as, homes, statements, *, rows, state):
    anna = signatory_of(homes[0].id)
    project = make_project(institution=homes[0], consortium=make_consortium(members=homes))
    lines = [line(homes[n % 2].id, homes[1 - n % 2].id, f"Line {n}") for n in range(max(2, rows))]
    agreement = make_agreement(state=state, institutions=homes, lines=lines, project=project)
    for number in range(rows - 1):
        make_agreement(f"Other {number}", state="draft", institutions=homes)
    client = login_as(anna)
    page(f"/agreements/{agreement.id}", client)
    page("/agreements", client)
    statements.clear()
    assert page("/agreements", client).status == 200
    assert len(statements) <= 5, statements
    statements.clear()
    assert page(f"/agreements/{agreement.id}", client).status == 200
    assert len(statements) <= 10, statements


def test_others_learn_nothing_of_an_amendment_or_a_project_that_they_do_not_see(page, login_as, homes):
    project = make_project(
        title="Hidden wells",
        state="draft",
        institution=homes[0],
        consortium=make_consortium(members=homes),
        complete=False,
    )
    root = make_agreement(state="in_force", institutions=homes, project=project)
    amending = make_agreement("Amendment", institutions=homes, project=project)
    with transaction(system="test"):
        db.session.execute(
            update(Agreement).where(Agreement.id == amending.id).values(number=2, amends_id=root.id)
        )
    seen = page(f"/agreements/{root.id}")
    assert seen.status == 200
    assert amending.code not in seen.text
    assert "Hidden wells" not in seen.text
    assert [row.id for row in queries.of_project(VISITOR, project.id)] == [root.id]
    assert {row.id for row in queries.of_project(actor(signatory_of(homes[0].id)), project.id)} == {
        root.id,
        amending.id,
    }


def waits(person):
    return [item.kind for item in waiting_for(actor(person)) if item.feature == "agreements"]


def test_nothing_waits_for_who_has_done_their_part_or_may_not_do_it(homes):
    first, second = (make_signatory(home) for home in homes)
    agreement = make_agreement(institutions=homes)
    assert (waits(first), waits(second)) == ([], ["agreements.answer"])
    services.say_content(actor(second), agreement, number=1)
    assert waits(first) == waits(second) == ["agreements.sign"]
    sign(agreement, homes[0].id, first)
    assert (waits(first), waits(second)) == ([], ["agreements.sign"])
    affiliate(second, make_institution(), "representative", is_signatory=True)
    with transaction(system="the institution takes it back"):
        db.session.execute(
            update(Affiliation)
            .where(Affiliation.person_id == second.id, Affiliation.institution_id == homes[1].id)
            .values(is_signatory=False)
        )
    assert waits(second) == []


def test_what_waits_for_whom(page, login_as, homes):
    anna, ben = signatory_of(homes[0].id), signatory_of(homes[1].id)
    make_agreement("Own draft", state="draft", institutions=homes)
    make_agreement("Sent one", institutions=homes)
    assert "Own draft" in page("/", login_as(anna)).text
    waiting = page("/", login_as(ben)).text
    assert "Sent one" in waiting
    assert "Own draft" not in waiting


def test_history_names_who_did_what_to_those_inside(page, login_as, homes):
    agreement = make_agreement(state="in_force", institutions=homes)
    inside = page(f"/agreements/{agreement.id}/history", login_as(signatory_of(homes[0].id))).text
    assert "Sent to the parties" in inside
    assert "Content with it: Lake University" in inside
    services.give_notice(
        actor(signatory_of(homes[0].id)), fresh(agreement), institution_id=homes[0].id, reason="Between us"
    )
    with clock.at(clock.now() + timedelta(days=31)):
        services.end()
    seen = page(f"/agreements/{agreement.id}/history", login_as(signatory_of(homes[0].id))).text
    assert "Between us" in seen
    outside = page(f"/agreements/{agreement.id}/history").text
    assert "Between us" not in outside
    assert "Came into force" in outside
    assert "Lake University" not in outside.split("Came into force")[1][:80]


def test_somebody_elses_text_is_shown_as_text(page, login_as, homes):
    agreement = make_agreement("<b>Bold</b> wells", institutions=homes)
    services.revise(
        actor(signatory_of(homes[1].id)),
        agreement,
        commitments=[{**row, "condition": "<script>alert(1)</script>"} for row in rows_of(agreement)],
        note="<i>why</i>",
    )
    client = login_as(signatory_of(homes[0].id))
    for path in (f"/agreements/{agreement.id}", f"/agreements/{agreement.id}/versions/2"):
        seen = page(path, client)
        assert seen.status == 200
        assert "<script>alert" not in seen.html
        assert "<b>Bold" not in seen.html
