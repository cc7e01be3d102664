"""The forms with which an agreement is drafted and revised: what it begins with, one for each part, all of it together.

The parts do not demand anything: half a part may be saved. What has to be there before it can be sent is said by
`queries.missing`, and shown on the task list.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms import Form as PlainForm
from wtforms.validators import ValidationError

from app.agreements.models import (
    CONDITION_LENGTH,
    KINDS,
    LINE_LENGTH,
    MOST_COMMITMENTS,
    MOST_NOTICE,
    NOTE_LENGTH,
    REPEATS,
    TEXT_LENGTH,
    TITLE_LENGTH,
)
from app.core import quantities
from app.core.i18n import _, _l
from app.core.text import key_of
from app.web.choices import kinds_or_none, languages_to_write
from app.web.fields import (
    ChoiceField,
    DayField,
    Form,
    LineField,
    NumberField,
    TextField,
    choices_of,
    needed,
    optional,
    with_empty,
)
from app.web.listed import AmountField, ListForm, OneMoreField, expected

MOST_TEXTS = 4  # languages of one agreement
Pairs = list[tuple[str, str]]


class NewForm(Form):
    """What a draft begins with."""

    kind = ChoiceField(
        _l("What kind of agreement"),
        needed(_l("Choose a kind")),
        choices=choices_of(KINDS),
        description=_l("Each kind brings a text to start from. You can change every word of it."),
    )
    title = LineField(
        _l("Title"),
        needed(_l("Enter a title")),
        length=TITLE_LENGTH,
        description=_l("What it is about, in one line. Everybody can read it once it is in force."),
    )
    institution = ChoiceField(
        _l("Your institution"), needed(_l("Choose one of your institutions")), choices=[]
    )
    project = ChoiceField(
        _l("Project"),
        optional,
        choices=[],
        description=_l("Its partners become the parties. Leave it empty for an agreement of its own."),
    )
    language = ChoiceField(
        _l("Language"),
        needed(_l("Choose a language")),
        choices=languages_to_write,
        description=_l("Of the title and of what is given and gained. The text can stand in several."),
    )


class FromInterestForm(Form):
    """An agreement from an interest that both sides said yes to: its kind."""

    kind = ChoiceField(_l("What kind of agreement"), needed(_l("Choose a kind")), choices=choices_of(KINDS))
    project = ChoiceField(
        _l("Project"),
        optional,
        choices=[],
        description=_l("Its partners become the parties. Leave it empty for an agreement of its own."),
    )


class AboutForm(ListForm):
    """Kind, title, language."""

    kind = ChoiceField(_l("What kind of agreement"), choices=choices_of(KINDS))
    title = LineField(_l("Title"), expected, length=TITLE_LENGTH)
    language = ChoiceField(_l("Language"), choices=languages_to_write)


class OneTextForm(PlainForm):
    """The text in one language."""

    language = ChoiceField(_l("Language of this text"), choices=with_empty(languages_to_write))
    text = TextField(
        _l("Text"),
        length=TEXT_LENGTH,
        description=_l("Blank lines make paragraphs; ## makes a heading, - a list."),
    )

    def validate_language(self, field: Any) -> None:
        """A text has a language."""
        if self.text.data and not field.data:
            raise ValidationError(_("Choose a language"))


class BlankForm(PlainForm):
    """One blank of a text: its language, what belongs there, and what was written."""

    language = HiddenField()
    label = HiddenField()
    value = LineField(_l("Fill in"), length=500)


class TextForm(ListForm):
    """The text in its languages, and which of them prevails."""

    blanks = FieldList(FormField(BlankForm, label=_l("Blank")), _l("Blanks"), max_entries=200)
    texts = FieldList(
        FormField(OneTextForm, label=_l("Text")), _l("Texts"), min_entries=1, max_entries=MOST_TEXTS
    )
    prevailing = ChoiceField(
        _l("Which language prevails"),
        choices=languages_to_write,
        description=_l("If two texts differ, the one in this language holds."),
    )

    def validate_texts(self, field: Any) -> None:
        """Each language stands once."""
        languages = [row["language"] for row in field.data if row["text"]]
        if len(languages) != len(set(languages)):
            raise ValidationError(_("Two texts are in the same language"))

    def written(self) -> dict[str, str]:
        """The texts by language, blanks that were filled put in."""
        found = {row["language"]: row["text"] for row in self.texts.data if row["text"] and row["language"]}
        blanks = self.blanks.data if "blanks" in self._fields else []
        for row in blanks:
            if row["value"] and row["language"] in found:
                blank = f"[[{row['label']}]]"
                found[row["language"]] = found[row["language"]].replace(blank, row["value"])
        return found

    def values(self) -> dict[str, Any]:
        """Texts by language, and the one that prevails."""
        return {"texts": self.written(), "prevailing": self.prevailing.data}


def _units() -> Pairs:
    return [("", _("None")), *((unit.code, str(unit.label)) for unit in quantities.UNITS.values())]


def _often() -> Pairs:
    return [("", _("once")), *((code, str(label)) for code, label in REPEATS.items())]


class CommitmentForm(PlainForm):
    """Who gives what to whom, how much, by when or how often."""

    line = HiddenField()
    giver = ChoiceField(_l("Who gives"), choices=[])
    receiver = ChoiceField(_l("Who gains"), choices=[])
    kind = OneMoreField(_l("Kind"), choices=kinds_or_none)
    text = LineField(_l("What"), length=LINE_LENGTH)
    quantity = AmountField(_l("How much"), only_possible=True)
    unit = ChoiceField(_l("Unit"), choices=_units)
    repeats = ChoiceField(_l("How often"), choices=_often)
    due_on = DayField(_l("By when, if once"))
    repeats_from = DayField(_l("First time, if it repeats"))
    repeats_until = DayField(_l("Last time, if it repeats"))
    condition = LineField(_l("On what condition"), length=CONDITION_LENGTH)
    is_public = BooleanField(_l("Everybody may see this line once the agreement is in force"), default=True)

    def validate_kind(self, field: Any) -> None:
        """A line with words has a kind."""
        if self.text.data and not field.data:
            raise ValidationError(_("Choose a kind"))

    def validate_text(self, field: Any) -> None:
        """A line with a kind has words."""
        if self.kind.data and not field.data:
            raise ValidationError(_("Say what is given"))

    def validate_receiver(self, field: Any) -> None:
        """Two different parties."""
        if self.text.data and self.giver.data == field.data:
            raise ValidationError(_("Nobody gives something to themselves: choose two parties"))

    def validate_unit(self, field: Any) -> None:
        """An amount and its unit stand together."""
        if (self.quantity.data is None) != (not field.data):
            raise ValidationError(_("Enter an amount together with its unit, or neither"))

    def validate_repeats_until(self, field: Any) -> None:
        """What repeats has its days; asked although nothing was typed."""
        if self.repeats.data and (field.data is None or self.repeats_from.data is None):
            raise ValidationError(_("What repeats needs its first and its last day"))
        if self.repeats.data and field.data < self.repeats_from.data:
            raise ValidationError(_("The last day cannot lie before the first"))


class CommitmentsForm(ListForm):
    """What each party gives and gains."""

    commitments = FieldList(
        FormField(CommitmentForm, label=_l("Line")),
        _l("What is given"),
        min_entries=1,
        max_entries=MOST_COMMITMENTS,
    )

    def among(self, parties: Pairs) -> None:
        """Set who can give and gain; also for lines that a button added."""
        for entry in self.commitments.entries:
            entry.form.giver.choices = parties
            entry.form.receiver.choices = parties

    def rows(self) -> list[dict[str, Any]]:
        """The lines that have words, as the actions take them."""
        return [
            {
                "id": key_of(row["line"]),
                "giver_id": int(row["giver"]),
                "receiver_id": int(row["receiver"]),
                "kind": row["kind"] or "",
                "text": row["text"],
                "quantity": row["quantity"],
                "unit": row["unit"] or "",
                "due_on": None if row["repeats"] else row["due_on"],
                "repeats": row["repeats"] or "",
                "repeats_from": row["repeats_from"] if row["repeats"] else None,
                "repeats_until": row["repeats_until"] if row["repeats"] else None,
                "condition": row["condition"] or "",
                "is_public": row["is_public"],
            }
            for row in self.commitments.data
            if row["text"]
        ]

    def values(self) -> dict[str, Any]:
        """The lines."""
        return {"commitments": self.rows()}


class DatesForm(ListForm):
    """From when until when, and how it is ended before."""

    starts_on = DayField(
        _l("Starts on"), optional, description=_l("Empty: on the day of the last signature.")
    )
    ends_on = DayField(_l("Last day"), optional, description=_l("Empty: it runs until a party gives notice."))
    notice_days = NumberField(
        _l("Days of notice"),
        needed(_l("Enter a number of days")),
        most=MOST_NOTICE,
        description=_l("How long before a party says that it wants to end it."),
    )

    def validate_ends_on(self, field: Any) -> None:
        """Not before the start."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_("The end cannot lie before the start"))


class ReviseForm(TextForm, CommitmentsForm, DatesForm):
    """The whole agreement, for a new version."""

    title = LineField(_l("Title"), needed(_l("Enter a title")), length=TITLE_LENGTH)
    institution_id = ChoiceField(_l("You act for"), choices=[])
    note = TextField(
        _l("What you change, and why"),
        needed(_l("Say in a sentence what you change and why")),
        length=NOTE_LENGTH,
        description=_l("All parties read it beside the marked words."),
    )

    def values(self) -> dict[str, Any]:
        """Everything by its name."""
        return {
            **TextForm.values(self),
            **CommitmentsForm.values(self),
            "title": self.title.data,
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "notice_days": self.notice_days.data,
            "note": self.note.data,
        }


class PartyForm(Form):
    """Who signs for a party."""

    signatory = ChoiceField(_l("Who signs"), optional, choices=[])


class SendForm(Form):
    """Sending it to the parties."""

    version = HiddenField()
    note = TextField(
        _l("A word to the other parties"),
        optional,
        length=NOTE_LENGTH,
        description=_l("It stands in the mail."),
    )


PART_FORMS: dict[str, type[ListForm]] = {
    "about": AboutForm,
    "text": TextForm,
    "commitments": CommitmentsForm,
    "dates": DatesForm,
}


def shown_texts(texts: Mapping[str, str]) -> list[dict[str, str]]:
    """The texts as a form shows them."""
    return [{"language": language, "text": text} for language, text in texts.items()]


def shown_lines(lines: Iterable[Any]) -> list[dict[str, Any]]:
    """The commitments as a form shows them."""
    return [
        {
            "line": str(row.id),
            "giver": str(row.giver_id),
            "receiver": str(row.receiver_id),
            "kind": row.kind,
            "text": row.text,
            "quantity": row.quantity,
            "unit": row.unit,
            "repeats": row.repeats,
            "due_on": row.due_on,
            "repeats_from": row.repeats_from,
            "repeats_until": row.repeats_until,
            "condition": row.condition,
            "is_public": row.is_public,
        }
        for row in lines
    ]
