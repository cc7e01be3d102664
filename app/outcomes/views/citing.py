"""An outcome for those who cite it and for machines: BibTeX, RIS, CITATION.cff, JSON-LD, all from one record."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, current_app, url_for

from app.core.errors import NotFound
from app.outcomes import queries
from app.outcomes.models import Outcome, address_of
from app.outcomes.views.blueprint import bp
from app.web.guards import current_actor, public

BIBTEX = {"publication": "article", "dataset": "dataset", "software": "software", "patent": "patent"}
RIS = {
    "publication": "JOUR", "dataset": "DATA", "software": "COMP", "patent": "PAT", "policy": "GOVDOC",
    "training": "ADVS", "exchange_visit": "ADVS", "method": "STAND",
}  # fmt: skip
SCHEMA = {
    "publication": "ScholarlyArticle", "dataset": "Dataset", "software": "SoftwareSourceCode",
    "policy": "Legislation", "training": "Course", "exchange_visit": "Event",
}  # fmt: skip
_LINE = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_BIBTEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$",
    "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A contributor with the institution through which they contributed."""

    name: str
    institution: str
    ror: str


@dataclass(frozen=True)
class Record:
    """What all forms of citation say. `day` is that on which it was there; `licence` an SPDX identifier or empty."""

    number: str
    kind: str
    title: str
    summary: str
    language: str
    authors: tuple[Person, ...]
    publisher: str
    day: date
    address: str
    doi: str
    isbn: str
    patent: str
    other: str
    licence: str
    about: str
    is_negative: bool


def _people(rows: list[Any]) -> tuple[Person, ...]:
    """Each contributor once, leading ones first."""
    found: dict[int, Person] = {}
    for row in rows:
        ror = f"https://ror.org/{row.ror}" if row.ror else ""
        found.setdefault(row.person_id, Person(row.display_name, row.institution or "", ror))
    return tuple(found.values())


def record_of(outcome: Outcome, rows: list[Any]) -> Record:
    """One record from an outcome and the roles that were accepted."""
    known = {row["scheme"]: row["value"] for row in reversed(outcome.identifiers)}
    found = outcome.published_at or outcome.created_at
    base = str(current_app.config["SETTINGS"].base_url)
    return Record(
        number=outcome.number,
        kind=outcome.kind,
        title=outcome.title,
        summary=outcome.summary,
        language=outcome.language,
        authors=_people(rows),
        publisher=outcome.institution.own_name,
        day=outcome.produced_on or found.date(),
        address=base + url_for("outcomes.show", outcome_id=outcome.id),
        doi=known.get("doi", ""),
        isbn=known.get("isbn", ""),
        patent=known.get("patent", ""),
        other=next((address_of(name, known[name]) for name in ("repository", "handle") if name in known), ""),
        licence=outcome.licence if outcome.licence != "reserved" else "",
        about=f"{base}{url_for('problems.show', problem_id=outcome.problem_id)}"
        if outcome.problem_id
        else "",
        is_negative=outcome.is_negative,
    )


def _line(text: str) -> str:
    """A text in one line."""
    return _LINE.sub(" ", text).strip()


# ---- the forms -----------------------------------------------------------------------------------------------------


def _tex(text: str) -> str:
    return "".join(_BIBTEX.get(sign, sign) for sign in _line(text))


def bibtex(record: Record) -> str:
    """One BibTeX entry; names stand in braces, so that nothing takes them apart."""
    fields = {
        "title": "{" + _tex(record.title) + "}",
        "author": " and ".join("{" + _tex(person.name) + "}" for person in record.authors),
        "year": f"{record.day:%Y}",
        "month": str(record.day.month),
        "publisher": "{" + _tex(record.publisher) + "}",
        "doi": _tex(record.doi),
        "isbn": record.isbn,
        "number": _tex(record.patent or record.number),
        "url": record.address,
        "abstract": _tex(record.summary),
        "language": record.language,
        "copyright": record.licence,
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    kind = BIBTEX.get(record.kind, "misc")
    return f"@{kind}{{{record.number},\n" + ",\n".join(lines) + "\n}\n"


def ris(record: Record) -> str:
    """One RIS record."""
    rows = [
        ("TY", RIS.get(record.kind, "GEN")),
        ("ID", record.number),
        ("TI", record.title),
        *(("AU", person.name) for person in record.authors),
        *(("AD", name) for name in dict.fromkeys(person.institution for person in record.authors) if name),
        ("PY", f"{record.day:%Y}"),
        ("DA", f"{record.day:%Y/%m/%d}/"),
        ("PB", record.publisher),
        ("AB", record.summary),
        ("DO", record.doi),
        ("SN", record.isbn),
        ("M1", record.patent),
        ("LA", record.language),
        ("UR", record.address),
        ("L2", record.other),
    ]
    lines = [f"{tag}  - {_line(value)}" for tag, value in rows if _line(value)]
    return "\r\n".join([*lines, "ER  - ", ""])


def _yaml(text: str) -> str:
    """A text as a double-quoted scalar of YAML 1.2, in one line."""
    signs = []
    for sign in text:
        if sign in '"\\':
            signs.append("\\" + sign)
        elif sign == "\n":
            signs.append("\\n")
        elif sign < " " or sign in "\x7f\x85\u2028\u2029\ufeff":
            signs.append(f"\\u{ord(sign):04x}")
        else:
            signs.append(sign)
    return '"' + "".join(signs) + '"'


def cff(record: Record) -> str:
    """A CITATION.cff (Citation File Format 1.2.0). A name is not taken apart: it stands as it is written."""
    lines = [
        'cff-version: "1.2.0"',
        'message: "If you use this, please cite it as below."',
        f"title: {_yaml(record.title)}",
        f"type: {'software' if record.kind == 'software' else 'dataset'}",
        "authors:",
    ]
    for person in record.authors or (Person(record.publisher, "", ""),):
        lines.append(f"  - name: {_yaml(person.name)}")
        if person.ror:
            lines.append(f"    website: {_yaml(person.ror)}")
    lines += [
        f'date-released: "{record.day:%Y-%m-%d}"',
        f"url: {_yaml(record.address)}",
        f"abstract: {_yaml(record.summary)}",
    ]
    if record.doi:
        lines.append(f"doi: {_yaml(record.doi)}")
    if record.licence:
        lines.append(f"license: {_yaml(record.licence)}")
    if record.other:
        lines.append(f"repository: {_yaml(record.other)}")
    return "\n".join(lines) + "\n"


def _party(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "Person", "name": person.name}
    if person.institution:
        found["affiliation"] = {"@type": "Organization", "name": person.institution}
        if person.ror:
            found["affiliation"]["@id"] = person.ror
    return found


def json_ld(record: Record) -> str:
    """A description in the words of schema.org."""
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": SCHEMA.get(record.kind, "CreativeWork"),
        "@id": record.address,
        "identifier": [
            record.number,
            *(value for value in (record.doi, record.isbn, record.patent) if value),
        ],
        "name": record.title,
        "description": record.summary,
        "inLanguage": record.language,
        "datePublished": record.day.isoformat(),
        "url": record.address,
        "author": [_party(person) for person in record.authors],
        "publisher": {"@type": "Organization", "name": record.publisher},
    }
    same = [
        address for address in (address_of("doi", record.doi) if record.doi else "", record.other) if address
    ]
    if same:
        found["sameAs"] = same
    if record.licence:
        found["license"] = f"https://spdx.org/licenses/{record.licence}"
    if record.about:
        found["about"] = record.about
    if record.is_negative:
        found["keywords"] = ["negative result"]
    # What could end a script element of a page is written by its number.
    text = json.dumps(found, ensure_ascii=False, indent=2)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") + "\n"


FORMS: dict[str, tuple[Callable[[Record], str], str, str]] = {
    "bib": (bibtex, "application/x-bibtex", "{number}.bib"),
    "ris": (ris, "application/x-research-info-systems", "{number}.ris"),
    "cff": (cff, "application/yaml", "CITATION.cff"),
    "jsonld": (json_ld, "application/ld+json", "{number}.jsonld"),
}


@bp.route("/<int:outcome_id>/citation.<form>")
@public
def cite(outcome_id: int, form: str) -> Response:
    """A published outcome in one of the forms."""
    detail = queries.detail(current_actor(), outcome_id)
    if form not in FORMS or detail.outcome.state != "published":
        raise NotFound
    write, kind, name = FORMS[form]
    record = record_of(detail.outcome, detail.contributors)
    response = Response(write(record), content_type=f"{kind}; charset=utf-8")
    file = name.format(number=record.number)
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response
