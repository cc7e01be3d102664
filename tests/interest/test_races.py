"""A yes against a taking back, two answers, two who send: one winner, the others a clean refusal."""

from sqlalchemy import func, select

from app.core.db import db
from app.interest import services
from app.interest.models import TERMS_VERSION, Interest, InterestOpening
from app.interest.queries import records
from app.listings.models import Listing
from tests.factories.accounts import actor
from tests.factories.interest import BRINGS, GAINS, make_interest
from tests.interest.world import make_world
from tests.support.threads import race

CLEAN = {"won", "already_decided", "changed_meanwhile", "already_open", "already_there", "busy", "already_converted", "wrong_state"}  # fmt: skip


def test_a_yes_against_a_no_and_a_taking_back_has_one_winner(app):
    world = make_world()
    interest = make_interest(world["listing"], sender=world["sender"], institution=world["atlas"])
    key, (owner, second, sender) = (
        interest.id,
        [actor(world[who]) for who in ("owner", "owner_rep", "sender")],
    )
    db.session.remove()
    ended = race(
        app,
        [
            lambda: services.accept(owner, records.get(owner, key), brings=GAINS, gains=BRINGS),
            lambda: services.decline(second, records.get(second, key), reason="no_fit"),
            lambda: services.withdraw(sender, records.get(sender, key)),
            lambda: services.accept(second, records.get(second, key), brings=GAINS, gains=BRINGS),
        ],
    )
    assert set(ended) <= CLEAN, ended
    assert ended.count("won") == 1, ended
    state = db.session.get_one(Interest, key).state
    opened = db.session.scalar(select(func.count(InterestOpening.id)))
    assert (state, opened) in {("accepted", 3), ("declined", 0), ("withdrawn", 0)}


def test_two_of_one_institution_who_send_at_once_send_one(app):
    world = make_world()
    people = [actor(world[who]) for who in ("sender", "sender_rep", "sender_member")]
    key = world["listing"].id
    db.session.remove()
    ended = race(
        app,
        [
            lambda one=one: services.send(
                one, db.session.get_one(Listing, key), institution_id=None, brings=BRINGS, gains=GAINS
            )
            for one in people
        ],
    )
    assert set(ended) <= CLEAN, ended
    assert (ended.count("won"), db.session.scalar(select(func.count(Interest.id)))) == (1, 1), ended


def test_both_institutions_accept_the_terms_at_once(app):
    world = make_world("agreement")
    interest = make_interest(
        world["listing"], state="accepted", sender=world["sender"], institution=world["atlas"]
    )
    key, reps = interest.id, [actor(world[who]) for who in ("owner", "owner_rep", "sender_rep")]
    db.session.remove()
    ended = race(
        app,
        [
            lambda one=one: services.accept_terms(
                one, records.get(one, key), accepts=True, version=TERMS_VERSION
            )
            for one in reps
        ],
    )
    assert sorted(ended) == ["terms_accepted", "won", "won"]
    rows = db.session.execute(
        select(InterestOpening.what, func.count())
        .where(InterestOpening.terms != "")
        .group_by(InterestOpening.what)
    )
    assert {(what, number) for what, number in rows} == {("terms", 2), ("detail", 1)}
