"""Joint work, told by those who do it: the lead of an approved team registers its project, the partner institution takes part,
the consortium accepts it, a late milestone turns the light, and outsiders see just what is for them.

No stubs: a running portal with its worker. In English and Arabic, with and without scripts.
"""

import json
from datetime import timedelta

import pytest

from app.core import clock
from app.core.db import db
from app.problems.models import Problem
from tests.factories import affiliate, make_consortium, make_institution, make_person, make_problem
from tests.factories.accounts import actor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def ground(portal):
    """Two institutions of two countries, their consortium, a problem, and for each language an approved team."""
    from app.teams import services
    from app.teams.queries import records
    from app.teams.services import running

    facts = {"teams": {}}
    with portal.app.app_context():
        nile, rift = (
            make_institution("Nile Institute"),
            make_institution("Rift Institute", country="KE", city="Nairobi"),
        )
        lead = make_person("Lina Lead", with_password=True)
        amal = affiliate(make_person("Amal Hassan", with_password=True), nile)
        budi = affiliate(make_person("Budi Santoso", with_password=True), rift)
        rita = affiliate(make_person("Rita Representative", with_password=True), rift, role="representative")
        stranger = make_person("Sami Stranger", with_password=True)
        consortium = make_consortium("Drylands", leads=[lead], members=[nile, rift])
        problem = make_problem("Wells turn salty", institution=nile, consortium=consortium)
        for language in ("en", "ar"):
            team = running.start_team(
                actor(amal), db.session.get(Problem, problem.id), institution_id=nile.id, name=f"Open Wells {language}",
                purpose="Probes that tell a farmer in words.", language="en", seats=4, working_languages=["en"],
            )  # fmt: skip

            def fresh(key=team.id, who=amal):
                db.session.rollback()
                db.session.expire_all()
                return records.get(actor(who), key)

            request = services.ask_to_join(
                actor(budi), fresh(who=budi), institution_id=rift.id, message="Let me help."
            )
            services.accept_request(actor(amal), fresh(), request)
            services.name_deputy(actor(amal), fresh(), person_id=budi.id)
            services.set_rules(
                actor(amal), fresh(), version=None, decision_rule="consent", credit_rule="equal", benefit_rule="Open to all.",
            )  # fmt: skip
            made = {}
            for who, home, text in ((amal, nile, "Wells to test in"), (budi, rift, "Calibration")):
                made[home.id] = services.add_line(
                    actor(who),
                    fresh(who=who),
                    institution_id=home.id,
                    direction="brings",
                    kind="data_set",
                    text=text,
                )
            for who, home, other in ((amal, nile, rift), (budi, rift, nile)):
                services.add_line(
                    actor(who), fresh(who=who), institution_id=home.id, direction="gains", kind="data_set", text="What they know",
                    from_line_id=made[other.id].id,
                )  # fmt: skip
            services.propose_team(actor(amal), fresh())
            services.approve_team(actor(lead), fresh(who=lead))
            facts["teams"][language] = team.id
        facts |= {
            "amal": amal.email,
            "budi": budi.email,
            "rita": rita.email,
            "lead": lead.email,
            "stranger": stranger.email,
        }
        db.session.remove()
        db.engine.dispose()
    return facts


def _number(url: str) -> str:
    return next(part for part in url.split("/") if part.isdigit())


def _day(days: int) -> str:
    return (clock.now() + timedelta(days=days)).date().isoformat()


def _fill(who, number: str, part: str, values: dict[str, str]) -> None:
    who.open(f"/projects/{number}/edit/{part}")
    for name, value in values.items():
        who.page.fill(f"[name='{name}']", value)


def _write_the_project(who, number: str) -> None:
    """What the team has not said yet: text, goals, plan, rights."""
    _fill(
        who, number, "about", {"acronym": "WELLS", "description": "Probes **that stay true** in salty water."}
    )
    who.press("save")
    _fill(
        who,
        number,
        "goals",
        {"goal": "A probe that holds for two years.", "success": "Drift under 10 % after a year."},
    )
    who.page.check("[name=sdg_goals][value='6']")
    who.page.select_option("select[name=field_more]", index=2)
    who.press("save")
    _fill(who, number, "team", {"position": "Hydrologist"})
    who.page.locator("[name=credit_roles]").first.check()
    who.press("save")
    _fill(
        who,
        number,
        "plan",
        {
            "starts_on": _day(-90),
            "ends_on": _day(600),
            "milestones-0-title": "Prototype in ten wells",
            "milestones-0-due_on": _day(-10),
        },
    )
    who.press("save")
    for part in ("resources", "rights"):
        who.open(f"/projects/{number}/edit/{part}")
        who.press("save")


def _make_block_private(who, number: str) -> None:
    who.open(f"/projects/{number}/edit/rights")
    who.page.select_option("select[name=updates_for]", "members")
    who.press("save")


@pytest.mark.parametrize(("language", "scripts"), [("en", True), ("ar", False)])
def test_from_an_approved_team_to_a_project_at_work(portal, ground, somebody, language, scripts):
    team = ground["teams"][language]

    # The lead of the approved team registers its project in one step; what the team has said is there already.
    amal = somebody(language, scripts)
    amal.sign_in(ground["amal"])
    amal.open(f"/teams/{team}")
    amal.press("register-project")
    number = _number(amal.page.url)
    _write_the_project(amal, number)
    portal.mail_to(ground["rita"], f"Open Wells {language}")

    # The partner's representative reads what its institution brings and gains, and takes part.
    rita = somebody(language, scripts)
    rita.sign_in(ground["rita"])
    rita.open("/")
    assert f"Open Wells {language}" in rita.text
    rita.page.click(f"main a[href*='/projects/{number}/partners/']")
    assert "Calibration" in rita.page.content()
    rita.press("accept")

    # It is sent, and a lead of the consortium accepts it: work begins, because its team is approved already.
    stranger, visitor = somebody(language, scripts), somebody(language, scripts)
    stranger.sign_in(ground["stranger"])
    stranger.open(f"/projects/{number}")
    assert f"Open Wells {language}" not in stranger.text
    amal.open(f"/projects/{number}/check")
    amal.press("send")
    portal.mail_to(ground["lead"], f"Open Wells {language}")
    lead = somebody(language, scripts)
    lead.sign_in(ground["lead"])
    lead.open(f"/projects/{number}/review")
    lead.press("accept")
    visitor.open(f"/projects/{number}")
    assert visitor.page.locator("[data-status=active]").count() == 1
    assert "Rift Institute" in visitor.text
    visitor.open(f"/projects?q=Open+Wells+{language}")
    assert f"Open Wells {language}" in visitor.text

    # A milestone is late: everybody sees the light, and its report turns it only slowly.
    visitor.open(f"/projects?light=yellow&q=Open+Wells+{language}")
    assert f"Open Wells {language}" in visitor.text
    budi = somebody(language, scripts)
    budi.sign_in(ground["budi"])
    budi.open(f"/projects/{number}/milestones/1")
    budi.page.fill("[name=evidence]", "Ten wells answer in words.")
    budi.press("report")
    portal.mail_to(ground["amal"], "Prototype in ten wells")
    amal.open(f"/projects/{number}/milestones/1")
    amal.press("accept")
    visitor.open(f"/projects/{number}/plan")
    assert visitor.page.locator("svg.ta-timeline path.accepted").count() == 1
    visitor.open(f"/projects?light=yellow&q=Open+Wells+{language}")
    assert f"Open Wells {language}" in visitor.text

    # An update is for those who take part; outsiders see just the public blocks.
    _make_block_private(amal, number)
    amal.open(f"/projects/{number}/updates")
    amal.page.fill("[name=text]", "Zqsecret: the ministry wants it.")
    amal.press("post")
    budi.open(f"/projects/{number}/updates")
    assert "Zqsecret" in budi.text
    for outsider in (visitor, stranger):
        answer = outsider.page.goto(f"{portal.url}/projects/{number}/updates")
        assert answer.status == 404
        for path in (f"/projects/{number}", f"/projects/{number}.json", "/projects/feed.xml"):
            outsider.page.goto(portal.url + path)
            assert "Zqsecret" not in outsider.page.content(), path

    # Private altogether, it is not there: page, list, search, export, feed and JSON.
    amal.open(f"/projects/{number}/edit/rights")
    amal.page.check("[name=visibility][value=members]")
    amal.press("save")
    for outsider in (visitor, stranger):
        request = outsider.context.request
        for path in (
            f"/projects/{number}",
            f"/projects/{number}.json",
            f"/projects/{number}/plan",
            f"/discussion/project/{number}",
        ):
            answer = request.get(portal.url + path, max_redirects=0)
            assert answer.status in (
                {404} if outsider is stranger or "discussion" not in path else {404, 302, 303}
            ), path
        for path in (
            f"/projects?q=Open+Wells+{language}",
            "/projects",
            "/projects/export.csv",
            "/projects/export.json",
            "/projects/feed.xml",
        ):
            found = request.get(portal.url + path).text().replace(f"q=Open+Wells+{language}", "")
            found = found.replace(f'value="Open Wells {language}"', "").replace(
                f"“Open Wells {language}”", ""
            )
            assert f'/projects/{number}"' not in found, path
            assert "WELLS" not in found, path
    assert (
        json.loads(rita.context.request.get(f"{portal.url}/projects/{number}.json").text())["acronym"]
        == "WELLS"
    )
