"""Every page that anybody can reach, in both languages, is sound: for readers, for readers' software, for the law of the house."""

import itertools
import pathlib
import re
from collections import Counter, defaultdict
from urllib.parse import urlsplit

import html5lib
import pytest
from flask import Flask

from tests.conftest import ON_POSTGRESQL
from tests.house.conftest import Read
from tests.support.crawler import CONTROLS, WITHOUT_LABEL, Answer, fetch

pytestmark = pytest.mark.skipif(
    ON_POSTGRESQL, reason="what people see does not depend on the database; asked once, on SQLite"
)
STATIC = pathlib.Path(__file__).parents[2] / "app" / "static"
EXPECTED = {200, 303, 302, 301, 308, 403, 404, 409, 410}
HEADERS = {
    # Of pages; of what people sent in: it may do nothing at all.
    "Content-Security-Policy": r"default-src 'none'; (.*object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    r"|sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none')",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": r"camera=\(\).*",
    "X-Frame-Options": "DENY",
}
Found = dict[tuple[str, str, str], Answer]  # (kind, language, address) → answer


@pytest.fixture(scope="module")
def found(read: Read) -> Found:
    """Everything that everybody finds."""
    return read.answers


@pytest.fixture(scope="module")
def pages(found: Found) -> Found:
    """What is HTML. Pages that read the same for several kinds of people are looked at once."""
    seen: set[str] = set()
    kept: Found = {}
    for key, answer in found.items():
        if answer.is_page and (skeleton := _skeleton(answer)) not in seen:
            seen.add(skeleton)
            kept[key] = answer
    return kept


def _skeleton(answer: Answer) -> str:
    """The page without what differs for every person and at every draw: the frame's names, form tokens, numbers of requests."""
    main = answer.body.partition("<main")[2].partition("</main>")[0] or answer.body
    return re.sub(r'(name="(?:csrf_token|once)" value=|content=)"[^"]*"|[0-9a-f]{16}', "", main)


def _where(key: tuple[str, str, str]) -> str:
    return " ".join(key)


def _faults(pages: Found, of) -> dict[str, list[str]]:
    """Address → faults, the first 15 addresses with any."""
    found: dict[str, list[str]] = {}
    for key, answer in pages.items():
        faults = of(answer, key)
        if faults and len(found) < 15:
            found[_where(key)] = faults[:5]
    return found


def test_there_is_much_to_read(pages):
    assert len(pages) > 60


def test_every_answer_is_expected(found):
    assert {
        _where(key): answer.status for key, answer in found.items() if answer.status not in EXPECTED
    } == {}


def test_links_lead_somewhere(found):
    """Nobody is shown a link that they cannot follow."""
    dead: dict[str, set[str]] = defaultdict(set)
    for (kind, language, path), answer in found.items():
        if not answer.is_page or answer.status != 200:
            continue
        for link in answer.linked:
            target = found.get((kind, language, link))
            if target is not None and target.status >= 400:
                dead[f"{link} {target.status}"].add(f"{kind} {path}")
    assert not dead, "\n".join(f"{link}: {sorted(places)[:3]}" for link, places in dead.items())


def test_static_files_are_there(pages):
    wanted = set()
    for answer in pages.values():
        for node in answer.reading.all("link", "script", "img", "use", "source"):
            for name in ("href", "src", "xlink:href"):
                address = urlsplit(node.attributes.get(name, ""))
                if address.path.startswith("/static/"):
                    wanted.add(address.path.removeprefix("/static/"))
    assert wanted
    assert {name for name in wanted if not (STATIC / name).is_file()} == set()


def test_one_heading_above_all(pages):
    assert _faults(pages, lambda answer, key: [] if len(answer.reading.all("h1")) == 1 else ["h1"]) == {}


def test_headings_leave_out_no_step(pages):
    def of(answer, key):
        levels = [int(node.name[1]) for node in answer.reading.nodes if re.fullmatch("h[1-6]", node.name)]
        return [f"h{one} then h{other}" for one, other in itertools.pairwise(levels) if other > one + 1]

    assert _faults(pages, of) == {}


def test_titles_tell_pages_apart(found):
    """One title for two addresses would leave a reader with two tabs that look the same."""
    titles: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for (kind, language, path), answer in found.items():
        if answer.is_page and answer.status == 200:
            title = re.findall(r"<title>(.*?)</title>", answer.body.partition("</head>")[0], re.DOTALL)
            assert len(title) == 1, path
            assert title[0].strip(), path
            # A thing within a thing may share its title with its sisters: the rest of the page tells them apart.
            outer = re.sub(r"(/\d+/.*?/)(\d+|new/\w+)", r"\1N", path.partition("?")[0])
            if "/secret-" in path:  # the same page as for those who need no link
                continue
            titles[kind, language, title[0].strip()].add(outer)
    same = {f"{key[1]} {key[2]}": sorted(paths)[:4] for key, paths in titles.items() if len(paths) > 1}
    assert not same, "\n".join(f"{title}: {paths}" for title, paths in same.items())


def test_language_and_direction(pages):
    def of(answer, key):
        root = answer.reading.all("html")[0].attributes
        right = {"en": "ltr", "ar": "rtl"}[key[1]]
        return [] if (root.get("lang"), root.get("dir")) == (key[1], right) else [str(root)]

    assert _faults(pages, of) == {}


def test_names_of_elements_are_unique(pages):
    def of(answer, key):
        counts = Counter(node.attributes["id"] for node in answer.reading.nodes if "id" in node.attributes)
        return [name for name, count in counts.items() if count > 1]

    assert _faults(pages, of) == {}


def test_what_is_pointed_to_is_there(pages):
    def of(answer, key):
        ids = {node.attributes["id"] for node in answer.reading.nodes if "id" in node.attributes}
        missing = []
        for node in answer.reading.nodes:
            for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form", "list"):
                if name == "list" and node.name != "input":
                    continue
                missing += [
                    f"{name}={one}" for one in node.attributes.get(name, "").split() if one not in ids
                ]
            href = node.attributes.get("href", "")
            if node.name == "a" and href.startswith("#") and href[1:] not in ids:
                missing.append(href)
        return missing

    assert _faults(pages, of) == {}


def test_every_control_has_a_label(pages):
    def of(answer, key):
        labelled = {node.attributes.get("for") for node in answer.reading.all("label")}
        return [
            str(node.attributes)
            for node in answer.reading.all(*CONTROLS)
            if node.attributes.get("type", "text") not in WITHOUT_LABEL
            and node.attributes.get("id", "") not in labelled
            and node.within("label") is None
            and not node.attributes.get("aria-label")
            and not node.attributes.get("aria-labelledby")
        ]

    assert _faults(pages, of) == {}


def test_links_and_buttons_have_words(pages):
    def of(answer, key):
        return [
            f"{node.name} {node.attributes}"
            for node in answer.reading.all("a", "button", "summary")
            if not (node.text or node.attributes.get("aria-label") or node.attributes.get("aria-labelledby"))
            and node.attributes.get("aria-hidden") != "true"
        ]

    assert _faults(pages, of) == {}


def test_links_go_somewhere_and_nothing_runs_inline(pages):
    def of(answer, key):
        faults = []
        for node in answer.reading.nodes:
            href = node.attributes.get("href", "x")
            if node.name == "a" and (href in {"", "#"} or href.lower().startswith("javascript:")):
                faults.append(f"a href={href}")
            faults += [
                f"{node.name} {name}" for name in node.attributes if name == "style" or name.startswith("on")
            ]
            if node.name == "style" or (node.name == "script" and "src" not in node.attributes):
                faults.append(node.name)
            if node.name == "img" and "alt" not in node.attributes:
                faults.append("img without alt")
        return faults

    assert _faults(pages, of) == {}


def test_every_form_that_changes_carries_its_token(pages):
    def of(answer, key):
        return [
            form.action
            for form in answer.forms()
            if form.method == "post"
            and not any(node.attributes.get("name") == "csrf_token" for node in form.fields)
        ]

    assert _faults(pages, of) == {}


def test_forms_go_to_addresses_that_take_them(world_app: Flask, pages):
    adapter = world_app.url_map.bind("localhost")

    def of(answer, key):
        faults = []
        for form in answer.forms():
            targets = [
                form.action,
                *(node.attributes["formaction"] for node in form.fields if "formaction" in node.attributes),
            ]
            faults += [
                target for target in targets
                if not adapter.test(urlsplit(target).path, "POST" if form.method == "post" else "GET")
            ]  # fmt: skip
        return faults

    assert _faults(pages, of) == {}


def test_the_markup_is_without_fault(pages):
    """Read by the rules of HTML, with every mistake that a browser would forgive. One page a shape is enough."""
    shapes: set[str] = set()
    faults: dict[str, list[str]] = {}
    for key, answer in pages.items():
        shape = f"{key[1] == 'ar'} {answer.status} {re.sub(r'[0-9]+', '0', key[2].partition('?')[0])}"
        if shape in shapes:
            continue
        shapes.add(shape)
        parser = html5lib.HTMLParser()
        parser.parse(answer.body)
        real = [
            f"{position} {code} {facts}" for position, code, facts in parser.errors if "svg" not in str(facts)
        ]
        if real:
            faults[_where(key)] = real[:4]
    assert faults == {}


def test_nothing_is_left_unsaid(pages):
    """Traces of a template that lacked a value, and of objects that were never meant to be read."""
    signs = re.compile(
        r">\s*None\s*<|Undefined|<app\.|&lt;app\.|object at 0x|%\(\w+\)[sd]|\{\{|\{%|LazyText\("
    )

    def of(answer, key):
        body = re.sub(
            r"<textarea.*?</textarea>|<option value=\"\"[^>]*>None</option>", "", answer.body, flags=re.DOTALL
        )
        return signs.findall(body)

    assert _faults(pages, of) == {}


def test_headers_stand_on_every_answer(found, browsers):
    others = [
        fetch(browsers["visitor"], "/static/css/taawun.css"),
        fetch(browsers["visitor"], "/nowhere"),
        fetch(browsers["team_lead"], "/nowhere?x=%00"),
        fetch(browsers["visitor"], "/sign-in?lang=xx"),
    ]
    assert [answer.status for answer in others] == [200, 404, 400, 200]
    for answer in [*found.values(), *others]:
        for name, wanted in HEADERS.items():
            assert re.fullmatch(wanted, answer.headers.get(name, "")), f"{answer.path}: {name}"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_what_is_for_one_person_is_kept_by_no_cache(found):
    for (kind, _language, path), answer in found.items():
        if kind != "visitor" and answer.is_page:
            assert answer.headers["Cache-Control"] == "no-store", path


def test_refusals_say_what_to_do_next(pages):
    def of(answer, key):
        return [] if answer.status == 200 or answer.linked else ["no way on"]

    assert _faults(pages, of) == {}
