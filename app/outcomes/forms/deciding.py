"""The forms with which an outcome is decided about: confirm, return, object, settle, retract, credit, the problem."""

from wtforms import HiddenField

from app.core.i18n import _l
from app.outcomes.models import RETURN_CODES, SETTLE_CODES
from app.web.fields import ChoiceField, Form, TextField, choices_of, needed, optional, with_empty

NOTE_LENGTH = 2000


class ConfirmForm(Form):
    """It is so."""

    version = HiddenField()
    note = TextField(
        _l("How you know"),
        needed(_l("Say how you know")),
        length=NOTE_LENGTH,
        description=_l("What you looked at, or saw yourself. Everybody who sees the outcome reads it."),
    )


class ReturnForm(Form):
    """It needs changes."""

    version = HiddenField()
    code = ChoiceField(
        _l("Reason"), needed(_l("Choose a reason")), choices=with_empty(choices_of(RETURN_CODES))
    )
    note = TextField(_l("What should change"), optional, length=NOTE_LENGTH)


class ObjectForm(Form):
    """It is not right."""

    version = HiddenField()
    reason = TextField(
        _l("What is not right"),
        needed(_l("Say what is not right")),
        length=NOTE_LENGTH,
        description=_l(
            "Who claimed it, who confirmed it and the lead who settles it read this with your name."
        ),
    )


class SettleForm(Form):
    """What follows from an objection."""

    version = HiddenField()
    code = ChoiceField(
        _l("What follows"), needed(_l("Choose what follows")), choices=choices_of(SETTLE_CODES)
    )
    note = TextField(
        _l("Why"),
        needed(_l("Say why, so that both sides understand")),
        length=NOTE_LENGTH,
        description=_l("Both sides read this. Where it is retracted, it stays to be read by everybody."),
    )


class RetractForm(Form):
    """It is taken back for good."""

    version = HiddenField()
    reason = TextField(
        _l("Why it is retracted"),
        needed(_l("Say why, so that whoever used it understands")),
        length=NOTE_LENGTH,
        description=_l("If it was published, this stays to be read by everybody, with its number and title."),
    )


class NoteForm(Form):
    """A yes or no with a note."""

    note = TextField(_l("A word on it"), optional, length=NOTE_LENGTH)


class NoneForm(Form):
    """Nothing came of it."""

    reason = TextField(
        _l("Why nothing came of it"),
        needed(_l("Say why nothing came of it; that helps those who try next")),
        length=NOTE_LENGTH,
        description=_l(
            "Everybody who sees the project reads this. If something was learnt, a negative result says more."
        ),
    )
