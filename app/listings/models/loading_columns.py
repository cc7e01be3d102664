"""The columns of a file of listings: the same in the template, in what is loaded and in what is exported.

`name` is the column's code, which may also be its heading; the heading people use is the label, in either language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from app.core import quantities, vocab
from app.core.i18n import LOCALES, LazyText, _l, use_locale
from app.core.index import fold
from app.listings.models.terms import (
    ACCESS_MODES,
    CONDITION_LENGTH,
    COSTS,
    DETAIL_LENGTH,
    DETAIL_LEVELS,
    DIRECTIONS,
    FORMS,
    LINE_LENGTH,
    MOST_ASKERS,
    MOST_LINES,
    READINESS,
    RIGHTS,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    VISIBILITIES,
    WHO_MAY_ASK,
)

MOST_WORDS = 8
MOST_FIELDS = 6
MOST_GOALS = 5
MOST_LANGUAGES = 10
WORD_LENGTH = 60
LARGEST_QUANTITY = 10**11
YES_NO = {"yes": _l("yes"), "no": _l("no")}


@dataclass(frozen=True)
class Column:
    """One column. `shape` says how its cells are read (`services.loading.values`).

    `most` is the most characters of a text or entries of a list; `options` code → label where the values are listed;
    `blank` is "clear" where an empty cell empties the field, "keep" where it leaves the field as it is (or as usual for a
    new listing); `unknown` the fault of a value that is not listed.
    """

    name: str
    label: LazyText
    shape: str
    example: str
    hint: LazyText
    most: int = 0
    required: bool = False
    options: Mapping[Any, Any] = field(default_factory=dict)
    blank: str = "clear"
    unknown: str = "bad_choice"


_KINDS = {code: kind.label for code, kind in vocab.KINDS.items()}
_UNITS = {code: unit.label for code, unit in quantities.UNITS.items()}
_READINESS = {str(level): label for level, label in READINESS.items()}

_ALL = (
    Column("external_id", _l("Your identifier"), "id", "LAB-0042", required=True, most=80,
           hint=_l("Your own number or code for this listing. The same identifier later changes the same listing.")),
    Column("direction", _l("Offer or need"), "choice", "offer", options=DIRECTIONS, blank="keep",
           hint=_l("Whether you give it or look for it. Empty means an offer.")),
    Column("kind", _l("Kind"), "choice", "facility_time", required=True, options=_KINDS, unknown="unknown_kind",
           hint=_l("What it is. It decides in which list it stands.")),
    Column("title", _l("Title"), "line", "Scanning electron microscope", required=True, most=TITLE_LENGTH,
           hint=_l("What people look for, in a few words.")),
    Column("summary", _l("Public summary"), "text", "Resolution of 1 nm, with an operator, three days a week.",
           required=True, most=SUMMARY_LENGTH, hint=_l("What everybody may read about it.")),
    Column("language", _l("Language of the texts"), "language", "en", blank="keep", unknown="bad_language",
           hint=_l("In which language you wrote the texts of this row. Empty means the language of this portal’s pages as you see them.")),
    Column("detail", _l("Detail"), "text", "", most=DETAIL_LENGTH,
           hint=_l("What only those may read whom you choose in the next column.")),
    Column("detail_visibility", _l("Who reads the detail"), "choice", "signed_in", options=DETAIL_LEVELS, blank="keep",
           hint=_l("Empty means everybody who sees the listing.")),
    Column("visibility", _l("Who sees the listing"), "choice", "public", options=VISIBILITIES, blank="keep",
           hint=_l("Empty means everybody.")),
    Column("consortium", _l("Consortium"), "consortium", "", blank="keep",
           hint=_l("The name of a consortium of your institution. Empty means the first that takes your listings.")),
    Column("quantity", _l("Quantity"), "number", "120", most=LARGEST_QUANTITY,
           hint=_l("How much of it there is, with the unit in the next column.")),
    Column("unit", _l("Unit"), "choice", "hour", options=_UNITS, unknown="bad_unit",
           hint=_l("What the quantity is counted in.")),
    Column("free_from", _l("Free from"), "date", "2027-01-10", hint=_l("The first day on which it can be had.")),
    Column("free_until", _l("Free until (before this day)"), "date", "2027-07-01",
           hint=_l("The first day on which it cannot be had any more.")),
    Column("is_remote", _l("From anywhere"), "yes_no", "no", options=YES_NO,
           hint=_l("Whether it can be had or used from anywhere.")),
    Column("place", _l("Place"), "line", "Building 7, Giza", most=200, hint=_l("Where it is: building, town.")),
    Column("country", _l("Country"), "country", "EG", blank="keep", unknown="bad_country",
           hint=_l("Where it is: a two-letter code or the country’s name. Empty means the country of your institution.")),
    Column("latitude", _l("Latitude"), "degrees", "30.013", most=90, hint=_l("In degrees, from -90 to 90.")),
    Column("longitude", _l("Longitude"), "degrees", "31.209", most=180, hint=_l("In degrees, from -180 to 180.")),
    Column("zone", _l("Time zone"), "zone", "Africa/Cairo", blank="keep", unknown="bad_zone",
           hint=_l("For things that are had by the hour. Empty means the zone of your institution.")),
    Column("access_mode", _l("How it is had"), "choice", "on_request", options=ACCESS_MODES, blank="keep",
           hint=_l("Empty means on request.")),
    Column("training", _l("Training needed"), "text", "", most=CONDITION_LENGTH, hint=_l("A condition, in your words.")),
    Column("ethics", _l("Ethics conditions"), "text", "", most=CONDITION_LENGTH, hint=_l("A condition, in your words.")),
    Column("safety", _l("Safety conditions"), "text", "", most=CONDITION_LENGTH, hint=_l("A condition, in your words.")),
    Column("export_control", _l("Export conditions"), "text", "", most=CONDITION_LENGTH,
           hint=_l("A condition, in your words.")),
    Column("cost_basis", _l("Cost basis"), "choice", "free", options=COSTS, blank="keep", hint=_l("Empty means free.")),
    Column("cost_note", _l("Note on the cost"), "line", "", most=LINE_LENGTH, hint=_l("Prices or terms in a few words.")),
    Column("wants", _l("Wanted in return"), "lines", "training: two places a year; recognition: named in papers",
           most=MOST_LINES,
           hint=_l("What you want for an offer, or give for a need: a kind, a colon and some words; several with ; between them.")),
    Column("is_gift", _l("A gift, nothing expected"), "yes_no", "", options=YES_NO,
           hint=_l("Write yes where nothing is expected in return; then leave the column before it empty.")),
    Column("who_may_ask", _l("Who may ask"), "choice", "anyone", options=WHO_MAY_ASK, blank="keep",
           hint=_l("Empty means anyone.")),
    Column("askers", _l("Named institutions"), "institutions", "", most=MOST_ASKERS,
           hint=_l("ROR identifiers of those who may ask, with ; between them.")),
    Column("partner_wanted", _l("Partner wanted"), "line", "", most=LINE_LENGTH, hint=_l("With whom you hope to work.")),
    Column("forms", _l("Accepted forms"), "choices", "service; visit", options=FORMS, most=len(FORMS),
           hint=_l("In which forms you would work together, with ; between them.")),
    Column("languages", _l("Languages to work in"), "languages", "ar; en", most=MOST_LANGUAGES, blank="keep", unknown="bad_language",
           hint=_l("With ; between them. Empty means the language of the texts.")),
    Column("sdg_goals", _l("Goals (SDG)"), "goals", "6; 9", most=MOST_GOALS, unknown="bad_goal",
           hint=_l("Numbers of the Sustainable Development Goals, with ; between them.")),
    Column("fields", _l("Fields of research"), "fields", "f25", most=MOST_FIELDS, unknown="bad_field",
           hint=_l("Names or codes of fields, with ; between them.")),
    Column("keywords", _l("Keywords"), "words", "electron microscopy; imaging", most=MOST_WORDS,
           hint=_l("With ; between them.")),
    Column("readiness", _l("Readiness level"), "choice", "", options=_READINESS,
           hint=_l("For technology: from 1 (basic principles) to 9 (proven in real use).")),
    Column("rights", _l("Rights"), "choice", "", options=RIGHTS,
           hint=_l("For technology: how it is protected.")),
    Column("rights_numbers", _l("Numbers of the rights"), "line", "", most=200,
           hint=_l("For technology with granted rights: patent numbers and the like.")),
    Column("advantages", _l("Advantages over the known"), "text", "", most=2000,
           hint=_l("For technology: what it does better, with numbers.")),
    Column("manufacturer", _l("Manufacturer"), "line", "", most=120, hint=_l("For instruments.")),
    Column("model", _l("Model"), "line", "", most=120, hint=_l("For instruments.")),
    Column("persistent_id", _l("Persistent identifier"), "line", "", most=200,
           hint=_l("For instruments: a DOI, handle or web address that lasts.")),
    Column("operator_needed", _l("Operator needed"), "yes_no_open", "", options=YES_NO,
           hint=_l("For instruments: whether somebody of yours has to run it.")),
    Column("valid_until", _l("Valid until"), "date", "2027-11-30", blank="keep",
           hint=_l("The last day of the listing. Empty means a year from now.")),
    Column("contact", _l("Contact person"), "email", "", blank="keep",
           hint=_l("The e-mail address of a representative of your institution. Empty means you.")),
    Column("ror", _l("Institution (ROR)"), "ror", "", blank="keep",
           hint=_l("May be left empty. If given, it must be the institution you load for.")),
)  # fmt: skip

COLUMNS: dict[str, Column] = {column.name: column for column in _ALL}
REQUIRED = tuple(column.name for column in _ALL if column.required)


def plain_key(text: str) -> str:
    """A heading or value as it is compared: case, accents, Arabic forms and the signs between words do not matter."""
    kept = fold(text.strip())
    return " ".join("".join(sign if sign.isalnum() else " " for sign in kept).split())


@lru_cache(maxsize=1)
def headings() -> dict[str, str]:
    """Every heading, in either language, to the name of its column."""
    found = {plain_key(name): name for name in COLUMNS}
    for locale in LOCALES:
        with use_locale(locale):
            for name, column in COLUMNS.items():
                found.setdefault(plain_key(str(column.label)), name)
    return found


@lru_cache(maxsize=64)
def accepted(name: str) -> dict[str, Any]:
    """What a cell of a column with listed values may hold, as `plain_key` makes it: codes and labels to the code."""
    options = COLUMNS[name].options
    found = {plain_key(str(code)): code for code in options}
    for locale in LOCALES:
        with use_locale(locale):
            for code, label in options.items():
                found.setdefault(plain_key(str(label)), code)
    return found
