"""The four groups and 29 kinds of what a partner can bring or gain. A fixed list: the codes stand in the database."""

from typing import NamedTuple

from app.core.i18n import LazyText, _l


class Kind(NamedTuple):
    """One kind of thing given or gained; the label is put into words when it is shown."""

    code: str
    group: str
    label: LazyText


GROUPS: dict[str, LazyText] = {
    "knowledge": _l("Knowledge"),
    "skills": _l("Skills"),
    "resources": _l("Resources"),
    "opportunities": _l("Opportunities"),
}

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("technology", "knowledge", _l("Technology or know-how")),
        Kind("research_result", "knowledge", _l("Research result")),
        Kind("data_set", "knowledge", _l("Data set")),
        Kind("method", "knowledge", _l("Method or protocol")),
        Kind("field_insight", "knowledge", _l("Field insight on a technology")),
        Kind("literature", "knowledge", _l("Literature or database access")),
        Kind("staff_time", "skills", _l("Staff time")),
        Kind("training", "skills", _l("Training")),
        Kind("supervision", "skills", _l("Supervision")),
        Kind("secondment", "skills", _l("Secondment or exchange visit")),
        Kind("review", "skills", _l("Review")),
        Kind("translation", "skills", _l("Translation")),
        Kind("brokering", "skills", _l("Brokering")),
        Kind("facility_time", "resources", _l("Instrument or facility time")),
        Kind("computing", "resources", _l("Computing")),
        Kind("storage", "resources", _l("Storage")),
        Kind("space", "resources", _l("Space or land")),
        Kind("material", "resources", _l("Material or sample")),
        Kind("software", "resources", _l("Software or licence")),
        Kind("field_site", "resources", _l("Field site")),
        Kind("funding", "resources", _l("Funding or in-kind")),
        Kind("logistics", "resources", _l("Logistics")),
        Kind("market_access", "opportunities", _l("Market access")),
        Kind("test_bed", "opportunities", _l("Test bed or first user")),
        Kind("introduction", "opportunities", _l("Introduction")),
        Kind("joint_bid", "opportunities", _l("Joint bid")),
        Kind("event_slot", "opportunities", _l("Event slot")),
        Kind("joint_rights", "opportunities", _l("Joint ownership of rights")),
        Kind("recognition", "opportunities", _l("Recognition")),
    )
}


def kinds_of(group: str) -> tuple[Kind, ...]:
    """The kinds of one group, in their fixed order; none for an unknown group."""
    return tuple(kind for kind in KINDS.values() if kind.group == group)


def kind_label(code: str) -> str:
    """The name of a kind in the current language; the code itself when it is unknown."""
    return str(KINDS[code].label) if code in KINDS else code


def group_label(code: str) -> str:
    """The name of a group in the current language; the code itself when it is unknown."""
    return str(GROUPS[code]) if code in GROUPS else code


def is_kind(code: str) -> bool:
    """Whether this is the code of a kind."""
    return code in KINDS


def is_group(code: str) -> bool:
    """Whether this is the code of a group."""
    return code in GROUPS
