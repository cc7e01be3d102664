"""How the parts of a problem statement read: codes as names, lines with their kinds, days in words."""

from datetime import date
from typing import Any

from app.core import vocab
from app.core.i18n import _, fmt_date, fmt_list, fmt_number, get_locale
from app.problems.models import RIGHTS, VISIBILITIES, Problem


def in_words(problem: Problem, brings: list[Any], needs: list[Any]) -> dict[str, Any]:
    """What templates show of a problem, by name; texts of people stay as they are."""
    locale = get_locale()
    return {
        "where": fmt_list([vocab.country_name(code, locale) for code in problem.affected_where]),
        "fields": fmt_list([vocab.field_label(code, locale) for code in problem.fields]),
        "goals": [f"{code} {vocab.sdg_label(code, locale)}" for code in problem.sdg_goals],
        "targets": [f"{code} {vocab.sdg_label(code, locale)}" for code in problem.sdg_targets],
        "amount": _amount(problem),
        "brings": _lines(brings, problem.language),
        "needs": _lines(needs, problem.language),
        "measures": [{**measure, "day": _day(measure.get("by"))} for measure in problem.measures],
        "rights": str(RIGHTS[problem.rights]),
        "visibility": str(VISIBILITIES[problem.visibility]),
        "until": fmt_date(problem.closes_on) if problem.has_end else _("Until it is answered"),
    }


def _lines(rows: list[Any], language: str) -> list[dict[str, str]]:
    return [{"text": row.text, "note": vocab.kind_label(row.kind), "lang": language} for row in rows]


def _day(text: str | None) -> str:
    return fmt_date(date.fromisoformat(text)) if text else ""


def _amount(problem: Problem) -> str:
    number = problem.affected_number
    count = "" if number is None else f"{fmt_number(number)} {problem.affected_unit}".strip()
    if count and problem.since_year:
        return _("%(number)s, since %(year)s", number=count, year=problem.since_year)
    return _("since %(year)s", year=problem.since_year) if problem.since_year else count
