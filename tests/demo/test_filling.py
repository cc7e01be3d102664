"""A portal filled for measuring: as many things as asked for, that hold together and are found."""

import random

import pytest
from sqlalchemy import func, select

from app.accounts.models import Person
from app.core import index
from app.core.db import db, transaction
from app.demo.services import fill, wording
from app.institutions.models import Institution
from app.problems.models import Endorsement, Problem, ProblemFacet
from app.teams.models import ExchangeLine, Membership, Proposal, Team
from tests.factories import make_institution, make_problem

SCALE = 60


def count(model, *where) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def test_as_many_as_asked_for_twice_over(app) -> None:
    first = fill(SCALE)
    assert first["problem"] == first["team"] == first["institution"] == SCALE
    assert count(Problem) == count(Team) == count(Institution) == SCALE
    fill(SCALE)
    assert count(Problem) == count(Team) == count(Institution) == 2 * SCALE
    assert count(Person, Person.is_demo.is_(False)) == 0


def test_counters_and_states_agree(app) -> None:
    fill(SCALE)
    for problem in db.session.scalars(select(Problem)):
        open_teams = count(
            Team,
            Team.problem_id == problem.id,
            Team.state.in_(["recruiting", "proposed", "needs_changes"]),
        )
        at_work = count(Team, Team.problem_id == problem.id, Team.state == "approved")
        assert (problem.teams_open, problem.teams_at_work) == (open_teams, at_work)
        assert (problem.state == "in_work") == (at_work > 0)
        assert problem.endorsements == count(Endorsement, Endorsement.problem_id == problem.id)
        assert count(ProblemFacet, ProblemFacet.problem_id == problem.id) >= 5
    for team in db.session.scalars(select(Team)):
        members = count(Membership, Membership.team_id == team.id, Membership.state == "active")
        assert members == team.seats_taken
        assert count(Proposal, Proposal.team_id == team.id, Proposal.decided_at.is_(None)) <= 1
        gains = select(ExchangeLine).where(ExchangeLine.team_id == team.id, ExchangeLine.direction == "gains")
        for gain in db.session.scalars(gains):
            assert gain.from_line_id or gain.from_outcome


def test_words_are_found_and_what_comes_later_too(app) -> None:
    fill(SCALE)
    problem = db.session.scalars(
        select(Problem).where(Problem.state == "published", Problem.language == "en")
    ).first()
    word = max(index.tokens(problem.title), key=len)
    assert problem.id in set(db.session.scalars(index.matching("problem", word)))
    later = make_problem("Perchlorate in camel milk")
    assert set(db.session.scalars(index.matching("problem", "perchlorate"))) == {later.id}
    institution = make_institution("Zzyzx Observatory")
    assert institution.id > SCALE
    with transaction(system="test"):
        index.drop("problem", later.id)
    assert not set(db.session.scalars(index.matching("problem", "perchlorate")))


@pytest.mark.pure
def test_the_same_luck_gives_the_same_words() -> None:
    texts = [
        (wording.title(luck, "ar"), wording.prose(luck, "en", 3, 500), wording.institution_name(luck, "fr"))
        for luck in (random.Random(5), random.Random(5))
    ]
    assert texts[0] == texts[1]


@pytest.mark.pure
@pytest.mark.parametrize("language", ["en", "ar", "fr"])
def test_texts_fit(language) -> None:
    luck = random.Random(9)
    for _ in range(200):
        title, words = wording.title(luck, language)
        assert 0 < len(title) <= 80
        assert words
        assert 0 < len(wording.prose(luck, language, 5, 480)[0]) <= 480
