"""Two institutions of one consortium, its lead, a problem, and people at each."""

from dataclasses import dataclass
from typing import Any

from app.accounts.models import Person
from app.core.db import db
from app.notifications.models import Notice
from app.problems.models import Problem
from app.teams import services
from app.teams.models import Team
from app.teams.queries import records
from tests.factories import affiliate, make_consortium, make_institution, make_person, make_problem
from tests.factories.accounts import actor


@dataclass
class World:
    """`home` and `away` are institutions; anna leads, ben and bea are at away, cora leads the consortium."""

    home: Any
    away: Any
    consortium: Any
    problem: Problem
    anna: Person
    ben: Person
    bea: Person
    cora: Person
    team: Team

    def seen_by(self, person: Person) -> Team:
        return records.get(actor(person), self.team.id)

    def fresh(self) -> Team:
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(Team, self.team.id)

    def join(self, person: Person, **values):
        """Ask and be accepted by Anna."""
        request = services.ask_to_join(
            actor(person), self.fresh(), institution_id=None, message="Let me help.", **values
        )
        services.accept_request(actor(self.anna), self.fresh(), request)
        return request

    def make_ready(self) -> Team:
        """Everything that a proposal needs."""
        self.join(self.ben)
        a, b = actor(self.anna), actor(self.ben)
        services.name_deputy(a, self.fresh(), person_id=self.ben.id)
        services.set_rules(
            a,
            self.fresh(),
            version=None,
            decision_rule="consent",
            credit_rule="equal",
            benefit_rule="Open to all.",
        )
        wells = self.line(self.anna, self.home, "brings", "Wells")
        probes = self.line(b, self.away, "brings", "Probes")
        self.line(self.anna, self.home, "gains", "Probes", from_line_id=probes.id)
        self.line(b, self.away, "gains", "Wells", from_line_id=wells.id)
        return self.fresh()

    def line(self, who, institution, direction: str, text: str, **values):
        who = actor(who) if isinstance(who, Person) else who
        return services.add_line(
            who,
            self.fresh(),
            institution_id=institution.id,
            direction=direction,
            kind="data_set",
            text=text,
            **values,
        )

    def propose(self) -> Team:
        self.make_ready()
        services.propose_team(actor(self.anna), self.fresh())
        return self.fresh()


def make_world(**values) -> World:
    home = make_institution("Home University", country="EG")
    away = make_institution("Away Institute", country="KE", **values.pop("away", {}))
    cora = make_person("Cora Lead")
    consortium = make_consortium("Wells", leads=[cora], members=[home, away], **values.pop("consortium", {}))
    problem = make_problem(
        "Salty wells", institution=home, consortium=consortium, **values.pop("problem", {})
    )
    anna, ben, bea = affiliate("Anna", home), affiliate("Ben", away), affiliate("Bea", away)
    team = services.start_team(
        actor(anna),
        problem,
        institution_id=home.id,
        **{
            "name": "Open Wells",
            "purpose": "Tell farmers in words.",
            "language": "en",
            "seats": 4,
            "working_languages": ["en"],
            **values,
        },
    )
    return World(home, away, consortium, problem, anna, ben, bea, cora, team)


def told(kind: str) -> set[int]:
    """Who has a notice of this kind."""
    return {row.person_id for row in db.session.query(Notice).filter(Notice.kind == f"teams.{kind}").all()}
