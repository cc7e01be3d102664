"""What is typed about institutions."""

from babel.dates import get_day_names
from wtforms import BooleanField, HiddenField

from app.core import i18n
from app.core.i18n import _l
from app.institutions.models import CLAIM_DECLINE_CODES, DECLINE_CODES, END_CODES, TYPES
from app.web.choices import countries, languages, zones
from app.web.fields import (
    ChoiceField,
    ChoicesField,
    Form,
    LineField,
    NamedField,
    TextField,
    WordsField,
    choices_of,
    needed,
    optional,
    with_empty,
)

TYPE_LABELS = {
    "education": _l("University or school"),
    "healthcare": _l("Hospital or health service"),
    "company": _l("Company"),
    "archive": _l("Archive, library or museum"),
    "nonprofit": _l("Non-profit organisation"),
    "government": _l("Public authority"),
    "facility": _l("Research facility"),
    "funder": _l("Funder"),
    "other": _l("Other"),
}
EVIDENCE_LABELS = {
    "domain": _l("My confirmed address is at one of its domains"),
    "letter": _l("A letter of the institution says so"),
}


def type_choices() -> list[tuple[str, str]]:
    """The types of institution, worded."""
    return [(code, str(TYPE_LABELS[code])) for code in TYPES]


def day_choices() -> list[tuple[str, str]]:
    """The days of the week by ISO number, Monday first."""
    names = get_day_names("wide", locale=i18n.babel_locale(i18n.get_locale()))
    return [(str(day + 1), names[day]) for day in range(7)]


class VersionForm(Form):
    """Carries the version that was seen."""

    version = HiddenField()

    @property
    def seen(self) -> int | None:
        """The version that the decider saw; 0, which never fits, for one that was tampered with."""
        typed = self.version.data or ""
        return int(typed) if typed.isdigit() and len(typed) < 10 else 0


class JoinForm(Form):
    """Asking to belong."""

    position = LineField(
        _l("What you do there"), optional, length=120, description=_l("For example: lecturer, hydrology")
    )
    message = TextField(
        _l("A line to the representatives"), optional, length=1000,
        description=_l("Only they read it. It helps when they do not know you."),
    )  # fmt: skip


class ClaimForm(Form):
    """Asking to represent an institution."""

    position = LineField(_l("Your position there"), needed(_l("Enter your position")), length=120)
    evidence_kind = ChoiceField(
        _l("What shows that you may represent it"), needed(_l("Choose what shows it")),
        choices=choices_of(EVIDENCE_LABELS),
    )  # fmt: skip
    evidence = TextField(
        _l("About the letter"), optional, length=2000,
        description=_l("Who signed it, its date and number, and where it can be read. Leave empty for an address."),
    )  # fmt: skip


class DecideForm(VersionForm):
    """Yes or no to an affiliation."""

    reason = ChoiceField(_l("If no, why"), choices=with_empty(choices_of(DECLINE_CODES)))
    note = TextField(_l("A line to the person"), optional, length=1000)


class EndForm(VersionForm):
    """Ending somebody's affiliation."""

    reason = ChoiceField(
        _l("Why it ends"), needed(_l("Choose a reason")), choices=with_empty(choices_of(END_CODES))
    )
    note = TextField(_l("A line to the person"), optional, length=1000)


class DecideClaimForm(VersionForm):
    """Yes or no to a claim."""

    reason = ChoiceField(_l("If no, why"), choices=with_empty(choices_of(CLAIM_DECLINE_CODES)))
    note = TextField(_l("A line to the person"), optional, length=1000)


class RoleForm(VersionForm):
    """What somebody may do for the institution."""

    is_representative = BooleanField(_l("Represents the institution"))
    is_signatory = BooleanField(_l("May sign for it"))
    is_deputy = BooleanField(_l("Is the deputy, who stands in when others are away"))


class SettingsForm(VersionForm):
    """How the institution works."""

    description_en = TextField(_l("What it does, in English"), optional, length=1500)
    description_ar = TextField(_l("What it does, in Arabic"), optional, length=1500)
    other_language = NamedField(
        _l("A further language"), optional,
        choices=lambda: [choice for choice in languages() if choice[0] not in i18n.LOCALES],
    )  # fmt: skip
    description_other = TextField(_l("What it does, in that language"), optional, length=1500)
    zone = ChoiceField(_l("Time zone"), needed(_l("Choose a time zone")), choices=zones)
    weekend = ChoicesField(
        _l("Days of rest"), choices=day_choices, most=6,
        description=_l("Deadlines that count working days leave these out."),
    )  # fmt: skip
    language_1 = NamedField(_l("Working language"), optional, choices=languages)
    language_2 = NamedField(_l("Second working language"), optional, choices=languages)
    language_3 = NamedField(_l("Third working language"), optional, choices=languages)
    language_4 = NamedField(_l("Fourth working language"), optional, choices=languages)
    confirms_participation = BooleanField(
        _l("Participation in teams needs our confirmation"),
        description=_l("A representative then confirms each person who joins a team for the institution."),
    )

    def working_languages(self) -> list[str]:
        """The chosen languages, in order."""
        chosen = (self.language_1, self.language_2, self.language_3, self.language_4)
        return [field.data for field in chosen if field.data]

    def descriptions(self) -> dict[str, str]:
        """Language code → text, the empty ones left out."""
        texts = {"en": self.description_en.data, "ar": self.description_ar.data}
        if self.other_language.data:
            texts[self.other_language.data] = self.description_other.data
        return {code: text for code, text in texts.items() if text}


class NewForm(Form):
    """An institution that ROR does not have."""

    name = LineField(_l("Its name, in its own language"), needed(_l("Enter its name")), length=300)
    language = ChoiceField(_l("The language of this name"), optional, choices=with_empty(languages))
    other_names = WordsField(
        _l("Other names and short forms"), optional, most=10, length=300,
        description=_l("With commas between them, in any language or script"),
    )  # fmt: skip
    country = ChoiceField(_l("Country"), needed(_l("Choose a country")), choices=with_empty(countries))
    city = LineField(_l("City"), optional, length=120)
    website = LineField(_l("Website"), optional, length=300)
    types = ChoicesField(_l("What it is"), choices=type_choices)
    is_another = BooleanField(_l("It is none of those that are listed already"))


class AdministerForm(VersionForm):
    """Suspending, restoring, closing."""

    note = TextField(_l("The reason"), needed(_l("Say the reason in a sentence")), length=1000)


class VerifyForm(VersionForm):
    """Verifying directly, with a first representative."""

    email = LineField(_l("Address of the first representative"), needed(_l("Enter an address")), length=254)
    note = TextField(
        _l("What shows that this person represents it"), needed(_l("Say what shows it")), length=1000
    )


class DomainsForm(VersionForm):
    """The domains that prove an affiliation."""

    domains = WordsField(
        _l("Domains of its addresses"), most=60, length=253,
        description=_l("With commas between them. Whoever has a confirmed address at one of these belongs to it at once."),
    )  # fmt: skip
