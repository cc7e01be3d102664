"""What people are told of comments, namings and reports. No text of a comment stands in them: it may be hidden tomorrow.

A further comment on a thing tells nobody who has not read of the last one: they have one line and one mail to open.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from app.core.access import Actor
from app.core.db import db
from app.core.i18n import LazyText
from app.core.things import About
from app.discussion.models import DECISIONS, REPORT_REASONS, Comment, ModerationCase
from app.notifications.models import Notice
from app.notifications.services import tell

NEW_COMMENT = "discussion.comment"


def _facts(about: About, actor: Actor | None, **more: Any) -> dict[str, Any]:
    return {"number": about.number, "title": about.title, "who": actor.name if actor else "", **more}


def _path(comment: Comment) -> str:
    return f"/discussion/comments/{comment.id}"


def mentioned(actor: Actor, about: About, comment: Comment, people: Iterable[int]) -> None:
    """Those named with an @: at once."""
    tell(
        people,
        "discussion.mention",
        path=_path(comment),
        reason="mentioned",
        about=comment,
        facts=_facts(about, actor),
        actor=actor,
    )


def answered(actor: Actor, about: About, comment: Comment, people: Iterable[int]) -> None:
    """Who wrote the comment that was answered, and who answered it before."""
    tell(
        people,
        "discussion.reply",
        path=_path(comment),
        reason="in_discussion",
        about=comment,
        facts=_facts(about, actor),
        actor=actor,
    )


def commented(actor: Actor, about: About, record: Any, comment: Comment, people: Iterable[int]) -> None:
    """The people of the thing: a line and a mail, unless one about this discussion is still unread."""
    unread = select(Notice.person_id).where(
        Notice.kind == NEW_COMMENT,
        Notice.about_kind == record.__tablename__,
        Notice.about_id == record.id,
        Notice.read_at.is_(None),
    )
    tell(
        set(people) - set(db.session.scalars(unread)),
        NEW_COMMENT,
        path=_path(comment),
        reason="thing_people",
        about=record,
        facts=_facts(about, actor),
        actor=actor,
    )


# ---- Naming ------------------------------------------------------------------------------------------------


def naming_asked(actor: Actor, about: About, comment: Comment) -> None:
    """The author: others wish to name them."""
    tell(
        (comment.author_id,),
        "discussion.naming_asked",
        path=f"{_path(comment)}/naming",
        reason="comment_author",
        about=comment,
        facts=_facts(about, actor, due=comment.naming_due_at),
        actor=actor,
    )


def naming_answered(actor: Actor | None, about_facts: dict[str, Any], comment: Comment, answer: str) -> None:
    """Who asked: agreed ("named"), declined, or no answer came ("lapsed"). Inbox only."""
    tell(
        (comment.naming_asked_by_id,),
        "discussion.naming_answered",
        path=_path(comment),
        reason="asked_naming",
        about=comment,
        facts={**about_facts, "answer": answer},
        actor=actor,
        mail=False,
    )


def naming_facts(actor: Actor, about: About) -> dict[str, Any]:
    """What a notice about a naming says of its thing."""
    return _facts(about, actor)


# ---- Moderation --------------------------------------------------------------------------------------------


def _reason(code: str | None) -> LazyText | str:
    return REPORT_REASONS.get(code or "", "")


def _number(case: ModerationCase) -> str:
    """The number with which its label begins, for a short subject."""
    return case.label.partition(" ")[0]


def reported(case: ModerationCase, people: Iterable[int], what: str = "reported") -> None:
    """Those who decide: something was reported, appealed ("appealed"), or waits for them still ("case_due", "case_late").

    Who reported it is not said: the page shows it to those who decide.
    """
    tell(
        people,
        f"discussion.{what}",
        path=f"/discussion/moderation/{case.id}",
        reason="moderator",
        about=case,
        facts={"number": _number(case), "label": case.label, "due": case.due_at},
    )


def decided(case: ModerationCase, reporters: Iterable[int]) -> None:
    """The author of what was decided about, and those who reported it: the decision with its reasons.

    Who did not hear of the report hears nothing when nothing came of it.
    """
    facts = {
        "number": _number(case),
        "label": case.label,
        "decision": DECISIONS[case.decision_code or "nothing"],
        "code": case.decision_code,
        "why": _reason(case.reason),
        "note": case.decision_note or "",
        "is_appeal": case.appeal_of_id is not None,
    }
    path = f"/discussion/statements/{case.id}"
    if case.decision_code != "nothing" or case.appeal_of_id is not None:
        tell(
            (case.author_id,),
            "discussion.statement_author",
            path=path,
            reason="content_author",
            about=case,
            facts=facts,
        )
    tell(
        set(reporters) - {case.author_id},
        "discussion.statement_reporter",
        path=path,
        reason="reporter",
        about=case,
        facts=facts,
    )
