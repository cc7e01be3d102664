"""The forms of a negotiation: handing the ball, declining, saying something about a line."""

from wtforms import HiddenField

from app.agreements.models import DECLINE_CODES, NOTE_LENGTH
from app.core.i18n import _l
from app.web.fields import ChoiceField, DayField, Form, TextField, choices_of, needed, optional, with_empty


class HandForm(Form):
    """With whom it waits next, and until when."""

    version = HiddenField()
    institution_id = ChoiceField(_l("To which party"), needed(_l("Choose a party")), choices=[])
    due_on = DayField(_l("An answer by"), optional, description=_l("Empty: within ten of its working days."))
    note = TextField(_l("A word to them"), optional, length=500)


class DeclineForm(Form):
    """Why a party ends the negotiation."""

    version = HiddenField()
    institution_id = ChoiceField(_l("You act for"), choices=[])
    code = ChoiceField(
        _l("Reason"), needed(_l("Choose a reason")), choices=with_empty(choices_of(DECLINE_CODES))
    )
    note = TextField(_l("A word to the other parties"), optional, length=NOTE_LENGTH)


class CommentForm(Form):
    """Something about a line."""

    institution_id = ChoiceField(_l("You act for"), choices=[])
    text = TextField(_l("What you want to say"), needed(_l("Write what you want to say")), length=2000)
