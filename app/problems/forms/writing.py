"""The forms with which a problem is written: what it begins with, and one for each part.

The parts do not demand anything: an author may save half a part and come back. What has to be there before it can be
sent is said by `models.missing`, and shown beside the same fields.
"""

from typing import Any, ClassVar

from wtforms import FieldList, FormField, HiddenField
from wtforms import Form as PlainForm
from wtforms.validators import ValidationError

from app.core import clock
from app.core.i18n import _l
from app.problems.models import (
    MOST_LINES,
    MOST_MEASURES,
    RIGHTS,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    VISIBILITIES,
)
from app.web.choices import countries, fields, fields_by_domain, goals, languages_to_write, targets
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
    with_empty,
)
from app.web.listed import LineForm, ListForm, OneMoreField, expected

UNIT_LENGTH = 40
MEASURE_LENGTH = 200


class NewForm(Form):
    """What a draft begins with."""

    institution = ChoiceField(
        _l("Institution"), needed(_l("Choose one of your institutions")), choices=[], coerce=str
    )
    consortium = ChoiceField(
        _l("Consortium"),
        needed(_l("Choose a consortium")),
        choices=[],
        description=_l("Its leads read what you write and publish it."),
    )
    language = ChoiceField(
        _l("Language"),
        needed(_l("Choose a language")),
        choices=languages_to_write,
        description=_l("The language in which you will write all of it."),
    )
    title = LineField(
        _l("Title"),
        needed(_l("Enter a title")),
        length=TITLE_LENGTH,
        description=_l("The need in one line, without the answer. You can change it later."),
    )


class NeedForm(ListForm):
    """The need, in short and in full."""

    title = LineField(
        _l("Title"),
        expected,
        length=TITLE_LENGTH,
        description=_l("The need in one line, without the answer."),
    )
    summary = TextField(
        _l("Summary"),
        expected,
        length=SUMMARY_LENGTH,
        description=_l("Two or three sentences that a neighbour understands. They stand in every list."),
    )
    statement = TextField(
        _l("Full statement"),
        expected,
        description=_l(
            "What happens, to whom, why it matters, what an answer has to do. Blank lines make paragraphs; ## makes a heading, - a list."
        ),
    )


class AffectedForm(ListForm):
    """Who is affected, where, how many, since when."""

    MORE: ClassVar[dict[str, str]] = {"affected_where": "country_more"}

    affected_who = TextField(
        _l("Who they are"),
        expected,
        length=1000,
        description=_l("In plain words. People first, then places and things."),
    )
    affected_where = ChoicesField(
        _l("Where"),
        expected,
        choices=countries,
        most=60,
        description=_l("Every country in which you know that it happens."),
    )
    country_more = ChoiceField(_l("Another country"), choices=with_empty(countries))
    affected_number = NumberField(_l("How many"), optional, description=_l("Your best estimate."))
    affected_unit = LineField(_l("Counted in"), optional, length=UNIT_LENGTH)
    since_year = NumberField(
        _l("Since which year"), optional, least=1000, description=_l("The year in which it began, if known.")
    )

    def validate_since_year(self, field: Any) -> None:
        """A problem of today did not begin in the future."""
        if field.data is not None and field.data > clock.today().year:
            raise ValidationError(str(_l("The year cannot be after %(year)s", year=clock.today().year)))


class MeasureForm(PlainForm):
    """One measure of success."""

    what = LineField(_l("What is measured"), length=MEASURE_LENGTH)
    baseline = LineField(_l("Today"), optional, length=MEASURE_LENGTH)
    target = LineField(_l("Target"), optional, length=MEASURE_LENGTH)
    by = DayField(_l("By when"), optional)
    how = LineField(_l("How it is checked"), optional, length=MEASURE_LENGTH)

    def validate_what(self, field: Any) -> None:
        """A line with anything in it says what it measures."""
        others = (self.baseline.data, self.target.data, self.by.data, self.how.data)
        if not field.data and any(others):
            raise ValidationError(str(_l("Say what is measured")))


class SuccessForm(ListForm):
    """How success is measured, and what was tried before."""

    measures = FieldList(
        FormField(MeasureForm, label=_l("Measure")), _l("Measures"), min_entries=1, max_entries=MOST_MEASURES
    )
    tried = TextField(
        _l("What was tried, and why it failed"),
        optional,
        length=5000,
        description=_l("Failures help most: they save others the same way."),
    )

    def values(self) -> dict[str, Any]:
        """Measures as plain values, empty lines left out."""
        rows = [
            {**row, "by": row["by"].isoformat() if row["by"] else None}
            for row in self.measures.data
            if row["what"]
        ]
        return {"measures": rows, "tried": self.tried.data}


class ExchangeForm(ListForm):
    """What the author's institution brings, and what is needed."""

    brings = FieldList(
        FormField(LineForm, label=_l("We bring")), _l("We bring"), min_entries=1, max_entries=MOST_LINES
    )
    needs = FieldList(
        FormField(LineForm, label=_l("We need")), _l("We need"), min_entries=1, max_entries=MOST_LINES
    )

    def values(self) -> dict[str, Any]:
        """Lines as plain values, empty ones left out."""
        return {"brings": self.lines("brings"), "needs": self.lines("needs")}


class ClassificationForm(ListForm):
    """Goals, fields, keywords, rights, last day, who sees it."""

    MORE: ClassVar[dict[str, str]] = {"fields": "field_more"}

    sdg_goals = ChoicesField(
        _l("Sustainable Development Goals"),
        expected,
        choices=goals,
        most=5,
        description=_l("At most five."),
    )
    sdg_targets = ChoicesField(
        _l("Targets"),
        optional,
        choices=targets,
        most=8,
    )
    fields = ChoicesField(
        _l("Fields of research"),
        expected,
        choices=fields,
        most=6,
        description=_l("At most six."),
    )
    field_more = OneMoreField(_l("Another field"), choices=fields_by_domain)
    keywords = WordsField(
        _l("Keywords"), optional, most=8, description=_l("At most eight, with commas between them.")
    )
    rights = ChoiceField(_l("Rights in what comes of it"), choices=choices_of(RIGHTS))
    visibility = ChoiceField(_l("Who can see it once it is published"), choices=choices_of(VISIBILITIES))
    closes_on = DayField(
        _l("Open until"),
        optional,
        description=_l(
            "The last day on which teams may start. Leave it empty to keep it open until it is answered."
        ),
    )


class SendForm(Form):
    """Sending a problem for review."""

    version = HiddenField()


PART_FORMS: dict[str, type[ListForm]] = {
    "need": NeedForm,
    "affected": AffectedForm,
    "success": SuccessForm,
    "exchange": ExchangeForm,
    "classification": ClassificationForm,
}
