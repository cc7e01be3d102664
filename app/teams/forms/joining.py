"""Asking, inviting, answering, writing lines, deciding, going."""

from typing import Any

from wtforms import BooleanField, HiddenField

from app.core.i18n import _l
from app.teams.forms.choices import RecordField
from app.teams.models import DECLINE_CODES, REJECTION_CODES
from app.web.choices import kinds, kinds_or_none
from app.web.fields import (
    ChoiceField,
    EmailField,
    Form,
    LineField,
    TextField,
    choices_of,
    needed,
    optional,
    with_empty,
)


class JoinForm(Form):
    """A request to join. Two lines on each side; more can be written once inside."""

    institution_id = RecordField(_l("Your institution in this team"), needed(_l("Choose your institution")))
    role_id = RecordField(_l("Which open role"), optional)
    message = TextField(
        _l("Why you, in a few words"),
        needed(_l("Write a few words to the lead of the team")),
        length=2000,
        description=_l("What you have done that bears on this, and how much time you can give."),
    )
    brings_kind_1 = ChoiceField(_l("Kind"), optional, choices=kinds_or_none)
    brings_text_1 = LineField(_l("What I bring"), optional, length=300)
    brings_kind_2 = ChoiceField(_l("Kind"), optional, choices=kinds_or_none)
    brings_text_2 = LineField(_l("What I bring, another line"), optional, length=300)
    gains_kind_1 = ChoiceField(_l("Kind"), optional, choices=kinds_or_none)
    gains_text_1 = LineField(_l("What I hope to gain"), optional, length=300)
    gains_kind_2 = ChoiceField(_l("Kind"), optional, choices=kinds_or_none)
    gains_text_2 = LineField(_l("What I hope to gain, another line"), optional, length=300)
    accepts_text = BooleanField(_l("I have read the team text and accept it"))

    def lines(self, side: str) -> list[dict[str, Any]]:
        """The lines of a side that were filled."""
        return [
            {"kind": self[f"{side}_kind_{place}"].data or "", "text": self[f"{side}_text_{place}"].data}
            for place in (1, 2)
            if self[f"{side}_text_{place}"].data
        ]


class AnswerForm(Form):
    """Accept or decline a request: a reason and words for the no."""

    version = HiddenField()
    reason = ChoiceField(
        _l("Reason, if you decline"),
        choices=with_empty(choices_of(DECLINE_CODES)),
    )
    note = TextField(_l("A word to the person"), length=1000)


class InvitationForm(Form):
    """The invited person's answer."""

    version = HiddenField()
    institution_id = RecordField(_l("Your institution in this team"), optional)
    accepts_text = BooleanField(_l("I have read the team text and accept it"))
    note = TextField(_l("A word to the team"), optional, length=1000)


class InvitePersonForm(Form):
    """Invite somebody who is here."""

    person_id = HiddenField()
    part = LineField(_l("Their part in the team"), optional, length=120)
    message = TextField(_l("A word with the invitation"), optional, length=1000)


class InviteMailForm(Form):
    """Invite an address."""

    email = EmailField(
        _l("E-mail address"),
        needed(_l("Enter an e-mail address")),
        description=_l("Whoever has this address gets a link, with an account or without."),
    )
    part = LineField(_l("Their part in the team"), optional, length=120)
    message = TextField(_l("A word with the invitation"), optional, length=1000)


class ConfirmForm(Form):
    """The institution's word on a participation."""

    version = HiddenField()
    note = TextField(
        _l("A word to the person and the team"), length=1000, description=_l("Needed if you decline.")
    )


class LineForm(Form):
    """A line of one's institution; which fields count depends on the side."""

    kind = ChoiceField(_l("Kind"), needed(_l("Choose a kind")), choices=kinds)
    text = LineField(
        _l("What it is"), needed(_l("Say what it is, with a number where there is one")), length=300
    )
    for_institution_id = RecordField(_l("For whom"), optional)
    from_line_id = RecordField(_l("It comes from"), optional)
    from_outcome = LineField(
        _l("Or from what we expect to come of it"),
        optional,
        length=300,
        description=_l("A result of the joint work, when nobody brings it yet."),
    )


class DecideForm(Form):
    """The consortium's decision about a team."""

    version = HiddenField()
    reason = ChoiceField(
        _l("Reason, if you do not approve"),
        choices=with_empty(choices_of(REJECTION_CODES)),
    )
    note = TextField(
        _l("A word to the team"),
        length=2000,
        description=_l("Needed if you return it: say what you wish to see changed."),
    )


class NoteForm(Form):
    """A reason, for what is done about a team or a member."""

    version = HiddenField()
    note = TextField(_l("Reason"), needed(_l("Say why")), length=1000)


class LeaveForm(Form):
    """What is handed over to whom."""

    note = TextField(
        _l("What you hand over, and to whom"),
        optional,
        length=2000,
        description=_l("Files, open tasks, contacts. The others in the team read it."),
    )


class HandOverForm(Form):
    """To whom the lead goes."""

    to_person_id = RecordField(_l("New lead"), needed(_l("Choose a member of the team")))
    note = TextField(_l("A word with the offer"), optional, length=1000)
