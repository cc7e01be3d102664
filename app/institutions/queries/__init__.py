"""Reads of institutions, their people, claims, and what waits for whom.

For others: `get(actor, id)` → Institution; `find(words, limit, country)` → Found; `names(ids)` → {id: (name, country)};
`by_country()` → [(country, count)] of verified ones; `affiliations_of(actor, person_id)` and `own_affiliations(actor)`
→ AffiliationRow; `homes_of(person_ids)` → {id: (name, country)}; `representatives_of(institution_id)` → person ids.
"""

from app.institutions.queries.duties import ties_of
from app.institutions.queries.lookup import Found, find
from app.institutions.queries.people import (
    AffiliationRow,
    administrators,
    affiliation,
    affiliations_of,
    asker,
    claim,
    homes_of,
    own_affiliations,
    people_of,
    people_page,
    representatives_of,
    roles_held_by,
    tied_ids,
    trust_label,
)
from app.institutions.queries.registry import (
    Chosen,
    at_domain_of,
    by_country,
    count_chosen,
    domains,
    export_chosen,
    get,
    listed_like,
    names,
    open_claims,
    page_chosen,
    show,
    sort_of,
    spread,
)
from app.institutions.queries.waiting import affiliations_waiting, claims_waiting

__all__ = [
    "AffiliationRow",
    "Chosen",
    "Found",
    "administrators",
    "affiliation",
    "affiliations_of",
    "affiliations_waiting",
    "asker",
    "at_domain_of",
    "by_country",
    "claim",
    "claims_waiting",
    "count_chosen",
    "domains",
    "export_chosen",
    "find",
    "get",
    "homes_of",
    "listed_like",
    "names",
    "open_claims",
    "own_affiliations",
    "page_chosen",
    "people_of",
    "people_page",
    "representatives_of",
    "roles_held_by",
    "show",
    "sort_of",
    "spread",
    "tied_ids",
    "ties_of",
    "trust_label",
]
