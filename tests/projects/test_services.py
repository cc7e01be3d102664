"""Actions on projects: rows, audit and notices after each; nothing left after a refusal."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.consortia.models import Leadership
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from app.core.index import IndexEntry
from app.projects import queries, services
from app.projects.models import (
    Project,
    ProjectFacet,
    ProjectFollow,
    ProjectMember,
    ProjectPartner,
    ProjectReview,
)
from tests.factories import (
    add_milestone,
    add_partner,
    add_project_member,
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_person,
    make_problem,
)
from tests.factories.accounts import actor
from tests.projects.support import actions, fresh, make_world, project_of, told

BRINGS = [{"kind": "data_set", "text": "Records"}]
GAINS = [{"kind": "method", "text": "Calibration"}]


@pytest.fixture
def world(app):
    return make_world()


def created(world, **values):
    return services.create(
        actor(world["lead"]),
        **{
            "institution_id": world["host"].id,
            "consortium_id": world["consortium"].id,
            "title": "Sensors",
            **values,
        },
    )


def sendable(world, **values):
    """A draft with nothing missing."""
    project = project_of(world, "draft", parts_done=["resources", "rights"], **values)
    add_milestone(project)
    return fresh(project)


# ---- registering -----------------------------------------------------------------------------------------------


def test_a_draft_has_its_host_and_its_lead(world):
    problem = make_problem(consortium=world["consortium"], institution=world["host"])
    project = created(world, problem_ids=[problem.id])
    host = queries.host(project.id)
    assert (host.role, host.state, host.decision_code) == ("lead", "accepted", "automatic")
    assert queries.member_ids(project.id) == [world["lead"].id]
    assert (project.code, project.state, project.partners_count, project.members_count) == (
        None,
        "draft",
        1,
        1,
    )
    assert [row.id for row in queries.problems_of(actor(world["lead"]), project.id)] == [problem.id]
    assert actions(project) == ["projects.create"]


def test_a_host_that_confirms_is_asked(app):
    world = make_world()
    host = make_institution(confirms_participation=True)
    rep = affiliate("Host’s rep", host, "representative")
    lead = affiliate("Its lead", host)
    consortium = make_consortium(members=[host])
    project = services.create(
        actor(lead), institution_id=host.id, consortium_id=consortium.id, title="Sensors"
    )
    assert queries.host(project.id).state == "asked"
    assert told(rep, "projects.partner_asked") == (1, 1)
    services.decline_partner(actor(rep), project, queries.host(project.id), code="timing")
    assert queries.host(project.id).state == "declined"
    services.ask_host_again(actor(lead), fresh(project))
    services.accept_partner(actor(rep), fresh(project), queries.host(project.id), brings=BRINGS, gains=GAINS)
    assert queries.host(project.id).state == "accepted"
    own = services.create(actor(rep), institution_id=host.id, consortium_id=consortium.id, title="Own")
    assert queries.host(own.id).state == "accepted"
    assert world["lead"].id


@pytest.mark.parametrize(
    ("values", "field"),
    [({"title": ""}, "title"), ({"language": "xx"}, "language"), ({"consortium_id": 4711}, "consortium")],
)
def test_a_draft_that_cannot_be(world, values, field):
    with pytest.raises(Invalid) as refusal:
        created(world, **values)
    assert field in refusal.value.fields
    assert db.session.scalar(select(func.count()).select_from(Project)) == 0


def test_nobody_registers_for_an_institution_of_others(world):
    with pytest.raises(Invalid):
        services.create(
            actor(world["outsider"]),
            institution_id=world["host"].id,
            consortium_id=world["consortium"].id,
            title="Sensors",
        )
    with pytest.raises(NotAllowed):
        services.create(
            actor(make_person()),
            institution_id=world["host"].id,
            consortium_id=world["consortium"].id,
            title="Sensors",
        )


def test_parts_are_kept_and_listed_ones_stay_complete(world):
    project = created(world)
    lead = actor(world["lead"])
    services.save(lead, project, "goals", goal="Two years", sdg_goals=["6"], fields=["s2312"], done=False)
    project = fresh(project)
    assert (project.goal, project.sdg_goals, project.parts_done) == ("Two years", ["6"], [])
    services.save(lead, project, "resources", needs=[{"kind": "computing", "text": "A cluster"}], funding=[])
    assert [row.text for row in queries.needs_of(project.id)] == ["A cluster"]
    assert fresh(project).parts_done == ["resources"]
    day = clock.today() + timedelta(days=9)
    services.save(
        lead,
        fresh(project),
        "plan",
        starts_on=clock.today(),
        ends_on=day + timedelta(days=90),
        milestones=[{"title": "B", "due_on": day + timedelta(days=1)}, {"title": "A", "due_on": day}],
    )
    assert [(row.number, row.title) for row in queries.milestones_of(project.id)] == [(1, "A"), (2, "B")]
    assert fresh(project).due_next == day
    listed = project_of(world, "active")
    with pytest.raises(Invalid):
        services.save(lead, listed, "about", title="", summary="x", description="x")
    services.save(lead, fresh(listed), "about", title="Another", summary="x", description="x")
    assert fresh(listed).title == "Another"
    assert told(world["boss"], "projects.edited") == (1, 0)
    with pytest.raises(Conflict):
        services.save(lead, fresh(listed), "about", title="Third", version=1)
    with pytest.raises(NotAllowed):
        services.save(actor(world["member"]), fresh(listed), "about", title="Third")
    with pytest.raises(RuleBroken):
        services.save(lead, project_of(world, "submitted"), "about", title="Third")
    assert fresh(listed).title == "Another"


def test_sending_gives_a_number_and_tells_who_decides(world):
    year = clock.today().year
    for number in (1, 2):
        project = sendable(world)
        review = services.submit(actor(world["lead"]), project)
        assert fresh(project).code == f"PRJ-{year}-{number:04d}"
        assert review.due_at > clock.now()
        assert review.submitted["title"] == project.title
    assert told(world["boss"], "projects.submitted") == (2, 2)
    services.recall(actor(world["lead"]), fresh(project))
    services.submit(actor(world["lead"]), fresh(project))
    assert fresh(project).code == f"PRJ-{year}-0002"
    assert actions(project)[-3:] == ["projects.submit", "projects.recall", "projects.submit"]


def test_what_is_incomplete_is_not_sent(world):
    project = sendable(world, goal="")
    with pytest.raises(RuleBroken) as refusal:
        services.submit(actor(world["lead"]), project)
    assert refusal.value.code == "incomplete"
    assert fresh(project).state == "draft"
    assert fresh(project).code is None


def test_a_lead_of_the_consortium_accepts(world):
    project = project_of(world, "submitted")
    add_milestone(project)
    services.accept(actor(world["boss"]), fresh(project), note="Go on")
    project = fresh(project)
    assert project.state == "forming"
    assert project.accepted_at is not None
    facets = {(row.facet, row.value) for row in db.session.scalars(select(ProjectFacet))}
    assert {("sdg", "6"), ("country", "EG"), ("institution", str(world["host"].id))} <= facets
    assert db.session.scalar(select(func.count()).select_from(IndexEntry).where(IndexEntry.kind == "project"))
    assert told(world["lead"], "projects.accepted") == (1, 1)
    assert queries.newest_review(project.id).decision_code == "accepted"
    with pytest.raises(RuleBroken):
        services.accept(actor(world["boss"]), project)


def test_returned_rejected_and_opened_again(world):
    boss, lead = actor(world["boss"]), actor(world["lead"])
    project = project_of(world, "submitted")
    with pytest.raises(Invalid):
        services.return_for_changes(boss, fresh(project), note="")
    services.return_for_changes(boss, fresh(project), note="Name the wells")
    assert fresh(project).state == "needs_changes"
    assert told(world["lead"], "projects.returned") == (1, 1)
    other = project_of(world, "submitted")
    with pytest.raises(Invalid):
        services.reject(boss, fresh(other), code="no", note="x")
    with pytest.raises(Invalid):
        services.reject(boss, fresh(other), code="unclear", note="")
    services.reject(boss, fresh(other), code="unclear", note="What is meant?")
    assert fresh(other).state == "rejected"
    with pytest.raises(NotAllowed):
        services.reopen(lead, fresh(other))
    other_boss = make_person("Other boss")
    with transaction(system="test"):
        db.session.add(Leadership(consortium_id=world["consortium"].id, person_id=other_boss.id))
    with pytest.raises(NotAllowed) as refused:
        services.reopen(actor(other_boss), fresh(other))
    assert refused.value.code == "not_decider"
    services.reopen(boss, fresh(other))
    assert fresh(other).state == "draft"
    assert told(world["lead"], "projects.reopened") == (1, 1)
    services.withdraw(lead, fresh(other))
    assert fresh(other).state == "withdrawn"
    services.reopen(lead, fresh(other))


@pytest.mark.parametrize(
    ("state", "visibility", "is_named"),
    [("active", "public", True), ("active", "members", False), ("draft", "public", False)],
)
def test_the_audit_names_a_project_only_where_outsiders_may_know_of_it(world, state, visibility, is_named):
    project = project_of(world, state, visibility=visibility)
    services.invite(actor(world["lead"]), fresh(project), world["member"])
    entry = select(AuditEntry.thing_label).where(AuditEntry.action == "projects.invite")
    label = db.session.scalars(entry).one()
    assert (project.title in label) is is_named
    assert fresh(project).number in label


def test_nobody_decides_about_their_own(app):
    host = make_institution()
    lead = affiliate("Lead and boss", host)
    consortium = make_consortium(leads=[lead], members=[host])
    from tests.factories import make_project

    project = make_project(state="submitted", lead=lead, institution=host, consortium=consortium)
    with pytest.raises(NotAllowed) as refusal:
        services.accept(actor(lead), fresh(project))
    assert refusal.value.code == "own_project"
    admin = make_admin()
    with pytest.raises(Invalid):
        services.accept(actor(admin), fresh(project))
    services.accept(actor(admin), fresh(project), note="No lead can")
    assert fresh(project).state == "forming"


def test_the_second_decider_gets_a_conflict(world):
    project = fresh(project_of(world, "submitted"))
    version = project.version
    services.return_for_changes(actor(world["boss"]), project, note="First", version=version)
    with pytest.raises(Conflict):
        services.accept(actor(world["boss"]), fresh(project), version=version)


def test_a_plan_that_has_ended_is_not_accepted(world):
    project = project_of(
        world,
        "submitted",
        starts_on=clock.today() - timedelta(days=20),
        ends_on=clock.today() - timedelta(days=1),
    )
    with pytest.raises(RuleBroken) as refusal:
        services.accept(actor(world["boss"]), fresh(project))
    assert refusal.value.code == "end_passed"


def test_decisions_that_wait_are_reminded_of(world, monkeypatch):
    project = project_of(world, "submitted")
    review = db.session.scalars(select(ProjectReview)).one()
    assert services.remind_of_decisions() == 0
    half = clock.halfway(review.asked_at, review.due_at)
    monkeypatch.setattr(clock, "now", lambda: half + timedelta(minutes=1))
    assert services.remind_of_decisions() == 1
    assert services.remind_of_decisions() == 0
    monkeypatch.setattr(clock, "now", lambda: review.due_at + timedelta(minutes=1))
    assert services.remind_of_decisions() == 1
    assert services.remind_of_decisions() == 0
    assert told(world["boss"], "projects.decision_late") == (1, 1)
    assert told(world["lead"], "projects.decision_waits") == (1, 1)
    assert fresh(project).state == "submitted"


# ---- partners --------------------------------------------------------------------------------------------------


def asked(world, project, **values):
    return services.ask_partner(
        actor(world["lead"]),
        fresh(project),
        **{"institution_id": world["partner"].id, "role": "partner", "message": "Would you?", **values},
    )


def test_a_partner_is_listed_from_its_yes_on(world):
    project = project_of(world, "active")
    partner = asked(world, project)
    assert told(world["rep"], "projects.partner_asked") == (1, 1)
    assert fresh(project).partners_count == 1
    accepted, waiting = queries.partners_of(actor(world["outsider"]), fresh(project))
    assert (len(accepted), waiting) == (1, [])
    with pytest.raises(Invalid) as refusal:
        services.accept_partner(actor(world["rep"]), fresh(project), partner, brings=BRINGS, gains=[])
    assert "gains" in refusal.value.fields
    partner = queries.partner(fresh(project), partner.id)
    services.accept_partner(actor(world["rep"]), fresh(project), partner, brings=BRINGS, gains=GAINS)
    project = fresh(project)
    assert (project.partners_count, project.countries) == (2, ["EG", "KE"])
    assert db.session.scalars(
        select(ProjectFacet.value).where(ProjectFacet.facet == "country").order_by(ProjectFacet.value)
    ).all() == ["EG", "KE"]
    assert told(world["lead"], "projects.partner_accepted") == (1, 1)
    with pytest.raises(Conflict):
        services.decline_partner(
            actor(world["rep"]), project, queries.partner(project, partner.id), code="timing"
        )


def test_who_may_not_be_asked_or_answer(world):
    project = project_of(world, "active")
    with pytest.raises(Invalid):
        asked(world, project, role="lead")
    with pytest.raises(Invalid):
        asked(world, project, institution_id=make_institution(state="listed").id)
    with pytest.raises(NotFound):
        asked(world, project, institution_id=4711)
    with pytest.raises(Invalid):
        asked(world, project, brings=[{"kind": "nonsense", "text": "x"}])
    partner = asked(world, project)
    with pytest.raises(RuleBroken) as refusal:
        asked(world, project)
    assert refusal.value.code == "already_partner"
    with pytest.raises(NotAllowed):
        services.accept_partner(
            actor(world["member"]),
            fresh(project),
            queries.partner(project, partner.id),
            brings=BRINGS,
            gains=GAINS,
        )
    with pytest.raises(NotAllowed):
        asked({**world, "lead": world["rep"]}, project, institution_id=make_institution().id)
    with pytest.raises(RuleBroken):
        asked(world, project_of(world, "closed"))


def test_a_partner_declines_changes_and_leaves(world):
    rep, lead = actor(world["rep"]), actor(world["lead"])
    project = project_of(world, "active")
    partner = asked(world, project)
    with pytest.raises(Invalid):
        services.decline_partner(rep, fresh(project), partner, code="other")
    services.decline_partner(rep, fresh(project), queries.partner(project, partner.id), code="timing")
    assert told(world["lead"], "projects.partner_declined") == (1, 1)
    again = asked(world, project)
    services.accept_partner(rep, fresh(project), again, brings=BRINGS, gains=GAINS)
    services.edit_partner(
        rep, fresh(project), queries.partner(project, again.id), brings=[*BRINGS, *GAINS], gains=GAINS
    )
    assert len(queries.partner(project, again.id).brings) == 2
    with pytest.raises(NotAllowed):
        services.edit_partner(
            lead, fresh(project), queries.partner(project, again.id), brings=BRINGS, gains=GAINS
        )
    with pytest.raises(Invalid):
        services.end_partner(rep, fresh(project), queries.partner(project, again.id))
    services.end_partner(rep, fresh(project), queries.partner(project, again.id), note="The grant ended")
    assert queries.partner(project, again.id).state == "left"
    assert fresh(project).partners_count == 1
    with pytest.raises(NotAllowed):
        services.end_partner(lead, fresh(project), queries.host(project.id), note="x")


def test_a_question_is_taken_back_or_lapses(world, monkeypatch):
    project = project_of(world, "active")
    partner = asked(world, project)
    services.end_partner(actor(world["lead"]), fresh(project), partner)
    assert queries.partner(project, partner.id).state == "withdrawn"
    assert told(world["rep"], "projects.partner_withdrawn") == (1, 0)
    partner = asked(world, project)
    later = clock.halfway(partner.asked_at, partner.due_at) + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert services.remind() == 1
    assert services.remind() == 0
    assert services.lapse() == 0
    due = queries.partner(project, partner.id).due_at
    monkeypatch.setattr(clock, "now", lambda: due + timedelta(minutes=1))
    assert services.lapse() == 1
    assert services.lapse() == 0
    assert queries.partner(project, partner.id).state == "lapsed"
    assert told(world["lead"], "projects.lapsed_lead") == (1, 1)
    assert told(world["rep"], "projects.lapsed") == (1, 1)


# ---- members ---------------------------------------------------------------------------------------------------


def test_a_member_comes_in_by_their_own_yes(world):
    project = project_of(world, "active")
    member = services.invite(
        actor(world["lead"]), fresh(project), world["member"], position="Chemist", credit_roles=["software"]
    )
    assert told(world["member"], "projects.invited") == (1, 1)
    assert fresh(project).members_count == 1
    shown, waiting = queries.members_of(actor(world["outsider"]), fresh(project))
    assert (len(shown), waiting) == (1, [])
    with pytest.raises(Invalid):
        services.accept_invitation(
            actor(world["member"]), fresh(project), member, institution_id=world["host"].id
        )
    member = queries.live_member(project.id, world["member"].id)
    with pytest.raises(NotAllowed):
        services.accept_invitation(
            actor(world["rep"]), fresh(project), member, institution_id=world["partner"].id
        )
    member = queries.live_member(project.id, world["member"].id)
    services.accept_invitation(
        actor(world["member"]),
        fresh(project),
        member,
        institution_id=world["partner"].id,
        position="Chemist",
        credit_roles=["validation"],
    )
    member = queries.live_member(project.id, world["member"].id)
    assert (member.state, member.credit_roles, fresh(project).members_count) == ("active", ["validation"], 2)
    assert told(world["lead"], "projects.joined") == (1, 1)
    with pytest.raises(RuleBroken):
        services.invite(actor(world["lead"]), fresh(project), world["member"])
    with pytest.raises(Invalid):
        services.edit_member(
            actor(world["member"]), fresh(project), member, position="", credit_roles=["nonsense"]
        )


def test_members_leave_and_are_removed(world):
    project = project_of(world, "active")
    first = add_project_member(project, world["member"], world["partner"])
    second = add_project_member(project, world["outsider"])
    services.edit_member(
        actor(world["lead"]), fresh(project), first, position="Tester", credit_roles=["validation"]
    )
    assert told(world["member"], "projects.member_changed") == (1, 1)
    first = queries.member(project, first.id)
    services.end_member(actor(world["member"]), fresh(project), first)
    assert queries.member(project, first.id).state == "left"
    second = queries.member(project, second.id)
    with pytest.raises(Invalid):
        services.end_member(actor(world["lead"]), fresh(project), second)
    services.end_member(
        actor(world["lead"]), fresh(project), queries.member(project, second.id), note="Moved away"
    )
    assert queries.member(project, second.id).state == "removed"
    assert told(world["outsider"], "projects.member_removed") == (1, 1)
    own = queries.live_member(project.id, world["lead"].id)
    with pytest.raises(NotAllowed) as refusal:
        services.end_member(actor(world["lead"]), fresh(project), own, note="x")
    assert refusal.value.code == "lead_stays"


def test_invitations_end(world, monkeypatch):
    project = project_of(world, "active")
    first = services.invite(actor(world["lead"]), fresh(project), world["member"])
    services.decline_invitation(actor(world["member"]), fresh(project), first, note="No time")
    assert told(world["lead"], "projects.invitation_declined") == (1, 1)
    second = services.invite(actor(world["lead"]), fresh(project), world["member"])
    services.end_member(actor(world["lead"]), fresh(project), second)
    assert queries.member(project, second.id).state == "withdrawn"
    third = services.invite(actor(world["lead"]), fresh(project), world["member"])
    due = third.due_at
    monkeypatch.setattr(clock, "now", lambda: due + timedelta(minutes=1))
    assert services.lapse() == 1
    assert queries.member(project, third.id).state == "lapsed"


# ---- beside ----------------------------------------------------------------------------------------------------


def test_following(world):
    project = project_of(world, "active")
    services.follow(actor(world["outsider"]), fresh(project))
    services.follow(actor(world["outsider"]), fresh(project))
    assert queries.follower_ids(project.id) == [world["outsider"].id]
    services.unfollow(actor(world["outsider"]), fresh(project))
    assert queries.follower_ids(project.id) == []
    with pytest.raises(NotAllowed):
        services.follow(actor(world["outsider"]), project_of(world, "active", visibility="members"))


def test_what_a_person_leaves_behind(world):
    project, draft = project_of(world, "active"), project_of(world, "draft")
    add_project_member(project, world["member"], world["partner"])
    services.follow(actor(world["member"]), fresh(project))
    assert [tie.path for tie in queries.ties_of(world["lead"].id)] == [f"/projects/{project.id}/settings"]
    assert queries.ties_of(world["member"].id) == []
    with transaction(system="test"):
        services.release(actor(world["member"]), world["member"].id)
    assert queries.member_ids(project.id) == [world["lead"].id]
    assert fresh(project).members_count == 1
    assert db.session.scalar(select(func.count()).select_from(ProjectFollow)) == 0
    with transaction(system="test"):
        services.release(actor(world["lead"]), world["lead"].id)
    assert fresh(draft).state == "withdrawn"
    rows = db.session.scalars(select(ProjectMember).where(ProjectMember.state == "left")).all()
    assert len(rows) >= 2
    assert db.session.scalar(select(func.count()).select_from(ProjectPartner)) == 2


def test_an_asked_partner_waits_for_its_representative(world):
    from app.core.waiting import waiting_for

    project = project_of(world, "active")
    add_partner(project, world["partner"], state="asked")
    add_project_member(project, world["member"], state="invited")
    assert [row.kind for row in waiting_for(actor(world["rep"]))] == ["projects.partnership"]
    assert [row.kind for row in waiting_for(actor(world["member"]))] == ["projects.invitation"]
    sent = project_of(world, "submitted")
    returned = project_of(world, "needs_changes")
    assert [row.thing_id for row in waiting_for(actor(world["boss"]))] == [sent.id]
    assert [row.thing_id for row in waiting_for(actor(world["lead"]))] == [returned.id]
