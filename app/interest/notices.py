"""What both sides are told; the words are in templates/interest/mail.

No notice holds the name or address of a person, a line of what is brought or hoped for, or a word of a detail: a mail says
which institution did what, and what opened stands on the page alone.
"""

from collections.abc import Iterable
from typing import Any

from app.core.access import Actor
from app.core.text import excerpt
from app.institutions import queries as institutions
from app.interest.models import Interest
from app.interest.queries.things import owners
from app.notifications.services import tell

SENDER = "interest_sender"
OWNER = "interest_owner"
REPRESENTATIVE = "representative"


def say(
    people: Iterable[int | None],
    what: str,
    interest: Interest,
    *,
    reason: str,
    actor: Actor | None = None,
    mail: bool = True,
    **facts: Any,
) -> None:
    """Tell people `interest.<what>`."""
    tell(
        people,
        f"interest.{what}",
        about=interest,
        path=f"/interest/{interest.id}",
        reason=reason,
        facts={
            "number": interest.number,
            "thing": interest.thing.number,
            "title": interest.thing.title,
            "short": excerpt(interest.thing.title, 30),
            "sender": interest.institution.name,
            "owner": interest.owner_institution.name,
            **facts,
        },
        actor=actor,
        mail=mail,
    )


def to_sender(what: str, interest: Interest, actor: Actor | None = None, **facts: Any) -> None:
    """Tell who sent it."""
    say((interest.sender_id,), what, interest, reason=SENDER, actor=actor, **facts)


def to_owner(what: str, interest: Interest, actor: Actor | None = None, **facts: Any) -> None:
    """Tell the owner's side."""
    say(owners(interest), what, interest, reason=OWNER, actor=actor, **facts)


def to_both(what: str, interest: Interest, **facts: Any) -> None:
    """Tell both sides of what nobody of them did."""
    to_sender(what, interest, **facts)
    to_owner(what, interest, **facts)


def terms_accepted(actor: Actor, interest: Interest, institution_id: int) -> None:
    """The representatives of the other institution: they may accept as well, and then the detail opens."""
    is_sender = institution_id == interest.institution_id
    other = interest.owner_institution_id if is_sender else interest.institution_id
    who = interest.institution.name if is_sender else interest.owner_institution.name
    say(
        institutions.representatives_of(other),
        "terms_accepted",
        interest,
        reason=REPRESENTATIVE,
        actor=actor,
        who=who,
    )


def converted(actor: Actor, interest: Interest) -> None:
    """Both sides but who did it: it was taken further."""
    to_sender("converted", interest, actor, into=interest.converted_into)
    to_owner("converted", interest, actor, into=interest.converted_into)
