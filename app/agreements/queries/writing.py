"""Reads for who drafts an agreement, and what is missing before it can be sent."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from app.accounts.models import Person
from app.agreements.models import Agreement, AgreementCommitment, AgreementParty, only_sides
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import LazyText, _l
from app.institutions.models import Affiliation, Institution
from app.projects.models import RUNNING_STATES, Project, ProjectPartner
from app.projects.policies import visible as projects_visible

BLANK = re.compile(r"\[\[([^\[\]\n]{1,200})\]\]")


def blanks_of(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is still to be filled in: (language, label), in order, each label once a language."""
    found = [(language, label) for language, text in texts.items() for label in BLANK.findall(text)]
    return list(dict.fromkeys(found))


def missing(
    agreement: Agreement, parties: Sequence[AgreementParty], lines: Sequence[AgreementCommitment]
) -> dict[str, dict[str, LazyText]]:
    """The parts that are not complete yet: part → field → what to do. The two-way rule is not among these: it is
    shown from the first line on and holds at signing, where a party may say that it gives on purpose.
    """
    found: dict[str, dict[str, LazyText]] = {}
    if not agreement.title:
        found["about"] = {"title": _l("Enter a title")}
    if len(parties) < 2:
        found["parties"] = {"parties": _l("Name a second party: an agreement is between institutions")}
    elif any(row.signatory_id is None for row in parties if row.institution_id == agreement.institution_id):
        found["parties"] = {"parties": _l("Say who signs for your institution")}
    if not agreement.texts.get(agreement.prevailing):
        found["text"] = {"text": _l("Write the text in the language that prevails")}
    elif blanks_of(agreement.texts):
        found["text"] = {"text": _l("Fill in the blanks that are left in the text")}
    if not lines:
        found["commitments"] = {"commitments": _l("Say what somebody gives and what comes back")}
    if "dates" not in agreement.parts_done:
        found["dates"] = {"starts_on": _l("Look at the dates and save them")}
    return found


def gate(parties: Sequence[AgreementParty], lines: Sequence[AgreementCommitment]) -> dict[int, str]:
    """The parties that break the two-way rule: {institution id: "gives", "gains" or "neither"}."""
    gifts = {row.institution_id: row.is_gift for row in parties}
    return only_sides(gifts, [(line.giver_id, line.receiver_id) for line in lines])


def own_institutions(actor: Actor) -> list[tuple[int, str]]:
    """The person's confirmed institutions."""
    rows = db.session.execute(
        select(Institution.id, Institution.name)
        .where(Institution.id.in_(sorted(actor.ids("member"))))
        .order_by(Institution.sort_name, Institution.id)
    )
    return [(row.id, row.name) for row in rows]


def projects_open(actor: Actor) -> list[Any]:
    """The running projects for which the person may draft an agreement: those they lead, and those of which their
    institution is a partner: id, code, title, language, consortium_id.
    """
    of_partner = select(ProjectPartner.project_id).where(
        ProjectPartner.institution_id.in_(sorted(actor.ids("representative"))),
        ProjectPartner.state == "accepted",
    )
    return list(
        db.session.execute(
            select(Project.id, Project.code, Project.title, Project.language, Project.consortium_id)
            .where(
                or_(Project.lead_id == actor.id, Project.id.in_(of_partner)),
                Project.state.in_(RUNNING_STATES),
                projects_visible(actor),
            )
            .order_by(Project.id.desc())
            .limit(100)
        )
    )


def partners_of_project(project_id: int) -> list[int]:
    """The institutions that take part in a project, the host first."""
    return list(
        db.session.scalars(
            select(ProjectPartner.institution_id)
            .where(ProjectPartner.project_id == project_id, ProjectPartner.state == "accepted")
            .order_by(ProjectPartner.role != "lead", ProjectPartner.id)
        )
    )


def signatories(institution_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """Who may sign for each institution: {institution id: [(person id, name)]}."""
    found: dict[int, list[tuple[int, str]]] = {key: [] for key in institution_ids}
    rows = db.session.execute(
        select(Affiliation.institution_id, Person.id, Person.display_name)
        .join(Person, Person.id == Affiliation.person_id)
        .where(
            Affiliation.institution_id.in_(list(institution_ids)),
            Affiliation.is_signatory,
            Affiliation.state == "active",
            Person.closed_at.is_(None),
        )
        .order_by(Person.display_name, Person.id)
    )
    for row in rows:
        found[row.institution_id].append((row.id, row.display_name))
    return found
