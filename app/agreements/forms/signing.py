"""Signing, naming a gift, giving notice, beginning an amendment."""

from wtforms import BooleanField, HiddenField

from app.agreements.models import NOTE_LENGTH
from app.core.i18n import _l
from app.web.fields import ChoiceField, DayField, Form, LineField, TextField, needed


class SignForm(Form):
    """The text that was shown, in what capacity somebody signs it, and the tick."""

    party = HiddenField()
    number = HiddenField()
    sha256 = HiddenField()
    capacity = LineField(
        _l("In what capacity you sign"),
        needed(_l("Say in what capacity you sign, as “Vice-rector for research”")),
        length=160,
        description=_l("Your office or position, as it shall stand below the text."),
    )
    accepted = BooleanField(_l("I have read this version, may sign for this institution, and accept it"))


class GiftForm(Form):
    """That a party only gives, or only gains, on purpose."""

    party = HiddenField()
    accepted = BooleanField(_l("We mean this as a gift"))
    reason = TextField(
        _l("Why"),
        needed(_l("Say why, in a sentence that all parties read")),
        length=500,
        description=_l("It is shown with the agreement and printed below its text."),
    )


class NoticeForm(Form):
    """Why a party ends the agreement."""

    version = HiddenField()
    party = HiddenField()
    reason = TextField(_l("Why"), needed(_l("Say why, for the other parties")), length=NOTE_LENGTH)


class AmendForm(Form):
    """From when on something shall change, and who drafts it."""

    party = ChoiceField(_l("Your institution"), needed(_l("Choose a party that you represent")), choices=list)
    starts_on = DayField(
        _l("From which day on"),
        needed(_l("Say from which day on it changes")),
        description=_l("What falls due before this day stays as it is."),
    )
