"""What is typed about consortia."""

from typing import Any

from wtforms import BooleanField, HiddenField

from app.core import vocab
from app.core.i18n import LOCALES, _l, get_locale
from app.web.choices import goals
from app.web.fields import (
    ChoiceField,
    ChoicesField,
    Form,
    LineField,
    NumberField,
    TextField,
    needed,
    optional,
)

VISIBILITY = {
    "public": _l("Everybody"),
    "signed_in": _l("People who are signed in"),
    "consortium": _l("Members of the consortium"),
}


def _fields() -> list[tuple[str, str]]:
    return [
        (field.code, field.label) for domain in vocab.field_tree(get_locale()) for field in domain.children
    ]


class TextsForm(Form):
    """Names and purposes in both languages, goals and fields."""

    name_en = LineField(_l("Name in English"), length=120)
    name_ar = LineField(_l("Name in Arabic"), length=120)
    purpose_en = TextField(
        _l("Purpose in English"),
        length=2000,
        description=_l("What its members want to reach together, in plain words."),
    )
    purpose_ar = TextField(_l("Purpose in Arabic"), length=2000)
    sdgs = ChoicesField(_l("Sustainable Development Goals"), choices=goals, most=17)
    fields = ChoicesField(_l("Fields of research"), choices=_fields)

    def texts(self) -> dict[str, Any]:
        """The values as the actions take them."""
        return {
            "names": {code: self[f"name_{code}"].data for code in LOCALES},
            "purposes": {code: self[f"purpose_{code}"].data for code in LOCALES},
            "sdgs": self.sdgs.data,
            "fields": self["fields"].data,
        }


class CreateForm(TextsForm):
    """A new consortium and its first lead."""

    name_en = LineField(_l("Name in English"), needed(_l("Enter a name")), length=120)
    first_lead = ChoiceField(
        _l("First lead"), needed(_l("Choose who leads it")), choices=[("", "")],
        description=_l("Search for the person first. You cannot name yourself."),
    )  # fmt: skip


class SettingsForm(TextsForm):
    """Texts and rules of a consortium."""

    min_institutions = NumberField(
        _l("Fewest institutions in a team"), needed(_l("Enter a number")), least=1, most=50
    )
    min_countries = NumberField(
        _l("Fewest countries in a team"), needed(_l("Enter a number")), least=1, most=50
    )
    decision_days = NumberField(
        _l("Working days for a decision"), needed(_l("Enter a number")), least=1, most=90,
        description=_l("Leads are reminded at half time; the asker is told when it is over."),
    )  # fmt: skip
    projects_need_agreement = BooleanField(_l("A project needs an agreement in force before work starts"))
    groundwork_asked = BooleanField(
        _l("A team settles fourteen questions before its project starts"),
        description=_l(
            "Each member answers alone; then all see all answers, and the team writes one line for each question."
        ),
    )
    default_visibility = ChoiceField(
        _l("Who sees new problems and teams, unless said otherwise"),
        choices=lambda: [(code, str(label)) for code, label in VISIBILITY.items()],
    )
    version = HiddenField()


class TermsForm(Form):
    """A new version of the shared terms."""

    terms_en = TextField(_l("Terms in English"))
    terms_ar = TextField(_l("Terms in Arabic"))


class AskForm(Form):
    """A representative asks for an institution."""

    institution = ChoiceField(_l("For which institution"), needed(_l("Choose an institution")), choices=[])
    message = TextField(
        _l("A word to the leads"),
        optional,
        length=1000,
        description=_l("What your institution would bring, and what it hopes to gain."),
    )
    accept_terms = BooleanField(_l("We have read the shared terms and work under them"))


class InviteForm(Form):
    """A lead invites an institution."""

    institution = ChoiceField(_l("Institution"), needed(_l("Choose an institution")), choices=[])
    message = TextField(_l("A word to its representatives"), optional, length=1000)


class FindForm(Form):
    """Look for a person or an institution by name."""

    words = LineField(_l("Name"), length=120)


class LeadForm(Form):
    """Name a further lead."""

    person = ChoiceField(_l("Person"), needed(_l("Choose a person")), choices=[])


class DecisionForm(Form):
    """Yes or no to an admission."""

    note = TextField(
        _l("A word to them"), length=1000, description=_l("Needed if you decline. They will read it.")
    )
    version = HiddenField()


class LeaveForm(Form):
    """Take an institution out."""

    note = TextField(_l("Why you leave"), optional, length=1000)
