"""The 14 contributor roles of CRediT (ANSI/NISO Z39.104-2022, https://credit.niso.org, CC BY 4.0).

The codes are the last part of a role's address there; the wording in other languages is ours.
"""

from app.core.i18n import LazyText, _l

CREDIT_ROLES: dict[str, LazyText] = {
    "conceptualization": _l("Conceptualization"),
    "data-curation": _l("Data curation"),
    "formal-analysis": _l("Formal analysis"),
    "funding-acquisition": _l("Funding acquisition"),
    "investigation": _l("Investigation"),
    "methodology": _l("Methodology"),
    "project-administration": _l("Project administration"),
    "resources": _l("Resources"),
    "software": _l("Software"),
    "supervision": _l("Supervision"),
    "validation": _l("Validation"),
    "visualization": _l("Visualization"),
    "writing-original-draft": _l("Writing: original draft"),
    "writing-review-editing": _l("Writing: review and editing"),
}


def is_credit_role(code: str) -> bool:
    """Whether this is the code of a role."""
    return code in CREDIT_ROLES


def credit_label(code: str) -> str:
    """The name of a role in the current language; the code itself when it is unknown."""
    return str(CREDIT_ROLES[code]) if code in CREDIT_ROLES else code
