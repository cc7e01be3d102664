"""The forms with which a problem is decided, endorsed, renewed, closed, withdrawn."""

from typing import Any

from wtforms import FieldList, FormField, HiddenField
from wtforms import Form as PlainForm
from wtforms.validators import ValidationError

from app.core.i18n import _l
from app.core.text import key_of
from app.problems.models import PARTS, REJECTION_CODES
from app.web.fields import (
    ChoiceField,
    DayField,
    Form,
    LineField,
    TextField,
    choices_of,
    needed,
    optional,
    with_empty,
)

NOTE_LENGTH = 2000
WISH_LENGTH = 1000


class PublishForm(Form):
    """Publish it."""

    version = HiddenField()
    note = TextField(_l("A word to the author"), optional, length=NOTE_LENGTH)


class WishForm(PlainForm):
    """One wish."""

    part = ChoiceField(_l("Part"), choices=with_empty(choices_of(PARTS), _l("The whole text")))
    text = TextField(_l("What should change"), length=WISH_LENGTH)


class ReturnForm(Form):
    """Return it with wishes."""

    version = HiddenField()
    wishes = FieldList(FormField(WishForm, label=_l("Wish")), _l("Wishes"), min_entries=1, max_entries=10)
    note = TextField(_l("A word to the author"), optional, length=NOTE_LENGTH)

    def kept(self) -> list[tuple[str, str]]:
        """The wishes that have words: (part, text)."""
        return [(row["part"] or "", row["text"]) for row in self.wishes.data if row["text"]]


class RejectForm(Form):
    """Do not accept it."""

    version = HiddenField()
    code = ChoiceField(
        _l("Reason"), needed(_l("Choose a reason")), choices=with_empty(choices_of(REJECTION_CODES))
    )
    note = TextField(
        _l("In your own words"),
        needed(_l("Say in your own words why, so that the author understands")),
        length=NOTE_LENGTH,
        description=_l("The author reads this. Say what would have to be different."),
    )


class MergeForm(Form):
    """Merge it into another problem."""

    version = HiddenField()
    survivor = LineField(
        _l("Number of the problem that stays"),
        needed(_l("Enter the number of the problem that stays, such as P-0042")),
        length=12,
    )
    note = TextField(_l("A word to the author"), optional, length=NOTE_LENGTH)

    def survivor_id(self) -> int | None:
        """The id behind a number such as P-0042; None when it is none."""
        digits = (self.survivor.data or "").upper().removeprefix("P").lstrip("-–‑ ")
        return key_of(digits)

    def validate_survivor(self, _field: Any) -> None:
        """It has to be a number."""
        if self.survivor_id() is None:
            raise ValidationError(str(_l("Enter a number, such as P-0042")))


class CommentForm(Form):
    """Say something in the review."""

    text = TextField(_l("Your answer"), needed(_l("Write something first")), length=NOTE_LENGTH)


class EndorseForm(Form):
    """An institution has this problem too."""

    institution = ChoiceField(
        _l("Institution"), needed(_l("Choose one of the institutions that you represent")), choices=[]
    )
    note = LineField(
        _l("How it shows at your institution"),
        optional,
        length=300,
        description=_l("One sentence that everybody who sees the problem can read."),
    )


class RenewForm(Form):
    """A new last day."""

    version = HiddenField()
    closes_on = DayField(
        _l("Open until"),
        optional,
        description=_l(
            "The last day on which teams may start. Leave it empty to keep it open until it is answered."
        ),
    )
    note = TextField(_l("Why"), optional, length=NOTE_LENGTH)


class WithdrawForm(Form):
    """Take it away."""

    version = HiddenField()
    note = TextField(
        _l("Why"), optional, length=NOTE_LENGTH, description=_l("Those who follow it read this.")
    )


class CloseForm(Form):
    """Take no more teams."""

    version = HiddenField()
    note = TextField(
        _l("Why"),
        needed(_l("Say why, so that those who follow it understand")),
        length=NOTE_LENGTH,
        description=_l("Those who follow it read this."),
    )


class ReopenForm(Form):
    """Open it again."""

    version = HiddenField()
    note = TextField(_l("Why"), optional, length=NOTE_LENGTH)
