"""Two institutions with people on each side, one of whom nobody else knows, and a reader of a third."""

from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.notifications.models import Mail, Notice
from tests.factories import (
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_listing,
    make_person,
)

SECRET_DETAIL = "The membrane is Qanat-seven"
HIDDEN_OWNER, HIDDEN_SENDER = "Umbra Owner", "Silva Sender"
OWNER_MAIL, SENDER_MAIL = "umbra.owner@delta.example", "silva.sender@atlas.example"
MARKERS = (SECRET_DETAIL, HIDDEN_OWNER, HIDDEN_SENDER, OWNER_MAIL, SENDER_MAIL)


def make_world(detail_visibility="mutual", prefix="", **values):
    """Delta posts, Atlas asks. Contact and sender are hidden; each side has another representative.

    A second world in one test needs a `prefix` for the addresses.
    """
    delta = make_institution("Delta Institute")
    atlas = make_institution("Atlas Institute", country="TN")
    owner = affiliate(
        make_person(HIDDEN_OWNER, visibility="hidden", email=prefix + OWNER_MAIL),
        delta,
        role="representative",
    )
    sender = affiliate(make_person(HIDDEN_SENDER, visibility="hidden", email=prefix + SENDER_MAIL), atlas)
    lead = affiliate("Lead", make_institution("Third Institute"))
    consortium = make_consortium("Drylands", leads=[lead], members=[delta, atlas])
    return {
        "delta": delta,
        "atlas": atlas,
        "owner": owner,
        "owner_rep": affiliate("Orla", delta, role="representative"),
        "owner_member": affiliate("Otto", delta),
        "sender": sender,
        "sender_rep": affiliate("Sana", atlas, role="representative"),
        "sender_member": affiliate("Sven", atlas),
        "lead": lead,
        "outsider": make_person("Omar"),
        "admin": make_admin("Admin"),
        "consortium": consortium,
        "listing": make_listing(
            "Membrane tests",
            kind="technology",
            contact=owner,
            institution=delta,
            consortium=consortium,
            detail=SECRET_DETAIL,
            detail_visibility=detail_visibility,
            **values,
        ),
    }


def told(kind):
    return set(db.session.scalars(select(Notice.person_id).where(Notice.kind == f"interest.{kind}")))


def mailed(kind):
    return set(db.session.scalars(select(Mail.person_id).where(Mail.kind == f"interest.{kind}")))


def audited():
    return list(
        db.session.scalars(
            select(AuditEntry.action).where(AuditEntry.action.like("interest.%")).order_by(AuditEntry.id)
        )
    )
