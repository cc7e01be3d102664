"""Faults and loads in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.facts import restore
from app.core.i18n import _, ngettext
from app.listings.models.loading_columns import COLUMNS
from app.listings.models.loading_faults import CELL_FAULTS, FILE_FAULTS, filled

LONGEST_SHOWN = 120
OUTCOMES = {
    "new": ("ok", "plus"),
    "updated": ("info", "pencil"),
    "unchanged": ("", "check"),
    "faulty": ("bad", "circle-alert"),
    "": ("", "circle-dashed"),
}


@dataclass(frozen=True)
class FaultShown:
    """A fault of a cell as it is read: the column's name and label, the cell's text, what is wrong, what to do."""

    column: str
    label: str
    value: str
    what: str
    mend: str
    likest: str = ""  # the code that was probably meant


def file_fault(fault: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong with a file as a whole, and what to do."""
    words = FILE_FAULTS.get(fault.get("code", ""), FILE_FAULTS["failed"])
    facts = dict(fault.get("facts", {}))
    if "columns" in facts:
        facts["columns"] = _(", ").join(_label(name) for name in str(facts["columns"]).split(", "))
    return filled(words.what, facts), filled(words.mend, facts)


def _label(name: str) -> str:
    return str(COLUMNS[name].label) if name in COLUMNS else name


def faults_of(row: Any) -> list[FaultShown]:
    """The faults of a row of a load in the reader's language."""
    found = []
    for fault in row.faults:
        words = CELL_FAULTS[fault["code"]]
        facts = restore(fault["facts"])
        if "value" in facts:
            # Isolated (U+2068, U+2069), so that a value in Latin letters does not reorder an Arabic sentence.
            facts["value"] = f"\u2068{facts['value']}\u2069"
        mend = filled(words.mend, facts)
        if likest := facts.get("likest"):
            label = COLUMNS[fault["column"]].options.get(likest)
            mend = _("Did you mean %(code)s (%(label)s)?", code=likest, label=label) if label else mend
        cell = row.cells.get(fault["column"], "")
        value = cell[0] if isinstance(cell, list) else cell
        found.append(
            FaultShown(
                column=fault["column"],
                label=_label(fault["column"]),
                value=value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…",
                what=filled(words.what, facts),
                mend=mend,
                likest=facts.get("likest", ""),
            )
        )
    return found


def outcome_words() -> dict[str, tuple[str, str, str]]:
    """What becomes of a row: label, tone and icon by outcome."""
    labels = {
        "new": _("new"),
        "updated": _("changed"),
        "unchanged": _("as it is"),
        "faulty": _("faulty"),
        "": _("not checked yet"),
    }
    return {name: (labels[name], *OUTCOMES[name]) for name in OUTCOMES}


def numbers(load: Any) -> list[tuple[str, str]]:
    """How many rows do what, as sentences for the page's head: (outcome, sentence)."""
    return [
        ("new", ngettext("%(num)s new listing", "%(num)s new listings", load.new)),
        ("updated", ngettext("%(num)s listing that changes", "%(num)s listings that change", load.updated)),
        ("unchanged", ngettext("%(num)s listing as it is", "%(num)s listings as they are", load.unchanged)),
        ("faulty", ngettext("%(num)s faulty row", "%(num)s faulty rows", load.faulty)),
    ]
