"""The things that people attach something to: a comment, a file, a translation, a report.

Discussion, files and translations lie below problems, listings, projects and teams, so each of these registers here what
its things are called and who sees, discusses and keeps them. A low feature keeps (kind, thing id) with its rows and never
asks a thing but through its kind: what somebody may not see raises NotFound.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.access import Actor, Answer
from app.core.errors import NotFound, Words

# For whom a comment is: everybody who sees the thing, those who review it with its author, those who decide alone.
EVERYBODY, REVIEWERS, DECIDERS = AUDIENCES = ("everybody", "reviewers", "deciders")


@dataclass(frozen=True)
class About:
    """What a thing is, for pages of others: kind, id, public number, title with its language, path, consortium."""

    kind: str
    id: int
    number: str
    title: str
    language: str
    path: str
    consortium_id: int | None = None


@dataclass(frozen=True)
class Field:
    """A text of a thing that can be translated: its label, the text now, the most characters, whether it is Markdown."""

    label: Words
    text: str
    most: int
    is_markdown: bool = False


@dataclass(frozen=True)
class Kind:
    """How the things of a kind are reached and who may what.

    `get(actor, id)` gives the record with what `about` reads, or raises NotFound; `seen(actor)` is its list form, a select of
    ids; `audiences(actor, record)` those of AUDIENCES to which the actor belongs (all who see it belong to "everybody");
    `told(record, audience)` the person ids told of a new comment; `discuss` and `attach` say who may write and who may add
    and remove files now; `texts(record)` the fields that can be translated, by name (first the title, then the summary);
    `localise(thing_id, language, texts or None)` keeps what lists show of a translation, and its words for the search, inside
    the transaction that accepts it or takes it back. `audience_names` puts the audiences into words for this kind.
    `see_files` says who of those who see the thing sees its files; without it, all do.
    `keepers(record)` are the person ids whose thing it is (its author, say): they are told what others add to it, and may
    object; without it, those told as reviewers. They decide about no report of it. `owner(record)` is the one of them who
    answers for it. `alias(record, person_id)` is what stands in place of the name of somebody who is not to be named there
    yet, or None. `names_contributors` says whether authors of comments can be named as contributors to it.
    """

    name: str
    label: Words
    get: Callable[[Actor, int], Any]
    about: Callable[[Any], About]
    seen: Callable[[Actor], Select[Any]]
    audiences: Callable[[Actor, Any], frozenset[str]]
    told: Callable[[Any, str], set[int]]
    discuss: Callable[[Actor, Any], Answer]
    attach: Callable[[Actor, Any], Answer]
    texts: Callable[[Any], dict[str, Field]] | None = None
    localise: Callable[[int, str, Mapping[str, str] | None], None] | None = None
    audience_names: Mapping[str, Words] = field(default_factory=dict)
    see_files: Callable[[Actor, Any], Answer] | None = None
    owner: Callable[[Any], int | None] | None = None
    keepers: Callable[[Any], set[int]] | None = None
    alias: Callable[[Any, int], str | None] | None = None
    names_contributors: bool = True

    def name_of(self, record: Any, person_id: int | None, name: str) -> str:
        """The name under which a person stands with the thing."""
        found = self.alias(record, person_id) if self.alias is not None and person_id is not None else None
        return name if found is None else found

    def voice(self, actor: Actor, record: Any) -> Actor:
        """The actor under the name by which others are told of what they do with the thing."""
        return replace(actor, name=self.name_of(record, actor.id, actor.name))

    def people_of(self, record: Any) -> set[int]:
        """The person ids whose thing it is."""
        return self.keepers(record) if self.keepers is not None else self.told(record, REVIEWERS)


KINDS: dict[str, Kind] = {}


def kind(offered: Kind) -> Kind:
    """Register a kind. Raises ValueError when its name stands twice."""
    if offered.name in KINDS:
        raise ValueError(f"kind {offered.name} stands twice")
    KINDS[offered.name] = offered
    return offered


def find(actor: Actor, name: str, thing_id: int) -> tuple[Kind, Any]:
    """The kind and the record of a thing that the actor may see. Raises NotFound for unknown kinds as well."""
    if name not in KINDS:
        raise NotFound
    found = KINDS[name]
    return found, found.get(actor, thing_id)


def about(actor: Actor, name: str, thing_id: int) -> About:
    """What a thing is, if the actor may see it. Raises NotFound."""
    found, record = find(actor, name, thing_id)
    return found.about(record)


class Localised:
    """Mixin of records whose title and summary lists show in the reader's language where a translation was accepted.

    `localised`: {language code: {"title": ..., "summary": ...}}.
    """

    localised: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
