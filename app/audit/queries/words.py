"""The audit in words: actions, things, and what changed."""

from typing import Any

from app.core.i18n import LazyText, _, _l

# Every action that is recorded anywhere; a test holds the table against the code.
ACTIONS: dict[str, LazyText] = {
    "audit.read_all": _l("opened the whole audit for an hour"),
}
THINGS: dict[str, LazyText] = {
    "person": _l("person"),
    "sign_in": _l("sign-in"),
    "ticket": _l("mailed link"),
    "institution": _l("institution"),
    "affiliation": _l("affiliation"),
    "institution_claim": _l("claim"),
    "consortium": _l("consortium"),
    "consortium_terms": _l("terms"),
    "admission": _l("admission"),
    "leadership": _l("leadership"),
    "problem": _l("problem"),
    "review": _l("review"),
    "review_comment": _l("comment"),
    "endorsement": _l("endorsement"),
    "problem_follow": _l("following"),
    "team": _l("team"),
    "membership": _l("membership"),
    "mail_invitation": _l("invitation by mail"),
    "open_role": _l("open role"),
    "exchange_line": _l("exchange line"),
    "team_text": _l("team text"),
    "proposal": _l("proposal"),
    "hand_over": _l("hand-over"),
    "team_update": _l("update"),
    "mail": _l("mail"),
}
NUMBERED = {"problem": "P", "team": "T"}
NAMES: dict[str, LazyText] = {
    "state": _l("state"),
    "name": _l("name"),
    "title": _l("title"),
    "role": _l("role"),
    "is_signatory": _l("signatory"),
    "lead_id": _l("lead"),
    "deputy_id": _l("deputy"),
    "seats": _l("seats"),
    "visibility": _l("visibility"),
    "closes_on": _l("open until"),
    "code": _l("reason"),
    "part": _l("part in the team"),
}
LONGEST_VALUE = 200


def action(code: str) -> str:
    """What was done, in words; the code itself for an action of an older version."""
    return str(ACTIONS.get(code, code))


def choices() -> list[tuple[str, str]]:
    """All actions with their words, in the order of the words."""
    return sorted(((code, str(text)) for code, text in ACTIONS.items()), key=lambda pair: pair[1].casefold())


def thing(kind: str, thing_id: int | None) -> str:
    """A thing as people name it: `T-0007` for a team, else its kind and key."""
    if kind in NUMBERED and thing_id is not None:
        return f"{NUMBERED[kind]}-{thing_id:04d}"
    label = THINGS.get(kind)
    if label is None or thing_id is None:
        return _("the portal") if kind == "portal" else kind
    return _("%(thing)s %(number)s", thing=str(label), number=thing_id)


def _value(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        text = ", ".join(_value(item) for item in value)
    elif isinstance(value, dict):
        text = ", ".join(f"{key}: {_value(item)}" for key, item in value.items())
    else:
        text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What changed: (name, before, after), only what differs, in the order it was written down."""
    return [
        (str(NAMES.get(key, key.replace("_", " "))), _value(before.get(key)), _value(after.get(key)))
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]
