"""The forms with which a project is accepted, returned, rejected, withdrawn, opened again."""

from wtforms import HiddenField

from app.core.i18n import _l
from app.projects.models import REJECTION_CODES
from app.web.fields import ChoiceField, Form, TextField, choices_of, needed, optional, with_empty

NOTE_LENGTH = 2000


class AcceptForm(Form):
    """Take it into the consortium."""

    version = HiddenField()
    note = TextField(_l("A word to the lead"), optional, length=NOTE_LENGTH)


class ReturnForm(Form):
    """Return it with wishes."""

    version = HiddenField()
    note = TextField(_l("What should change"), needed(_l("Say what should change")), length=NOTE_LENGTH)


class RejectForm(Form):
    """Do not accept it."""

    version = HiddenField()
    code = ChoiceField(
        _l("Reason"), needed(_l("Choose a reason")), choices=with_empty(choices_of(REJECTION_CODES))
    )
    note = TextField(
        _l("In your own words"),
        needed(_l("Say in your own words why, so that the lead understands")),
        length=NOTE_LENGTH,
        description=_l("The lead reads this. Say what would have to be different."),
    )


class MoveForm(Form):
    """Withdraw it, or open it again."""

    version = HiddenField()
    note = TextField(_l("Why"), optional, length=NOTE_LENGTH)
