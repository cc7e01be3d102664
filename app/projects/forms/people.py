"""The forms with which partners and members are asked and answer."""

from wtforms import FieldList, FormField, HiddenField

from app.core import vocab
from app.core.i18n import LazyText, _l
from app.projects.models import DECLINE_CODES, MOST_LINES, PARTNER_ROLES
from app.web.fields import (
    ChoiceField,
    ChoicesField,
    DayField,
    Form,
    LineField,
    TextField,
    choices_of,
    needed,
    optional,
    with_empty,
)
from app.web.listed import LineForm, ListForm

NOTE_LENGTH = 2000


def credit_roles() -> list[tuple[str, str]]:
    """The contributor roles of CRediT."""
    return [(code, str(label)) for code, label in vocab.CREDIT_ROLES.items()]


def _lines(label: LazyText) -> FieldList:
    return FieldList(FormField(LineForm, label=label), label, min_entries=1, max_entries=MOST_LINES)


class BothWaysForm(ListForm):
    """What an institution brings and gains."""

    brings = _lines(_l("It brings"))
    gains = _lines(_l("It hopes to gain"))


class AskPartnerForm(BothWaysForm):
    """A question to an institution."""

    institution = HiddenField()
    role = ChoiceField(
        _l("Role"),
        needed(_l("Choose a role")),
        choices=with_empty(
            lambda: [(code, str(label)) for code, label in PARTNER_ROLES.items() if code != "lead"]
        ),
    )
    starts_on = DayField(_l("From"), optional)
    ends_on = DayField(_l("Until"), optional)
    message = TextField(_l("A word with the question"), optional, length=NOTE_LENGTH)


class AnswerPartnerForm(BothWaysForm):
    """The institution's answer; a reason for the no."""

    code = ChoiceField(_l("Reason, if you decline"), optional, choices=with_empty(choices_of(DECLINE_CODES)))
    note = TextField(_l("A word to the lead"), optional, length=NOTE_LENGTH)


class EndForm(Form):
    """The end of a partnership or membership, with a reason."""

    version = HiddenField()
    note = TextField(_l("Why"), optional, length=NOTE_LENGTH)


class InviteForm(Form):
    """Invite somebody who is here."""

    person = HiddenField()
    position = LineField(_l("Their position"), optional, length=120)
    credit_roles = ChoicesField(_l("Their roles (CRediT)"), optional, choices=credit_roles, most=14)
    message = TextField(_l("A word with the invitation"), optional, length=NOTE_LENGTH)


class InvitationForm(Form):
    """The invited person's answer."""

    version = HiddenField()
    institution_id = ChoiceField(_l("Your institution in this project"), optional, choices=[])
    position = LineField(_l("Your position"), optional, length=120)
    credit_roles = ChoicesField(_l("Your roles (CRediT)"), optional, choices=credit_roles, most=14)
    note = TextField(_l("A word to the lead"), optional, length=NOTE_LENGTH)


class MemberForm(Form):
    """Position, roles and dates of a member."""

    version = HiddenField()
    position = LineField(_l("Position"), optional, length=120)
    credit_roles = ChoicesField(_l("Roles (CRediT)"), optional, choices=credit_roles, most=14)
    starts_on = DayField(_l("From"), optional)
    ends_on = DayField(_l("Until"), optional)
