"""Answering alone, handing in, opening the answers."""

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.groundwork import notices, policies
from app.groundwork.models import QUESTIONS, Groundwork, GroundworkAnswer
from app.groundwork.queries import records
from app.groundwork.services import steps
from app.teams.models import Team


def begin(actor: Actor, team: Team) -> Groundwork:
    """Lead or deputy ask the members. Raises RuleBroken(`already_begun`, `too_few_members`, `team_over`)."""
    with transaction():
        lock(team)
        authorize(policies.run, actor, team)
        return begin_now(actor, team)


def begin_now(actor: Actor | None, team: Team) -> Groundwork:
    """Inner step: the team's row is held; who begins it has been asked."""
    steps.going_on(team)
    if records.of_team(team.id) is not None:
        raise RuleBroken("already_begun", _l("The fourteen questions have been asked already."))
    members = records.taking_part(team.id)
    if len(members) < records.LEAST_MEMBERS:
        raise RuleBroken("too_few_members", _l("This needs two members or more."))
    groundwork = Groundwork(team_id=team.id, state="answering", begun_by_id=actor.id if actor else None)
    steps.enter(groundwork)
    db.session.add(groundwork)
    db.session.flush()
    steps.record(actor, "begin", team, groundwork, after={"state": groundwork.state})
    notices.say((one.person_id for one in members), "begun", team, actor=actor, due=groundwork.due_at)
    return groundwork


def _answering(groundwork: Groundwork) -> None:
    if groundwork.state != "answering":
        raise RuleBroken(
            "answers_open", _l("The answers have been opened, so they stay as they were handed in.")
        )


def save_answer(actor: Actor, team: Team, *, question: str, text: str, language: str) -> None:
    """Keep one's own answer to a question until it is handed in, or change it afterwards while the answers are closed.

    Raises Invalid(text), RuleBroken(`answers_open`, `team_over`), NotFound for no such question.
    """
    steps.known(question)
    with transaction():
        authorize(policies.take_part, actor, team)
        groundwork = steps.held(team)
        _answering(groundwork)
        if not text.strip():
            raise Invalid({"text": _l("Write your answer. If it does not matter to you, say so.")})
        answer = records.own_answer(groundwork.id, actor.id, question)
        if answer is None:
            answer = GroundworkAnswer(groundwork_id=groundwork.id, person_id=actor.id, question=question)
            db.session.add(answer)
        answer.text, answer.language, answer.saved_at = text, language, clock.now()


def hand_in(actor: Actor, team: Team) -> bool:
    """Hand all fourteen in; whether that opened the answers, as nobody's was missing any more.

    Raises RuleBroken(`answers_missing`, `answers_open`, `team_over`).
    """
    with transaction():
        authorize(policies.take_part, actor, team)
        groundwork = steps.held(team)
        _answering(groundwork)
        missing = len(QUESTIONS) - len(records.answered(groundwork.id, actor.id))
        if missing:
            raise RuleBroken("answers_missing", _l("Answer all fourteen questions first."))
        own = next(one for one in records.taking_part(team.id) if one.person_id == actor.id)
        steps.participant(groundwork, own).handed_in_at = clock.now()
        groundwork.touch()
        steps.record(actor, "hand_in", team, groundwork)
        return steps.open_if_all_answered(actor, team, groundwork)


def open_answers(actor: Actor, team: Team) -> None:
    """Lead or deputy open the answers after the due date, although some are missing. Raises RuleBroken(`not_due`, ...)."""
    with transaction():
        authorize(policies.run, actor, team)
        groundwork = steps.held(team)
        _answering(groundwork)
        if groundwork.due_at is not None and clock.now() < groundwork.due_at:
            raise RuleBroken(
                "not_due", _l("The others may still answer: the answers can be opened after the due date.")
            )
        steps.open_now(actor, team, groundwork, by=actor.id)
