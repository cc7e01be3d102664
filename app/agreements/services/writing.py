"""Drafting an agreement: begin, parties, commitments, dates, text from a template, sending."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.agreements import policies, queries
from app.agreements.models import (
    KINDS,
    MOST_PARTIES,
    TITLE_LENGTH,
    Agreement,
    AgreementParty,
)
from app.agreements.notices import negotiating as notices
from app.agreements.queries.texts import template_of
from app.agreements.services.steps import (
    check_lines,
    content_now,
    move,
    next_code,
    note_in_audit,
    pass_ball,
    put_lines,
    require_state,
    write_version,
)
from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _l
from app.core.text import excerpt
from app.core.vocab import is_language
from app.institutions.models import Institution
from app.interest import queries as interests
from app.interest import services as interest_services
from app.interest.models import Interest

FIELDS = {
    "about": ("kind", "title", "language"),
    "text": ("texts", "prevailing"),
    "commitments": ("commitments",),
    "dates": ("starts_on", "ends_on", "notice_days"),
}


def create(
    actor: Actor,
    *,
    kind: str,
    title: str,
    institution_id: int,
    language: str = "en",
    project_id: int | None = None,
    party_ids: Sequence[int] = (),
) -> Agreement:
    """Begin a draft for one of the person's institutions, with the template's text in English and Arabic.

    A project (one of `queries.projects_open`) brings its partners as parties, and its consortium. Raises NotAllowed, Invalid.
    """
    with transaction():
        authorize(policies.create, actor)
        if not actor.holds("member", institution_id):
            raise Invalid({"institution": _l("Choose one of your institutions")})
        if kind not in KINDS:
            raise Invalid({"kind": _l("Choose a kind")})
        if not title:
            raise Invalid({"title": _l("Enter a title")})
        if not is_language(language):
            raise Invalid({"language": _l("Choose a language")})
        project = None
        if project_id is not None:
            project = next((row for row in queries.projects_open(actor) if row.id == project_id), None)
            if project is None:
                raise Invalid({"project": _l("Choose one of your projects")})
            party_ids = [*party_ids, *queries.partners_of_project(project_id)]
        agreement = Agreement(
            kind=kind,
            title=title,
            language=language,
            prevailing="ar" if language == "ar" else "en",
            institution_id=institution_id,
            drafted_by_id=actor.id,
            project_id=project_id,
            consortium_id=project.consortium_id if project else None,
            texts=from_template(kind, "ar" if language == "ar" else "en"),
        )
        db.session.add(agreement)
        db.session.flush()
        for position, key in enumerate(dict.fromkeys([institution_id, *party_ids])):
            db.session.add(AgreementParty(agreement_id=agreement.id, institution_id=key, position=position))
        note_in_audit(actor, agreement, "agreements.create", after={"state": "draft"})
    return agreement


def from_template(kind: str, *languages: str) -> dict[str, str]:
    """The template's texts, with the blanks that are to be filled: {language: Markdown}."""
    return {language: template_of(kind, language).fill({}) for language in languages}


def draft_from_interest(
    actor: Actor, interest: Interest, *, kind: str = "memorandum", project_id: int | None = None
) -> Agreement:
    """Begin a draft from an interest that both sides said yes to: what each of them brings becomes its lines.

    A project brings its partners as parties too. The interest is converted with it. Raises NotAllowed, RuleBroken, Invalid.
    """
    with transaction():
        interest = interests.get(actor, interest.id)
        interest.expect_mutual()
        sides = {
            interest.institution_id: (interest.owner_institution_id, interest.brings),
            interest.owner_institution_id: (interest.institution_id, interest.owner_brings),
        }
        own = next((key for key in sides if actor.holds("member", key)), None)
        if own is None:
            raise NotFound
        title = excerpt(interest.thing.title, TITLE_LENGTH - 1)
        interest_services.mark_converted(interest, actor)
        agreement = create(
            actor,
            kind=kind,
            title=title,
            institution_id=own,
            language=interest.language,
            project_id=project_id,
            party_ids=list(sides),
        )
        agreement.interest_id = interest.id
        db.session.flush()
        put_lines(
            agreement,
            [
                {
                    **EMPTY_LINE,
                    "giver_id": giver,
                    "receiver_id": receiver,
                    "kind": row["kind"],
                    "text": row["text"],
                }
                for giver, (receiver, brought) in sides.items()
                for row in brought
            ],
        )
    return agreement


EMPTY_LINE: dict[str, Any] = {
    "id": None,
    "quantity": None,
    "unit": "",
    "due_on": None,
    "repeats": "",
    "repeats_from": None,
    "repeats_until": None,
    "condition": "",
    "is_public": True,
}


def save(
    actor: Actor,
    agreement: Agreement,
    part: str,
    *,
    done: bool = True,
    version: int | None = None,
    **values: Any,
) -> Agreement:
    """Keep one part of a draft (a key of PARTS but `parties`); `done` ticks it as gone through.

    `texts` {language: Markdown}; `commitments` rows with all of LINE_FIELDS and the `id` of the line, if it stood. Raises
    NotAllowed, RuleBroken (sent), Conflict, Invalid.
    """
    unknown = set(values) - set(FIELDS[part])
    if unknown:
        raise ValueError(f"{part} has no {sorted(unknown)}")
    with transaction():
        agreement = lock(agreement)
        authorize(policies.edit, actor, agreement)
        agreement.expect_version(version)
        require_state(agreement, "edit")
        changed = _keep(agreement, values)
        if done and part not in agreement.parts_done:
            agreement.parts_done = [*agreement.parts_done, part]
        if changed:
            agreement.touch()
            note_in_audit(actor, agreement, "agreements.edit", after={"parts": [part]})
    return agreement


def _keep(agreement: Agreement, values: Mapping[str, Any]) -> bool:
    """Set the values; returns whether something differs. Raises Invalid."""
    changed = False
    for name, value in values.items():
        if name == "commitments":
            check_lines(value, [row.institution_id for row in queries.parties_of(agreement.id)])
            changed |= put_lines(agreement, value)
        elif getattr(agreement, name) != value:
            setattr(agreement, name, value)
            changed = True
    check_dates(agreement)
    return changed


def check_dates(agreement: Agreement) -> None:
    """Refuse an end before the start. Raises Invalid."""
    if agreement.starts_on and agreement.ends_on and agreement.ends_on < agreement.starts_on:
        raise Invalid({"ends_on": _l("The end cannot lie before the start")})


# ---- parties ---------------------------------------------------------------------------------------------------


def add_party(actor: Actor, agreement: Agreement, *, institution_id: int) -> AgreementParty:
    """Add an institution to the parties of a draft. Raises NotAllowed, NotFound, RuleBroken, Invalid."""
    with transaction():
        agreement = lock(agreement)
        authorize(policies.edit, actor, agreement)
        require_state(agreement, "edit")
        home = db.session.get(Institution, institution_id)
        if home is None or home.state in {"closed", "merged"}:
            raise NotFound
        if not home.is_verified:
            raise Invalid(
                {"parties": _l("Nobody represents this institution here yet, so nobody could sign.")}
            )
        parties = queries.parties_of(agreement.id)
        if any(row.institution_id == institution_id for row in parties):
            raise Invalid({"parties": _l("This institution is a party already.")})
        if len(parties) >= MOST_PARTIES:
            raise Invalid({"parties": _l("At most %(most)s parties", most=MOST_PARTIES)})
        party = AgreementParty(
            agreement_id=agreement.id,
            institution_id=institution_id,
            position=max((row.position for row in parties), default=-1) + 1,
        )
        db.session.add(party)
        agreement.touch()
        note_in_audit(actor, agreement, "agreements.edit", after={"parts": ["parties"]})
    return party


def remove_party(actor: Actor, agreement: Agreement, *, institution_id: int) -> None:
    """Take a party out of a draft, with no line left of it. Raises NotAllowed, NotFound, RuleBroken."""
    with transaction():
        agreement = lock(agreement)
        authorize(policies.edit, actor, agreement)
        require_state(agreement, "edit")
        party = queries.party(agreement.id, institution_id)
        if institution_id == agreement.institution_id:
            raise RuleBroken("drafter_stays", _l("The institution that drafts it stays a party."))
        if any(
            institution_id in (line.giver_id, line.receiver_id)
            for line in queries.commitments_of(agreement.id)
        ):
            raise RuleBroken("party_has_lines", _l("First take out the lines in which it gives or gains."))
        db.session.delete(party)
        agreement.touch()
        note_in_audit(actor, agreement, "agreements.edit", after={"parts": ["parties"]})


def name_signatory(actor: Actor, agreement: Agreement, *, institution_id: int, person_id: int | None) -> None:
    """Say who signs for a party: one of its signatories. Raises NotAllowed, NotFound, RuleBroken, Invalid.

    Before the first sending whoever drafts proposes for all; after it each party names its own.
    """
    with transaction():
        agreement = lock(agreement)
        authorize(policies.name_signatory, actor, agreement)
        require_state(agreement, "name_signatory")
        party = queries.party(agreement.id, institution_id)
        if agreement.number and not actor.holds("representative", institution_id):
            raise RuleBroken("other_party", _l("Each party names itself who signs for it."))
        may = queries.signatories([institution_id])[institution_id]
        name = dict(may).get(person_id or 0, "")
        if person_id is not None and not name:
            raise Invalid({"signatory": _l("Choose one of the institution’s signatories")})
        if party.signatory_id == person_id:
            return
        party.signatory_id = person_id
        agreement.touch()
        note_in_audit(
            actor,
            agreement,
            "agreements.name_signatory",
            after={"what": name or party.institution.own_name, "person_id": person_id},
            institution_id=institution_id,
        )
        notices.signatory_named(actor, agreement, party)


# ---- sending ---------------------------------------------------------------------------------------------------


def send(actor: Actor, agreement: Agreement, *, version: int | None = None, note: str = "") -> Agreement:
    """Put it before the parties as version 1, under its public number; the ball goes to the next party.

    Raises NotAllowed, RuleBroken (`incomplete`, `wrong_state`), Conflict.
    """
    with transaction():
        agreement = lock(agreement)
        authorize(policies.send, actor, agreement)
        agreement.expect_version(version)
        require_state(agreement, "send")
        parties = queries.parties_of(agreement.id)
        if queries.missing(agreement, parties, queries.commitments_of(agreement.id)):
            raise RuleBroken(
                "incomplete", _l("Some parts are not complete yet. Complete them, then send it.")
            )
        agreement.code, agreement.number, agreement.sent_at = next_code(), 1, clock.now()
        party = next(row for row in parties if row.institution_id == agreement.institution_id)
        after = next(row for row in parties if row is not party)
        agreement.give_ball(after.institution_id, clock.now())  # for a moment: the database wants a holder
        move(actor, agreement, "send", note)
        db.session.flush()
        write_version(actor, agreement, party, content_now(agreement, parties), changed=[], note=note)
        pass_ball(agreement, parties, after=party.institution_id)
        notices.sent(actor, agreement, parties, note)
    return agreement


def withdraw(actor: Actor, agreement: Agreement, *, version: int | None = None) -> None:
    """Give up a draft that nobody else has seen. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        agreement = lock(agreement)
        authorize(policies.withdraw, actor, agreement)
        agreement.expect_version(version)
        require_state(agreement, "withdraw")
        agreement.close(actor.id, "withdrawn")
        move(actor, agreement, "withdraw")
