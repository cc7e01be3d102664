"""One world with a thing in every state that matters, and one person of every kind that asks for it.

What is private in it carries a marker: a word that occurs nowhere else, with the kinds of people who may read it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from werkzeug.routing import AnyConverter, Rule

from app.accounts.models import Person, SignIn, Ticket
from app.accounts.queries import token_hash
from app.audit import services as audit
from app.consortia.models import Admission, Consortium, ConsortiumTerms, Leadership
from app.core import clock
from app.core.db import db, transaction
from app.institutions.models import Affiliation, Institution, InstitutionClaim
from app.notifications import services as notifications
from app.notifications.models import Mail, Notice
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
    make_consortium,
    make_institution,
    make_open_consortium,
    make_person,
    make_problem,
    make_team,
)
from tests.house import partnership, works

# In the order of the columns of docs/access.md.
KINDS = (
    "visitor",
    "newcomer",
    "outsider",
    "colleague",
    "author",
    "team_lead",
    "deputy",
    "team_member",
    "asker",
    "invitee",
    "lead",
    "lead_in_team",
    "other_lead",
    "representative",
    "other_representative",
    "admin",
    "admin_of_own",
)
MEANINGS = {
    "visitor": "not signed in",
    "newcomer": "signed in, without a confirmed affiliation",
    "outsider": "confirmed member of an institution outside the consortium",
    "colleague": "confirmed member of the institution of author and team lead",
    "author": "wrote the problem statements",
    "team_lead": "leads the teams",
    "deputy": "deputy of the teams",
    "team_member": "member of the teams, from another institution of the consortium",
    "asker": "asks for what is asked here: to join, to be affiliated, to represent",
    "invitee": "is invited to a team and offered its lead",
    "lead": "lead of the consortium, in no team",
    "lead_in_team": "lead of the consortium and member of the teams",
    "other_lead": "lead of another consortium",
    "representative": "represents the institution of author and team lead",
    "other_representative": "represents the institution that asks to be admitted",
    "admin": "administrator of the portal",
    "admin_of_own": "administrator who belongs to the institution of author and team lead",
}
TEAM = frozenset({"team_lead", "deputy", "team_member", "lead_in_team"})
LEADS = frozenset({"lead", "lead_in_team"})
ADMINS = frozenset({"admin", "admin_of_own"})
# The asking institution's representative is no member of the consortium; everybody else with a home in it is.
CONSORTIUM = frozenset(
    {"colleague", "author", "representative", "admin_of_own", "asker", "invitee", "team_lead", "deputy", "team_member"}
) | LEADS  # fmt: skip

# Addresses that are asked about things in every state; the others about the first two.
DEPENDS_ON_STATE = {
    "show", "decide", "review", "reopen", "propose", "submit", "check", "merge", "admission", "join", "claim", "decide_request",
    "affiliation", "confirm", "answer_hand_over", "withdraw_hand_over", "change_state", "remove_member", "resume", "renew", "recall", "closing", "close", "hand_over", "line",
}  # fmt: skip

Target = tuple[str, dict[str, Any]]


# In which list the words of a thing would turn up.
LISTS = {
    "zqpproject": ("/projects",),
    "zqpprivateproject": ("/projects",),
    "zqplisting": ("/resources",),
    "zqtranslation": ("/translations",),
    "zqt": ("/teams", "/projects"),
    "zqp": ("/problems", "/teams", "/projects"),
}


@dataclass(frozen=True)
class Marker:
    """A word in something private, what that is, and who may read it."""

    word: str
    about: str
    readers: frozenset[str]
    shown_somewhere: bool = True

    @property
    def lists(self) -> tuple[str, ...]:
        """The lists in which it would be found if it leaked; empty for all."""
        return next((lists for start, lists in LISTS.items() if self.word.startswith(start)), ())

    @property
    def is_indexed(self) -> bool:
        """Whether it stands in something that lists can be searched for."""
        return self.word.startswith(("zqp", "zqt", "zqhidden")) and "note" not in self.word


@dataclass
class World:
    """The people by kind, the markers, and for each argument of an address the things that it may name."""

    people: dict[str, Person] = field(default_factory=dict)
    markers: list[Marker] = field(default_factory=list)
    targets: dict[str, list[Target]] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    known_addresses: dict[str, frozenset[str]] = field(default_factory=dict)  # to whom a yes opened them

    @property
    def consortium_people(self) -> frozenset[str]:
        """Those who belong to the consortium."""
        return CONSORTIUM

    def person(self, kind: str) -> Person | None:
        """The person of a kind, None for the visitor."""
        return self.people.get(kind)

    def mark(self, word: str, about: str, readers: Iterable[str], shown_somewhere: bool = True) -> str:
        """Give the text of a private thing, with its marker in it."""
        self.markers.append(Marker(word, about, frozenset(readers), shown_somewhere))
        return f"Words about the {about}, {word}."

    def aim(self, argument: str, label: str, thing: Any, **others: Any) -> None:
        """Note that an address's argument may name this thing."""
        self.targets.setdefault(argument, []).append(
            (label, {**others, argument: getattr(thing, "id", thing)})
        )

    def scenarios(self, rule: Rule) -> list[Target]:
        """The things with which a rule's address can be filled, as (label, arguments).

        Raises KeyError when an argument is unknown here: say in `build` what it may name.
        """
        if rule.endpoint in self.targets:  # such as a link with a secret, which only fits this address
            return self.targets[rule.endpoint]
        chosen = {name: kind for name, kind in rule._converters.items() if isinstance(kind, AnyConverter)}
        named = [
            part[1] for part in rule._trace if part[0] and part[1] not in chosen
        ]  # in the order of the address
        found: list[Target] = [("", {})]
        if named:
            found = [
                (label, {name: arguments[name] for name in (*named, *chosen) if name in arguments})
                for label, arguments in self.targets.get(named[-1], [])
                if set(named) <= set(arguments)
            ]
        if not found:
            raise KeyError(f"tests/house/world.py has nothing for {rule.rule}")
        if rule.endpoint.rpartition(".")[2] not in DEPENDS_ON_STATE:
            found = found[:2]
        for name, kind in chosen.items():  # a word out of a closed list: each of them
            found = [
                (label, arguments)
                if name in arguments
                else (f"{label} {word}".strip(), {**arguments, name: word})
                for label, arguments in found
                for word in (sorted(kind.items) if name not in arguments else [""])
            ]
        return found


def build() -> World:
    """Make the world in the database of the running application."""
    world = World()
    homes = _institutions(world)
    consortium = _consortia(world, homes)
    _problems(world, homes, consortium)
    _teams(world, homes, consortium)
    _papers(world, homes, consortium)
    works.build(world, homes, consortium)
    partnership.build(world, homes, consortium)
    for kind, person in world.people.items():
        address = person.email or ""
        known = world.known_addresses.get(kind, frozenset())
        world.markers.append(
            Marker(address, f"mail address of {kind}", frozenset({kind}) | known | ADMINS, False)
        )
    return world


def _person(
    world: World,
    kind: str,
    home: Institution | None = None,
    role: str = "member",
    may_sign: bool = False,
    **values: Any,
) -> Person:
    name = kind.replace("_", " ").capitalize()
    person = make_person(f"{name} Jones", email=f"zq-{kind.replace('_', '-')}@post.example", **values)
    if home is not None:
        affiliate(person, home, role, is_signatory=may_sign)
    world.people[kind] = person
    return person


def _institutions(world: World) -> dict[str, Institution]:
    home = make_institution("Delta University", domain="delta.example")
    partner = make_institution("Lake Institute", country="KE", city="Nairobi")
    far = make_institution("Fjord College", country="NO", city="Oslo")
    seat = make_institution("Harbour Council", country="TN", city="Tunis")
    strict = make_institution("Strict Academy", country="JO", city="Amman", confirms_participation=True)
    claimed = make_institution("Claimed Centre", state="pending", country="MA", city="Rabat")
    listed = make_institution("Listed Lab", state="listed", country="LB", city="Beirut")
    _person(world, "newcomer")
    _person(world, "outsider", far)
    for kind in ("colleague", "author", "team_lead"):
        _person(world, kind, home)
    for kind in ("deputy", "team_member"):
        _person(world, kind, partner)
    _person(world, "asker", partner)
    _person(world, "invitee", partner)
    for kind in ("lead", "lead_in_team"):
        _person(world, kind, seat)
    _person(world, "other_lead", far)
    _person(world, "representative", home, "representative", may_sign=True)
    _person(world, "other_representative", far, "representative", may_sign=True)
    affiliate(world.people["representative"], strict, "representative")
    _person(world, "admin", is_admin=True)
    _person(world, "admin_of_own", home, is_admin=True)
    hidden = make_person(
        "Hidden Reader zqhiddenname",
        visibility="hidden",
        email="zq-hidden@post.example",
        skills=["zqhiddenskill"],
    )
    world.markers += [
        Marker("zqhiddenname", "hidden profile", ADMINS, shown_somewhere=False),
        Marker("zqhiddenskill", "skills of the hidden profile", ADMINS, shown_somewhere=False),
        Marker("zq-hidden@post.example", "mail address of the hidden profile", ADMINS, shown_somewhere=False),
    ]
    for label, person in (("own profile: the colleague", world.people["colleague"]), ("hidden", hidden)):
        world.aim("person_id", label, person)
    homes = {
        "home": home, "partner": partner, "far": far, "seat": seat, "strict": strict, "claimed": claimed, "listed": listed
    }  # fmt: skip
    for label in ("home", "claimed", "listed"):
        world.aim("institution_id", {"home": "verified"}.get(label, label), homes[label])
    return homes


def _consortia(world: World, homes: dict[str, Institution]) -> Consortium:
    people = world.people
    consortium = make_consortium(
        "Water Consortium",
        leads=[people["lead"], people["lead_in_team"]],
        members=[homes["home"], homes["partner"], homes["seat"], homes["strict"]],
    )
    other = make_consortium("Sun Consortium", leads=[people["other_lead"]], members=[homes["far"]])
    make_open_consortium()
    world.aim("consortium_id", "of the lead", consortium)
    sides = LEADS | {"other_representative", "admin", "admin_of_own"}
    asked = Admission(
        consortium_id=consortium.id,
        institution_id=homes["far"].id,
        side="institution",
        state="asked",
        message=world.mark("zqadmission", "admission's message", sides),
    )
    asked.ask(people["other_representative"].id)
    invited = Admission(
        consortium_id=other.id,
        institution_id=homes["home"].id,
        side="consortium",
        state="invited",
        message=world.mark(
            "zqadminvited", "invitation of an institution", {"other_lead", "representative"} | ADMINS
        ),
    )
    invited.ask(people["other_lead"].id)
    declined = Admission(
        consortium_id=other.id,
        institution_id=homes["strict"].id,
        side="institution",
        state="declined",
        message=world.mark("zqdeclined", "declined admission's message", {"other_lead"} | ADMINS, False),
    )
    declined.ask(None)
    declined.decide(
        people["other_lead"].id,
        "declined",
        world.mark("zqadmnote", "admission's decision note", {"other_lead"} | ADMINS, False),
    )
    with transaction(system="world"):
        db.session.add_all([asked, invited, declined])
        db.session.add(
            ConsortiumTerms(consortium_id=consortium.id, number=1, texts={"en": "Share what you measure."})
        )
    member = (
        db.session.query(Admission)
        .filter_by(consortium_id=consortium.id, institution_id=homes["home"].id)
        .one()
    )
    world.things.update(
        asked_admission=asked, invited_admission=invited, consortium=consortium, other_consortium=other
    )
    for label, admission in (("asked", asked), ("invited", invited), ("member", member)):
        world.aim("admission_id", label, admission, consortium_id=admission.consortium_id)
    leadership = (
        db.session.query(Leadership).filter_by(consortium_id=consortium.id, person_id=people["lead"].id).one()
    )
    world.aim("person_id", "the lead", people["lead"], consortium_id=consortium.id)
    world.aim("leadership_id", "the lead's", leadership, consortium_id=consortium.id)
    return consortium


def _problems(world: World, homes: dict[str, Institution], consortium: Consortium) -> None:
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


def _teams(world: World, homes: dict[str, Institution], consortium: Consortium) -> None:
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


def _papers(world: World, homes: dict[str, Institution], consortium: Consortium) -> None:
    """Claims, affiliations that wait, notices and audit lines."""
    people = world.people
    claim = InstitutionClaim(
        institution_id=homes["claimed"].id,
        evidence_kind="letter",
        evidence=world.mark("zqevidence", "evidence of a claim", {"asker"} | ADMINS),
        position="Director",
    )
    claim.ask(people["asker"].id)
    waiting = Affiliation(
        person_id=people["asker"].id,
        institution_id=homes["home"].id,
        message=world.mark("zqaffiliation", "message of an affiliation", {"asker", "representative"}, False),
    )
    waiting.ask(people["asker"].id)
    with transaction(system="world"):
        db.session.add_all([claim, waiting])
        for kind, person in people.items():
            word = f"zqnotice{kind.replace('_', '')}"
            notifications.tell(
                [person.id],
                "world.something",
                path="/",
                reason="own_account",
                facts={"name": word},
                mail=False,
            )
            world.markers.append(Marker(word, f"notice of {kind}", frozenset({kind}), shown_somewhere=False))
    active = db.session.query(Affiliation).filter_by(person_id=people["colleague"].id).one()
    for label, affiliation in (("requested", waiting), ("active", active)):
        world.aim("affiliation_id", label, affiliation, institution_id=homes["home"].id)
    world.aim("claim_id", "asked", claim, institution_id=homes["claimed"].id)
    notice = db.session.query(Notice).filter_by(person_id=people["team_lead"].id).first()
    world.aim("notice_id", "of the team lead", notice)
    world.things.update(claim=claim, affiliation=waiting)
    with transaction(system="world"):
        readers = {"team_lead"} | ADMINS | TEAM | LEADS | {"representative"}
        note = world.mark("zqauditnote", "note in the audit", readers)
        audit.record(None, "teams.approve", world.things["approved_team"], note=note, label="Approved team",
                     institution_id=homes["home"].id, consortium_id=consortium.id, team_id=world.things["approved_team"].id)  # fmt: skip
    _links(world)


def _links(world: World) -> None:
    """Links with secrets, and a signed-in device."""
    soon = clock.now() + timedelta(days=1)
    for endpoint, purpose in (
        ("accounts.confirm", "confirm"),
        ("accounts.new_password", "reset"),
        ("accounts.confirm_address", "change"),
    ):
        owner = world.people["colleague"]
        secret = f"secret-{purpose}"
        with transaction(system="world"):
            db.session.add(Ticket(secret_hash=token_hash(secret), purpose=purpose, person_id=owner.id,
                                  email=owner.email if purpose != "change" else "zq-new@post.example", expires_at=soon))  # fmt: skip
        world.targets[endpoint] = [
            ("the colleague's", {"secret": secret}),
            ("unknown", {"secret": "nothing-like-it"}),
        ]
    device = SignIn(token_hash=token_hash("device"), person_id=world.people["colleague"].id, expires_at=soon)
    with transaction(system="world"):
        db.session.add(device)
    world.aim("sign_in_id", "the colleague's", device)
    mail = Mail(
        address=world.people["colleague"].email, person_id=world.people["colleague"].id, locale="en", kind="accounts.confirm",
        path="/sign-up/secret", subject="Confirm zqmailsubject", facts={"name": "Colleague"}, state="sent", sent_at=clock.now(),
    )  # fmt: skip
    world.markers.append(Marker("zqmailsubject", "subject of somebody's mail", ADMINS, shown_somewhere=False))
    with transaction(system="world"):
        db.session.add(mail)
    world.aim("mail_id", "the colleague's", mail)


def rules_of(app: Any, method: str) -> Iterator[Rule]:
    """The addresses that take a method, without static files, in order."""
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and method in (rule.methods or ())
    ]
    yield from sorted(rules, key=lambda rule: (rule.rule, rule.endpoint))
