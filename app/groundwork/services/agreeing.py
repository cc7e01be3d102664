"""Marking differences, writing the agreed lines, confirming and accepting them."""

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, RuleBroken
from app.core.i18n import _l
from app.groundwork import notices, policies
from app.groundwork.models import GROUNDWORK_STATES, Groundwork, GroundworkLine, GroundworkMark
from app.groundwork.queries import records
from app.groundwork.services import steps
from app.teams.models import Team


def _open(groundwork: Groundwork) -> None:
    if groundwork.state != "opened":
        raise RuleBroken(
            "lines_closed",
            _l(
                "This is “%(state)s” now, so that cannot be done any more.",
                state=GROUNDWORK_STATES[groundwork.state].label,
            ),
        )


def mark(actor: Actor, team: Team, *, question: str, differs: bool) -> None:
    """A member says that the answers to a question differ, or takes their own mark back. Raises RuleBroken, NotFound."""
    steps.known(question)
    with transaction():
        authorize(policies.take_part, actor, team)
        groundwork = steps.held(team)
        _open(groundwork)
        own = db.session.query(GroundworkMark).filter_by(
            groundwork_id=groundwork.id, question=question, person_id=actor.id
        )
        if differs and own.first() is None:
            db.session.add(GroundworkMark(groundwork_id=groundwork.id, question=question, person_id=actor.id))
        elif not differs:
            own.delete()


def write_line(
    actor: Actor, team: Team, *, question: str, text: str, language: str, seen: int | None = None
) -> None:
    """Write the line of a question, or its next version. `seen` is the number of the version that was read.

    Raises Invalid(text), Conflict when somebody wrote meanwhile, RuleBroken, NotFound.
    """
    steps.known(question)
    with transaction():
        authorize(policies.take_part, actor, team)
        groundwork = steps.held(team)
        _open(groundwork)
        if not text.strip():
            raise Invalid({"text": _l("Write what the team agrees on")})
        last = records.last_number(groundwork.id, question)
        if seen is not None and seen != last:
            raise Conflict(record=groundwork)
        db.session.add(
            GroundworkLine(
                groundwork_id=groundwork.id,
                question=question,
                number=last + 1,
                text=text,
                language=language,
                written_by_id=actor.id,
            )
        )
        groundwork.touch()
        steps.record(actor, "write_line", team, groundwork, after={"question": question, "number": last + 1})


def confirm(actor: Actor, team: Team, *, version: int | None = None) -> None:
    """Lead or deputy put the fourteen lines to the members; whoever confirms accepts them with it.

    Raises RuleBroken(`lines_missing` and others), Conflict when a line was written meanwhile.
    """
    with transaction():
        authorize(policies.run, actor, team)
        groundwork = steps.held(team)
        _open(groundwork)
        groundwork.expect_version(version)
        if records.without_line(groundwork.id):
            raise RuleBroken("lines_missing", _l("Each of the fourteen questions needs its line first."))
        groundwork.confirmed_at, groundwork.confirmed_by_id = clock.now(), actor.id
        groundwork.round += 1
        GROUNDWORK_STATES.move(groundwork, "confirm")
        steps.enter(groundwork)
        steps.record(
            actor, "confirm", team, groundwork, after={"state": groundwork.state, "round": groundwork.round}
        )
        members = records.taking_part(team.id)
        _accept_as(actor, groundwork, members)
        notices.say((one.person_id for one in members), "confirmed", team, actor=actor, due=groundwork.due_at)
        steps.agree_if_all_accepted(actor, team, groundwork)


def _accept_as(actor: Actor, groundwork: Groundwork, members: list[records.Taking]) -> None:
    own = next(one for one in members if one.person_id == actor.id)
    row = steps.participant(groundwork, own)
    row.accepted_round, row.accepted_at = groundwork.round, clock.now()


def accept(actor: Actor, team: Team, *, seen_round: int | None = None) -> bool:
    """A member accepts the lines as they stand; whether that settled it. Who joined later accepts what is settled.

    Raises Conflict when the lines were confirmed anew meanwhile, RuleBroken.
    """
    with transaction():
        authorize(policies.take_part, actor, team)
        groundwork = steps.held(team)
        if groundwork.state not in {"confirmed", "agreed"}:
            raise RuleBroken("not_confirmed", _l("The lines are still being written."))
        if seen_round is not None and seen_round != groundwork.round:
            raise Conflict(record=groundwork)
        members = records.taking_part(team.id)
        if any(one.person_id == actor.id and one.accepted_round == groundwork.round for one in members):
            raise RuleBroken("already_accepted", _l("You have accepted these lines already."))
        _accept_as(actor, groundwork, members)
        groundwork.touch()
        steps.record(actor, "accept", team, groundwork, after={"round": groundwork.round})
        return steps.agree_if_all_accepted(actor, team, groundwork)


def reopen(actor: Actor, team: Team, *, note: str) -> None:
    """Write the lines again: any member while they wait for acceptance, lead or deputy once they are settled. With a reason,
    which the team reads; all accept anew. Raises Invalid(note), RuleBroken.
    """
    with transaction():
        authorize(policies.take_part, actor, team)
        groundwork = steps.held(team)
        if groundwork.state == "agreed":
            authorize(policies.run, actor, team)
        if not note.strip():
            raise Invalid({"note": _l("Say what has to be written differently, for the others in the team")})
        before = GROUNDWORK_STATES.move(groundwork, "reopen")
        groundwork.agreed_at = None
        groundwork.reopen_note, groundwork.reopened_by_id = note, actor.id
        steps.enter(groundwork)
        # The reason may quote an answer, so it stays with the team.
        steps.record(
            actor, "reopen", team, groundwork, before={"state": before}, after={"state": groundwork.state}
        )
        members = records.taking_part(team.id)
        notices.say((one.person_id for one in members), "reopened", team, actor=actor, note=note)
