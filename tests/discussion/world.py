"""A team with its people, a lead of the consortium who decides, one who is in the team, and people outside."""

from dataclasses import dataclass
from typing import Any

from app.accounts.models import Person
from app.consortia.models import Leadership
from app.core.access import VISITOR, Actor
from app.core.db import db, transaction
from app.discussion import services
from app.discussion.models import Comment, ModerationCase
from app.notifications.models import Mail, Notice
from app.teams.models import Team
from app.teams.queries import things as team_as_thing
from tests.factories import (
    add_member,
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_person,
    make_problem,
    make_team,
)
from tests.factories.accounts import actor

KIND = team_as_thing.KIND


@dataclass
class World:
    """`anna` leads the team, `ben` is in it and leads the consortium too; `cora` leads the consortium; `dan` has an
    affiliation, `eve` none; `ada` administers the portal.
    """

    team: Team
    home: Any
    consortium: Any
    anna: Person
    ben: Person
    cora: Person
    dan: Person
    eve: Person
    ada: Person

    def actor(self, name: str) -> Actor:
        """Somebody by name, with all they hold now."""
        db.session.rollback()
        return VISITOR if name == "visitor" else actor(getattr(self, name))

    def say(self, name: str, text: str = "Hello wells.", **values: Any) -> Comment:
        """A comment on the team."""
        return services.write(
            self.actor(name),
            **{"kind": "team", "thing_id": self.team.id, "text": text, "language": "en", **values},
        )

    def report(self, name: str, comment: Comment, reason: str = "abuse", text: str = "") -> ModerationCase:
        """A report of a comment."""
        return services.report(
            self.actor(name), content="comment", content_id=comment.id, reason=reason, text=text
        )

    def decide(self, name: str, case: ModerationCase, decision: str = "hide", **values: Any) -> None:
        """A decision with reasons."""
        given = {
            "decision": decision,
            "reason": "abuse",
            "note": "It insults Dan.",
            "version": None,
            **values,
        }
        services.decide(self.actor(name), case.id, **given)

    def fresh(self, record: Any) -> Any:
        """The record as it stands in the database now."""
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(type(record), record.id)


def make_world(**values: Any) -> World:
    home = make_institution("Home University")
    cora, ben = make_person("Cora Lead"), make_person("Ben")
    consortium = make_consortium("Wells", leads=[cora, ben], members=[home])
    anna = affiliate("Anna Bauer", home)
    affiliate(ben, home)
    dan = affiliate("Dan", home)
    problem = make_problem("Salty wells", institution=home, consortium=consortium)
    team = make_team("Open Wells", lead=anna, institution=home, problem=problem, **values)
    add_member(team, ben, home)
    return World(team, home, consortium, anna, ben, cora, dan, make_person("Eve"), make_admin())


def told(kind: str) -> set[int]:
    """Who has a notice of this kind."""
    db.session.rollback()
    return {row.person_id for row in db.session.query(Notice).filter(Notice.kind == f"discussion.{kind}")}


def mailed(kind: str) -> set[int | None]:
    """Who gets a mail of this kind."""
    db.session.rollback()
    return {row.person_id for row in db.session.query(Mail).filter(Mail.kind == f"discussion.{kind}")}


def second_lead(world: World, name: str = "Carl Lead") -> Person:
    """One more lead of the consortium."""
    person = make_person(name)
    with transaction(system="test"):
        db.session.add(Leadership(consortium_id=world.consortium.id, person_id=person.id))
    return person
