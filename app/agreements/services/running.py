"""What is in force: commitments become ledger lines, an amendment takes their place, notice and the last day end it.

What fell due by the last day stays due; its receiver may waive it. What was to come later is waived by the portal: that is
what ending means. Amendments in force end together with what they amend when notice is given; each has its own last day.
"""

from datetime import date, timedelta
from typing import Any

from app.agreements.models import Agreement, AgreementCommitment, AgreementParty
from app.agreements.notices import running as notices
from app.agreements.policies import signing as may
from app.agreements.queries import detail, running
from app.agreements.services import steps
from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, lock_id, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import LazyText, _, _l, fmt_date, use_locale
from app.ledger import services as ledger
from app.projects.models import Project
from app.projects.services.course import begin_if_ready

AHEAD = timedelta(days=60)  # how long before its day a repeating commitment becomes a line


# ---- into force ------------------------------------------------------------------------------------------------


def come_into_force(actor: Actor, agreement: Agreement) -> None:
    """Inner step: every party has signed this version. Its commitments become ledger lines and its project may begin."""
    agreement.in_force_at = clock.now()
    agreement.drop_ball()
    steps.move(actor, agreement, "come_into_force")
    agreement.touch()
    db.session.flush()
    if agreement.amends_id is not None:
        _replace(actor, agreement)
    pledge_due(agreement, by=actor.id)
    notices.in_force(actor, agreement)
    if agreement.project_id is not None:
        begin_if_ready(actor, lock_id(Project, agreement.project_id))


def _replace(actor: Actor, amendment: Agreement) -> None:
    """From its first day on the commitments of an amendment stand in place of those that it amends."""
    first = amendment.starts_on or clock.today()
    for agreement_id in _chain(amendment):
        source_ids = [line.id for line in detail.commitments_of(agreement_id)]
        ledger.waive_rest(
            source_kind="commitment",
            source_ids=source_ids,
            after=first - timedelta(days=1),
            by=actor.id,
            note=_in(amendment, _l("Its place is taken by agreement %(code)s.", code=amendment.label)),
        )


def _in(agreement: Agreement, sentence: LazyText) -> str:
    """A sentence of the portal in the language of the agreement, for what is kept with its lines."""
    with use_locale(agreement.language):
        return str(sentence)


def _chain(amendment: Agreement) -> list[int]:
    """What an amendment amends: the agreement, and the amendments in force before it."""
    if amendment.amends_id is None:
        return []
    earlier = [row.id for row in running.amendments(amendment.amends_id, ("in_force",))]
    return [amendment.amends_id, *(key for key in earlier if key != amendment.id)]


def pledge_due(agreement: Agreement, *, by: int | None) -> int:
    """Inner step: make ledger lines of all that is promised once, and of what repeats up to 60 days ahead. Returns how many."""
    there = running.pledged_parts(agreement.id)
    end, replaced = running.last_day(agreement), _replaced_from(agreement)
    until = clock.today() + AHEAD
    made = 0
    for line in detail.commitments_of(agreement.id):
        for part, day in line.days():
            if part and day is not None and (day > until or (end is not None and day > end)):
                break
            if (line.id, part) in there or (replaced is not None and (day is None or day >= replaced)):
                continue
            _pledge(agreement, line, part, day, by)
            made += 1
    return made


def _replaced_from(agreement: Agreement) -> date | None:
    """The day from which something newer stands in place of these commitments."""
    if agreement.amends_id is None:
        return running.replaced_from(agreement)
    later = [row for row in running.amendments(agreement.amends_id, ("in_force",)) if row.in_force_at > (agreement.in_force_at or clock.now())]  # fmt: skip
    return min((row.starts_on or row.in_force_at.date() for row in later), default=None)


def _pledge(
    agreement: Agreement, line: AgreementCommitment, part: int, day: date | None, by: int | None
) -> None:
    ledger.pledge(
        giver_id=line.giver_id,
        receiver_id=line.receiver_id,
        kind=line.kind,
        text=line.text,
        language=agreement.language,
        quantity=line.quantity,
        unit=line.unit,
        due_on=day,
        condition=line.condition,
        source_kind="commitment",
        source_id=line.id,
        source_part=part,
        project_id=agreement.project_id,
        consortium_id=agreement.consortium_id,
        visibility="public" if line.is_public else "parties",
        by=by,
    )


# ---- notice ----------------------------------------------------------------------------------------------------


def last_day_of_notice(agreement: Agreement) -> date:
    """The last day of an agreement of which notice is given today."""
    return clock.today() + timedelta(days=agreement.notice_days)


def give_notice(
    actor: Actor, agreement: Agreement, *, institution_id: int, reason: str, version: int | None = None
) -> None:
    """End it for a party, with the time of notice that was agreed. Raises NotAllowed, RuleBroken, Conflict, Invalid(reason)."""
    with transaction():
        agreement = lock(agreement)
        party = detail.party(agreement.id, institution_id)
        authorize(may.give_notice, actor, party)
        agreement.expect_version(version)
        _in_force(agreement)
        if agreement.amends_id is not None:
            raise RuleBroken("notice_of_root", _l("Notice is given to the agreement that this one amends."))
        if agreement.notice_at is not None:
            raise RuleBroken("notice_given", _l("Notice has been given already."))
        if not reason:
            raise Invalid({"reason": _l("Say why, for the other parties")})
        agreement.notice_at, agreement.notice_by_id = clock.now(), actor.id
        agreement.notice_institution_id, agreement.notice_reason = institution_id, reason
        agreement.notice_ends_on = last_day_of_notice(agreement)
        agreement.touch()
        steps.note_in_audit(
            actor,
            agreement,
            "agreements.give_notice",
            after={"what": party.institution.own_name, "last_day": agreement.notice_ends_on},
            note=reason,
        )
        notices.notice_given(actor, agreement)


def take_back_notice(actor: Actor, agreement: Agreement, *, version: int | None = None) -> None:
    """Let it run on, for the party that gave notice, before the last day. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        agreement = lock(agreement)
        authorize(may.take_back_notice, actor, agreement)
        agreement.expect_version(version)
        _in_force(agreement)
        if agreement.notice_at is None:
            raise RuleBroken("no_notice", _l("No notice has been given."))
        before = agreement.notice_ends_on
        party = detail.party(agreement.id, agreement.notice_institution_id or 0)
        agreement.notice_at = agreement.notice_by_id = agreement.notice_institution_id = None
        agreement.notice_ends_on, agreement.notice_reason, agreement.warned_at = None, "", None
        agreement.touch()
        steps.note_in_audit(
            actor,
            agreement,
            "agreements.take_back_notice",
            before={"last_day": before},
            after={"what": party.institution.own_name},
        )
        notices.notice_taken_back(actor, agreement)


def _in_force(agreement: Agreement) -> None:
    if agreement.state != "in_force":
        raise RuleBroken("not_in_force", _l("Only what is in force can be ended or amended."))


def amends_what_runs(agreement: Agreement) -> None:
    """Inner step: refuse an amendment of what has ended meanwhile; what runs is held, so that it does not end now."""
    if agreement.amends_id is not None:
        _in_force(lock_id(Agreement, agreement.amends_id))


def end(agreement: Agreement, *, code: str) -> None:
    """Inner step of the worker: its last day has passed (`date`), or that of its notice (`notice`)."""
    last = running.last_day(agreement) or clock.today()
    ended = [agreement]
    if code == "notice":
        rows = running.amendments(agreement.id, ("in_force",))
        ended += [lock_id(Agreement, row.id) for row in rows]
    for one in ended:
        one.close(None, code)
        steps.move(None, one, "end" if code == "date" else "terminate", code=code, last_day=last)
        one.touch()
        db.session.flush()
        ledger.waive_rest(
            source_kind="commitment",
            source_ids=[line.id for line in detail.commitments_of(one.id)],
            after=last,
            undated=False,
            by=None,
            note=_in(one, _l("Agreement %(code)s ended before that day.", code=one.label)),
        )
    notices.ended(agreement, running.open_lines(agreement.id))


# ---- amendments ------------------------------------------------------------------------------------------------


def amend(actor: Actor, agreement: Agreement, *, institution_id: int, starts_on: date) -> Agreement:
    """Begin the draft of an amendment: the same parties, the commitments that are left from its first day on.

    Raises NotAllowed, RuleBroken, Invalid(starts_on).
    """
    with transaction():
        agreement = lock(agreement)
        authorize(may.amend, actor, agreement)
        _in_force(agreement)
        if agreement.amends_id is not None:
            raise RuleBroken("amend_root", _l("An amendment is amended through the agreement itself."))
        if not actor.holds("representative", institution_id) or institution_id not in running.party_ids(agreement.id):  # fmt: skip
            raise Invalid({"institution": _l("Choose a party that you represent")})
        if starts_on < clock.today():
            raise Invalid({"starts_on": _l("An amendment begins today or later")})
        last = running.last_day(agreement)
        if last is not None and starts_on > last:
            raise Invalid({"starts_on": _l("The agreement has ended by then")})
        draft = _copy(actor, agreement, institution_id, starts_on)
        steps.note_in_audit(
            actor, draft, "agreements.create", after={"state": "draft", "amends": agreement.label}
        )
        steps.note_in_audit(actor, agreement, "agreements.amend", after={"what": draft.label})
    return draft


def _copy(actor: Actor, agreement: Agreement, institution_id: int, starts_on: date) -> Agreement:
    draft = Agreement(
        kind=agreement.kind,
        title=agreement.title,
        language=agreement.language,
        prevailing=agreement.prevailing,
        institution_id=institution_id,
        drafted_by_id=actor.id,
        project_id=agreement.project_id,
        consortium_id=agreement.consortium_id,
        amends_id=agreement.id,
        starts_on=starts_on,
        ends_on=agreement.ends_on,
        notice_days=agreement.notice_days,
        parts_done=["about", "parties", "dates"],
        texts={language: _words(agreement, language, starts_on) for language in agreement.texts},
    )
    db.session.add(draft)
    db.session.flush()
    for party in detail.parties_of(agreement.id):
        db.session.add(
            AgreementParty(
                agreement_id=draft.id,
                institution_id=party.institution_id,
                signatory_id=party.signatory_id,
                position=party.position,
            )
        )
    db.session.flush()
    newest = [agreement.id, *(row.id for row in running.amendments(agreement.id, ("in_force",)))][-1]
    done = running.no_longer_owed(newest)
    for line in detail.commitments_of(newest):
        if line.id not in done:
            _carry_on(draft, line, starts_on)
    return draft


def _words(agreement: Agreement, language: str, starts_on: date) -> str:
    """The text with which an amendment begins, in one of its languages."""
    with use_locale(language):
        return "\n\n".join(
            (
                "## " + _("What changes"),
                _("This amends agreement %(code)s: [[say what changes and why]]", code=agreement.label),
                _(
                    "From %(day)s on the commitments in the table of this amendment stand in place of those of that "
                    "agreement. What fell due before that day stays due. All else stays as it was agreed.",
                    day=fmt_date(starts_on),
                ),
            )
        )


def _carry_on(draft: Agreement, line: AgreementCommitment, starts_on: date) -> None:
    """Copy a commitment as far as it reaches into the time of the amendment."""
    days = [day for _part, day in line.days() if day is None or day >= starts_on]
    if line.repeats_from is None:
        for day in days:
            _copy_line(draft, line, due_on=day)
        return
    # What repeats counts from its first day, so days that a short month moved to its end stand by themselves.
    while days and days[0] is not None and days[0].day != line.repeats_from.day:
        _copy_line(draft, line, due_on=days.pop(0))
    if days:
        _copy_line(draft, line, repeats=line.repeats, repeats_from=days[0], repeats_until=line.repeats_until)


def _copy_line(draft: Agreement, line: AgreementCommitment, **days: Any) -> None:
    db.session.add(
        AgreementCommitment(
            agreement_id=draft.id,
            giver_id=line.giver_id,
            receiver_id=line.receiver_id,
            kind=line.kind,
            text=line.text,
            quantity=line.quantity,
            unit=line.unit,
            condition=line.condition,
            is_public=line.is_public,
            position=line.position,
            **days,
        )
    )
