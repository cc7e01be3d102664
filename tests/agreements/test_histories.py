"""Random histories: whatever people try in whatever order, the promises of versions and signatures hold."""

import contextlib
import random

import pytest

from app.agreements import queries, services
from app.agreements.models import SIGNING_STATES, canonical, digest
from app.core.errors import DomainError
from tests.factories import make_institution
from tests.factories.accounts import actor
from tests.factories.agreements import fresh, line, make_agreement, proved, rows_of, signatory_of

STEPS = 25


class History:
    """Somebody tries something at random, again and again; refusals are part of it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.homes = [make_institution() for _ in range(self.chance.choice([2, 3]))]
        self.ids = [home.id for home in self.homes]
        self.agreement = make_agreement(institutions=self.homes)
        self.people = {key: actor(signatory_of(key)) for key in self.ids}
        self.signers = {key: proved(signatory_of(key)) for key in self.ids}
        self.signed: dict[tuple[int, int], str] = {}  # (version, party) → hash, as the signer saw it

    def step(self) -> None:
        """One try of one party."""
        key = self.chance.choice(self.ids)
        verbs = [self.revise, self.say_content, self.say_content, self.sign, self.sign, self.hand]
        with contextlib.suppress(DomainError):
            self.chance.choice(verbs)(key, fresh(self.agreement))

    def revise(self, key, agreement) -> None:
        rows = rows_of(agreement)
        giver, receiver = self.chance.sample(self.ids, 2)
        if self.chance.random() < 0.5 and len(rows) > 1:
            rows.pop(self.chance.randrange(len(rows)))
        else:
            rows.append(line(giver, receiver, f"Line {self.chance.randrange(9)}"))
        services.revise(self.people[key], agreement, commitments=rows, note="Try", institution_id=key)

    def say_content(self, key, agreement) -> None:
        number = max(1, agreement.number - self.chance.choice([0, 0, 0, 1]))
        services.say_content(self.people[key], agreement, number=number, institution_id=key)

    def sign(self, key, agreement) -> None:
        number = max(1, agreement.number - self.chance.choice([0, 0, 0, 1]))
        sha256 = queries.version(agreement.id, number).sha256
        services.sign(
            self.signers[key],
            agreement,
            institution_id=key,
            number=number,
            sha256=sha256,
            capacity="Rector",
            accepted=True,
        )
        self.signed[number, key] = sha256

    def hand(self, key, agreement) -> None:
        services.hand_ball(self.people[key], agreement, institution_id=self.chance.choice(self.ids))

    def check(self) -> None:
        """What holds after every step."""
        now = fresh(self.agreement)
        versions = [queries.version(now.id, number) for number in range(1, now.number + 1)]
        assert all(digest(row.text) == row.sha256 for row in versions)
        parties = queries.parties_of(now.id)
        assert canonical(versions[-1].content) == versions[-1].text
        kept = {(row.number, row.institution_id): row.sha256 for row in queries.signatures_of(now.id)}
        assert kept == self.signed
        current = {key for number, key in kept if number == now.number}
        assert (now.state == "in_force") == (current == set(self.ids))
        assert (now.state == "partly_signed") == (0 < len(current) < len(self.ids))
        content = {row.institution_id for row in parties if row.content_number == now.number}
        if now.state in SIGNING_STATES:
            assert content == set(self.ids)
        if now.state == "negotiation":
            assert content != set(self.ids)
        if current:
            assert queries.one_sided(now.id) == {}
        assert (now.ball_institution_id is not None) == now.is_open


@pytest.mark.parametrize("seed", range(4))
def test_the_promises_hold_in_every_history(app, seed):
    history = History(seed)
    for _ in range(STEPS):
        history.step()
        history.check()
    assert queries.versions_of(history.agreement.id)
