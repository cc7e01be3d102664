"""Pages as a browser draws them: nothing serious for axe-core, nothing wider than the window, nothing that the content
policy had to stop, in both languages, both themes, wide and at 320 pixels."""

import json
import pathlib

import pytest

from app.core.db import db, transaction
from app.teams.models import Team
from tests.factories import (
    add_member,
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_open_consortium,
    make_person,
    make_problem,
    make_team,
)

pytestmark = pytest.mark.browser
AXE = (pathlib.Path(__file__).parents[1] / "browser" / "vendor" / "axe.min.js").read_text()
RUN = """async () => {
  const found = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]});
  return found.violations.filter(one => ["serious", "critical"].includes(one.impact))
    .map(one => [one.id, one.nodes.slice(0, 3).map(node => node.html.slice(0, 160))]);
}"""
WIDER = "() => [document.documentElement.scrollWidth, window.innerWidth]"
LOOKS = [("en", "light", 1366), ("ar", "light", 1366), ("en", "dark", 320), ("ar", "dark", 320)]


@pytest.fixture(scope="module")
def world(portal):
    """Something of everything, and the addresses of the pages by who opens them."""
    with portal.app.app_context():
        water, desert = (
            make_institution("Institute of Water", domain="water.example"),
            make_institution("معهد الصحراء"),
        )
        lead = make_person("Lina Lead", with_password=True)
        member = affiliate(make_person("Omar Author", romanised_name="Omar", with_password=True), water)
        representative = affiliate(make_person("Rana Rep", with_password=True), water, "representative")
        admin = make_admin("Ada Admin", with_password=True)
        make_open_consortium()
        consortium = make_consortium("Drylands", leads=[lead], members=[water, desert])
        kwargs = {"consortium": consortium, "institution": water, "author": member}
        problem = make_problem("Salt in the wells", **kwargs)
        draft = make_problem("A draft", state="draft", **kwargs)
        submitted = make_problem("A submitted one", state="submitted", **kwargs)
        team = make_team("Open Wells", problem=problem, lead=member, institution=water)
        add_member(team, affiliate("Asker", desert), desert, state="requested", message="May I join?")
        proposed = make_team(
            "Proposed Wells", problem=problem, institution=water, complete=True, state="proposed"
        )
        with transaction(system="test"):
            db.session.get_one(Team, team.id).deputy_id = None
        pages = {
            None: [
                "/", "/problems", f"/problems/{problem.id}", "/teams", f"/teams/{proposed.id}", "/institutions",
                f"/institutions/{water.id}", "/consortia", f"/consortia/{consortium.id}", "/sign-in", "/sign-up", "/reset",
                "/help", "/accessibility", "/problems/999999", "/problems?q=nothingfits",
            ],
            member.email: [
                "/", "/account", "/notifications", "/problems/new", f"/problems/{draft.id}/edit", f"/teams/{team.id}",
                f"/teams/new?problem={problem.id}", "/institutions/join", f"/people/{member.id}", "/audit",
            ],
            lead.email: ["/", f"/consortia/{consortium.id}/dashboard", f"/consortia/{consortium.id}/settings",
                         f"/problems/{submitted.id}", f"/teams/{proposed.id}"],
            representative.email: ["/", f"/institutions/{water.id}", f"/consortia/{consortium.id}/ask"],
            admin.email: ["/", "/admin", "/admin/mail", "/consortia/new"],
        }  # fmt: skip
        db.session.remove()
        db.engine.dispose()
    return pages


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_pages_are_sound_in_a_browser(somebody, world, language, theme, width):
    faults = []
    for address, paths in world.items():
        who = somebody(language=language, color_scheme=theme, viewport={"width": width, "height": 800})
        said: list[str] = []
        who.page.on(
            "console",
            lambda message, said=said: said.append(message.text) if message.type == "error" else None,
        )
        if address:
            who.sign_in(address)
        for path in paths:
            said.clear()
            who.open(path)
            who.page.evaluate(AXE)
            findings = who.page.evaluate(RUN)
            wide, window = who.page.evaluate(WIDER)
            blocked = [line for line in said if "404" not in line]
            for problem, shown in (
                ("axe", findings),
                ("wider", [wide, window] if wide > window else []),
                ("said", blocked),
            ):
                if shown:
                    faults.append(
                        f"{path} ({address or 'visitor'}): {problem} {json.dumps(shown, ensure_ascii=False)}"
                    )
    assert not faults, "\n".join(faults)
