"""Actions on institutions: the registry, claims, affiliations, representatives, ROR.

Each takes plain values, asks permission, changes, leaves its line in the audit and its notices, and succeeds or fails
whole. All raise NotAllowed, RuleBroken, Conflict (another version than the one seen) and Invalid as the core has them.
"""

from app.institutions.services.affiliations import (
    confirm_affiliation,
    decline_affiliation,
    end_affiliation,
    join,
    lapse_affiliations,
    leave,
    remind_affiliations,
    withdraw_affiliation,
)
from app.institutions.services.claims import (
    accept_claim,
    ask_claim,
    decline_claim,
    lapse_claims,
    remind_claims,
    verify_directly,
    withdraw_claim,
)
from app.institutions.services.leaving import release_person
from app.institutions.services.registry import (
    add_institution,
    change_domains,
    change_settings,
    close,
    restore,
    suspend,
)
from app.institutions.services.representatives import change_role, step_back
from app.institutions.services.ror import Loaded, load_ror
from app.institutions.services.ror_files import SHIPPED_RELEASE, dump_records, shipped_records

__all__ = [
    "SHIPPED_RELEASE",
    "Loaded",
    "accept_claim",
    "add_institution",
    "ask_claim",
    "change_domains",
    "change_role",
    "change_settings",
    "close",
    "confirm_affiliation",
    "decline_affiliation",
    "decline_claim",
    "dump_records",
    "end_affiliation",
    "join",
    "lapse_affiliations",
    "lapse_claims",
    "leave",
    "load_ror",
    "release_person",
    "remind_affiliations",
    "remind_claims",
    "restore",
    "shipped_records",
    "step_back",
    "suspend",
    "verify_directly",
    "withdraw_affiliation",
    "withdraw_claim",
]
