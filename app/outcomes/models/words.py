"""The states and choices of an outcome in words; the codes stand in the database."""

from app.core.i18n import LazyText, _l
from app.core.states import State, States, moves
from app.core.vocab import CREDIT_ROLES

TITLE_LENGTH = 160
SUMMARY_LENGTH = 500
MOST_MEASURES = 5
MOST_IDENTIFIERS = 8
MOST_LINKS = 10
MOST_NAMED = 100  # people, each with their roles
WINDOW_DAYS = 10  # working days in which partners and named people may object
CONFIRM_WITHIN = 10  # working days

OUTCOME_STATES = States(
    (
        State("claimed", _l("Claimed"), "", "pencil"),
        State("evidenced", _l("Waiting for confirmation"), "info", "circle-dot"),
        State("confirmed", _l("Confirmed, open to objections"), "info", "badge-check"),
        State("disputed", _l("Disputed"), "warn", "circle-alert"),
        State("published", _l("Published"), "ok", "check"),
        State("retracted", _l("Retracted"), "bad", "x"),
    ),
    moves(
        send=(["claimed"], "evidenced"),
        recall=(["evidenced"], "claimed"),
        return_for_changes=(["evidenced"], "claimed"),
        lapse=(["evidenced"], "claimed"),
        confirm=(["evidenced"], "confirmed"),
        object=(["confirmed"], "disputed"),
        settle_on=(["disputed"], "confirmed"),
        settle_back=(["disputed"], "claimed"),
        publish=(["confirmed"], "published"),
        retract=(["claimed", "evidenced", "confirmed", "disputed", "published"], "retracted"),
    ),
)
# A person's role in an outcome: asked by whoever claims it, answered by the person.
CREDIT_STATES = States(
    (
        State("asked", _l("Asked"), "info", "circle-dot"),
        State("accepted", _l("Accepted"), "ok", "check"),
        State("declined", _l("Declined"), "", "x"),
        State("taken_back", _l("Taken back"), "", "circle-dashed"),
        State("lapsed", _l("Lapsed"), "", "circle-dashed"),
        State("withdrawn", _l("Withdrawn by the person"), "", "circle-dashed"),
    ),
    moves(
        accept=(["asked"], "accepted"),
        decline=(["asked"], "declined"),
        take_back=(["asked"], "taken_back"),
        lapse=(["asked"], "lapsed"),
        withdraw=(["accepted"], "withdrawn"),
    ),
)
KINDS = {
    "publication": _l("Publication"),
    "dataset": _l("Data set"),
    "software": _l("Software"),
    "patent": _l("Patent"),
    "prototype": _l("Prototype"),
    "method": _l("Method or standard"),
    "policy": _l("Policy or rule"),
    "training": _l("Training"),
    "exchange_visit": _l("Exchange visit"),
    "negative_result": _l("Negative result"),
    "other": _l("Something else"),
}
# The licences of the SPDX list that are met most, by their identifiers there; and none.
LICENCES: dict[str, str | LazyText] = {
    "CC0-1.0": "CC0 1.0",
    "CC-BY-4.0": "CC BY 4.0",
    "CC-BY-SA-4.0": "CC BY-SA 4.0",
    "CC-BY-NC-4.0": "CC BY-NC 4.0",
    "ODbL-1.0": "ODbL 1.0",
    "MIT": "MIT",
    "BSD-3-Clause": "BSD 3-Clause",
    "Apache-2.0": "Apache 2.0",
    "MPL-2.0": "MPL 2.0",
    "GPL-3.0-or-later": "GPL 3.0 or later",
    "AGPL-3.0-or-later": "AGPL 3.0 or later",
    "EUPL-1.2": "EUPL 1.2",
    "CERN-OHL-S-2.0": "CERN OHL-S 2.0",
    "reserved": _l("All rights reserved"),
}
SCHEMES = {
    "doi": _l("DOI"),
    "patent": _l("Patent number"),
    "repository": _l("Address of a repository"),
    "handle": _l("Handle"),
    "isbn": _l("ISBN"),
}
# The 14 roles of CRediT, and four that it does not know.
ROLES = {
    **CREDIT_ROLES,
    "brokering": _l("Brokering: bringing partners together"),
    "translation": _l("Translation"),
    "hosting": _l("Hosting"),
    "community-knowledge": _l("Community knowledge"),
}
DEGREES = {
    "lead": _l("Lead"),
    "equal": _l("Equal part"),
    "supporting": _l("Supporting"),
}
LEADING = ("lead", "equal")
RETURN_CODES = {
    "evidence": _l("The evidence does not show it."),
    "credit": _l("Somebody who contributed is not named."),
    "measure": _l("What is said to be reached cannot be followed."),
    "unclear": _l("It cannot be understood from the text."),
    "not_known": _l("We know too little of it to confirm it."),
}
SETTLE_CODES = {
    "stands": _l("The outcome stands as it was confirmed."),
    "mend": _l("It goes back to be mended, then confirmed anew."),
    "retract": _l("The objection is right: it is retracted."),
}
PARTS = {
    "about": _l("What came of it"),
    "change": _l("What changed, and for whom"),
    "identifiers": _l("Identifiers and licence"),
    "evidence": _l("Evidence"),
    "credit": _l("Credit"),
}
