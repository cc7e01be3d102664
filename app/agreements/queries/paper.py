"""An agreement on paper: facts, texts, commitments with totals, and the page that says who signed what and when."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from app.agreements.models import (
    AGREEMENT_STATES,
    KINDS,
    SIGNING_MEANING,
    Agreement,
    AgreementParty,
    AgreementSignature,
    AgreementVersion,
    repeated,
)
from app.agreements.queries import detail, running
from app.agreements.queries.differences import when
from app.core import vocab
from app.core.db import db
from app.core.i18n import _, fmt_date, fmt_datetime, fmt_list, get_locale, ngettext, use_locale
from app.core.pdf import Block, Document, Facts, Heading, PageBreak, Paragraph, Signature, Table, isolate
from app.core.quantities import amount

KIND = "agreements.text"
LEAST_LATTICE, MOST_LATTICE = 5, 12


def key_of(agreement: Agreement, parties: Iterable[AgreementParty], signatures: int) -> str:
    """What decides all that stands on paper: the version, how many signed it, gifts, state and last day."""
    gifts = sum(party.is_gift for party in parties)
    last = running.last_day(agreement)
    return f"{agreement.number}|{signatures}|{gifts}|{agreement.state}|{last or ''}"


def make(agreement_id: int, key: str, language: str) -> Document:
    """The document in a language, to be called while that language is spoken. All texts stand in it, the prevailing first."""
    agreement = db.session.get_one(Agreement, agreement_id)
    number, signatures = (int(part) for part in key.split("|")[:2])
    version = detail.version(agreement_id, number)
    content = version.content
    parties = detail.parties_of(agreement_id)
    signed = running.signed(agreement_id, number)[:signatures]
    return Document(
        title=content["title"],
        language=language,
        caption=_("Agreement %(code)s, version %(number)s", code=isolate(agreement.label), number=number),
        blocks=[
            *_facts(agreement, content),
            *_texts(content),
            *_commitments(content),
            *_signatures(parties, signed, version, language),
        ],
        footer=[
            _("%(code)s, version %(number)s", code=isolate(agreement.label), number=number),
            _("SHA-256 of the text: %(hash)s", hash=isolate(version.sha256)),
        ],
        lattice=min(max(len(parties), LEAST_LATTICE), MOST_LATTICE),
    )


def file_name(agreement_id: int, key: str) -> str:
    """The name of the file without its ending: the public number and the version."""
    return f"{db.session.get_one(Agreement, agreement_id).label}-v{key.split('|', maxsplit=1)[0]}"


def _facts(agreement: Agreement, content: dict[str, Any]) -> list[Block]:
    rows: list[tuple[str, str | Paragraph]] = [
        (_("Kind"), str(KINDS[content["kind"]])),
        (_("Parties"), "\n".join(isolate(party["name"]) for party in content["parties"])),
        (_("State"), str(AGREEMENT_STATES[agreement.state].label)),
        (_("Starts on"), _day(content["starts_on"]) or _("the day of the last signature")),
        (_("Last day"), _day(content["ends_on"]) or _("none named")),
        (_("Notice"), ngettext("%(num)s day", "%(num)s days", content["notice_days"])),
        (_("Prevailing language"), vocab.language_name(content["prevailing"], get_locale())),
    ]
    if content["amends"]:
        rows.append((_("Amends"), isolate(content["amends"])))
    if agreement.notice_ends_on is not None:
        rows.append((_("Notice given, last day"), fmt_date(agreement.notice_ends_on)))
    return [Facts(rows)]


def _day(text: str | None) -> str:
    return fmt_date(date.fromisoformat(text)) if text else ""


def _texts(content: dict[str, Any]) -> list[Block]:
    texts: dict[str, str] = content["texts"]
    order = sorted(texts, key=lambda language: (language != content["prevailing"], language))
    found: list[Block] = []
    for language in order:
        if len(order) > 1:
            name = vocab.language_name(language, get_locale())
            prevails = language == content["prevailing"]
            found.append(
                Heading(
                    _("Text in %(language)s, which prevails", language=name)
                    if prevails
                    else _("Text in %(language)s", language=name)
                )
            )
        found.append(Paragraph(texts[language], language=language, markdown=True))
    return found


def _commitments(content: dict[str, Any]) -> list[Block]:
    names = {party["id"]: party["name"] for party in content["parties"]}
    language = content["language"]
    rows: list[list[str | Paragraph]] = [
        [
            Paragraph(names.get(line["giver_id"], "")),
            Paragraph(names.get(line["receiver_id"], "")),
            Paragraph(_what(line), language=language),
            _quantity(line),
            when(line),
        ]
        for line in content["commitments"]
    ]
    sums: list[list[str | Paragraph]] = [[Paragraph(name), _total(content, "giver_id", key), _total(content, "receiver_id", key)] for key, name in names.items()]  # fmt: skip
    return [
        PageBreak(),
        Heading(_("What each party gives and gains")),
        Table(
            [_("Gives"), _("Gains"), _("What"), _("How much"), _("When")],
            rows,
            widths=(3, 3, 4, 2, 3),
            empty=_("No commitments."),
        ),
        Heading(_("Totals"), 2),
        Paragraph(
            _(
                "Amounts are added only where the unit is the same. No price is put on one in terms of another."
            ),
            quiet=True,
        ),
        Table([_("Party"), _("Gives"), _("Gains")], sums, widths=(3, 3, 3)),
    ]


def _what(line: dict[str, Any]) -> str:
    parts = [line["text"]]
    if line["condition"]:
        parts.append(_("On condition: %(condition)s", condition=line["condition"]))
    return "\n".join(parts)


def _quantity(line: dict[str, Any]) -> str:
    return amount(Decimal(line["quantity"]), line["unit"]) if line["quantity"] else ""


def _total(content: dict[str, Any], side: str, institution_id: int) -> str:
    """The amounts of one side by unit, those that repeat as often as they do, and how many lines have none."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    without = 0
    for line in content["commitments"]:
        if line[side] != institution_id:
            continue
        if line["quantity"] is None:
            without += 1
        else:
            sums[line["unit"]] += Decimal(line["quantity"]) * times(line)
    words = [amount(number, unit) for unit, number in sums.items()]
    if without:
        words.append(ngettext("%(num)s thing without an amount", "%(num)s things without an amount", without))
    return "\n".join(words) or _("nothing")


def times(line: dict[str, Any]) -> int:
    """How often a commitment of a version comes."""
    if not line["repeats"]:
        return 1
    first, last = (date.fromisoformat(line[name]) for name in ("repeats_from", "repeats_until"))
    return sum(1 for _part in repeated(line["repeats"], first, last))


def _signatures(
    parties: list[AgreementParty],
    signed: list[AgreementSignature],
    version: AgreementVersion,
    language: str,
) -> list[Block]:
    by_party = {row.institution_id: row for row in signed}
    found: list[Block] = [PageBreak(), Heading(_("Signatures"))]
    left = [isolate(party.institution.name) for party in parties if party.institution_id not in by_party]
    if left:
        found.append(Paragraph(_("Not signed yet: %(names)s.", names=fmt_list(left)), bold=True))
    found.append(Paragraph(_("What each signature means: %(meaning)s", meaning=str(SIGNING_MEANING))))
    places = [
        Signature(party.institution.name, _signature(party, by_party.get(party.institution_id), language))
        for party in parties
    ]
    hashed = _("The text that was signed has this SHA-256: %(hash)s", hash=isolate(version.sha256))
    return [*found, *places, Paragraph(hashed, quiet=True)]


def _signature(
    party: AgreementParty, signature: AgreementSignature | None, language: str
) -> list[tuple[str, str]]:
    rows = []
    if signature is None:
        name = party.signatory.display_name if party.signatory else _("not named")
        rows.append((_("To be signed by"), name))
    else:
        with use_locale(language, party.institution.zone):
            at = fmt_datetime(signature.at)
        rows += [
            (_("Signed by"), signature.person.display_name),
            (_("In what capacity"), signature.capacity),
            (_("When"), at),
            (_("Version"), str(signature.number)),
        ]
    if party.is_gift:
        rows.append((_("Named as a gift"), party.gift_reason))
    return rows
