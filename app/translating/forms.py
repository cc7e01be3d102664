"""The forms of translations: begin one, write its fields, check it."""

from collections.abc import Mapping

from wtforms import HiddenField

from app.core import things
from app.core.i18n import _l
from app.translating.models import REJECTION_CODES
from app.web.fields import ChoiceField, Form, LineField, TextField, choices_of, needed, optional, with_empty

NOTE_LENGTH = 2000
LONGEST_LINE = 150  # what may be longer gets several lines


class BeginForm(Form):
    """Which language it is to be in."""

    language = ChoiceField(_l("Into"), needed(_l("Choose a language")), choices=[])


class CheckForm(Form):
    """The answer to a proposal."""

    version = HiddenField()
    note = TextField(
        _l("A word to the translator"),
        optional,
        length=NOTE_LENGTH,
        description=_l("Needed when you return it or do not accept it: say what should be different."),
    )
    reason = ChoiceField(
        _l("Reason, if you do not accept it"), optional, choices=with_empty(choices_of(REJECTION_CODES))
    )


class ReasonForm(Form):
    """Take it down, or open it again, with a reason."""

    version = HiddenField()
    note = TextField(
        _l("Why"),
        needed(_l("Say why, so that the translator understands")),
        length=NOTE_LENGTH,
        description=_l("The translator reads this."),
    )


def texts_form(fields: Mapping[str, things.Field]) -> type[Form]:
    """A form class with a field for each text of the thing, named and labelled as the thing does."""
    made: dict[str, object] = {"version": HiddenField(), "seen": HiddenField()}
    for name, field in fields.items():
        is_long = field.is_markdown or field.most > LONGEST_LINE or "\n" in field.text
        kind = TextField if is_long else LineField
        made[name] = kind(field.label, optional, length=field.most)
    return type("TextsForm", (Form,), made)
