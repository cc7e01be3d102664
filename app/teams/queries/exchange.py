"""The exchange table and the coverage of skills, put together from rows that a page has read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core import vocab
from app.core.i18n import _, get_locale


@dataclass(frozen=True)
class Line:
    """One line as components/two_sides.html shows it."""

    id: int
    text: str
    note: str
    kind: str


@dataclass
class Row:
    """What one institution brings and hopes to gain; the sentences name what is missing."""

    institution_id: int
    name: str
    place: str
    url: str
    brings: list[Line] = field(default_factory=list)
    gains: list[Line] = field(default_factory=list)
    missing_brings: str = ""
    missing_gains: str = ""
    remedy: tuple[str, str] | None = None
    people: list[str] = field(default_factory=list)


def _note(line: Any, names: dict[int, str], by_id: dict[int, Any]) -> str:
    if line.direction == "brings":
        if line.for_institution_id in names:
            return _("for %(institution)s", institution=names[line.for_institution_id])
        return _("for the whole team")
    if line.from_outcome:
        return _("from what we expect to come of it: %(outcome)s", outcome=line.from_outcome)
    source = by_id.get(line.from_line_id)
    if source is not None and source.institution_id in names:
        return _("from %(institution)s: %(line)s", institution=names[source.institution_id], line=source.text)
    return _("from nobody yet")


def rows(members: Sequence[Any], lines: Sequence[Any]) -> tuple[list[Row], list[Any]]:
    """The rows in the order in which institutions came in, and the lines of those that have nobody left in the team."""
    table: dict[int, Row] = {}
    for member in members:
        if member.institution_id not in table:
            country = vocab.country_name(member.country, get_locale()) if member.country else ""
            table[member.institution_id] = Row(
                member.institution_id,
                member.institution,
                _("%(city)s, %(country)s", city=member.city, country=country) if member.city else country,
                f"/institutions/{member.institution_id}",
            )
        table[member.institution_id].people.append(member.display_name)
    names = {key: row.name for key, row in table.items()}
    by_id = {line.id: line for line in lines if line.direction == "brings"}
    left = []
    for line in lines:
        row = table.get(line.institution_id)
        if row is None:
            left.append(line)
            continue
        shown = Line(line.id, line.text, _note(line, names, by_id), line.kind)
        (row.brings if line.direction == "brings" else row.gains).append(shown)
    for row in table.values():
        if not row.brings:
            row.missing_brings = _(
                "The team cannot be proposed before %(institution)s says what it brings.",
                institution=row.name,
            )
        if not row.gains:
            row.missing_gains = _(
                "The team cannot be proposed before %(institution)s says what it hopes to gain.",
                institution=row.name,
            )
    return list(table.values()), left


@dataclass
class Skill:
    """A row of the coverage: who leads and who helps, in the order of the members."""

    role: Any
    degrees: list[str]

    @property
    def by(self) -> int:
        """How many members cover it."""
        return sum(1 for degree in self.degrees if degree)


def coverage(roles: Sequence[Any], members: Sequence[Any]) -> list[Skill]:
    """One row for each role, what the team lacks first."""
    held = [{entry["role_id"]: entry["degree"] for entry in member.skills} for member in members]
    found = [Skill(role, [degrees.get(role.id, "") for degrees in held]) for role in roles]
    wanted = [skill for skill in found if skill.by or not skill.role.is_closed]
    return sorted(wanted, key=lambda skill: bool(skill.by))
