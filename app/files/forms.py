"""What is asked when a file is added."""

from app.core.i18n import _l
from app.core.things import EVERYBODY, REVIEWERS
from app.files.models import ALLOWED, DESCRIPTION_LENGTH, LICENCES, MOST_BYTES, TITLE_LENGTH
from app.web.choices import languages
from app.web.fields import ChoiceField, Form, LineField, UploadField, choices_of, needed, optional, with_empty

MEGABYTES = MOST_BYTES // (1024 * 1024)
FOR_WHOM = {
    EVERYBODY: _l("Everybody who sees this page"),
    REVIEWERS: _l("Only those who work on it"),
}


class AddForm(Form):
    """A file with what readers need to know of it. `audience` gets its choices from the view."""

    file = UploadField(_l("File"), needed(_l("Choose a file")), allowed=ALLOWED, megabytes=MEGABYTES)
    title = LineField(
        _l("Title"),
        optional,
        length=TITLE_LENGTH,
        description=_l("What it is, in a few words. Without a title its name is shown."),
    )
    description = LineField(
        _l("Description"),
        optional,
        length=DESCRIPTION_LENGTH,
        description=_l("What a picture shows is needed: it is read to those who cannot see it."),
    )
    language = ChoiceField(
        _l("Language"), optional, choices=with_empty(languages, _l("Not said, or no language"))
    )
    licence = ChoiceField(_l("Licence"), optional, choices=with_empty(choices_of(LICENCES), _l("Not said")))
    audience = ChoiceField(_l("Who may see it"), choices=[], default=EVERYBODY)
