"""Look-up by any name, acronym or script, typing errors forgiven."""

import pytest

from app.core.db import db, transaction
from app.core.index import fold
from app.institutions import queries
from app.institutions.models import InstitutionName
from tests.factories import make_institution

WORLD = {
    "Cairo University": ("EG", "Cairo", ["جامعة القاهرة", "CU"]),
    "University of Oxford": ("GB", "Oxford", ["Oxon"]),
    "Oxford Brookes University": ("GB", "Oxford", []),
    "Tsinghua University": ("CN", "Beijing", ["清华大学", "清华"]),
    "King Abdullah University of Science and Technology": ("SA", "Thuwal", ["KAUST"]),
    "Technical University of Munich": ("DE", "Munich", ["Technische Universität München", "TUM"]),
    "Makerere University": ("UG", "Kampala", []),
    "National University": ("PH", "Manila", []),
}


@pytest.fixture
def world(app):
    made = {}
    for name, (country, city, others) in WORLD.items():
        made[name] = make_institution(name, country=country, city=city, state="listed")
        with transaction(system="test"):
            for other in others:
                kind = "acronym" if other.isupper() else "label"
                db.session.add(
                    InstitutionName(institution_id=made[name].id, name=other, folded=fold(other), kind=kind)
                )
    return made


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Cairo University", "Cairo University"),
        ("cairo univ", "Cairo University"),
        ("جامعه القاهرة", "Cairo University"),
        ("الجامعة القاهره", "Cairo University"),
        ("University of Oxfrod", "University of Oxford"),
        ("makerere univeristy", "Makerere University"),
        ("清华", "Tsinghua University"),
        ("KAUST", "King Abdullah University of Science and Technology"),
        ("CU", "Cairo University"),
        ("tum", "Technical University of Munich"),
        ("technische universitat munchen", "Technical University of Munich"),
        ("Department of Physics, University of Oxford, Oxford, UK", "University of Oxford"),
        ("National University", "National University"),
    ],
)
def test_the_first_is_the_one_that_is_meant(world, typed, meant):
    assert queries.find(typed)[0].name == meant


@pytest.mark.parametrize(
    "typed", ["", "   ", "!!", "\"*'", "%", "__", "qqqq zzzz xxxx", "x" * 900, "(" * 300, "a,b,,;"]
)
def test_nonsense_finds_nothing_and_breaks_nothing(world, typed):
    assert queries.find(typed) == []


def test_the_name_that_fitted_is_told(world):
    assert queries.find("KAUST")[0].alias == "kaust"
    assert queries.find("Cairo University")[0].alias is None


def test_a_country_narrows(world):
    assert {found.country for found in queries.find("university", 20, country="GB")} == {"GB"}


def test_closed_ones_are_left_out(world):
    with transaction(system="test"):
        world["Makerere University"].state = "closed"
    assert "Makerere University" not in [found.name for found in queries.find("Makerere University")]


def test_of_two_alike_the_one_that_takes_part_comes_first(app):
    make_institution("Lake Institute", state="listed")
    verified = make_institution("Lake Institute", state="verified")
    assert queries.find("lake institute")[0].id == verified.id


def test_the_limit_holds(world):
    assert len(queries.find("university", 2)) == 2
