"""What comes with a consortium's own row: its terms, how many members it has, and the reader's own institutions among them."""

import pytest

from app.consortia import queries, services
from app.core.access import VISITOR
from app.core.errors import NotFound
from tests.factories import affiliate, make_consortium, make_institution, make_person
from tests.factories.accounts import actor


def test_its_newest_terms_and_its_members_alone_are_counted(app):
    lead = make_person("Lina Lead")
    home = make_institution()
    consortium = make_consortium("Drylands", leads=[lead], members=[home, make_institution()])
    other = make_consortium("Rivers", leads=[lead], members=[home])
    assert queries.show(VISITOR, consortium.id).terms is None
    for text in ("One", "Two"):
        services.write_terms(actor(lead), consortium, texts={"en": text})
    for text in ("First", "Second", "Third"):
        services.write_terms(actor(lead), other, texts={"en": text})
    services.invite_institution(actor(lead), consortium, institution_id=make_institution().id)
    shown = queries.show(VISITOR, consortium.id)
    assert (shown.consortium.names["en"], shown.member_count) == ("Drylands", (2, False))
    assert shown.terms is not None
    assert shown.terms.texts == {"en": "Two"}
    with pytest.raises(NotFound):
        queries.show(VISITOR, other.id + 1000)


def test_only_the_institutions_that_the_reader_represents_are_their_own(app):
    lead = make_person("Lina Lead")
    home, invited, foreign, gone = (make_institution(name) for name in ("Home", "Invited", "Foreign", "Gone"))
    consortium = make_consortium("Drylands", leads=[lead], members=[home, foreign])
    withdrawn = services.invite_institution(actor(lead), consortium, institution_id=gone.id)
    services.withdraw_admission(actor(lead), withdrawn)
    asked = services.invite_institution(actor(lead), consortium, institution_id=invited.id)
    make_consortium("Rivers", leads=[lead], members=[home, invited])
    person = affiliate("Rana Rep", home, "representative")
    affiliate(person, invited, "representative")
    affiliate(person, gone, "representative")
    affiliate(person, foreign)
    own = queries.show(actor(person), consortium.id).own
    assert {of: one.state for of, one in own.items()} == {home.id: "member", invited.id: "invited"}
    assert own[invited.id].id == asked.id
    assert queries.show(actor(lead), consortium.id).own == queries.show(VISITOR, consortium.id).own == {}
