"""What can be reported to moderators, beside the things of `core.things`: a comment, a file, a translation.

Files and translations lie below or beside the discussion, which keeps the reports, so each feature registers here how what
it keeps is found, and how it is hidden and shown again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.access import Actor
from app.core.errors import Words
from app.core.things import About


@dataclass(frozen=True)
class Content:
    """What was reported, as moderators see it: who gave it, its words with their language, its page, whether it is hidden.

    `is_gone`: its author took it back, so that there is nothing left to hide.
    """

    author_id: int | None
    text: str
    language: str
    path: str
    is_hidden: bool = False
    is_gone: bool = False


@dataclass(frozen=True)
class Reportable:
    """How content of a kind is reached and hidden.

    `find(actor, id)` gives what it belongs to and the content, or raises NotFound where the actor may not see it;
    `look(id)` gives the content to those who decide about a report, None when it is no more. `hide(id, reason)` and
    `restore(id)` act inside the open transaction; `reason` is a code of the discussion's REPORT_REASONS, to be shown in
    place of the content.
    """

    name: str
    label: Words
    find: Callable[[Actor, int], tuple[About, Content]]
    look: Callable[[int], Content | None]
    hide: Callable[[int, str], None]
    restore: Callable[[int], None]


REPORTABLE: dict[str, Reportable] = {}


def reportable(offered: Reportable) -> Reportable:
    """Register a kind of content. Raises ValueError when its name stands twice."""
    if offered.name in REPORTABLE:
        raise ValueError(f"reportable {offered.name} stands twice")
    REPORTABLE[offered.name] = offered
    return offered
