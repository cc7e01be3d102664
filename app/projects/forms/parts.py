"""Fields and lists that several forms of projects share."""

from typing import Any, ClassVar

from wtforms import FieldList, HiddenField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import ValidationError

from app.core import quantities, vocab
from app.core.i18n import _l, get_locale
from app.core.text import clean_line
from app.web.fields import ChoiceField, Form, LineField

LINE_LENGTH = 300
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.")


def expected(_form: Any, _field: Any) -> None:
    """Marks a field that has to be filled before sending, without refusing to save it empty."""


expected.field_flags = {"required": True}  # type: ignore[attr-defined]  # WTForms reads flags from validators


def languages() -> list[tuple[str, str]]:
    """All languages by name, with their own name."""
    return [
        (term.code, f"{term.label} ({term.title})" if term.label != term.title else term.label)
        for term in vocab.languages(get_locale())
    ]


def kinds() -> dict[str, list[tuple[str, str]]]:
    """The kinds of what can be brought, gained or needed, by group, with an empty choice first."""
    groups: dict[str, list[tuple[str, str]]] = {"": [("", str(_l("Choose a kind")))]}
    for group in vocab.GROUPS:
        groups[vocab.group_label(group)] = [(kind.code, str(kind.label)) for kind in vocab.kinds_of(group)]
    return groups


def fields() -> list[tuple[str, str]]:
    """All fields of research, each after the one above it."""
    return [
        (leaf.code, leaf.label)
        for domain in vocab.field_tree(get_locale())
        for node in domain.children
        for leaf in (node, *node.children)
    ]


def fields_by_domain() -> dict[str, list[tuple[str, str]]]:
    """The 26 fields as groups: each by itself first, then what lies below it."""
    groups: dict[str, list[tuple[str, str]]] = {"": [("", str(_l("Choose")))]}
    for domain in vocab.field_tree(get_locale()):
        for node in domain.children:
            groups[node.label] = [(leaf.code, leaf.label) for leaf in (node, *node.children)]
    return groups


def credit_roles() -> list[tuple[str, str]]:
    """The contributor roles of CRediT."""
    return [(code, str(label)) for code, label in vocab.CREDIT_ROLES.items()]


class KindField(ChoiceField):
    """One of the kinds of what can be brought, gained or needed, by group."""

    def pre_validate(self, _form: Any) -> None:
        """Refuse what is not a kind."""
        if self.data and not vocab.is_kind(self.data):
            self.data = ""


class OneMoreField(ChoiceField):
    """One more field of research."""

    def pre_validate(self, _form: Any) -> None:
        """Forget what is none."""
        if self.data and not vocab.is_field(self.data):
            self.data = ""


class AmountField(StringField):
    """A decimal number in Western, Arabic-Indic or Persian digits. `data` is a Decimal or None."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; empty is None."""
        typed = clean_line(valuelist[0]).translate(_DIGITS) if valuelist else ""
        for mark in (" ", "\u00a0", "\u202f", "٬", "'"):
            typed = typed.replace(mark, "")
        found: Any = quantities.parse(typed) if typed else None
        self.data = found
        if typed and (found is None or found < 0 or found > quantities.MOST):
            self.data = None
            raise ValueError(str(_l("Enter a number with at most three decimals, such as 80 or 2.5")))


class LineForm(PlainForm):
    """One thing that is brought, gained or needed."""

    kind = KindField(_l("Kind"), choices=kinds)
    text = LineField(_l("What"), length=LINE_LENGTH)

    def validate_kind(self, field: Any) -> None:
        """A line with words has a kind."""
        if self.text.data and not field.data:
            raise ValidationError(str(_l("Choose a kind")))

    def validate_text(self, field: Any) -> None:
        """A line with a kind has words."""
        if self.kind.data and not field.data:
            raise ValidationError(str(_l("Say what it is")))


class ListForm(Form):
    """Base of forms with lines that are added and removed by buttons, and with long lists of which few are chosen."""

    version = HiddenField()
    # A list of which few are chosen → the select with which one more is added.
    MORE: ClassVar[dict[str, str]] = {}

    def gather(self) -> None:
        """Add what stands in the "another one" selects to their lists, and empty the selects."""
        for name, more in self.MORE.items():
            chosen, one = self._fields[name], self._fields[more]
            if one.data and one.data not in (chosen.data or []):
                chosen.data = [*(chosen.data or []), one.data]
            one.data = ""

    def change_lines(self, add: str | None, remove: str | None) -> None:
        """Add an empty line to a list, or take one out, as its buttons ask: `add` names the list, `remove` the line."""
        lists = {name: field for name, field in self._fields.items() if isinstance(field, FieldList)}
        if add in lists and len(lists[add].entries) < lists[add].max_entries:
            lists[add].append_entry()
        for field in lists.values():
            field.entries = [entry for entry in field.entries if entry.name != remove]

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the project's fields."""
        without = {"version", *self.MORE.values()}
        return {name: field.data for name, field in self._fields.items() if name not in without}

    def lines(self, name: str) -> list[dict[str, str]]:
        """The lines of a list that have words: [{kind, text}]."""
        return [
            {"kind": row["kind"] or "", "text": row["text"]} for row in self._fields[name].data if row["text"]
        ]
