"""The picture of a person: set, shown to those who may see the profile, replaced, removed, forgotten."""

import io

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.accounts import queries, services
from app.accounts.models import Person, PersonPicture
from app.accounts.services.keeping import anonymise
from app.audit.models import AuditEntry
from app.core.db import db, transaction
from app.core.errors import Invalid, NotFound
from app.core.files import StoredFile, storage
from tests.factories import make_person
from tests.factories.accounts import actor
from tests.support import uploads


@pytest.fixture
def store(app, tmp_path, monkeypatch) -> storage.Folder:
    folder = storage.Folder(tmp_path / "files")
    monkeypatch.setitem(storage._stores, db.engine, folder)
    return folder


def show(person: Person, content: bytes = uploads.picture("JPEG", (500, 400)), name: str = "me.jpg") -> None:
    services.set_picture(actor(person), upload=(io.BytesIO(content), name))


def kept(folder: storage.Folder) -> int:
    return sum(file.is_file() for file in folder.root.rglob("*"))


def test_a_picture_is_square_and_replaced_by_the_next(store) -> None:
    person = make_person()
    show(person)
    first = queries.picture_of(person.id)
    assert (first.width, first.height, first.kept_by_id) == (320, 320, person.id)
    show(person, uploads.picture("PNG", (50, 90)), "me.png")
    second = queries.picture_of(person.id)
    assert (second.width, second.media_type) == (50, "image/png")
    assert (kept(store), db.session.scalar(select(func.count()).select_from(StoredFile))) == (1, 1)
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["accounts.set_picture"] * 2


def test_what_is_no_picture_changes_nothing(store) -> None:
    person = make_person()
    show(person)
    with pytest.raises(Invalid) as refused:
        show(person, uploads.SVG, "me.svg")
    assert list(refused.value.fields) == ["file"]
    assert queries.picture_of(person.id).media_type == "image/jpeg"


def test_removing_and_closing_forget_it(store) -> None:
    one, other = make_person(), make_person()
    show(one)
    show(other)
    services.remove_picture(actor(one))
    with pytest.raises(NotFound):
        services.remove_picture(actor(one))
    assert kept(store) == 1
    with transaction(system="test"):
        anonymise(db.session.get_one(Person, other.id))
    assert kept(store) == 0
    assert db.session.scalar(select(func.count()).select_from(PersonPicture)) == 0


@pytest.mark.parametrize("visibility", ["public", "signed_in", "hidden"])
def test_who_sees_the_profile_sees_the_picture(store, login_as, client, visibility) -> None:
    person = make_person(visibility=visibility)
    show(person)
    path = f"/people/{person.id}/picture"
    seen = {}
    for who, browser in (
        ("visitor", client),
        ("somebody", login_as(make_person())),
        ("oneself", login_as(person)),
    ):
        answer = browser.get(path)
        seen[who] = answer.status_code
        answer.close()
    assert seen == {
        "visitor": 200 if visibility == "public" else 404,
        "somebody": 404 if visibility == "hidden" else 200,
        "oneself": 200,
    }


def test_the_pages(store, page, login_as) -> None:
    person = make_person(visibility="public")
    browser = login_as(person)
    form = page("/account", browser).follow("Your picture")
    nothing = form.submit(button="save-picture")
    assert (nothing.status, nothing.errors) == (422, ["Picture: Choose a picture"])
    wrong = form.submit({"file": (io.BytesIO(uploads.HTML), "me.png")}, button="save-picture")
    assert wrong.status == 422
    assert "me.png" in wrong.errors[0]
    done = form.submit({"file": (io.BytesIO(uploads.picture()), "me.png")}, button="save-picture")
    assert "Your picture is shown." in done.text
    shown = page(f"/people/{person.id}")
    (image,) = [node for node in shown.tree.iter("img") if "ta-portrait" in node.get("class", "")]
    answer = browser.get(image.get("src"))
    assert Image.open(io.BytesIO(answer.data)).size == (40, 40)
    answer.close()
    assert queries.export(actor(person))["account"]["picture"] == f"/people/{person.id}/picture"
    gone = done.submit(button="remove-picture")
    assert "Your picture is removed." in gone.text
    assert "ta-portrait" not in page(f"/people/{person.id}").html
    assert queries.export(actor(person))["account"]["picture"] is None
