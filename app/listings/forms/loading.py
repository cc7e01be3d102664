"""What is asked when many listings are loaded from a file."""

from collections.abc import Sequence

from wtforms import HiddenField

from app.core.i18n import _l
from app.listings.models.loading_columns import COLUMNS, Column
from app.web.choices import languages
from app.web.fields import (
    ChoiceField,
    Form,
    LineField,
    TextField,
    UploadField,
    choices_of,
    needed,
    optional,
    with_empty,
)

MEGABYTES = 10
ALLOWED = frozenset({"csv", "tsv", "xlsx"})
LONGEST = 20_000


class UploadForm(Form):
    """A file and for whom it is. `institution` gets its choices from the view."""

    institution = ChoiceField(_l("Institution"), needed(_l("Choose an institution")), choices=[])
    language = ChoiceField(
        _l("Language of the texts"),
        needed(_l("Choose a language")),
        choices=languages,
        description=_l("For rows that do not say it themselves."),
    )
    file = UploadField(_l("File"), needed(_l("Choose a file")), allowed=ALLOWED, megabytes=MEGABYTES)


class ReplaceForm(Form):
    """A corrected file."""

    version = HiddenField()
    file = UploadField(
        _l("Corrected file"), needed(_l("Choose a file")), allowed=ALLOWED, megabytes=MEGABYTES
    )


class ReviewForm(Form):
    """Words to who loaded the file; needed when it is returned."""

    note = TextField(_l("Your note to them"), optional, length=2000)


def _field(column: Column) -> LineField | TextField | ChoiceField:
    if column.shape == "choice":
        check = needed(_l("Choose from the list")) if column.required else optional
        return ChoiceField(
            column.label, check, choices=with_empty(choices_of(column.options)), description=column.hint
        )
    if column.shape == "text":
        return TextField(column.label, length=LONGEST, description=column.hint)
    return LineField(column.label, length=LONGEST, description=column.hint)


def correction_form(columns: Sequence[str]) -> type[Form]:
    """A form with the cells of these columns."""
    return type("CorrectionForm", (Form,), {name: _field(COLUMNS[name]) for name in columns})
