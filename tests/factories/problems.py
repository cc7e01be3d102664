"""Problem statements in any state, complete enough to be submitted."""

import itertools
from datetime import timedelta

from app.accounts.models import Person
from app.consortia.models import Consortium
from app.core import clock, index
from app.core.db import db, transaction
from app.institutions.models import Institution
from app.problems.models import PUBLIC_STATES, Problem, ProblemFacet, ProblemLine, Review
from tests.factories.consortia import make_consortium
from tests.factories.institutions import affiliate, make_institution

_numbers = itertools.count(1)


def make_problem(
    title: str | None = None,
    *,
    state: str = "published",
    author: Person | None = None,
    institution: Institution | None = None,
    consortium: Consortium | None = None,
    **values,
) -> Problem:
    """A complete problem; whatever is not given is made. Submitted ones have an open review."""
    number = next(_numbers)
    institution = institution or make_institution()
    author = author or affiliate(None, institution)
    consortium = consortium or make_consortium(members=[institution])
    problem = Problem(
        **{
            "title": title or f"Problem {number}",
            "summary": f"Summary of problem {number}.",
            "statement": "Wells turn **salty** without warning.",
            "affected_who": "Families on shallow wells",
            "affected_where": ["EG", "TN"],
            "affected_number": 250_000,
            "affected_unit": "people",
            "since_year": 2011,
            "tried": "Copper electrodes fouled.",
            "measures": [
                {"what": "Drift", "baseline": "35 %", "target": "10 %", "by": "2027-10-01", "how": "Samples"}
            ],
            "sdg_goals": ["6"],
            "fields": ["s2312"],
            "keywords": ["water"],
            "rights": "open",
            "closes_on": (clock.now() + timedelta(days=90)).date(),
            "state": state,
            "author_id": author.id,
            "institution_id": institution.id,
            "consortium_id": consortium.id,
            "published_at": clock.now() if state in PUBLIC_STATES else None,
            **values,
        }
    )
    with transaction(system="factory"):
        db.session.add(problem)
        db.session.flush()
        db.session.add(
            ProblemLine(problem_id=problem.id, direction="brings", kind="data_set", text="Salinity records")
        )
        db.session.add(
            ProblemLine(problem_id=problem.id, direction="needs", kind="method", text="Calibration")
        )
        for facet, value in (
            ("sdg", "6"),
            ("field", "s2312"),
            ("field", "f23"),
            ("country", "EG"),
            ("country", "TN"),
            ("need", "method"),
        ):
            db.session.add(
                ProblemFacet(problem_id=problem.id, facet=facet, value=value, listed_at=problem.listed_at)
            )
        if state == "submitted":
            review = Review(problem_id=problem.id)
            review.ask(author.id)
            db.session.add(review)
        index.put(
            "problem",
            problem.id,
            problem.title,
            problem.summary,
            problem.statement,
            " ".join(problem.keywords),
        )
    return problem
