"""Writing, changing and taking back comments."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.services import throttle
from app.audit import services as audit
from app.core import clock, things, vocab
from app.core.access import Actor, authorize
from app.core.db import db, lock_id, require_scope, transaction
from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _l
from app.core.text import clean_text
from app.core.things import DECIDERS, About
from app.discussion import notices, policies, queries
from app.discussion.models import COMMENT_STATES, LONGEST_COMMENT, Comment, CommentVersion
from app.discussion.queries.comments import Found, sees, voices
from app.discussion.queries.mentions import mentioned
from app.files import services as files
from app.files.queries import of_comment
from app.files.services import Upload


def note_in_audit(
    actor: Actor,
    action: str,
    about: About,
    comment: Comment,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """A line in the audit, without the text. Leads who are no deciders do not learn there of what is for deciders alone."""
    audit.record(
        actor,
        f"discussion.{action}",
        comment,
        label=about.number,
        consortium_id=None if comment.audience == DECIDERS else about.consortium_id,
        before=before,
        after=after,
    )


def _check(text: str, language: str) -> None:
    problems: dict[str, Any] = {}
    if not text:
        problems["text"] = _l("Write something first")
    elif len(text) > LONGEST_COMMENT:
        problems["text"] = _l("Shorten this to %(most)s characters", most=LONGEST_COMMENT)
    if not vocab.is_language(language):
        problems["language"] = _l("Choose a language")
    if problems:
        raise Invalid(problems)


def write(
    actor: Actor,
    *,
    kind: str,
    thing_id: int,
    text: str,
    language: str,
    audience: str = things.EVERYBODY,
    parent_id: int | None = None,
    uploads: Sequence[Upload] = (),
) -> Comment:
    """Say something on a thing, or in answer to a first comment there (`parent_id`), with files (stream, name).

    The audience is not wider than that of the comment that is answered. Raises NotFound, NotAllowed, RuleBroken, Invalid,
    and TooMany after many comments in an hour.
    """
    text = clean_text(text)
    _check(text, language)
    if actor.id is not None:
        throttle.count(("comment", str(actor.id)))
        things.find(actor, kind, thing_id)  # nobody's files are read for what is not seen
    with files.receiving(uploads, field="files") as received, transaction():
        comment = say(actor, kind, thing_id, text, language, audience=audience, parent_id=parent_id)
        _attach(actor, comment, received)
    return comment


def say(
    actor: Actor,
    kind: str,
    thing_id: int,
    text: str,
    language: str,
    *,
    audience: str = things.EVERYBODY,
    parent_id: int | None = None,
) -> Comment:
    """Inner step of writing, inside an open transaction: the comment, its audit line, and who is told. Raises as `write`."""
    require_scope()
    found, record = things.find(actor, kind, thing_id)
    authorize(policies.write, actor, found, record)
    audiences = found.audiences(actor, record)
    parent = _parent(kind, thing_id, parent_id, audiences) if parent_id is not None else None
    if parent is not None and policies.narrowness(audience) < policies.narrowness(parent.audience):
        audience = parent.audience
    authorize(policies.write_for, actor, audience, audiences)
    about = found.about(record)
    told = found.told(record, audience)
    people = mentioned(actor, kind, thing_id, audience=audience, text=text, known=told)
    comment = Comment(
        kind=kind,
        thing_id=thing_id,
        parent_id=parent_id,
        author_id=actor.id,
        audience=audience,
        language=language,
        text=text,
        mentions=[person.id for person in people],
    )
    db.session.add(comment)
    db.session.flush()
    note_in_audit(actor, "write", about, comment, after={"audience": audience})
    _tell(found.voice(actor, record), about, record, comment=comment, told=told, people=people)
    return comment


def _attach(actor: Actor, comment: Comment, received: Sequence[files.Incoming]) -> None:
    try:
        files.attach_to_comment(
            actor, comment.kind, comment.thing_id, comment.id, received, audience=comment.audience
        )
    except RuleBroken as full:
        raise Invalid({"files": full.text}) from full


def _parent(kind: str, thing_id: int, parent_id: int, audiences: frozenset[str]) -> Comment:
    """The comment that is answered, its row held. Raises NotFound, RuleBroken(`not_shown`, `answer_of_answer`)."""
    parent = lock_id(Comment, parent_id)
    if (parent.kind, parent.thing_id) != (kind, thing_id) or parent.audience not in audiences:
        raise NotFound
    if parent.parent_id is not None:
        raise RuleBroken("answer_of_answer", _l("Answer the comment with which this began."))
    if parent.state != "shown":
        raise RuleBroken(policies.NOT_SHOWN.code, policies.NOT_SHOWN.text)
    return parent


def _tell(
    actor: Actor, about: About, record: Any, *, comment: Comment, told: set[int], people: list[Person]
) -> None:
    """Each person once, by what concerns them most: named, answered, or of the thing."""
    named = {person.id for person in people}
    notices.mentioned(actor, about, comment, named)
    spoke: set[int] = set()
    if comment.parent_id is not None:
        spoke = {
            person.id
            for person in voices(comment.parent_id)
            if person.id not in named
            and person.id != actor.id
            and sees(person, comment.kind, comment.thing_id, comment.audience)
        }
        notices.answered(actor, about, comment, spoke)
    notices.commented(actor, about, record, comment, told - named - spoke)


def _keep_version(comment: Comment) -> None:
    """Put the text as it stands now into the history."""
    comment.edits += 1
    db.session.add(
        CommentVersion(
            comment_id=comment.id,
            number=comment.edits,
            audience=comment.audience,
            language=comment.language,
            text=comment.text,
        )
    )


def _locked(actor: Actor, comment_id: int) -> Found:
    """The comment, seen and its row held, with those above it held first. Raises NotFound."""
    lock_id(Comment, comment_id)
    return queries.get(actor, comment_id)


def edit(
    actor: Actor, comment_id: int, *, text: str, language: str, audience: str, version: int | None
) -> Comment:
    """Change one's comment. The earlier text stays in its history; the audience may only become narrower.

    Answers to it become as narrow, as nobody shall read the answer who cannot read what it answers. Raises NotFound,
    NotAllowed, RuleBroken(`wider_audience`), Conflict, Invalid.
    """
    text = clean_text(text)
    _check(text, language)
    with transaction():
        found = _locked(actor, comment_id)
        comment, about = found.comment, found.about
        authorize(policies.edit, actor, comment)
        comment.expect_version(version)
        if audience != comment.audience:
            authorize(policies.write_for, actor, audience, found.audiences)
        if policies.narrowness(audience) < policies.narrowness(comment.audience):
            raise RuleBroken(
                "wider_audience",
                _l("A comment can be kept for fewer people later, never be shown to more: write a new one."),
            )
        if (text, language, audience) == (comment.text, comment.language, comment.audience):
            return comment
        _keep_version(comment)
        before = {"audience": comment.audience}
        told = found.kind.told(found.record, audience)
        people = mentioned(actor, comment.kind, comment.thing_id, audience=audience, text=text, known=told)
        new = {person.id for person in people} - set(comment.mentions)
        comment.text, comment.language, comment.audience = text, language, audience
        comment.mentions = [person.id for person in people]
        comment.edited_at = clock.now()
        if audience != things.EVERYBODY and comment.naming:
            clear_naming(comment)
        _narrow_files(comment)
        _narrow_answers(comment)
        note_in_audit(actor, "edit", about, comment, before=before, after={"audience": audience})
        notices.mentioned(found.kind.voice(actor, found.record), about, comment, new)
    return comment


def clear_naming(comment: Comment, to: str = "") -> None:
    """Inner step: end the question whether its author is named."""
    comment.naming, comment.naming_due_at = to, None


def _narrow_files(comment: Comment) -> None:
    for attachment in of_comment(comment.id):
        attachment.audience = comment.audience


def _narrow_answers(comment: Comment) -> None:
    if comment.parent_id is not None:
        return
    limit = policies.narrowness(comment.audience)
    answers = db.session.scalars(select(Comment).where(Comment.parent_id == comment.id).with_for_update())
    for answer in answers:
        if policies.narrowness(answer.audience) < limit:
            answer.audience = comment.audience
            _narrow_files(answer)
            if answer.naming:
                clear_naming(answer)


def withdraw(actor: Actor, comment_id: int, *, version: int | None) -> Comment:
    """Take one's comment back: its place and the answers stay, its text is in the history for moderators alone.

    Raises NotFound, NotAllowed, Conflict.
    """
    with transaction():
        found = _locked(actor, comment_id)
        comment = found.comment
        authorize(policies.withdraw, actor, comment)
        comment.expect_version(version)
        _keep_version(comment)
        before = COMMENT_STATES.move(comment, "withdraw")
        comment.text, comment.hidden_reason, comment.mentions = "", "", []
        clear_naming(comment)
        files.remove_with_comment(actor, comment.id)
        note_in_audit(
            actor, "withdraw", found.about, comment, before={"state": before}, after={"state": comment.state}
        )
    return comment
