"""Who is in the demonstration: administrators, people with their institutions, consortia."""

from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.services import index_person
from app.audit import services as audit
from app.consortia import services as consortia
from app.consortia.models import Admission, Consortium
from app.core import clock
from app.core.access import Actor
from app.core.db import db
from app.demo.services.story import Row, Story, rows
from app.institutions import services as institutions
from app.institutions.models import Affiliation, Institution, InstitutionClaim

ADMINISTRATORS = ("salma-haddad", "johan-lindqvist")
CLAIM_DAYS = {"nadim-khoury": 6, "aroha-parata": 4, "luis-quispe": 2}
LETTER = "Letter of the rector’s office that names me for joint research (invented for the demonstration)."


def tell(story: Story) -> None:
    """Put everybody's arrival into the story."""
    _find_institutions(story)
    people = {row["key"]: row for row in rows("people")}
    roles = {key: {role["role"] for role in row["roles"]} for key, row in people.items()}
    for key in ADMINISTRATORS:
        story.at(185, arrive, people[key], admin=True)
    verified = [row for row in rows("institutions") if row["state"] == "verified"]
    for number, row in enumerate(verified):
        first = next(key for key, person in people.items() if _represents(person, row["ror"]))
        day = 183 - number * 0.9
        story.at(day, arrive, people[first])
        story.at(day - 0.5, claim, people[first])
        decider = ADMINISTRATORS[number % 2]
        story.at(day - 2, verify, row["ror"], decider)
        story.at(day - 3, _settle, row, first)
    others = [key for key in people if not roles[key] & {"administrator", "representative", "claimant"}]
    for number, key in enumerate(others):
        waits = people[key]["affiliation"] == "requested"
        day = 3 if waits else 160 - number * 0.5
        story.at(day, arrive, people[key])
        story.at(day - 0.4, _join, people[key])
        if not waits:
            story.at(day - 2, _confirm, people[key])
    for key, day in CLAIM_DAYS.items():
        story.at(day + 1, arrive, people[key])
        story.at(day, claim, people[key])
    _tell_consortia(story)


def _find_institutions(story: Story) -> None:
    wanted = [row["ror"] for row in (*rows("institutions"), *rows("hosts"))]
    wanted += {line["funder"] for row in rows("projects") for line in row["funding"]}
    found = select(Institution.ror, Institution.id).where(Institution.ror.in_(wanted))
    story.institutions = {str(ror): key for ror, key in db.session.execute(found)}
    missing = set(wanted) - set(story.institutions)
    if missing:
        raise LookupError(f"not in the registry of institutions: {', '.join(sorted(missing))}")


def _represents(person: Row, ror: str) -> bool:
    return any(role["role"] == "representative" and role["institution"] == ror for role in person["roles"])


def representative(ror: str) -> str:
    """The key of the person who represents an institution."""
    host = next((row for row in rows("hosts") if row["ror"] == ror), None)
    if host is not None:
        return str(host["person"]["key"])
    return next(str(row["key"]) for row in rows("people") if _represents(row, ror))


def arrive(story: Story, row: Row, admin: bool = False) -> None:
    """An account as sign-up, confirmation and profile leave it; the password comes later."""
    until = story.later(row["available_until"])
    person = Person(
        email=row["email"],
        email_confirmed_at=clock.now(),
        display_name=row["display_name"],
        sort_name=row["sort_name"],
        romanised_name=row["romanised_name"] or "",
        locale=row["locale"],
        zone=row["zone"],
        languages=row["languages"],
        fields=row["fields"],
        skills=row["skills"],
        biography=row["biography"],
        hours_month=row["hours_month"],
        available_until=until if isinstance(until, date) else None,
        visibility="public",
        is_admin=admin,
        is_demo=True,
    )
    db.session.add(person)
    db.session.flush()
    index_person(person)
    audit.record(None, "accounts.create_person", person, after={"administrator": admin})
    story.people[row["key"]] = person.id


def _institution(story: Story, ror: str) -> Institution:
    return story.record(Institution, story.institutions[ror])


def claim(story: Story, row: Row) -> None:
    """Somebody asks to represent their institution, with a letter."""
    role = row["roles"][0]
    institutions.ask_claim(
        story.actor(row["key"]),
        _institution(story, role["institution"]),
        evidence_kind="letter",
        evidence=role.get("evidence", LETTER),
        position=role.get("position", "Research partnerships"),
    )


def verify(story: Story, ror: str, by: str) -> None:
    """An administrator accepts the claim on an institution."""
    asked = db.session.scalars(
        select(InstitutionClaim).where(
            InstitutionClaim.institution_id == story.institutions[ror], InstitutionClaim.state == "asked"
        )
    ).one()
    institutions.accept_claim(story.actor(by), asked)


def _settle(story: Story, row: Row, key: str) -> None:
    """The representative's first settings; the deputy's and signatory's parts are the administrators' to give."""
    institutions.change_settings(
        story.actor(key),
        _institution(story, row["ror"]),
        description={},
        zone=row["zone"],
        weekend=row["weekend"],
        working_languages=row["working_languages"],
        confirms_participation=row["confirms_participation"],
    )


def _join(story: Story, row: Row) -> None:
    institutions.join(story.actor(row["key"]), _institution(story, row["institution"]))


def _confirm(story: Story, row: Row) -> None:
    asked = db.session.scalars(
        select(Affiliation).where(
            Affiliation.person_id == story.people[row["key"]], Affiliation.state == "requested"
        )
    ).one()
    institutions.confirm_affiliation(story.actor(representative(row["institution"])), asked)


# ---- Consortia ---------------------------------------------------------------------------------------------


def _tell_consortia(story: Story) -> None:
    for number, row in enumerate(rows("consortia")):
        day = 139 - number
        story.at(day, _found, row)
        story.at(day - 0.3, _describe, row)
        story.at(ASKS_SINCE, _ask_for_agreements, row)
        for place, ror in enumerate(row["members"]):
            story.at(day - 1 - place * 0.2, _ask, row, ror)
            story.at(day - 4 - place * 0.2, _admit, row, ror)
        for asked in row["admissions"]:
            story.at(4, _ask_late, row, asked)


def _consortium(story: Story, row: Row) -> Consortium:
    return story.record(Consortium, story.consortia[row["key"]])


def _found(story: Story, row: Row) -> None:
    """The open one exists; it gets its first lead like the others."""
    admin = story.actor(ADMINISTRATORS[0])
    first = story.people[row["leads"][0]]
    if row["is_open"]:
        consortium = consortia.ensure_open_consortium()
        consortia.name_first_lead(admin, consortium, person_id=first)
    else:
        consortium = consortia.create_consortium(
            admin,
            names=row["names"],
            purposes=row["purposes"],
            sdgs=row["sdgs"],
            fields=row["fields"],
            first_lead_id=first,
        )
    story.consortia[row["key"]] = consortium.id


ASKS_SINCE = 15.0  # days ago: consortia ask that work starts under an agreement
SETTINGS = (
    "min_institutions",
    "min_countries",
    "decision_days",
    "projects_need_agreement",
    "groundwork_asked",
    "default_visibility",
)


def _describe(story: Story, row: Row) -> None:
    lead = story.actor(row["leads"][0])
    for further in row["leads"][1:]:
        consortia.add_lead(lead, _consortium(story, row), person_id=story.people[further])
    _set(story, row, lead, projects_need_agreement=False)
    if row["terms"]:
        consortia.write_terms(lead, _consortium(story, row), texts=row["terms"])


def _set(story: Story, row: Row, lead: Actor, **other: Any) -> None:
    words = {name: row[name] for name in ("names", "purposes", "sdgs", "fields", *SETTINGS)}
    consortia.change_settings(lead, _consortium(story, row), **(words | other))


def _ask_for_agreements(story: Story, row: Row) -> None:
    """The two-way rule came late: what runs goes on, what forms needs an agreement first."""
    if row["projects_need_agreement"]:
        _set(story, row, story.actor(row["leads"][0]))


def _ask(story: Story, row: Row, ror: str, message: str = "") -> None:
    consortia.ask_admission(
        story.actor(representative(ror)),
        _consortium(story, row),
        institution_id=story.institutions[ror],
        message=message,
    )


def _admit(story: Story, row: Row, ror: str) -> None:
    """A lead of another institution decides."""
    homes = {person["key"]: person["institution"] for person in rows("people")}
    by = next(key for key in row["leads"] if homes[key] != ror)
    admission = db.session.scalars(
        select(Admission).where(
            Admission.consortium_id == story.consortia[row["key"]],
            Admission.institution_id == story.institutions[ror],
            Admission.state == "asked",
        )
    ).one()
    consortia.decide_admission(story.actor(by), admission, accept=True)


def _ask_late(story: Story, row: Row, asked: Row) -> None:
    """A question that is still open: of an institution, or an invitation by a lead."""
    act = consortia.ask_admission if asked["side"] == "institution" else consortia.invite_institution
    act(
        story.actor(asked["by"]),
        _consortium(story, row),
        institution_id=story.institutions[asked["institution"]],
        message=asked["message"],
    )
