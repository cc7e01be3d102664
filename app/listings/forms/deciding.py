"""The forms with which a listing is decided, renewed, retired."""

from wtforms import HiddenField

from app.core.files import PICTURES
from app.core.i18n import _l
from app.listings.models.terms import ALT_LENGTH
from app.web.fields import DayField, Form, LineField, TextField, UploadField, needed, optional

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


class PhotoForm(Form):
    """A photo of what is offered or looked for."""

    file = UploadField(_l("Photo"), needed(_l("Choose a photo")), allowed=PICTURES, megabytes=10)
    alt = LineField(
        _l("What it shows"),
        needed(_l("Say what the photo shows, for those who do not see it")),
        length=ALT_LENGTH,
        description=_l("One sentence, read aloud to people who do not see the photo."),
    )
