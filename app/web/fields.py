"""Form fields: the shape of what is typed. Text is cleaned, lengths and codes are checked, sentences are ours."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import StopValidation, ValidationError

from app.core.errors import Invalid, Words
from app.core.files import endings
from app.core.i18n import _l, gettext, ngettext
from app.core.index import fold
from app.core.text import canonical_email, clean_line, clean_text, key_of

MOST_TEXT = 20_000


class _Translations:
    """WTForms' own few sentences, through our catalogues."""

    def gettext(self, message: str) -> str:
        return gettext(message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return ngettext(singular, plural, number)


class Form(FlaskForm):
    """Base of all forms. The form token is checked for every change by the portal, not form by form."""

    class Meta:
        csrf = False

        def get_translations(self, _form: Any) -> _Translations:
            """Our catalogues in place of the library's own."""
            return _Translations()

        def wrap_formdata(self, _form: Any, formdata: Any) -> Any:
            """What was sent as a form, or nothing: a JSON body fills no form, however deep or odd it is."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            return request.form if request.method in {"POST", "PUT", "PATCH", "DELETE"} else None

    def take(self, refusal: Invalid) -> None:
        """Show an action's refusal beside the fields it names; what has no field goes to the summary."""
        for name, sentence in refusal.fields.items():
            if name in self._fields:
                self._fields[name].errors = [*self._fields[name].errors, str(sentence)]
            else:
                self.form_errors.append(str(sentence))


def seen_version(form: Any = None) -> int | None:
    """The version that the reader saw, from the hidden field of a form, or of what was sent; None when it is no number."""
    return key_of(form.version.data if form is not None else request.form.get("version"))


def needed(sentence: Words) -> Callable[[Any, Any], None]:
    """The field must be filled; the sentence says what to enter."""

    def check(_form: Any, field: Any) -> None:
        if field.data is None or field.data == "" or field.data == []:
            field.errors = []
            raise StopValidation(str(sentence))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]  # WTForms reads flags from validators
    return check


def at_most(length: int) -> Callable[[Any, Any], None]:
    """Text of at most `length` characters."""

    def check(_form: Any, field: Any) -> None:
        over = len(field.data or "") - length
        if over > 0:
            raise ValidationError(
                ngettext("Shorten this by %(num)s character", "Shorten this by %(num)s characters", over)
            )

    check.field_flags = {"maxlength": length}  # type: ignore[attr-defined]  # WTForms reads flags from validators
    return check


def between(least: int, most: int) -> Callable[[Any, Any], None]:
    """A whole number from `least` to `most`."""

    def check(_form: Any, field: Any) -> None:
        if field.data is not None and not least <= field.data <= most:
            raise ValidationError(
                gettext("Enter a number from %(least)s to %(most)s", least=least, most=most)
            )

    check.field_flags = {"min": least, "max": most}  # type: ignore[attr-defined]  # WTForms reads flags from validators
    return check


def optional(_form: Any, field: Any) -> None:
    """Nothing typed is fine: no further check."""
    if field.data is None or field.data == "":
        raise StopValidation


optional.field_flags = {"optional": True}  # type: ignore[attr-defined]  # WTForms reads flags from validators


class LineField(StringField):
    """One line of text, cleaned."""

    def __init__(self, label: Words, *checks: Any, length: int = 200, **kwargs: Any) -> None:
        super().__init__(label, [*checks, at_most(length)], filters=[clean_line], **kwargs)


class EmailField(StringField):
    """An e-mail address; `data` is what was typed, `address` its canonical form."""

    def __init__(self, label: Words, *checks: Any, **kwargs: Any) -> None:
        super().__init__(label, list(checks), filters=[clean_line], **kwargs)

    def pre_validate(self, _form: Any) -> None:
        """Refuse what cannot be an address."""
        if self.data and not self.address:
            raise StopValidation(gettext("Enter an e-mail address, such as amal@university.example"))

    @property
    def address(self) -> str:
        """The canonical address; empty when there is none."""
        return canonical_email(self.data or "") or ""


class TextField(TextAreaField):
    """Text of several lines, cleaned."""

    def __init__(self, label: Words, *checks: Any, length: int = MOST_TEXT, **kwargs: Any) -> None:
        super().__init__(label, [*checks, at_most(length)], filters=[clean_text], **kwargs)


_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


class NumberField(IntegerField):
    """A whole number, in Western, Arabic-Indic or Persian digits; blanks and thousands marks are forgiven."""

    def __init__(
        self, label: Words, *checks: Any, least: int = 0, most: int = 2**31 - 1, **kwargs: Any
    ) -> None:
        super().__init__(label, [*checks, between(least, most)], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; empty is None."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        typed = valuelist[0].strip().translate(_DIGITS)
        for mark in (" ", "\u00a0", "\u202f", ",", "٬", "'"):
            typed = typed.replace(mark, "")
        if not typed.removeprefix("-").isdecimal() or len(typed) > 15:
            raise ValueError(gettext("Enter a whole number, such as 250000"))
        self.data = int(typed)


class DayField(Field):
    """A day, as `2027-01-31`. `data` is a date or None."""

    def __init__(self, label: Words, *checks: Any, **kwargs: Any) -> None:
        super().__init__(label, list(checks), **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; empty is None."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            day = date.fromisoformat(valuelist[0].strip().translate(_DIGITS))
        except ValueError:
            raise ValueError(gettext("Enter a day, such as 2027-01-31")) from None
        if not 1900 <= day.year <= 2200:
            raise ValueError(gettext("Enter a year between 1900 and 2200"))
        self.data = day


def _offered(choices: Any) -> Any:
    """The choices as a function: WTForms will take plain pairs from functions only."""
    return choices if callable(choices) else lambda: choices


class ChoiceField(SelectField):
    """One of listed values. `choices` is a list of (value, label) or a function that gives it for each request."""

    def __init__(self, label: Words, *checks: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(label, list(checks), choices=_offered(choices), validate_choice=True, **kwargs)

    def pre_validate(self, _form: Any) -> None:
        """Refuse what is not listed."""
        if self.data and self.data not in {value for value, *_rest in self.iter_choices()}:
            raise StopValidation(gettext("Choose one of the list"))

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the chosen value; none is the empty string."""
        self.data = valuelist[0] if valuelist else ""


class NamedField(StringField):
    """One of very many listed values, typed by its name; the browser offers the names from a list drawn once a page
    (`components/field.html: listed, names`). `data` is the value; a value typed itself is taken too.
    """

    def __init__(
        self, label: Words, *checks: Any, choices: Callable[[], Iterable[tuple[str, str]]], **kwargs: Any
    ) -> None:
        super().__init__(label, list(checks), **kwargs)
        self.listed = choices

    def _value(self) -> str:
        return dict(self.listed()).get(self.data or "", self.data or "")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed: the value with this name, else what stands there."""
        typed = clean_line(valuelist[0]) if valuelist else ""
        by_name = {fold(label): value for value, label in self.listed()} if typed else {}
        self.data = by_name.get(fold(typed), typed)

    def pre_validate(self, _form: Any) -> None:
        """Refuse what is not listed."""
        if self.data and self.data not in dict(self.listed()):
            raise StopValidation(gettext("Choose one of the list"))


class ChoicesField(SelectMultipleField):
    """Several of listed values."""

    def __init__(self, label: Words, *checks: Any, choices: Any, most: int = 30, **kwargs: Any) -> None:
        super().__init__(label, list(checks), choices=_offered(choices), validate_choice=False, **kwargs)
        self.most = most

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the chosen values, each once."""
        self.data = list(dict.fromkeys(value for value in valuelist if value))

    def pre_validate(self, _form: Any) -> None:
        """Refuse what is not listed, and too many."""
        known = {value for value, *_rest in self.iter_choices()}
        if any(value not in known for value in self.data or []):
            raise StopValidation(gettext("Choose from the list"))
        if len(self.data or []) > self.most:
            raise StopValidation(gettext("Choose at most %(num)s", num=self.most))


class WordsField(StringField):
    """Short entries typed with commas (or Arabic commas, or lines) between them. `data` is a list of lines."""

    def __init__(self, label: Words, *checks: Any, most: int = 12, length: int = 60, **kwargs: Any) -> None:
        super().__init__(label, list(checks), **kwargs)
        self.most, self.length = most, length

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return ", ".join(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Cut what was typed into entries."""
        typed = valuelist[0] if valuelist else ""
        for mark in ("،", "؛", ";", "\n", "\r"):
            typed = typed.replace(mark, ",")
        self.data = list(
            dict.fromkeys(word for word in (clean_line(part) for part in typed.split(",")) if word)
        )

    def pre_validate(self, _form: Any) -> None:
        """Refuse too many, or too long ones."""
        if len(self.data or []) > self.most:
            raise StopValidation(gettext("Enter at most %(num)s", num=self.most))
        for word in self.data or []:
            if len(word) > self.length:
                raise StopValidation(gettext("“%(word)s” is too long", word=word[:40]))


class UploadField(Field):
    """Files of listed kinds (names of `core.files.KINDS`). `data` is the list of what was sent, `upload` the first or None.

    What a file holds is looked at when it is kept; a form that is shown again asks for the file again, as browsers do.
    """

    def __init__(
        self,
        label: Words,
        *checks: Any,
        allowed: Collection[str],
        megabytes: int,
        most: int = 1,
        **kwargs: Any,
    ) -> None:
        taken = endings(allowed)
        kwargs.setdefault(
            "description",
            _l("%(kinds)s. At most %(size)s MB.", kinds=", ".join(taken).upper(), size=megabytes),
        )
        super().__init__(label, list(checks), **kwargs)
        self.most, self.accept = most, ",".join(f".{ending}" for ending in taken)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ARG002 - WTForms' signature
        """Read what was sent; an input that was left empty sends a file without a name."""
        self.process_errors: list[str] = []
        sent = request.files.getlist(self.name) if request.method == "POST" else []
        self.data = [file for file in sent if file.filename]

    def pre_validate(self, _form: Any) -> None:
        """Refuse too many."""
        if len(self.data) > self.most:
            raise StopValidation(gettext("Choose at most %(num)s", num=self.most))

    @property
    def uploads(self) -> list[tuple[Any, str | None]]:
        """Stream and name of each file, as actions take them."""
        return [(file.stream, file.filename) for file in self.data]

    @property
    def upload(self) -> tuple[Any, str | None] | None:
        """Stream and name of the first file, None when none was sent."""
        return self.uploads[0] if self.data else None


def choices_of(table: Any) -> Callable[[], list[tuple[str, str]]]:
    """Choices from a table of code → lazy label, put into words at each request."""
    return lambda: [(code, str(label)) for code, label in table.items()]


def with_empty(
    choices: Callable[[], Iterable[tuple[str, str]]], label: Words = _l("Choose")
) -> Callable[[], Sequence[Any]]:
    """The choices with an empty one first."""
    return lambda: [("", str(label)), *choices()]
