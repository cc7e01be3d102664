"""Exchange lines and the two-way gate: every rule, both ways."""

import pytest

from app.core.db import db
from app.core.errors import Invalid, NotAllowed, RuleBroken
from app.notifications.models import Notice
from app.teams import queries, services
from app.teams.models import ExchangeLine
from app.teams.queries import exchange, page, records
from tests.factories import affiliate, make_institution
from tests.factories.accounts import actor
from tests.teams.world import make_world, told


def codes(world) -> list[str]:
    return [thing.code for thing in queries.what_is_missing(world.fresh())]


def test_nothing_is_missing_in_a_ready_team(world):
    world.make_ready()
    assert codes(world) == []


def test_the_page_and_the_action_ask_the_same_rule(world):
    world.join(world.ben)
    team = world.seen_by(world.anna)
    assert [thing.code for thing in page.load(actor(world.anna), team.id).missing] == codes(world)
    assert "brings_missing" in codes(world)


def test_each_thing_that_is_missing_is_named_with_who_can_mend_it(world):
    world.join(world.ben)
    found = {(thing.code, thing.institution_id): thing for thing in queries.what_is_missing(world.fresh())}
    thing = found["gains_missing", world.away.id]
    assert "Away Institute" in thing.text
    assert thing.who == ("Ben",)
    assert thing.path.endswith("/lines")
    assert found["no_deputy", None].who == ("Anna",)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda w: services.name_deputy(actor(w.anna), w.fresh(), person_id=None), "no_deputy"),
        (lambda w: services.ask_to_join(actor(w.bea), w.fresh(), institution_id=None, message="x"), "requests_open"),
        (lambda w: services.invite_person(actor(w.anna), w.fresh(), w.bea), "invitations_open"),
        (lambda w: services.invite_by_mail(actor(w.anna), w.fresh(), email="a@b.example"), "invitations_open"),
        (lambda w: services.set_rules(actor(w.anna), w.fresh(), version=None, decision_rule="", credit_rule="equal", benefit_rule="x"), "no_decision_rule"),
        (lambda w: services.set_rules(actor(w.anna), w.fresh(), version=None, decision_rule="lead", credit_rule="", benefit_rule="x"), "no_credit_rule"),
        (lambda w: services.set_rules(actor(w.anna), w.fresh(), version=None, decision_rule="lead", credit_rule="equal", benefit_rule=""), "no_credit_rule"),
        (lambda w: remove(w, w.ben, "gains"), "gains_missing"),
        (lambda w: remove(w, w.ben, "brings"), "brings_missing"),
        (lambda w: remove(w, w.ben, "brings"), "gain_points_nowhere"),
    ],
)  # fmt: skip
def test_what_spoils_a_ready_team(world, spoil, code):
    world.make_ready()
    spoil(world)
    assert code in codes(world)
    with pytest.raises(RuleBroken):
        services.propose_team(actor(world.anna), world.fresh())
    assert world.fresh().state == "recruiting"


def remove(world, person, direction):
    own = records.live_membership(world.team.id, person.id)
    line = next(
        line
        for line in records.lines(world.team.id)
        if line.institution_id == own.institution_id and line.direction == direction
    )
    services.remove_line(actor(person), world.fresh(), line, knowing=True)


@pytest.mark.parametrize(
    ("settings", "code"),
    [({"min_institutions": 3}, "too_few_institutions"), ({"min_countries": 3}, "too_few_countries")],
)
def test_the_consortium_asks_for_institutions_and_countries(app, settings, code):
    world = make_world(consortium=settings)
    world.make_ready()
    assert codes(world) == [code]


def test_alone_is_no_team(world):
    assert "too_few_members" in codes(world)


def test_the_refusal_names_everybody_who_brings_or_gains_nothing(world):
    world.make_ready()
    remove(world, world.ben, "brings")
    remove(world, world.anna, "gains")
    with pytest.raises(RuleBroken) as refusal:
        services.propose_team(actor(world.anna), world.fresh())
    assert refusal.value.code == "not_both_ways"
    for words in ("Away Institute has not said what it brings", "Home University has not said what it hopes"):
        assert words in str(refusal.value.text)


def test_each_institution_speaks_for_itself(world):
    world.join(world.ben)
    with pytest.raises(NotAllowed) as refusal:
        world.line(world.anna, world.away, "brings", "Their wells")
    assert refusal.value.code == "own_institution_only"
    with pytest.raises(NotAllowed):
        world.line(world.bea, world.away, "brings", "Not a member")
    line = world.line(world.ben, world.away, "brings", "Probes")
    with pytest.raises(NotAllowed):
        services.remove_line(actor(world.anna), world.fresh(), line)
    with pytest.raises(NotAllowed):
        services.edit_line(actor(world.anna), world.fresh(), line, kind="data_set", text="Mine")
    world.join(world.bea)
    services.edit_line(actor(world.bea), world.fresh(), line, kind="material", text="Forty probes")
    assert records.line(world.team.id, line.id).text == "Forty probes"


def test_a_gain_points_to_another_institution_or_to_an_outcome(world):
    world.join(world.ben)
    ours = world.line(world.anna, world.home, "brings", "Wells")
    theirs = world.line(world.ben, world.away, "brings", "Probes")
    gain = world.line(world.ben, world.away, "gains", "Wells", from_line_id=ours.id)
    for source in (
        {},
        {"from_line_id": ours.id},
        {"from_line_id": gain.id},
        {"from_line_id": 9999},
        {"from_line_id": theirs.id, "from_outcome": "A paper"},
    ):
        with pytest.raises(Invalid):
            world.line(world.anna, world.home, "gains", "Something", **source)
    world.line(world.anna, world.home, "gains", "Probes", from_line_id=theirs.id)
    world.line(world.anna, world.home, "gains", "A paper", from_outcome="A paper together")
    assert (
        db.session.query(ExchangeLine).filter_by(institution_id=world.home.id, direction="gains").count() == 2
    )


def test_brings_are_for_another_institution_of_the_team(world):
    world.join(world.ben)
    for wrong in (world.home.id, make_institution().id):
        with pytest.raises(Invalid):
            world.line(world.anna, world.home, "brings", "Wells", for_institution_id=wrong)
    world.line(world.anna, world.home, "brings", "Wells", for_institution_id=world.away.id)


def test_removing_a_line_that_others_point_to_says_so_first(world):
    world.make_ready()
    line = next(
        line for line in records.lines(world.team.id) if line.text == "Wells" and line.direction == "brings"
    )
    with pytest.raises(RuleBroken) as refusal:
        services.remove_line(actor(world.anna), world.fresh(), line)
    assert refusal.value.code == "gains_point_here"
    services.remove_line(actor(world.anna), world.fresh(), line, knowing=True)
    assert {"brings_missing", "gain_points_nowhere"} <= set(codes(world))


def test_lines_stand_still_while_the_team_is_proposed(world):
    world.propose()
    with pytest.raises(RuleBroken) as refusal:
        world.line(world.anna, world.home, "brings", "More")
    assert refusal.value.code == "wrong_state"


def test_a_change_of_lines_is_a_new_version_of_the_team(world):
    world.join(world.ben)
    before = world.fresh().version
    world.line(world.anna, world.home, "brings", "Wells")
    assert world.fresh().version > before


def test_an_institution_without_members_does_not_count(world):
    world.make_ready()
    third = make_institution("Third")
    zoe = affiliate("Zoe", third)
    from tests.factories import add_member

    add_member(world.fresh(), zoe, third)
    assert "brings_missing" in codes(world)
    world.line(zoe, third, "brings", "A drone")
    world.line(zoe, third, "gains", "A paper", from_outcome="A paper")
    assert codes(world) == []
    services.leave_team(actor(zoe), world.fresh())
    assert codes(world) == []
    rows, left = exchange.rows(
        page.member_list(actor(world.anna), world.team.id, ("active",)), records.lines(world.team.id)
    )
    assert [row.name for row in rows] == ["Home University", "Away Institute"]
    assert {line.text for line in left} == {"A drone", "A paper"}


def test_lead_reminds_and_only_of_what_is_missing(world):
    world.join(world.ben)
    with pytest.raises(NotAllowed):
        services.remind_lines(actor(world.ben), world.fresh(), institution_id=world.away.id)
    assert services.remind_lines(actor(world.anna), world.fresh(), institution_id=world.away.id) == 1
    assert told("reminder_lines") == {world.ben.id}
    facts = db.session.query(Notice).filter(Notice.kind == "teams.reminder_lines").one().facts
    assert facts["brings"] is True
    assert facts["gains"] is True
    with pytest.raises(RuleBroken):
        services.remind_lines(actor(world.anna), world.fresh(), institution_id=make_institution().id)


def test_coverage_puts_what_is_lacking_first(world):
    a = actor(world.anna)
    first = services.add_role(a, world.fresh(), skill="Hydrogeology")
    services.add_role(a, world.fresh(), skill="Calibration")
    services.set_skills(a, world.fresh(), degrees={first.id: "leads", 999: "leads"}, part="wells")
    members = page.member_list(a, world.team.id, ("active",))
    found = exchange.coverage(records.roles(world.team.id), members)
    assert [(skill.role.skill, skill.by, skill.degrees) for skill in found] == [
        ("Calibration", 0, [""]),
        ("Hydrogeology", 1, ["leads"]),
    ]
