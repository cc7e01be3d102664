"""The sample file of real instruments: it loads but for the faults that were planted in it, in both formats."""

import dataclasses
import pathlib

import pytest
from sqlalchemy import func, select

from app.core.db import db
from app.listings.models import Listing
from app.listings.queries import loading as queries
from tests.factories import make_person
from tests.listings.loading_world import make_world

DATA = pathlib.Path(__file__).resolve().parents[2] / "app" / "demo" / "data"
PLANTED = {  # row → column and fault, as the README beside the file names them
    12: ("unit", "bad_unit"),
    37: ("kind", "unknown_kind"),
    58: ("quantity", "negative"),
    81: ("free_from", "bad_year"),
    104: ("summary", "too_long"),
    127: ("title", "formula"),
    150: ("external_id", "double_id"),
    173: ("wants", "missing_return"),
    196: ("ror", "unknown_ror"),
    219: ("country", "bad_country"),
    242: ("latitude", "out_of_range"),
    265: ("readiness", "bad_choice"),
}
ROWS = 300


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_only_the_planted_rows_are_faulty(app, kind) -> None:
    world = make_world()
    data = (DATA / f"sample-instruments.{kind}").read_bytes()
    load = world.upload(data, f"sample-instruments.{kind}")
    found = {
        row.number: [(fault["column"], fault["code"]) for fault in row.faults]
        for row in queries.faulty_rows(load.id)
    }
    assert found == {row: [fault] for row, fault in PLANTED.items()}
    assert (load.rows_total, load.faulty) == (ROWS, len(PLANTED))


def test_the_good_rows_load_and_load_again_without_a_change(app) -> None:
    world = make_world()
    data = (DATA / "sample-instruments.csv").read_bytes()
    world.load(data, "sample-instruments.csv", only_good=True)
    kept = select(func.count()).select_from(Listing).where(Listing.external_id.is_not(None))
    assert db.session.scalar(kept) == ROWS - len(PLANTED)
    again = world.upload(data, "sample-instruments.csv")
    assert (again.new, again.updated) == (0, 0)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_demonstration_offers_it_to_who_is_signed_in(app, login_as, tmp_path, monkeypatch, kind) -> None:
    settings = dataclasses.replace(app.config["SETTINGS"], instance=tmp_path)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    reader = login_as(make_person())
    path = f"/demo/sample-instruments.{kind}"
    assert reader.get(path).status_code == 404
    (tmp_path / "demo-accounts.json").write_text("[]")
    answer = reader.get(path)
    assert answer.status_code == 200
    assert answer.data == (DATA / f"sample-instruments.{kind}").read_bytes()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert app.test_client().get(path).status_code == 303
    assert reader.get("/demo/sample-instruments.exe").status_code == 404
