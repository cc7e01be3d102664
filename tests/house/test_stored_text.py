"""The worst text that a database can hold breaks no page, runs nowhere, and is no formula in a file."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import String, Text, UniqueConstraint, select, text, update

from app.agreements.queries import parties_of
from app.core.db import Base, db
from app.institutions.models import Institution
from tests.factories.agreements import line, make_agreement
from tests.house.world import World
from tests.support.crawler import crawl

NASTY = "=2+5\u202e<script>alert(1)</script>{{7*7}}%s%(x)s'\"&﷽👩🏽‍🚀 " + "W" * 60
KEEP = {
    "appeal_text",  # only an appeal has one
    "gift_reason",  # only a gift has one
    "email", "address", "path", "kind", "state", "slug", "zone", "locale", "language", "action", "reason", "thing_kind",
    "about_kind", "secret_hash", "token_hash", "password_hash", "hash", "previous_hash", "key", "decision_code", "name_key",
    "visibility", "ror", "website", "rights", "folded", "words", "sort_name", "message_id", "domain", "version_num", "holder",
    "value", "facet", "part", "from_outcome",
}  # fmt: skip


def _sides(world: World) -> list[int]:
    agreement = world.things["in_force_agreement"]
    return [party.institution_id for party in parties_of(agreement.id)]


@pytest.fixture
def nasty(world_app: Flask, world: World) -> Iterator[None]:
    """Every text in the database says the worst; rolled back to what it was by the next module's world."""
    two = [db.session.get_one(Institution, key) for key in _sides(world)]
    given, gained = (
        line(*pair, text=NASTY, condition=NASTY) for pair in (_sides(world), _sides(world)[::-1])
    )
    make_agreement(NASTY[:120], state="in_force", institutions=two, text=NASTY, lines=[given, gained])
    make_agreement(NASTY[:120], state="negotiation", institutions=two, text=NASTY, lines=[given, gained])
    with db.engine.connect().execution_options(write=True) as connection:
        for table in Base.metadata.sorted_tables:
            if table.name in {
                "audit_entry",
                "audit_head",
                "consortium_terms",
                "team_text",
                "comment_version",
                "content_report",
                "index_entry",
                "job_lease",
                # What never changes is written as the worst from the first: below.
                "agreement",
                "agreement_commitment",
                "agreement_signature",
                "agreement_version",
                "interest_opening",
                "ledger_event",
                "ledger_line",
            }:
                continue
            once = {
                column.name
                for rule in table.constraints
                if isinstance(rule, UniqueConstraint)
                for column in rule.columns
            }
            columns = {
                column.name: NASTY[: column.type.length or None]
                for column in table.columns
                if isinstance(column.type, String | Text)
                and column.name not in KEEP
                and (column.type.length or 999) >= 60
                and not column.unique
                and column.name not in once
            }
            if columns:
                connection.execute(update(table).values(columns))
        connection.execute(
            text("UPDATE consortium SET names = :names"), {"names": f'{{"en": "{_in_json(NASTY)}"}}'}
        )
        connection.commit()
    db.session.rollback()  # what was read before is read again
    yield
    db.session.rollback()


def _in_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def test_stored_text_breaks_no_page(nasty, seeds, browsers):
    faults = []
    for kind in ("visitor", "team_lead", "lead", "admin", "asker", "representative"):
        for path, answer in crawl(browsers[kind], seeds, most_queries=1).items():
            if answer.status >= 500:
                faults.append(f"{kind} {path} {answer.status}")
            if answer.is_page:
                scripts = [node for node in answer.reading.all("script") if "src" not in node.attributes]
                if (
                    scripts
                    or len(answer.reading.all("h1")) != 1
                    or "<script>alert" in answer.body
                    or "49%s" in answer.body
                ):
                    faults.append(f"{kind} {path} markup")
            if answer.headers.get("Content-Type", "").startswith("text/csv"):
                cells = [cell.strip('"') for line in answer.body.splitlines() for cell in line.split(",")]
                if [cell for cell in cells if cell.startswith("=2+5")]:
                    faults.append(f"{kind} {path} formula")
    assert faults == []
    assert (
        db.session.execute(select(Base.metadata.tables["team"].c.name)).scalars().first().startswith("=2+5")
    )
