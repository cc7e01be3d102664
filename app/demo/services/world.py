"""What the parts of a filled portal share: who is there, the hand that writes, and the luck of the draw."""

import random
from dataclasses import dataclass, field
from datetime import datetime

from app.core import vocab
from app.demo.services.wording import Draw, chooser, codes
from app.demo.services.writer import Writer


@dataclass
class World:
    """Everybody by key: institution → its people (the representative first), consortium → members, → leads."""

    writer: Writer
    luck: random.Random
    now: datetime
    people: dict[int, list[int]] = field(default_factory=dict)
    consortia: dict[int, list[int]] = field(default_factory=dict)
    leads: dict[int, list[int]] = field(default_factory=dict)
    countries: dict[int, str] = field(default_factory=dict)  # of institutions
    homes: dict[int, list[int]] = field(default_factory=dict)  # institution → its consortia
    problems: list[int] = field(default_factory=list)  # that are published

    def __post_init__(self) -> None:
        self.draw: dict[str, Draw] = {name: chooser(values, self.luck) for name, values in codes().items()}


def with_ancestors(fields: list[str]) -> set[str]:
    """The fields with all that they belong to."""
    return {code for field in fields for code in (*vocab.field_ancestors(field), field)}
