"""Naming the author of a comment as contributor: asked by the people of the thing, only with the author's consent."""

from datetime import timedelta

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import lock_id, transaction
from app.core.errors import RuleBroken
from app.core.i18n import _l
from app.discussion import notices, policies, queries
from app.discussion.models import Comment
from app.discussion.services.writing import clear_naming, note_in_audit

ANSWER_WITHIN = timedelta(days=14)


def ask_naming(actor: Actor, comment_id: int) -> Comment:
    """Ask the author to be named. Raises NotFound, NotAllowed, RuleBroken(`naming_asked`, `naming_declined`)."""
    with transaction():
        lock_id(Comment, comment_id)
        found = queries.get(actor, comment_id)
        comment = found.comment
        authorize(policies.name_contributor, actor, found.kind, found.record, comment)
        if comment.naming == "declined":
            raise RuleBroken("naming_declined", _l("The author does not wish to be named for this comment."))
        if comment.naming:
            raise RuleBroken("naming_asked", _l("The author has been asked already."))
        comment.naming = "asked"
        comment.naming_asked_by_id, comment.naming_asked_at = actor.id, clock.now()
        comment.naming_due_at = clock.now() + ANSWER_WITHIN
        note_in_audit(actor, "ask_naming", found.about, comment)
        notices.naming_asked(found.kind.voice(actor, found.record), found.about, comment)
    return comment


def take_naming_back(actor: Actor, comment_id: int) -> Comment:
    """The people of the thing no longer wish it, or no longer name the author. Raises NotFound, NotAllowed, RuleBroken."""
    with transaction():
        lock_id(Comment, comment_id)
        found = queries.get(actor, comment_id)
        comment = found.comment
        authorize(policies.name_contributor, actor, found.kind, found.record, comment)
        if comment.naming not in {"asked", "named"}:
            raise RuleBroken("not_named", _l("Nobody is named for this comment."))
        clear_naming(comment)
        note_in_audit(actor, "take_naming_back", found.about, comment)
    return comment


def answer_naming(actor: Actor, comment_id: int, *, agrees: bool) -> Comment:
    """The author agrees, declines, or takes an earlier yes back. Raises NotFound, NotAllowed, RuleBroken(`not_asked`)."""
    with transaction():
        lock_id(Comment, comment_id)
        found = queries.get(actor, comment_id)
        comment = found.comment
        authorize(policies.answer_naming, actor, comment)
        if comment.naming not in ({"asked"} if agrees else {"asked", "named"}):
            raise RuleBroken("not_asked", _l("Nobody asks to name you for this comment now."))
        clear_naming(comment, "named" if agrees else "declined")
        note_in_audit(actor, "answer_naming", found.about, comment, after={"naming": comment.naming})
        voice = found.kind.voice(actor, found.record)
        notices.naming_answered(actor, notices.naming_facts(voice, found.about), comment, comment.naming)
    return comment
