"""The portal's main job, told by those who do it: a researcher signs up and posts a problem, the lead returns and then
publishes it, a second institution joins a team, the two-way gate refuses and then opens, the lead approves.

No stubs: a running portal with its worker, mails read from where it keeps them. In English and Arabic, with and without
scripts. What people press is found by its test id, so the same story runs in every language.
"""

import re
from datetime import timedelta

import pytest

from app.core import clock
from app.core.db import db
from tests.factories import PASSWORD, make_consortium, make_institution, make_person

pytestmark = pytest.mark.browser

WORDS = {
    "en": {
        "problem": "Wells turn salty without warning",
        "brings": "Wells to test in",
        "wish": "Say how many people are affected",
    },
    "ar": {"problem": "آبار تملح دون إنذار", "brings": "آبار للتجربة", "wish": "اذكروا عدد المتأثرين"},
}
NOTHING_SCRIPTED = pytest.mark.parametrize(
    ("language", "scripts"), [("en", True), ("en", False), ("ar", True), ("ar", False)]
)


@pytest.fixture(scope="module")
def ground(portal):
    """Two verified institutions of two countries, their consortium and its lead."""
    with portal.app.app_context():
        nile = make_institution("Nile Institute", domain="nile.example", country="EG")
        rift = make_institution("Rift Institute", domain="rift.example", country="KE", city="Nairobi")
        lead = make_person("Lina Lead", with_password=True)
        consortium = make_consortium("Drylands", leads=[lead], members=[nile, rift])
        facts = {"lead": lead.email, "consortium": consortium.id, "nile": nile.id, "rift": rift.id}
        db.session.remove()
        db.engine.dispose()
    return facts


def _number(url: str) -> str:
    found = re.search(r"/(\d+)", url.split("://", 1)[1].split("/", 1)[1].join(["/", ""]))
    assert found, url
    return found.group(1)


def _join_the_portal(who, address: str, name: str) -> None:
    """Sign up, confirm the address by mail, belong to the institution at whose domain it is."""
    who.open("/sign-up")
    who.page.fill("[name=email]", address)
    who.page.fill("[name=display_name]", name)
    who.page.fill("[name=password]", PASSWORD)
    who.press("sign-up")
    who.open(who.portal.link_in_mail_to(address))
    who.press("confirm")
    who.page.click("main a[href*='/join']:not([href$='/institutions/join'])")
    who.press("ask")
    who.portal.mail_to(address)  # the welcome or the word of the confirmed affiliation


def _choose(who, name: str, label: str) -> None:
    """Choose an option by its words; a list of one has them chosen already."""
    choice = who.page.locator(f"select[name={name}]")
    if choice.locator("option:checked").inner_text() != label:
        choice.select_option(label=label)


def _write_the_problem(who, title: str) -> str:
    """Go through the task list part by part; returns the problem's number in addresses."""
    who.open("/problems/new")
    who.page.fill("[name=title]", title)
    _choose(who, "consortium", "Drylands")
    who.page.select_option("select[name=language]", who.language)
    who.press("save")
    number = _number(who.page.url)
    who.open(f"/problems/{number}/edit/need")
    who.page.fill("[name=summary]", f"{title}.")
    who.page.fill(
        "[name=statement]",
        "Families learn that the water has turned salty only when crops fail. **We look for a probe.**",
    )
    who.press("save")
    who.page.fill("[name=affected_who]", "Families who farm on shallow wells")
    who.page.select_option("select[name=country_more]", "EG")
    who.press("save")
    who.open(f"/problems/{number}/edit/success")
    who.page.fill("[name=measures-0-what]", "Wells with a warning in time")
    who.page.fill("[name=measures-0-target]", "45 of 61")
    who.page.fill("[name=measures-0-how]", "Farmers' own logs")
    who.page.fill("[name=tried]", "Copper electrodes fouled within five weeks.")
    who.press("save")
    who.page.select_option("select[name=brings-0-kind]", "field_site")
    who.page.fill("[name=brings-0-text]", "Twelve farms")
    who.page.select_option("select[name=needs-0-kind]", "method")
    who.page.fill("[name=needs-0-text]", "Calibration")
    who.press("save")
    who.page.check("[name=sdg_goals][value='6']")
    who.page.select_option("select[name=field_more]", index=2)
    who.page.fill("[name=closes_on]", (clock.now() + timedelta(days=120)).date().isoformat())
    who.press("save")
    return number


def _send(who, number: str) -> None:
    who.open(f"/problems/{number}/check")
    who.press("send")
    assert f"/problems/{number}/sent" in who.page.url, who.text


def _line(who, team: str, direction: str, text: str, source: bool = False) -> None:
    who.open(f"/teams/{team}/lines/new/{direction}")
    who.page.select_option("select[name=kind]", "field_site")
    who.page.fill("[name=text]", text)
    if source:
        who.page.select_option("select[name=from_line_id]", index=1)
    who.press("save")


@NOTHING_SCRIPTED
def test_from_sign_in_to_an_approved_team(portal, ground, somebody, language, scripts):
    words = WORDS[language]
    mark = f"{language}{'s' if scripts else 'n'}"
    amal_address, budi_address = f"amal-{mark}@nile.example", f"budi-{mark}@rift.example"
    title = f"{words['problem']} {mark}"

    # A researcher of one institution signs up, is confirmed, and posts a problem.
    amal = somebody(language, scripts)
    _join_the_portal(amal, amal_address, "Amal Hassan")
    number = _write_the_problem(amal, title)
    _send(amal, number)

    # The lead is told, returns it with a wish, then publishes it.
    portal.mail_to(ground["lead"], title[:12])
    lead = somebody(language, scripts)
    lead.sign_in(ground["lead"])
    lead.open(f"/problems/{number}/review")
    lead.page.locator("details:has([data-testid=return]) > summary").click()
    lead.page.fill("[name=return-wishes-0-text]", words["wish"])
    lead.press("return")
    portal.mail_to(amal_address, "P-")
    amal.open(f"/problems/{number}/edit/affected")
    assert amal.page.locator("[name=affected_who]").input_value() == "Families who farm on shallow wells"
    amal.page.fill("[name=affected_number]", "250000" if language == "en" else "٢٥٠٠٠٠")
    amal.page.fill("[name=affected_unit]", "people")
    amal.press("save")
    _send(amal, number)
    lead.open(f"/problems/{number}/review")
    assert words["wish"] in lead.text
    lead.press("publish")
    portal.mail_to(amal_address, "P-")
    visitor = somebody(language, scripts)
    visitor.open(f"/problems/{number}")
    assert title in visitor.text

    # She starts a team; a researcher of the other institution asks to join, and she accepts.
    amal.open(f"/teams/new?problem={number}")
    amal.page.fill("[name=name]", f"Open Wells {mark}")
    amal.page.fill("[name=purpose]", "Probes that tell a farmer in words when a well turns salty.")
    amal.press("start")
    amal.open("/teams")
    amal.page.click(f"main a:has-text('Open Wells {mark}')")
    team = _number(amal.page.url)
    budi = somebody(language, scripts)
    _join_the_portal(budi, budi_address, "Budi Santoso")
    budi.open(f"/teams/{team}/join")
    budi.page.fill("[name=message]", "I keep cheap probes honest.")
    budi.press("send")
    portal.mail_to(amal_address, "Budi")
    amal.open("/")
    assert "Budi Santoso" in amal.text
    amal.open(f"/teams/{team}")
    amal.press("accept")
    portal.mail_to(budi_address, "Open Wells")

    # Proposing is refused, naming who brings or gains nothing; when both ways are filled it goes through.
    amal.open(f"/teams/{team}/rules")
    amal.page.check("[name=decision_rule][value=consent]")
    amal.page.check("[name=credit_rule][value=credit_before]")
    amal.page.fill("[name=benefit_rule]", "Shared by what each brought.")
    amal.press("save")
    amal.open(f"/teams/{team}/deputy")
    amal.page.select_option("select[name=person_id]", index=1)
    amal.press("save")
    amal.open(f"/teams/{team}/propose")
    missing = amal.page.inner_text("[data-testid=missing]")
    assert "Nile Institute" in missing
    assert "Rift Institute" in missing
    assert amal.page.locator("main [data-testid=propose]").count() == 0
    _line(amal, team, "brings", words["brings"])
    _line(budi, team, "brings", "Calibration")
    _line(amal, team, "gains", "Probes that stay honest", source=True)
    _line(budi, team, "gains", "A field site", source=True)
    amal.open(f"/teams/{team}/propose")
    amal.press("propose")

    # The consortium's lead approves; everybody concerned has the notice and the mail, the audit shows each step.
    portal.mail_to(ground["lead"], f"Open Wells {mark}")
    lead.open("/")
    assert f"Open Wells {mark}" in lead.text
    lead.open(f"/teams/{team}/decide")
    lead.press("approve")
    for person, address in ((amal, amal_address), (budi, budi_address)):
        portal.mail_to(address, f"Open Wells {mark}")
        person.open("/notifications")
        assert f"Open Wells {mark}" in person.text
    visitor.open(f"/problems/{number}")
    assert visitor.page.locator("[data-status=in_work]").count() == 1
    lead.open("/audit")
    with portal.app.app_context():
        from sqlalchemy import select

        from app.audit.models import AuditEntry

        seen = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.team_id == int(team))))
        db.session.remove()
    assert {"teams.ask_to_join", "teams.propose", "teams.approve"} <= seen, seen
