"""The lists from which people choose in the forms of several features, put into words at each request."""

from collections.abc import Iterable
from typing import Any

from app.core import vocab
from app.core.i18n import _, get_locale

Pairs = list[tuple[str, str]]
Groups = dict[str, Pairs]


def _named(terms: Iterable[Any]) -> Pairs:
    return [(term.code, term.label) for term in terms]


def languages() -> Pairs:
    """All languages by name."""
    return _named(vocab.languages(get_locale()))


def languages_to_write() -> Pairs:
    """All languages by name, each with its own name for itself: whoever writes in it finds it by that."""
    return [
        (term.code, f"{term.label} ({term.title})" if term.label != term.title else term.label)
        for term in vocab.languages(get_locale())
    ]


def countries() -> Pairs:
    """All countries by name."""
    return _named(vocab.countries(get_locale()))


def zones() -> Groups:
    """Time zones by country; UTC, and what belongs to no country, first."""
    return {group.label: _named(group.zones) for group in vocab.timezones(get_locale())}


def kinds() -> Groups:
    """The kinds of what can be brought, gained or needed, by group."""
    return {
        vocab.group_label(group): [(kind.code, str(kind.label)) for kind in vocab.kinds_of(group)]
        for group in vocab.GROUPS
    }


def kinds_or_none() -> Groups:
    """The kinds, with an empty choice first."""
    return {"": [("", _("Choose a kind"))], **kinds()}


def fields() -> Pairs:
    """All fields of research, each before those below it."""
    return [pair for group in _field_groups().values() for pair in group]


def fields_by_domain() -> Groups:
    """The 26 fields as groups, each by itself first, then what lies below it; an empty choice before them."""
    return {"": [("", _("Choose"))], **_field_groups()}


def _field_groups() -> Groups:
    return {
        node.label: _named((node, *node.children))
        for domain in vocab.field_tree(get_locale())
        for node in domain.children
    }


def goals() -> Pairs:
    """The Sustainable Development Goals with their numbers."""
    return [(goal.code, f"{goal.code} {goal.label}") for goal in vocab.sdg_goals(get_locale())]


def targets() -> Pairs:
    """The targets of all goals with their numbers."""
    return [
        (target.code, f"{target.code} {target.label}")
        for goal in vocab.sdg_goals(get_locale())
        for target in vocab.sdg_targets(goal.code, get_locale())
    ]
