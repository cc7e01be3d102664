"""The choices of an agreement's fields in words; the codes stand in the database."""

from app.core.i18n import _l

TITLE_LENGTH = 120
TEXT_LENGTH = 60_000
LINE_LENGTH = 300
CONDITION_LENGTH = 500
NOTE_LENGTH = 1000
MOST_PARTIES = 12
MOST_COMMITMENTS = 60
MOST_PARTS = 120  # deliveries of one commitment that repeats
MOST_NOTICE = 730  # days
TEXT_LANGUAGES = ("en", "ar")  # in which there are templates
KINDS = {
    "memorandum": _l("Memorandum of understanding"),
    "confidentiality": _l("Confidentiality"),
    "material_transfer": _l("Material transfer"),
    "data_use": _l("Data use"),
    "joint_work": _l("Joint work"),
    "technology_licence": _l("Technology licence"),
    "exchange_visit": _l("Exchange visit"),
}
REPEATS = {
    "month": _l("monthly"),
    "quarter": _l("every three months"),
    "year": _l("every year"),
}
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
PARTS = {
    "about": _l("Kind and title"),
    "parties": _l("Parties and who signs for them"),
    "text": _l("Text"),
    "commitments": _l("What each gives and gains"),
    "dates": _l("Dates and notice"),
}
DECLINE_CODES = {
    "terms": _l("The terms do not fit."),
    "balance": _l("What is given and gained is not in balance."),
    "timing": _l("It is not the right time."),
    "not_allowed": _l("We may not enter into this."),
    "other": _l("Another reason, said below."),
}
END_CODES = {
    "date": _l("Its last day has passed."),
    "notice": _l("A party gave notice."),
}
# What the tick of a signature means: shown before it, kept with it in the audit, printed below it.
SIGNING_MEANING = _l(
    "I have read this version, I may sign for the institution named here, and I accept the text with its commitments. "
    "The portal records who accepted which exact text and when. This is no qualified electronic signature."
)
