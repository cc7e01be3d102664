"""The third part of the world: interest, agreements, the ledger, groundwork, exchanges, outcomes."""

from datetime import timedelta
from typing import Any

from app.accounts.models import Person
from app.agreements import services as agreements
from app.consortia.models import Consortium
from app.core import clock
from app.core.db import db, transaction
from app.groundwork import services as groundwork
from app.institutions.models import Institution
from app.ledger import services as ledger
from app.outcomes.models import OutcomeCredit
from tests.factories import make_listing
from tests.factories.accounts import actor
from tests.factories.agreements import line, make_agreement
from tests.factories.exchange import agreed_interest, make_course, make_technology, report_leg
from tests.factories.groundwork import make_groundwork
from tests.factories.interest import make_interest
from tests.factories.outcomes import make_outcome
from tests.house.world import ADMINS, LEADS, TEAM, World

# Members of the two institutions between which something is given, and who sees that besides.
AT_HOME = frozenset({"colleague", "author", "team_lead", "representative", "admin_of_own"})
FAR = frozenset({"outsider", "other_lead", "other_representative"})
SIDES = AT_HOME | FAR | LEADS | ADMINS
SPEAKERS = frozenset({"representative", "other_representative"})
# Who takes part in the projects: see works.PEOPLE.
PEOPLE = frozenset({"team_lead", "team_member", "representative"})


def build(world: World, homes: dict[str, Institution], consortium: Consortium) -> None:
    """Add them to the world."""
    _interests(world, homes, consortium)
    _lines(world, homes, consortium)
    _groundwork(world)
    _courses(world, homes, consortium)
    _agreements(world, homes)
    _outcomes(world, homes)


def _interests(world: World, homes: dict[str, Institution], consortium: Consortium) -> None:
    people = world.people
    sides = frozenset({"outsider", "other_representative", "representative"})
    given = {"sender": people["outsider"], "institution": homes["far"]}
    sent = make_interest(
        world.things["published_listing"], message=world.mark("zqinterest", "message of an interest", sides), **given
    )  # fmt: skip
    to_author = make_interest(
        world.things["published_problem"], state="talking",
        message=world.mark("zqtoauthor", "message to an author", sides - {"representative"} | {"author"}), **given,
    )  # fmt: skip
    opened = make_listing(
        "Clean room zqplistingopened", contact=people["representative"], institution=homes["home"], consortium=consortium,
        detail=world.mark("zqopeneddetail", "detail that a mutual yes opened", sides), detail_visibility="mutual",
    )  # fmt: skip
    accepted = make_interest(opened, state="accepted", **given)
    world.things.update(sent_interest=sent, opened_listing=opened, accepted_interest=accepted)
    for kind in sides:  # names and addresses opened for both
        world.known_addresses[kind] = sides
    secret = make_listing(
        "Secret process zqplistingsecret", contact=people["representative"], institution=homes["home"], consortium=consortium,
        detail=world.mark("zqsecretdetail", "detail under terms", {"representative"}), detail_visibility="agreement",
    )  # fmt: skip
    under_terms = make_interest(secret, state="accepted", **given)
    for label, interest in (("sent", sent), ("accepted", accepted), ("talking", to_author)):
        world.aim("interest_id", label, interest)
    world.targets["interest.terms"] = [
        ("detail under terms", {"interest_id": under_terms.id}),
        ("no such detail", {"interest_id": accepted.id}),
    ]


def _lines(world: World, homes: dict[str, Institution], consortium: Consortium) -> None:
    giver, receiver = (actor(world.people[kind]) for kind in ("representative", "other_representative"))
    with transaction(system="world"):
        common: dict[str, Any] = {
            "giver_id": homes["home"].id, "receiver_id": homes["far"].id, "kind": "facility_time", "language": "en",
            "source_kind": "manual", "source_id": None, "consortium_id": consortium.id,
        }  # fmt: skip
        inside = world.mark("zqledgerline", "line between two sides", SIDES)
        delivered = ledger.pledge(text=inside, due_on=clock.today() + timedelta(days=5), **common)
        received = ledger.pledge(text="Time on the microscope.", visibility="public", **common)
        promised = ledger.pledge(text="Time that is promised.", visibility="public", **common)
    said = world.mark("zqledgernote", "what one side said of a line", SIDES)
    ledger.deliver(giver, delivered, note=said)
    ledger.deliver(giver, received, note=world.mark("zqledgersaid", "what was said of a public line", SIDES))
    ledger.receive(receiver, received)
    with transaction(system="world"):
        disputed = ledger.pledge(text="Training that never came.", **common)
    ledger.dispute(receiver, disputed, note="It never came.")
    for label, found in (
        ("delivered", delivered), ("received", received), ("pledged", promised), ("disputed", disputed)
    ):  # fmt: skip
        world.aim("line_id", label, found)


def _groundwork(world: World) -> None:
    answering, opened = world.things["approved_team"], world.things["proposed_team"]
    make_groundwork(answering, state="answering")
    groundwork.save_answer(
        actor(world.people["team_member"]), answering, question="spin_offs",
        text=world.mark("zqalone", "answer given alone", {"team_member"}), language="en",
    )  # fmt: skip
    make_groundwork(opened, state="opened")
    groundwork.write_line(
        actor(world.people["team_lead"]), opened, question="spin_offs",
        text=world.mark("zqagreedline", "line of a team's groundwork", TEAM), language="en",
    )  # fmt: skip
    for label, team in (("answering", answering), ("opened", opened)):
        world.aim("code", label, "spin_offs", team_id=team.id)


def _courses(world: World, homes: dict[str, Institution], consortium: Consortium) -> None:
    technology = make_technology(
        homes["home"], title="Solar pump zqplistingtechnology", contact=world.people["representative"], consortium=consortium
    )  # fmt: skip
    course = make_course(listing=technology, taker=homes["far"])
    leg = report_leg(
        course,
        texts={"learnt": world.mark("zqleg", "report of an exchange", SIDES), "performed": "", "next_users": "", "given_back": ""},
    )  # fmt: skip
    world.things["course"] = course
    wanted = make_technology(
        homes["home"],
        title="Kiln zqplistingkiln",
        contact=world.people["representative"],
        consortium=consortium,
    )
    world.targets["exchange.new"] = [
        ("from an interest", {"interest": agreed_interest(wanted, homes["far"]).id})
    ]
    world.aim("course_id", "running", course)
    world.aim("number", "reported leg", leg.number, course_id=course.id)


def _agreements(world: World, homes: dict[str, Institution]) -> None:
    two = [homes["home"], homes["far"]]
    lead = {"team_lead"}
    ending = make_agreement("Shared wells, ending", state="in_force", institutions=two)
    agreements.give_notice(
        actor(world.people["representative"]), ending, institution_id=two[0].id, reason="The wells are dry."
    )
    for state in ("draft", "negotiation", "ready", "partly_signed", "in_force", "declined"):
        word = f"zqagreement{state.replace('_', '')}"
        readers = {"representative"} if state == "draft" else SPEAKERS | lead
        # Once it is in force a commitment is a line of the ledger, which the people of both sides and the leads see.
        give = f"Days in the field, {word}."
        if state == "in_force":
            give = world.mark("zqcommitment", "commitment that is in force", SIDES)
        agreement = make_agreement(
            f"Shared wells, {state.replace('_', ' ')}", state=state, institutions=two, project=world.things["active_project"],
            text=world.mark(word, f"text of an agreement, {state}", readers),
            lines=[
                line(two[0].id, two[1].id, give, is_public=False),
                line(two[1].id, two[0].id, "Training of two technicians."),
            ],
        )  # fmt: skip
        world.things[f"{state}_agreement"] = agreement
        world.aim("agreement_id", state.replace("_", " "), agreement)
        world.targets.setdefault("agreements.edit_part", []).append(
            (f"{state} text", {"agreement_id": agreement.id, "part": "text"})
        )
        if state in {"negotiation", "in_force"}:
            world.aim("number", f"version of one in {state}", 1, agreement_id=agreement.id)
            world.aim("institution_id", f"party of one in {state}", two[1], agreement_id=agreement.id)
    _comment(world)
    world.targets["agreements.take_back_notice"] = [
        ("notice was given", {"agreement_id": ending.id}),
        ("in force", {"agreement_id": world.things["in_force_agreement"].id}),
    ]
    world.targets["agreements.comment"] = [
        ("title", {"agreement_id": world.things["negotiation_agreement"].id, "line": "title"}),
        ("no such line", {"agreement_id": world.things["negotiation_agreement"].id, "line": "t-xx-9"}),
    ]


def _comment(world: World) -> None:
    agreement = world.things["negotiation_agreement"]
    text = world.mark("zqlinecomment", "comment on a line of an agreement", SPEAKERS | {"team_lead"})
    comment = agreements.comment(
        actor(world.people["other_representative"]), agreement, anchor="title", text=text
    )
    world.aim("comment_id", "on an agreement", comment, agreement_id=agreement.id)


def _outcomes(world: World, homes: dict[str, Institution]) -> None:
    project = world.things["active_project"]
    leader: Person = world.people["team_lead"]
    team = world.things["approved_team"]
    of_team = {
        "team": team,
        "claimer": leader,
        "confirmer": homes["partner"],
        "problem": world.things["published_problem"],
    }
    shown = make_outcome("Sensor for a problem", **of_team)
    waits = make_outcome("Sensor that waits", state="evidenced", **of_team)
    for state in ("published", "retracted", "claimed", "evidenced", "confirmed", "disputed"):
        word = f"zqoutcome{state}"
        readers = PEOPLE if state == "claimed" else PEOPLE | LEADS
        text = (
            f"What came of it, {word}."
            if state in {"published", "retracted"}
            else world.mark(word, f"{state} outcome", readers)
        )
        outcome = make_outcome(
            f"Sensor {state}", state=state, project=project, claimer=leader, confirmer=homes["strict"],
            description=text,
        )  # fmt: skip
        world.things[f"{state}_outcome"] = outcome
        world.aim("outcome_id", state, outcome)
        world.targets.setdefault("outcomes.edit_part", []).append(
            (f"{state} about", {"outcome_id": outcome.id, "part": "about"})
        )
        world.targets.setdefault("outcomes.cite", []).append(
            (f"{state} BibTeX", {"outcome_id": outcome.id, "form": "bib"})
        )
        credit = db.session.query(OutcomeCredit).filter_by(outcome_id=outcome.id).first()
        world.aim("credit_id", f"in a {state} one", credit, outcome_id=outcome.id)
    world.things["evidenced_outcome"] = waits
    world.targets["outcomes.answer"] = [
        ("of a problem", {"outcome_id": shown.id}),
        ("of none", {"outcome_id": world.things["published_outcome"].id}),
    ]
    world.targets["outcomes.confirm"] = [
        (state, {"outcome_id": world.things[f"{state}_outcome"].id}) for state in ("claimed", "published")
    ] + [("of a team", {"outcome_id": waits.id})]
    world.targets["outcomes.new"] = [
        ("of a project", {"project": project.id}),
        ("of a team", {"team": team.id}),
        ("of nothing", {}),
    ]
