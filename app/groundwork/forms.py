"""What is typed in groundwork: an answer, a line, a reason."""

from wtforms import HiddenField

from app.core.i18n import _l
from app.groundwork.models import ANSWER_LENGTH, LINE_LENGTH
from app.web.choices import languages_to_write
from app.web.fields import ChoiceField, Form, TextField, needed


class AnswerForm(Form):
    """One's own answer to a question."""

    text = TextField(
        _l("Your answer"),
        needed(_l("Write your answer. If it does not matter to you, say so.")),
        length=ANSWER_LENGTH,
    )
    language = ChoiceField(
        _l("Language of your answer"), needed(_l("Choose a language")), choices=languages_to_write
    )


class LineForm(Form):
    """What the team agrees on for a question; `seen` is the version that was read."""

    text = TextField(
        _l("The line of the team"),
        needed(_l("Write what the team agrees on")),
        length=LINE_LENGTH,
        description=_l(
            "One line in plain words is best. Every member can write it, and all accept it in the end."
        ),
    )
    language = ChoiceField(_l("Language"), needed(_l("Choose a language")), choices=languages_to_write)
    seen = HiddenField()


class ReopenForm(Form):
    """Why the lines are written again."""

    note = TextField(
        _l("What has to be written differently"),
        needed(_l("Say what has to be written differently, for the others in the team")),
        length=1000,
    )
