"""Who sees and may do what: every kind of actor, state, visibility and block; list forms equal the predicates."""

import itertools

import pytest
from sqlalchemy import and_, select

from app.core.access import VISITOR
from app.core.db import db
from app.projects import policies
from app.projects.models import BLOCKS, LEVELS, LISTED_STATES, PROJECT_STATES, Project
from tests.factories import (
    add_partner,
    add_project_member,
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_person,
    make_project,
)
from tests.factories.accounts import actor

REVIEWED = ("submitted", "needs_changes", "rejected")


@pytest.fixture
def world(app):
    """A project of each state and visibility, a few with narrower blocks, and some in a consortium led by their lead alone."""
    host, partner, asked = make_institution(), make_institution(), make_institution()
    boss, elsewhere = make_person("Boss"), make_person("Boss elsewhere")
    lead, member, guest = affiliate("Lead", host), make_person("Member"), make_person("Guest")
    consortium = make_consortium(leads=[boss], members=[host])
    make_consortium(leads=[elsewhere])
    alone = make_consortium(leads=[lead], members=[host])
    made = {"lead": lead, "institution": host, "complete": False}
    projects = [
        make_project(f"{state} {level}", state=state, visibility=level, consortium=consortium, **made)
        for state in PROJECT_STATES.names
        for level in LEVELS
    ]
    projects += [
        make_project(
            f"block {level} {block}", visibility=level, consortium=consortium, state="active",
            **dict.fromkeys([f"{name}_for" for name in BLOCKS], block), **made,
        )
        for level in LEVELS
        for block in LEVELS
    ]  # fmt: skip
    projects += [
        make_project(f"alone {state}", state=state, visibility="members", consortium=alone, **made)
        for state in ("draft", "submitted", "forming", "withdrawn")
    ]
    for project in projects:
        if project.title.startswith(("draft", "active", "block")):
            add_partner(project, partner)
            add_partner(project, asked, state="asked")
            add_project_member(project, member)
            add_project_member(project, guest, state="invited")
    db.session.expire_all()
    return {
        "projects": db.session.scalars(select(Project)).all(),
        "actors": {
            "visitor": VISITOR,
            "outsider": actor(affiliate("Outsider", make_institution())),
            "colleague": actor(affiliate("Colleague", host)),
            "lead": actor(lead),
            "member": actor(member),
            "guest": actor(guest),
            "partner": actor(affiliate("Partner", partner, "representative")),
            "asked": actor(affiliate("Asked", asked, "representative")),
            "boss": actor(boss),
            "boss elsewhere": actor(elsewhere),
            "administrator": actor(make_admin()),
        },
    }


def seen(who, projects):
    return {project.title for project in projects if policies.view(who, project)}


def test_list_forms_equal_the_predicates(world):
    projects = world["projects"]
    for name, who in world["actors"].items():
        by_list = set(db.session.scalars(select(Project.title).where(policies.visible(who))))
        assert by_list == seen(who, projects), name
        listed = set(db.session.scalars(select(Project.title).where(policies.listed(who))))
        assert listed == {
            project.title
            for project in projects
            if policies.view(who, project) and project.state in LISTED_STATES
        }, name
        decides = set(db.session.scalars(select(Project.title).where(policies.deciding(who))))
        assert decides == {project.title for project in projects if policies.decide(who, project)}, name


def test_the_list_forms_of_blocks_equal_the_predicate(world):
    for block, (name, who) in itertools.product(BLOCKS, world["actors"].items()):
        by_list = set(
            db.session.scalars(
                select(Project.title).where(and_(policies.visible(who), policies.block_seen(who, block)))
            )
        )
        expected = {
            project.title for project in world["projects"] if policies.view_block(who, project, block)
        }
        assert by_list == expected, (block, name)


def _of(states, levels):
    return {f"{state} {level}" for state in states for level in levels}


def test_who_sees_what(world):
    actors, projects = world["actors"], world["projects"]

    def of_states(who):
        return {title for title in seen(actors[who], projects) if not title.startswith(("block", "alone"))}

    public, inside = _of(LISTED_STATES, LEVELS[:1]), _of(LISTED_STATES, LEVELS)
    assert of_states("visitor") == public
    assert of_states("outsider") == _of(LISTED_STATES, LEVELS[:2])
    assert of_states("colleague") == _of(LISTED_STATES, LEVELS[:3])
    assert of_states("lead") == _of(PROJECT_STATES.names, LEVELS)
    took_part = _of(("draft", "active"), LEVELS)
    for who in ("member", "guest", "partner", "asked"):
        assert of_states(who) == _of(LISTED_STATES, LEVELS[:2]) | took_part, who
    assert of_states("boss") == inside | _of(REVIEWED, LEVELS)
    assert of_states("boss elsewhere") == _of(LISTED_STATES, LEVELS[:2])
    assert of_states("administrator") == _of(LISTED_STATES, LEVELS[:2])
    # An administrator stands in only where nobody else leads; drafts stay with those who take part.
    admin = seen(actors["administrator"], projects)
    assert {title for title in admin if title.startswith("alone")} == {"alone submitted", "alone forming"}
    assert not {title for title in seen(actors["colleague"], projects) if title.startswith("alone")}


REACH = {
    "visitor": 0,
    "outsider": 1,
    "colleague": 2,
    "lead": 3,
    "member": 3,
    "guest": 2,
    "partner": 3,
    "asked": 2,
    "boss": 3,
    "boss elsewhere": 1,
    "administrator": 1,
}


def test_a_block_is_seen_by_those_who_reach_it(world):
    by_title = {project.title: project for project in world["projects"]}
    for level, block in itertools.product(LEVELS, LEVELS):
        narrower = max(LEVELS.index(level), LEVELS.index(block))
        for name, who in world["actors"].items():
            answer = policies.view_block(who, by_title[f"block {level} {block}"], "plan")
            assert bool(answer) == (REACH[name] >= narrower), (level, block, name)


DECIDES = {
    "visitor": "sign_in_first",
    "outsider": "not_lead",
    "colleague": "not_lead",
    "lead": "own_project",
    "member": "own_project",
    "guest": "own_project",
    "partner": "not_lead",
    "boss": True,
    "boss elsewhere": "not_lead",
    "administrator": "leads_decide",
}


def test_who_decides(world):
    project = next(row for row in world["projects"] if row.title == "active public")
    for name, expected in DECIDES.items():
        answer = policies.decide(world["actors"][name], project)
        assert (answer if answer is True else answer.code) == expected, name
    alone = next(row for row in world["projects"] if row.title == "alone submitted")
    assert policies.decide(world["actors"]["administrator"], alone) is True
    assert policies.needs_reason(world["actors"]["administrator"], alone)
    assert policies.decide(world["actors"]["lead"], alone).code == "own_project"


LEADS_ALONE = (
    policies.edit,
    policies.submit,
    policies.recall,
    policies.withdraw,
    policies.ask_partner,
    policies.invite,
)


def test_what_the_lead_alone_does(world):
    project = next(row for row in world["projects"] if row.title == "active public")
    for check, (name, who) in itertools.product(LEADS_ALONE, world["actors"].items()):
        assert bool(check(who, project)) == (name == "lead"), (check, name)


BLOCKED = {
    "edit": ("draft", "needs_changes", "forming", "active", "on_hold", "closing"),
    "ask_partner": ("draft", "needs_changes", "forming", "active", "on_hold", "closing"),
    "invite": ("draft", "needs_changes", "forming", "active", "on_hold", "closing"),
    "submit": ("draft", "needs_changes"),
    "recall": ("submitted",),
    "accept": ("submitted",),
    "return_for_changes": ("submitted",),
    "reject": ("submitted",),
    "withdraw": ("draft", "needs_changes", "submitted"),
    "reopen": ("rejected", "withdrawn"),
    "follow": LISTED_STATES,
}


@pytest.mark.pure
@pytest.mark.parametrize("verb", BLOCKED)
@pytest.mark.parametrize("state", PROJECT_STATES.names)
def test_what_a_state_forbids(verb, state):
    no = policies.blocked(Project(state=state), verb)
    assert (no is None) == (state in BLOCKED[verb])
    assert no is None or (no.code and str(no.text))


def test_partner_and_member_answer_for_themselves(world):
    actors = world["actors"]
    project = next(row for row in world["projects"] if row.title == "active public")
    from app.projects.models import ProjectMember, ProjectPartner

    rows = db.session.scalars(select(ProjectPartner).where(ProjectPartner.project_id == project.id)).all()
    accepted = next(row for row in rows if row.state == "accepted" and row.role == "partner")
    asked = next(row for row in rows if row.state == "asked")
    home = next(row for row in rows if row.role == "lead")
    member, guest = (
        db.session.scalars(
            select(ProjectMember).where(
                ProjectMember.project_id == project.id, ProjectMember.person_id == actors[who].id
            )
        ).one()
        for who in ("member", "guest")
    )
    for name, who in actors.items():
        assert bool(policies.answer_partner(who, asked)) == (name == "asked"), name
        assert bool(policies.answer_invitation(who, guest)) == (name == "guest"), name
        assert bool(policies.edit_partner(who, project, accepted)) == (name == "partner"), name
        assert bool(policies.edit_partner(who, project, asked)) == (name == "lead"), name
        assert bool(policies.edit_partner(who, project, home)) == (name == "lead"), name
        assert bool(policies.end_partner(who, project, accepted)) == (name in {"lead", "partner"}), name
        assert not policies.end_partner(who, project, home), name
        assert bool(policies.edit_member(who, project, member)) == (name in {"lead", "member"}), name
        assert bool(policies.end_member(who, project, member)) == (name in {"lead", "member"}), name
        assert bool(policies.attach(who, project)) == (name in {"lead", "member"}), name
        assert bool(policies.follow(who, project)) == (name != "visitor"), name
    asked.asked_by_id = actors["asked"].id
    assert policies.answer_partner(actors["asked"], asked).code == "own_request"
    db.session.rollback()
