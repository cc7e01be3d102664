"""What comes with a problem's own row: its lines, who has it too, what was merged into it."""

import pytest

from app.core.access import VISITOR
from app.core.errors import NotFound
from app.problems import queries, services
from app.problems.queries.detail import SHOWN_ENDORSEMENTS, Endorser, Line, Merged
from tests.factories import affiliate, make_institution, make_person
from tests.factories.accounts import actor
from tests.problems.support import make_people, problem_of


@pytest.fixture
def people(app):
    return make_people()


def _endorse(problem, name):
    representative = actor(affiliate(None, make_institution(name, country="SD"), "representative"))
    (own,) = representative.ids("representative")
    services.endorse(representative, problem, institution_id=own)
    return representative


def test_lines_are_its_own_in_their_order(people):
    problem, other = problem_of(people, "draft"), problem_of(people, "draft")
    who = actor(people["author"])
    said = {
        "brings": [{"kind": "training", "text": "Courses"}, {"kind": "data_set", "text": "A map"}],
        "needs": [{"kind": "method", "text": "A way"}],
    }
    services.save(who, problem, "exchange", **said)
    services.save(who, other, "exchange", brings=[{"kind": "method", "text": "Another"}], needs=[])
    found = queries.detail(who, problem.id)
    assert found.brings == [Line("brings", "training", "Courses"), Line("brings", "data_set", "A map")]
    assert found.needs == [Line("needs", "method", "A way")]
    assert (found.brings, found.needs) == queries.lines(problem.id)


def test_the_first_few_endorsements_come_and_the_readers_own_before_all(people):
    problem, other = problem_of(people, "published"), problem_of(people, "published")
    _endorse(other, "Of another")
    everybody = [_endorse(problem, f"Institute {number}") for number in range(SHOWN_ENDORSEMENTS + 1)]
    names = [f"Institute {number}" for number in range(SHOWN_ENDORSEMENTS + 1)]
    found = queries.detail(VISITOR, problem.id).endorsements
    assert [row.name for row in found] == names[:-1]
    last = everybody[-1]
    mine = queries.detail(last, problem.id).endorsements
    assert [row.name for row in mine] == [names[-1], *names[:-2]]
    (own,) = last.ids("representative")
    assert mine[0] == Endorser(own, names[-1], "SD")


def test_what_was_merged_names_its_author_unless_they_hide(people):
    survivor, other = problem_of(people, "published"), problem_of(people, "published")
    hidden = affiliate(make_person("Hana", visibility="hidden"), people["institution"])
    first = problem_of({**people, "author": affiliate("Omar", people["institution"])}, "published")
    second = problem_of({**people, "author": hidden}, "submitted", published_at=None)
    lead = actor(people["lead"])
    for problem in (first, second):
        services.merge(lead, problem, survivor_id=survivor.id)
    home = people["institution"].name
    assert queries.detail(VISITOR, survivor.id).merged == [
        Merged(first.id, first.title, first.language, True, "Omar", home),
        Merged(second.id, second.title, second.language, False, "", home),
    ]
    assert queries.detail(VISITOR, other.id).merged == []


def test_nothing_of_it_is_there_for_whoever_may_not_see_it(people):
    problem = problem_of(people, "published", visibility="consortium")
    with pytest.raises(NotFound):
        queries.detail(VISITOR, problem.id)
    assert queries.detail(actor(people["lead"]), problem.id).problem.id == problem.id
