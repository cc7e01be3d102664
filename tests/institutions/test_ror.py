"""Loading ROR: added once, renewed, closed, merged; what is an institution's own stays."""

import json
import zipfile

import pytest
from sqlalchemy import select, text

from app.core.db import db, transaction
from app.institutions import queries, services
from app.institutions.models import Institution, InstitutionDomain, InstitutionName
from tests.factories import affiliate, make_admin, make_institution
from tests.institutions.support import audited, count, notices_of


def record(ror="012345678", name="Nile Institute", **values):
    return {
        "id": ror,
        "name": name,
        "names": [[name, "en", "label"], ["معهد النيل", "ar", "label"], ["NI", None, "acronym"]],
        "types": ["education"],
        "cc": "EG",
        "city": "Cairo",
        "domains": ["nile.example"],
        **values,
    }


def by_ror(ror) -> Institution:
    db.session.rollback()
    return db.session.scalars(select(Institution).where(Institution.ror == ror)).one()


def names_of(institution) -> set[str]:
    return set(
        db.session.scalars(
            select(InstitutionName.name).where(InstitutionName.institution_id == institution.id)
        )
    )


def domains_of(institution) -> set[str]:
    return set(queries.domains(institution.id))


def test_a_record_becomes_an_institution_with_its_names_and_domains(app):
    done = services.load_ror([record(lat=30.04, lng=31.236, website="https://nile.example")], "v9")
    loaded = by_ror("012345678")
    assert (done.added, done.renewed) == (1, 0)
    assert (loaded.name, loaded.country, loaded.state, loaded.types) == (
        "Nile Institute", "EG", "listed", ["education"],
    )  # fmt: skip
    assert (loaded.latitude, loaded.longitude, loaded.zone) == (30.04, 31.236, "Africa/Cairo")
    assert names_of(loaded) == {"Nile Institute", "معهد النيل", "NI"}
    assert domains_of(loaded) == {"nile.example"}
    assert audited() == ["institutions.load_ror"]


def test_loading_again_renews_and_never_doubles(app):
    services.load_ror([record(), record("112345678", "Delta Institute")], "v9")
    done = services.load_ror(
        [record(name="Nile University", names=[["Nile University", "en", "label"]], domains=["nu.example"])],
        "v10",
    )
    assert (done.added, done.renewed) == (0, 1)
    assert count(Institution) == 2
    renewed = by_ror("012345678")
    assert names_of(renewed) == {"Nile University"}
    assert domains_of(renewed) == {"nu.example"}


def test_the_search_follows_what_was_loaded(app):
    services.load_ror([record()], "v9")
    services.load_ror([record(names=[["Papyrus Academy", "en", "label"]], name="Papyrus Academy")], "v10")
    assert [found.ror for found in queries.find("Papirus Academy")] == ["012345678"]
    assert queries.find("Nile Institute") == []


def test_names_put_in_after_a_load_are_found_too(app):
    services.load_ror([record()], "v9")
    make_institution("Zanzibar Marine Laboratory")
    assert [found.name for found in queries.find("Zanzibr Marin Laboratry")] == ["Zanzibar Marine Laboratory"]


def test_a_claimed_institution_keeps_its_settings_and_its_own_domains(app):
    services.load_ror([record()], "v9")
    claimed = by_ror("012345678")
    with transaction(system="test"):
        claimed.state, claimed.zone, claimed.confirms_participation = "verified", "Asia/Amman", True
        claimed.description = {"en": "Ours"}
        db.session.add(InstitutionDomain(institution_id=claimed.id, domain="own.example"))
    services.load_ror([record(domains=["new.example"], city="Giza")], "v10")
    kept = by_ror("012345678")
    assert (kept.state, kept.zone, kept.confirms_participation, kept.description, kept.city) == (
        "verified", "Asia/Amman", True, {"en": "Ours"}, "Giza",
    )  # fmt: skip
    assert domains_of(kept) == {"nile.example", "own.example", "new.example"}


@pytest.mark.parametrize("shared", ["edu.eg", "gov.tr", "ac.uk", "gmail.com", "example"])
def test_a_domain_that_many_share_proves_nothing(app, shared):
    services.load_ror([record(domains=[shared, "cu.edu.eg"])], "v9")
    assert domains_of(by_ror("012345678")) == {"cu.edu.eg"}


def test_without_a_country_it_is_left_out_and_counted(app):
    done = services.load_ror([record(cc=None), record("112345678", cc="QQ")], "v9")
    assert (done.added, done.skipped, count(Institution)) == (0, 2, 0)


def test_one_that_ror_has_closed_is_closed_or_merged_down_the_chain(app):
    services.load_ror([record(), record("112345678", "Old"), record("212345678", "Older")], "v9")
    done = services.load_ror(
        [
            record("112345678", "Old", status="withdrawn", rel=[["successor", "312345678"]]),
            record("312345678", "Between", status="inactive", rel=[["successor", "012345678"]]),
            record("212345678", "Older", status="inactive"),
        ],
        "v10",
    )
    assert (done.closed, done.merged, done.kept) == (1, 1, 0)
    survivor, merged, closed = by_ror("012345678"), by_ror("112345678"), by_ror("212345678")
    assert (merged.state, merged.merged_into_id) == ("merged", survivor.id)
    assert (closed.state, closed.merged_into_id) == ("closed", None)
    assert count(Institution) == 3  # what ROR has closed is never added


def test_a_ring_of_successors_ends(app):
    services.load_ror([record(), record("112345678", "Other")], "v9")
    services.load_ror(
        [
            record(status="withdrawn", rel=[["successor", "112345678"]]),
            record("112345678", status="withdrawn", rel=[["successor", "012345678"]]),
        ],
        "v10",
    )
    assert {by_ror("012345678").state, by_ror("112345678").state} == {"closed"}


def test_a_file_takes_nothing_from_an_institution_with_people(app):
    services.load_ror([record()], "v9")
    taking_part = by_ror("012345678")
    with transaction(system="test"):
        taking_part.state = "verified"
    person, admin, tied = affiliate(None, taking_part), make_admin(), make_admin("Tied Admin")
    affiliate(tied, taking_part)
    done = services.load_ror([record(status="inactive")], "v10")
    assert (done.kept, done.closed, by_ror("012345678").state) == (1, 0, "verified")
    assert notices_of(admin) == ["institutions.closed_in_ror"]
    assert notices_of(person) == notices_of(tied) == []


def test_a_load_that_fails_leaves_nothing_and_the_search_still_works(app):
    def broken():
        yield record()
        raise ValueError("the file ends in the middle")

    with pytest.raises(ValueError, match="middle"):
        services.load_ror(broken(), "v9")
    assert (count(Institution), count(InstitutionName), audited()) == (0, 0, [])
    make_institution("Kigali Heights")
    assert [found.name for found in queries.find("Kigali Hights")] == ["Kigali Heights"]


FULL = {
    "id": "https://ror.org/012345678",
    "names": [
        {"value": "Nile Institute", "types": ["ror_display", "label"], "lang": "en"},
        {"value": "معهد النيل", "types": ["label"], "lang": "ar"},
    ],
    "types": ["education"],
    "status": "active",
    "locations": [{"geonames_details": {"country_code": "EG", "name": "Cairo", "lat": 30.0, "lng": 31.0}}],
    "domains": ["nile.example"],
    "links": [],
    "relationships": [],
}


@pytest.mark.parametrize("packed", [False, True])
def test_the_command_takes_rors_own_dump(app, tmp_path, packed):
    file = tmp_path / "v2.9-2026-06-23-ror-data.json"
    file.write_text(json.dumps([FULL]))
    if packed:
        file = tmp_path / "v2.9-2026-06-23-ror-data.zip"
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("v2.9-ror-data.json", "[]")
            archive.writestr("v2.9-ror-data_schema_v2.json", json.dumps([FULL]))
    result = app.test_cli_runner().invoke(args=["institutions", "load-ror", str(file)])
    assert result.exit_code == 0, result.output
    assert "1 added" in result.output
    assert by_ror("012345678").city == "Cairo"


@pytest.mark.parametrize("content", ["{", "{}", '[{"id": "x"}]', "[1]"])
def test_the_command_refuses_another_file(app, tmp_path, content):
    file = tmp_path / "other.json"
    file.write_text(content)
    result = app.test_cli_runner().invoke(args=["institutions", "load-ror", str(file)])
    assert result.exit_code == 1
    assert "Error" in result.output
    assert count(Institution) == 0


def test_the_shipped_files_are_read(app):
    from itertools import islice

    first = list(islice(services.shipped_records(), 40))
    assert services.load_ror(first, "v2.9").added == 40
    assert db.session.scalar(text("SELECT count(*) FROM institution WHERE ror_release <> ''")) == 40
