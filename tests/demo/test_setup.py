"""`flask setup`: what a first start makes, that a second changes nothing, and where it refuses."""

import dataclasses
import json
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.consortia.models import Consortium
from app.core.db import Base, db, transaction
from app.core.passwords import is_right
from app.demo import services
from app.demo.services import demonstration, registry
from app.demo.services.story import WRITTEN_ON, Story, rows
from app.institutions.cli import shipped_records
from app.institutions.models import Institution
from app.listings.models import Listing
from app.notifications.models import Mail, Notice
from app.problems.models import Endorsement, Problem
from app.projects.models import Project
from app.teams.models import Membership, Team
from tests.factories import make_person
from tests.support.people import sign_in_client

FUNDERS = {line["funder"] for row in rows("projects") for line in row["funding"]}
FORM = {"role", "email", "password", "name", "institution", "locale"}


@pytest.fixture(scope="module")
def few_records() -> list[dict]:
    wanted = {row["ror"] for row in (*rows("institutions"), *rows("hosts"))} | FUNDERS
    return [record for record in shipped_records() if record["id"] in wanted]


@pytest.fixture
def instance(app: Flask, few_records, tmp_path, monkeypatch) -> Iterator:
    """A development portal with an instance folder of its own, and only as much of ROR as the demonstration names."""
    monkeypatch.setattr(registry, "shipped_records", lambda: iter(few_records))
    monkeypatch.delenv("DEMO", raising=False)
    become(app, monkeypatch, "development", tmp_path)
    return tmp_path


def become(app: Flask, monkeypatch, environment: str, folder) -> None:
    settings = dataclasses.replace(app.config["SETTINGS"], environment=environment, instance=folder)
    monkeypatch.setitem(app.config, "SETTINGS", settings)


def run(app: Flask, *words: str):
    db.session.remove()
    return app.test_cli_runner().invoke(args=list(words))


def row_counts() -> dict[str, int]:
    db.session.rollback()
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_first_start_second_start_lost_file_and_production(app, instance, monkeypatch) -> None:
    done = run(app, "setup")
    assert done.exit_code == 0, done.output
    file = instance / "demo-accounts.json"
    accounts = json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert all(set(account) == FORM for account in accounts)
    shown = Counter((account["role"], account["locale"]) for account in accounts)
    assert set(shown) == {
        (role, locale)
        for role in ("researcher", "representative", "lead", "admin")
        for locale in ("en", "ar")
    }
    for account in accounts:
        assert account["email"] in done.output
        person = db.session.scalars(select(Person).where(Person.email == account["email"])).one()
        assert is_right(person.password_hash, account["password"])
    assert db.session.scalar(select(func.count()).select_from(Person).where(Person.is_demo.is_(False))) == 0
    states_are_as_written()
    counters_agree()
    history_is_in_order()
    pages_open(app)

    before, text = row_counts(), file.read_text()
    again = run(app, "setup")
    assert again.exit_code == 0, again.output
    assert row_counts() == before
    assert file.read_text() == text

    file.unlink()
    assert run(app, "setup").exit_code == 0
    renewed = json.loads(file.read_text())
    assert renewed[0]["password"] != accounts[0]["password"]

    file.write_text(text)  # as if it were left beside a new database: these passwords open nothing here
    assert run(app, "setup").exit_code == 0
    anew = json.loads(file.read_text())
    assert anew[0]["password"] not in {accounts[0]["password"], renewed[0]["password"]}
    one = db.session.scalars(select(Person).where(Person.email == anew[0]["email"])).one()
    assert is_right(one.password_hash, anew[0]["password"])

    become(app, monkeypatch, "production", instance)
    refused = run(app, "setup")
    assert refused.exit_code == 1
    assert "demonstration" in refused.output
    refused = run(app, "seed", "--scale", "1")
    assert refused.exit_code == 1


def states_are_as_written() -> None:
    kinds = ((Problem, "problems", "title"), (Team, "teams", "name"), (Project, "projects", "title"))
    for model, name, title in kinds:
        written = {row[title]: row["state"] for row in rows(name)}
        there = dict(db.session.execute(select(getattr(model, title), model.state)).all())
        assert there == written
    posted = [row for name in ("facilities", "technologies", "needs") for row in rows(name)]
    states = {row["key"]: "published" if row["state"] == "expiring" else row["state"] for row in posted}
    assert dict(db.session.execute(select(Listing.external_id, Listing.state)).all()) == states
    listed = {row["ror"]: "verified" for row in rows("hosts")} | dict.fromkeys(FUNDERS, "listed")
    listed |= {row["ror"]: row["state"] for row in rows("institutions")}
    assert dict(db.session.execute(select(Institution.ror, Institution.state)).all()) == listed
    assert db.session.scalar(select(func.count()).select_from(Consortium)) == len(rows("consortia"))


def counters_agree() -> None:
    seated = select(Membership.team_id, func.count()).where(Membership.state.in_(["active", "confirming"]))
    seats = dict(db.session.execute(seated.group_by(Membership.team_id)).all())
    assert dict(db.session.execute(select(Team.id, Team.seats_taken)).all()) == seats
    endorsed = dict(
        db.session.execute(
            select(Endorsement.problem_id, func.count()).group_by(Endorsement.problem_id)
        ).all()
    )
    at_work = Counter(
        db.session.scalars(select(Team.problem_id).where(Team.state.in_(["approved", "paused"])))
    )
    for problem in db.session.scalars(select(Problem)):
        assert problem.endorsements == endorsed.get(problem.id, 0)
        assert problem.teams_at_work == at_work[problem.id]


def history_is_in_order() -> None:
    instants = db.session.scalars(select(AuditEntry.at).order_by(AuditEntry.id)).all()
    told = instants[: len(rows("people"))]
    assert told == sorted(told)
    assert (instants[-1] - instants[0]).days > 150
    unread = db.session.scalar(select(func.count()).select_from(Notice).where(Notice.read_at.is_(None))) or 0
    assert 8 <= unread <= 300
    assert 0 < (db.session.scalar(select(func.count()).select_from(Mail)) or 0) <= 20


def pages_open(app) -> None:
    """Every page of a thing opens, for the administrator in English; for visitors in Arabic, or is not there."""
    admin = db.session.scalars(select(Person).where(Person.is_admin)).first()
    as_admin, visitor = sign_in_client(app, admin), app.test_client()
    taking_part = select(Institution.id).where(Institution.state != "listed")
    things = {
        "problems": select(Problem.id).where(Problem.published_at.is_not(None), Problem.state != "withdrawn"),
        "teams": select(Team.id),
        "consortia": select(Consortium.id),
        "institutions": taking_part,
        "people": select(Person.id),
        "projects": select(Project.id).where(
            Project.id % 3 == 1,
            Project.accepted_at.is_not(None),
            Project.visibility.in_(["public", "signed_in"]),
        ),
        **{
            name: select(Listing.id).where(
                Listing.catalogue == name, Listing.id % 6 == 1, Listing.state == "published"
            )
            for name in ("resources", "exchange")
        },
    }
    seen = Counter()
    for name, query in things.items():
        for key in db.session.scalars(query).all():
            assert as_admin.get(f"/{name}/{key}").status_code in {200, 303}, f"/{name}/{key}"
            answer = visitor.get(f"/{name}/{key}?lang=ar")
            assert answer.status_code in {200, 303, 404}, f"/{name}/{key}"
            seen[name] += answer.status_code == 200
    assert all(seen[name] for name in things), seen


def test_stopped_in_the_middle_leaves_nothing(app, instance, monkeypatch) -> None:
    whole = Story.at

    def breaks(story: Story, days: float, act, *facts, **more) -> None:
        whole(story, days, act, *facts, **more)
        if story._count == 1:
            whole(story, 150, lambda _story: 1 / 0)

    monkeypatch.setattr(Story, "at", breaks)
    assert run(app, "setup").exit_code != 0
    db.session.rollback()
    assert not services.has_people()
    assert not (instance / "demo-accounts.json").exists()


@pytest.mark.parametrize("environment", ["production", "testing"])
def test_only_development_has_a_demonstration(app, instance, monkeypatch, environment) -> None:
    become(app, monkeypatch, environment, instance)
    assert run(app, "setup").exit_code == 0
    assert not services.has_people()
    assert db.session.scalar(select(func.count()).select_from(Consortium).where(Consortium.is_open)) == 1


def test_demo_0_leaves_it_out(app, instance, monkeypatch) -> None:
    monkeypatch.setenv("DEMO", "0")
    done = run(app, "setup")
    assert done.exit_code == 0
    assert not services.has_people()
    assert not (instance / "demo-accounts.json").exists()


def test_a_portal_in_use_gets_no_demonstration(app, instance) -> None:
    make_person("Somebody")
    assert run(app, "setup").exit_code == 0
    assert row_counts()["person"] == 1


def test_days_move_with_the_day_of_loading(app) -> None:
    story = Story()
    shift = story.now.date() - WRITTEN_ON
    assert story.later("2027-06-30") == date(2027, 6, 30) + shift
    assert story.later(None) is None
    assert [story.ago(days) for days in (9, 8.7, 8.2, 3, 0.5, 0)] == sorted(
        story.ago(days) for days in (9, 8.7, 8.2, 3, 0.5, 0)
    )
    assert story.ago(0) <= story.now


def test_every_shown_account_is_of_its_role() -> None:
    people = {row["key"]: row for row in rows("people")}
    names = {"admin": "administrator"}
    for role, key in demonstration.SHOWN:
        assert names.get(role, role) in {held["role"] for held in people[key]["roles"]}


def test_whoever_is_invented_marks_the_database(app) -> None:
    assert not services.is_demonstration()
    person = make_person("Invented")
    with transaction(system="test"):
        db.session.get_one(Person, person.id).is_demo = True
    assert services.is_demonstration()
    assert not services.has_accounts()
