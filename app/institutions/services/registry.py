"""The institution itself: added, opened, set up, suspended, restored, closed."""

from collections.abc import Collection, Mapping
from typing import Any

from babel import Locale, UnknownLocaleError
from sqlalchemy import delete, insert, select

from app.audit import services as audit
from app.core import clock, vocab
from app.core.access import Actor, authorize
from app.core.db import db, lock_id, transaction
from app.core.errors import Invalid, Words
from app.core.i18n import _l
from app.core.index import fold
from app.institutions import notices, policies, queries
from app.institutions.models import (
    INSTITUTION_STATES,
    TYPES,
    Institution,
    InstitutionDomain,
    InstitutionName,
    proves_affiliation,
)


def add_institution(
    actor: Actor,
    *,
    name: str,
    country: str,
    city: str = "",
    website: str = "",
    types: Collection[str] = (),
    language: str | None = None,
    other_names: Collection[str] = (),
    is_another: bool = False,
) -> Institution:
    """Put an institution that ROR does not have on the list.

    Raises Invalid for an unknown country, and where one of the same name stands in that country, unless `is_another`
    says that this is another one.
    """
    with transaction():
        authorize(policies.add, actor)
        wrong: dict[str, Words] = {}
        if not name:
            wrong["name"] = _l("Enter its name")
        if not vocab.is_country(country):
            wrong["country"] = _l("Choose a country")
        if website and not website.startswith(("https://", "http://")):
            wrong["website"] = _l("Enter an address that begins with https://")
        if not wrong and not is_another and queries.listed_like(name, country):
            wrong["is_another"] = _l(
                "One of this name stands in this country already. Tick here if yours is another one"
            )
        if wrong:
            raise Invalid(wrong)
        added = Institution(
            name=name,
            sort_name=fold(name)[:120],
            country=country,
            city=city,
            website=website,
            types=[kind for kind in TYPES if kind in types],
            weekend=list(weekend_of(country)),
            zone=zone_of(country),
            added_by_id=actor.id,
        )
        db.session.add(added)
        db.session.flush()
        spoken = language if language and vocab.is_language(language) else None
        db.session.add_all(
            InstitutionName(
                institution_id=added.id,
                name=text,
                folded=fold(text)[:300],
                language=spoken if at == 0 else None,
                kind="label" if at == 0 else "alias",
            )
            for at, text in enumerate(dict.fromkeys([name, *other_names]))
        )
        _record(actor, "institutions.add", added, after={"state": added.state, "country": country})
    return added


def _record(actor: Actor, action: str, institution: Institution, **facts: Any) -> None:
    audit.record(actor, action, institution, label=institution.name, institution_id=institution.id, **facts)


def weekend_of(country: str) -> tuple[int, ...]:
    """The ISO weekdays on which a country rests, by CLDR; Saturday and Sunday where it does not say.

    >>> weekend_of("EG")
    (5, 6)
    """
    try:
        locale = Locale.parse(f"und_{country}")
    except (UnknownLocaleError, ValueError):
        return clock.WEEKEND
    days = tuple(range(locale.weekend_start + 1, locale.weekend_end + 2))
    return days or clock.WEEKEND


def zone_of(country: str) -> str:
    """The time zone of a country that has one; UTC where its people have to say which."""
    zones = vocab.country_timezones(country)
    return zones[0] if len(zones) == 1 else "UTC"


def open_up(institution: Institution) -> None:
    """Let it take part, inside an open transaction: verified from now on, its week as its country has it."""
    INSTITUTION_STATES.move(institution, "verify")
    institution.verified_at = clock.now()
    institution.weekend = list(weekend_of(institution.country))
    if institution.zone == "UTC":
        institution.zone = zone_of(institution.country)


def change_settings(
    actor: Actor,
    institution: Institution,
    *,
    description: Mapping[str, str],
    zone: str,
    weekend: Collection[int],
    working_languages: Collection[str],
    confirms_participation: bool,
    version: int | None = None,
) -> None:
    """A representative sets up how the institution works. Raises Invalid for unknown codes or a week without a working day."""
    with transaction():
        authorize(policies.manage, actor, institution)
        institution.expect_version(version)
        wrong: dict[str, Words] = {}
        if not vocab.is_timezone(zone):
            wrong["zone"] = _l("Choose a time zone")
        days = sorted(set(weekend))
        if len(days) > 6 or not all(1 <= day <= 7 for day in days):
            wrong["weekend"] = _l("A week needs a working day")
        if not all(vocab.is_language(code) for code in [*working_languages, *description]):
            wrong["language_1"] = _l("Choose from the list")
        if wrong:
            raise Invalid(wrong)
        fields = ("zone", "weekend", "working_languages", "confirms_participation", "description")
        before = {field: getattr(institution, field) for field in fields}
        institution.description = {code: text for code, text in description.items() if text}
        institution.zone, institution.weekend = zone, days
        institution.working_languages = list(dict.fromkeys(working_languages))
        institution.confirms_participation = confirms_participation
        after = {field: getattr(institution, field) for field in fields}
        changed = [field for field in fields if before[field] != after[field]]
        _record(
            actor, "institutions.change_settings", institution,
            before={field: before[field] for field in changed}, after={field: after[field] for field in changed},
        )  # fmt: skip


def change_domains(
    actor: Actor, institution: Institution, *, domains: Collection[str], version: int | None = None
) -> None:
    """An administrator says which domains prove an affiliation. Raises Invalid for one that many share."""
    with transaction():
        authorize(policies.administer, actor, institution, queries.tied_ids(actor))
        institution.expect_version(version)
        wanted = {domain.strip().lower().lstrip("@").rstrip(".") for domain in domains} - {""}
        for domain in sorted(wanted):
            if not proves_affiliation(domain) or len(domain) > 253 or not _is_domain(domain):
                raise Invalid(
                    {
                        "domains": _l(
                            "“%(domain)s” is not a domain of its own, such as cu.edu.eg", domain=domain
                        )
                    }
                )
        lock_id(Institution, institution.id)
        here = select(InstitutionDomain.domain).where(InstitutionDomain.institution_id == institution.id)
        before = set(db.session.scalars(here))
        db.session.execute(
            delete(InstitutionDomain).where(
                InstitutionDomain.institution_id == institution.id,
                InstitutionDomain.domain.in_(before - wanted),
            )
        )
        new = [{"institution_id": institution.id, "domain": domain} for domain in sorted(wanted - before)]
        if new:
            db.session.execute(insert(InstitutionDomain), new)
        institution.touch()
        _record(
            actor, "institutions.change_domains", institution,
            before={"domains": sorted(before)}, after={"domains": sorted(wanted)},
        )  # fmt: skip


def _is_domain(text: str) -> bool:
    labels = text.split(".")
    return all(label and all(sign.isalnum() or sign == "-" for sign in label) for label in labels)


def suspend(actor: Actor, institution: Institution, *, note: str, version: int | None = None) -> None:
    """An administrator takes a verified institution out for a while, with a reason; its people lose their roles meanwhile."""
    _administer(actor, institution, "suspend", notices.suspended, note=note, version=version)


def restore(actor: Actor, institution: Institution, *, note: str, version: int | None = None) -> None:
    """An administrator lets a suspended institution take part again."""
    _administer(actor, institution, "restore", notices.restored, note=note, version=version)


def close(actor: Actor, institution: Institution, *, note: str, version: int | None = None) -> None:
    """An administrator closes an institution that exists no longer, with a reason."""
    _administer(actor, institution, "close", notices.closed, note=note, version=version)


def _administer(
    actor: Actor, institution: Institution, verb: str, tell: Any, *, note: str, version: int | None
) -> None:
    with transaction():
        authorize(policies.administer, actor, institution, queries.tied_ids(actor))
        institution.expect_version(version)
        if not note:
            raise Invalid({"note": _l("Say the reason in a sentence")})
        before = INSTITUTION_STATES.move(institution, verb)
        _record(
            actor, f"institutions.{verb}", institution,
            before={"state": before}, after={"state": institution.state}, note=note,
        )  # fmt: skip
        tell(institution, queries.representatives_of(institution.id), actor, note)
