"""The groundwork of a team, brought to a state by what its members really do."""

from app.accounts.models import Person
from app.core import clock
from app.core.access import Actor
from app.core.db import db
from app.groundwork import services
from app.groundwork.models import QUESTIONS, Groundwork
from app.groundwork.queries import records
from app.teams.models import Team
from tests.factories.accounts import actor


def _team(team: Team) -> Team:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Team, team.id)


def actor_of_id(person_id: int) -> Actor:
    """The person of this id as somebody who asks."""
    return actor(db.session.get_one(Person, person_id))


def answer_all(team: Team, person_id: int, text: str = "My view") -> None:
    """Answer every question and hand the answers in."""
    for code in QUESTIONS:
        services.save_answer(
            actor_of_id(person_id), _team(team), question=code, text=f"{text} of {code}", language="en"
        )
    services.hand_in(actor_of_id(person_id), _team(team))


def write_all(team: Team, person_id: int, text: str = "We agree") -> None:
    """Write the line of every question."""
    for code in QUESTIONS:
        services.write_line(
            actor_of_id(person_id), _team(team), question=code, text=f"{text} on {code}", language="en"
        )


def make_groundwork(team: Team, *, state: str = "answering", silent: int = 0) -> Groundwork:
    """The groundwork of a team with two active members or more: answering, opened, confirmed or agreed.

    `silent` of the members, the newest, do not answer; then the lead opens the answers after the due date.
    """
    services.begin(actor_of_id(team.lead_id), _team(team))
    people = [one.person_id for one in records.taking_part(team.id)]
    if state == "answering":
        return records.get(team.id)
    for person_id in people[: len(people) - silent]:
        answer_all(team, person_id)
    if silent:
        due = records.get(team.id).due_at
        assert due is not None
        with clock.at(due):
            services.open_answers(actor_of_id(team.lead_id), _team(team))
    if state == "opened":
        return records.get(team.id)
    write_all(team, team.lead_id)
    services.confirm(actor_of_id(team.lead_id), _team(team))
    if state == "agreed":
        for person_id in people:
            if person_id != team.lead_id:
                services.accept(actor_of_id(person_id), _team(team))
    db.session.expire_all()
    return records.get(team.id)
