"""Forms of exchanges: the rhythm, its answer, a leg, its acknowledgement, the end."""

from typing import Any

from wtforms import BooleanField, HiddenField

from app.core.i18n import _, _l, ngettext
from app.exchange.models import DECLINE_CODES, LEG_TEXTS, LONGEST_TEXT, RHYTHMS
from app.web.choices import languages
from app.web.fields import ChoiceField, DayField, Form, LineField, TextField, needed, optional

NOTE_LENGTH = 1000
IN_A_LANGUAGE = _l("Language of what you write")


def every(months: int) -> str:
    """How often, in words."""
    if months == 12:
        return _("every year")
    return ngettext("every month", "every %(num)s months", months)


def _rhythms() -> list[tuple[str, str]]:
    return [(str(months), every(months)) for months in RHYTHMS]


class RhythmForm(Form):
    """How often the taker reports."""

    every_months = ChoiceField(_l("How often"), needed(_l("Choose how often")), choices=_rhythms)
    first_on = DayField(
        _l("First report"),
        needed(_l("Enter the day of the first report")),
        description=_l("On a day of rest it is due on the next working day of who reports."),
    )
    until_on = DayField(_l("No report after"), needed(_l("Enter the day after which no report is due")))
    wishes = TextField(
        _l("What you would like to hear about"),
        optional,
        length=NOTE_LENGTH,
        description=_l("Such as the use in heat or dust, or what users ask for."),
    )
    language = ChoiceField(IN_A_LANGUAGE, needed(_l("Choose a language")), choices=languages)


def _codes() -> list[tuple[str, str]]:
    return [("", _("Choose a reason")), *((code, str(text)) for code, text in DECLINE_CODES.items())]


class AnswerForm(Form):
    """Yes or no to a rhythm."""

    version = HiddenField()
    code = ChoiceField(_l("Reason, if you decline"), optional, choices=_codes)
    note = TextField(_l("A word to the other side"), optional, length=NOTE_LENGTH)


class LegForm(Form):
    """What came of the technology since the last report."""

    version = HiddenField()
    learnt = TextField(
        LEG_TEXTS["learnt"],
        optional,
        length=LONGEST_TEXT,
        description=_l("What you know now that you did not know before, also what did not work."),
    )
    performed = TextField(
        LEG_TEXTS["performed"],
        optional,
        length=LONGEST_TEXT,
        description=_l("With figures, where you have them."),
    )
    next_users = TextField(
        LEG_TEXTS["next_users"],
        optional,
        length=LONGEST_TEXT,
        description=_l("Kinds of users or places; name no person who has not agreed."),
    )
    given_back = TextField(
        LEG_TEXTS["given_back"],
        optional,
        length=LONGEST_TEXT,
        description=_l("An improvement, data, samples, a trained person."),
    )
    conditions = TextField(
        _l("Under which conditions it was used"),
        optional,
        length=LONGEST_TEXT,
        description=_l("Place, climate, users, load: what others need to judge whether it holds for them."),
    )
    language = ChoiceField(_l("Language of this report"), needed(_l("Choose a language")), choices=languages)
    shares = BooleanField(_l("Everybody may read what was learnt, how it performed, and the conditions"))

    def texts(self) -> dict[str, str]:
        """The four texts by name."""
        return {name: self[name].data or "" for name in LEG_TEXTS}


class AcknowledgeForm(Form):
    """The provider's answer to a report."""

    version = HiddenField()
    answer = TextField(
        _l("Your answer"),
        optional,
        length=LONGEST_TEXT,
        description=_l("What you make of it; needed when you ask back."),
    )
    language = ChoiceField(IN_A_LANGUAGE, needed(_l("Choose a language")), choices=languages)
    shares = BooleanField(_l("Everybody may read what was learnt, how it performed, and the conditions"))


class ReporterForm(Form):
    """Who may report beside the representatives."""

    version = HiddenField()
    person_id = ChoiceField(_l("Who may report"), optional, choices=list)

    def offer(self, members: list[tuple[int, str]]) -> Any:
        """The people to choose from."""
        names = [(str(key), name) for key, name in members]
        self.person_id.choices = [("", _("Only our representatives")), *names]
        return self

    def chosen(self) -> int | None:
        """The person's id, if one is chosen."""
        return int(self.person_id.data) if self.person_id.data else None


class StopForm(Form):
    """Why it ends."""

    version = HiddenField()
    note = LineField(_l("Why"), needed(_l("Say why: the other side reads it")), length=500)
