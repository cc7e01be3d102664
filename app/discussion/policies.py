"""Who may see and do what with comments, and who moderates.

What a comment's audience is asks the thing: `core.things.Kind.audiences`. Predicates get what that gave.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, true
from sqlalchemy.orm import aliased

from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import _l
from app.core.things import AUDIENCES, Kind
from app.discussion.models import CaseParty, Comment, ContentReport, ModerationCase

NOT_YOURS = No("not_yours", _l("Only the person who wrote this may do this."))
NOT_SHOWN = No("not_shown", _l("This comment is not shown any more."))
NOT_SEEN = No("not_found", _l("There is nothing here that you can see."))
MODERATORS_ONLY = No(
    "moderators_only",
    _l("Reports are decided by leads of the consortium and by administrators of the portal."),
)


def narrowness(audience: str) -> int:
    """How few an audience is: larger is narrower."""
    return AUDIENCES.index(audience)


# ---- Comments ----------------------------------------------------------------------------------------------


@permission("discussion.view")
def view(_actor: Actor, comment: Comment, audiences: Collection[str]) -> Answer:
    """Those who belong to its audience. `audiences`: those of the thing to which the actor belongs."""
    return comment.audience in audiences or NOT_SEEN


def visible(audiences: Any) -> ColumnElement[bool]:
    """The list form of `view`, for the comments of one thing. `audiences` may be a parameter."""
    return Comment.audience.in_(audiences)


@permission("discussion.write")
def write(actor: Actor, kind: Kind, record: Any) -> Answer:
    """Whoever the thing lets discuss it now."""
    return kind.discuss(actor, record) if actor.is_signed_in else SIGN_IN_FIRST


@permission("discussion.write_for")
def write_for(_actor: Actor, audience: str, audiences: Collection[str]) -> Answer:
    """Nobody writes for an audience to which they do not belong."""
    return audience in audiences or No("other_audience", _l("You do not belong to those for whom this is."))


def _own_shown(actor: Actor, comment: Any) -> Answer:
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if comment.author_id != actor.id:
        return NOT_YOURS
    return comment.state == "shown" or NOT_SHOWN


@permission("discussion.edit")
def edit(actor: Actor, comment: Any) -> Answer:
    """The author, while it is shown."""
    return _own_shown(actor, comment)


@permission("discussion.withdraw")
def withdraw(actor: Actor, comment: Any) -> Answer:
    """The author, also when a moderator hid it."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if comment.author_id != actor.id:
        return NOT_YOURS
    return comment.state != "withdrawn" or NOT_SHOWN


# ---- Naming a contributor ----------------------------------------------------------------------------------


@permission("discussion.name_contributor")
def name_contributor(actor: Actor, kind: Kind, record: Any, comment: Any) -> Answer:
    """The people of the thing, about comments of others that stand for everybody."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if comment.author_id == actor.id:
        return No("own_comment", _l("Others name you as contributor; nobody names themselves."))
    if comment.state != "shown":
        return NOT_SHOWN
    if comment.audience != AUDIENCES[0]:
        return No("not_for_all", _l("A contributor can be named for comments that everybody sees."))
    may = kind.names_contributors and kind.attach(actor, record)
    return True if may else No("people_only", _l("Only the people of this page may name contributors."))


@permission("discussion.answer_naming")
def answer_naming(actor: Actor, comment: Any) -> Answer:
    """The author alone."""
    return _own_shown(actor, comment)


# ---- Reports -----------------------------------------------------------------------------------------------


@permission("discussion.report")
def report(actor: Actor, author_id: int | None) -> Answer:
    """Whoever is signed in, about what others wrote."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return author_id != actor.id or No(
        "own_content", _l("This is your own: you can change it or take it back yourself.")
    )


@permission("discussion.moderate_any")
def moderate_any(actor: Actor, _thing: Any = None) -> Answer:
    """Leads of a consortium, and administrators."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.is_admin or actor.holds_any("lead") or MODERATORS_ONLY


@permission("discussion.see_case")
def see_case(actor: Actor, case: ModerationCase, concerned: Collection[int]) -> Answer:
    """Leads for things of their consortium, administrators for all; never who wrote it, and never who is `concerned`:
    those who reported it, or whose thing it is.
    """
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if actor.id == case.author_id or actor.id in concerned:
        return No("own_report", _l("You are part of this, so somebody else decides."))
    return actor.is_admin or actor.holds("lead", case.consortium_id) or MODERATORS_ONLY


def visible_cases(actor: Actor) -> ColumnElement[bool]:
    """The list form of `see_case`."""
    if not actor.is_signed_in or not (actor.is_admin or actor.holds_any("lead")):
        return false()
    reported = exists().where(
        ContentReport.reporter_id == actor.id,
        or_(
            ContentReport.case_id == ModerationCase.id,
            ContentReport.case_id == ModerationCase.appeal_of_id,
        ),
    )
    party = exists().where(CaseParty.case_id == ModerationCase.id, CaseParty.person_id == actor.id)
    return and_(
        true() if actor.is_admin else ModerationCase.consortium_id.in_(actor.ids("lead")),
        or_(ModerationCase.author_id.is_(None), ModerationCase.author_id != actor.id),
        ~reported,
        ~party,
    )


@permission("discussion.decide")
def decide(
    actor: Actor, case: ModerationCase, concerned: Collection[int], decided_before: int | None
) -> Answer:
    """Who sees the case; about an appeal somebody else than who decided first (`decided_before`)."""
    may = see_case(actor, case, concerned)
    if not may:
        return may
    return decided_before != actor.id or No(
        "decided_before", _l("You decided this first, so somebody else answers the appeal.")
    )


def cases_to_decide(actor: Actor) -> ColumnElement[bool]:
    """The list form of `decide`."""
    before = aliased(ModerationCase)
    first = exists().where(before.id == ModerationCase.appeal_of_id, before.decided_by_id == actor.id)
    return and_(visible_cases(actor), ~first)


@permission("discussion.read_statement")
def read_statement(actor: Actor, case: ModerationCase, reporters: Collection[int]) -> Answer:
    """The author of what was decided about, and those who reported it, once it is decided."""
    concerned = actor.is_signed_in and (actor.id == case.author_id or actor.id in reporters)
    return (concerned and case.decided_at is not None) or NOT_SEEN


@permission("discussion.appeal")
def appeal(actor: Actor, case: ModerationCase, reporters: Collection[int]) -> Answer:
    """Once: the author of what was hidden, or a reporter when nothing was done."""
    may = read_statement(actor, case, reporters)
    if not may:
        return may
    if case.appeal_of_id is not None:
        return No("appeal_decided", _l("This was the answer to an appeal; it is final."))
    is_author = actor.id == case.author_id
    if case.decision_code == ("hide" if is_author else "nothing"):
        return True
    return No("nothing_to_appeal", _l("The decision went your way, so there is nothing to reply to."))
