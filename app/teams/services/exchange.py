"""Exchange lines: each institution's members write their own institution's."""

from app.core import vocab
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken, Words
from app.core.i18n import _l
from app.teams import notices, policies
from app.teams.models import ExchangeLine, Membership, Team
from app.teams.queries import missing, records
from app.teams.services import steps

MOST_LINES = 20  # for each institution and direction


def _own(actor: Actor, team: Team, institution_id: int) -> Membership:
    own = records.live_membership(team.id, actor.id)
    authorize(policies.write_lines, actor, own, institution_id)
    assert own is not None
    return own


def _check(
    team: Team,
    *,
    institution_id: int,
    direction: str,
    kind: str,
    for_institution_id: int | None,
    from_line_id: int | None,
    from_outcome: str,
) -> None:
    """Kinds are listed ones; a gain points to one source, and never to one's own lines. Raises Invalid."""
    wrong: dict[str, Words] = {}
    if not vocab.is_kind(kind):
        wrong["kind"] = _l("Choose one of the list")
    if direction == "brings":
        there = {member.institution_id for member in records.members(team.id)}
        if for_institution_id is not None and (
            for_institution_id not in there or for_institution_id == institution_id
        ):
            wrong["for_institution_id"] = _l("Choose another institution of the team")
    elif from_line_id is None and not from_outcome:
        wrong["from_line_id"] = _l(
            "Say where it comes from: a line of another institution, or an expected outcome"
        )
    elif from_line_id is not None and from_outcome:
        wrong["from_outcome"] = _l("Choose either a line or an outcome, not both")
    elif from_line_id is not None:
        source = next((line for line in records.lines(team.id) if line.id == from_line_id), None)
        if source is None or source.direction != "brings" or source.institution_id == institution_id:
            wrong["from_line_id"] = _l("Choose what another institution of the team brings")
    if wrong:
        raise Invalid(wrong)


def add_line(
    actor: Actor,
    team: Team,
    *,
    institution_id: int,
    direction: str,
    kind: str,
    text: str,
    for_institution_id: int | None = None,
    from_line_id: int | None = None,
    from_outcome: str = "",
) -> ExchangeLine:
    """Say what one's institution brings or hopes to gain. Raises Invalid, RuleBroken(`too_many_lines`)."""
    with transaction():
        lock(team)
        _own(actor, team, institution_id)
        steps.editable(team)
        _check(
            team,
            institution_id=institution_id,
            direction=direction,
            kind=kind,
            for_institution_id=for_institution_id,
            from_line_id=from_line_id,
            from_outcome=from_outcome,
        )
        same = [
            line
            for line in records.lines(team.id)
            if line.institution_id == institution_id and line.direction == direction
        ]
        if len(same) >= MOST_LINES:
            raise RuleBroken("too_many_lines", _l("At most %(num)s lines on each side.", num=MOST_LINES))
        line = ExchangeLine(
            team_id=team.id,
            institution_id=institution_id,
            direction=direction,
            kind=kind,
            text=text,
            for_institution_id=for_institution_id,
            from_line_id=from_line_id,
            from_outcome=from_outcome,
            written_by_id=actor.id,
            position=max((other.position for other in same), default=0) + 1,
        )
        db.session.add(line)
        team.touch()
        steps.record(
            actor,
            "add_line",
            team,
            line,
            label=text,
            institution_id=institution_id,
            after={"direction": direction, "kind": kind, "text": text},
        )
    return line


def edit_line(
    actor: Actor,
    team: Team,
    line: ExchangeLine,
    *,
    kind: str,
    text: str,
    for_institution_id: int | None = None,
    from_line_id: int | None = None,
    from_outcome: str = "",
) -> None:
    """Change a line of one's own institution. Raises Invalid."""
    with transaction():
        lock(team)
        _own(actor, team, line.institution_id)
        steps.editable(team)
        _check(
            team,
            institution_id=line.institution_id,
            direction=line.direction,
            kind=kind,
            for_institution_id=for_institution_id,
            from_line_id=from_line_id,
            from_outcome=from_outcome,
        )
        before = {"kind": line.kind, "text": line.text}
        line.kind, line.text, line.written_by_id = kind, text, actor.id
        line.for_institution_id, line.from_line_id, line.from_outcome = (
            for_institution_id,
            from_line_id,
            from_outcome,
        )
        team.touch()
        steps.record(
            actor,
            "edit_line",
            team,
            line,
            label=text,
            institution_id=line.institution_id,
            before=before,
            after={"kind": kind, "text": text},
        )


def remove_line(actor: Actor, team: Team, line: ExchangeLine, *, knowing: bool = False) -> None:
    """Take a line of one's own institution back.

    Others' gains may point to it: then it is refused (`gains_point_here`) unless the person was told (`knowing`);
    those gains stay, and are missing a source from then on.
    """
    with transaction():
        lock(team)
        _own(actor, team, line.institution_id)
        steps.editable(team)
        pointing = records.pointing_at(line.id)
        if pointing and not knowing:
            raise RuleBroken(
                "gains_point_here",
                _l("Others hope to gain from this line, so look at what it would take from them first."),
            )
        for gain in pointing:
            gain.from_line_id = None
        steps.record(
            actor,
            "remove_line",
            team,
            line,
            label=line.text,
            institution_id=line.institution_id,
            before={"direction": line.direction, "kind": line.kind, "text": line.text},
            after={"gains_without_source": [gain.id for gain in pointing]},
        )
        db.session.flush()
        db.session.delete(line)
        team.touch()


def remind_lines(actor: Actor, team: Team, *, institution_id: int) -> int:
    """Lead or deputy ask an institution's members for the lines that are missing; returns how many people were told.

    Raises RuleBroken(`nothing_missing`).
    """
    with transaction():
        lock(team)
        authorize(policies.remind_lines, actor, team)
        wanted = [thing for thing in missing.what_is_missing(team) if thing.institution_id == institution_id]
        if not wanted:
            raise RuleBroken("nothing_missing", _l("Nothing is missing there any more."))
        people = [member for member in records.members(team.id) if member.institution_id == institution_id]
        steps.record(actor, "remind_lines", team, institution_id=institution_id)
        notices.say(
            [member.person_id for member in people],
            "reminder_lines",
            team,
            reason=notices.MEMBER,
            actor=actor,
            path="/lines",
            institution=people[0].institution.name if people and people[0].institution else "",
            brings=any(thing.code == "brings_missing" for thing in wanted),
            gains=any(thing.code == "gains_missing" for thing in wanted),
        )
    return len([member for member in people if member.person_id != actor.id])
