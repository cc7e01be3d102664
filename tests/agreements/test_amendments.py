"""Amendments: what they take over, what they replace and from when, how they end."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.agreements import queries, services
from app.agreements.models import Agreement
from app.core import clock
from app.core.db import db
from app.core.errors import Invalid, NotAllowed, RuleBroken
from app.ledger import services as ledger
from app.ledger.models import LedgerLine
from tests.agreements.test_running import at, due_days, give_notice, repeating
from tests.factories.accounts import actor, make_person
from tests.factories.agreements import fresh, line, make_agreement, make_signatory, sign, signatory_of
from tests.factories.institutions import affiliate, make_institution

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def homes():
    return [make_institution("Nile"), make_institution("Lake", country="KE")]


def agree(agreement, homes, number=1):
    """Fill what an amendment leaves open, send it and let all sign."""
    first = signatory_of(homes[0].id)
    texts = {
        language: words.replace("[[", "").replace("]]", "") for language, words in agreement.texts.items()
    }
    services.save(actor(first), fresh(agreement), "text", texts=texts)
    services.send(actor(first), fresh(agreement))
    for home in homes[1:]:
        services.say_content(actor(signatory_of(home.id)), fresh(agreement), number=number)
    for home in homes:
        sign(agreement, home.id, signatory_of(home.id))


def test_an_amendment_changes_commitments_from_a_day_on(homes):
    with at(2028, 1, 10):
        lines = repeating(homes, "month", date(2028, 1, 31), date(2028, 12, 31), back=date(2028, 6, 1))
        root = make_agreement(state="in_force", institutions=homes, lines=lines)
        person = actor(signatory_of(homes[0].id))
        draft = services.amend(person, fresh(root), institution_id=homes[0].id, starts_on=date(2028, 2, 15))
        assert (draft.state, draft.amends_id) == ("draft", root.id)
        assert [row.institution_id for row in queries.parties_of(draft.id)] == [home.id for home in homes]
        carried = queries.commitments_of(draft.id)
        assert [(row.repeats_from, row.due_on) for row in carried] == [
            (None, date(2028, 2, 29)),  # February's last day is no day to count months from
            (date(2028, 3, 31), None),
            (None, date(2028, 6, 1)),
        ]
        agree(draft, homes)
        assert (fresh(root).state, fresh(draft).state) == ("in_force", "in_force")
        rows = db.session.execute(
            select(LedgerLine.source_id, LedgerLine.due_on, LedgerLine.state).order_by(LedgerLine.id)
        ).all()
        old, new = queries.commitments_of(root.id), queries.commitments_of(draft.id)
        assert [tuple(row) for row in rows] == [
            (old[0].id, date(2028, 1, 31), "pledged"),
            (old[0].id, date(2028, 2, 29), "waived"),
            (old[1].id, date(2028, 6, 1), "waived"),
            (new[0].id, date(2028, 2, 29), "pledged"),
            (new[2].id, date(2028, 6, 1), "pledged"),
        ]
    with at(2028, 2, 1):
        assert (services.pledge(), services.pledge()) == (1, 0)  # of the amendment alone
        assert due_days()[-1] == "2028-03-31"


def test_notice_ends_an_agreement_with_its_amendments(homes):
    root = make_agreement(state="in_force", institutions=homes)
    person = signatory_of(homes[0].id)
    draft = services.amend(
        actor(person), fresh(root), institution_id=homes[0].id, starts_on=clock.today() + timedelta(days=1)
    )
    agree(draft, homes)
    with pytest.raises(RuleBroken) as refused:
        give_notice(draft, homes[0], person)
    assert refused.value.code == "notice_of_root"
    give_notice(root, homes[0], person)
    with clock.at(clock.now() + timedelta(days=31)):
        assert services.end() == 1
    assert {row.state for row in db.session.scalars(select(Agreement))} == {"terminated"}


def test_an_amendment_of_what_has_ended_is_not_signed_any_more(homes):
    root = make_agreement(state="in_force", institutions=homes)
    first, second = (signatory_of(home.id) for home in homes)
    draft = services.amend(actor(first), fresh(root), institution_id=homes[0].id, starts_on=clock.today())
    texts = {language: words.replace("[[", "").replace("]]", "") for language, words in draft.texts.items()}
    services.save(actor(first), fresh(draft), "text", texts=texts)
    services.send(actor(first), fresh(draft))
    services.say_content(actor(second), fresh(draft), number=1)
    sign(draft, homes[0].id, first)
    give_notice(root, homes[0], first)
    with clock.at(clock.now() + timedelta(days=31)):
        assert services.end() == 1
        with pytest.raises(RuleBroken) as refused:
            sign(draft, homes[1].id, second)
    assert refused.value.code == "not_in_force"
    assert (fresh(root).state, fresh(draft).state) == ("terminated", "partly_signed")


def test_an_amendment_begins_in_the_time_of_what_it_amends(homes):
    root = make_agreement(state="in_force", institutions=homes, ends_on=clock.today() + timedelta(days=90))
    person = actor(signatory_of(homes[0].id))
    for day in (clock.today() - timedelta(days=1), clock.today() + timedelta(days=91)):
        with pytest.raises(Invalid):
            services.amend(person, fresh(root), institution_id=homes[0].id, starts_on=day)
    with pytest.raises(Invalid):
        services.amend(person, fresh(root), institution_id=homes[1].id, starts_on=clock.today())
    for other in (make_person(), make_signatory(make_institution())):
        with pytest.raises(NotAllowed):
            services.amend(actor(other), fresh(root), institution_id=homes[0].id, starts_on=clock.today())
    with pytest.raises(NotAllowed):
        services.amend(
            actor(affiliate(None, homes[0])), fresh(root), institution_id=homes[0].id, starts_on=clock.today()
        )
    assert queries.amendments(root.id) == []


def owed():
    """What is promised now: (giver, due day), each once."""
    db.session.rollback()
    rows = db.session.execute(
        select(LedgerLine.giver_id, LedgerLine.due_on).where(LedgerLine.state == "pledged")
    )
    return sorted(tuple(row) for row in rows)


def test_a_second_amendment_takes_the_place_of_the_first(homes):
    nile, lake = (home.id for home in homes)
    with at(2028, 1, 10):
        lines = repeating(homes, "month", date(2028, 1, 20), date(2028, 6, 30), back=date(2028, 5, 1))
        root = make_agreement(state="in_force", institutions=homes, lines=lines)
        person = actor(signatory_of(homes[0].id))
    for day, first_day in ((11, date(2028, 2, 15)), (12, date(2028, 3, 15))):
        with at(2028, 1, day):
            draft = services.amend(person, fresh(root), institution_id=nile, starts_on=first_day)
            agree(draft, homes)
    with at(2028, 2, 25):
        services.pledge()
        assert owed() == [
            (nile, date(2028, 1, 20)),
            (nile, date(2028, 2, 20)),
            (nile, date(2028, 3, 20)),
            (nile, date(2028, 4, 20)),
            (lake, date(2028, 5, 1)),
        ]


def test_an_amendment_carries_on_what_is_still_owed_alone(homes):
    """What came, what is on its way, what is disputed and what was waived goes on where it stands."""
    nile, lake = homes
    names = ("owed", "delivered", "received", "disputed", "waived")
    lines = [line(nile.id, lake.id, name) for name in names] + [line(lake.id, nile.id, "back")]
    root = make_agreement(state="in_force", institutions=homes, lines=lines)
    first, second = (actor(signatory_of(home.id)) for home in homes)
    found = {row.text: row for row in db.session.scalars(select(LedgerLine))}
    for name in ("delivered", "received"):
        ledger.deliver(first, found[name])
    ledger.receive(second, found["received"])
    ledger.dispute(second, found["disputed"], note="It is not what we agreed")
    ledger.waive(second, found["waived"], note="We have one")
    draft = services.amend(first, fresh(root), institution_id=nile.id, starts_on=clock.today())
    assert [row.text for row in queries.commitments_of(draft.id)] == ["owed", "back"]


def test_an_amendment_is_amended_through_the_agreement(homes):
    root = make_agreement(state="in_force", institutions=homes)
    person = signatory_of(homes[0].id)
    draft = services.amend(actor(person), fresh(root), institution_id=homes[0].id, starts_on=clock.today())
    agree(draft, homes)
    with pytest.raises(RuleBroken) as refused:
        services.amend(actor(person), fresh(draft), institution_id=homes[0].id, starts_on=clock.today())
    assert refused.value.code == "amend_root"
