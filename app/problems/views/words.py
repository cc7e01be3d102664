"""How the parts of a problem statement read: codes as names, lines with their kinds, days in words."""

from datetime import date
from typing import Any

from app.core import vocab
from app.core.i18n import _, fmt_date, fmt_list, fmt_number, get_locale
from app.problems.models import RIGHTS, VISIBILITIES, Problem
from app.translating.queries import Shown


def in_words(
    problem: Problem, brings: list[Any], needs: list[Any], shown: Shown | None = None
) -> dict[str, Any]:
    """What templates show of a problem, by name; texts of people stay as they are, or as they were translated.

    `outdated` are the sections some of whose translated lines say what the original no longer says.
    """
    locale = get_locale()
    shown = shown or Shown("problem", problem.id, problem.language, problem.language)
    unit = shown.text("affected_unit", problem.affected_unit).text
    keywords = shown.text("keywords", ", ".join(problem.keywords))
    return {
        "where": fmt_list([vocab.country_name(code, locale) for code in problem.affected_where]),
        "fields": fmt_list([vocab.field_label(code, locale) for code in problem.fields]),
        "goals": [f"{code} {vocab.sdg_label(code, locale)}" for code in problem.sdg_goals],
        "targets": [f"{code} {vocab.sdg_label(code, locale)}" for code in problem.sdg_targets],
        "amount": _amount(problem, unit),
        "brings": _lines(brings, "brings", shown),
        "needs": _lines(needs, "needs", shown),
        "measures": [_measure(measure, number, shown) for number, measure in enumerate(problem.measures, 1)],
        "keywords": _cut(keywords.text) if keywords.is_translated else problem.keywords,
        "keywords_language": keywords.language,
        "outdated": {name.split("_")[0] for name in shown.outdated},
        "rights": str(RIGHTS[problem.rights]),
        "visibility": str(VISIBILITIES[problem.visibility]),
        "until": fmt_date(problem.closes_on) if problem.has_end else _("Until it is answered"),
    }


def _lines(rows: list[Any], direction: str, shown: Shown) -> list[dict[str, str]]:
    texts = [shown.text(f"{direction}_{number}", row.text) for number, row in enumerate(rows, 1)]
    return [
        {"text": text.text, "note": vocab.kind_label(row.kind), "lang": text.language}
        for row, text in zip(rows, texts, strict=True)
    ]


def _measure(measure: dict[str, Any], number: int, shown: Shown) -> dict[str, Any]:
    """A measure with its day in words; `langs` are the languages of its texts."""
    parts = {
        part: shown.text(f"measure_{number}_{part}", measure.get(part))
        for part in ("what", "baseline", "target", "how")
    }
    return {
        **{part: text.text for part, text in parts.items()},
        "langs": {part: text.language for part, text in parts.items()},
        "day": _day(measure.get("by")),
    }


def _cut(words: str) -> list[str]:
    return [word.strip() for word in words.replace("،", ",").split(",") if word.strip()]


def _day(text: str | None) -> str:
    return fmt_date(date.fromisoformat(text)) if text else ""


def _amount(problem: Problem, unit: str) -> str:
    number = problem.affected_number
    count = "" if number is None else f"{fmt_number(number)} {unit}".strip()
    if count and problem.since_year:
        return _("%(number)s, since %(year)s", number=count, year=problem.since_year)
    return _("since %(year)s", year=problem.since_year) if problem.since_year else count
