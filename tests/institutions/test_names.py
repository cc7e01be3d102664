"""An institution is shown by the name that it has in the reader's language."""

from sqlalchemy import select

from app.core.db import db
from app.core.i18n import use_locale
from app.institutions.models import Institution
from app.institutions.services import load_ror
from tests.factories import make_institution


def test_a_statement_that_is_kept_answers_each_reader_in_their_language(app):
    key = make_institution("University of Rivers", names={"ar": "جامعة الأنهار"}).id
    make_institution("Plain")
    kept = select(Institution.name, Institution.name.label("again")).order_by(Institution.id)
    for language, name in (
        ("en", "University of Rivers"),
        ("ar", "جامعة الأنهار"),
        ("en", "University of Rivers"),
    ):
        with use_locale(language):
            assert [tuple(row) for row in db.session.execute(kept)] == [(name, name), ("Plain", "Plain")]
            assert db.session.get_one(Institution, key).name == name


def test_ror_brings_the_names_in_the_languages_of_the_interface(app):
    record = {
        "id": "012345678",
        "name": "Cairo Institute",
        "cc": "EG",
        "names": [
            ["Cairo Institute", "en", "label"],
            ["معهد القاهرة", "ar", "label"],
            ["المعهد", "ar", "alias"],
            ["Institut du Caire", "fr", "label"],
        ],
    }
    load_ror([record], release="v9")
    found = db.session.scalars(select(Institution)).one()
    assert found.own_name == "Cairo Institute"
    assert found.names == {"ar": "معهد القاهرة"}
