"""Who asks, what they hold, and the list of permissions.

A permission is a pure function of (actor, thing) in a feature's `policies.py`, registered under `feature.verb_noun`.
It returns True, or `No(code, text)`, which is false and says why. Roles are grants: each feature offers one select
of the roles that a person holds in its things; all are read in one statement at each request, so a lost role is
lost at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

from sqlalchemy import CompoundSelect, Integer, Select, bindparam, union_all

from app.core.db import db, require_scope
from app.core.errors import NotAllowed, RuleBroken, Words
from app.core.i18n import _l


@dataclass(frozen=True)
class No:
    """A refusal: false, with a stable code and a sentence."""

    code: str
    text: Words

    def __bool__(self) -> Literal[False]:
        return False


class Already(No):
    """A refusal because it is so already: nobody lacks a right, so it is answered like a form sent twice."""


Answer = bool | No
Permission = Callable[..., Answer]
PERMISSIONS: dict[str, Permission] = {}
_grant_sources: list[Callable[[int], Select[str, int]]] = []

SIGN_IN_FIRST = No("sign_in_first", _l("Sign in first."))


@dataclass(frozen=True)
class Actor:
    """Somebody who asks: a person with what they hold, or a visitor (`id` None).

    `grants` is a set of (role, thing id): ("administrator", 0), ("member", institution), ("representative",
    institution), ("lead", consortium), ("team_lead", team), ...
    """

    id: int | None = None
    name: str = ""
    email: str = ""
    locale: str | None = None
    zone: str = "UTC"
    session_id: int | None = None
    grants: frozenset[tuple[str, int]] = frozenset()

    @property
    def is_signed_in(self) -> bool:
        """Whether this is a person and no visitor."""
        return self.id is not None

    @property
    def is_admin(self) -> bool:
        """Whether this person administers the portal."""
        return ("administrator", 0) in self.grants

    @cached_property
    def _by_role(self) -> dict[str, frozenset[int]]:
        found: dict[str, set[int]] = {}
        for role, thing in self.grants:
            found.setdefault(role, set()).add(thing)
        return {role: frozenset(things) for role, things in found.items()}

    @cached_property
    def roles(self) -> frozenset[str]:
        """The kinds of roles that the person holds, anywhere."""
        return frozenset(self._by_role)

    def holds_any(self, *roles: str) -> bool:
        """Whether the person holds one of the roles anywhere. For conditions of statements, which may be kept."""
        return not self.roles.isdisjoint(roles)

    def ids(self, *roles: str) -> frozenset[int]:
        """The things in which the person holds one of the roles."""
        return frozenset().union(*(self._by_role.get(role, frozenset()) for role in roles))

    def held(self, *roles: str) -> tuple[int, ...]:
        """`ids` in order; worked out once, because the statements of a page ask for the same ones again and again."""
        found = self._held.get(roles)
        if found is None:
            found = self._held[roles] = tuple(sorted(self.ids(*roles)))
        return found

    @cached_property
    def _held(self) -> dict[tuple[str, ...], tuple[int, ...]]:
        return {}

    def holds(self, role: str, thing: int | None) -> bool:
        """Whether the person holds the role in the thing."""
        return thing is not None and (role, thing) in self.grants


VISITOR = Actor()


def permission(name: str) -> Callable[[Permission], Permission]:
    """Register a predicate under `feature.verb_noun`."""

    def register(check: Permission) -> Permission:
        if name in PERMISSIONS:
            raise ValueError(f"permission {name} stands twice")
        PERMISSIONS[name] = check
        check.permission_name = name  # type: ignore[attr-defined]  # functions carry attributes
        return check

    return register


def grant_source(select_for: Callable[[int], Select[str, int]]) -> Callable[[int], Select[str, int]]:
    """Register a feature's select of (role, thing id) for a person id, which is a parameter: only compare with it."""
    _grant_sources.append(select_for)
    return select_for


@lru_cache(maxsize=2)
def _all_grants(sources: tuple[Callable[[int], Select[str, int]], ...]) -> CompoundSelect[Any]:
    """The statement of all roles, put together once: every request asks it."""
    return _union(sources, bindparam("grants_of", type_=Integer))


def _union(sources: tuple[Callable[[int], Select[str, int]], ...], whose: Any) -> CompoundSelect[Any]:
    return union_all(*(_named(source(whose)) for source in sources))


def _named(query: Select[str, int]) -> Select[str, int]:
    role, thing = query.selected_columns
    return query.with_only_columns(role.label("role"), thing.label("thing"), maintain_column_froms=True)


def grants_of(whose: Any) -> CompoundSelect[Any]:
    """A select of (role, thing id) of all roles of a person, who may be a column or a query: for a statement that is kept."""
    return _union(tuple(_grant_sources), whose)


def load_grants(person_id: int) -> frozenset[tuple[str, int]]:
    """All roles of a person now, in one statement."""
    rows = db.session.execute(_all_grants(tuple(_grant_sources)), {"grants_of": person_id})
    return frozenset((role, int(thing)) for role, thing in rows)


def can(name: str, actor: Actor, *things: Any) -> Answer:
    """The answer of a permission by its name (for templates). Raises KeyError for an unknown name."""
    return PERMISSIONS[name](actor, *things)


def insist(answer: Answer) -> None:
    """Go on only if the answer of a permission is yes. Raises NotAllowed, or RuleBroken for Already, with its words."""
    if not answer:
        no = answer if isinstance(answer, No) else No("not_allowed", _l("You may not do this."))
        raise (RuleBroken if isinstance(no, Already) else NotAllowed)(no.code, no.text)


def demand(check: Permission, actor: Actor, *things: Any) -> None:
    """Ask a permission before reading. Raises NotAllowed with the refusal's code and sentence."""
    insist(check(actor, *things))


def authorize(check: Permission, actor: Actor, *things: Any) -> None:
    """Ask a permission inside `transaction()`. Raises NotAllowed with the refusal's code and sentence."""
    scope = require_scope()
    demand(check, actor, *things)
    scope.authorized.append(getattr(check, "permission_name", check.__name__))
