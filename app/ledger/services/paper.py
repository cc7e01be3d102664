"""The statement of an institution on paper, ordered by whoever reads it and made by the worker.

The key of an order names the period and how much its readers see (`all` or `public`): people who see different things
never share a document.
"""

from datetime import date, timedelta
from typing import Any

from app.core import clock, documents, pdf
from app.core.access import VISITOR, Actor, authorize
from app.core.db import db, transaction
from app.core.documents import Ordered
from app.core.i18n import _, fmt_date, fmt_datetime, fmt_number, ngettext
from app.core.quantities import amount
from app.core.vocab import kind_label
from app.institutions.models import Institution
from app.ledger import queries
from app.ledger.policies import order_statement as may_order

KIND = "ledger.statement"
GOOD_FOR = timedelta(minutes=10)
MOST_LINES = 2000
Period = tuple[date | None, date | None]


def statement_key(actor: Actor, institution_id: int, since: date | None, until: date | None) -> str:
    """What decides the content for this reader: the months, and how much of the statement is theirs to see."""
    reached = "all" if queries.reach(actor, institution_id) == "all" else "public"
    return "|".join([_month(since), _month(until), reached])


def order_statement(
    actor: Actor, institution_id: int, since: date | None, until: date | None, language: str
) -> Ordered:
    """Order the statement for these whole months, as far as the actor sees it; one of the last ten minutes holds."""
    with transaction():
        authorize(may_order, actor)
        key = statement_key(actor, institution_id, since, until)
        return documents.order(KIND, institution_id, key, language, by=actor.id, good_for=GOOD_FOR)


def _month(day: date | None) -> str:
    return day.strftime("%Y-%m") if day else ""


def _of_month(text: str) -> date | None:
    return date.fromisoformat(f"{text}-01") if text else None


@documents.maker(KIND)
def statement(institution_id: int, key: str, language: str) -> tuple[str, bytes]:
    """The statement as PDF: sums side by side, then the lines."""
    since_month, until_month, reached = key.split("|")
    since, until = _of_month(since_month), _of_month(until_month)
    reader = Actor(grants=frozenset({("member", institution_id)})) if reached == "all" else VISITOR
    institution = db.session.get_one(Institution, institution_id)
    totals = queries.totals(reader, institution_id, since, until)
    rows = list(queries.export(reader, institution_id, since, until, most=MOST_LINES + 1))
    name = "-".join(part for part in ("statement", str(institution_id), since_month, until_month) if part)
    content = pdf.Document(
        title=institution.name,
        language=language,
        caption=_("Statement of give and gain"),
        blocks=[
            *_head(since, until, reached),
            *_sums(totals),
            *_lines(rows[:MOST_LINES], len(rows) > MOST_LINES),
        ],
        footer=[_("Taawun, statement of %(institution)s", institution=pdf.isolate(institution.name))],
        lattice=8,
    )
    return f"{name}.pdf", pdf.make(content)


def _head(since: date | None, until: date | None, reached: str) -> list[pdf.Block]:
    if since and until:
        period = _("%(first)s to %(last)s", first=fmt_date(since, "month"), last=fmt_date(until, "month"))
    elif since:
        period = _("since %(month)s", month=fmt_date(since, "month"))
    elif until:
        period = _("until %(month)s", month=fmt_date(until, "month"))
    else:
        period = _("All time")
    seen = _("Everything that was received") if reached == "all" else _("What is public")
    return [
        pdf.Facts(
            [
                (_("Period"), period),
                (_("It holds"), seen),
                (_("Made on"), fmt_datetime(clock.now())),
            ]
        ),
        pdf.Paragraph(
            _(
                "Only what the receiving side confirmed is counted. Amounts are added only where kind and unit are the "
                "same: no price is put on one in terms of another."
            ),
            quiet=True,
        ),
    ]


def _sum(lines: int, number: Any, unit: str) -> str:
    if not lines:
        return _("nothing")
    counted = ngettext("%(num)s line", "%(num)s lines", lines)
    return f"{amount(number, unit)}\n{counted}" if unit else counted


def _sums(totals: list[queries.Total]) -> list[pdf.Block]:
    rows = [
        (
            kind_label(total.kind),
            _sum(total.gave_lines, total.gave, total.unit),
            _sum(total.gained_lines, total.gained, total.unit),
        )
        for total in totals
    ]
    none = _("Nothing was received in this period, neither given nor gained.")
    return [
        pdf.Heading(_("Received in this period")),
        pdf.Table((_("Kind"), _("Gave"), _("Gained")), rows, widths=(2, 1.5, 1.5), empty=none),
    ]


def _lines(rows: list[Any], is_cut: bool) -> list[pdf.Block]:
    table = pdf.Table(
        (_("Line"), _("With"), _("Gave"), _("Gained"), _("Received on")),
        [_line(row) for row in rows],
        widths=(0.8, 1.7, 2.5, 2.5, 1.3),
        empty=_("No line was received in this period."),
    )
    blocks: list[pdf.Block] = [pdf.Heading(_("Lines")), table]
    if is_cut:
        text = _(
            "These are the newest %(number)s lines. The CSV file holds more.", number=fmt_number(MOST_LINES)
        )
        blocks.append(pdf.Paragraph(text, quiet=True))
    return blocks


def _line(row: Any) -> tuple[str | pdf.Paragraph, ...]:
    is_giver = row.side == "giver"
    partner = row.receiver if is_giver else row.giver
    what = [row.text, kind_label(row.kind), amount(row.amount, row.unit) if row.unit else ""]
    said = pdf.Paragraph("\n".join(part for part in what if part))
    return (
        f"L-{row.id}",
        partner if partner is not None else str(queries.pool_name(row.consortium_names)),
        said if is_giver else "",
        "" if is_giver else said,
        fmt_date(row.received_at, "medium"),
    )
