"""Sending an interest, answering one, and taking one further."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, FieldList, FormField, HiddenField

from app.core.i18n import _l, get_locale
from app.core.text import key_of
from app.interest.models import DECLINE_CODES, MESSAGE_LENGTH, MOST_LINES
from app.web.choices import languages_to_write
from app.web.fields import ChoiceField, Form, TextField, choices_of, needed, optional, with_empty
from app.web.listed import LineForm, ListForm, expected


def _lines(label: Any) -> FieldList:
    return FieldList(FormField(LineForm, label=label), label, expected, min_entries=1, max_entries=MOST_LINES)


class RecordField(ChoiceField):
    """One of some records; the view gives them with `offer` for each request. `key` is the number that was chosen."""

    def __init__(self, label: Any, *checks: Any, **kwargs: Any) -> None:
        super().__init__(label, *checks, choices=[], **kwargs)

    def offer(self, rows: Iterable[tuple[int, str]], empty: str | None = None) -> None:
        """Set what can be chosen: (id, name) pairs, with an empty choice first where `empty` names it."""
        first = [("", empty)] if empty is not None else []
        self.choices = [*first, *((str(key), name) for key, name in rows)]

    @property
    def key(self) -> int | None:
        """The number of the record; None for nothing."""
        return key_of(self.data)


class _BothForm(ListForm):
    """What one side brings, and what it hopes for."""

    brings = FieldList(
        FormField(LineForm, label=_l("We bring")), _l("We bring"), min_entries=1, max_entries=MOST_LINES
    )
    gains = FieldList(
        FormField(LineForm, label=_l("We hope for")), _l("We hope for"), min_entries=1, max_entries=MOST_LINES
    )
    language = ChoiceField(_l("Language of these texts"), choices=languages_to_write)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Begin with the reader's language."""
        super().process(*args, **kwargs)
        if not self.language.data:
            self.language.data = get_locale()


class SendForm(_BothForm):
    """An interest."""

    institution_id = RecordField(_l("For which institution you write"), optional)
    message = TextField(
        _l("A word to the owner"),
        optional,
        length=MESSAGE_LENGTH,
        description=_l("Why this, why you, and by when. Leave out names and addresses: they open when both sides say yes."),
    )  # fmt: skip


class AnswerForm(_BothForm):
    """Yes with the same two lists, no with a reason, or the conversation first."""

    reason = ChoiceField(_l("Reason, if you decline"), choices=with_empty(choices_of(DECLINE_CODES)))
    note = TextField(_l("A word to the other side"), optional, length=MESSAGE_LENGTH)


class TermsForm(Form):
    """Accepting the terms of confidentiality."""

    institution_id = RecordField(_l("For which institution"), optional)
    accepts = BooleanField(_l("I have read the terms and accept them for my institution"))


class MembershipForm(Form):
    """Into which team the other side is invited."""

    version = HiddenField()
    team_id = RecordField(_l("Team"), needed(_l("Choose a team")))
    message = TextField(_l("A word with the invitation"), optional, length=1000)
