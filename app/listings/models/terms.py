"""The lists of codes of listings, and what their texts may hold."""

from datetime import date

from app.core.i18n import _l
from app.core.states import State, States, moves

TITLE_LENGTH = 120
SUMMARY_LENGTH = 500
DETAIL_LENGTH = 10_000
CONDITION_LENGTH = 500
LINE_LENGTH = 300
ALT_LENGTH = 200
MOST_LINES = 8
MOST_ASKERS = 30
FIRST_REVIEWED = 3  # so many listings of an institution are read by somebody else before they are shown
VALID_DAYS = 365  # how long a listing stands when nothing else is said, and for how long it is renewed
LONGEST_DAYS = 3 * 365
NO_END = date(9999, 12, 31)

DIRECTIONS = {"offer": _l("Offer"), "need": _l("Need")}
# The two lists of the menu, each with its groups of kinds.
CATALOGUES = {"resources": ("skills", "resources"), "exchange": ("knowledge", "opportunities")}
VISIBILITIES = {
    "public": _l("Everybody"),
    "signed_in": _l("People who are signed in"),
    "consortium": _l("Members of the consortium"),
}
DETAIL_LEVELS = {
    "public": _l("Everybody who sees the listing"),
    "signed_in": _l("People who are signed in"),
    "consortium": _l("Members of the consortium"),
    "mutual": _l("After both sides have said yes"),
    "agreement": _l("Under an agreement"),
}
COSTS = {
    "free": _l("Free"),
    "at_cost": _l("At cost"),
    "in_exchange": _l("In exchange"),
}
WHO_MAY_ASK = {
    "anyone": _l("Anyone"),
    "consortium": _l("Members of the consortium"),
    "institutions": _l("Named institutions"),
}
ACCESS_MODES = {
    "slot": _l("By time slots"),
    "quantity": _l("By quantity over a period"),
    "on_request": _l("On request"),
    "open": _l("Open, without asking"),
}
FORMS = {
    "licence": _l("Licence"),
    "joint_rd": _l("Joint research and development"),
    "joint_venture": _l("Joint venture"),
    "service": _l("Service"),
    "secondment": _l("Secondment"),
    "material_transfer": _l("Material transfer"),
    "data_use": _l("Data use"),
    "visit": _l("Visit"),
}
RIGHTS = {
    "secret": _l("Secret know-how"),
    "applied": _l("Applied for"),
    "granted": _l("Granted"),
    "copyright": _l("Copyright"),
    "open_licence": _l("Open licence"),
}
READINESS = {
    1: _l("1 Basic principles observed"),
    2: _l("2 Concept formulated"),
    3: _l("3 Shown to work in experiments"),
    4: _l("4 Tested in the laboratory"),
    5: _l("5 Tested in a relevant setting"),
    6: _l("6 Demonstrated in a relevant setting"),
    7: _l("7 Prototype in real use"),
    8: _l("8 Complete and qualified"),
    9: _l("9 Proven in real use"),
}
CONDITIONS = {
    "training": _l("Training"),
    "ethics": _l("Ethics"),
    "safety": _l("Safety"),
    "export_control": _l("Export"),
}
# Kinds that are described further.
TECHNICAL = ("technology", "research_result", "method", "software", "joint_rights")
INSTRUMENTAL = ("facility_time", "computing", "test_bed")

LISTING_STATES = States(
    (
        State("draft", _l("Draft"), "", "pencil"),
        State("in_review", _l("In review"), "info", "circle-dot"),
        State("returned", _l("Changes wanted"), "warn", "pencil"),
        State("published", _l("Published"), "ok", "check"),
        State("paused", _l("Paused"), "warn", "circle-dashed"),
        State("expired", _l("Expired"), "warn", "calendar-clock"),
        State("retired", _l("Retired"), "", "x"),
    ),
    moves(
        send=(["draft", "returned"], "in_review"),
        post=(["draft", "returned"], "published"),
        recall=(["in_review"], "draft"),
        publish=(["in_review"], "published"),
        return_for_changes=(["in_review"], "returned"),
        pause=(["published"], "paused"),
        resume=(["paused"], "published"),
        expire=(["published", "paused"], "expired"),
        renew=(["published", "expired"], "published"),
        retire=(["draft", "returned", "published", "paused", "expired"], "retired"),
        reopen=(["retired"], "draft"),
    ),
)
PUBLIC_STATES = (
    "published",
    "paused",
    "expired",
)  # a page that readers may see; lists show what is published
EDITABLE_STATES = ("draft", "returned", "published", "paused", "expired")

PARTS = {
    "what": _l("What it is"),
    "amount": _l("How much, where and when"),
    "conditions": _l("Conditions and who may ask"),
    "return": _l("What comes back"),
}
# The fields that each part holds.
PART_FIELDS = {
    "what": (
        "title",
        "kind",
        "summary",
        "detail",
        "detail_visibility",
        "language",
        "sdg_goals",
        "fields",
        "keywords",
        "readiness",
        "rights",
        "rights_numbers",
        "advantages",
        "manufacturer",
        "model",
        "persistent_id",
        "operator_needed",
    ),
    "amount": (
        "quantity",
        "unit",
        "free_from",
        "free_until",
        "is_remote",
        "place",
        "country",
        "latitude",
        "longitude",
        "zone",
        "access_mode",
        "valid_until",
    ),
    "conditions": (
        "training",
        "ethics",
        "safety",
        "export_control",
        "consortium_id",
        "who_may_ask",
        "askers",
        "partner_wanted",
        "forms",
        "languages",
        "visibility",
        "contact_id",
    ),
    "return": ("cost_basis", "cost_note", "wants", "is_gift"),
}
