"""What the pages of a groundwork show a member: never another's answer before the answers are opened."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.accounts.models import Person
from app.core.access import Actor
from app.core.db import db
from app.core.kept import kept
from app.groundwork.models import (
    QUESTIONS,
    Groundwork,
    GroundworkAnswer,
    GroundworkLine,
    GroundworkMark,
    GroundworkMember,
)
from app.groundwork.queries import records
from app.groundwork.queries.records import Taking
from app.institutions.models import Institution
from app.teams.models import Team


@dataclass
class Asked:
    """One question as a page shows it: answers are rows of (person_id, text, language, name, institution), lines rows of
    (number, text, language, author, written_at), the newest first, marks (person id, name) of those who see a difference.
    """

    code: str
    own: Any = None
    answers: list[Any] = field(default_factory=list)
    marks: list[Any] = field(default_factory=list)
    lines: list[Any] = field(default_factory=list)

    @property
    def line(self) -> Any:
        """The newest version of the line, None before the first."""
        return self.lines[0] if self.lines else None


@dataclass
class View:
    """All of a groundwork that a member may read."""

    team: Team
    groundwork: Groundwork | None
    members: list[Taking]
    own: Taking | None
    questions: dict[str, Asked] = field(default_factory=dict)

    @property
    def answered(self) -> list[str]:
        """The questions that the reader has answered."""
        return [code for code, asked in self.questions.items() if asked.own is not None]

    @property
    def owing(self) -> list[Taking]:
        """Who has not handed in, though asked."""
        return records.late_answers(self.groundwork, self.members) if self.groundwork else []

    @property
    def not_accepted(self) -> list[Taking]:
        """Whose acceptance of the lines as they stand is missing."""
        if self.groundwork is None or self.groundwork.round == 0:
            return []
        return [one for one in self.members if one.accepted_round != self.groundwork.round]

    @property
    def unwritten(self) -> list[str]:
        """The questions without a line."""
        return [code for code, asked in self.questions.items() if asked.line is None]


@kept
def _answers(groundwork_id: Any, reader_id: Any) -> Any:
    # The rule itself: one's own, or what was handed in once the answers are open.
    return (
        select(
            GroundworkAnswer.question,
            GroundworkAnswer.person_id,
            GroundworkAnswer.text,
            GroundworkAnswer.language,
            GroundworkMember.handed_in_at,
            Person.display_name.label("name"),
            func.coalesce(Institution.name, "").label("institution"),
        )
        .join(Groundwork, Groundwork.id == GroundworkAnswer.groundwork_id)
        .join(Person, Person.id == GroundworkAnswer.person_id)
        .outerjoin(
            GroundworkMember,
            and_(
                GroundworkMember.groundwork_id == GroundworkAnswer.groundwork_id,
                GroundworkMember.person_id == GroundworkAnswer.person_id,
            ),
        )
        .outerjoin(Institution, Institution.id == GroundworkMember.institution_id)
        .where(
            GroundworkAnswer.groundwork_id == groundwork_id,
            or_(
                GroundworkAnswer.person_id == reader_id,
                and_(Groundwork.opened_at.is_not(None), GroundworkMember.handed_in_at.is_not(None)),
            ),
        )
        .order_by(GroundworkMember.id, GroundworkAnswer.id)
    )


@kept
def _marks(groundwork_id: Any) -> Any:
    return (
        select(GroundworkMark.question, GroundworkMark.person_id, Person.display_name.label("name"))
        .join(Person, Person.id == GroundworkMark.person_id)
        .where(GroundworkMark.groundwork_id == groundwork_id)
        .order_by(GroundworkMark.id)
    )


@kept
def _lines(groundwork_id: Any) -> Any:
    return (
        select(
            GroundworkLine.question,
            GroundworkLine.number,
            GroundworkLine.text,
            GroundworkLine.language,
            GroundworkLine.written_at,
            Person.display_name.label("author"),
        )
        .outerjoin(Person, Person.id == GroundworkLine.written_by_id)
        .where(GroundworkLine.groundwork_id == groundwork_id)
        .order_by(GroundworkLine.number.desc())
    )


def view(actor: Actor, team: Team) -> View:
    """All that the actor, who is a member, may read; six statements whatever the number of rows."""
    groundwork = records.of_team(team.id)
    members = records.taking_part(team.id)
    own = next((one for one in members if one.person_id == actor.id), None)
    found = View(team, groundwork, members, own, {code: Asked(code) for code in QUESTIONS})
    if groundwork is None:
        return found
    for row in db.session.execute(*_answers(groundwork_id=groundwork.id, reader_id=actor.id)):
        asked = found.questions[row.question]
        if row.person_id == actor.id:
            asked.own = row
        if groundwork.opened_at is not None and row.handed_in_at is not None:
            asked.answers.append(row)
    if groundwork.opened_at is not None:
        for row in db.session.execute(*_marks(groundwork_id=groundwork.id)):
            found.questions[row.question].marks.append(row)
        for row in db.session.execute(*_lines(groundwork_id=groundwork.id)):
            found.questions[row.question].lines.append(row)
    return found
