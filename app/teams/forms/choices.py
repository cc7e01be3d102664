"""The lists from which people choose in the forms of teams."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.core.i18n import LazyText, _l
from app.core.text import key_of
from app.web.fields import ChoiceField

VISIBILITY: dict[str, LazyText] = {
    "public": _l("Everybody"),
    "signed_in": _l("People who are signed in"),
    "consortium": _l("Members of the consortium"),
}
INSTITUTION_TYPES: dict[str, LazyText] = {
    "education": _l("University or school"),
    "healthcare": _l("Hospital or clinic"),
    "company": _l("Company"),
    "archive": _l("Archive, library or museum"),
    "nonprofit": _l("Non-profit organisation"),
    "government": _l("Government body"),
    "facility": _l("Research facility"),
    "funder": _l("Funder"),
    "other": _l("Another kind"),
}


def chosen(field: Any) -> int | None:
    """The number that was chosen in a list of records, None for nothing."""
    return key_of(field.data)


class RecordField(ChoiceField):
    """One of some records; the view gives them with `offer` for each request."""

    def __init__(self, label: LazyText, *checks: Any, **kwargs: Any) -> None:
        super().__init__(label, *checks, choices=[], **kwargs)

    def offer(self, rows: Iterable[tuple[int, str]], empty: str | None = None) -> Sequence[tuple[str, str]]:
        """Set what can be chosen: (id, name) pairs, with an empty choice first where `empty` names it."""
        self.choices = [
            *([("", empty)] if empty is not None else []),
            *((str(key), name) for key, name in rows),
        ]
        return self.choices
