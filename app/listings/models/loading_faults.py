"""What can be wrong in a file that is loaded: each fault with a code, what is wrong, and what to do about it.

A fault of a cell is kept as {"column", "code", "facts"}; the sentences are made when somebody reads them, in their language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.i18n import LazyText, _l


@dataclass(frozen=True)
class FaultWords:
    """What is wrong, and what to do; `%(name)s` are filled from the fault's facts."""

    what: LazyText
    mend: LazyText


@dataclass(frozen=True)
class Fault:
    """Something wrong in one cell: the column's name in our code, the code of CELL_FAULTS, facts for its sentence."""

    column: str
    code: str
    facts: Mapping[str, Any]

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {"column": self.column, "code": self.code, "facts": dict(self.facts)}


def _words(what: LazyText, mend: LazyText) -> FaultWords:
    return FaultWords(what, mend)


FILE_FAULTS: dict[str, FaultWords] = {
    "not_a_spreadsheet": _words(
        _l("This is no spreadsheet that we can read."),
        _l("Save it as XLSX or as CSV (UTF-8), then upload it again."),
    ),
    "old_or_locked": _words(
        _l("This is an old Excel file, or one with a password."),
        _l("Save it as XLSX without a password, then upload it again."),
    ),
    "has_macros": _words(
        _l("This file holds macros or other active parts. We take none."),
        _l("Save it as XLSX (without macros) or as CSV (UTF-8), then upload it again."),
    ),
    "too_large_unpacked": _words(
        _l("This file unpacks to more than we take."),
        _l("Keep the rows and columns with contents only, save it anew, then upload it again."),
    ),
    "too_many_rows": _words(
        _l("The file has more than %(most)s rows."),
        _l("Divide it into several files and load one after the other."),
    ),
    "empty_file": _words(
        _l("There is nothing in the first sheet of this file."),
        _l("Put the headings into the first row and one listing into each row below."),
    ),
    "no_rows": _words(
        _l("There are headings, but no rows below them."),
        _l("Put one listing into each row below the headings."),
    ),
    "wrong_encoding": _words(
        _l("The text of this file is not UTF-8. The first sign that cannot be read is in row %(row)s, column %(column)s."),
        _l("Save it as “CSV UTF-8” or as XLSX, then upload it again."),
    ),
    "broken_quotes": _words(
        _l("From row %(row)s on the file cannot be read. A quotation mark is probably not closed."),
        _l("Mend that row, or save the file as XLSX, then upload it again."),
    ),
    "broken_sheet": _words(
        _l("From row %(row)s on the sheet cannot be read."),
        _l("Open it in a spreadsheet program, save it anew, then upload it again."),
    ),
    "missing_columns": _words(
        _l("These columns are missing: %(columns)s."),
        _l("Add them with these headings in the first row. The template has them all."),
    ),
    "double_columns": _words(
        _l("These columns stand there twice: %(columns)s."),
        _l("Keep one of each, then upload the file again."),
    ),
    "not_allowed_now": _words(
        _l("You do not represent this institution any more."),
        _l("Ask one of its representatives to load the file."),
    ),
    "failed": _words(
        _l("Something went wrong on our side. Nothing was loaded."),
        _l("Upload the file again. If it happens again, write to us with the number of this load."),
    ),
}  # fmt: skip

CELL_FAULTS: dict[str, FaultWords] = {
    "empty": _words(_l("This must be filled"), _l("Fill in the cell.")),
    "too_long": _words(
        _l("The text is too long: %(length)s characters, at most %(most)s are taken"),
        _l("Shorten it by %(over)s characters."),
    ),
    "too_many": _words(_l("There are too many entries: at most %(most)s are taken"), _l("Leave some out.")),
    "formula": _words(
        _l("This is a formula. Formulas are not computed here"),
        _l("Put the value itself into the cell (copy, then paste values only)."),
    ),
    "wrong_encoding": _words(
        _l("Some letters cannot be read, because the text is not UTF-8"),
        _l("Type the text again, and save the file as “CSV UTF-8” or as XLSX."),
    ),
    "unknown_kind": _words(
        _l("“%(value)s” is no kind of what can be given or gained"),
        _l("Use a kind from the second sheet of the template."),
    ),
    "bad_unit": _words(
        _l("“%(value)s” is no unit that we know"), _l("Use a unit from the second sheet of the template.")
    ),
    "bad_country": _words(
        _l("“%(value)s” is no country that we know"),
        _l("Write its two-letter code, such as EG, or its name in English or Arabic."),
    ),
    "bad_language": _words(
        _l("“%(value)s” is no language that we know"),
        _l("Write its two-letter code, such as ar, or its name in English or Arabic."),
    ),
    "bad_field": _words(
        _l("“%(value)s” is no field of research that we know"),
        _l("Write its code, such as f22, or its name in English or Arabic."),
    ),
    "bad_goal": _words(
        _l("“%(value)s” is no Sustainable Development Goal"), _l("Write the number of a goal, from 1 to 17.")
    ),
    "bad_zone": _words(
        _l("“%(value)s” is no time zone that we know"), _l("Write it like Africa/Cairo.")
    ),
    "bad_choice": _words(
        _l("“%(value)s” is not one of the values for this column"), _l("Use one of: %(allowed)s.")
    ),
    "not_a_number": _words(
        _l("“%(value)s” is no number"), _l("Write digits, with a dot before decimals, such as 1250.5.")
    ),
    "unclear_number": _words(
        _l("“%(value)s” can be read as a thousand or as a decimal"),
        _l("Write it without a comma, such as 1250 or 1.25."),
    ),
    "negative": _words(_l("An amount cannot be negative"), _l("Write a number above zero.")),
    "out_of_range": _words(
        _l("The number must be from %(least)s to %(most)s"), _l("Write a number within this range.")
    ),
    "not_a_date": _words(
        _l("“%(value)s” is no date"), _l("Write it as year-month-day, such as 2027-01-31, or as 31.01.2027.")
    ),
    "unclear_date": _words(
        _l("“%(value)s” can be read in two ways"),
        _l("Write it as year-month-day, such as 2027-01-31, or as 31.01.2027."),
    ),
    "bad_year": _words(_l("There is no year %(value)s here"), _l("Write a year between 1900 and 2200.")),
    "in_the_past": _words(_l("This day has passed"), _l("Write a day to come, or leave the cell empty.")),
    "ends_before_start": _words(
        _l("The end is before the beginning"), _l("Write a last day that is not before the first one.")
    ),
    "double_id": _words(
        _l("This identifier stands in row %(row)s already"), _l("Give each row an identifier of its own.")
    ),
    "bad_id": _words(
        _l("An identifier has no blanks at its ends and at most %(most)s characters"), _l("Shorten the identifier.")
    ),
    "missing_return": _words(
        _l("Neither what you want in return is said, nor that it is a gift"),
        _l("Name what you want in return, such as “training: two weeks a year”, or write yes in the column for gifts."),
    ),
    "gift_with_return": _words(
        _l("A gift expects nothing, but something is wanted in return"), _l("Empty one of the two cells.")
    ),
    "no_kind_in_line": _words(
        _l("“%(value)s” does not begin with a kind and a colon"),
        _l("Write a kind, a colon and some words, such as “training: two weeks a year”."),
    ),
    "unknown_ror": _words(
        _l("No institution here has the ROR identifier “%(value)s”"),
        _l("Copy the identifier from ror.org, or leave the cell empty."),
    ),
    "other_ror": _words(
        _l("“%(value)s” is another institution than the one you load for"),
        _l("Load the rows of that institution by themselves, or empty the cell."),
    ),
    "not_representative": _words(
        _l("“%(value)s” is the address of no representative of this institution"),
        _l("Write the e-mail address of a representative, or leave the cell empty: then it is you."),
    ),
    "bad_consortium": _words(
        _l("Your institution belongs to no consortium called “%(value)s”"),
        _l("Copy its name from the page of the consortium, or empty the cell."),
    ),
    "needs_other": _words(
        _l("This cell and “%(other)s” go together"), _l("Fill in both, or empty both.")
    ),
    "direction_fixed": _words(
        _l("The listing with this identifier is the other direction (offer or need)"),
        _l("Give the row an identifier of its own."),
    ),
    "other_list": _words(
        _l("The listing with this identifier stands in the other list, and its address has been given to others"),
        _l("Use a kind of the same list, or give the row an identifier of its own."),
    ),
    "in_review": _words(
        _l("The listing with this identifier is being reviewed and cannot be changed now"),
        _l("Leave the row out until the review is done."),
    ),
    "retired": _words(
        _l("The listing with this identifier has been retired"), _l("Give the row an identifier of its own.")
    ),
    "refused": _words(_l("%(sentence)s"), _l("Correct the cell.")),
}  # fmt: skip


def filled(words: LazyText, facts: Mapping[str, Any]) -> str:
    """A fault's sentence in the current language."""
    return str(LazyText(words.message, words.context, **dict(facts)))
