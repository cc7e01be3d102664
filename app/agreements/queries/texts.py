"""The seven templates: a text for each kind and language in `app/agreements/data`, in sections, with blanks to fill.

A file `<kind>.<language>.md` holds `# title`, a line that says what it is for, a note (`>`), and sections `## name: heading`.
A blank is `[[name: what belongs here]]`; names of sections and blanks are the same in all languages.
"""

import pathlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

DATA = pathlib.Path(__file__).parent.parent / "data"
_BLANK = re.compile(r"\[\[([a-z_]+): ([^\[\]\n]+)\]\]")
_SECTION = re.compile(r"^## ([a-z_]+): (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Blank:
    """A place to be filled: its name, and what belongs there in the template's language."""

    name: str
    label: str


@dataclass(frozen=True)
class Section:
    """A part of a template: name, heading, Markdown with blanks as `[[name: label]]`."""

    name: str
    heading: str
    text: str


@dataclass(frozen=True)
class Template:
    """The text of a kind in a language; `note` says that it is a starting point and no legal advice."""

    kind: str
    language: str
    title: str
    summary: str
    note: str
    sections: tuple[Section, ...]

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """What is to be filled in, each once, in the order of the text."""
        found = {
            name: Blank(name, label)
            for section in self.sections
            for name, label in _BLANK.findall(section.text)
        }
        return tuple(found.values())

    def fill(self, written: Mapping[str, str]) -> str:
        """The whole as Markdown; a blank that nobody filled reads `[[what belongs here]]`."""

        def put(found: re.Match[str]) -> str:
            return written.get(found[1], "").strip() or f"[[{found[2]}]]"

        return "\n\n".join(
            f"## {section.heading}\n\n{_BLANK.sub(put, section.text)}" for section in self.sections
        )


@lru_cache(maxsize=32)
def template_of(kind: str, language: str) -> Template:
    """The template of a kind in a language. Raises FileNotFoundError where there is none."""
    source = (DATA / f"{kind}.{language}.md").read_text(encoding="utf-8")
    head, *parts = _SECTION.split(source)
    title, summary, note = (line.strip() for line in head.split("\n\n") if line.strip())
    sections = zip(parts[0::3], parts[1::3], parts[2::3], strict=True)
    return Template(
        kind,
        language,
        title.removeprefix("# "),
        summary,
        note.removeprefix("> "),
        tuple(Section(name, heading, text.strip()) for name, heading, text in sections),
    )
