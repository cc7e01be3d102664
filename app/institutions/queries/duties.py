"""What holds somebody who closes their account: an institution whose last representative they are."""

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.core import leaving
from app.core.db import db
from app.core.i18n import _l
from app.institutions.models import Affiliation, Institution


@leaving.ties
def ties_of(person_id: int) -> list[leaving.Tie]:
    """The institutions that would be left without a representative, each with the page where to appoint another."""
    other = aliased(Affiliation)
    rows = db.session.execute(
        select(Institution.id, Institution.name)
        .join(Affiliation, Affiliation.institution_id == Institution.id)
        .where(
            Affiliation.person_id == person_id,
            Affiliation.state == "active",
            Affiliation.role == "representative",
            Institution.state.in_(["verified", "suspended"]),
            ~exists().where(
                other.institution_id == Institution.id,
                other.person_id != person_id,
                other.state == "active",
                other.role == "representative",
            ),
        )
        .order_by(Institution.name)
    )
    return [
        leaving.Tie(
            _l("You are the last representative of %(name)s. Appoint another one first.", name=name),
            f"/institutions/{key}/people",
        )
        for key, name in rows
    ]
