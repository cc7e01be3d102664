"""How an agreement reads: what each party gives and gains with totals by unit, its paragraphs, its steps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.agreements.models import (
    AGREEMENT_STATES,
    REPEATS,
    STEPS,
    Agreement,
    AgreementCommitment,
    AgreementParty,
)
from app.agreements.queries import paragraphs
from app.core import vocab
from app.core.i18n import _, fmt_date, get_locale
from app.core.quantities import amount
from app.core.text import render_markdown


@dataclass(frozen=True)
class Line:
    """A commitment on one side: what, how much, with whom and by when, its kind, its condition, its anchor."""

    text: str
    quantity: str
    note: str
    kind: str
    condition: str
    anchor: str
    is_public: bool


@dataclass
class Party:
    """A party with both its sides; `lacks` is the sentence of the two-way rule where it is broken."""

    id: int
    name: str
    country: str
    signatory: str
    is_content: bool
    gift: str
    gift_by: str
    lacks: str = ""
    gives: list[Line] = field(default_factory=list)
    gains: list[Line] = field(default_factory=list)
    gives_total: list[str] = field(default_factory=list)
    gains_total: list[str] = field(default_factory=list)


def apart(name: str) -> str:
    """A name within a sentence of another direction of writing: set apart by Unicode's isolates."""
    return f"\u2068{name}\u2069"


def lacking(name: str, side: str) -> str:
    """The two-way rule in a sentence: what this party lacks, and both ways to mend it."""
    name = apart(name)
    sentences = {
        "gives": _(
            "%(party)s only gives. Add a line in which it gains, or its signatory marks this as a gift.",
            party=name,
        ),
        "gains": _(
            "%(party)s only gains. Add a line in which it gives, or its signatory marks this as a gift.",
            party=name,
        ),
        "neither": _("%(party)s neither gives nor gains. Add lines both ways.", party=name),
    }
    return sentences[side]


def _when(line: AgreementCommitment) -> str:
    if line.repeats and line.repeats_from and line.repeats_until:
        return _(
            "%(often)s, from %(first)s to %(last)s",
            often=REPEATS[line.repeats],
            first=fmt_date(line.repeats_from),
            last=fmt_date(line.repeats_until),
        )
    return _("by %(day)s", day=fmt_date(line.due_on)) if line.due_on else _("no date named")


def _line(line: AgreementCommitment, other: str, gives: bool) -> Line:
    facts = {"institution": apart(other), "when": _when(line)}
    return Line(
        line.text,
        amount(line.quantity, line.unit),
        _("to %(institution)s, %(when)s", **facts) if gives else _("from %(institution)s, %(when)s", **facts),
        vocab.kind_label(line.kind),
        line.condition,
        f"c{line.id}",
        line.is_public,
    )


def totals(lines: Sequence[AgreementCommitment]) -> list[str]:
    """The sums of lines by unit, each repetition counted; unlike units are never added."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        if line.quantity is not None:
            times = sum(1 for _day in line.days())
            sums[line.unit] = sums.get(line.unit, Decimal(0)) + line.quantity * times
    return [amount(number, unit) for unit, number in sums.items()]


def both_sides(
    agreement: Agreement,
    parties: Sequence[AgreementParty],
    lines: Sequence[AgreementCommitment],
    broken: dict[int, str],
) -> list[Party]:
    """The give | get table, party by party."""
    names = {row.institution_id: row.institution.name for row in parties}
    found = []
    for row in parties:
        key = row.institution_id
        gives = [line for line in lines if line.giver_id == key]
        gains = [line for line in lines if line.receiver_id == key]
        found.append(
            Party(
                key,
                names[key],
                vocab.country_name(row.institution.country, get_locale()),
                row.signatory.display_name if row.signatory else "",
                row.content_number == agreement.number,
                row.gift_reason,
                row.gift_by.display_name if row.gift_by else "",
                lacking(names[key], broken[key]) if key in broken else "",
                [_line(line, names[line.receiver_id], True) for line in gives],
                [_line(line, names[line.giver_id], False) for line in gains],
                totals(gives),
                totals(gains),
            )
        )
    return found


def text_lines(texts: dict[str, str], prevailing: str) -> list[dict[str, Any]]:
    """The texts, the prevailing one first, in paragraphs with their anchors."""
    languages = sorted(texts, key=lambda language: (language != prevailing, language))
    return [
        {
            "language": language,
            "name": vocab.language_name(language, get_locale()),
            "prevails": language == prevailing,
            "dir": vocab.language_dir(language),
            "lines": [
                {
                    "anchor": f"t-{language}-{number}",
                    "html": render_markdown(part),
                    "is_heading": part.startswith("#"),
                }
                for number, part in enumerate(paragraphs(texts[language]), 1)
            ],
        }
        for language in languages
    ]


def steps(agreement: Agreement) -> list[dict[str, Any]]:
    """The state line: the way into force, and where it stands; how it ended, if it did."""
    names = [*STEPS, agreement.state] if agreement.state not in STEPS else list(STEPS)
    if agreement.state in {"withdrawn", "declined", "expired"}:
        names = ["draft", *(["negotiation"] if agreement.number else []), agreement.state]
    at = names.index(agreement.state)
    return [
        {"label": str(AGREEMENT_STATES[name].label), "done": number < at, "current": number == at}
        for number, name in enumerate(names)
    ]
