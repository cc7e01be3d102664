"""Problems and teams of the world, one in every state that matters."""

from app.accounts.models import Person
from app.accounts.queries import token_hash
from app.consortia.models import Consortium
from app.core.db import db, transaction
from app.institutions.models import Institution
from app.problems.models import PARTS, Endorsement, Problem, Review, ReviewComment
from app.teams.models import (
    HandOver,
    MailInvitation,
    Membership,
    OpenRole,
    Proposal,
    Team,
    TeamText,
    TeamUpdate,
)
from tests.factories import (
    add_line,
    add_member,
    affiliate,
    make_problem,
    make_team,
)
from tests.house.world import ADMINS, CONSORTIUM, KINDS, LEADS, TEAM, Marker, World


def problems(world: World, homes: dict[str, Institution], consortium: Consortium) -> None:
    """Statements in every state, and for every reach."""
    author = world.people["author"]
    deciders = LEADS | {"author"}
    private = {"draft": {"author"}, "submitted": deciders, "needs_changes": deciders, "rejected": deciders,
               "withdrawn": deciders}  # fmt: skip
    for state in (
        "published",
        "draft",
        "submitted",
        "needs_changes",
        "rejected",
        "withdrawn",
        "in_work",
        "expired",
        "closed",
    ):
        word = f"zqp{state.replace('_', '')}"
        statement = (
            world.mark(word, f"{state} problem", private[state])
            if state in private
            else f"Wells turn salty, {word}."
        )
        problem = make_problem(
            f"Salt in wells, {state.replace('_', ' ')} {word}",
            state=state,
            author=author,
            institution=homes["home"],
            consortium=consortium,
            statement=statement,
            summary=f"What the {state} one says, {word}.",
        )
        world.things[f"{state}_problem"] = problem
        if state in {"published", "draft", "submitted", "needs_changes", "rejected"}:
            world.aim("problem_id", state.replace("_", " "), problem)
    members_only = make_problem(
        "Members only zqpmembers", state="published", author=author, institution=homes["home"], consortium=consortium,
        statement=world.mark("zqpmembers", "problem for members of the consortium", CONSORTIUM | ADMINS),
        visibility="consortium",
    )  # fmt: skip
    signed_in = make_problem(
        "Signed in zqpsignedin", state="published", author=author, institution=homes["home"], consortium=consortium,
        statement=world.mark("zqpsignedin", "problem for people who are signed in", set(KINDS) - {"visitor"}),
        visibility="signed_in",
    )  # fmt: skip
    survivor = world.things["published_problem"]
    merged = make_problem(
        "Merged away", state="merged", author=author, institution=homes["home"], consortium=consortium, merged_into_id=survivor.id
    )  # fmt: skip
    world.things["home"] = homes["home"]
    for state in ("draft", "published"):
        for part in ("need", "exchange", "unheard-of") if state == "published" else PARTS:
            key = world.things[f"{state}_problem"].id
            world.targets.setdefault("problems.edit_part", []).append(
                (f"{state} {part}", {"problem_id": key, "part": part})
            )
    world.things.update(members_problem=members_only, signed_in_problem=signed_in, merged_problem=merged)
    _decisions(world, author)
    endorsement = Endorsement(
        problem_id=survivor.id,
        institution_id=homes["strict"].id,
        person_id=world.people["representative"].id,
        note="Here too.",
    )
    with transaction(system="world"):
        db.session.add(endorsement)
        db.session.get_one(Problem, survivor.id).endorsements = 1
    world.aim("endorsement_id", "", endorsement, problem_id=survivor.id)
    world.aim("institution_id", "endorser", homes["strict"], problem_id=survivor.id)


def _decisions(world: World, author: Person) -> None:
    """What reviewers wrote about statements that came back."""
    readers = LEADS | {"author"}
    for state, code in (("needs_changes", "returned"), ("rejected", "unclear")):
        word = f"zqn{state.replace('_', '')}"
        review = Review(problem_id=world.things[f"{state}_problem"].id)
        review.ask(author.id)
        review.decide(world.people["lead"].id, code, world.mark(word, f"decision note, {state}", readers))
        comment = ReviewComment(
            problem_id=world.things[f"{state}_problem"].id,
            author_id=world.people["lead"].id,
            text=world.mark(f"{word}wish", f"reviewer's wish, {state}", readers, state == "needs_changes"),
            is_wish=True,
        )
        with transaction(system="world"):
            db.session.add_all([review, comment])
        world.aim("comment_id", state.replace("_", " "), comment, problem_id=review.problem_id)
    with transaction(system="world"):
        open_review = (
            db.session.query(Review).filter_by(problem_id=world.things["submitted_problem"].id).one()
        )
    world.aim("review_id", "open", open_review, problem_id=open_review.problem_id)


def teams(world: World, homes: dict[str, Institution], consortium: Consortium) -> None:
    """Teams in every state, with requests, invitations and an offered lead."""
    people = world.people
    problem = world.things["published_problem"]
    for state in ("recruiting", "proposed", "approved", "needs_changes", "rejected", "private"):
        team = _team(world, homes, state, problem)
        world.things[f"{state}_team"] = team
        if state != "needs_changes":
            world.aim("team_id", state, team)
    recruiting: Team = world.things["recruiting_team"]
    with transaction(system="world"):
        kept = db.session.get_one(Problem, problem.id)
        kept.teams_open, kept.teams_at_work = 5, 1
    insiders = {"team_lead", "deputy"}
    asked = add_member(
        recruiting, people["asker"], homes["partner"], "requested",
        message=world.mark("zqjoin", "join request's message", insiders | {"asker"}), part="Chemist",
    )  # fmt: skip
    invited = add_member(
        recruiting, people["invitee"], homes["partner"], "invited",
        message=world.mark("zqinvite", "invitation's message", insiders | {"invitee"}),
    )  # fmt: skip
    confirming = add_member(
        recruiting, affiliate("Sami Strict", homes["strict"]), homes["strict"], "confirming"
    )
    mail = MailInvitation(
        team_id=recruiting.id,
        email="zqmailinvited@far.example",
        secret_hash=token_hash("secret-invitation"),
        message=world.mark("zqmailwords", "message of an invitation by mail", insiders, False),
    )
    mail.ask(people["team_lead"].id)
    world.markers.append(
        Marker("zqmailinvited", "address of an invitation by mail", frozenset(insiders) | ADMINS, False)
    )
    handover = HandOver(
        team_id=world.things["approved_team"].id,
        to_person_id=people["team_member"].id,
        note=world.mark("zqhandover", "note of a hand-over", TEAM, False),
    )
    handover.ask(people["team_lead"].id)
    role = OpenRole(team_id=recruiting.id, skill="Hydrology")
    with transaction(system="world"):
        db.session.add_all([mail, handover, role])
    members = {row.person_id: row for row in db.session.query(Membership).filter_by(team_id=recruiting.id)}
    active = members[people["team_member"].id]
    for label, membership in (
        ("requested", asked),
        ("invited", invited),
        ("confirming", confirming),
        ("active", active),
    ):
        world.aim("membership_id", label, membership, team_id=recruiting.id)
    world.aim("role_id", "", role, team_id=recruiting.id)
    world.aim("institution_id", "in the team", homes["partner"], team_id=recruiting.id)
    world.targets["teams.mail_invitation"] = [
        ("sent", {"secret": "secret-invitation"}),
        ("unknown", {"secret": "nothing-like-it"}),
    ]
    for argument, thing in (("invitation_id", mail), ("mail_invitation_id", mail)):
        world.aim(argument, "", thing, team_id=recruiting.id)
    for argument in ("hand_over_id", "handover_id"):
        world.aim(argument, "", handover, team_id=world.things["approved_team"].id)
    world.things.update(asked=asked, invited=invited, confirming=confirming)


def _team(world: World, homes: dict[str, Institution], state: str, problem: Problem) -> Team:
    people = world.people
    private = state == "private"
    seen = CONSORTIUM | ADMINS
    word = f"zqt{state.replace('_', '')}"
    # A proposal or a refusal is between the team and those who decide; a private team is the consortium's.
    name = f"{state.replace('_', ' ').capitalize()} team {word}"
    purpose = world.mark(word, "team for the consortium", seen) if private else f"Purpose, {word}."
    team = make_team(
        name, state="recruiting" if private else state, problem=problem, lead=people["team_lead"], institution=homes["home"],
        purpose=purpose, visibility="consortium" if private else "public",
    )  # fmt: skip
    for kind, home in (("deputy", "partner"), ("team_member", "partner"), ("lead_in_team", "seat")):
        add_member(team, people[kind], homes[home])
    brought = add_line(team, homes["home"], "brings", "Wells to test in")
    offered = add_line(team, homes["partner"], "brings", "Printed electrodes")
    third = add_line(team, homes["seat"], "brings", "Maps of the coast")
    add_line(team, homes["home"], "gains", "Electrodes", from_line_id=offered.id)
    add_line(team, homes["partner"], "gains", "A field site", from_line_id=brought.id)
    add_line(team, homes["seat"], "gains", "Wells", from_line_id=third.id if private else brought.id)
    text = TeamText(
        team_id=team.id, number=1, text=f"We share data, {word}text.", written_by_id=people["team_lead"].id
    )
    update = TeamUpdate(team_id=team.id, author_id=people["team_lead"].id, text=f"Half way, {word}update.")
    with transaction(system="world"):
        db.session.get_one(Team, team.id).deputy_id = people["deputy"].id
        db.session.add_all([text, update])
        if state in {"needs_changes", "rejected"}:
            proposal = Proposal(team_id=team.id)
            proposal.ask(people["team_lead"].id)
            note = world.mark(
                f"{word}note", f"decision note of a team, {state}", TEAM | LEADS | ADMINS, False
            )
            proposal.decide(people["lead"].id, "one_sided", note)
            db.session.add(proposal)
    if state == "recruiting":
        world.aim("line_id", "", brought, team_id=team.id)
        world.aim("update_id", "", update, team_id=team.id)
        world.aim("number", "", 1, team_id=team.id)
    if state == "proposed":
        found = db.session.query(Proposal).filter_by(team_id=team.id).one()
        world.aim("proposal_id", "open", found, team_id=team.id)
    return team
