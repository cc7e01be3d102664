"""The second half of the world: projects, offers and needs, and what people attach to things."""

import io
from datetime import timedelta
from typing import Any

from app.accounts.models import Person
from app.consortia.models import Consortium
from app.core import clock, files
from app.core.db import db, transaction
from app.discussion.models import Comment, ContentReport, ModerationCase
from app.files.models import ALLOWED, MOST_BYTES, Attachment
from app.institutions.models import Institution
from app.listings.models import ListingLoad, ListingLoadRow, ListingReview
from app.projects.models import FollowUp, PartnerHearing, Project, ProjectHandOver, ProjectReview
from app.translating.models import Translation
from tests.factories import (
    add_milestone,
    add_partner,
    add_project_member,
    add_update,
    make_listing,
    make_project,
)
from tests.house.world import ADMINS, LEADS, World

# team_lead leads the projects, team_member takes part, invitee is invited; strict (representative) is a partner, far
# (other_representative) is asked to be one.
PEOPLE = frozenset({"team_lead", "team_member", "representative"}) | LEADS
ASKED = frozenset({"invitee", "other_representative"})
PROJECT_STATES = ("active", "draft", "submitted", "needs_changes", "rejected", "closing", "closed")
LISTING_STATES = ("published", "draft", "in_review", "returned", "paused", "expired", "retired")


def build(world: World, homes: dict[str, Institution], consortium: Consortium) -> None:
    """Add them to the world."""
    _projects(world, homes, consortium)
    _listings(world, homes, consortium)
    _loads(world, homes)
    _talk(world)
    _files(world)
    _translations(world)


def _projects(world: World, homes: dict[str, Institution], consortium: Consortium) -> None:
    unlisted = PEOPLE | ASKED
    for state in PROJECT_STATES:
        word = f"zqpproject{state.replace('_', '')}"
        hidden = state in {"draft", "submitted", "needs_changes", "rejected"}
        readers = (unlisted - LEADS if state == "draft" else unlisted) | {"team_lead"}
        text = world.mark(word, f"{state} project", readers) if hidden else f"What it does, {word}."
        project = _project(world, homes, consortium, state, word, description=text)
        world.things[f"{state}_project"] = project
        world.aim("project_id", state.replace("_", " "), project)
    private = _project(
        world, homes, consortium, "active", "zqpprivateproject", visibility="members",
        description=world.mark("zqpprivateproject", "private project", unlisted),
    )  # fmt: skip
    world.things["private_project"] = private
    world.aim("project_id", "private", private)
    _blocks(world, homes, consortium)
    active: Project = world.things["active_project"]
    world.targets["projects.change_course"] = [
        (verb, {"project_id": active.id, "verb": verb}) for verb in ("hold", "cancel", "resume", "unheard-of")
    ]
    world.targets["projects.edit_part"] = [
        (f"{label} {part}", {"project_id": world.things[f"{label}_project"].id, "part": part})
        for label, part in (
            ("draft", "about"),
            ("draft", "plan"),
            ("active", "rights"),
            ("active", "unheard-of"),
        )
    ]
    _course(world, homes)


def _project(
    world: World, homes: dict[str, Institution], consortium: Consortium, state: str, word: str, **values: Any
) -> Project:
    people = world.people
    project = make_project(
        f"Wells together {word}", state=state, lead=people["team_lead"], institution=homes["home"], consortium=consortium,
        complete=False, summary=f"Summary, {word}.", **values,
    )  # fmt: skip
    add_project_member(project, people["team_member"], homes["partner"])
    invited = add_project_member(
        project, people["invitee"], homes["partner"], "invited",
        message=f"Come along, {word}invitation." if "private" in word else "",
    )  # fmt: skip
    accepted = add_partner(project, homes["strict"])
    asked = add_partner(project, homes["far"], "asked")
    if word == "zqpprojectactive":
        world.aim("partner_id", "asked", asked, project_id=project.id)
        world.aim("partner_id", "accepted", accepted, project_id=project.id)
        world.aim("member_id", "invited", invited, project_id=project.id)
    return project


def _blocks(world: World, homes: dict[str, Institution], consortium: Consortium) -> None:
    """A public project whose blocks are for those who take part."""
    levels = {
        f"{block}_for": "members" for block in ("team", "plan", "resources", "funding", "updates", "files")
    }
    project = _project(world, homes, consortium, "active", "zqblocks", **levels)
    readers = PEOPLE
    add_milestone(project, world.mark("zqmilestone", "milestone of a block for members", readers)[:100])
    add_update(project, world.mark("zqupdate", "update of a block for members", readers))
    world.things["blocks_project"] = project
    world.also.append(f"/projects/{project.id}/plan")


def _course(world: World, homes: dict[str, Institution]) -> None:
    people = world.people
    active: Project = world.things["active_project"]
    add_milestone(active, "Prototype", clock.today() - timedelta(days=3))
    add_milestone(active, "Survey", state="reported", reported_by_id=people["team_member"].id)
    world.aim("number", "planned", 1, project_id=active.id)
    world.aim("number", "reported", 2, project_id=active.id)
    update = add_update(active, "Half way there.")
    world.aim("update_id", "of a project", update, project_id=active.id)
    hearing = PartnerHearing(project_id=world.things["closing_project"].id, institution_id=homes["strict"].id)
    hearing.ask(people["team_lead"].id)
    follow_up = FollowUp(project_id=world.things["closed_project"].id, months=12)
    follow_up.ask(None)
    offer = ProjectHandOver(
        project_id=world.things["closing_project"].id, to_person_id=people["team_member"].id,
        note=world.mark("zqleadnote", "note of an offered lead", {"team_lead", "team_member"}, False),
    )  # fmt: skip
    offer.ask(people["team_lead"].id)
    with transaction(system="world"):
        db.session.add_all([hearing, follow_up, offer])
        for state, code in (("needs_changes", "returned"), ("rejected", "unclear")):
            review = ProjectReview(project_id=world.things[f"{state}_project"].id)
            review.ask(people["team_lead"].id)
            review.decide(
                people["lead"].id,
                code,
                world.mark(f"zqreview{code}", f"decision note of a project, {state}", PEOPLE, False),
            )
            db.session.add(review)
    world.aim("hearing_id", "open", hearing, project_id=hearing.project_id)
    world.targets["projects.follow_up"] = [("12 months", {"project_id": follow_up.project_id, "months": 12})]


def _listings(world: World, homes: dict[str, Institution], consortium: Consortium) -> None:
    contact = world.people["representative"]
    own, reviewers = {"representative"}, LEADS | {"admin"}
    for state in LISTING_STATES:
        word = f"zqplisting{state.replace('_', '')}"
        is_public = state in {"published", "paused", "expired"}
        seen = own if state in {"draft", "retired"} else own | reviewers
        detail = (
            world.mark(f"{word}detail", f"detail of a {state} listing", own | (reviewers if state == "in_review" else set()))
        )  # fmt: skip
        summary = f"What it is, {word}." if is_public else world.mark(word, f"{state} listing", seen)
        listing = make_listing(
            f"Spectrometer {word}", state=state, contact=contact, institution=homes["home"], consortium=consortium,
            summary=summary, detail=detail, detail_visibility="mutual",
        )  # fmt: skip
        world.things[f"{state}_listing"] = listing
        world.aim("listing_id", state.replace("_", " "), listing, catalogue="resources")
    members = make_listing(
        "For members zqplistingmembers", contact=contact, institution=homes["home"], consortium=consortium, visibility="consortium",
        detail_visibility="consortium",
        summary=world.mark("zqplistingmembers", "listing for members of the consortium", world.consortium_people | own | ADMINS),
    )  # fmt: skip
    world.things["members_listing"] = members
    world.targets["listings.edit_part"] = [
        (
            f"{label} {part}",
            {"catalogue": "resources", "listing_id": world.things[f"{label}_listing"].id, "part": part},
        )
        for label, part in (("draft", "what"), ("published", "return"), ("published", "unheard-of"))
    ]
    with transaction(system="world"):
        review = ListingReview(listing_id=world.things["returned_listing"].id)
        review.ask(contact.id)
        review.decide(
            world.people["lead"].id,
            "returned",
            world.mark("zqlistingnote", "decision note of a listing", own | reviewers | ADMINS, False),
        )
        db.session.add(review)


def _loads(world: World, homes: dict[str, Institution]) -> None:
    load = ListingLoad(
        state="checked", institution_id=homes["home"].id, person_id=world.people["representative"].id, file_name="zqloadfile.csv",
        columns=[{"at": 0, "name": "title"}], rows_total=1, rows_done=1, faulty=1, lapses_at=clock.now() + timedelta(days=9),
    )  # fmt: skip
    with transaction(system="world"):
        db.session.add(load)
        db.session.flush()
        db.session.add(
            ListingLoadRow(
                load_id=load.id, number=1, outcome="faulty", title="zqloadrow",
                cells={"title": world.mark("zqloadcell", "cell of a file that is loaded", {"representative"}, False)},
                faults=[{"column": "kind", "code": "empty", "facts": {}}],
            )
        )  # fmt: skip
    world.mark("zqloadrow", "row of a file that is loaded", {"representative"}, False)
    world.aim("load_id", "checked", load)
    world.targets["listings.load_correct"] = [("first row", {"load_id": load.id, "number": 1})]


def _talk(world: World) -> None:
    people = world.people
    active: Project = world.things["active_project"]
    texts = (
        ("everybody", "colleague", "Have you tried sand?"),
        ("reviewers", "team_member", world.mark("zqinside", "comment between those who take part", PEOPLE)),
        ("deciders", "lead", world.mark("zqdeciders", "comment between deciders", LEADS, False)),
    )  # fmt: skip
    made = []
    with transaction(system="world"):
        for audience, author, text in texts:
            comment = Comment(
                kind="project", thing_id=active.id, author_id=people[author].id, audience=audience, text=text
            )
            db.session.add(comment)
            made.append(comment)
        hidden = Comment(
            kind="problem", thing_id=world.things["published_problem"].id, author_id=people["colleague"].id, audience="everybody",
            state="hidden", hidden_reason="spam", text=world.mark("zqhiddencomment", "hidden comment", {"colleague"} | LEADS | ADMINS, False),
        )  # fmt: skip
        db.session.add(hidden)
        db.session.flush()
        case = ModerationCase(
            content="comment", content_id=made[0].id, kind="project", thing_id=active.id, label="A comment",
            consortium_id=active.consortium_id, author_id=people["colleague"].id,
        )  # fmt: skip
        case.ask(None)
        db.session.add(case)
        db.session.flush()
        db.session.add(
            ContentReport(
                case_id=case.id, reporter_id=people["outsider"].id, reason="spam",
                text=world.mark("zqreport", "words of a report", {"outsider"} | LEADS | ADMINS, False),
            )
        )  # fmt: skip
    with transaction(system="world"):
        asked = db.session.get_one(Comment, made[0].id)
        asked.naming, asked.naming_asked_by_id = "asked", people["team_lead"].id
        asked.naming_asked_at, asked.naming_due_at = clock.now(), clock.now() + timedelta(days=14)
        decided = ModerationCase(
            content="comment", content_id=hidden.id, kind="problem", thing_id=hidden.thing_id, label="A comment",
            consortium_id=active.consortium_id, author_id=people["colleague"].id, reason="spam",
        )  # fmt: skip
        decided.ask(None)
        decided.decide(
            people["lead"].id,
            "hide",
            world.mark("zqdecision", "statement of reasons", {"colleague"} | LEADS | ADMINS, False),
        )
        db.session.add(decided)
    for endpoint in ("comment", "ask_naming", "edit", "naming", "versions", "withdraw"):
        world.targets[f"discussion.{endpoint}"] = [
            ("for everybody", {"comment_id": made[0].id}),
            ("for those who take part", {"comment_id": made[1].id}),
        ]
    world.things["case"] = case
    world.aim("case_id", "open", case)
    world.aim("case_id", "decided", decided)
    world.targets["discussion.report"] = [
        ("comment", {"content": "comment", "content_id": made[0].id}),
        ("private project", {"content": "project", "content_id": world.things["private_project"].id}),
        ("unheard-of", {"content": "unheard-of", "content_id": 1}),
    ]
    world.targets["discussion.thing"] = of_things(world)


def of_things(world: World, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """Addresses of the form /<kind>/<thing_id>: an open and a private thing of each kind, and one that is no kind."""
    found = []
    for kind, thing in (
        ("problem", "published_problem"),
        ("project", "private_project"),
        ("listing", "published_listing"),
        ("team", "private_team"),
    ):
        if not kinds or kind in kinds:
            found.append(
                (f"{kind} {thing.split('_')[0]}", {"kind": kind, "thing_id": world.things[thing].id})
            )
    return [*found, ("unheard-of", {"kind": "unheard-of", "thing_id": 1})]


def _files(world: World) -> None:
    world.targets["files.add"] = of_things(world)
    targets = []
    for label, thing, readers in (
        ("of a problem", ("problem", world.things["published_problem"]), None),
        ("of a private project", ("project", world.things["private_project"]), PEOPLE),
    ):
        word = "zqfileopen" if readers is None else "zqfileprivate"
        words = world.mark(word, f"file {label}", readers) if readers else f"Figures, {word}."
        with transaction(system="world"):
            stored = files.keep(
                io.BytesIO(words.encode()), f"{word}.txt", purpose="attachment", most_bytes=MOST_BYTES, allowed=ALLOWED
            )  # fmt: skip
            db.session.add(stored)
            db.session.flush()
            attachment = Attachment(
                kind=thing[0], thing_id=thing[1].id, title=f"Figures {word}", size=len(words), file_id=stored.id,
                added_by_id=world.people["team_lead"].id,
            )  # fmt: skip
            db.session.add(attachment)
        targets.append((label, {"attachment_id": attachment.id}))
    world.targets["files.fetch"] = [(label, {**values, "name": "figures.txt"}) for label, values in targets]
    world.targets["files.preview"] = world.targets["files.remove"] = targets


def _translations(world: World) -> None:
    people = world.people
    with transaction(system="world"):
        for kind in ("author", "colleague"):
            db.session.get_one(Person, people[kind].id).languages = [
                {"code": code, "level": "native"} for code in ("en", "fr", "ar")
            ]
    problem = world.things["published_problem"]
    made = {}
    for state, readers in (("draft", {"asker"}), ("proposed", {"asker", "author", "colleague"} | LEADS)):
        word = f"zqtranslation{state}"
        translation = Translation(
            kind="problem", thing_id=problem.id, number=problem.number, title=problem.title, source_language="en",
            language="ar" if state == "draft" else "fr", state=state, translator_id=people["asker"].id,
            texts={"title": world.mark(word, f"{state} translation", readers)},
        )  # fmt: skip
        if state == "proposed":
            translation.ask(people["asker"].id)
        with transaction(system="world"):
            db.session.add(translation)
        made[state] = translation
        world.things[f"{state}_translation"] = translation
    targets = [
        (state, {"kind": "problem", "thing_id": problem.id, "translation_id": row.id})
        for state, row in made.items()
    ]
    for endpoint in ("show", "edit", "recall", "withdraw"):
        world.targets[f"translating.{endpoint}"] = targets
    world.aim("translation_id", "draft", made["draft"])
    for endpoint in ("of_thing", "ask"):
        world.targets[f"translating.{endpoint}"] = of_things(world, "problem", "project", "listing")
