"""What is typed becomes values, or a sentence beside the field."""

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from app.core.errors import Invalid
from app.core.i18n import use_locale
from app.web.fields import (
    ChoiceField,
    ChoicesField,
    DayField,
    Form,
    LineField,
    NumberField,
    TextField,
    WordsField,
    choices_of,
    needed,
    optional,
    seen_version,
    with_empty,
)


class Everything(Form):
    line = LineField("Line", length=10)
    must = LineField("Must", needed("Enter a name"))
    text = TextField("Text", length=20)
    number = NumberField("Number", optional, least=2, most=2000)
    day = DayField("Day", optional)
    one = ChoiceField("One", optional, choices=[("a", "A"), ("b", "B")])
    some = ChoicesField("Some", choices=[("a", "A"), ("b", "B"), ("c", "C")], most=2)
    words = WordsField("Words", most=3, length=8)


@pytest.fixture
def filled(app):
    """Fill the form with these pairs and `must`; gives the form after its checks."""

    def fill(*pairs: tuple[str, str], must: str = "x") -> Everything:
        with app.test_request_context(), use_locale("en"):
            form = Everything(MultiDict([*pairs, ("must", must)]))
            form.validate()
            return form

    return fill


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("line", "  a \n b ", "a b"),
        ("line", "x" * 10, "x" * 10),
        ("text", " a\r\nb ", "a\nb"),
        ("number", "", None),
        ("number", " 1 250 ", 1250),
        ("number", "1,250", 1250),
        ("number", "١٢٥", 125),
        ("number", "۱۲٬۰", 120),
        ("number", "2", 2),
        ("number", "2000", 2000),
        ("day", "", None),
        ("day", "2027-01-31", date(2027, 1, 31)),
        ("day", "٢٠٢٧-٠١-٣١", date(2027, 1, 31)),
        ("one", "", ""),
        ("one", "b", "b"),
        ("words", "a, b،c", ["a", "b", "c"]),
        ("words", " a ,, a ;b\nb ", ["a", "b"]),
        ("words", "", []),
    ],
)
def test_what_can_be_read_is_kept(filled, name, typed, value) -> None:
    form = filled((name, typed))
    assert form[name].errors in ([], ())
    assert form[name].data == value


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("line", "x" * 11, "Shorten this by 1 character"),
        ("text", "x" * 25, "Shorten this by 5 characters"),
        ("number", "many", "Enter a whole number, such as 250000"),
        ("number", "1.5", "Enter a whole number, such as 250000"),
        ("number", "9" * 16, "Enter a whole number, such as 250000"),
        ("number", "²", "Enter a whole number, such as 250000"),
        ("number", "1", "Enter a number from 2 to 2000"),
        ("number", "-5", "Enter a number from 2 to 2000"),
        ("number", "2001", "Enter a number from 2 to 2000"),
        ("day", "31.01.2027", "Enter a day, such as 2027-01-31"),
        ("day", "2027-02-30", "Enter a day, such as 2027-01-31"),
        ("day", "1899-12-31", "Enter a year between 1900 and 2200"),
        ("one", "z", "Choose one of the list"),
        ("some", "z", "Choose from the list"),
        ("words", "a,b,c,d", "Enter at most 3"),
        ("words", "much too long", "“much too long” is too long"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(filled, name, typed, sentence) -> None:
    assert [str(error) for error in filled((name, typed))[name].errors] == [sentence]


@pytest.mark.parametrize("typed", ["", "   ", "\n"])
def test_a_needed_field_says_what_to_enter(filled, typed) -> None:
    form = filled(must=typed)
    assert form.must.errors == ["Enter a name"]
    assert form.must.flags.required


def test_several_choices_are_kept_once_each_and_not_too_many(filled) -> None:
    assert filled(("some", "a"), ("some", "b"), ("some", "a"), ("some", "")).some.data == ["a", "b"]
    assert filled(("some", "a"), ("some", "b"), ("some", "c")).some.errors == ["Choose at most 2"]


def test_what_was_typed_stays_in_the_field(filled) -> None:
    form = filled(("number", "many"), ("day", "tomorrow"), ("words", "a,b,c,d"))
    assert (form.number._value(), form.day._value(), form.words._value()) == ("many", "tomorrow", "a,b,c,d")


def test_an_actions_refusal_stands_beside_its_field(filled) -> None:
    form = filled()
    form.take(Invalid({"line": "This name is taken", "elsewhere": "And this"}))
    assert form.line.errors == ["This name is taken"]
    assert form.form_errors == ["And this"]


def test_choices_are_put_into_words_at_each_request() -> None:
    choices = with_empty(choices_of({"a": "Apple"}), "Pick")
    assert choices() == [("", "Pick"), ("a", "Apple")]


class Decision(Form):
    version = HiddenField()


@pytest.mark.parametrize(("sent", "seen"), [("7", 7), ("", None), ("seven", None), ("12345678901", None)])
def test_the_version_that_was_seen_is_read_with_a_form_and_without(app, sent, seen) -> None:
    with app.test_request_context("/", method="POST", data={"version": sent}):
        assert seen_version(Decision()) == seen
        assert seen_version() == seen
