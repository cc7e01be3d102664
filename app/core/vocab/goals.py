"""The United Nations' 17 Sustainable Development Goals and their 169 targets.

A goal's code is its number (`6`), a target's is the goal's number, a dot and a number or letter (`6.3`, `6.a`).
"""

from functools import lru_cache
from typing import Any

from app.core.vocab.terms import Term, language_of, load


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    """`{"goals": {code: {"label": {lang}, "title": {lang}}}, "targets": {code: {lang}}}`."""
    data: dict[str, Any] = load("sdg.json")
    return data


@lru_cache(maxsize=8)
def _goals(lang: str) -> tuple[Term, ...]:
    return tuple(
        Term(
            code,
            goal["label"].get(lang) or goal["label"]["en"],
            goal["title"].get(lang) or goal["title"]["en"],
        )
        for code, goal in _data()["goals"].items()
    )


def sdg_goals(locale: object = "en") -> tuple[Term, ...]:
    """The 17 goals in order: short name as label, full wording as title."""
    return _goals(language_of(locale))


def sdg_targets(goal: str, locale: object = "en") -> tuple[Term, ...]:
    """The targets of one goal in order, the wording as label; none for an unknown goal."""
    lang = language_of(locale)
    return tuple(
        Term(code, text.get(lang) or text["en"])
        for code, text in _data()["targets"].items()
        if code.split(".")[0] == str(goal)
    )


def sdg_label(code: str, locale: object = "en") -> str:
    """A goal's short name or a target's wording; the code itself when it is unknown."""
    lang, goal, target = language_of(locale), _data()["goals"].get(code), _data()["targets"].get(code)
    names = goal["label"] if goal else target or {}
    return names.get(lang) or names.get("en") or code


def sdg_goal_of(code: str) -> str:
    """The goal that a goal or target code belongs to: `6` of `6.a`."""
    return code.split(".", maxsplit=1)[0]


def is_sdg(code: str) -> bool:
    """Whether this is the code of a goal or a target."""
    return code in _data()["goals"] or code in _data()["targets"]
