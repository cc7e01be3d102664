"""The access table is what docs/access.md says, and keeps the rules that hold for the whole of it."""

import pytest
from flask import Flask

from tests.conftest import ON_POSTGRESQL
from tests.house import access
from tests.house.world import KINDS, rules_of

pytestmark = pytest.mark.skipif(
    ON_POSTGRESQL, reason="what people see does not depend on the database; asked once, on SQLite"
)

# The only doors that stand open. An entry here is a decision.
PUBLIC = {
    "accounts.confirm",
    "accounts.new_password",
    "accounts.people",
    "accounts.person",
    "accounts.picture",
    "accounts.reset",
    "accounts.sign_in",
    "accounts.sign_out",
    "accounts.sign_up",
    "agreements.export",
    "agreements.history",
    "agreements.index",
    "agreements.show",
    "consortia.export_members",
    "consortia.index",
    "consortia.members",
    "consortia.show",
    "discussion.comment",
    "discussion.thing",
    "discussion.versions",
    "files.fetch",
    "files.preview",
    "home.about",
    "home.accessibility",
    "home.contact",
    "home.favicon",
    "home.healthz",
    "home.help_page",
    "home.index",
    "home.privacy",
    "home.readyz",
    "home.robots",
    "home.status",
    "institutions.export",
    "institutions.index",
    "institutions.show",
    "ledger.consortium",
    "ledger.consortium_csv",
    "ledger.impact",
    "ledger.impact_csv",
    "ledger.line",
    "ledger.project",
    "ledger.project_csv",
    "ledger.statement",
    "ledger.statement_csv",
    "listings.exchange",
    "listings.export_csv",
    "listings.export_json",
    "listings.photo",
    "listings.resources",
    "listings.show",
    "listings.talk",
    "outcomes.cite",
    "outcomes.discuss",
    "outcomes.export",
    "outcomes.index",
    "outcomes.of_project",
    "outcomes.show",
    "problems.discuss",
    "problems.endorsements",
    "problems.export",
    "problems.index",
    "problems.show",
    "projects.activity",
    "projects.export",
    "projects.export_json",
    "projects.feed",
    "projects.index",
    "projects.milestone",
    "projects.plan",
    "projects.show",
    "projects.show_json",
    "projects.talk",
    "projects.team",
    "projects.updates",
    "teams.discuss",
    "teams.export",
    "teams.index",
    "teams.past",
    "teams.show",
    "teams.updates",
}
# Their forms list people and institutions once somebody has searched for one, take away pictures of which the world has none,
# or decide about a whole file that was loaded: nothing that fits can be filled in here.
NOT_REACHED = {
    "/<catalogue>/<listing_id>/edit/photo/remove",
    "/account/picture/remove",
    "/agreements/<agreement_id>/parties/add",
    "/projects/<project_id>/partners/new",
    "/projects/<project_id>/team/invite",
    "/resources/loads/<load_id>/review",
    "/teams/<team_id>/invite",
}


@pytest.fixture(scope="module")
def table(world_app: Flask, world, browsers) -> access.Table:
    """What came of everything, just now."""
    return access.ask(world_app, world, browsers)


@pytest.fixture(scope="module")
def held() -> access.Table:
    """What docs/access.md says."""
    return access.read(access.FILE.read_text())


def test_every_address_has_its_rows(table, held):
    assert sorted(set(table) - set(held)) == [], "new: look at them, then write docs/access.md anew"
    assert sorted(set(held) - set(table)) == [], "gone: write docs/access.md anew"


def test_everybody_gets_what_the_table_says(table, held):
    wrong = [
        f"{' '.join(key)}: {kind} gets {found}, not {held[key][kind]}"
        for key, row in table.items()
        for kind, found in row.items()
        if key in held and held[key][kind] != found
    ]
    assert wrong == []


def test_nothing_breaks(table):
    broken = {key: row for key, row in table.items() if any(cell.startswith("5") for cell in row.values())}
    assert broken == {}


def test_only_listed_doors_stand_open(world_app: Flask):
    open_doors = {
        rule.endpoint
        for rule in world_app.url_map.iter_rules()
        if getattr(world_app.view_functions[rule.endpoint], "is_public", False)
    }
    assert open_doors == PUBLIC


def test_visitors_are_asked_to_sign_in_everywhere_else(world_app: Flask, table, world):
    for method in ("GET", "POST"):
        for rule in rules_of(world_app, method):
            if getattr(world_app.view_functions[rule.endpoint], "is_public", False):
                continue
            rows = [
                row
                for (verb, address, _label), row in table.items()
                if verb == method and address == access.written(rule.rule)
            ]
            assert rows
            assert {row["visitor"] for row in rows} == {"sign in"}, rule.rule


def test_visitors_change_nothing_but_their_way_in(table):
    ways_in = ("/sign-", "/reset", "/account/address/", "/invitations/", "/teams/invitations/")
    changed = {
        key
        for key, row in table.items()
        if key[0] == "POST" and row["visitor"] == "done" and not key[1].startswith(ways_in)
    }
    assert changed == set()


def test_every_change_is_open_to_somebody(table):
    """A row in which nobody gets anywhere shows nothing about permissions: the world lacks what it needs."""
    nobody = sorted(
        " ".join(key) for key, row in table.items()
        if key[0] == "POST" and not any(cell in {"done", "mend", "page", "409", "moved"} for cell in row.values())
    )  # fmt: skip
    by_address: dict[str, bool] = {}
    for (method, address, _label), row in table.items():
        if method == "POST":
            by_address[address] = by_address.get(address, False) or any(
                cell in {"done", "mend", "page", "409", "moved"} for cell in row.values()
            )
    unreached = {address for address, reached in by_address.items() if not reached}
    assert unreached - NOT_REACHED == set(), nobody


def test_kinds_of_people_differ(table):
    """If two columns were always equal one of them would show nothing."""
    columns = {kind: tuple(table[key][kind] for key in sorted(table)) for kind in KINDS}
    same = [
        (one, other) for one in KINDS for other in KINDS if one < other and columns[one] == columns[other]
    ]
    assert same == []
