"""How many statements a page costs: never more than promised, and the same with one row as with twenty-five."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.core.db import db, transaction
from app.home.queries import pages as home_pages
from app.notifications import services as notifications
from app.teams.models import TeamUpdate
from tests.factories import (
    add_line,
    add_member,
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_person,
    make_problem,
    make_team,
)
from tests.house.conftest import Read
from tests.support.browsers import Browser
from tests.support.crawler import fetch
from tests.support.people import sign_in_client

# Quality 1. Each number holds one for session and roles and one for the count of what waits.
LIST, DETAIL, OTHER = 8, 9, 12
PROMISED = {
    "list": (
        LIST,
        re.compile(r"/(problems|teams|institutions|consortia|people|audit|notifications|admin/mail)$"),
    ),
    # Whoever decides about a project reads all of it at once: text, partners, plan, needs, funding, rounds, similar ones.
    "review": (13, re.compile(r"/projects/\d+/review$")),
    # What a person takes along is asked of every feature.
    "own data": (20, re.compile(r"/account/data\.json$")),
    "detail": (DETAIL, re.compile(r"/(problems|teams|institutions|consortia|people)/\d+$")),
}


def promised(path: str) -> int:
    """The most statements for a page."""
    return next((most for most, pattern in PROMISED.values() if pattern.fullmatch(path)), OTHER)


def test_no_page_costs_more_than_promised(read: Read):
    over = {
        f"{kind} {path}": answer.statements
        for (kind, _language, path), answer in read.answers.items()
        if answer.status < 400 and answer.statements > promised(path.partition("?")[0])
    }
    assert dict(sorted(over.items(), key=lambda item: -item[1])[:40]) == {}


class Few:
    """Somebody with one of everything, or with many."""

    def __init__(self, many: int) -> None:
        self.home, self.other = make_institution("Home"), make_institution("Other", country="KE")
        self.me = affiliate("Me", self.home, "representative")
        self.consortium = make_consortium(
            "Ours", leads=[self.me, make_person("Second lead")], members=[self.home, self.other]
        )
        self.admin = make_admin()
        for number in range(many):
            institution = self.other if number == 0 else make_institution(f"Institute {number}", country="JO")
            problem = make_problem(author=self.me, institution=self.home, consortium=self.consortium)
            make_problem(state="submitted", consortium=self.consortium, institution=self.other)
            make_problem(state="draft", author=self.me, institution=self.home, consortium=self.consortium)
            team = make_team(problem=problem, lead=self.me, institution=self.home)
            make_team(
                problem=problem, lead=affiliate(None, institution), institution=institution, state="proposed"
            )
            affiliate(None, self.home, state="requested")
            if number == 0:
                self.problem, self.team = problem, team
            else:
                make_team(problem=self.problem, lead=affiliate(None, institution), institution=institution)
            with transaction(system="many"):
                notifications.tell(
                    [self.me.id],
                    "teams.something",
                    path="/",
                    reason="team_lead",
                    facts={"name": "x"},
                    mail=False,
                )
        for number in range(min(many, 6)):
            place = make_institution(f"Partner {number}", country="TN")
            add_member(self.team, affiliate(None, place), place)
            add_member(self.team, affiliate(None, place), place, "requested")
            line = add_line(self.team, place, "brings", "Data")
            add_line(self.team, self.home, "gains", "Data", from_line_id=line.id)
            with transaction(system="many"):
                db.session.add(TeamUpdate(team_id=self.team.id, author_id=self.me.id, text="Half way"))


PAGES: dict[str, Callable[[Few], str]] = {
    "home": lambda few: "/",
    "problems": lambda few: "/problems",
    "problems, filtered": lambda few: "/problems?q=salty&sdg=6",
    "problem": lambda few: f"/problems/{few.problem.id}",
    "teams": lambda few: "/teams",
    "team": lambda few: f"/teams/{few.team.id}",
    "institutions": lambda few: "/institutions",
    "institution": lambda few: f"/institutions/{few.home.id}",
    "people of an institution": lambda few: f"/institutions/{few.home.id}/people",
    "consortia": lambda few: "/consortia",
    "consortium": lambda few: f"/consortia/{few.consortium.id}",
    "dashboard": lambda few: f"/consortia/{few.consortium.id}/dashboard",
    "people": lambda few: "/people",
    "person": lambda few: f"/people/{few.me.id}",
    "account": lambda few: "/account",
    "sign-ins": lambda few: "/account/sign-ins",
    "notifications": lambda few: "/notifications",
    "audit": lambda few: "/audit",
    "lines of a team": lambda few: f"/teams/{few.team.id}/lines",
    "problems as a file": lambda few: "/problems/export.csv",
}


def _count(app: Flask, counted: list[str], many: int) -> dict[str, tuple[int, int]]:
    """Page → (status, statements) in a fresh database with so many of everything."""
    from tests.conftest import _clean

    home_pages._kept.clear()  # the numbers of the first page are counted now and then only
    db.session.remove()
    _clean(app)
    few = Few(many)
    found = {}
    for who, person in (("me", few.me), ("admin", few.admin), ("visitor", None)):
        browser = sign_in_client(app, person) if person else Browser(app, app.response_class)
        for name, path in PAGES.items():
            answer = fetch(browser, path(few), counted)
            found[f"{name} as {who}"] = (answer.status, answer.statements)
    return found


@pytest.fixture(scope="module")
def counts(portal: Flask, world_app: Flask, counted) -> tuple[dict, dict]:
    """The same pages with one and with twenty-five of everything."""
    return _count(world_app, counted, 1), _count(world_app, counted, 25)


def test_one_row_costs_what_twenty_five_cost(counts):
    one, many = counts
    # What waits is counted only where more waits than is shown.
    counted_again = {"home as me": 1}
    assert {
        name: (one[name], many[name])
        for name in one
        if not one[name][1] <= many[name][1] <= one[name][1] + counted_again.get(name, 0)
    } == {}


def test_these_pages_were_really_there(counts):
    one, _many = counts
    assert [name for name, (status, _count) in one.items() if name.endswith("as me") and status != 200] == []
