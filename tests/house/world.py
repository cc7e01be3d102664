"""One world with a thing in every state that matters, and one person of every kind that asks for it.

What is private in it carries a marker: a word that occurs nowhere else, with the kinds of people who may read it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from werkzeug.routing import AnyConverter, Rule

from app.accounts.models import Person

# In the order of the columns of docs/access.md.
KINDS = (
    "visitor",
    "newcomer",
    "outsider",
    "colleague",
    "author",
    "team_lead",
    "deputy",
    "team_member",
    "asker",
    "invitee",
    "lead",
    "lead_in_team",
    "other_lead",
    "representative",
    "other_representative",
    "admin",
    "admin_of_own",
)
MEANINGS = {
    "visitor": "not signed in",
    "newcomer": "signed in, without a confirmed affiliation",
    "outsider": "confirmed member of an institution outside the consortium",
    "colleague": "confirmed member of the institution of author and team lead",
    "author": "wrote the problem statements",
    "team_lead": "leads the teams",
    "deputy": "deputy of the teams",
    "team_member": "member of the teams, from another institution of the consortium",
    "asker": "asks for what is asked here: to join, to be affiliated, to represent",
    "invitee": "is invited to a team and offered its lead",
    "lead": "lead of the consortium, in no team",
    "lead_in_team": "lead of the consortium and member of the teams",
    "other_lead": "lead of another consortium",
    "representative": "represents the institution of author and team lead",
    "other_representative": "represents the institution that asks to be admitted",
    "admin": "administrator of the portal",
    "admin_of_own": "administrator who belongs to the institution of author and team lead",
}
TEAM = frozenset({"team_lead", "deputy", "team_member", "lead_in_team"})
LEADS = frozenset({"lead", "lead_in_team"})
ADMINS = frozenset({"admin", "admin_of_own"})
# The asking institution's representative is no member of the consortium; everybody else with a home in it is.
CONSORTIUM = frozenset(
    {"colleague", "author", "representative", "admin_of_own", "asker", "invitee", "team_lead", "deputy", "team_member"}
) | LEADS  # fmt: skip

# Addresses that are asked about things in every state; the others about the first two.
DEPENDS_ON_STATE = {
    "show", "decide", "review", "reopen", "propose", "submit", "check", "merge", "admission", "join", "claim", "decide_request",
    "affiliation", "confirm", "answer_hand_over", "withdraw_hand_over", "change_state", "remove_member", "resume", "renew", "recall", "closing", "close", "hand_over", "line",
}  # fmt: skip

Target = tuple[str, dict[str, Any]]


# In which list the words of a thing would turn up.
LISTS = {
    "zqpproject": ("/projects",),
    "zqpprivateproject": ("/projects",),
    "zqplisting": ("/resources",),
    "zqtranslation": ("/translations",),
    "zqt": ("/teams", "/projects"),
    "zqp": ("/problems", "/teams", "/projects"),
}


@dataclass(frozen=True)
class Marker:
    """A word in something private, what that is, and who may read it."""

    word: str
    about: str
    readers: frozenset[str]
    shown_somewhere: bool = True

    @property
    def lists(self) -> tuple[str, ...]:
        """The lists in which it would be found if it leaked; empty for all."""
        return next((lists for start, lists in LISTS.items() if self.word.startswith(start)), ())

    @property
    def is_indexed(self) -> bool:
        """Whether it stands in something that lists can be searched for."""
        return self.word.startswith(("zqp", "zqt", "zqhidden")) and "note" not in self.word


@dataclass
class World:
    """The people by kind, the markers, and for each argument of an address the things that it may name."""

    people: dict[str, Person] = field(default_factory=dict)
    markers: list[Marker] = field(default_factory=list)
    targets: dict[str, list[Target]] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    also: list[str] = field(default_factory=list)  # addresses that are opened besides one of each kind
    known_addresses: dict[str, frozenset[str]] = field(default_factory=dict)  # to whom a yes opened them

    @property
    def consortium_people(self) -> frozenset[str]:
        """Those who belong to the consortium."""
        return CONSORTIUM

    def person(self, kind: str) -> Person | None:
        """The person of a kind, None for the visitor."""
        return self.people.get(kind)

    def mark(self, word: str, about: str, readers: Iterable[str], shown_somewhere: bool = True) -> str:
        """Give the text of a private thing, with its marker in it."""
        self.markers.append(Marker(word, about, frozenset(readers), shown_somewhere))
        return f"Words about the {about}, {word}."

    def aim(self, argument: str, label: str, thing: Any, **others: Any) -> None:
        """Note that an address's argument may name this thing."""
        self.targets.setdefault(argument, []).append(
            (label, {**others, argument: getattr(thing, "id", thing)})
        )

    def scenarios(self, rule: Rule) -> list[Target]:
        """The things with which a rule's address can be filled, as (label, arguments).

        Raises KeyError when an argument is unknown here: say in `build` what it may name.
        """
        if rule.endpoint in self.targets:  # such as a link with a secret, which only fits this address
            return self.targets[rule.endpoint]
        chosen = {name: kind for name, kind in rule._converters.items() if isinstance(kind, AnyConverter)}
        named = [
            part[1] for part in rule._trace if part[0] and part[1] not in chosen
        ]  # in the order of the address
        found: list[Target] = [("", {})]
        if named:
            found = [
                (label, {name: arguments[name] for name in (*named, *chosen) if name in arguments})
                for label, arguments in self.targets.get(named[-1], [])
                if set(named) <= set(arguments)
            ]
        if not found:
            raise KeyError(f"tests/house/world.py has nothing for {rule.rule}")
        if rule.endpoint.rpartition(".")[2] not in DEPENDS_ON_STATE:
            found = found[:2]
        for name, kind in chosen.items():  # a word out of a closed list: each of them
            found = [
                (label, arguments)
                if name in arguments
                else (f"{label} {word}".strip(), {**arguments, name: word})
                for label, arguments in found
                for word in (sorted(kind.items) if name not in arguments else [""])
            ]
        return found


def rules_of(app: Any, method: str) -> Iterator[Rule]:
    """The addresses that take a method, without static files, in order."""
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and method in (rule.methods or ())
    ]
    yield from sorted(rules, key=lambda rule: (rule.rule, rule.endpoint))
