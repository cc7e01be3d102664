"""Reporting what should not stand, deciding about it, and replying to a decision."""

from app.accounts.services import throttle
from app.audit import services as audit
from app.core import clock, reporting
from app.core.access import Actor, authorize
from app.core.db import db, lock_id, transaction
from app.core.errors import Conflict, Invalid, RuleBroken, Words
from app.core.i18n import LazyText, _l
from app.core.text import clean_text
from app.discussion import notices, policies, queries
from app.discussion.models import (
    COMMENT_STATES,
    DECISIONS,
    LONGEST_WORDS,
    REPORT_REASONS,
    CaseParty,
    Comment,
    ContentReport,
    ModerationCase,
)
from app.discussion.queries.comments import find_content, find_file, look_at_content, look_at_file
from app.discussion.queries.moderation import (
    Case,
    Reported,
    appealed,
    has_reported,
    moderators,
    open_case,
    person_name,
    stands_hidden,
)
from app.files import services as files
from app.files.models import Attachment
from app.files.queries import of_comment

DECIDE_WITHIN = 3  # working days


def report(actor: Actor, *, content: str, content_id: int, reason: str, text: str = "") -> ModerationCase:
    """Report a comment, file, translation or thing. Reports of one content come together in one case.

    Raises NotFound, NotAllowed, RuleBroken(`already_reported`), Invalid, TooMany.
    """
    text = clean_text(text)[:LONGEST_WORDS]
    if reason not in REPORT_REASONS:
        raise Invalid({"reason": _l("Choose a reason")})
    if reason == "other" and not text:
        raise Invalid({"text": _l("Say what is wrong with it")})
    if actor.id is not None:
        throttle.count(("report", str(actor.id)))
    try:
        return _report(actor, content, content_id, reason, text)
    except Conflict:  # somebody else reported it at the same time: theirs opened the case, this one joins it
        return _report(actor, content, content_id, reason, text)


def _report(actor: Actor, content: str, content_id: int, reason: str, text: str) -> ModerationCase:
    with transaction():
        found = queries.to_report(actor, content, content_id)
        authorize(policies.report, actor, found.found.author_id)
        case = open_case(content, content_id)
        if case is not None and has_reported(case.id, actor.id):
            raise RuleBroken("already_reported", _l("You have reported this; it waits for a decision."))
        is_new = case is None
        if case is None:
            case = _open(actor.id, found)
        db.session.add(ContentReport(case_id=case.id, reporter_id=actor.id, reason=reason, text=text))
        # Without the consortium: its leads read its audit, and may be the ones who are reported.
        audit.record(actor, "discussion.report", case, after={"reason": reason})
        db.session.flush()
        if is_new:
            notices.reported(case, moderators(case))
    return case


def _open(asked_by: int | None, found: Reported) -> ModerationCase:
    case = ModerationCase(
        content=found.content,
        content_id=found.content_id,
        kind=found.about.kind,
        thing_id=found.about.id,
        label=f"{found.about.number} {found.about.title}"[:300],
        consortium_id=found.about.consortium_id,
        author_id=found.found.author_id,
    )
    case.ask(asked_by, clock.add_working_days(clock.now(), DECIDE_WITHIN))
    db.session.add(case)
    db.session.flush()
    db.session.add_all(CaseParty(case_id=case.id, person_id=person) for person in sorted(found.parties))
    db.session.flush()
    return case


def _decided_meanwhile(case: ModerationCase) -> Conflict:
    """The page that the second of two moderators gets: what the first one did."""
    what: LazyText = DECISIONS[case.decision_code or "nothing"]
    return Conflict(
        "already_decided",
        _l(
            "%(who)s was faster and decided: %(what)s. What they wrote: %(note)s",
            who=person_name(case.decided_by_id),
            what=what,
            note=case.decision_note or "–",
        ),
        next_steps=[(str(_l("See the decision")), f"/discussion/moderation/{case.id}")],
    )


def decide(
    actor: Actor, case_id: int, *, decision: str, reason: str = "", note: str, version: int | None
) -> ModerationCase:
    """Decide a case: leave it, hide it, show it again, or say that it was dealt with elsewhere. Author and reporters are told.

    Raises NotFound, NotAllowed, Conflict (with what the first moderator did), Invalid.
    """
    note = clean_text(note)[:LONGEST_WORDS]
    with transaction():
        lock_id(ModerationCase, case_id)
        whole = queries.get_case(actor, case_id)
        case = whole.case
        authorize(
            policies.decide, actor, case, whole.concerned, whole.first.decided_by_id if whole.first else None
        )
        if case.decided_at is not None:
            raise _decided_meanwhile(case)
        case.expect_version(version)
        _check(whole, decision, reason, note)
        case.decide(actor.id, decision, note)
        case.reason = reason if decision == "hide" else ""
        if decision in {"hide", "restore"}:
            kind = reporting.REPORTABLE[case.content]
            if decision == "hide":
                kind.hide(case.content_id, reason)
            else:
                kind.restore(case.content_id)
        audit.record(
            actor,
            "discussion.decide",
            case,
            label=case.label,
            after={"decision": decision, "reason": case.reason},
            note=note,
            consortium_id=case.consortium_id,
        )
        notices.decided(case, whole.reporters)
    return case


def _check(whole: Case, decision: str, reason: str, note: str) -> None:
    if decision not in whole.decisions:
        raise Invalid({"decision": _l("Choose what should be done")})
    problems: dict[str, Words] = {}
    if decision == "hide" and reason not in REPORT_REASONS:
        problems["reason"] = _l("Choose a reason")
    if not note:
        problems["note"] = _l("Say why, in words that its author and the reporters can follow")
    if problems:
        raise Invalid(problems)


def appeal(actor: Actor, case_id: int, *, text: str) -> ModerationCase:
    """Reply once to a decision: somebody else looks at it again. Raises NotFound, NotAllowed, RuleBroken, Invalid."""
    text = clean_text(text)[:LONGEST_WORDS]
    if not text:
        raise Invalid({"text": _l("Say why this should be looked at again")})
    with transaction():
        lock_id(ModerationCase, case_id)
        first = queries.get_statement(actor, case_id)
        authorize(policies.appeal, actor, first.case, first.reporters)
        if appealed(case_id) is not None:
            raise RuleBroken("already_appealed", _l("Somebody has replied to this decision already."))
        if open_case(first.case.content, first.case.content_id) is not None:
            raise RuleBroken("case_open", _l("It is being looked at again already."))
        if first.content is None or first.content.is_gone:
            raise RuleBroken(policies.NOT_SHOWN.code, policies.NOT_SHOWN.text)
        again = ModerationCase(
            content=first.case.content,
            content_id=first.case.content_id,
            kind=first.case.kind,
            thing_id=first.case.thing_id,
            label=first.case.label,
            consortium_id=first.case.consortium_id,
            author_id=first.case.author_id,
            appeal_of_id=first.case.id,
            appeal_text=text,
        )
        again.ask(actor.id, clock.add_working_days(clock.now(), DECIDE_WITHIN))
        db.session.add(again)
        db.session.flush()
        db.session.add_all(CaseParty(case_id=again.id, person_id=person) for person in sorted(first.parties))
        db.session.flush()
        audit.record(actor, "discussion.appeal", again)
        notices.reported(again, moderators(again), "appealed")
    return again


# ---- Comments and files as what is reported ----------------------------------------------------------------


def _hide(comment_id: int, reason: str) -> None:
    comment = lock_id(Comment, comment_id)
    COMMENT_STATES.move(comment, "hide")
    comment.hidden_reason = reason
    if comment.naming == "asked":
        comment.naming, comment.naming_due_at = "", None
    files.hide_with_comment(comment_id, hidden=True)


def _restore(comment_id: int) -> None:
    comment = lock_id(Comment, comment_id)
    COMMENT_STATES.move(comment, "restore")
    comment.hidden_reason = ""
    files.hide_with_comment(comment_id, hidden=False)
    for attachment in of_comment(comment_id):
        if stands_hidden("file", attachment.id):
            attachment.hidden_at = clock.now()


def _hide_file(attachment_id: int, _reason: str) -> None:
    lock_id(Attachment, attachment_id).hidden_at = clock.now()


def _restore_file(attachment_id: int) -> None:
    lock_id(Attachment, attachment_id).hidden_at = None


COMMENTS = reporting.reportable(
    reporting.Reportable("comment", _l("Comment"), find_content, look_at_content, _hide, _restore)
)
FILES = reporting.reportable(
    reporting.Reportable("file", _l("File"), find_file, look_at_file, _hide_file, _restore_file)
)
