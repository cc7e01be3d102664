"""The shape of the house: closed lists of names, sizes, floors, and templates that parse."""

import ast
import pathlib
import re
import subprocess
import sys

import pytest
from flask import Flask

from app import FEATURES

pytestmark = pytest.mark.pure

ROOT = pathlib.Path(__file__).parents[2]
APP = ROOT / "app"
LONGEST_FILE = 400
LONGEST_TEST_FILE = 650  # cases beside each other read better than cases apart
LONGEST_FUNCTION = 50
ROOMS = {"__init__", "models", "policies", "queries", "notices", "services", "forms", "views", "api", "cli"}
# What else a feature may hold, said here so that nobody invents a second place for the same kind of line.
OF_THEIR_OWN = {
    "notifications": {"reasons.py"},
    "demo": {"data"},
    "agreements": {"data"},
}
NO_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "base", "misc"}
VIEW_CONVERTERS = re.compile(r"<(?:(?P<converter>[a-z_]+)(?:\([^)]*\))?:)?(?P<name>\w+)>")


def python_files() -> list[pathlib.Path]:
    """Everything in Python that is written by hand."""
    return [
        file
        for folder in ("app", "tests", "tools")
        for file in sorted((ROOT / folder).rglob("*.py"))
        if "__pycache__" not in file.parts
    ]


def features() -> list[str]:
    return [name for name in FEATURES if (APP / name).is_dir()]


@pytest.mark.parametrize("feature", features())
def test_a_feature_holds_only_the_rooms_of_the_house(feature):
    allowed = {f"{room}.py" for room in ROOMS} | ROOMS | {"templates"} | OF_THEIR_OWN.get(feature, set())
    found = {
        path.name for path in (APP / feature).iterdir() if not path.name.startswith((".", "__pycache__"))
    }
    assert found <= allowed


@pytest.mark.parametrize("feature", features())
def test_templates_of_a_feature_lie_in_a_folder_of_its_name(feature):
    folder = APP / feature / "templates"
    if folder.exists():
        assert {path.name for path in folder.iterdir()} <= {feature, "mail"}


def test_the_house_has_no_other_wings():
    found = {path.name for path in APP.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert found <= {*FEATURES, "core", "web", "templates", "static", "translations", "data"}


@pytest.mark.parametrize("file", python_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_files_and_functions_are_short_and_have_names_that_say_something(file):
    text = file.read_text()
    in_tests = file.relative_to(ROOT).parts[0] == "tests"
    assert file.stem not in NO_NAMES
    assert len(text.splitlines()) <= (LONGEST_TEST_FILE if in_tests else LONGEST_FILE)
    functions = (
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    most = 120 if in_tests else LONGEST_FUNCTION  # a story is told in one go
    assert {node.name: length(node) for node in functions if length(node) > most} == {}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function's body: neither its keywords, one a line, nor its docstring make it hard to follow."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return function.end_lineno - body[0].lineno + 1 if body else 0


def test_imports_go_from_the_top_of_the_house_to_its_ground():
    linter = pathlib.Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_every_template_parses(portal: Flask):
    names = portal.jinja_env.list_templates(extensions=["html", "txt", "xml"])
    assert len(names) > 20
    for name in names:
        portal.jinja_env.get_template(name)


def test_templates_hold_no_script_style_or_handler_of_their_own(portal: Flask):
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\s*[\"']", re.IGNORECASE)
    found = {}
    for file in APP.rglob("templates/**/*.html"):
        if file.parts[-2:] == ("mail", "letter.html"):
            continue  # mail readers know no style sheets
        if hits := inline.findall(re.sub(r"\{#.*?#\}", "", file.read_text(), flags=re.DOTALL)):
            found[str(file.relative_to(APP))] = hits
    assert found == {}


def test_addresses_are_typed_and_read_as_words(portal: Flask):
    for rule in portal.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        plain = VIEW_CONVERTERS.sub("", rule.rule)
        assert re.fullmatch(r"[a-z0-9./-]*", plain), rule.rule
        for found in VIEW_CONVERTERS.finditer(rule.rule):
            if found["name"].endswith("_id"):
                assert found["converter"] == "int", rule.rule


def test_one_renderer_of_markup_one_redirect_check_one_answer_with_a_file():
    """A second place that marks text as safe, or sends files, would be a second door without a guard."""
    allowed = {
        "Markup(": {"core/text.py", "web/jinja.py", "web/lists.py"},
        "|safe": set(),
        "| safe": set(),
        "send_file(": set(),
        "wrap_file(": {"web/files.py"},
        "send_from_directory(": {"home/views/health.py"},  # the icon of the site, by its own name
        "render_template_string(": set(),
    }
    for mark, places in allowed.items():
        found = {
            str(file.relative_to(APP))
            for file in [*APP.rglob("*.py"), *APP.rglob("templates/**/*.html")]
            if mark in file.read_text()
        }
        assert found <= places, mark
