"""Which requests are measured, as whom, and what they may cost (docs/benchmarks.md names the budgets)."""

import itertools
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.accounts.models import Person
from app.consortia.models import Leadership
from app.core.db import db, transaction
from app.core.passwords import hash_password
from app.institutions.models import Affiliation, Institution
from app.listings.models import Listing
from app.problems.models import Problem
from app.projects.models import Project
from app.teams.models import Membership, Team
from tests.bench.measure import Prepare, Send
from tests.support.pages import Page
from tests.support.people import sign_in_client

PASSWORD = "harbour lantern seventeen"
LIST, SEARCH, DETAIL, DASHBOARD, CREATE = (9, 14), (12, 17), (11, 18), (11, 18), (9, 14)
SIGN_IN = (45, 50)


@dataclass(frozen=True)
class Case:
    """A request: name, what makes it, the goals in ms on SQLite and PostgreSQL, the most statements."""

    name: str
    prepare: Prepare
    budgets: tuple[float, float]
    most_statements: int
    weight: float = 1.0  # how often it is sent, compared with the others


def _someone(query) -> Person:
    return db.session.get_one(Person, db.session.scalars(query).first())


def cases(app: Flask) -> list[Case]:
    """All requests. The member is in as many teams as half of those in teams; people and things are picked from what is there."""
    with app.app_context():
        lead = _someone(select(Leadership.person_id).order_by(Leadership.id.desc()))
        busy = (
            select(Membership.person_id)
            .group_by(Membership.person_id)
            .order_by(func.count().desc(), Membership.person_id)
        )
        busiest = _someone(busy.limit(1))
        of_teams = db.session.scalar(select(func.count()).select_from(busy.subquery())) or 1
        member = _someone(busy.limit(1).offset(of_teams // 2))
        consortium = db.session.scalars(
            select(Leadership.consortium_id).where(Leadership.person_id == lead.id)
        ).first()
        problem = db.session.scalars(
            select(Problem.id).where(Problem.state == "in_work").order_by(Problem.teams_open.desc())
        ).first()
        team = db.session.scalars(
            select(Team.id).where(Team.state == "recruiting").order_by(Team.id.desc())
        ).first()
        institution = db.session.scalars(
            select(Institution.id)
            .join(Affiliation, Affiliation.institution_id == Institution.id)
            .where(Institution.state == "verified")
            .order_by(Institution.id.desc())
        ).first()
        project = db.session.scalars(
            select(Project.id)
            .where(Project.state == "active", Project.visibility == "public")
            .order_by(Project.id.desc())
        ).first()
        listing = db.session.scalars(
            select(Listing.id)
            .where(
                Listing.state == "published", Listing.catalogue == "resources", Listing.visibility == "public"
            )
            .order_by(Listing.id.desc())
        ).first()
        word = _rare_word(problem)
        visitor, as_member, as_busiest, as_lead = (
            app.test_client(),
            sign_in_client(app, member),
            sign_in_client(app, busiest),
            sign_in_client(app, lead),
        )
        writer = _writer(app)
    return [
        Case("problems, newest 25 (visitor)", _get(visitor, "/problems"), LIST, 5),
        Case("problems, newest 25 (member)", _get(as_member, "/problems"), LIST, 5),
        Case("problems, newest 25 (of most teams)", _get(as_busiest, "/problems"), LIST, 5),
        Case("problems, goal and country", _get(visitor, "/problems?sdg=6&country=EG"), LIST, 5),
        Case("problems, a field of research", _get(visitor, "/problems?field=f23"), LIST, 5),
        Case("problems, a common word", _get(visitor, "/problems?q=water"), SEARCH, 6),
        Case("problems, a rare word", _get(visitor, f"/problems?q={word}"), SEARCH, 6),
        Case("problems, a word and a goal", _get(visitor, "/problems?q=water&sdg=6"), SEARCH, 6),
        Case("teams, newest 25", _get(visitor, "/teams"), LIST, 5),
        Case("teams, recruiting", _get(visitor, "/teams?state=recruiting"), LIST, 5),
        Case("teams, a common word", _get(visitor, "/teams?q=water"), SEARCH, 6),
        Case("projects, newest 25 (visitor)", _get(visitor, "/projects"), LIST, 5),
        Case("projects, newest 25 (member)", _get(as_member, "/projects"), LIST, 5),
        Case("projects, a red light", _get(visitor, "/projects?light=red"), LIST, 5),
        Case("projects, goal and country", _get(visitor, "/projects?sdg=6&country=EG"), LIST, 5),
        Case("projects, a common word", _get(visitor, "/projects?q=water"), SEARCH, 6),
        Case("resources, newest 25 (visitor)", _get(visitor, "/resources"), LIST, 5),
        Case("resources, newest 25 (member)", _get(as_member, "/resources"), LIST, 5),
        Case("resources, kind and cost", _get(visitor, "/resources?kind=facility_time&cost=free"), LIST, 5),
        Case("resources, a common word", _get(visitor, "/resources?q=water"), SEARCH, 6),
        Case("resources, the map", _get(visitor, "/resources?view=map"), LIST, 5),
        Case("institutions, first 25", _get(visitor, "/institutions"), LIST, 5),
        Case("institutions, a country", _get(visitor, "/institutions?country=EG"), LIST, 5),
        Case("institutions, a name mistyped", _get(visitor, "/institutions?q=Universty+of+Cairo"), SEARCH, 6),
        Case("problem (visitor)", _get(visitor, f"/problems/{problem}"), DETAIL, 9),
        Case("problem (member)", _get(as_member, f"/problems/{problem}"), DETAIL, 9),
        Case("team (visitor)", _get(visitor, f"/teams/{team}"), DETAIL, 9),
        Case("team (member)", _get(as_member, f"/teams/{team}"), DETAIL, 9),
        Case("project (visitor)", _get(visitor, f"/projects/{project}"), DETAIL, 9),
        Case("project (member)", _get(as_member, f"/projects/{project}"), DETAIL, 9),
        Case("listing (visitor)", _get(visitor, f"/resources/{listing}"), DETAIL, 9),
        Case("listing (member)", _get(as_member, f"/resources/{listing}"), DETAIL, 9),
        Case("institution (visitor)", _get(visitor, f"/institutions/{institution}"), DETAIL, 9),
        Case("consortium (visitor)", _get(visitor, f"/consortia/{consortium}"), DETAIL, 9),
        Case("first page (visitor)", _get(visitor, "/"), DASHBOARD, 9),
        Case("dashboard (member)", _get(as_member, "/"), DASHBOARD, 9),
        Case("dashboard (of most teams)", _get(as_busiest, "/"), DASHBOARD, 9),
        Case("dashboard (lead)", _get(as_lead, "/"), DASHBOARD, 9),
        Case(
            "consortium's dashboard (lead)", _get(as_lead, f"/consortia/{consortium}/dashboard"), DASHBOARD, 9
        ),
        Case("inbox (member)", _get(as_member, "/notifications"), LIST, 5),
        Case("sign-in", _sign_in(app), SIGN_IN, 5, 0.3),
        Case("create a problem", _create(writer), CREATE, 9, 0.5),
    ]


def _get(client: FlaskClient, path: str) -> Prepare:
    return lambda: lambda: client.get(path)


def _rare_word(problem: int | None) -> str:
    title = db.session.scalar(select(Problem.title).where(Problem.id == problem)) or "water"
    return title.split()[-1]


def _writer(app: Flask) -> FlaskClient:
    """Somebody who may post a problem."""
    query = select(Affiliation.person_id).where(Affiliation.state == "active").order_by(Affiliation.id.desc())
    return sign_in_client(app, _someone(query.limit(1)))


def _sign_in(app: Flask) -> Prepare:
    """A sign-in of somebody else each time, from another network, so that no limit is met."""
    with app.app_context(), transaction(system="benchmark"):
        kept = hash_password(PASSWORD)
        people = list(
            db.session.scalars(select(Person).where(Person.is_demo).order_by(Person.id.desc()).limit(400))
        )
        for person in people:
            person.password_hash = kept
        emails = [person.email for person in people]
    numbers = itertools.count()

    def prepare() -> Send:
        number = next(numbers)
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"10.{number // 200 % 200}.{number % 200}.9"
        page = Page.get(client, "/sign-in")
        form, _button = page.form_with(None)
        data = dict(page.values(form)) | {"email": emails[number % len(emails)], "password": PASSWORD}
        return lambda: client.post(form.get("action") or "/sign-in", data=data)

    return prepare


def _first_choice(select_node: Any) -> str:
    return next((node.get("value") for node in select_node.iter("option") if node.get("value")), "")


def _create(client: FlaskClient) -> Prepare:
    numbers = itertools.count()

    def prepare() -> Send:
        page = Page.get(client, "/problems/new")
        form, button = page.form_with(None)
        data = dict(page.values(form)) | {"title": f"Measured problem {next(numbers)}"}
        data |= {
            node.get("name"): _first_choice(node)
            for node in form.iter("select")
            if not data.get(node.get("name"))
        }
        if button is not None and button.get("name"):
            data[button.get("name")] = button.get("value") or ""
        return lambda: client.post(urljoin(page.path, form.get("action") or page.path), data=data)

    return prepare
