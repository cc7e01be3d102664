"""The first part of the world: people in institutions and consortia, and the papers around them."""

from datetime import timedelta
from typing import Any

from app.accounts.models import Person, SignIn, Ticket
from app.accounts.queries import token_hash
from app.audit import services as audit
from app.consortia.models import Admission, Consortium, ConsortiumTerms, Leadership
from app.core import clock
from app.core.db import db, transaction
from app.institutions.models import Affiliation, Institution, InstitutionClaim
from app.notifications import services as notifications
from app.notifications.models import Mail, Notice
from tests.factories import (
    affiliate,
    make_consortium,
    make_institution,
    make_open_consortium,
    make_person,
)
from tests.house import partnership, problems, works
from tests.house.world import ADMINS, LEADS, TEAM, Marker, World


def build() -> World:
    """Make the world in the database of the running application."""
    world = World()
    homes = _institutions(world)
    consortium = _consortia(world, homes)
    problems.problems(world, homes, consortium)
    problems.teams(world, homes, consortium)
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
