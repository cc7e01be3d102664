"""Cases of moderation: the queue, one case with what was reported, and what its people may read of it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.accounts.models import Person
from app.consortia.queries import lead_ids
from app.core import reporting, things
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound, Words
from app.core.paging import Page, Sort, page_by_key
from app.core.things import About
from app.discussion import policies
from app.discussion.models import CaseParty, CommentVersion, ContentReport, ModerationCase
from app.discussion.queries.comments import versions

NEWEST = Sort("newest", ModerationCase.id, ModerationCase.id)
OLDEST = Sort("oldest", ModerationCase.id, ModerationCase.id, descending=False)


@dataclass(frozen=True)
class Reported:
    """What somebody wants to report: its kind and id, what it belongs to, what it is, its kind in words, and for a thing
    whose it is.
    """

    content: str
    content_id: int
    about: About
    found: reporting.Content
    label: Words
    parties: frozenset[int] = frozenset()


def to_report(actor: Actor, content: str, content_id: int) -> Reported:
    """Something that the actor sees and may report: a thing or what hangs on it. Raises NotFound, for what is hidden too."""
    if content in reporting.REPORTABLE:
        kind = reporting.REPORTABLE[content]
        about, found = kind.find(actor, content_id)
        if found.is_hidden or found.is_gone:
            raise NotFound
        return Reported(content, content_id, about, found, kind.label)
    of, record = things.find(actor, content, content_id)
    about = of.about(record)
    owner = of.owner(record) if of.owner is not None else None
    keepers = of.keepers(record) if of.keepers is not None else set()
    if owner is None and len(keepers) == 1:
        (owner,) = keepers
    found = reporting.Content(owner, about.title, about.language, about.path)
    return Reported(content, content_id, about, found, of.label, frozenset(keepers - {owner}))


def content_label(content: str) -> Words:
    """The kind of a content in words; itself for one that is not registered any more."""
    if content in reporting.REPORTABLE:
        return reporting.REPORTABLE[content].label
    return things.KINDS[content].label if content in things.KINDS else content


def open_case(content: str, content_id: int) -> ModerationCase | None:
    """The case that waits for a decision about this content."""
    return db.session.scalars(
        select(ModerationCase).where(
            ModerationCase.content == content,
            ModerationCase.content_id == content_id,
            ModerationCase.decided_at.is_(None),
        )
    ).first()


def reports(case: ModerationCase) -> list[Any]:
    """The reports of a case and of the one against which it appeals: (reporter_id, reason, text, reported_at, name)."""
    return list(
        db.session.execute(
            select(
                ContentReport.reporter_id,
                ContentReport.reason,
                ContentReport.text,
                ContentReport.reported_at,
                Person.display_name,
            )
            .join(Person, Person.id == ContentReport.reporter_id)
            .where(ContentReport.case_id.in_([case.id, case.appeal_of_id or case.id]))
            .order_by(ContentReport.id)
        )
    )


def party_ids(case: ModerationCase) -> frozenset[int]:
    """Whose thing a case is about, beside its author."""
    return frozenset(db.session.scalars(select(CaseParty.person_id).where(CaseParty.case_id == case.id)))


def has_reported(case_id: int, person_id: int | None) -> bool:
    """Whether the person has reported in this case."""
    found = select(ContentReport.id).where(
        ContentReport.case_id == case_id, ContentReport.reporter_id == person_id
    )
    return db.session.scalar(found) is not None


def stands_hidden(content: str, content_id: int) -> bool:
    """Whether the last decision about this content itself was to hide it."""
    last = db.session.scalar(
        select(ModerationCase.decision_code)
        .where(
            ModerationCase.content == content,
            ModerationCase.content_id == content_id,
            ModerationCase.decision_code.in_(("hide", "restore")),
        )
        .order_by(ModerationCase.id.desc())
        .limit(1)
    )
    return last == "hide"


@dataclass(frozen=True)
class Case:
    """A case for its page: what it is about now, its reports, the decision against which it appeals."""

    case: ModerationCase
    content: reporting.Content | None
    reports: list[Any]
    first: ModerationCase | None
    versions: list[CommentVersion]
    decided_by: str
    author: Person | None
    parties: frozenset[int]

    @property
    def reporters(self) -> frozenset[int]:
        """Who reported it."""
        return frozenset(row.reporter_id for row in self.reports)

    @property
    def concerned(self) -> frozenset[int]:
        """Who decides nothing here, beside its author."""
        return self.reporters | self.parties

    @property
    def decisions(self) -> list[str]:
        """What can be decided now."""
        if self.content is None or self.content.is_gone:
            return ["nothing"]
        if self.case.content not in reporting.REPORTABLE:
            return ["nothing", "acted"]
        return ["restore", "nothing"] if self.content.is_hidden else ["hide", "nothing"]


def look_at(case: ModerationCase) -> reporting.Content | None:
    """What a case is about, as it is now; None for a thing or what is no more."""
    kind = reporting.REPORTABLE.get(case.content)
    return kind.look(case.content_id) if kind is not None else None


def _whole(case: ModerationCase) -> Case:
    content = look_at(case)
    if content is None and case.content in things.KINDS:
        path = f"/discussion/{case.kind}/{case.thing_id}"
        content = reporting.Content(case.author_id, case.label, "", path)
    return Case(
        case,
        content,
        reports(case),
        db.session.get(ModerationCase, case.appeal_of_id) if case.appeal_of_id else None,
        versions(case.content_id) if case.content == "comment" else [],
        person_name(case.decided_by_id),
        db.session.get(Person, case.author_id) if case.author_id is not None else None,
        party_ids(case),
    )


def get_case(actor: Actor, case_id: int) -> Case:
    """A case for those who moderate it. Raises NotFound for everybody else, those concerned too."""
    case = db.session.get(ModerationCase, case_id)
    if case is None:
        raise NotFound
    whole = _whole(case)
    if not policies.see_case(actor, case, whole.concerned):
        raise NotFound
    return whole


def get_statement(actor: Actor, case_id: int) -> Case:
    """A decided case for those concerned: its author and who reported it. Raises NotFound."""
    case = db.session.get(ModerationCase, case_id)
    if case is None:
        raise NotFound
    whole = _whole(case)
    if not policies.read_statement(actor, case, whole.reporters):
        raise NotFound
    return whole


def appealed(case_id: int) -> ModerationCase | None:
    """The appeal against a decision, if there was one."""
    return db.session.scalars(select(ModerationCase).where(ModerationCase.appeal_of_id == case_id)).first()


def case_page(actor: Actor, decided: bool, cursor: str | None) -> Page:
    """A page of the cases that the actor moderates: those that wait, the oldest first, or the decided, the newest first.

    Rows have id, content, label, asked_at, due_at, late_at, decided_at, decision_code, appeal_of_id, reports.
    """
    number = (
        select(func.count())
        .where(ContentReport.case_id == ModerationCase.id)
        .correlate(ModerationCase)
        .scalar_subquery()
    )
    state: ColumnElement[bool] = (
        ModerationCase.decided_at.is_not(None) if decided else ModerationCase.decided_at.is_(None)
    )
    query = select(
        ModerationCase.id,
        ModerationCase.content,
        ModerationCase.label,
        ModerationCase.asked_at,
        ModerationCase.due_at,
        ModerationCase.late_at,
        ModerationCase.decided_at,
        ModerationCase.decision_code,
        ModerationCase.appeal_of_id,
        number.label("reports"),
    ).where(state, policies.visible_cases(actor))
    return page_by_key(query, NEWEST if decided else OLDEST, cursor)


def person_name(person_id: int | None) -> str:
    """The display name of a person, empty for nobody."""
    return db.session.scalar(select(Person.display_name).where(Person.id == person_id)) or ""


def administrators() -> set[int]:
    """Persons who administer the portal."""
    return set(db.session.scalars(select(Person.id).where(Person.is_admin, Person.closed_at.is_(None))))


def moderators(case: ModerationCase, with_administrators: bool = False) -> set[int]:
    """Who can decide a case: the consortium's leads who are no part of it; administrators where there is none, or as well."""
    first = db.session.get(ModerationCase, case.appeal_of_id) if case.appeal_of_id else None
    apart = {case.author_id, first.decided_by_id if first else None, *party_ids(case)}
    apart |= {row.reporter_id for row in reports(case)}
    leads = set(lead_ids(case.consortium_id)) - apart if case.consortium_id is not None else set()
    if leads and not with_administrators:
        return leads
    return leads | (administrators() - apart)
