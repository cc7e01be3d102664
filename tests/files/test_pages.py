"""Pages of files: adding, fetching, removing; and that nothing sent by anybody acts in a reader's browser."""

import io
import tracemalloc

import pytest
from PIL import Image
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.core import things
from app.core.db import db
from app.files import queries
from app.files.models import Attachment
from tests.factories import make_person, make_problem, make_team
from tests.factories.accounts import actor
from tests.files.support import address, attach
from tests.support import uploads

MEGABYTE = 1024 * 1024
HARMLESS = {
    "script.gif": b"GIF89a/*" + uploads.SCRIPT + b"*/=1;",
    "page.pdf": uploads.PDF.replace(b"trailer", uploads.HTML + b"trailer"),
    "page.csv": b"a,b\n" + uploads.HTML,
    "page.md": b"# A\n\n" + uploads.SVG,
    "page.zip": uploads.zipped({"page.html": uploads.HTML}),
    "program.txt": b"alert(document.cookie)",
}
HARMLESS_PICTURES = {
    "script.png": uploads.picture("PNG") + uploads.HTML,
    "zipped.jpg": uploads.picture("JPEG") + uploads.zipped({"a.html": uploads.HTML}),
    "comment.jpg": uploads.picture("JPEG", comment=uploads.SCRIPT),
    "located.jpg": uploads.located_jpeg(),
}
REFUSED = {
    "drawing.svg": uploads.SVG,
    "drawing.png": uploads.SVG,
    "page.html": uploads.HTML,
    "page.pdf": uploads.HTML + uploads.PDF,
    "page.txt": uploads.HTML,
    "photo.jpg": uploads.picture("PNG"),
    "huge.png": uploads.huge_png(),
    "bomb.zip": uploads.bomb(),
    "bomb.docx": uploads.bomb("word/document.xml", **{"[Content_Types].xml": b"<Types/>"}),
    "many.zip": uploads.zipped({f"{n}.txt": b"" for n in range(5_300)}),
    "eicar.txt": uploads.EICAR,
    "empty.txt": b"",
}


def file_of(name: str, content: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def add_page(page, world, client):
    return page(f"/files/problem/{world.problem.id}/add", client)


def the_one() -> Attachment:
    return db.session.query(Attachment).one()


def test_the_author_adds_a_file_and_everybody_fetches_it(world, page, login_as, client) -> None:
    done = add_page(page, world, login_as(world.author)).submit(
        {"file": file_of("خطة العمل.pdf", uploads.PDF), "title": "خطة", "language": "ar", "licence": "cc0"},
        button="add-file",
    )
    assert done.status == 200
    assert done.redirects == [f"/problems/{world.problem.id}#files"]
    answer = client.get(address(queries.get(actor(world.author), the_one().id)[0]))
    assert (answer.status_code, answer.data) == (200, uploads.PDF)
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=file.pdf; "
        "filename*=UTF-8''%D8%AE%D8%B7%D8%A9%20%D8%A7%D9%84%D8%B9%D9%85%D9%84.pdf"
    )
    assert answer.headers["Content-Length"] == str(len(uploads.PDF))
    answer.close()


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_sent_back_cannot_act(world, login_as, name) -> None:
    added = attach(world.author, world.problem, name, HARMLESS[name])
    answer = login_as(world.other).get(address(added))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox;")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "html" not in answer.mimetype
    assert "xml" not in answer.mimetype
    answer.close()


@pytest.mark.parametrize("name", HARMLESS_PICTURES)
def test_a_picture_is_only_a_picture(world, login_as, name) -> None:
    added = attach(world.author, world.problem, name, HARMLESS_PICTURES[name], description="Wells")
    small = login_as(world.other).get(f"/files/{added.id}/preview")
    assert small.headers["Content-Disposition"].startswith("inline;")
    assert small.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox;")
    whole = login_as(world.other).get(address(added))
    assert whole.headers["Content-Disposition"].startswith("attachment;")
    for answer in (small, whole):
        assert answer.mimetype in {"image/png", "image/jpeg"}
        assert Image.open(io.BytesIO(answer.data)).size == (60, 40)
        assert not any(hidden in answer.data for hidden in (b"script", b"PK\x03\x04", b"Hidden", b"Exif"))
        answer.close()


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_file_is_named_and_the_rest_of_the_form_is_kept(world, page, login_as, name) -> None:
    form = add_page(page, world, login_as(world.author))
    again = form.submit(
        {"file": file_of(name, REFUSED[name]), "title": "Kept title", "description": "A description"},
        button="add-file",
    )
    assert again.status == 422
    assert len(again.errors) == 1
    assert 'value="Kept title"' in again.html
    assert (db.session.query(Attachment).count(), world.on_disk()) == (0, [])


def test_the_form_says_kinds_and_size_before(world, page, login_as) -> None:
    form = add_page(page, world, login_as(world.author))
    assert "PDF" in form.text
    assert "At most 20 MB." in form.text
    assert "SVG" not in form.text
    nothing = form.submit({"title": "Without a file"}, button="add-file")
    assert nothing.errors == ["File: Choose a file"]


def test_a_picture_without_words_is_asked_for_them(world, page, login_as) -> None:
    again = add_page(page, world, login_as(world.author)).submit(
        {"file": file_of("wells.png", uploads.picture())}, button="add-file"
    )
    assert again.status == 422
    assert again.errors == [
        "Description: Say what can be seen, for those who cannot see it",
    ]


def test_a_full_thing_says_so_on_the_form(world, page, login_as, monkeypatch) -> None:
    monkeypatch.setattr("app.files.models.MOST_OF_THING", 0)
    again = add_page(page, world, login_as(world.author)).submit(
        {"file": file_of("plan.pdf", uploads.PDF)}, button="add-file"
    )
    assert again.status == 422
    assert "There is room for 0 files" in again.errors[0]


def test_who_may_not_add_gets_no_form(world, page, login_as) -> None:
    path = f"/files/problem/{world.problem.id}/add"
    assert page(path).redirects[-1].startswith("/sign-in")
    assert page(path, login_as(world.other)).status == 403
    assert page("/files/nothing/1/add", login_as(world.author)).status == 404
    draft = make_problem(state="draft")
    assert page(f"/files/problem/{draft.id}/add", login_as(world.author)).status == 404


def test_a_file_is_there_only_for_those_who_see_thing_and_circle(world, login_as, client) -> None:
    draft = make_problem(state="draft", author=world.author)
    hidden = attach(world.author, draft)
    inner = attach(world.author, world.problem, audience=things.REVIEWERS)
    picture = attach(
        world.author,
        world.problem,
        "a.png",
        uploads.picture(),
        audience=things.REVIEWERS,
        description="Wells",
    )
    stranger = login_as(make_person())
    for who in (client, stranger, login_as(world.other)):
        for path in (address(hidden), address(inner), address(picture), f"/files/{picture.id}/preview"):
            assert who.get(path).status_code == 404
    author, lead = login_as(world.author), login_as(world.lead)
    for path in (address(inner), f"/files/{picture.id}/preview"):
        for who in (author, lead):
            answer = who.get(path)
            assert answer.status_code == 200
            answer.close()
    assert lead.get(address(hidden)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/files/1/other.pdf", "/files/1/preview", "/files/99/plan.pdf", "/files/1/"]
)
def test_other_addresses_lead_nowhere(world, client, path) -> None:
    attach(world.author, world.problem)
    assert client.get(path).status_code == 404


def test_a_browser_that_has_it_is_told_so(world, login_as) -> None:
    added = attach(world.author, world.problem, "a.png", uploads.picture(), description="Wells")
    browser = login_as(world.other)
    first = browser.get(f"/files/{added.id}/preview")
    again = browser.get(f"/files/{added.id}/preview", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["ETag"] == f'"{queries.get(actor(world.author), added.id)[0].preview.sha256}"'
    first.close()


def test_a_lost_file_is_said_to_be_gone(world, login_as) -> None:
    added = attach(world.author, world.problem)
    world.store.delete(added.file.key)
    assert login_as(world.other).get(address(added)).status_code == 410


def test_removing_asks_first(world, page, login_as) -> None:
    added = attach(world.author, world.problem, title="The plan")
    asked = page(f"/files/{added.id}/remove", login_as(world.author))
    assert (asked.h1, "The plan" in asked.text) == ("Remove this file?", True)
    assert len(world.on_disk()) == 1
    done = asked.submit(button="remove-file")
    assert done.redirects == [f"/problems/{world.problem.id}#files"]
    assert world.on_disk() == []
    assert page(f"/files/{added.id}/remove", login_as(world.author)).status == 404


def test_others_do_not_remove(world, page, login_as) -> None:
    added = attach(world.author, world.problem)
    assert page(f"/files/{added.id}/remove", login_as(world.other)).status == 403
    assert page(f"/files/{added.id}/remove").redirects[-1].startswith("/sign-in")
    stale = page(f"/files/{added.id}/remove", login_as(world.author))
    assert stale.submit({"version": "9"}, button="remove-file").status == 409


@pytest.mark.parametrize("name", ["a\x00b.pdf", "../../plan.pdf", "plan\u202efdp.pdf", "C:\\Users\\plan.pdf"])
def test_a_name_says_nothing_but_a_name(world, page, login_as, name) -> None:
    done = add_page(page, world, login_as(world.author)).submit(
        {"file": file_of(name, uploads.PDF)}, button="add-file"
    )
    assert done.status == 200
    kept = queries.get(actor(world.author), the_one().id)[0].file.name
    assert kept in {"ab.pdf", "plan.pdf", "planfdp.pdf", "CUsersplan.pdf"}


def posted(size: int, path: str) -> tuple[dict, uploads.Endless]:
    """A request whose multipart body of so many bytes is made while it is read."""
    head = b'--frontier\r\nContent-Disposition: form-data; name="file"; filename="big.txt"\r\n\r\n'
    body = uploads.Endless(size, head)
    env = EnvironBuilder(
        path, method="POST", content_type="multipart/form-data; boundary=frontier"
    ).get_environ()
    return {**env, "wsgi.input": body, "CONTENT_LENGTH": str(len(head) + size)}, body


@pytest.mark.parametrize("chunked", [False, True])
def test_200_megabytes_are_refused_early_with_flat_memory(app, world, login_as, chunked) -> None:
    browser = login_as(world.author)
    env, body = posted(200 * MEGABYTE, f"/files/problem/{world.problem.id}/add")
    env["HTTP_COOKIE"] = "; ".join(f"{cookie.key}={cookie.value}" for cookie in browser._cookies.values())
    if chunked:
        env["wsgi.input_terminated"] = True
        env.pop("CONTENT_LENGTH")
    tracemalloc.start()
    _body, status, _headers = run_wsgi_app(app, env)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert status.startswith("413")
    assert body.taken <= (22 * MEGABYTE if chunked else 0)
    assert peak < 8 * MEGABYTE


def test_other_addresses_take_two_megabytes_only(app, world) -> None:
    env, body = posted(3 * MEGABYTE, "/sign-in")
    _body, status, _headers = run_wsgi_app(app, env)
    assert status.startswith("413")
    assert body.taken == 0


def test_nobody_who_is_signed_out_sends_much(app, world) -> None:
    env, body = posted(10 * MEGABYTE, f"/files/problem/{world.problem.id}/add")
    _body, status, headers = run_wsgi_app(app, env)
    assert status.startswith("303")
    assert headers["Location"].startswith("/sign-in")
    assert body.taken == 0


def test_ten_thousand_files_at_once_are_refused(world, login_as) -> None:
    boundary = b"frontier"
    part = b'--frontier\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\na\r\n'
    body = part * 10_000 + b"--frontier--\r\n"
    answer = login_as(world.author).post(
        f"/files/problem/{world.problem.id}/add",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary.decode()}",
    )
    assert answer.status_code == 413
    assert world.on_disk() == []


def test_the_list_of_files_is_one_statement(world, statements) -> None:
    who, record = actor(world.other), world.problem
    counts = []
    for _time in range(2):
        attach(world.author, world.problem)
        attach(world.author, world.problem, "a.png", uploads.picture(), description="Wells")
        record = db.session.merge(record)
        db.session.refresh(record)
        statements.clear()
        queries.of(who, "problem", record)
        counts.append(len(statements))
    assert counts == [1, 1]


def test_the_page_of_a_problem_shows_its_files(world, page, login_as) -> None:
    attach(world.author, world.problem, title="Measuring plan", description="How it is measured")
    attach(world.author, world.problem, "a.png", uploads.picture(), title="Wells", description="Two wells")
    attach(world.author, world.problem, title="Between us", audience=things.REVIEWERS)
    path = f"/problems/{world.problem.id}"
    seen = page(path)
    assert "How it is measured" in seen.text
    assert "Between us" not in seen.text
    assert "Add a file" not in seen.text
    (image,) = [node for node in seen.tree.iter("img") if "ta-thumb" in node.get("class", "")]
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("Two wells", "60", "40")
    own = page(path, login_as(world.author))
    assert "Not for everybody who sees this page" in own.text
    assert own.follow("Add a file").h1 == "Add a file"
    assert own.follow("Remove").h1 == "Remove this file?"


def test_the_page_of_a_team_shows_its_files_to_members(world, page, login_as) -> None:
    team = make_team(problem=world.problem, lead=world.author)
    attach(world.author, team, kind="team", title="Minutes", audience=things.REVIEWERS)
    path = f"/teams/{team.id}"
    assert "Minutes" in page(path, login_as(world.author)).text
    assert "Minutes" not in page(path, login_as(world.other)).text
