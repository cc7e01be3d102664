"""Loading many: checked, corrected, confirmed, loaded whole or not at all; a second load changes nothing."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core import clock, files, index
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from app.institutions.models import Affiliation
from app.listings import queries as listings
from app.listings.models import ListingFacet, ListingLoad, ListingLoadRow, ListingReview
from app.listings.queries import exporting, loading_own
from app.listings.queries import loading as queries
from app.listings.queries.searching import facets_of
from app.listings.services import loading
from app.listings.services.loading import keeping, working
from app.notifications.models import Mail, Notice
from tests.factories import affiliate, make_admin, make_institution
from tests.listings.loading_files import FAULTS, as_csv, as_xlsx, facilities, spoiled
from tests.listings.loading_world import World, counts, make_listing, make_world


@pytest.fixture
def world(app) -> World:
    return make_world()


def faults(load: ListingLoad) -> dict[int, list[tuple[str, str]]]:
    return {
        row.number: [(fault["code"], fault["column"]) for fault in row.faults]
        for row in queries.faulty_rows(load.id)
    }


def of_kind(kind: str) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.kind == kind)))


@pytest.mark.parametrize("locale", [None, "en", "ar"])
@pytest.mark.parametrize("make", [as_csv, as_xlsx])
def test_ten_kinds_of_faults_are_found_at_their_row_and_column(world, make, locale) -> None:
    rows = facilities(90)
    planted = spoiled(rows)
    load = world.upload(make(rows, locale), "f.csv" if make is as_csv else "f.xlsx")
    assert load.state == "checked"
    assert faults(load) == {row: [(code, FAULTS[code][0])] for row, code in planted.items()}
    assert (load.rows_total, load.faulty, load.new, load.updated) == (90, 40, 50, 0)


def test_nothing_is_kept_until_it_is_confirmed(world) -> None:
    before = counts()
    world.upload(as_csv(facilities(30)))
    after = counts()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "notice": 1,
        "audit_entry": 1,
    }


def test_what_is_loaded_stands_as_if_it_had_been_written_by_hand(world) -> None:
    rows = facilities(30)
    load = world.load(as_csv(rows))
    assert (load.state, load.new, load.fault, load.stored_file_id) == ("loaded", 30, {}, None)
    found = world.listings()
    assert set(found) == {row["external_id"] for row in rows}
    for row in rows:
        listing = found[row["external_id"]]
        assert (listing.title, listing.kind, listing.country) == (row["title"], row["kind"], row["country"])
        assert (listing.state, listing.created_by_id, listing.contact_id) == (
            "published",
            world.person.id,
            world.person.id,
        )
        assert listing.published_at == listing.confirmed_at == listing.listed_at is not None
        facets = db.session.execute(
            select(
                ListingFacet.facet, ListingFacet.value, ListingFacet.catalogue, ListingFacet.listed_at
            ).where(ListingFacet.listing_id == listing.id)
        ).all()
        assert {(facet, value) for facet, value, _list, _at in facets} == facets_of(listing)
        assert {(catalogue, at) for _facet, _value, catalogue, at in facets} == {
            (listing.catalogue, listing.listed_at)
        }
    first = found["F-00001"]
    assert first.id in (index.hits(first.catalogue, first.title) or [])
    assert listings.lines(first.id)
    assert first.quantity is not None


def test_a_second_load_of_the_same_file_changes_nothing(world) -> None:
    data = as_csv(facilities(30))
    world.load(data)
    versions = {name: (one.version, one.touched_at) for name, one in world.listings().items()}
    before = counts()
    load = world.upload(data)
    assert (load.new, load.updated, load.unchanged) == (0, 0, 30)
    with pytest.raises(RuleBroken) as refused:
        loading.confirm(world.actor, load)
    assert refused.value.code == "nothing_to_load"
    assert {name: (one.version, one.touched_at) for name, one in world.listings().items()} == versions
    assert counts() == {**before, "notice": before["notice"] + 1, "audit_entry": before["audit_entry"] + 1}


def test_what_differs_is_changed_and_the_rest_left_alone(world) -> None:
    rows = facilities(10)
    world.load(as_csv(rows))
    before = {name: one.version for name, one in world.listings().items()}
    rows[3]["title"], rows[4]["wants"] = "Another title", "recognition: named in papers"
    rows[5]["quantity"], rows[5]["unit"] = "", ""
    load = world.load(as_csv(rows[3:]))
    assert (load.new, load.updated, load.unchanged) == (0, 3, 4)
    found = world.listings()
    assert {name for name, one in found.items() if one.version != before[name]} == {
        "F-00004",
        "F-00005",
        "F-00006",
    }
    assert found["F-00004"].title == "Another title"
    assert [(line.kind, line.text) for line in listings.lines(found["F-00005"].id)] == [
        ("recognition", "named in papers")
    ]
    assert (found["F-00006"].quantity, found["F-00006"].unit) == (None, "")
    assert found["F-00004"].id in (index.hits(found["F-00004"].catalogue, "Another title") or [])


def test_columns_that_the_file_has_not_stay_as_they_are(world) -> None:
    rows = facilities(3)
    world.load(as_csv(rows))
    short = [{name: row[name] for name in ("external_id", "kind", "title", "summary")} for row in rows]
    short[0]["summary"] = "A new summary"
    load = world.load(as_csv(short))
    assert (load.updated, load.unchanged) == (1, 2)
    first = world.listings()["F-00001"]
    assert first.summary == "A new summary"
    assert first.keywords
    assert listings.lines(first.id)


@pytest.mark.parametrize("make", [as_csv, as_xlsx])
def test_ones_own_listings_as_a_file_load_back_unchanged(world, make) -> None:
    world.load(as_csv(facilities(40)))
    other = make_institution("Other", ror="00f3x4340")
    hostile = {"summary": "'=2; +3\n@x", "keywords": ["a;b", "-c", "\\"], "place": "'x"}
    make_listing(
        world.institution,
        world.person,
        "=1+1",
        **hostile,
        free_until=clock.today() + timedelta(9),
    )
    with transaction(system="test"):
        one = world.listings()["F-00002"]
        one.who_may_ask, one.state, one.valid_until = (
            "institutions",
            "expired",
            clock.today() - timedelta(days=3),
        )
        db.session.add(keeping.ListingAsker(listing_id=one.id, institution_id=other.id))
    rows = [
        {name: exporting.cell(name, values.get(name)) for name in loading_own.COLUMN_NAMES}
        for values in loading_own.own(world.actor, world.institution.id)
    ]
    assert len(rows) == 44
    rows = [{name: working.reading.neutral(text) for name, text in row.items()} for row in rows]
    load = world.upload(make(rows), "f.csv" if make is as_csv else "f.xlsx")
    assert (faults(load), load.new, load.updated, load.unchanged) == ({}, 0, 0, 44)


def test_faulty_rows_are_left_out_only_by_choice(world) -> None:
    rows = facilities(60)
    spoiled(rows, times=1)
    load = world.upload(as_csv(rows))
    with pytest.raises(Invalid) as refused:
        loading.confirm(world.actor, load)
    assert set(refused.value.fields) == {"only_good"}
    loading.confirm(world.actor, world.again(load), only_good=True)
    loading.work()
    load = world.again(load)
    assert (load.state, load.new, load.faulty) == ("loaded", 50, 10)
    assert len(world.listings()) == 50
    assert len(queries.faulty_rows(load.id)) == 10
    kept = db.session.scalars(select(ListingLoadRow).where(ListingLoadRow.outcome == "new")).all()
    assert {len(row.cells) for row in kept} == {0}


def test_a_row_is_corrected_in_the_page(world) -> None:
    rows = facilities(60)
    planted = spoiled(rows, times=1)
    load = world.upload(as_csv(rows))
    good = {
        "bad_unit": {"unit": "hour"},
        "unknown_kind": {"kind": "Storage"},
        "negative": {"quantity": "5"},
        "bad_year": {"free_from": "2026-01-01"},
        "too_long": {"title": "Short"},
        "formula": {"summary": "Open it there"},
        "double_id": {"external_id": "F-X"},
        "wrong_encoding": {"place": "Münster"},
        "missing_return": {"wants": "training: a week"},
        "unknown_ror": {"ror": ""},
    }
    for left, (row, code) in zip(range(9, -1, -1), planted.items(), strict=True):
        assert loading.correct(world.actor, world.again(load), row, good[code]).faults == []
        assert world.again(load).faulty == left
    load = world.again(load)
    assert (load.new, load.faulty) == (60, 0)
    loading.confirm(world.actor, load)
    loading.work()
    assert world.again(load).new == 60
    assert world.listings()["F-X"]


def test_a_new_identifier_frees_or_takes_that_of_other_rows(world) -> None:
    rows = facilities(3)
    rows[1]["external_id"] = rows[0]["external_id"]
    load = world.upload(as_csv(rows))
    assert faults(load) == {3: [("double_id", "external_id")]}
    loading.correct(world.actor, load, 2, {"external_id": "other"})
    assert faults(world.again(load)) == {}
    loading.correct(world.actor, world.again(load), 4, {"external_id": "other"})
    assert faults(world.again(load)) == {4: [("double_id", "external_id")]}
    assert (world.again(load).faulty, world.again(load).new) == (1, 2)


def test_a_corrected_file_takes_the_place_of_the_first(world) -> None:
    rows = facilities(45)
    spoiled(rows, times=1)
    load = world.upload(as_csv(rows))
    first = load.stored_file_id
    loading.replace(
        world.actor,
        load,
        stream=io.BytesIO(as_xlsx(facilities(20))),
        name="better.xlsx",
        version=load.version,
    )
    loading.work()
    load = world.again(load)
    assert (load.state, load.new, load.faulty, load.file_name, load.uploads) == (
        "checked",
        20,
        0,
        "better.xlsx",
        2,
    )
    assert db.session.get(files.StoredFile, first) is None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"external_id,kind\nx,training\n", "missing_columns"),
        (b"external_id,kind,title,Title,summary\n1,training,a,b,c\n", "double_columns"),
        (b"external_id,kind,title,summary\n", "no_rows"),
        ("external_id,kind,title,summary\nx,y,z,v\n".encode("utf-16"), "wrong_encoding"),
        (b"external_id,kind,title,summary\n" + b"x,y,z,v\n" * 5001, "too_many_rows"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole(world, data, code) -> None:
    load = world.upload(data)
    assert (load.state, load.fault["code"], load.rows_total) == ("failed", code, 0)
    assert db.session.scalar(select(ListingLoadRow.id)) is None
    assert [notice.person_id for notice in of_kind("listings.load_failed")] == [world.person.id]
    loading.replace(world.actor, load, stream=io.BytesIO(as_csv(facilities(2))), name="g.csv")
    loading.work()
    assert world.again(load).state == "checked"


def test_unknown_columns_are_named_and_left_out(world) -> None:
    rows = [{**row, "Colour of the door": "red", "": "x"} for row in facilities(2)]
    load = world.upload(as_csv(rows))
    assert (load.ignored, load.new) == (["Colour of the door"], 2)


@pytest.mark.parametrize("size", [10 * 1024 * 1024 + 1, 12 * 1024 * 1024])
def test_more_than_ten_megabytes_are_refused_at_the_door(world, size) -> None:
    with pytest.raises(Invalid):
        loading.receive(
            world.actor, institution_id=world.institution.id, stream=io.BytesIO(b"a" * size), name="f.csv"
        )
    assert db.session.scalar(select(ListingLoad.id)) is None


def test_rules_of_rows_that_stand_already(world) -> None:
    for state, name in (
        ("in_review", "a"),
        ("retired", "b"),
        ("published", "c"),
        ("published", "d"),
        ("expired", "e"),
    ):
        make_listing(world.institution, world.person, name, external_id=name, state=state,
                     valid_until=clock.today() - timedelta(days=1) if state == "expired" else clock.today())  # fmt: skip
    row = {
        "kind": "training",
        "title": "T",
        "summary": "S",
        "is_gift": "yes",
        "direction": "offer",
        "valid_until": "",
    }
    next_year = (clock.today() + timedelta(days=300)).isoformat()
    rows = [
        {"external_id": "a", **row},
        {"external_id": "b", **row},
        {"external_id": "c", **row, "direction": "need"},
        {"external_id": "d", **row, "kind": "data_set"},
        {"external_id": "e", **row, "valid_until": next_year},
    ]
    load = world.load(as_csv(rows), only_good=True)
    assert faults(load) == {
        2: [("in_review", "external_id")],
        3: [("retired", "external_id")],
        4: [("direction_fixed", "direction")],
        5: [("other_list", "kind")],
    }
    revived = world.listings()["e"]
    assert (revived.state, revived.valid_until.isoformat()) == ("published", next_year)
    assert revived.id in (index.hits("resources", "T") or [])


def test_rules_between_cells(world) -> None:
    row = {"kind": "training", "title": "T", "summary": "S"}
    cases = {
        "gift_with_return": {"is_gift": "yes", "wants": "training: x"},
        "needs_other": {"is_gift": "yes", "quantity": "5"},
        "in_the_past": {"is_gift": "yes", "valid_until": "2020-01-01"},
        "ends_before_start": {"is_gift": "yes", "free_from": "2027-02-01", "free_until": "2027-01-01"},
        "refused": {"is_gift": "yes", "rights": "granted"},
        "empty": {"is_gift": "yes", "title": ""},
    }
    names = sorted({name for case in cases.values() for name in case} | set(row))
    rows = [{"external_id": code, **dict.fromkeys(names, ""), **row, **case} for code, case in cases.items()]
    load = world.upload(as_csv(rows))
    assert {queries.row(load, number).identifier: found[0][0] for number, found in faults(load).items()} == {
        code: code for code in cases
    }


def test_an_institutions_first_listings_go_to_review_as_one_batch(app) -> None:
    world, admin = make_world(trusted=False), make_admin()
    load = world.load(as_csv(facilities(20)))
    assert (load.state, load.in_review) == ("loaded", True)
    assert {one.state for one in world.listings().values()} == {"in_review"}
    assert len(db.session.scalars(select(ListingReview)).all()) == 20
    assert db.session.scalar(select(ListingFacet.id)) is None
    told = of_kind("listings.load_sent")
    assert [
        (notice.person_id, notice.facts["number"]) for notice in told if notice.person_id == admin.id
    ] == [(admin.id, 20)]


def test_who_loads_is_told_when_it_is_checked_and_when_it_is_loaded(world) -> None:
    world.load(as_csv(facilities(2)))
    for kind in ("listings.load_checked", "listings.load_done"):
        assert [notice.person_id for notice in of_kind(kind)] == [world.person.id]
        assert db.session.scalars(select(Mail).where(Mail.kind == kind)).all()


# ---- who may, and what meets -----------------------------------------------------------------------------


def test_only_representatives_load_and_see_loads(world) -> None:
    load = world.upload(as_csv(facilities(2)))
    member = affiliate("Member", world.institution)
    elsewhere = affiliate("Elsewhere", make_institution(), "representative")
    colleague = affiliate("Colleague", world.institution, "representative")
    for person in (member, elsewhere, make_admin()):
        actor = keeping.actor_for(person)
        with pytest.raises(NotAllowed):
            loading.receive(actor, institution_id=world.institution.id, stream=io.BytesIO(b"x"), name="f.csv")
        with pytest.raises(NotFound):
            queries.get(actor, load.id)
        for action in (loading.confirm, loading.cancel):
            with pytest.raises(NotAllowed):
                action(actor, world.again(load))
    assert queries.get(keeping.actor_for(colleague), load.id).id == load.id


def test_who_represents_it_no_more_loads_nothing(world) -> None:
    load = world.upload(as_csv(facilities(2)))
    loading.confirm(world.actor, load)
    with transaction(system="test"):
        db.session.execute(update(Affiliation).values(role="member"))
    loading.work()
    load = world.again(load)
    assert (load.state, load.fault["code"], world.listings()) == ("failed", "not_allowed_now", {})


def test_a_decision_is_about_the_version_seen(world) -> None:
    load = world.upload(as_csv(facilities(2)))
    seen = load.version
    loading.correct(world.actor, load, 2, {"title": "Other"})
    with pytest.raises(Conflict):
        loading.confirm(world.actor, world.again(load), version=seen)


def test_what_changed_while_it_was_prepared_is_looked_at_again(world, monkeypatch) -> None:
    rows = facilities(3)
    world.load(as_csv(rows))
    rows[0]["title"] = "From the file"
    load = world.upload(as_csv(rows))
    loading.confirm(world.actor, load)
    prepare, meddled = working.preparing.prepare, []

    def meddle(found):
        plan = prepare(found)
        if not meddled:
            meddled.append(1)
            with transaction(system="somebody else"):
                world.listings()["F-00001"].summary = "By hand"
        return plan

    monkeypatch.setattr(working.preparing, "prepare", meddle)
    loading.work()
    first = world.listings()["F-00001"]
    assert world.again(load).state == "loaded"
    assert (first.title, first.summary) == ("From the file", rows[0]["summary"])


def test_what_is_no_longer_right_is_checked_again(world) -> None:
    rows = facilities(2)
    rows[0]["valid_until"] = rows[1]["valid_until"] = (clock.today() + timedelta(days=1)).isoformat()
    load = world.upload(as_csv(rows))
    loading.confirm(world.actor, load)
    with clock.at(clock.now() + timedelta(days=3)):
        loading.work()
    load = world.again(load)
    assert (load.state, load.faulty, world.listings()) == ("checked", 2, {})


def test_a_failure_in_the_middle_leaves_nothing(world, monkeypatch) -> None:
    load = world.upload(as_csv(facilities(20)))
    loading.confirm(world.actor, load)
    before = counts()

    def fail(*_given) -> None:
        raise OSError("disk")

    monkeypatch.setattr(keeping, "_note", fail)
    with pytest.raises(OSError, match="disk"):
        loading.work()
    assert counts() == before
    monkeypatch.undo()
    loading.work()
    assert (world.again(load).state, len(world.listings())) == ("loaded", 20)


def test_a_file_that_ends_the_worker_each_time_is_given_up(world, monkeypatch) -> None:
    load = world.upload(as_csv(facilities(2)))
    loading.confirm(world.actor, load)

    def fail(*_given) -> None:
        raise OSError("gone")

    monkeypatch.setattr(working.preparing, "prepare", fail)
    for _time in range(working.MOST_ATTEMPTS):
        with pytest.raises(OSError, match="gone"):
            loading.work()
    loading.work()
    load = world.again(load)
    assert (load.state, load.fault["code"]) == ("failed", "failed")


def test_a_load_is_cancelled_or_lapses_and_takes_its_rows_along(world) -> None:
    first, second = world.upload(as_csv(facilities(2))), world.upload(as_csv(facilities(3)))
    loading.cancel(world.actor, first)
    with pytest.raises(RuleBroken):
        loading.confirm(world.actor, world.again(first))
    assert loading.lapse() == 0
    with clock.at(clock.now() + timedelta(days=14, hours=1)):
        assert loading.lapse() == 1
        assert loading.lapse() == 0
    assert [world.again(load).state for load in (first, second)] == ["cancelled", "lapsed"]
    assert db.session.scalar(select(ListingLoadRow.id)) is None
    assert db.session.scalar(select(files.StoredFile.id)) is None


def test_not_too_many_files_wait_at_once(world) -> None:
    for _time in range(10):
        loading.receive(
            world.actor, institution_id=world.institution.id, stream=io.BytesIO(b"a,b\n"), name="f.csv"
        )
    with pytest.raises(RuleBroken) as refused:
        loading.receive(
            world.actor, institution_id=world.institution.id, stream=io.BytesIO(b"a,b\n"), name="f.csv"
        )
    assert refused.value.code == "too_many_loads"


def test_a_listing_is_loaded_once_whoever_loads_it_when(world) -> None:
    """Two files with the same identifiers, checked before either is loaded: the second one changes what the first brought."""
    rows = facilities(5)
    first = world.upload(as_csv(rows))
    second = world.upload(as_csv([{**row, "title": f"Second {row['external_id']}"} for row in rows]))
    loading.confirm(world.actor, first)
    loading.confirm(world.actor, second)
    loading.work()
    assert (world.again(first).new, world.again(second).updated) == (5, 5)
    assert len(world.listings()) == 5
    assert {one.title for one in world.listings().values()} == {
        f"Second {row['external_id']}" for row in rows
    }
