"""Pages as a browser draws them: nothing serious for axe-core, nothing wider than the window, nothing that the content
policy had to stop, in both languages, both themes, wide and at 320 pixels."""

import json
import pathlib
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.discussion.models import Comment, ContentReport, ModerationCase
from app.ledger.queries import of_source
from app.listings.models import ListingLoad, ListingLoadRow
from app.projects.models import Project
from app.teams.models import Team
from app.translating.models import Translation
from tests.factories import (
    add_member,
    add_milestone,
    add_update,
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_listing,
    make_open_consortium,
    make_person,
    make_problem,
    make_project,
    make_team,
)
from tests.factories.accounts import actor
from tests.factories.agreements import lines_of, make_agreement
from tests.factories.exchange import make_course, make_technology
from tests.factories.groundwork import make_groundwork
from tests.factories.interest import make_interest
from tests.factories.outcomes import make_outcome

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
        people = {"lead": lead, "member": member, "representative": representative}
        for address, more in _works(people, {"consortium": consortium, "institution": water}).items():
            pages[address] += more
        add_member(team, affiliate("Second", desert), desert)
        for address, more in _partnership(people, consortium, (water, desert), team).items():
            pages[address] += more
        db.session.remove()
        db.engine.dispose()
    return pages


def _works(people: dict[str, Any], home: dict[str, Any]) -> dict[str | None, list[str]]:
    """Projects, offers and needs, and what people attach to them: the addresses by who opens them."""
    lead, member, representative = people["lead"], people["member"], people["representative"]
    project = make_project("Wells that last", state="active", lead=member, **home)
    add_milestone(project, "The first well", due_on=clock.today() - timedelta(days=3))
    add_milestone(
        project, "A long name for what will be reached in the second year of the work of all partners"
    )
    add_update(project)
    draft = make_project("A project begun", state="draft", lead=member, complete=False, **home)
    offer = make_listing("Days at the mass spectrometer", contact=representative, **home)
    know_how = make_listing(
        "طريقة لتحلية المياه", contact=representative, kind="technology", language="ar", **home
    )
    begun = make_listing("An offer begun", state="draft", contact=representative, **home)
    here, attached = f"/projects/{project.id}", _attached(people, project)
    return {
        None: [
            "/projects", "/projects?q=nothingfits", here, f"{here}/plan", f"{here}/discussion", "/resources", "/resources?view=map",
            f"/resources/{offer.id}", "/exchange", f"/exchange/{know_how.id}",
        ],
        member.email: [
            here, f"{here}/team", f"{here}/plan", f"{here}/milestones/1", f"{here}/updates", f"{here}/settings", f"{here}/discussion",
            f"{here}/partners", "/projects/mine", "/projects/new", f"/projects/{draft.id}/edit", f"/projects/{draft.id}/edit/goals",
            f"/files/project/{project.id}/add", "/translations/wanted", f"/translations/project/{project.id}",
        ],
        representative.email: [
            "/resources/manage", "/resources/new", f"/resources/{begun.id}/edit", f"/resources/{begun.id}/edit/amount",
            f"/resources/{begun.id}/check", "/resources/loads", "/resources/loads/new", f"/resources/loads/{attached['load']}",
            f"/resources/loads/{attached['load']}/rows/2", f"/translations/project/{project.id}/{attached['translation']}/edit",
        ],
        lead.email: ["/discussion/moderation", f"/discussion/moderation/{attached['case']}",
                     f"/discussion/comments/{attached['comment']}"],
    }  # fmt: skip


def _partnership(
    people: dict[str, Any], consortium: Any, sides: tuple[Any, Any], team: Team
) -> dict[str | None, list[str]]:
    """What two institutions give each other, from the first interest to what came of it: the addresses by who opens them."""
    member, representative, (water, desert) = people["member"], people["representative"], sides
    home = {"consortium": consortium, "institution": water}
    offer = make_listing("Days in the field", contact=representative, **home)
    interest = make_interest(offer, institution=desert)
    project = make_project("Wells that give", state="active", lead=member, **home)
    agreed, sent, begun = (
        make_agreement(f"Wells, {state}", state=state, institutions=[water, desert])
        for state in ("in_force", "negotiation", "draft")
    )
    line = next(
        iter(of_source(actor(representative), "commitment", [row.id for row in lines_of(agreed)]).values())
    )
    course = make_course(
        listing=make_technology(water, contact=representative, consortium=consortium), taker=desert
    )
    outcome = make_outcome("Cheaper wells", project=project, claimer=member, confirmer=None)
    claimed = make_outcome("Wells begun", state="claimed", project=project, claimer=member)
    make_groundwork(team)
    return {
        None: [
            "/impact", f"/impact/institutions/{water.id}", f"/impact/consortia/{consortium.id}", "/agreements",
            f"/agreements/{agreed.id}", "/outcomes", f"/outcomes/{outcome.id}",
        ],
        member.email: [
            f"/outcomes/{claimed.id}/edit", f"/outcomes/{claimed.id}/edit/change", f"/teams/{team.id}/groundwork",
            f"/teams/{team.id}/groundwork/goals",
        ],
        representative.email: [
            "/interest", f"/interest/{interest.id}", f"/agreements/{sent.id}", f"/agreements/{sent.id}/revise",
            f"/agreements/{begun.id}/edit/commitments", f"/impact/lines/{line.id}", f"/exchange/courses/{course.id}",
        ],
    }  # fmt: skip


def _attached(people: dict[str, Any], project: Project) -> dict[str, int]:
    """A comment that was reported, a file of listings with a fault, a translation begun: their ids."""
    representative = people["representative"]
    about = {"kind": "project", "thing_id": project.id}
    with transaction(system="test"):
        comment = Comment(
            **about,
            author_id=representative.id,
            audience="everybody",
            text="@عمر does the **pump** run at night?",
        )
        load = ListingLoad(
            state="checked", institution_id=project.institution_id, person_id=representative.id, file_name="instruments.csv",
            columns=[{"at": 0, "name": "title"}, {"at": 1, "name": "unit"}], rows_total=1, rows_done=1, faulty=1,
            lapses_at=clock.now() + timedelta(days=9),
        )  # fmt: skip
        translation = Translation(
            **about, number=project.number, title=project.title, source_language="en", language="ar", state="draft",
            translator_id=representative.id, texts={"title": "آبار تدوم"},
        )  # fmt: skip
        db.session.add_all([comment, load, translation])
        db.session.flush()
        case = ModerationCase(
            **about, content="comment", content_id=comment.id, label="A comment", consortium_id=project.consortium_id,
            author_id=representative.id,
        )  # fmt: skip
        case.ask(None)
        db.session.add(case)
        db.session.flush()
        db.session.add(
            ContentReport(case_id=case.id, reporter_id=people["member"].id, reason="spam", text="Not so.")
        )
        db.session.add(
            ListingLoadRow(
                load_id=load.id, number=2, outcome="faulty", title="A microscope", cells={"title": "A microscope", "unit": ""},
                faults=[{"column": "unit", "code": "empty", "facts": {}}],
            )
        )  # fmt: skip
    return {"comment": comment.id, "load": load.id, "translation": translation.id, "case": case.id}


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
