"""The forms with which a listing is written: what it begins with, and one for each part.

The parts do not demand anything: a half part may be saved. What has to be there before it can be sent is said by
`models.missing`, and shown beside the same fields. What may stand in a field at all is said by `models.checks`.
"""

from typing import Any, ClassVar

from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms.validators import ValidationError

from app.core import quantities
from app.core.i18n import _, _l
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
from app.web.choices import (
    countries,
    fields,
    fields_by_domain,
    goals,
    kinds,
    kinds_or_none,
    languages_to_write,
    zones,
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
from app.web.listed import DIGITS, AmountField, LineForm, ListForm, OneMoreField, expected


class DegreesField(AmountField):
    """A latitude or longitude. `data` is a float or None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; empty is None."""
        typed = clean_line(valuelist[0]).translate(DIGITS) if valuelist else ""
        self.data = None
        if not typed:
            return
        plain = typed.lstrip("+-").replace(".", "", 1)
        if not (plain.isascii() and plain.isdigit()) or len(typed) > 20:
            raise ValueError(str(_l("Enter degrees as a number, such as 30.05")))
        self.data = float(typed)


def _zones() -> dict[str, list[tuple[str, str]]]:
    return {"": [("", _("Choose"))], **zones()}


def _units() -> list[tuple[str, str]]:
    return [
        ("", str(_l("Choose a unit"))),
        *((unit.code, str(unit.label)) for unit in quantities.UNITS.values()),
    ]


class NewForm(Form):
    """What a draft begins with."""

    institution = ChoiceField(
        _l("Institution"), needed(_l("Choose one of your institutions")), choices=[], coerce=str
    )
    direction = ChoiceField(
        _l("Is it an offer or a need?"), needed(_l("Choose one of them")), choices=choices_of(DIRECTIONS)
    )
    kind = ChoiceField(_l("Kind"), needed(_l("Choose a kind")), choices=kinds_or_none)
    title = LineField(
        _l("Title"),
        needed(_l("Enter a title")),
        length=TITLE_LENGTH,
        description=_l("What it is, in one line that people would search for."),
    )
    language = ChoiceField(
        _l("Language"),
        needed(_l("Choose a language")),
        choices=languages_to_write,
        description=_l("The language in which you will write all of it."),
    )


class WhatForm(ListForm):
    """What it is: words for everybody, detail for some, what it belongs to, and what its kind asks for."""

    MORE: ClassVar[dict[str, str]] = {"fields": "field_more"}

    title = LineField(_l("Title"), expected, length=TITLE_LENGTH)
    kind = ChoiceField(_l("Kind"), choices=kinds)
    summary = TextField(_l("Public summary"), expected, length=SUMMARY_LENGTH)
    language = ChoiceField(_l("Language of these texts"), choices=languages_to_write)
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
        choices=goals,
        most=5,
        description=_l("At most five."),
    )
    fields = ChoicesField(
        _l("Fields of research"), optional, choices=fields, most=6, description=_l("At most six.")
    )
    field_more = OneMoreField(_l("Another field"), choices=fields_by_domain)
    keywords = WordsField(
        _l("Keywords"), optional, most=8, description=_l("At most eight, with commas between them.")
    )
    readiness = ChoiceField(
        _l("Readiness"),
        optional,
        choices=lambda: [
            ("", _("Choose")),
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


class AmountForm(ListForm):
    """How much, where and when."""

    quantity = AmountField(_l("How much"), optional)
    unit = ChoiceField(_l("Unit"), optional, choices=_units)
    free_from = DayField(_l("From"), optional)
    free_until = DayField(_l("Until before"), optional)
    is_remote = BooleanField(_l("It can be had from anywhere"))
    place = LineField(
        _l("Place"), optional, length=200, description=_l("Town, building, or the nearest village.")
    )
    country = ChoiceField(_l("Country"), optional, choices=with_empty(countries))
    zone = ChoiceField(_l("Time zone of the place"), optional, choices=_zones)
    latitude = DegreesField(_l("Latitude"), optional)
    longitude = DegreesField(_l("Longitude"), optional)
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


class ConditionsForm(ListForm):
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
        _l("Languages in which you can work together"), expected, choices=languages_to_write, most=10
    )
    language_more = OneMoreField(_l("Another language"), choices=with_empty(languages_to_write))
    contact_id = ChoiceField(_l("Contact person"), needed(_l("Choose a contact")), choices=[])

    def values(self) -> dict[str, Any]:
        """Ids as numbers."""
        found = super().values()
        found.pop("asker_more")
        found["consortium_id"] = int(found["consortium_id"]) if found["consortium_id"] else None
        found["contact_id"] = int(found["contact_id"])
        found["askers"] = [int(key) for key in found["askers"] or []]
        return found


class ReturnForm(ListForm):
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
        found["wants"] = self.lines("wants")
        return found


class SendForm(Form):
    """Sending a listing."""

    version = HiddenField()


PART_FORMS: dict[str, type[ListForm]] = {
    "what": WhatForm,
    "amount": AmountForm,
    "conditions": ConditionsForm,
    "return": ReturnForm,
}
