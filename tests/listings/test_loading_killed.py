"""A worker that is killed in the middle leaves all of a file or nothing, and another one goes on where it was."""

import io
from datetime import timedelta

import pytest

from app.core import clock, jobs
from app.core.db import db
from app.listings.models import ListingLoadRow
from app.listings.services import loading
from tests.listings.loading_files import as_csv, facilities
from tests.listings.loading_worker import PLACES, kill_at
from tests.listings.loading_world import counts, make_world

ROWS = 600  # more than two portions


@pytest.fixture
def settings(portal) -> dict[str, str]:
    given = portal.config["SETTINGS"]
    return {
        "TAAWUN_ENV": "testing",
        "DATABASE_URL": given.database_url,
        "SECRET_KEY": given.secret_key,
        "BASE_URL": given.base_url,
    }


@pytest.mark.parametrize("place", PLACES)
def test_killed_anywhere_it_is_all_or_nothing_and_goes_on(app, settings, monkeypatch, place) -> None:
    monkeypatch.setattr(jobs, "JOBS", {"listings.loads": jobs.JOBS["listings.loads"]})
    world = make_world()
    data = as_csv(facilities(ROWS))
    first = world.load(as_csv(facilities(20)))
    assert first.state == "loaded"
    load = loading.receive(
        world.actor, institution_id=world.institution.id, stream=io.BytesIO(data), name="f.csv"
    )
    if place not in {"reading", "checking"}:
        loading.work()
        loading.confirm(world.actor, world.again(load))
    before = counts()
    db.session.remove()
    kill_at(place, settings, app.config["SETTINGS"].instance)

    is_kept = place == "after commit"
    after = counts()
    assert after["listing"] == before["listing"] + (ROWS - 20 if is_kept else 0)
    if not is_kept:
        assert {name: number for name, number in after.items() if name != "notice"} == {
            name: number for name, number in before.items() if name != "notice"
        }

    # The dead worker's lease still holds; a later worker takes it when it ends.
    assert jobs.run_due("another") == 0
    assert len(world.listings()) == (ROWS if is_kept else 20)
    for _round in range(3):
        with clock.at(clock.now() + jobs.LEASE * 2 + timedelta(seconds=_round * 10)):
            jobs.run_due("another")
        if world.again(load).state == "checked":
            loading.confirm(world.actor, world.again(load))
    load = world.again(load)
    assert (load.state, load.new, load.unchanged, load.rows_total) == ("loaded", ROWS - 20, 20, ROWS)
    assert len(world.listings()) == ROWS
    assert db.session.query(ListingLoadRow).filter_by(load_id=load.id).count() == ROWS
