"""Who is meant by @name in a text: somebody whom the writer may see, and who may see what is written.

Names are plain text. Whoever does not count is left out without a word, so that nobody learns who exists.
"""

import re
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.policies import visible_people
from app.core import index
from app.core.access import Actor
from app.core.db import db
from app.core.text import clean_line
from app.discussion.models import Comment
from app.discussion.queries.comments import sees

MOST = 10
LONGEST_NAME = 120
_AT = re.compile(r"(?<![\w@.])@(?=\w)")


def _typed(text: str) -> list[str]:
    """What follows each @ in its line, at most MOST different ones."""
    found = [text[at.end() : at.end() + LONGEST_NAME].split("\n", 1)[0] for at in _AT.finditer(text)]
    return list(dict.fromkeys(clean_line(part) for part in found))[:MOST]


def _begins(typed: str, name: str) -> bool:
    """Whether the typed text begins with the whole name."""
    folded, wanted = index.fold(typed), index.fold(name)
    if not wanted or not folded.startswith(wanted):
        return False
    return not folded[len(wanted) : len(wanted) + 1].isalnum()


def _namesakes(actor: Actor, typed: str) -> list[Person]:
    """People whom the writer may see and whose name stands at the beginning, the longest name's."""
    words = typed.split()
    for count in sorted({min(2, len(words)), 1}, reverse=True):
        hits = index.matching("person", " ".join(words[:count]))
        if hits is None:
            continue
        people = db.session.scalars(select(Person).where(Person.id.in_(hits), visible_people(actor))).all()
        lengths: dict[int, list[Person]] = {}
        for person in people:
            fitting = [
                len(name) for name in (person.display_name, person.romanised_name) if _begins(typed, name)
            ]
            if fitting:
                lengths.setdefault(max(fitting), []).append(person)
        if lengths:
            return lengths[max(lengths)]
    return []


def mentioned(
    actor: Actor, kind: str, thing_id: int, *, audience: str, text: str, known: set[int]
) -> list[Person]:
    """The people meant by the text, each once, never the writer.

    Of several with one name those are meant who take part already (`known` are told of the thing anyway), if that is one.
    """
    found: dict[int, Person] = {}
    for typed in _typed(text):
        people = [one for one in _namesakes(actor, typed) if sees(one, kind, thing_id, audience)]
        if len(people) > 1:
            people = _taking_part(people, kind, thing_id, known)
        if len(people) == 1 and people[0].id != actor.id:
            found[people[0].id] = people[0]
    return list(found.values())


def _taking_part(people: list[Person], kind: str, thing_id: int, known: set[int]) -> list[Person]:
    wrote: set[Any] = set(
        db.session.scalars(
            select(Comment.author_id).where(
                Comment.kind == kind,
                Comment.thing_id == thing_id,
                Comment.author_id.in_([person.id for person in people]),
            )
        )
    )
    return [person for person in people if person.id in wrote | known]
