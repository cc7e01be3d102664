"""What differs between two versions, in words: added and removed ones marked."""

import difflib
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from app.agreements.models import KINDS, REPEATS
from app.core import vocab
from app.core.i18n import _, fmt_date, get_locale, ngettext
from app.core.quantities import amount
from app.problems.queries import words_changed

_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True)
class Change:
    """One thing that differs: its label, language, and pieces of ("same", "ins" or "del", words)."""

    label: str
    pieces: list[tuple[str, str]]
    language: str = ""


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, by its blank lines."""
    return [part.strip() for part in _PARAGRAPHS.split(text) if part.strip()]


def when(line: dict[str, Any]) -> str:
    """By when or how often, in words; `line` holds days as dates or as their text."""

    def day(value: Any) -> str:
        return fmt_date(date.fromisoformat(value) if isinstance(value, str) else value)

    if line["repeats"]:
        facts = {
            "often": REPEATS[line["repeats"]],
            "first": day(line["repeats_from"]),
            "last": day(line["repeats_until"]),
        }
        return _("%(often)s, from %(first)s to %(last)s", **facts)
    return _("by %(day)s", day=day(line["due_on"])) if line["due_on"] else _("no date named")


def line_in_words(line: dict[str, Any], names: dict[int, str]) -> str:
    """A commitment of a version on one line."""
    quantity = amount(Decimal(line["quantity"]), line["unit"]) if line["quantity"] else ""
    return _(
        "%(giver)s gives %(receiver)s: %(what)s (%(facts)s)",
        giver=names.get(line["giver_id"], ""),
        receiver=names.get(line["receiver_id"], ""),
        what=line["text"],
        facts=" · ".join(
            part
            for part in (
                vocab.kind_label(line["kind"]),
                quantity,
                when(line),
                line["condition"],
                "" if line["is_public"] else _("for the parties only"),
            )
            if part
        ),
    )


def parts_changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The names of the parts (keys of PARTS) that differ between two contents."""
    of_part = {
        "about": ("kind", "title", "language", "prevailing", "amends"),
        "parties": ("parties",),
        "text": ("texts",),
        "commitments": ("commitments",),
        "dates": ("starts_on", "ends_on", "notice_days"),
    }
    return [
        part for part, names in of_part.items() if any(before.get(name) != after.get(name) for name in names)
    ]


def difference(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """What differs between the contents of two versions, in the order of the page."""
    found: list[Change] = []

    def note(label: str, old: str, new: str, language: str = "") -> None:
        if old != new:
            found.append(Change(label, words_changed(old, new), language))

    note(_("Title"), before["title"], after["title"], after["language"])
    note(_("Kind"), str(KINDS[before["kind"]]), str(KINDS[after["kind"]]))
    note(_("Parties"), _names(before), _names(after))
    note(_("Prevailing language"), _language(before["prevailing"]), _language(after["prevailing"]))
    found.extend(_lines_changed(before, after))
    note(_("Starts on"), _day(before["starts_on"]), _day(after["starts_on"]))
    note(_("Last day"), _day(before["ends_on"]), _day(after["ends_on"]))
    note(_("Notice"), _days(before["notice_days"]), _days(after["notice_days"]))
    for language in sorted({*before["texts"], *after["texts"]}):
        old = paragraphs(before["texts"].get(language, ""))
        new = paragraphs(after["texts"].get(language, ""))
        if old != new:
            found.extend(_text_changed(old, new, language))
    return found


def _names(content: dict[str, Any]) -> str:
    return "\n".join(party["name"] for party in content["parties"])


def _language(code: str) -> str:
    return vocab.language_name(code, get_locale())


def _day(text: str | None) -> str:
    return fmt_date(date.fromisoformat(text)) if text else _("not named")


def _days(number: int) -> str:
    return ngettext("%(num)s day", "%(num)s days", number)


def _lines_changed(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    names = {party["id"]: party["name"] for content in (before, after) for party in content["parties"]}
    old = {line["id"]: line_in_words(line, names) for line in before["commitments"]}
    new = {line["id"]: line_in_words(line, names) for line in after["commitments"]}
    found = []
    for key in (*new, *(key for key in old if key not in new)):
        if old.get(key) != new.get(key):
            label = (
                _("Line added")
                if key not in old
                else _("Line taken out")
                if key not in new
                else _("Line changed")
            )
            found.append(Change(label, words_changed(old.get(key, ""), new.get(key, "")), after["language"]))
    return found


def _text_changed(old: list[str], new: list[str], language: str) -> list[Change]:
    """The paragraphs that differ, neighbours together, each against its own counterpart; what stayed is left out."""
    label = _("Text (%(language)s)", language=_language(language))
    found = []
    matcher = difflib.SequenceMatcher(None, old, new, False)
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if what == "equal":
            continue
        pieces: list[tuple[str, str]] = []
        pairs = zip_longest(old[old_from:old_to], new[new_from:new_to], fillvalue="")
        for before, after in pairs:
            pieces += [*([("same", "\n\n")] if pieces else []), *words_changed(_plain(before), _plain(after))]
        found.append(Change(label, pieces, language))
    return found


def _plain(paragraph: str) -> str:
    """A paragraph without the marks of a heading."""
    return paragraph.lstrip("#").lstrip() if paragraph.startswith("#") else paragraph
