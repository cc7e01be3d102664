"""What is typed: comments, reports, decisions, replies to decisions."""

from typing import Any, Self

from wtforms import HiddenField

from app.core.files import MEGABYTE
from app.core.i18n import _l, get_locale
from app.discussion.models import LONGEST_COMMENT, LONGEST_WORDS, REPORT_REASONS
from app.files.models import ALLOWED, MOST_BYTES
from app.web.choices import languages
from app.web.fields import ChoiceField, Form, TextField, UploadField, choices_of, needed, optional, with_empty

MEGABYTES = MOST_BYTES // MEGABYTE
MOST_FILES = 3


class SaidForm(Form):
    """The words of a comment, in which language, for whom."""

    text = TextField(
        _l("Your comment"),
        needed(_l("Write something first")),
        length=LONGEST_COMMENT,
        description=_l("Markdown works. Name somebody with @ and their name, and they are told."),
    )
    audience = ChoiceField(_l("Who can read it"), choices=[])
    language = ChoiceField(_l("Written in"), choices=languages)

    def offer(self, audiences: list[tuple[str, Any]]) -> Self:
        """Set for whom it can be written, the widest first, which is taken when nothing was chosen."""
        self.audience.choices = [(code, str(words)) for code, words in audiences]
        if not self.audience.data and audiences:
            self.audience.data = audiences[0][0]
        if not self.language.data:
            self.language.data = get_locale()
        return self


class CommentForm(SaidForm):
    """A comment, or an answer to one, with files. `back` is the page on which it was written."""

    files = UploadField(_l("Files"), optional, allowed=ALLOWED, megabytes=MEGABYTES, most=MOST_FILES)
    back = HiddenField()


class EditForm(SaidForm):
    """A comment that is changed."""

    version = HiddenField()


class VersionForm(Form):
    """A step about a comment as it was seen."""

    version = HiddenField()


class ReportForm(Form):
    """Why something should not stand."""

    reason = ChoiceField(
        _l("What is wrong with it"),
        needed(_l("Choose a reason")),
        choices=with_empty(choices_of(REPORT_REASONS)),
    )
    text = TextField(
        _l("In your own words"),
        optional,
        length=LONGEST_WORDS,
        description=_l("Those who decide read this. The author is not told who reported it."),
    )


class DecisionForm(Form):
    """What a moderator decides, and why."""

    reason = ChoiceField(
        _l("Why it is hidden"),
        choices=with_empty(choices_of(REPORT_REASONS)),
        description=_l("Shown in place of what is hidden."),
    )
    note = TextField(
        _l("Your reasons"),
        needed(_l("Say why, in words that its author and the reporters can follow")),
        length=LONGEST_WORDS,
        description=_l("The author and the reporters read this."),
    )
    version = HiddenField()


class AppealForm(Form):
    """The one reply to a decision."""

    text = TextField(
        _l("Why it should be looked at again"),
        needed(_l("Say why this should be looked at again")),
        length=LONGEST_WORDS,
    )
