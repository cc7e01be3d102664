"""Random histories by real people: whatever they try, the log tells the whole ledger anew."""

import random
from collections import Counter
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core.access import load_grants
from app.core.db import db
from app.core.errors import DomainError
from app.ledger import queries, services
from app.ledger.models import EVENTS, LedgerEvent, LedgerLine
from tests.factories.accounts import actor, make_admin
from tests.factories.institutions import affiliate, make_institution
from tests.factories.ledger import make_line, make_sides

STEPS = 200
UNITS = (("facility_time", "hour"), ("training", "hour"), ("data_set", "piece"), ("introduction", None))


ALL = ("deliver", "receive", "rate", "recall", "waive", "dispute", "settle", "reverse")
FITTING = {
    "pledged": ("deliver", "deliver", "deliver", "waive", "dispute"),
    "delivered": ("receive", "receive", "receive", "recall", "dispute"),
    "received": ("rate", "reverse"),
    "rated": ("reverse",),
    "disputed": ("settle",),
    "waived": (),
    "reversed": (),
}


class Play:
    """Three institutions, their representatives, one of two of them, a lead and an administrator, and chance."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.sides = make_sides()
        third = make_institution("Andes Institute", country="PE")
        self.places = [self.sides.giver, self.sides.receiver, third]
        of_two = affiliate("Boris Both", self.places[0], "representative")
        affiliate(of_two, self.places[1], "representative")
        self.people = [
            self.sides.from_giver, self.sides.from_receiver, affiliate("Tara Third", third, "representative"),
            of_two, self.sides.lead, make_admin(), affiliate("Mona Member", self.places[0]),
        ]  # fmt: skip
        self.lines: list[int] = []
        self.done: Counter[str] = Counter()

    def promise(self) -> None:
        """A new line between two of the three, or to the pool."""
        giver, receiver = self.dice.sample(self.places, 2)
        kind, unit = self.dice.choice(UNITS)
        line = make_line(
            self.sides,
            giver_id=giver.id,
            receiver_id=None if self.dice.random() < 0.15 else receiver.id,
            kind=kind,
            quantity=Decimal(self.dice.randint(1, 400_000)) / 1000 if unit else None,
            unit=unit,
            visibility=self.dice.choice(["public", "parties"]),
        )
        self.lines.append(line.id)

    def act(self) -> None:
        """Somebody tries something with some line."""
        line = db.session.get_one(LedgerLine, self.dice.choice(self.lines))
        who = actor(self.dice.choice(self.people))
        fitting = FITTING[line.state] if self.dice.random() < 0.7 else ALL
        verb = self.dice.choice(fitting or ALL)
        values = {
            "deliver": {"quantity": Decimal(self.dice.randint(1, 9000)) / 1000 if line.unit and self.dice.random() < 0.5 else None},
            "rate": {"rating": self.dice.randint(-2, 2), "note": "Because"},
            "waive": {"note": "Because"},
            "dispute": {"note": "Because"},
            "settle": {"outcome": self.dice.choice(["pledged", "delivered", "received", "waived"]), "note": "Because"},
            "reverse": {"note": "Because", "again": self.dice.random() < 0.5},
        }.get(verb, {})  # fmt: skip
        try:
            getattr(services, verb)(who, line, **values)
            self.done[verb] += 1
        except DomainError:
            self.done["refused"] += 1
        self.lines = list(db.session.scalars(select(LedgerLine.id).order_by(LedgerLine.id)))


@pytest.mark.parametrize("seed", range(3))
def test_the_log_tells_the_ledger_anew(app, seed):
    play = Play(seed)
    for _ in range(5):
        play.promise()
    for _ in range(STEPS):
        play.promise() if play.dice.random() < 0.1 else play.act()
    assert play.done["receive"], play.done
    assert play.done["refused"], play.done
    assert list(queries.faults()) == []
    _no_side_was_confirmed_by_the_other()
    _statements_agree_with_the_lines(play)


def _no_side_was_confirmed_by_the_other():
    """Every entry was said for a side by somebody who represents that side alone."""
    grants = {}
    for event, line in db.session.execute(
        select(LedgerEvent, LedgerLine).join(LedgerLine, LedgerLine.id == LedgerEvent.line_id)
    ):
        assert event.side in EVENTS[event.what][0]
        if event.side == "portal":
            continue
        if event.by_id not in grants:
            grants[event.by_id] = load_grants(event.by_id)
        held = grants[event.by_id]
        receives = ("representative", line.receiver_id) if line.receiver_id else ("lead", line.consortium_id)
        of_giver, of_receiver = ("member", line.giver_id) in held, receives in held
        if event.side == "giver":
            assert ("representative", line.giver_id) in held
            assert not of_receiver
        elif event.side == "receiver":
            assert of_receiver
            assert not of_giver
        else:
            assert not of_giver
            assert not of_receiver


def _statements_agree_with_the_lines(play):
    """To the last unit, for each institution and as its own representative sees it."""
    every = db.session.scalars(select(LedgerLine)).all()
    for place, person in zip(play.places, play.people, strict=False):
        sums: dict = {}
        for line in every:
            if line.received_at is None:
                continue
            sign = 1 if line.reverses_id is None else -1
            for side, institution_id in (("gave", line.giver_id), ("gained", line.receiver_id)):
                if institution_id == place.id:
                    found = sums.setdefault((line.kind, line.unit, side), [0, Decimal(0)])
                    found[0] += sign
                    found[1] += line.amount or 0
        wanted = {key: tuple(value) for key, value in sums.items() if value[0]}
        shown = {}
        for total in queries.totals(actor(person), place.id):
            for side in ("gave", "gained"):
                if getattr(total, f"{side}_lines"):
                    shown[total.kind, total.unit, side] = (
                        getattr(total, f"{side}_lines"),
                        getattr(total, side),
                    )
        assert shown == wanted
