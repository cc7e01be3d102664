"""Loading many as a representative does it, without scripts, in both languages."""

import csv
import gc
import io
from typing import Any

import openpyxl
import pytest

from app.core.i18n import LazyText, use_locale
from app.listings.models.loading_columns import COLUMNS
from app.listings.models.loading_faults import CELL_FAULTS
from app.listings.services import loading
from tests.factories import affiliate, make_admin, make_institution, make_person
from tests.listings.loading_files import FAULTS, as_csv, as_xlsx, facilities, facility, spoiled
from tests.listings.loading_world import World, make_world
from tests.support.pages import Page

# Werkzeug's test client leaves large forms that it sends to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)
ROWS = 2_000


@pytest.fixture
def world(app) -> World:
    return make_world()


@pytest.fixture
def rep(world, login_as) -> Any:
    return login_as(world.person)


def send(client, path: str, data: bytes, name: str = "facilities.csv", **more: Any) -> Page:
    """The form of an upload page with a file in it."""
    page = Page.get(client, path)
    form, _pressed = page.form_with("upload")
    fields: dict[str, Any] = {**dict(page.values(form)), **more}
    response = client.post(
        path, data={**fields, "file": (io.BytesIO(data), name)}, content_type="multipart/form-data"
    )
    return Page._of(client, response, path)


def what(code: str, locale: str) -> str:
    """The fixed part of a fault's sentence in a language."""
    with use_locale(locale):
        text = str(LazyText(CELL_FAULTS[code].what.message))
    return max(text.replace("“", "%(").replace("”", "%(").split("%("), key=len).split(")s")[-1].strip()


def report(client, load_id: int, lang: str) -> list[list[str]]:
    text = client.get(f"/resources/loads/{load_id}/report.csv?lang={lang}").get_data(as_text=True)
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_two_thousand_facilities_with_forty_faults_end_to_end(world, rep, lang) -> None:
    rep.get(f"/?lang={lang}")
    rows = facilities(ROWS)
    planted = spoiled(rows)
    assert len(planted) == 40
    page = send(
        rep, "/resources/loads/new", as_csv(rows, lang), "مرافق.csv" if lang == "ar" else "facilities.csv"
    )
    assert page.status == 200
    loading.work()

    # Preview: each fault at its row and column, in the language of the reader.
    path = page.path
    load_id = int(path.rsplit("/", 1)[-1])
    lines = report(rep, load_id, lang)[1:]
    with use_locale(lang):
        labels = {code: str(COLUMNS[column].label) for code, (column, _text) in FAULTS.items()}
    assert [(int(line[0]), line[1]) for line in lines] == [
        (row, labels[code]) for row, code in planted.items()
    ]
    for line, code in zip(lines, planted.values(), strict=True):
        assert what(code, lang) in line[4], (code, line)
        assert line[5]
    seen = Page.get(rep, f"{path}?rows=faulty").text
    for row, code in list(planted.items())[:20]:
        assert what(code, lang) in seen
        assert str(row) in seen
    assert not world.listings()

    # Correction: the file again, without faults but for one, which is mended in the page; then loading.
    rows = facilities(ROWS)
    rows[9]["unit"] = "parsecs"
    send(rep, f"{path}/file", as_xlsx(rows, lang), "better.xlsx")
    loading.work()
    fixed = Page.get(rep, f"{path}/rows/11").submit({"unit": "hour"}, "correct")
    assert fixed.path == path
    done = Page.get(rep, path).submit(button="confirm")
    assert done.status == 200
    loading.work()
    assert len(world.listings()) == ROWS
    assert world.listings()["F-00010"].unit == "hour"

    # A second load of the same changes nothing.
    rows[9]["unit"] = "hour"
    again = send(rep, "/resources/loads/new", as_csv(rows))
    loading.work()
    assert world.again(world_load(again)).unchanged == ROWS


def world_load(page: Page) -> Any:
    """What `World.again` asks of a load: its id."""
    return type("Load", (), {"id": int(page.path.rsplit("/", 1)[-1])})


def test_progress_is_shown_while_the_worker_is_at_it(world, rep) -> None:
    page = send(rep, "/resources/loads/new", as_csv(facilities(5)))
    assert "being read" in page.text
    assert "hx-trigger" in page.html
    loading.work()
    assert "hx-trigger" not in Page.get(rep, page.path).html


def test_the_whole_way_of_a_small_clean_file(world, rep) -> None:
    page = Page.get(rep, "/resources/loads")
    assert "No file was uploaded yet" in page.text
    page = send(rep, "/resources/loads/new", as_csv(facilities(3)))
    loading.work()
    page = Page.get(rep, page.path)
    assert "3 new listings" in page.text
    page = page.submit(button="confirm")
    loading.work()
    assert "Loaded" in Page.get(rep, page.path).text
    assert "facilities.csv" in Page.get(rep, "/resources/loads").text


def test_a_faulty_row_leads_to_the_next_one_and_back(world, rep) -> None:
    rows = facilities(3)
    rows[0]["kind"], rows[2]["country"] = "starship", "Atlantis"
    page = send(rep, "/resources/loads/new", as_csv(rows))
    loading.work()
    wrong = Page.get(rep, f"{page.path}/rows/4").submit({"country": "Nowhere"}, "correct")
    assert wrong.status == 422
    assert "Nowhere" in wrong.text
    following = Page.get(rep, f"{page.path}/rows/2").submit({"kind": "storage"}, "correct")
    assert following.path.endswith("/rows/4")
    back = following.submit({"country": "EG"}, "correct")
    assert (back.path, "No row is faulty any more" in back.text) == (page.path, True)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "f.csv", "is empty"),
        (b"a,b", "f.exe", "is of a kind that is not taken"),
        (b"%PDF-1.7", "f.xlsx", "archive is damaged"),
        (b"a\x00b", "f.csv", "holds something else"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_the_form(world, rep, data, name, words) -> None:
    page = send(rep, "/resources/loads/new", data, name)
    assert page.status == 422
    assert words in page.text


def test_without_a_file_the_form_says_so(world, rep) -> None:
    page = Page.get(rep, "/resources/loads/new").submit(button="upload")
    assert (page.status, "Choose a file" in page.text) == (422, True)


@pytest.mark.parametrize("size", [10 * 1024 * 1024 + 1, 30 * 1024 * 1024])
def test_too_large_files_are_refused(world, rep, size) -> None:
    page = send(rep, "/resources/loads/new", b"external_id,kind,title,summary\n" + b"x" * size)
    assert page.status in {413, 422}
    del page
    gc.collect()


def test_a_file_as_a_whole_that_cannot_be_read_says_why(world, rep) -> None:
    page = send(rep, "/resources/loads/new", b"external_id,title\nx,y\n")
    loading.work()
    page = Page.get(rep, page.path)
    assert "These columns are missing: Kind, Public summary." in page.text
    assert "replace" in page.html


def test_hostile_cells_are_shown_as_they_are_and_harm_nothing(world, rep) -> None:
    rows = facilities(3)
    rows[0]["kind"] = "<script>alert(1)</script>"
    rows[1]["title"] = "\u202e<b>x</b>" * 30
    rows[2]["unit"] = "=cmd|' /C calc'!A0"
    page = send(rep, "/resources/loads/new", as_csv([{**row, "<i>head": "x"} for row in rows]))
    loading.work()
    page = Page.get(rep, page.path)
    assert "<script>alert" not in page.html
    assert "<i>head" not in page.html
    assert "\u202e" not in page.html
    values = [line[3] for line in report(rep, int(page.path.rsplit("/", 1)[-1]), "en")]
    assert "'=cmd|' /C calc'!A0" in values


# ---- files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_template_can_be_filled_and_loaded(world, rep, lang) -> None:
    response = rep.get(f"/resources/loads/template.xlsx?lang={lang}")
    book = openpyxl.load_workbook(io.BytesIO(response.data))
    sheet, about = book.worksheets
    assert [cell.value for cell in about["B"]][1:] == list(COLUMNS)
    assert sheet.sheet_view.rightToLeft is (True if lang == "ar" else None)
    sheet.delete_rows(2)
    row = facility(1)
    heads = [cell.value for cell in sheet[1]]
    sheet.append([row.get(name, "") for name in COLUMNS])
    assert len(heads) == len(COLUMNS)
    buffer = io.BytesIO()
    book.save(buffer)
    load = world.upload(buffer.getvalue(), "template.xlsx")
    assert (load.new, load.ignored, load.fault) == (1, [], {})


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_example_row_of_the_template_is_right(world, rep, lang) -> None:
    load = world.upload(rep.get(f"/resources/loads/template.csv?lang={lang}").data)
    assert (load.new, load.faulty) == (1, 0), report(rep, load.id, "en")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_own_listings_are_downloaded_and_load_back_unchanged(world, rep, kind) -> None:
    rows = facilities(12)
    rows[0]["title"], rows[1]["summary"], rows[2]["keywords"] = "=1+1", "'+x\nand more", r"a\;b; @c"
    world.load(as_csv([{**row, "title": "'=1+1"} if row["title"] == "=1+1" else row for row in rows]))
    assert world.listings()["F-00001"].title == "=1+1"
    data = rep.get(f"/resources/loads/listings-{world.institution.id}.{kind}").data
    load = world.upload(data, f"listings.{kind}")
    assert (load.faulty, load.new, load.updated, load.unchanged) == (0, 0, 0, 15)


def test_the_list_as_csv_loads_back_unchanged(world, rep) -> None:
    world.load(as_csv(facilities(12)))
    for catalogue, number in (("resources", 15), ("exchange", 0)):
        load = world.upload(rep.get(f"/{catalogue}/export.csv").data)
        if not number:
            assert load.fault["code"] == "no_rows"
            continue
        assert (load.faulty, load.new, load.updated, load.unchanged) == (0, 0, 0, number)


def test_a_file_that_waits_for_a_word_stands_among_what_waits(world, rep) -> None:
    load = world.upload(as_csv(facilities(2)))
    words = "A file of listings for Cairo Institute waits for your word"
    assert words in Page.get(rep, "/").text
    loading.cancel(world.actor, load)
    assert words not in Page.get(rep, "/").text


# ---- who may ---------------------------------------------------------------------------------------------


def test_pages_are_for_representatives_of_the_institution(world, rep, login_as, client) -> None:
    load = world.upload(as_csv(facilities(2)))
    others = [make_person("Nobody"), affiliate("Member", world.institution), make_admin()]
    elsewhere = affiliate("Elsewhere", make_institution(), "representative")
    own = [f"/resources/loads/{load.id}{page}" for page in ("", "/file", "/rows/2", "/cancel", "/report.csv")]
    general = ["/resources/loads", "/resources/loads/new", "/resources/loads/template.csv"]
    files = [f"/resources/loads/listings-{world.institution.id}.{kind}" for kind in ("csv", "xlsx")]
    for path in (*own, *general, *files):
        assert client.get(path).status_code == 303
        for person in others:
            assert login_as(person).get(path).status_code == (404 if path in own else 403), (
                path,
                person.display_name,
            )
        assert login_as(elsewhere).get(path).status_code == (
            404 if path in own else 200 if path in general else 403
        )
    for page in ("/confirm", "/cancel", "/file"):
        assert login_as(elsewhere).post(f"/resources/loads/{load.id}{page}").status_code in {400, 404}
    assert rep.get(f"/resources/loads/{load.id}").status_code == 200
    assert load.file_name not in Page.get(login_as(elsewhere), "/resources/loads").text


@pytest.mark.parametrize("rows", [1, 25, 60])
def test_statements_of_the_pages_are_fixed(world, rep, statements, rows) -> None:
    data = facilities(rows)
    for row in data[::2]:
        row["kind"] = "starship"
    load = world.upload(as_csv(data))
    for path, most in (
        (f"/resources/loads/{load.id}", 6),
        ("/resources/loads", 7),
        (f"/resources/loads/{load.id}/rows/2", 8),
    ):
        statements.clear()
        assert rep.get(path).status_code == 200
        assert len(statements) <= most, (path, statements)
