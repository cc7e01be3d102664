"""The forms of a project's course: milestones, updates, its states, the lead, what partners and leads say at the end."""

from urllib.parse import urlsplit

from wtforms import HiddenField
from wtforms.validators import ValidationError

from app.core.i18n import _l, gettext
from app.web.choices import languages
from app.web.fields import ChoiceField, DayField, Form, LineField, TextField, needed, optional

NOTE_LENGTH = 2000
TEXT_LENGTH = 5000


class MilestoneForm(Form):
    """A step of the plan."""

    version = HiddenField()
    title = LineField(
        _l("What will be reached"),
        needed(_l("Enter what will be reached")),
        length=120,
        description=_l("Something that can be shown: a prototype, a data set, a course held."),
    )
    text = TextField(_l("More about it"), optional, length=NOTE_LENGTH)
    due_on = DayField(_l("By when"), needed(_l("Enter the day by which it is reached")))
    institution_id = ChoiceField(_l("Who does it"), optional, choices=list)
    reason = TextField(
        _l("Why the day is moved"),
        optional,
        length=500,
        description=_l(
            "Needed when the day changes. Everybody who sees the plan reads it; the first day stays beside it."
        ),
    )

    def chosen_institution(self) -> int | None:
        """The institution's id, if one is chosen."""
        return int(self.institution_id.data) if self.institution_id.data else None


class ReportForm(Form):
    """A step is reached."""

    version = HiddenField()
    evidence = TextField(
        _l("What was reached, and how that can be seen"),
        needed(_l("Say what was reached and how that can be seen")),
        length=TEXT_LENGTH,
    )
    evidence_url = LineField(_l("Address of the evidence"), optional, length=300)

    def validate_evidence_url(self, field: LineField) -> None:
        """Only addresses of the web."""
        if field.data:
            parts = urlsplit(field.data)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise ValidationError(gettext("Enter an address that starts with https://"))


class JudgeForm(Form):
    """Is it reached?"""

    version = HiddenField()
    note = TextField(
        _l("A word to those who reported it"),
        optional,
        length=NOTE_LENGTH,
        description=_l("Needed when it is not reached yet: say what is missing."),
    )


class ReasonForm(Form):
    """A reason, for moves that need nothing else."""

    version = HiddenField()
    note = TextField(_l("Why"), needed(_l("Say why, for partners and readers")), length=500)


class UpdateForm(Form):
    """A post."""

    title = LineField(_l("Heading"), optional, length=120)
    text = TextField(
        _l("Update"),
        needed(_l("Write something first")),
        length=TEXT_LENGTH,
        description=_l(
            "How things stand, in plain words. **Bold**, lists and links can be written in Markdown."
        ),
    )
    language = ChoiceField(_l("Language of this update"), needed(_l("Choose a language")), choices=languages)


class ClosingForm(Form):
    """The report with which closing begins."""

    version = HiddenField()
    report = TextField(
        _l("Closing report"),
        needed(_l("Write what came of the project, also what did not work")),
        description=_l("What came of it, what did not work, and what others should know who go on with it."),
    )


class HearingForm(Form):
    """A partner's word."""

    text = TextField(
        _l("Your institution’s word"),
        optional,
        length=TEXT_LENGTH,
        description=_l("Everybody who takes part reads it. Say what is open, if you do not agree."),
    )


class FollowUpForm(Form):
    """What became of it."""

    in_use = TextField(
        _l("What is in use now, and by whom"),
        needed(_l("Say what is in use now; “nothing” is an answer too")),
        length=TEXT_LENGTH,
    )
    continues = TextField(_l("What goes on, and who does it"), optional, length=TEXT_LENGTH)
    effects = TextField(_l("What changed for those affected"), optional, length=TEXT_LENGTH)


class HandOverForm(Form):
    """To whom the lead is offered."""

    to_person_id = ChoiceField(_l("New lead"), needed(_l("Choose a member of the project")), choices=list)
    note = TextField(_l("A word to them"), optional, length=NOTE_LENGTH)
