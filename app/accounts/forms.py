"""What is typed about an account."""

from typing import Any
from urllib.parse import urlsplit

from wtforms import HiddenField, PasswordField
from wtforms.validators import ValidationError

from app.accounts.models import LANGUAGE_LEVELS
from app.core import i18n, vocab
from app.core.collation import collation_key
from app.core.files import PICTURES
from app.core.i18n import _, _l
from app.core.text import clean_line, clean_text
from app.web.choices import languages, zones
from app.web.fields import (
    ChoiceField,
    ChoicesField,
    DayField,
    EmailField,
    Form,
    LineField,
    NamedField,
    NumberField,
    TextField,
    UploadField,
    WordsField,
    needed,
    optional,
)
from app.web.guards import safe_next
from app.web.i18n import NATIVE

MOST_LANGUAGES = 5
MOST_LINKS = 5
LONGEST_LINK = 200
LONGEST_BIOGRAPHY = 1000
LEVELS = {
    "basic": _l("basic"),
    "working": _l("good enough to work in"),
    "fluent": _l("fluent"),
    "native": _l("first language"),
}
VISIBILITY = {
    "public": _l("Everybody, also without signing in"),
    "signed_in": _l("People who are signed in"),
    "hidden": _l("Only me. My name still shows on what I do here"),
}


class NextField(HiddenField):
    """The own path to go on to; anything else is dropped."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep only a path of ours."""
        self.data = safe_next(valuelist[0] if valuelist else None) or ""


class SignInForm(Form):
    """Address and password."""

    email = EmailField(_l("E-mail address"), needed(_l("Enter your e-mail address")))
    password = PasswordField(_l("Password"), [needed(_l("Enter your password"))])
    next = NextField()


class SignUpForm(Form):
    """One thing each: how to reach you, what to call you, what only you know."""

    email = EmailField(_l("E-mail address"), needed(_l("Enter your e-mail address")))
    display_name = LineField(_l("Your name"), needed(_l("Enter your name")), length=120)
    password = PasswordField(_l("Password"))
    next = NextField()


class PasswordForm(Form):
    """The password again."""

    password = PasswordField(_l("Password"), [needed(_l("Enter your password"))])
    next = NextField()


class NewPasswordForm(Form):
    """A new password."""

    password = PasswordField(_l("New password"))


class AddressForm(Form):
    """An address alone."""

    email = EmailField(_l("E-mail address"), needed(_l("Enter your e-mail address")))


class NewAddressForm(Form):
    """The address that mail shall go to."""

    email = EmailField(_l("New e-mail address"), needed(_l("Enter the new address")))


class CloseForm(Form):
    """One's own address, typed to be sure."""

    email = EmailField(_l("Your e-mail address"), needed(_l("Enter your e-mail address")))


def _fields() -> list[tuple[str, str]]:
    """The 26 fields of research, in the order of their names."""
    tree = vocab.field_tree(i18n.get_locale())
    found = [(node.code, node.label) for domain in tree for node in domain.children]
    return sorted(found, key=lambda pair: collation_key(pair[1], i18n.get_locale()))


def _other_languages() -> list[tuple[str, str]]:
    return [pair for pair in languages() if pair[0] not in i18n.LOCALES]


class ProfileForm(Form):
    """What a person says of themselves. Subfields that the person already has stay choosable."""

    version = HiddenField()
    display_name = LineField(_l("Name"), needed(_l("Enter your name")), length=120)
    romanised_name = LineField(_l("Name in Latin letters"), optional, length=120)
    sort_name = LineField(_l("Name for alphabetical lists"), optional, length=120)
    biography_en = TextField(_l("About you, in English"), optional, length=LONGEST_BIOGRAPHY)
    biography_ar = TextField(_l("About you, in Arabic"), optional, length=LONGEST_BIOGRAPHY)
    biography_other_language = NamedField(_l("A third language"), optional, choices=_other_languages)
    biography_other = TextField(_l("About you, in that language"), optional, length=LONGEST_BIOGRAPHY)
    fields = ChoicesField(_l("Fields of research"), choices=_fields, most=10)
    skills = WordsField(_l("Skills"), optional)
    links = TextField(_l("Links"), optional, length=MOST_LINKS * LONGEST_LINK)
    hours_month = NumberField(_l("Hours a month that you could give to a team"), optional, most=400)
    available_until = DayField(_l("Until"), optional)
    visibility = ChoiceField(
        _l("Who may see your profile"),
        needed(_l("Choose who may see your profile")),
        choices=lambda: [(code, str(label)) for code, label in VISIBILITY.items()],
    )

    def keep(self, codes: list[str]) -> None:
        """Let codes that are not in the list (subfields) be chosen too."""
        listed = _fields()
        known = {code for code, _label in listed}
        more = [(code, vocab.field_label(code, i18n.get_locale())) for code in codes if code not in known]
        self.fields.choices = listed + more

    def validate_links(self, _field: Any) -> None:
        """Web addresses only, one a line."""
        lines = self.link_list
        if len(lines) > MOST_LINKS:
            raise ValidationError(_("Enter at most %(num)s links", num=MOST_LINKS))
        for line in lines:
            if not _is_link(line):
                raise ValidationError(
                    _("Enter web addresses that start with https://, each on a line of its own")
                )

    def validate_biography_other(self, field: Any) -> None:
        """A text needs its language."""
        if field.data and not self.biography_other_language.data:
            raise ValidationError(_("Choose the language of this text"))

    @property
    def link_list(self) -> list[str]:
        """The typed links, each once."""
        lines = (clean_line(line) for line in clean_text(self.links.data).splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    @property
    def biographies(self) -> dict[str, str]:
        """Language code → text, without the empty ones."""
        texts = {"en": self.biography_en.data, "ar": self.biography_ar.data}
        if self.biography_other_language.data:
            texts[self.biography_other_language.data] = self.biography_other.data
        return {code: text for code, text in texts.items() if text}


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(host)
        and "." in (host or "")
        and parts.username is None
        and " " not in text
        and len(text) <= LONGEST_LINK
    )


def _levels() -> list[tuple[str, str]]:
    return [(code, str(LEVELS[code])) for code in LANGUAGE_LEVELS]


class PictureForm(Form):
    """A picture of oneself."""

    file = UploadField(_l("Picture"), needed(_l("Choose a picture")), allowed=PICTURES, megabytes=10)


class LanguagesForm(Form):
    """The language and zone of pages and mails; what one speaks, and how well."""

    version = HiddenField()
    locale = ChoiceField(
        _l("Language of pages and mails"),
        needed(_l("Choose a language")),
        choices=lambda: [(code, NATIVE[code]) for code in i18n.LOCALES],
    )
    zone = ChoiceField(_l("Time zone"), needed(_l("Choose a time zone")), choices=zones)

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """(language field, level field) of each line."""
        return [(self[f"language_{at}"], self[f"level_{at}"]) for at in range(1, MOST_LANGUAGES + 1)]

    @property
    def spoken(self) -> list[dict[str, str]]:
        """The chosen languages, each once, as they are kept."""
        found = {
            language.data: level.data or "working" for language, level in reversed(self.rows) if language.data
        }
        return [{"code": code, "level": level} for code, level in reversed(found.items())]


for _at in range(1, MOST_LANGUAGES + 1):
    setattr(
        LanguagesForm,
        f"language_{_at}",
        NamedField(_l("Language that you speak"), optional, choices=languages),
    )
    setattr(LanguagesForm, f"level_{_at}", ChoiceField(_l("How well"), choices=_levels))
