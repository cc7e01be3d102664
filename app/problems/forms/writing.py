"""The forms with which a problem is written: what it begins with, and one for each part.

The parts do not demand anything: an author may save half a part and come back. What has to be there before it can be
sent is said by `models.missing`, and shown beside the same fields.
"""

from typing import Any, ClassVar

from wtforms import FieldList, FormField, HiddenField
from wtforms import Form as PlainForm
from wtforms.validators import ValidationError

from app.core import clock, vocab
from app.core.i18n import _l, get_locale
from app.problems.models import (
    MOST_LINES,
    MOST_MEASURES,
    RIGHTS,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    VISIBILITIES,
)
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

UNIT_LENGTH = 40
LINE_LENGTH = 300
MEASURE_LENGTH = 200


def expected(_form: Any, _field: Any) -> None:
    """Marks a field that has to be filled before sending, without refusing to save it empty."""


expected.field_flags = {"required": True}  # type: ignore[attr-defined]  # WTForms reads flags from validators


def _languages() -> list[tuple[str, str]]:
    return [
        (term.code, f"{term.label} ({term.title})" if term.label != term.title else term.label)
        for term in vocab.languages(get_locale())
    ]


def _countries() -> list[tuple[str, str]]:
    return [(term.code, term.label) for term in vocab.countries(get_locale())]


def _kinds() -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {"": [("", str(_l("Choose a kind")))]}
    for group in vocab.GROUPS:
        groups[vocab.group_label(group)] = [(kind.code, str(kind.label)) for kind in vocab.kinds_of(group)]
    return groups


class KindField(ChoiceField):
    """One of the kinds of what can be brought or needed, by group."""

    def pre_validate(self, _form: Any) -> None:
        """Refuse what is not a kind."""
        if self.data and not vocab.is_kind(self.data):
            self.data = ""


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


class FieldMoreField(ChoiceField):
    """One more field of research."""

    def pre_validate(self, _form: Any) -> None:
        """Forget what is none."""
        if self.data and not vocab.is_field(self.data):
            self.data = ""


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
        choices=_languages,
        description=_l("The language in which you will write all of it."),
    )
    title = LineField(
        _l("Title"),
        needed(_l("Enter a title")),
        length=TITLE_LENGTH,
        description=_l("The need in one line, without the answer. You can change it later."),
    )


class PartForm(Form):
    """Base of the parts: carries the version that the author saw."""

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
        """What was typed, by the names of the problem's fields."""
        without = {"version", *self.MORE.values()}
        return {name: field.data for name, field in self._fields.items() if name not in without}


class NeedForm(PartForm):
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


class AffectedForm(PartForm):
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
        choices=_countries,
        most=60,
        description=_l("Every country in which you know that it happens."),
    )
    country_more = ChoiceField(_l("Another country"), choices=with_empty(_countries))
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


class SuccessForm(PartForm):
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


class LineForm(PlainForm):
    """One thing that is brought or needed."""

    kind = KindField(_l("Kind"), choices=_kinds)
    text = LineField(_l("What"), length=LINE_LENGTH)

    def validate_kind(self, field: Any) -> None:
        """A line with words has a kind."""
        if self.text.data and not field.data:
            raise ValidationError(str(_l("Choose a kind")))

    def validate_text(self, field: Any) -> None:
        """A line with a kind has words."""
        if self.kind.data and not field.data:
            raise ValidationError(str(_l("Say what it is")))


class ExchangeForm(PartForm):
    """What the author's institution brings, and what is needed."""

    brings = FieldList(
        FormField(LineForm, label=_l("We bring")), _l("We bring"), min_entries=1, max_entries=MOST_LINES
    )
    needs = FieldList(
        FormField(LineForm, label=_l("We need")), _l("We need"), min_entries=1, max_entries=MOST_LINES
    )

    def values(self) -> dict[str, Any]:
        """Lines as plain values, empty ones left out."""
        return {
            "brings": [row for row in self.brings.data if row["text"]],
            "needs": [row for row in self.needs.data if row["text"]],
        }


class ClassificationForm(PartForm):
    """Goals, fields, keywords, rights, last day, who sees it."""

    MORE: ClassVar[dict[str, str]] = {"fields": "field_more"}

    sdg_goals = ChoicesField(
        _l("Sustainable Development Goals"),
        expected,
        choices=lambda: [(goal.code, f"{goal.code} {goal.label}") for goal in vocab.sdg_goals(get_locale())],
        most=5,
        description=_l("At most five."),
    )
    sdg_targets = ChoicesField(
        _l("Targets"),
        optional,
        choices=lambda: [
            (target.code, f"{target.code} {target.label}")
            for goal in vocab.sdg_goals(get_locale())
            for target in vocab.sdg_targets(goal.code, get_locale())
        ],
        most=8,
    )
    fields = ChoicesField(
        _l("Fields of research"),
        expected,
        choices=_fields,
        most=6,
        description=_l("At most six."),
    )
    field_more = FieldMoreField(_l("Another field"), choices=_fields_by_domain)
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


PART_FORMS: dict[str, type[PartForm]] = {
    "need": NeedForm,
    "affected": AffectedForm,
    "success": SuccessForm,
    "exchange": ExchangeForm,
    "classification": ClassificationForm,
}
