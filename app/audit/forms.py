"""What an administrator says before reading everything."""

from app.core.i18n import _l
from app.web.fields import Form, TextField, needed


class PurposeForm(Form):
    """Why everything is read."""

    purpose = TextField(
        _l("What do you read it for?"),
        needed(_l("Say in a few words what you read the audit for")),
        length=1000,
        description=_l("It stays in the audit, with your name. For one hour you see every entry."),
    )
