"""Words: catalogues complete, every notice and mail has its words, every refusal its own code."""

import ast
import pathlib
import re
import subprocess
import sys
from functools import lru_cache

import pytest
from flask import Flask

from app.core.i18n import LOCALES, use_locale
from app.notifications.reasons import REASONS

pytestmark = pytest.mark.pure

ROOT = pathlib.Path(__file__).parents[2]
APP = ROOT / "app"
TELLERS = {"tell", "write_to"}
REFUSALS = {"No", "RuleBroken", "NotAllowed", "Conflict", "DomainError", "NotFound"}
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@lru_cache(maxsize=1)
def code() -> dict[str, ast.Module]:
    """The portal's own code, read once."""
    return {str(file.relative_to(APP)): ast.parse(file.read_text()) for file in sorted(APP.rglob("*.py"))}


def calls(names: set[str]) -> list[tuple[str, ast.Call]]:
    """(file, call) of every call of these names in the portal's code."""
    found = []
    for file, tree in code().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if name in names:
                    found.append((file, node))
    return found


def texts(node: ast.AST) -> list[str]:
    """The strings that an expression may come to."""
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def sent_kinds() -> set[str]:
    """The kinds that stand in a call of `tell` or `write_to` itself."""
    found = set()
    for _file, call in calls(TELLERS):
        given = (
            call.args[1]
            if len(call.args) > 1
            else next((key.value for key in call.keywords if key.arg == "kind"), None)
        )
        if isinstance(given, ast.Constant) and isinstance(given.value, str) and "." in given.value:
            found.add(given.value)
    return found


def test_catalogues_are_complete():
    done = subprocess.run(
        [sys.executable, "tools/catalogues.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("kind", sorted(sent_kinds()))
def test_every_kind_of_notice_has_its_words(portal: Flask, kind):
    feature, _dot, what = kind.partition(".")
    file = APP / feature / "templates" / feature / "mail" / f"{what}.txt"
    assert file.is_file(), f"{kind} has no words: write {file.relative_to(ROOT)}"
    lines = file.read_text().strip().splitlines()
    assert "_(" in lines[0] or "trans" in lines[0], "the subject is the first line, and can be translated"
    assert lines[-1].startswith("->"), "the last line is the label of the button"


def test_every_template_of_a_mail_is_sent_by_something():
    every = {
        f"{file.parts[-3]}.{file.stem}"
        for file in APP.glob("*/templates/*/mail/*.txt")
        if not file.stem.startswith("_")
    }
    mentioned = {value for tree in code().values() for value in texts(tree)}
    begun = tuple(
        value for value in mentioned if value.endswith("_") and "." in value
    )  # f"consortia.admission_{what}"
    unused = {
        kind
        for kind in every
        if kind not in mentioned and kind.partition(".")[2] not in mentioned and not kind.startswith(begun)
    }
    assert unused == set()


def test_every_reason_that_is_given_has_a_sentence():
    given = set()
    for _file, call in calls(TELLERS):
        for key in call.keywords:
            if key.arg == "reason" and isinstance(key.value, ast.Constant):
                given.add(key.value.value)
    assert given - {""} <= set(REASONS)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_reason_reads_in_both_languages(locale):
    with use_locale(locale):
        assert all(str(text) for text in REASONS.values())


def refusals() -> dict[str, set[str]]:
    """Code of a refusal → the sentences (in English) that go with it."""
    found: dict[str, set[str]] = {}
    for _file, call in calls(REFUSALS):
        if (
            not call.args
            or not isinstance(call.args[0], ast.Constant)
            or not isinstance(call.args[0].value, str)
        ):
            continue
        given = (
            call.args[1]
            if len(call.args) > 1
            else next((key.value for key in call.keywords if key.arg == "text"), None)
        )
        sentence = (*texts(given), "a sentence with a name")[0] if given is not None else ""
        found.setdefault(call.args[0].value, set()).add(sentence)
    return found


def test_codes_of_refusals_are_plain_words():
    assert refusals()
    assert [code for code in refusals() if not CODE.fullmatch(code)] == []


def test_every_refusal_says_why():
    without = {code for code, sentences in refusals().items() if sentences == {""}}
    # Those of a class that has its own sentence.
    assert without <= {"changed_meanwhile", "not_found"}
