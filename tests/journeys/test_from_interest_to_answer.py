"""Both sides give, both sides gain: three institutions of three countries go from "we could do something together" to what each
gave and got: interest, yes, agreement in three versions, signatures, work, lines of the ledger, a dispute, an outcome, an answer.

No stubs: a running portal with its worker. In English with scripts, in Arabic without.
"""

import csv
import io
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.agreements.models import Agreement, AgreementSignature
from app.core import clock
from app.core.db import db
from app.interest.models import Interest
from app.ledger.models import LedgerLine
from app.outcomes.models import Outcome
from tests.factories import (
    add_partner,
    affiliate,
    make_consortium,
    make_institution,
    make_listing,
    make_person,
    make_problem,
    make_project,
)

pytestmark = pytest.mark.browser

HOMES = (
    ("nile", "Nile Institute", "EG"),
    ("rift", "Rift Institute", "KE"),
    ("works", "Bosphorus Works", "TR"),
)
COUNTED = ("received", "rated")


@pytest.fixture(scope="module")
def ground(portal):
    """Three institutions with a signatory each, their consortium, and for each language an offer, a problem and a project that
    waits for nothing but its agreement.
    """
    facts = {"offers": {}, "problems": {}, "projects": {}, "homes": {}}
    with portal.app.app_context():
        homes = {key: make_institution(name, country=country) for key, name, country in HOMES}
        people = {
            key: affiliate(
                make_person(name, with_password=True), homes[key], role="representative", is_signatory=True
            )
            for key, name in (("nile", "Amal Hassan"), ("rift", "Rita Otieno"), ("works", "Tarik Demir"))
        }
        people["lead"] = make_person("Lina Lead", with_password=True)
        people["author"] = affiliate(make_person("Budi Author", with_password=True), homes["rift"])
        consortium = make_consortium(
            "Drylands", leads=[people["lead"]], members=homes.values(), projects_need_agreement=True
        )
        for language in ("en", "ar"):
            problem = make_problem(
                f"Wells turn salty {language}",
                author=people["author"],
                institution=homes["rift"],
                consortium=consortium,
            )
            project = make_project(
                f"Sweet Wells {language}",
                state="forming",
                lead=people["nile"],
                institution=homes["nile"],
                consortium=consortium,
                problem=problem,
                complete=False,
                team_approved_at=clock.now(),
            )
            add_partner(project, homes["rift"])
            add_partner(project, homes["works"])
            offer = make_listing(
                f"Calibration bench {language}",
                contact=people["rift"],
                institution=homes["rift"],
                consortium=consortium,
                detail_visibility="mutual",
            )
            facts["offers"][language], facts["problems"][language] = offer.id, problem.id
            facts["projects"][language] = project.id
        facts["homes"] = {key: home.id for key, home in homes.items()}
        facts["mail"] = {key: person.email for key, person in people.items()}
        facts["people"] = {key: person.id for key, person in people.items()}
        db.session.remove()
        db.engine.dispose()
    return facts


def _reading(portal):
    """Read the portal's database: `read(lambda: ...)`."""

    def run(what):
        with portal.app.app_context():
            try:
                return what()
            finally:
                db.session.remove()
                db.engine.dispose()

    return run


def _newest(kind):
    return lambda: db.session.scalar(select(kind.id).order_by(kind.id.desc()).limit(1))


def _day(days: int) -> str:
    return (clock.now() + timedelta(days=days)).date().isoformat()


def _fill(who, values: dict[str, str]) -> None:
    for name, value in values.items():
        field = who.page.locator(f"main [name='{name}']")
        if field.first.evaluate("node => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def _lists(who, brings: str, gains: str) -> None:
    _fill(
        who,
        {
            "brings-0-kind": "training",
            "brings-0-text": brings,
            "gains-0-kind": "facility_time",
            "gains-0-text": gains,
        },
    )


def _interest(people, portal, ground, read, language) -> int:
    """Amal writes to the owner of an offer, Rita says yes; nothing of either is seen before, everything by both after."""
    amal, rita, visitor = people["nile"], people["rift"], people["visitor"]
    offer = f"/resources/{ground['offers'][language]}"
    for reader in (amal, visitor):
        reader.open(offer)
        assert ground["mail"]["rift"] not in reader.page.content()
        assert "blue" not in reader.text
    amal.open(offer)
    amal.press("interested")
    _lists(amal, "Salinity records of 61 wells", "Two days at the bench")
    amal.press("send")
    key = read(_newest(Interest))
    portal.mail_to(ground["mail"]["rift"], f"Calibration bench {language}")
    amal.open(f"/interest/{key}")
    assert ground["mail"]["rift"] not in amal.page.content()
    rita.open(f"/interest/{key}")
    assert ground["mail"]["nile"] not in rita.page.content()
    _lists(rita, "Two days at the bench", "Salinity records of 61 wells")
    rita.press("accept")
    assert ground["mail"]["nile"] in rita.text
    amal.open(f"/interest/{key}")
    assert ground["mail"]["rift"] in amal.text
    visitor.open(offer)
    assert ground["mail"]["rift"] not in visitor.page.content()
    assert "blue" not in visitor.text
    amal.open(offer)
    assert "blue" in amal.text
    amal.open(f"/interest/{key}")
    return key


def _draft(amal, ground, read, language) -> int:
    """Amal drafts an agreement from it, for the project: all three partners are parties, and each gives and gains."""
    homes = ground["homes"]
    amal.press("to-agreement")
    amal.page.check("main [name=kind][value=joint_work]")
    _fill(amal, {"project": str(ground["projects"][language])})
    amal.press("save")
    key = read(_newest(Agreement))
    for home in ("nile", "rift", "works"):
        amal.open(f"/agreements/{key}/parties")
        _fill(amal, {f"p{homes[home]}-signatory": str(ground["people"][home])})
        amal.press(f"signatory-{homes[home]}")
    amal.open(f"/agreements/{key}/edit/text")
    for blank in amal.page.locator("main input[name$='-value']").all():
        blank.fill("as written below")
    amal.press("save")
    for _line in range(2):
        amal.page.click("main button[name=add][value=commitments]")
    rows = (
        (homes["nile"], homes["rift"], "Salinity records of 61 wells", "data_set", "", ""),
        (homes["rift"], homes["nile"], "Two days at the bench", "facility_time", "16", "hour"),
        (homes["nile"], homes["works"], "Training of technicians", "training", "12", "hour"),
        (homes["works"], homes["nile"], "Printed electrodes", "material", "40", "piece"),
    )
    for number, (giver, receiver, text, kind, quantity, unit) in enumerate(rows):
        _fill(
            amal,
            {
                f"commitments-{number}-{name}": str(value)
                for name, value in (
                    ("giver", giver),
                    ("receiver", receiver),
                    ("kind", kind),
                    ("text", text),
                    ("quantity", quantity),
                    ("unit", unit),
                    ("due_on", _day(0)),
                )
            },
        )
    amal.press("save")
    _fill(amal, {"notice_days": "60"})
    amal.press("save")
    amal.open(f"/agreements/{key}/check")
    amal.press("send")
    return key


def _negotiate(people, key: int) -> None:
    """Rita changes it, Tarik changes it; all are content with the third version."""
    for who, note, line, text in (
        ("rift", "More time.", "commitments-1-quantity", "20"),
        ("works", "Better electrodes.", "commitments-3-text", "Printed electrodes with a guard ring"),
    ):
        person = people[who]
        person.open(f"/agreements/{key}/revise")
        _fill(person, {line: text, "note": note})
        person.press("revise")
        assert person.page.locator("main ins").count() > 0, person.text
    for who in ("nile", "rift"):
        people[who].open(f"/agreements/{key}")
        people[who].press("content")


def _sign(people, key: int, read) -> None:
    """Each signs the third version, and the last signature brings it into force."""
    for who in ("nile", "rift", "works"):
        person = people[who]
        person.open(f"/agreements/{key}/sign")
        _fill(person, {"capacity": "Vice-rector for research"})
        person.page.check("main [name=accepted]")
        person.press("sign")
    signed = read(
        lambda: db.session.execute(
            select(AgreementSignature.number, AgreementSignature.sha256).where(
                AgreementSignature.agreement_id == key
            )
        ).all()
    )
    assert len(signed) == 3
    assert len(set(signed)) == 1
    assert signed[0][0] == 3


def _lines_of(key: int, project: int, read) -> dict[str, int]:
    rows = read(
        lambda: db.session.execute(
            select(LedgerLine.text, LedgerLine.id).where(LedgerLine.project_id == project)
        ).all()
    )
    assert len(rows) == 4, key
    return {row.text: row.id for row in rows}


def _step(who, line: int, verb: str, values: dict[str, str] | None = None) -> None:
    who.open(f"/impact/lines/{line}")
    who.press(verb)
    _fill(who, values or {})
    who.press(verb)


def _give(people, lines: dict[str, int]) -> None:
    """What was promised is delivered and received; one is disputed, and the mediator settles it."""
    records, bench, training, electrodes = (
        lines[text]
        for text in (
            "Salinity records of 61 wells",
            "Two days at the bench",
            "Training of technicians",
            "Printed electrodes with a guard ring",
        )
    )
    for giver, receiver, line in (
        ("nile", "rift", records),
        ("rift", "nile", bench),
        ("works", "nile", electrodes),
    ):
        _step(people[giver], line, "deliver")
        _step(people[receiver], line, "receive")
    _step(people["nile"], training, "deliver")
    _step(people["works"], training, "dispute", {"note": "Nobody came."})
    lead = people["lead"]
    lead.open(f"/impact/lines/{training}")
    lead.press("settle")
    lead.page.check("main [name=outcome][value=received]")
    _fill(lead, {"note": "The list of those who took part shows twelve hours."})
    lead.press("settle")


def _statements_agree(people, ground, portal, read) -> None:
    """What each institution's statement says is what the lines say, by kind and unit, to the last unit."""
    for key in ("nile", "rift", "works"):
        home = ground["homes"][key]
        wanted = defaultdict(Decimal)
        for row in read(
            lambda home=home: db.session.execute(
                select(
                    LedgerLine.giver_id,
                    LedgerLine.kind,
                    LedgerLine.unit,
                    LedgerLine.given,
                    LedgerLine.quantity,
                ).where(
                    LedgerLine.state.in_(COUNTED),
                    (LedgerLine.giver_id == home) | (LedgerLine.receiver_id == home),
                )
            ).all()
        ):
            side = "gave" if row.giver_id == home else "gained"
            amount = row.given if row.given is not None else row.quantity
            wanted[side, row.kind, row.unit or ""] += amount if amount is not None else Decimal(1)
        answer = people[key].context.request.get(f"{portal.url}/impact/institutions/{home}.csv")
        found = defaultdict(Decimal)
        for row in csv.DictReader(io.StringIO(answer.text().removeprefix("\ufeff"))):
            found[row["side"], row["address"] and _kind(row, wanted), row["unit"]] += Decimal(
                row["amount"] or 1
            )
        assert dict(found) == dict(wanted), key


def _kind(row, wanted):
    """The code of the kind whose label the file shows: the only one with this side and unit."""
    return next(kind for side, kind, unit in wanted if side == row["side"] and unit == row["unit"])


def _outcome(people, ground, portal, read, language) -> int:
    """Amal claims what came of it, Tarik confirms it for another institution, the days for objections pass."""
    amal, tarik, visitor = people["nile"], people["works"], people["visitor"]
    project, problem = ground["projects"][language], ground["problems"][language]
    amal.open(f"/outcomes/new?project={project}")
    _fill(amal, {"kind": "prototype", "title": f"A probe that holds {language}"})
    amal.press("save")
    key = read(_newest(Outcome))
    amal.open(f"/outcomes/{key}/edit/about")
    _fill(
        amal,
        {
            "summary": "It holds for two years.",
            "description": "Built and tried in ten wells.",
            "produced_on": _day(-2),
            "problem": str(problem),
        },
    )
    amal.press("save")
    _fill(
        amal,
        {
            "measures-0-what": "Drift",
            "measures-0-baseline": "35",
            "measures-0-target": "10",
            "measures-0-reached": "8.5",
            "measures-0-unit": "%",
            "benefits_who": "Families on shallow wells",
            "country_more": "EG",
        },
    )
    amal.press("save")
    _fill(amal, {"identifiers-0-scheme": "doi", "identifiers-0-value": "https://doi.org/10.5281/zenodo.77"})
    _fill(amal, {"licence": "CC-BY-4.0"})
    amal.press("save")
    _fill(amal, {"links-0-label": "Data", "links-0-url": "https://data.example.org/1"})
    amal.press("save")
    amal.open(f"/outcomes/{key}/people?person={ground['people']['nile']}")
    _fill(amal, {"role": "investigation"})
    amal.page.check("main [name=degree][value=lead]")
    amal.press("name")
    amal.open(f"/outcomes/{key}/check")
    _fill(amal, {"confirmer": str(ground["homes"]["works"])})
    amal.press("send")
    visitor.page.goto(f"{portal.url}/outcomes/{key}")
    assert "It holds for two years." not in visitor.page.content()
    tarik.open(f"/outcomes/{key}/confirm")
    tarik.page.locator("main [name=note]").first.fill("We saw it in our own wells.")
    tarik.press("confirm")
    read(_let_the_days_pass(key))
    visitor.open(f"/outcomes/{key}")
    assert "It holds for two years." in visitor.text
    return key


def _let_the_days_pass(key: int):
    from app.outcomes.services import publish_due

    def run():
        until = db.session.get_one(Outcome, key).window_ends_at
        with clock.at(until + timedelta(minutes=1)):
            assert publish_due() == 1
            assert publish_due() == 0

    return run


@pytest.mark.parametrize(("language", "scripts"), [("en", True), ("ar", False)])
def test_from_an_interest_to_an_answered_problem(portal, ground, somebody, language, scripts):
    read = _reading(portal)
    people = {
        key: somebody(language, scripts) for key in ("nile", "rift", "works", "lead", "author", "visitor")
    }
    for key, address in ground["mail"].items():
        people[key].sign_in(address)
    project, problem = ground["projects"][language], ground["problems"][language]
    visitor = people["visitor"]

    _interest(people, portal, ground, read, language)
    agreement = _draft(people["nile"], ground, read, language)
    _negotiate(people, agreement)
    visitor.open(f"/projects/{project}")
    assert visitor.page.locator("[data-kind=project][data-status=forming]").count() == 1
    _sign(people, agreement, read)
    visitor.open(f"/projects/{project}")
    assert visitor.page.locator("[data-kind=project][data-status=active]").count() == 1

    _give(people, _lines_of(agreement, project, read))
    visitor.open(f"/projects/{project}")
    assert visitor.page.locator("[data-testid=reciprocity]").count() == 1
    assert "1" in visitor.page.inner_text("[data-testid=reciprocity]")
    _statements_agree(people, ground, portal, read)

    outcome = _outcome(people, ground, portal, read, language)
    for who in ("author", "lead"):
        people[who].open(f"/outcomes/{outcome}/answer")
        people[who].press("yes")
    visitor.open(f"/problems/{problem}")
    assert visitor.page.locator("[data-kind=problem][data-status=answered]").count() == 1
