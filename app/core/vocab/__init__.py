"""The fixed vocabularies of the portal: kinds of what is given, goals, fields, countries, languages, time zones.

Pure look-ups in the files of `app/data`, which `app/data/README.md` describes; read on first use and kept. A locale
that a vocabulary is not worded in falls back to English; an unknown code is answered with itself, so that a page with
an old code still shows. Whether a code is known is what the `is_...` functions say.
"""

from app.core.vocab.credit import CREDIT_ROLES, credit_label, is_credit_role
from app.core.vocab.fields import FieldNode, field_ancestors, field_label, field_tree, field_within, is_field
from app.core.vocab.goals import is_sdg, sdg_goal_of, sdg_goals, sdg_label, sdg_targets
from app.core.vocab.kinds import GROUPS, KINDS, Kind, group_label, is_group, is_kind, kind_label, kinds_of
from app.core.vocab.languages import is_language, language_dir, language_name, language_native, languages
from app.core.vocab.places import (
    countries,
    countries_in,
    country_name,
    country_region,
    country_subregion,
    country_timezones,
    is_country,
    is_region,
    region_name,
    regions,
    subregions,
)
from app.core.vocab.terms import Term
from app.core.vocab.timezones import (
    ZoneGroup,
    canonical_timezone,
    is_timezone,
    offset_text,
    timezone_country,
    timezone_label,
    timezones,
)

__all__ = [
    "CREDIT_ROLES",
    "GROUPS",
    "KINDS",
    "FieldNode",
    "Kind",
    "Term",
    "ZoneGroup",
    "canonical_timezone",
    "countries",
    "countries_in",
    "country_name",
    "country_region",
    "country_subregion",
    "country_timezones",
    "credit_label",
    "field_ancestors",
    "field_label",
    "field_tree",
    "field_within",
    "group_label",
    "is_country",
    "is_credit_role",
    "is_field",
    "is_group",
    "is_kind",
    "is_language",
    "is_region",
    "is_sdg",
    "is_timezone",
    "kind_label",
    "kinds_of",
    "language_dir",
    "language_name",
    "language_native",
    "languages",
    "offset_text",
    "region_name",
    "regions",
    "sdg_goal_of",
    "sdg_goals",
    "sdg_label",
    "sdg_targets",
    "subregions",
    "timezone_country",
    "timezone_label",
    "timezones",
]
