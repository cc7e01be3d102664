"""Lines of the ledger, brought to a state by the actions themselves."""

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.accounts.models import Person
from app.consortia.models import Consortium
from app.core import clock
from app.core.db import db, transaction
from app.institutions.models import Institution
from app.ledger import services
from app.ledger.models import LedgerLine
from tests.factories.accounts import actor
from tests.factories.consortia import make_consortium
from tests.factories.institutions import affiliate, make_institution

_sources = itertools.count(1)


@dataclass
class Sides:
    """Two institutions of a consortium, each with a representative, and a lead who belongs to neither."""

    giver: Institution
    receiver: Institution
    consortium: Consortium
    from_giver: Person
    from_receiver: Person
    lead: Person

    @property
    def day(self) -> date:
        """A day by which something is due soon."""
        return clock.today() + timedelta(days=5)


def make_sides(**values) -> Sides:
    """The two sides of a line and who speaks for them; `giver`, `receiver`, `consortium` may be given."""
    giver = values.get("giver") or make_institution("Nile Institute")
    receiver = values.get("receiver") or make_institution("Bosphorus Institute", country="TR")
    lead = affiliate("Lena Lead", make_institution("Third Institute"))
    consortium = values.get("consortium") or make_consortium(leads=[lead], members=[giver, receiver])
    return Sides(
        giver,
        receiver,
        consortium,
        affiliate("Gamal Giver", giver, "representative"),
        affiliate("Rana Receiver", receiver, "representative"),
        lead,
    )


def make_line(
    sides: Sides | None = None, *, state: str = "pledged", to_pool: bool = False, **values
) -> LedgerLine:
    """A line of 80 hours due in ten days, in this state."""
    sides = sides or make_sides()
    with transaction(system="factory"):
        line = services.pledge(
            **{
                "giver_id": sides.giver.id,
                "receiver_id": None if to_pool else sides.receiver.id,
                "kind": "facility_time",
                "text": "Time on the electron microscope",
                "language": "en",
                "quantity": Decimal(80),
                "unit": "hour",
                "due_on": clock.today() + timedelta(days=10),
                "source_kind": "commitment",
                "source_id": next(_sources),
                "consortium_id": sides.consortium.id,
                **values,
            }
        )
    return bring(line, state, sides)


def bring(line: LedgerLine, state: str, sides: Sides) -> LedgerLine:
    """Bring a promised line to a state, each step by whom it belongs to."""
    giver, receiver, lead = actor(sides.from_giver), actor(sides.from_receiver), actor(sides.lead)
    if line.receiver_id is None:
        receiver = lead
    if state in {"delivered", "received", "rated", "reversed"}:
        services.deliver(giver, line)
    if state in {"received", "rated", "reversed"}:
        services.receive(receiver, line)
    if state == "rated":
        services.rate(receiver, line, rating=1, note="It came in time")
    elif state == "reversed":
        services.reverse(receiver, line, note="It was counted twice", again=False)
    elif state == "waived":
        services.waive(receiver, line, note="We have one of our own now")
    elif state == "disputed":
        services.dispute(receiver, line, note="It never came")
    elif state not in {"pledged", "delivered", "received"}:
        raise ValueError(state)
    return db.session.get_one(LedgerLine, line.id)
