"""The forms with which a listing is written: what it begins with, and one for each part.

The parts do not demand anything: a half part may be saved. What has to be there before it can be sent is said by
`models.missing`, and shown beside the same fields. What may stand in a field at all is said by `models.checks`.
"""

from typing import Any, ClassVar

from wtforms import BooleanField, FieldList, FormField, HiddenField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import ValidationError

from app.core import quantities, vocab
from app.core.i18n import _l, get_locale
from app.core.text import clean_line
from app.listings.models import (
    ACCESS_MODES,
    COSTS,
    DETAIL_LEVELS,
    DIRECTIONS,
    FORMS,
    READINESS,
    RIGHTS,
    VISIBILITIES,
    WHO_MAY_ASK,
)
from app.listings.models.terms import (
    CONDITION_LENGTH,
    DETAIL_LENGTH,
    LINE_LENGTH,
    MOST_ASKERS,
    MOST_LINES,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
)
from app.web.fields import (
    ChoiceField,
    ChoicesField,
    DayField,
    Form,
    LineField,
    TextField,
    WordsField,
    choices_of,
    needed,
    optional,
    with_empty,
)

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.")


def expected(_form: Any, _field: Any) -> None:
    """Marks a field that has to be filled before sending, without refusing to save it empty."""


expected.field_flags = {"required": True}  # type: ignore[attr-defined]  # WTForms reads flags from validators


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
        self.data: Any = quantities.parse(typed) if typed else None
        if typed and self.data is None:
            raise ValueError(str(_l("Enter a number with at most three decimals, such as 80 or 2.5")))


class DegreesField(AmountField):
    """A latitude or longitude. `data` is a float or None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; empty is None."""
        typed = clean_line(valuelist[0]).translate(_DIGITS) if valuelist else ""
        self.data = None
        if not typed:
            return
        plain = typed.lstrip("+-").replace(".", "", 1)
        if not (plain.isascii() and plain.isdigit()) or len(typed) > 20:
            raise ValueError(str(_l("Enter degrees as a number, such as 30.05")))
        self.data = float(typed)


def kinds() -> dict[str, list[tuple[str, str]]]:
    """The kinds by group, as a select shows them."""
    return {
        vocab.group_label(group): [(kind.code, str(kind.label)) for kind in vocab.kinds_of(group)]
        for group in vocab.GROUPS
    }


def _kinds_or_none() -> dict[str, list[tuple[str, str]]]:
    return {"": [("", str(_l("Choose a kind")))], **kinds()}


def _languages() -> list[tuple[str, str]]:
    return [
        (term.code, f"{term.label} ({term.title})" if term.label != term.title else term.label)
        for term in vocab.languages(get_locale())
    ]


def _countries() -> list[tuple[str, str]]:
    return [(term.code, term.label) for term in vocab.countries(get_locale())]


def _zones() -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {"": [("", str(_l("Choose")))]}
    for group in vocab.timezones(get_locale()):
        groups[group.label] = [(term.code, term.label) for term in group.zones]
    return groups


def _fields() -> list[tuple[str, str]]:
    return [
        (leaf.code, leaf.label)
        for domain in vocab.field_tree(get_locale())
        for node in domain.children
        for leaf in (node, *node.children)
    ]


def _fields_by_domain() -> dict[str, list[tuple[str, str]]]:
    """The 26 fields as groups: each by itself first, then what lies below it."""
    groups: dict[str, list[tuple[str, str]]] = {"": [("", str(_l("Choose")))]}
    for domain in vocab.field_tree(get_locale()):
        for node in domain.children:
            groups[node.label] = [(leaf.code, leaf.label) for leaf in (node, *node.children)]
    return groups


def _units() -> list[tuple[str, str]]:
    return [
        ("", str(_l("Choose a unit"))),
        *((unit.code, str(unit.label)) for unit in quantities.UNITS.values()),
    ]


class OneMoreField(ChoiceField):
    """One more of a long list; what is none of it is forgotten."""

    def pre_validate(self, _form: Any) -> None:
        """Forget what is none."""
        if self.data and self.data not in {value for value, *_rest in self.iter_choices()}:
            self.data = ""


class NewForm(Form):
    """What a draft begins with."""

    institution = ChoiceField(
        _l("Institution"), needed(_l("Choose one of your institutions")), choices=[], coerce=str
    )
    direction = ChoiceField(
        _l("Is it an offer or a need?"), needed(_l("Choose one of them")), choices=choices_of(DIRECTIONS)
    )
    kind = ChoiceField(_l("Kind"), needed(_l("Choose a kind")), choices=_kinds_or_none)
    title = LineField(
        _l("Title"),
        needed(_l("Enter a title")),
        length=TITLE_LENGTH,
        description=_l("What it is, in one line that people would search for."),
    )
    language = ChoiceField(
        _l("Language"),
        needed(_l("Choose a language")),
        choices=_languages,
        description=_l("The language in which you will write all of it."),
    )


class PartForm(Form):
    """Base of the parts: carries the version that the writer saw."""

    version = HiddenField()
    # A list of which few are chosen → the select with which one more is added.
    MORE: ClassVar[dict[str, str]] = {}

    def gather(self) -> None:
        """Add what stands in the "another one" selects to their lists, and empty the selects."""
        for name, more in self.MORE.items():
            if name not in self._fields:
                continue
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
        """What was typed, by the names of the listing's fields."""
        without = {"version", *self.MORE.values()}
        return {name: field.data for name, field in self._fields.items() if name not in without}


class WhatForm(PartForm):
    """What it is: words for everybody, detail for some, what it belongs to, and what its kind asks for."""

    MORE: ClassVar[dict[str, str]] = {"fields": "field_more"}

    title = LineField(_l("Title"), expected, length=TITLE_LENGTH)
    kind = ChoiceField(_l("Kind"), choices=kinds)
    summary = TextField(_l("Public summary"), expected, length=SUMMARY_LENGTH)
    language = ChoiceField(_l("Language of these texts"), choices=_languages)
    detail = TextField(
        _l("Detail"),
        optional,
        length=DETAIL_LENGTH,
        description=_l(
            "Everything beyond the summary. Blank lines make paragraphs; ## makes a heading, - a list."
        ),
    )
    detail_visibility = ChoiceField(_l("Who reads the detail"), choices=choices_of(DETAIL_LEVELS))
    sdg_goals = ChoicesField(
        _l("Sustainable Development Goals"),
        optional,
        choices=lambda: [(goal.code, f"{goal.code} {goal.label}") for goal in vocab.sdg_goals(get_locale())],
        most=5,
        description=_l("At most five."),
    )
    fields = ChoicesField(
        _l("Fields of research"), optional, choices=_fields, most=6, description=_l("At most six.")
    )
    field_more = OneMoreField(_l("Another field"), choices=_fields_by_domain)
    keywords = WordsField(
        _l("Keywords"), optional, most=8, description=_l("At most eight, with commas between them.")
    )
    readiness = ChoiceField(
        _l("Readiness"),
        optional,
        choices=lambda: [
            ("", str(_l("Choose"))),
            *((str(level), str(label)) for level, label in READINESS.items()),
        ],
    )
    rights = ChoiceField(
        _l("How the rights stand"), optional, choices=with_empty(choices_of(RIGHTS), _l("Choose"))
    )
    rights_numbers = LineField(_l("Numbers of the rights"), optional, length=200)
    advantages = TextField(
        _l("Advantages over what is known, with numbers"),
        optional,
        length=2000,
        description=_l("For example: uses 40 % less water than drip irrigation, measured on 12 farms."),
    )
    manufacturer = LineField(_l("Manufacturer"), optional, length=120)
    model = LineField(_l("Model"), optional, length=120)
    persistent_id = LineField(
        _l("Persistent identifier"),
        optional,
        length=200,
        description=_l("A DOI, a handle or an RRID, if it has one."),
    )
    operator_needed = ChoiceField(
        _l("Is an operator needed?"),
        optional,
        choices=lambda: [
            ("", str(_l("Not said"))),
            ("yes", str(_l("Yes, an operator is needed"))),
            ("no", str(_l("No, it can be used alone"))),
        ],
    )

    def values(self) -> dict[str, Any]:
        """Codes as the record holds them; what the page did not show is left as it was."""
        found = super().values()
        if "readiness" in found:
            found["readiness"] = int(found["readiness"]) if found["readiness"] else None
        if "operator_needed" in found:
            found["operator_needed"] = {"yes": True, "no": False}.get(found["operator_needed"])
        return found


class AmountForm(PartForm):
    """How much, where and when."""

    quantity = AmountField(_l("How much"), [optional])
    unit = ChoiceField(_l("Unit"), optional, choices=_units)
    free_from = DayField(_l("From"), optional)
    free_until = DayField(_l("Until before"), optional)
    is_remote = BooleanField(_l("It can be had from anywhere"))
    place = LineField(
        _l("Place"), optional, length=200, description=_l("Town, building, or the nearest village.")
    )
    country = ChoiceField(_l("Country"), optional, choices=with_empty(_countries))
    zone = ChoiceField(_l("Time zone of the place"), optional, choices=_zones)
    latitude = DegreesField(_l("Latitude"), [optional])
    longitude = DegreesField(_l("Longitude"), [optional])
    access_mode = ChoiceField(_l("How it is had"), choices=choices_of(ACCESS_MODES))
    valid_until = DayField(
        _l("Valid until"),
        expected,
        description=_l(
            "The last day on which this stands. You are reminded before, and renew it with one click."
        ),
    )

    def validate_valid_until(self, field: Any) -> None:
        """It always has an end."""
        if field.data is None and not field.errors:
            raise ValidationError(str(_l("Enter a day that is still to come")))


class ConditionsForm(PartForm):
    """Conditions and who may ask."""

    MORE: ClassVar[dict[str, str]] = {"languages": "language_more"}

    training = TextField(_l("Training needed"), optional, length=CONDITION_LENGTH)
    safety = TextField(_l("Safety"), optional, length=CONDITION_LENGTH)
    ethics = TextField(_l("Ethics"), optional, length=CONDITION_LENGTH)
    export_control = TextField(_l("Export"), optional, length=CONDITION_LENGTH)
    consortium_id = ChoiceField(_l("Consortium"), optional, choices=[])
    visibility = ChoiceField(_l("Who sees it"), choices=choices_of(VISIBILITIES))
    who_may_ask = ChoiceField(_l("Who may ask"), choices=choices_of(WHO_MAY_ASK))
    askers = ChoicesField(_l("Named institutions"), optional, choices=[], most=MOST_ASKERS)
    asker_more = LineField(_l("Another institution"), optional, length=200)
    partner_wanted = TextField(_l("Partner wanted"), optional, length=LINE_LENGTH)
    forms = ChoicesField(_l("Ways of working together"), optional, choices=choices_of(FORMS))
    languages = ChoicesField(
        _l("Languages in which you can work together"), expected, choices=_languages, most=10
    )
    language_more = OneMoreField(_l("Another language"), choices=with_empty(_languages))
    contact_id = ChoiceField(_l("Contact person"), needed(_l("Choose a contact")), choices=[])

    def values(self) -> dict[str, Any]:
        """Ids as numbers."""
        found = super().values()
        found.pop("asker_more")
        found["consortium_id"] = int(found["consortium_id"]) if found["consortium_id"] else None
        found["contact_id"] = int(found["contact_id"])
        found["askers"] = [int(key) for key in found["askers"] or []]
        return found


class LineForm(PlainForm):
    """One thing that comes back."""

    kind = OneMoreField(_l("Kind"), choices=_kinds_or_none)
    text = LineField(_l("What"), length=LINE_LENGTH)

    def validate_kind(self, field: Any) -> None:
        """A line with words has a kind."""
        if self.text.data and not field.data:
            raise ValidationError(str(_l("Choose a kind")))

    def validate_text(self, field: Any) -> None:
        """A line with a kind has words."""
        if self.kind.data and not field.data:
            raise ValidationError(str(_l("Say what it is")))


class ReturnForm(PartForm):
    """What comes back, and what it costs."""

    wants = FieldList(
        FormField(LineForm, label=_l("In return")), _l("In return"), min_entries=1, max_entries=MOST_LINES
    )
    is_gift = BooleanField(_l("A gift, nothing expected"))
    cost_basis = ChoiceField(_l("Cost"), choices=choices_of(COSTS))
    cost_note = LineField(
        _l("About the cost"), optional, length=LINE_LENGTH, description=_l("A price, or what it depends on.")
    )

    def values(self) -> dict[str, Any]:
        """Lines as plain values, empty ones left out."""
        found = super().values()
        found["wants"] = [row for row in self.wants.data if row["text"]]
        return found


class SendForm(Form):
    """Sending a listing."""

    version = HiddenField()


PART_FORMS: dict[str, type[PartForm]] = {
    "what": WhatForm,
    "amount": AmountForm,
    "conditions": ConditionsForm,
    "return": ReturnForm,
}
