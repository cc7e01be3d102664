"""The forms of a line's course."""

from wtforms import BooleanField, HiddenField

from app.core.i18n import _l
from app.ledger.models import RATINGS, STATE_AFTER
from app.web.fields import ChoiceField, Form, TextField, choices_of, needed, optional
from app.web.listed import AmountField

NOTE_LENGTH = 1000


class StepForm(Form):
    """A step that needs no more than a word."""

    version = HiddenField()
    note = TextField(_l("A word to the other side"), optional, length=NOTE_LENGTH)


class DeliverForm(StepForm):
    """It was delivered."""

    quantity = AmountField(
        _l("How much was delivered"),
        optional,
        only_possible=True,
        description=_l("As promised, unless it was more or less. The other side confirms this number."),
    )


class RateForm(Form):
    """What it was worth."""

    version = HiddenField()
    rating = ChoiceField(
        _l("What was it worth to you?"),
        needed(_l("Choose one of the five answers")),
        choices=choices_of({str(number): label for number, label in RATINGS.items()}),
    )
    note = TextField(_l("In a sentence: why"), needed(_l("Say in a sentence why")), length=NOTE_LENGTH)


class ReasonForm(Form):
    """A step that needs a reason."""

    version = HiddenField()
    note = TextField(_l("Why"), needed(_l("Say why; the other side reads it")), length=NOTE_LENGTH)


class SettleForm(Form):
    """A mediator's word."""

    version = HiddenField()
    outcome = ChoiceField(
        _l("How do things stand?"),
        needed(_l("Choose how things stand")),
        choices=choices_of(STATE_AFTER),
    )
    quantity = AmountField(
        _l("How much was delivered"),
        optional,
        only_possible=True,
        description=_l("Only where it was delivered or received. Left empty, it is as the giver said."),
    )
    note = TextField(
        _l("How you came to this"),
        needed(_l("Say how you came to this; both sides read it")),
        length=NOTE_LENGTH,
    )


class ReverseForm(ReasonForm):
    """A receipt was a mistake."""

    again = BooleanField(_l("It is still owed: keep a new line for it"), default=True)
