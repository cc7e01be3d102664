"""Every kind that is told anywhere has words in both languages; held against the code of all features."""

import ast
import json
import pathlib
from collections.abc import Iterator

import pytest
from jinja2 import StrictUndefined, meta, nodes

from app.core.facts import keep, restore
from app.core.i18n import LOCALES, use_locale
from app.notifications.reasons import REASONS
from app.web import letters

APP = pathlib.Path(__file__).parents[2] / "app"
LONGEST = 90  # with long sample names; look.md asks for about 60 with usual ones
SHOWN_AS = {
    "fmt_date": "2027-01-31",
    "fmt_datetime": "2027-01-31T10:00:00+00:00",
    "fmt_since": "2027-01-31T10:00:00+00:00",
    "fmt_number": 3,
    "ngettext": 3,
    "fmt_list": ["First", "Second"],
}
GIVEN = {"reader_name", "reason_text", "locale"}


def _calls() -> Iterator[tuple[str, str, str | None, set[str] | None]]:
    """(where, kind, reason, names of facts or None when they are not written out) of every tell and write_to."""
    for file in sorted(APP.rglob("*.py")):
        tree = ast.parse(file.read_text())
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name not in {"tell", "write_to"} or len(call.args) < 2:
                continue
            kind = call.args[1]
            if not isinstance(kind, ast.Constant) or not isinstance(kind.value, str):
                continue
            words = {keyword.arg: keyword.value for keyword in call.keywords}
            reason = words.get("reason")
            facts = words.get("facts")
            names = (
                {key.value for key in facts.keys if isinstance(key, ast.Constant)}
                if isinstance(facts, ast.Dict) and all(isinstance(key, ast.Constant) for key in facts.keys)
                else (set() if facts is None else None)
            )
            yield (
                f"{file.relative_to(APP)}:{call.lineno}",
                kind.value,
                reason.value if isinstance(reason, ast.Constant) else None,
                names,
            )


CALLS = list(_calls())
TEMPLATES = sorted(f"{file.parts[-3]}/mail/{file.name}" for file in APP.glob("*/templates/*/mail/*.txt"))


def undeclared(app, name: str) -> set[str]:
    env = app.jinja_env
    tree = env.parse(env.loader.get_source(env, name)[0])
    return meta.find_undeclared_variables(tree) - set(env.globals) - GIVEN


def samples(app, name: str) -> dict[str, object]:
    """A value for each fact of a template: a day where it is shown as one, a list where it is walked along, else a name."""
    env = app.jinja_env
    tree = env.parse(env.loader.get_source(env, name)[0])
    facts: dict[str, object] = {fact: f"{fact.title()} <of> Tarraqueño" for fact in undeclared(app, name)}
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.iter, nodes.Name) and loop.iter.name in facts:
            facts[loop.iter.name] = ["First", "Second"]
    for item in tree.find_all(nodes.Getitem):
        if isinstance(item.node, nodes.Name) and getattr(item.arg, "name", "") == "locale":
            facts[item.node.name] = {"en": "Name in English", "ar": "اسم بالعربية"}
    for call in tree.find_all(nodes.Call):
        target = getattr(call.node, "name", "")
        shown = call.args[2] if target == "ngettext" and len(call.args) > 2 else next(iter(call.args), None)
        if target in SHOWN_AS and isinstance(shown, nodes.Name) and shown.name in facts:
            facts[shown.name] = SHOWN_AS[target]
    return facts


def test_the_portal_tells_something() -> None:
    assert len(CALLS) > 3
    assert TEMPLATES


@pytest.mark.parametrize(
    ("where", "kind", "reason", "_facts"), CALLS, ids=[f"{call[0]}-{call[1]}" for call in CALLS]
)
def test_every_kind_has_a_template_and_every_reason_words(where, kind, reason, _facts) -> None:
    feature, _dot, what = kind.partition(".")
    assert (APP / feature / "templates" / feature / "mail" / f"{what}.txt").is_file(), where
    assert reason is None or reason == "" or reason in REASONS, where


@pytest.mark.parametrize(
    ("where", "kind", "facts"),
    [(where, kind, facts) for where, kind, _reason, facts in CALLS if facts is not None],
)
def test_facts_that_a_template_needs_are_given(app, where, kind, facts) -> None:
    assert undeclared(app, letters.template_of(kind)) <= facts, where


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_the_words_are_whole_in_every_language(app, name, locale) -> None:
    kind = name.replace("/mail/", ".").removesuffix(".txt")
    facts = json.loads(json.dumps(keep(samples(app, name))))
    with use_locale(locale):
        words = letters.words_of(kind, facts, "Amal", "Because.")
        given = {**restore(facts), "reader_name": "Amal", "reason_text": "Because.", "locale": locale}
        whole = app.jinja_env.overlay(undefined=StrictUndefined).get_template(name).render(given)
    assert words.subject
    assert len(words.subject) <= LONGEST, words.subject
    assert words.paragraphs
    assert words.button
    assert letters.split(whole) == words
    for text in (words.subject, *words.paragraphs, words.button):
        assert "%(" not in text
        assert "{{" not in text
        assert "&lt;" not in text
        assert "<bdi>" not in text
        assert "->" not in text


def test_every_reason_is_a_sentence() -> None:
    for key, text in REASONS.items():
        with use_locale("en"):
            assert str(text).startswith("You "), key
            assert str(text).endswith("."), key
