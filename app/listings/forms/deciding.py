"""The forms with which a listing is decided, renewed, retired."""

from wtforms import HiddenField

from app.core.i18n import _l
from app.web.fields import DayField, Form, TextField, needed, optional

NOTE_LENGTH = 2000


class PublishForm(Form):
    """Publish it."""

    version = HiddenField()
    note = TextField(_l("A word to its institution"), optional, length=NOTE_LENGTH)


class ReturnForm(Form):
    """Return it with wishes."""

    version = HiddenField()
    note = TextField(
        _l("What should change"),
        needed(_l("Say what should change")),
        length=NOTE_LENGTH,
        description=_l("The institution’s representatives read this."),
    )


class RenewForm(Form):
    """A new last day."""

    version = HiddenField()
    valid_until = DayField(
        _l("Valid until"),
        optional,
        description=_l("Leave it empty for a year from today."),
    )


class RetireForm(Form):
    """Take it away."""

    version = HiddenField()
    note = TextField(
        _l("Why"), optional, length=NOTE_LENGTH, description=_l("It stands in your institution’s history.")
    )
