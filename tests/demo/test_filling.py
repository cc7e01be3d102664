"""A portal filled for measuring: as many things as asked for, that hold together and are found."""

import random

import pytest
from sqlalchemy import func, select

from app.accounts.models import Person
from app.core import clock, index
from app.core.db import db, transaction
from app.demo.services import fill, wording
from app.institutions.models import Institution
from app.listings.models import Listing, ListingFacet, ListingLine
from app.problems.models import Endorsement, Problem, ProblemFacet
from app.projects.models import Milestone, Project, ProjectFacet, ProjectMember, ProjectPartner
from app.teams.models import ExchangeLine, Membership, Proposal, Team
from tests.factories import make_institution, make_problem

SCALE = 60


def count(model, *where) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def test_as_many_as_asked_for_twice_over(app) -> None:
    first = fill(SCALE)
    kinds = (Problem, Team, Institution, Project, Listing)
    assert {first[kind.__tablename__] for kind in kinds} == {SCALE}
    assert [count(kind) for kind in kinds] == [SCALE] * len(kinds)
    fill(SCALE)
    assert [count(kind) for kind in kinds] == [2 * SCALE] * len(kinds)
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


def test_projects_hold_together(app) -> None:
    fill(SCALE)
    for project in db.session.scalars(select(Project)):
        partners = count(ProjectPartner, ProjectPartner.project_id == project.id)
        assert partners == project.partners_count >= 1
        assert count(ProjectMember, ProjectMember.project_id == project.id) == project.members_count >= 1
        assert (project.code is None) == (project.state in {"draft", "withdrawn"})
        due = select(func.min(Milestone.due_on)).where(
            Milestone.project_id == project.id, Milestone.state == "planned"
        )
        assert project.due_next == min(db.session.scalar(due) or project.ends_on, project.ends_on)
        facets = count(ProjectFacet, ProjectFacet.project_id == project.id)
        assert (facets >= 4) == (project.accepted_at is not None)
    last = db.session.scalar(select(func.max(Project.id)))
    fill(SCALE)
    codes = set(db.session.scalars(select(Project.code).where(Project.id > last, Project.code.is_not(None))))
    assert codes  # a second filling goes on with the numbers of the year


def test_listings_want_something_back_or_are_gifts(app) -> None:
    fill(SCALE)
    for listing in db.session.scalars(select(Listing)):
        lines = count(ListingLine, ListingLine.listing_id == listing.id)
        assert (lines == 0) == listing.is_gift
        facets = count(ListingFacet, ListingFacet.listing_id == listing.id)
        assert (facets >= 4) == (listing.state == "published")
        assert (listing.valid_until < clock.today()) == (listing.state == "expired")


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
