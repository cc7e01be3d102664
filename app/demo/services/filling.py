"""Filling a portal for measuring: people, institutions, consortia; then the work (`filling_work`)."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import Person
from app.audit import services as audit
from app.consortia.models import Admission, Consortium, ConsortiumTerms, Leadership
from app.core import clock, dialects, index
from app.core.db import db, transaction
from app.demo.services import filling_listings, filling_projects, filling_work, wording
from app.demo.services.world import World
from app.demo.services.writer import MOST_HELD, Writer
from app.institutions.models import TYPES, Affiliation, Institution, InstitutionName
from app.problems.models import Endorsement, Problem, ProblemFacet, ProblemFollow, ProblemLine, Review
from app.teams.models import ExchangeLine, Membership, OpenRole, Proposal, Team, TeamText

SEED = 20261122
PEOPLE_AT_ONE = 5  # the first of them represents the institution
SPAN = timedelta(days=730)
ORDER = (
    Person, Institution, InstitutionName, Affiliation, Consortium, ConsortiumTerms, Leadership, Admission,
    Problem, ProblemLine, ProblemFacet, Review, Endorsement, ProblemFollow,
    Team, OpenRole, TeamText, Membership, ExchangeLine, Proposal, *filling_projects.PROJECT_MODELS,
    *filling_listings.LISTING_MODELS, index.IndexEntry,
)  # fmt: skip


def fill(scale: int, say: Callable[[str], None] = lambda _line: None) -> dict[str, int]:
    """Add `scale` institutions, problems, teams, projects and listings with all that belongs to them, in one transaction.

    Returns table → rows added. The same database and scale give the same content. Everybody is `is_demo`.
    """
    luck = random.Random(SEED)  # noqa: S311 - made-up content
    with transaction(system="a filled portal, for measuring") as scope:
        connection = db.session.connection()
        writer = Writer(connection, ORDER)
        world = World(writer, luck, clock.now())
        with dialects.words_in_bulk(connection):
            _people_and_institutions(world, scale)
            _consortia(world, scale)
            say("people, institutions and consortia are there")
            filling_work.problems_and_teams(world, scale)
            say("problems and teams are there")
            filling_projects.projects(world, scale)
            say("projects are there")
            filling_listings.listings(world, scale)
            writer.flush()
            say("listings are there; building what finds words")
        writer.finish()
        done = {model.__tablename__: count for model, count in writer.count.items()}
        audit.record(None, "demo.fill", after=done, label=scope.system or "")
    dialects.settle(db.engine, writer.tables.values())
    return done


def _people_and_institutions(world: World, scale: int) -> None:
    writer, luck = world.writer, world.luck
    people = max(4 * PEOPLE_AT_ONE, scale // 4)
    verified = people // PEOPLE_AT_ONE
    since = world.now - SPAN
    for number in range(max(scale, verified)):
        language = luck.choice(wording.LANGUAGES)
        name = wording.institution_name(luck, language)
        country = world.draw["country"]()
        key = writer.put(
            Institution,
            name=name,
            sort_name=index.fold(name)[:120],
            state="verified" if number < verified else "listed",
            verified_at=since if number < verified else None,
            types=[luck.choice(TYPES)],
            country=country,
            city=wording.place(luck)[0],
            latitude=round(luck.uniform(-55, 70), 3),
            longitude=round(luck.uniform(-180, 180), 3),
            established=luck.randrange(1800, 2025),
            touched_at=since,
        )
        _names(world, key, name, language)
        if number < verified:
            world.countries[key] = country
            world.people[key] = [
                _person(world, key, role) for role in ("representative", *["member"] * (PEOPLE_AT_ONE - 1))
            ]
        writer.flush(MOST_HELD)


def _names(world: World, key: int, name: str, language: str) -> None:
    writer, luck = world.writer, world.luck
    writer.put(
        InstitutionName,
        institution_id=key,
        name=name,
        folded=index.fold(name),
        language=language,
        kind="label",
    )
    short = "".join(luck.choices("ABCDEFGHIKLMNOPRSTUVZ", k=luck.choice((3, 4))))
    writer.put(
        InstitutionName,
        institution_id=key,
        name=short,
        folded=short.casefold(),
        language=None,
        kind="acronym",
    )


def _person(world: World, institution: int, role: str) -> int:
    writer, luck, since = world.writer, world.luck, world.now - SPAN
    given, family = wording.place(luck), wording.place(luck)
    in_arabic = luck.random() < 0.2
    romanised = f"{given[0]} {family[0]}"
    name = f"{given[1]} {family[1]}" if in_arabic else romanised
    number = writer.keys[Person] + 1
    key = writer.put(
        Person,
        email=f"person-{number}@filled.example",
        email_confirmed_at=since,
        display_name=name,
        sort_name=f"{family[0]}, {given[0]}",
        romanised_name=romanised if in_arabic else "",
        locale="ar" if in_arabic else "en",
        languages=[{"code": "ar" if in_arabic else "en", "level": "native"}],
        fields=[luck.choice(wording.codes()["field"])],
        is_demo=True,
        created_at=since,
    )
    writer.put(
        index.IndexEntry,
        kind="person",
        ref_id=key,
        words=f"kindperson {wording.piece(f'{name} {romanised}').words}",
    )
    writer.put(
        Affiliation,
        person_id=key,
        institution_id=institution,
        state="active",
        role=role,
        asked_by_id=key,
        asked_at=since,
        decided_at=since,
        decision_code="automatic",
        confirmed_how="domain",
        started_on=since,
    )
    return key


def _consortia(world: World, scale: int) -> None:
    writer, luck = world.writer, world.luck
    everybody = [person for people in world.people.values() for person in people]
    since = world.now - SPAN
    slugs = set(db.session.scalars(select(Consortium.slug)))
    for _ in range(max(2, scale // 2000)):
        words, _tokens = wording.title(luck, "en")
        number = writer.keys[Consortium] + 1
        key = writer.put(
            Consortium,
            slug=f"filled-{number}" if f"filled-{number}" not in slugs else f"filled-again-{number}",
            names={"en": words},
            purposes={"en": wording.prose(luck, "en", 2, 500)[0]},
            sort_name=index.fold(words)[:120],
            sdgs=[luck.choice(wording.codes()["sdg"])],
            fields=[luck.choice(wording.codes()["field"])],
            created_at=since,
        )
        world.leads[key] = luck.sample(everybody, 2)
        for person in world.leads[key]:
            writer.put(Leadership, consortium_id=key, person_id=person, since=since)
        writer.put(
            ConsortiumTerms,
            consortium_id=key,
            number=1,
            texts={"en": "Members share fairly."},
            written_at=since,
        )
        writer.put(
            index.IndexEntry,
            kind="consortium",
            ref_id=key,
            words=f"kindconsortium {wording.piece(words).words}",
        )
        world.consortia[key] = []
    _admissions(world, since)


def _admissions(world: World, since: datetime) -> None:
    writer, keys = world.writer, list(world.consortia)
    for number, institution in enumerate(world.people):
        for consortium in {keys[number % len(keys)], keys[(number * 7 + 3) % len(keys)]}:
            world.consortia[consortium].append(institution)
            world.homes.setdefault(institution, []).append(consortium)
            writer.put(
                Admission,
                consortium_id=consortium,
                institution_id=institution,
                side="institution",
                state="member",
                asked_by_id=world.people[institution][0],
                asked_at=since,
                decided_at=since,
                decision_code="automatic",
                member_since=since,
            )
