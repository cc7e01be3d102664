"""The forms with which an outcome is written: what it begins with, one for each part, people, sending."""

from typing import Any, ClassVar

from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms import Form as PlainForm
from wtforms.validators import ValidationError

from app.core.i18n import _, _l
from app.outcomes.models import (
    DEGREES,
    KINDS,
    LICENCES,
    MOST_IDENTIFIERS,
    MOST_LINKS,
    MOST_MEASURES,
    ROLES,
    SCHEMES,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    identifier,
    web_address,
)
from app.web.choices import countries, languages_to_write
from app.web.fields import (
    ChoiceField,
    ChoicesField,
    DayField,
    Form,
    LineField,
    TextField,
    choices_of,
    needed,
    optional,
    with_empty,
)
from app.web.listed import AmountField, ListForm, OneMoreField, expected

NUMBERS = ("baseline", "target", "reached")


class NewForm(Form):
    """What an outcome begins with."""

    institution = ChoiceField(
        _l("Institution"), needed(_l("Choose one of your institutions")), choices=[], coerce=str
    )
    kind = ChoiceField(
        _l("What kind of outcome it is"),
        needed(_l("Choose a kind")),
        choices=with_empty(choices_of(KINDS), _l("Choose a kind")),
        description=_l("A negative result counts as much as any other: it saves others the same way."),
    )
    title = LineField(_l("Title"), needed(_l("Enter a title")), length=TITLE_LENGTH)
    language = ChoiceField(
        _l("Language"),
        needed(_l("Choose a language")),
        choices=languages_to_write,
        description=_l("The language in which you will write all of it."),
    )


class AboutForm(ListForm):
    """What came of it."""

    kind = ChoiceField(_l("Kind"), expected, choices=choices_of(KINDS))
    title = LineField(_l("Title"), expected, length=TITLE_LENGTH)
    summary = TextField(
        _l("Summary"),
        expected,
        length=SUMMARY_LENGTH,
        description=_l("Two or three sentences that a neighbour understands. They stand in every list."),
    )
    description = TextField(
        _l("What came of it"),
        expected,
        description=_l("What was done, what was found, how it can be used. Blank lines make paragraphs."),
    )
    is_negative = BooleanField(
        _l("It shows that something does not work, or that nothing was found"),
        description=_l("It is shown like every other outcome and marked as a negative result."),
    )
    produced_on = DayField(
        _l("There since"),
        expected,
        description=_l("The day of publication, of the event, of the first release."),
    )
    problem = ChoiceField(
        _l("The problem against which it is measured"), optional, choices=[], coerce=str
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """The problem by its id."""
        found = super().values()
        chosen = found.pop("problem")
        return {**found, "problem_id": int(chosen) if chosen else None}


class MeasureForm(PlainForm):
    """One measure: how it was, what was wanted, what was reached."""

    what = LineField(_l("What is measured"), length=200)
    unit = LineField(_l("Unit"), optional, length=40)
    baseline = AmountField(_l("Before"))
    target = AmountField(_l("Target"))
    reached = AmountField(_l("Reached"))
    how = LineField(_l("How it was checked"), optional, length=200)

    def validate_what(self, field: Any) -> None:
        """A line with anything in it says what it measures."""
        others = (self.unit.data, self.how.data, *(self[name].data is not None for name in NUMBERS))
        if not field.data and any(others):
            raise ValidationError(_("Say what is measured"))

    def validate_reached(self, field: Any) -> None:
        """A measure says what was reached; that may be nothing, or less than before."""
        if self.what.data and field.data is None and not field.process_errors:
            raise ValidationError(_("Enter what was reached, also when it is no change"))


class ChangeForm(ListForm):
    """What changed, and for whom."""

    MORE: ClassVar[dict[str, str]] = {"benefits_where": "country_more", "origins": "origin_more"}

    measures = FieldList(
        FormField(MeasureForm, label=_l("Measure")), _l("Measures"), min_entries=1, max_entries=MOST_MEASURES
    )
    benefits_who = TextField(
        _l("Who benefits"),
        expected,
        length=2000,
        description=_l(
            "People first, then places and things. Of a negative result: who is spared the same way."
        ),
    )
    benefits_where = ChoicesField(
        _l("Where"), expected, choices=countries, most=60, description=_l("Every country in which it helps.")
    )
    country_more = OneMoreField(_l("Another country"), choices=with_empty(countries))
    origins = ChoicesField(
        _l("Countries of origin"),
        optional,
        choices=countries,
        most=60,
        description=_l(
            "From which data, samples or sites come. Readers see when nobody of such a country holds a leading role."
        ),
    )
    origin_more = OneMoreField(_l("Another country of origin"), choices=with_empty(countries))

    def values(self) -> dict[str, Any]:
        """Measures as plain values, empty lines left out."""
        rows = [
            {
                "what": row["what"],
                "unit": row["unit"] or "",
                **{name: "" if row[name] is None else format(row[name], "f") for name in NUMBERS},
                "how": row["how"] or "",
            }
            for row in self.measures.data
            if row["what"]
        ]
        return {**super().values(), "measures": rows}


class IdentifierForm(PlainForm):
    """One identifier."""

    scheme = OneMoreField(_l("Kind"), choices=with_empty(choices_of(SCHEMES), _l("Choose a kind")))
    value = LineField(_l("Identifier"), length=300)

    def validate_value(self, field: Any) -> None:
        """It has the form of its kind, and is kept without what people write around it."""
        if not field.data:
            return
        if not self.scheme.data:
            raise ValidationError(_("Choose what kind of identifier it is"))
        found = identifier(self.scheme.data, field.data)
        if found is None:
            raise ValidationError(
                _(
                    "This is no %(kind)s as they are written. Check it once more.",
                    kind=str(SCHEMES[self.scheme.data]),
                )
            )
        field.data = found


class IdentifiersForm(ListForm):
    """Where it is found for good, and under which licence."""

    identifiers = FieldList(
        FormField(IdentifierForm, label=_l("Identifier")),
        _l("Identifiers"),
        min_entries=1,
        max_entries=MOST_IDENTIFIERS,
    )
    licence = ChoiceField(
        _l("Licence"),
        expected,
        choices=with_empty(choices_of(LICENCES)),
        description=_l(
            "Under which others may use it. Where there is nothing to license, all rights reserved fits."
        ),
    )

    def values(self) -> dict[str, Any]:
        """Identifiers as plain values, each once."""
        rows = [
            {"scheme": row["scheme"], "value": row["value"]} for row in self.identifiers.data if row["value"]
        ]
        once = list({(row["scheme"], row["value"]): row for row in rows}.values())
        return {**super().values(), "identifiers": once}


class LinkForm(PlainForm):
    """Evidence that lies elsewhere."""

    label = LineField(_l("What it shows"), length=200)
    url = LineField(_l("Address"), length=300)

    def validate_url(self, field: Any) -> None:
        """Only addresses of the web."""
        if self.label.data and not field.data:
            raise ValidationError(_("Enter the address"))
        if field.data and web_address(field.data) is None:
            raise ValidationError(_("Enter an address that starts with https://"))

    def validate_label(self, field: Any) -> None:
        """A link says what it shows."""
        if self.url.data and not field.data:
            raise ValidationError(_("Say what it shows"))


class EvidenceForm(ListForm):
    """What shows it."""

    links = FieldList(
        FormField(LinkForm, label=_l("Link")), _l("Links"), min_entries=1, max_entries=MOST_LINKS
    )

    def values(self) -> dict[str, Any]:
        """Links as plain values, empty lines left out."""
        return {
            "links": [{"label": row["label"], "url": row["url"]} for row in self.links.data if row["url"]]
        }


class NameForm(Form):
    """Naming a person with a role."""

    person = HiddenField()
    role = ChoiceField(
        _l("Role"), needed(_l("Choose a role")), choices=with_empty(choices_of(ROLES), _l("Choose a role"))
    )
    degree = ChoiceField(_l("Degree"), needed(_l("Choose a degree")), choices=choices_of(DEGREES))


class SendForm(Form):
    """Sending it to be confirmed."""

    version = HiddenField()
    confirmer = ChoiceField(
        _l("Which institution confirms it"),
        needed(_l("Choose an institution")),
        choices=[],
        coerce=str,
        description=_l(
            "Not your own, and somebody there who is not named in the outcome. Partners who saw the work stand first."
        ),
    )


PART_FORMS: dict[str, type[ListForm]] = {
    "about": AboutForm,
    "change": ChangeForm,
    "identifiers": IdentifiersForm,
    "evidence": EvidenceForm,
}
