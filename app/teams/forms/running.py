"""Starting a team and keeping its page."""

from typing import Any

from wtforms import HiddenField

from app.core.i18n import _l
from app.teams.forms.choices import INSTITUTION_TYPES, VISIBILITY, RecordField
from app.teams.models import CREDIT_RULES, DECISION_RULES, MOST_SEATS, Team
from app.web.choices import countries, languages
from app.web.fields import (
    ChoiceField,
    DayField,
    Form,
    LineField,
    NumberField,
    TextField,
    choices_of,
    needed,
    optional,
    with_empty,
)


class TeamForm(Form):
    """The facts of a team."""

    version = HiddenField()
    name = LineField(_l("Name of the team"), needed(_l("Give the team a name")), length=80)
    purpose = TextField(
        _l("Purpose"),
        needed(_l("Say in a sentence or two what the team wants to reach")),
        length=500,
        description=_l("What will be there when you are done, in plain words."),
    )
    language = ChoiceField(_l("Language of these texts"), needed(_l("Choose a language")), choices=languages)
    seats = NumberField(
        _l("Seats"),
        needed(_l("Say how many people the team may hold")),
        least=2,
        most=MOST_SEATS,
        default=8,
        description=_l("The most people the team may hold, you among them."),
    )
    language_1 = ChoiceField(
        _l("Working language"), needed(_l("Choose a language in which the team works")), choices=languages
    )
    language_2 = ChoiceField(
        _l("Second working language"), optional, choices=with_empty(languages, _l("None"))
    )
    language_3 = ChoiceField(
        _l("Third working language"), optional, choices=with_empty(languages, _l("None"))
    )
    meeting_hours = LineField(
        _l("When the team meets"),
        optional,
        length=200,
        description=_l("The meeting planner can find this later."),
    )
    visibility = ChoiceField(
        _l("Who sees the team"),
        needed(_l("Choose who sees the team")),
        choices=choices_of(VISIBILITY),
        default="public",
    )

    @staticmethod
    def filled(team: Team) -> dict[str, Any]:
        """What the fields hold for a team."""
        spoken = [*team.working_languages, "", "", ""]
        names = ("name", "purpose", "language", "seats", "meeting_hours", "visibility")
        return {
            **{name: getattr(team, name) for name in names},
            **{f"language_{place}": spoken[place - 1] for place in (1, 2, 3)},
            "version": str(team.version),
        }

    def facts(self) -> dict[str, Any]:
        """The values as the actions take them."""
        spoken = (self.language_1.data, self.language_2.data, self.language_3.data)
        return {
            "name": self.name.data,
            "purpose": self.purpose.data,
            "language": self.language.data,
            "seats": self.seats.data,
            "working_languages": list(dict.fromkeys(code for code in spoken if code)),
            "meeting_hours": self.meeting_hours.data or "",
            "visibility": self.visibility.data,
        }


class NewTeamForm(TeamForm):
    """The facts of a new team, and through which institution its lead comes in."""

    institution_id = RecordField(_l("Your institution in this team"), needed(_l("Choose your institution")))


class RulesForm(Form):
    """How the team decides, and how credit and benefit are shared."""

    version = HiddenField()
    decision_rule = ChoiceField(
        _l("How the team decides"),
        needed(_l("Choose how the team decides")),
        choices=choices_of(DECISION_RULES),
    )
    credit_rule = ChoiceField(
        _l("How credit is shared"),
        needed(_l("Choose how credit is shared")),
        choices=choices_of(CREDIT_RULES),
    )
    benefit_rule = TextField(
        _l("How benefit is shared"),
        needed(_l("Say who may use what comes of the work, and who gains from it")),
        length=500,
        description=_l("Who may use what comes of the work, and who gains if it is sold."),
    )


class DeputyForm(Form):
    """Who stands in for the lead."""

    person_id = RecordField(_l("Deputy"))


class RoleForm(Form):
    """A seat with a skill."""

    skill = LineField(_l("Skill"), needed(_l("Name the skill")), length=120)
    hours_month = NumberField(_l("Hours a month"), optional, least=1, most=200)
    country = ChoiceField(_l("Country wished"), optional, choices=with_empty(countries, _l("Any country")))
    institution_type = ChoiceField(
        _l("Kind of institution wished"),
        optional,
        choices=with_empty(choices_of(INSTITUTION_TYPES), _l("Any kind")),
    )
    until = DayField(_l("Wanted until"), optional)


class TextForm(Form):
    """A new version of the team text."""

    seen = HiddenField()
    text = TextField(
        _l("Team text"),
        needed(_l("Write what you agree on")),
        length=20_000,
        description=_l("How you work together. Whoever joins accepts it. Markdown is understood."),
    )


class UpdateForm(Form):
    """A post on how things stand."""

    text = TextField(_l("How things stand"), needed(_l("Write your update")), length=4000)
    language = ChoiceField(_l("Language"), needed(_l("Choose a language")), choices=languages)


class PartForm(Form):
    """One's part in the team; the degrees are read beside it, one for each role."""

    part = LineField(_l("Your part in the team"), optional, length=120)


class MeetingForm(Form):
    """The hour that is kept."""

    slot = ChoiceField(_l("Hour"), needed(_l("Choose an hour, or taking turns")), choices=[])
