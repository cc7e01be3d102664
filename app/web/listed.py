"""Forms that are filled part by part: lines that buttons add and remove, long lists of which few are chosen.

The parts do not demand anything: a half part may be saved. What has to be there before a thing can be sent is said by
its feature, and shown beside the same fields.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from wtforms import FieldList, HiddenField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import ValidationError

from app.core import quantities
from app.core.errors import Words
from app.core.i18n import _, _l
from app.core.text import clean_line
from app.web.choices import Pairs, kinds_or_none
from app.web.fields import ChoiceField, Form, LineField

LINE_LENGTH = 300
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.")


def expected(_form: Any, _field: Any) -> None:
    """Marks a field that has to be filled before sending, without refusing to save it empty."""


expected.field_flags = {"required": True}  # type: ignore[attr-defined]  # WTForms reads flags from validators


class OneMoreField(ChoiceField):
    """One more of a long list; what is none of it is forgotten."""

    def pre_validate(self, _form: Any) -> None:
        """Forget what is none."""
        if self.data and self.data not in {value for value, *_rest in self.iter_choices()}:
            self.data = ""


class AmountField(StringField):
    """A decimal number in Western, Arabic-Indic or Persian digits. `data` is a Decimal or None.

    Whether it may be nothing, or less, is for the thing to say, unless `only_possible` refuses what is no amount here.
    """

    def __init__(self, label: Words, *checks: Any, only_possible: bool = False, **kwargs: Any) -> None:
        super().__init__(label, list(checks), **kwargs)
        self.only_possible = only_possible

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; empty is None."""
        typed = clean_line(valuelist[0]).translate(DIGITS) if valuelist else ""
        for mark in (" ", "\u00a0", "\u202f", "٬", "'"):
            typed = typed.replace(mark, "")
        found = quantities.parse(typed) if typed else None
        if found is not None and self.only_possible and not 0 <= found <= quantities.MOST:
            found = None
        self.data: Any = found
        if typed and found is None:
            raise ValueError(_("Enter a number with at most three decimals, such as 80 or 2.5"))


class LineForm(PlainForm):
    """One thing that is brought, gained or needed."""

    kind = OneMoreField(_l("Kind"), choices=kinds_or_none)
    text = LineField(_l("What"), length=LINE_LENGTH)

    def validate_kind(self, field: Any) -> None:
        """A line with words has a kind."""
        if self.text.data and not field.data:
            raise ValidationError(_("Choose a kind"))

    def validate_text(self, field: Any) -> None:
        """A line with a kind has words."""
        if self.kind.data and not field.data:
            raise ValidationError(_("Say what it is"))


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

    def chosen(self) -> Iterator[tuple[str, Pairs]]:
        """What is chosen in the long lists: (name of the list, [(value, label)])."""
        for name in self.MORE:
            labels = dict(self._fields[name].choices or [])
            yield name, [(value, labels.get(value, value)) for value in self._fields[name].data or []]

    def change_lines(self, add: str | None, remove: str | None) -> None:
        """Add an empty line to a list, or take one out, as its buttons ask: `add` names the list, `remove` the line."""
        lists = {name: field for name, field in self._fields.items() if isinstance(field, FieldList)}
        if add in lists and len(lists[add].entries) < lists[add].max_entries:
            lists[add].append_entry()
        for field in lists.values():
            field.entries = [entry for entry in field.entries if entry.name != remove]

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the thing's fields."""
        without = {"version", *self.MORE.values()}
        return {name: field.data for name, field in self._fields.items() if name not in without}

    def lines(self, name: str) -> list[dict[str, str]]:
        """The lines of a list that have words: [{kind, text}]."""
        return [
            {"kind": row["kind"] or "", "text": row["text"]} for row in self._fields[name].data if row["text"]
        ]
