"""The forms with which a project is registered: what it begins with, and one for each part.

The parts do not demand anything: a lead may save half a part and come back. What has to be there before it can be sent
is said by `models.missing`, and shown beside the same fields.
"""

import re
from typing import Any, ClassVar

from wtforms import FieldList, FormField, HiddenField
from wtforms import Form as PlainForm
from wtforms.validators import ValidationError

from app.core import quantities
from app.core.i18n import _l
from app.core.ror import short_id
from app.projects.forms.people import credit_roles
from app.projects.models import (
    BLOCKS,
    MOST_FUNDING,
    MOST_MILESTONES,
    MOST_NEEDS,
    MOST_PROBLEMS,
    READINESS,
    RIGHTS,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    VISIBILITIES,
)
from app.web.choices import fields, fields_by_domain, goals, kinds_or_none, languages_to_write, targets
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
from app.web.listed import LINE_LENGTH, AmountField, ListForm, OneMoreField, expected

_ROR = re.compile(r"0[a-z0-9]{6}[0-9]{2}")


class NewForm(Form):
    """What a draft begins with."""

    title = LineField(
        _l("Title"),
        needed(_l("Enter a title")),
        length=TITLE_LENGTH,
        description=_l("What the project is, in one line. You can change it later."),
    )
    institution = ChoiceField(
        _l("Institution"),
        needed(_l("Choose one of your institutions")),
        choices=[],
        description=_l("It leads the project, with you."),
    )
    consortium = ChoiceField(
        _l("Consortium"),
        needed(_l("Choose a consortium")),
        choices=[],
        description=_l("Its leads read what you write and accept the project."),
    )
    language = ChoiceField(
        _l("Language"),
        needed(_l("Choose a language")),
        choices=languages_to_write,
        description=_l("The language in which you will write all of it."),
    )
    problem = HiddenField()


class AboutForm(ListForm):
    """Title, summary, description, problems that it answers."""

    title = LineField(
        _l("Title"), expected, length=TITLE_LENGTH, description=_l("What the project is, in one line.")
    )
    acronym = LineField(
        _l("Acronym"), optional, length=20, description=_l("A short name, if the project has one.")
    )
    summary = TextField(
        _l("Summary"),
        expected,
        length=SUMMARY_LENGTH,
        description=_l("Two or three sentences that a neighbour understands. They stand in every list."),
    )
    description = TextField(
        _l("Description"),
        expected,
        description=_l("Blank lines make paragraphs; ## makes a heading, - a list."),
    )
    keywords = WordsField(
        _l("Keywords"), optional, most=8, description=_l("At most eight, with commas between them.")
    )
    problems = WordsField(
        _l("Problems that it answers"),
        optional,
        most=MOST_PROBLEMS,
        length=12,
        description=_l("Numbers of problem statements, such as P-0042, with commas between them."),
    )


def _levels() -> list[tuple[str, str]]:
    """Readiness levels with their names."""
    return [
        ("", str(_l("Not said"))),
        *((str(level), f"{level}. {label}") for level, label in READINESS.items()),
    ]


class GoalsForm(ListForm):
    """Goal, measure of success, SDGs, fields, readiness."""

    MORE: ClassVar[dict[str, str]] = {"fields": "field_more"}

    goal = TextField(
        _l("Goal"), expected, length=5000, description=_l("What will be different when the project is done.")
    )
    success = TextField(
        _l("How success is measured"),
        expected,
        length=5000,
        description=_l("What is measured, how it is today, what is wanted, by when, and how it is checked."),
    )
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
        _l("Fields of research"), expected, choices=fields, most=6, description=_l("At most six.")
    )
    field_more = OneMoreField(_l("Another field"), choices=fields_by_domain)
    trl_now = ChoiceField(
        _l("Readiness now"),
        optional,
        choices=_levels,
        description=_l("Technology readiness level, from 1 (idea) to 9 (in use), where it fits."),
    )
    trl_wanted = ChoiceField(_l("Readiness wanted at the end"), optional, choices=_levels)

    def values(self) -> dict[str, Any]:
        """Levels as numbers."""
        found = super().values()
        for name in ("trl_now", "trl_wanted"):
            found[name] = int(found[name]) if found[name] else None
        return found


class TeamForm(ListForm):
    """The lead's own part, and the skills that are wanted."""

    position = LineField(
        _l("Your position in the project"),
        optional,
        length=120,
        description=_l("As it is to be read on the page, such as Coordinator."),
    )
    credit_roles = ChoicesField(
        _l("Your roles (CRediT)"),
        expected,
        choices=credit_roles,
        most=14,
        description=_l("What you do in the project. Every member says this for themselves."),
    )
    skills = WordsField(
        _l("Skills wanted"),
        optional,
        most=12,
        description=_l("What the team still looks for, with commas between them."),
    )


class StepForm(PlainForm):
    """One milestone of the first plan."""

    title = LineField(_l("What will be reached"), length=120)
    due_on = DayField(_l("By when"), optional)

    def validate_due_on(self, field: Any) -> None:
        """A milestone with words has a day. Asked although nothing was typed."""
        if self.title.data and field.data is None:
            raise ValidationError(str(_l("Enter the day by which it is reached")))


class PlanForm(ListForm):
    """Dates and first milestones."""

    starts_on = DayField(_l("Starts on"), expected)
    ends_on = DayField(_l("Planned end"), expected)
    milestones = FieldList(
        FormField(StepForm, label=_l("Milestone")),
        _l("Milestones"),
        min_entries=1,
        max_entries=MOST_MILESTONES,
    )

    def values(self) -> dict[str, Any]:
        """Milestones as plain values, empty ones left out."""
        found: dict[str, Any] = {"starts_on": self.starts_on.data, "ends_on": self.ends_on.data}
        if "milestones" in self._fields:
            found["milestones"] = [
                {"title": row["title"], "due_on": row["due_on"]}
                for row in self.milestones.data
                if row["title"] and row["due_on"]
            ]
        return found

    def validate_ends_on(self, field: Any) -> None:
        """After the start, and after all milestones."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(str(_l("The end cannot lie before the start")))

    def validate_milestones(self, field: Any) -> None:
        """Within the project, each with its day."""
        for row in field.data:
            if row["title"] and row["due_on"] is None:
                raise ValidationError(str(_l("Enter a day for each milestone")))
            day = row["due_on"]
            if day and (
                (self.starts_on.data and day < self.starts_on.data)
                or (self.ends_on.data and day > self.ends_on.data)
            ):
                raise ValidationError(str(_l("Milestones lie between the start and the planned end")))


class NeedForm(PlainForm):
    """One thing that the project needs."""

    kind = OneMoreField(_l("Kind"), choices=kinds_or_none)
    text = LineField(_l("What"), length=LINE_LENGTH)
    amount = AmountField(_l("How much"), only_possible=True)
    unit = ChoiceField(
        _l("Unit"),
        choices=with_empty(
            lambda: [(unit.code, str(unit.label)) for unit in quantities.UNITS.values()], _l("None")
        ),
    )

    def validate_kind(self, field: Any) -> None:
        """A line with words has a kind."""
        if self.text.data and not field.data:
            raise ValidationError(str(_l("Choose a kind")))

    def validate_unit(self, field: Any) -> None:
        """An amount and its unit stand together."""
        if (self.amount.data is None) != (not field.data):
            raise ValidationError(str(_l("Enter an amount together with its unit, or neither")))


def ror_of(typed: str | None) -> str:
    """The nine signs of a ROR identifier, from its address or alone; empty when it is none."""
    found = short_id((typed or "").lower())
    return found if _ROR.fullmatch(found) else ""


class MoneyForm(PlainForm):
    """Who pays."""

    ror = LineField(_l("Funder’s ROR"), length=60)
    funder_name = LineField(_l("Funder"), length=200)
    award = LineField(_l("Award number"), length=60)
    amount = AmountField(_l("Amount"), only_possible=True)
    currency = LineField(_l("Currency"), length=3)

    def validate_ror(self, field: Any) -> None:
        """An identifier of ROR, or nothing."""
        if field.data and not ror_of(field.data):
            raise ValidationError(str(_l("Enter a ROR identifier, such as https://ror.org/03q21mh05")))

    def validate_funder_name(self, field: Any) -> None:
        """Whoever pays has a name or an identifier."""
        if not field.data and not self.ror.data and (self.award.data or self.amount.data is not None):
            raise ValidationError(str(_l("Say who pays")))

    def validate_currency(self, field: Any) -> None:
        """Three letters, with an amount."""
        if field.data and not (len(field.data) == 3 and field.data.isascii() and field.data.isalpha()):
            raise ValidationError(str(_l("Enter the currency as three letters, such as EUR")))
        if (self.amount.data is None) != (not field.data):
            raise ValidationError(str(_l("Enter an amount together with its currency, or neither")))


class ResourcesForm(ListForm):
    """What the project needs, and who pays."""

    needs = FieldList(
        FormField(NeedForm, label=_l("Need")),
        _l("What the project needs"),
        min_entries=1,
        max_entries=MOST_NEEDS,
    )
    funding = FieldList(
        FormField(MoneyForm, label=_l("Funding")), _l("Funding"), min_entries=1, max_entries=MOST_FUNDING
    )

    def values(self) -> dict[str, Any]:
        """Lines as plain values, empty ones left out; `funding` still names institutions by `ror`."""
        return {
            "needs": [
                {"kind": row["kind"], "text": row["text"], "amount": row["amount"], "unit": row["unit"] or ""}
                for row in self.needs.data
                if row["text"]
            ],
            "funding": [
                {
                    "ror": ror_of(row["ror"]),
                    "funder_name": row["funder_name"] or "",
                    "award": row["award"] or "",
                    "amount": row["amount"],
                    "currency": (row["currency"] or "").upper(),
                }
                for row in self.funding.data
                if row["funder_name"] or row["ror"]
            ],
        }


def _block_field(block: str) -> ChoiceField:
    return ChoiceField(BLOCKS[block], choices=choices_of(VISIBILITIES))


class RightsForm(ListForm):
    """Rights, ethics, export control; who sees what."""

    rights = ChoiceField(_l("Rights in what comes of it"), choices=choices_of(RIGHTS))
    rights_note = TextField(
        _l("More on rights"),
        optional,
        length=2000,
        description=_l("Background that a partner brings in, say."),
    )
    ethics = TextField(
        _l("Ethics"),
        optional,
        length=2000,
        description=_l("Approvals that are needed or given; people, animals or samples that take part."),
    )
    export_note = TextField(
        _l("Export control"), optional, length=2000, description=_l("What may not go everywhere, and why.")
    )
    visibility = ChoiceField(
        _l("Who can see the project once it is accepted"),
        choices=choices_of(VISIBILITIES),
        description=_l(
            "The overview is seen by all of these. The parts below can be for fewer, never for more."
        ),
    )
    team_for = _block_field("team")
    plan_for = _block_field("plan")
    resources_for = _block_field("resources")
    funding_for = _block_field("funding")
    updates_for = _block_field("updates")
    files_for = _block_field("files")


class SendForm(Form):
    """Sending a project for review."""

    version = HiddenField()


PART_FORMS: dict[str, type[ListForm]] = {
    "about": AboutForm,
    "goals": GoalsForm,
    "team": TeamForm,
    "plan": PlanForm,
    "resources": ResourcesForm,
    "rights": RightsForm,
}
