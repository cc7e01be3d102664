"""How the parts of a project read: codes as names, lines with their kinds, days and amounts in words."""

from typing import Any

from flask import url_for

from app.core import quantities, vocab
from app.core.i18n import _, fmt_date, fmt_list, fmt_number, get_locale
from app.projects.models import BLOCKS, PARTNER_ROLES, READINESS, RIGHTS, VISIBILITIES, Project


def in_words(project: Project) -> dict[str, Any]:
    """What templates show of a project itself, by name; texts of people stay as they are."""
    locale = get_locale()
    return {
        "fields": fmt_list([vocab.field_label(code, locale) for code in project.fields]),
        "goals": [f"{code} {vocab.sdg_label(code, locale)}" for code in project.sdg_goals],
        "targets": [f"{code} {vocab.sdg_label(code, locale)}" for code in project.sdg_targets],
        "rights": str(RIGHTS[project.rights]),
        "visibility": str(VISIBILITIES[project.visibility]),
        "blocks": [(str(label), str(VISIBILITIES[project.level(block)])) for block, label in BLOCKS.items()],
        "starts": fmt_date(project.starts_on) if project.starts_on else "",
        "ends": fmt_date(project.ends_on) if project.ends_on else "",
        "trl_now": level(project.trl_now),
        "trl_wanted": level(project.trl_wanted),
    }


def level(number: int | None) -> str:
    """A readiness level with its name."""
    return "" if number is None else f"{number}. {READINESS[number]}"


def partner_row(partner: Any, language: str) -> dict[str, Any]:
    """A partner for the exchange table: name, place, lines of both sides."""
    return {
        "name": partner.name,
        "place": _(
            "%(role)s, %(country)s",
            role=PARTNER_ROLES[partner.role],
            country=vocab.country_name(partner.country, get_locale()),
        ),
        "url": url_for("institutions.show", institution_id=partner.institution_id),
        "brings": lines(partner.brings, language),
        "gains": lines(partner.gains, language),
    }


def lines(rows: list[Any], language: str) -> list[dict[str, str]]:
    """Lines of {kind, text} as the two sides show them."""
    return [{"text": row["text"], "note": vocab.kind_label(row["kind"]), "lang": language} for row in rows]


def need_line(row: Any) -> str:
    """A need with its kind and amount, on one line for summaries."""
    amount = quantities.amount(row["amount"], row["unit"])
    text = f"{vocab.kind_label(row['kind'])}: {row['text']}"
    return f"{text} ({amount})" if amount else text


def money_line(row: Any) -> str:
    """Funding on one line: who, award, amount."""
    name = row.get("institution") or row["funder_name"]
    amount = f"{fmt_number(row['amount'])} {row['currency']}" if row["amount"] is not None else ""
    return " · ".join(part for part in (name, row["award"], amount) if part)


def roles(codes: list[str]) -> str:
    """CRediT roles as a list in words."""
    return fmt_list([vocab.credit_label(code) for code in codes])
