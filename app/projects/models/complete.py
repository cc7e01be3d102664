"""What has to be there before a project can be sent, and stay there once it is listed."""

from collections.abc import Mapping
from typing import Any

from app.core import clock
from app.core.i18n import LazyText, _l
from app.projects.models.words import PARTS

# The fields that each part holds.
PART_FIELDS = {
    "about": ("title", "acronym", "summary", "description", "language", "keywords", "problems"),
    "goals": ("goal", "success", "sdg_goals", "sdg_targets", "fields", "trl_now", "trl_wanted"),
    "partners": (),
    "team": ("skills", "position", "credit_roles"),
    "plan": ("starts_on", "ends_on", "milestones"),
    "resources": ("needs", "funding"),
    "rights": (
        "rights",
        "rights_note",
        "ethics",
        "export_note",
        "visibility",
        "team_for",
        "plan_for",
        "resources_for",
        "funding_for",
        "updates_for",
        "files_for",
    ),
}
NEEDED = (
    ("about", "title", _l("Enter a title")),
    ("about", "summary", _l("Enter a summary")),
    ("about", "description", _l("Describe the project")),
    ("goals", "goal", _l("Say what the project wants to reach")),
    ("goals", "success", _l("Say how everybody will know that it was reached")),
    ("goals", "sdg_goals", _l("Choose at least one goal")),
    ("goals", "fields", _l("Choose at least one field of research")),
    ("partners", "host_accepted", _l("Your institution has to confirm first that it takes part")),
    ("partners", "host_brings", _l("Say what your institution brings")),
    ("partners", "host_gains", _l("Say what your institution hopes to gain")),
    ("team", "credit_roles", _l("Choose at least one role of your own")),
    ("plan", "starts_on", _l("Enter the day on which it starts")),
    ("plan", "ends_on", _l("Enter the day on which it is planned to end")),
    ("plan", "milestones", _l("Enter at least one milestone")),
)
VISITED = {
    "resources": _l("Say what the project needs, or save the part empty"),
    "rights": _l("Look through rights and visibility, then save"),
}


def missing(values: Mapping[str, Any]) -> dict[str, dict[str, LazyText]]:
    """What has to be filled in before it can be sent: part → field → sentence. A part not in it is complete.

    `values` are those of all its fields, or of some: what is not named is not asked for.
    """
    found: dict[str, dict[str, LazyText]] = {}
    for part, field, sentence in NEEDED:
        if field in values and not values[field]:
            found.setdefault(part, {})[field] = sentence
    ends_on = values.get("ends_on")
    if ends_on is not None and ends_on < clock.today():
        found.setdefault("plan", {})["ends_on"] = _l("Enter a day that is still to come")
    if "parts_done" in values:
        for part, sentence in VISITED.items():
            if part not in values["parts_done"]:
                found.setdefault(part, {})["visited"] = sentence
    return {part: found[part] for part in PARTS if part in found}
