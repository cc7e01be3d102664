"""Citations are parsed back to what was written, whatever stands in the texts."""

import json
import re
from datetime import date

import pytest
import yaml
from flask import Flask

from app.outcomes.views import citing
from tests.factories.outcomes import make_outcome

NASTY = [
    "Salt & sensors: 100 % {true} \\ $5_a #1 ~ ^",
    "A \"quoted\" title, with 'both'",
    "Line one\nER  - \nTY  - JOUR",
    "} , author = {Somebody Else",
    "</script><script>alert(1)</script>",
    "قياس الملوحة في الآبار",
    "tab\tand\u2028separator\u0085next",
    "- yaml: [not, a, list]",
    "@comment{x}",
]


def record(text: str) -> citing.Record:
    return citing.Record(
        number="OUT-2026-0001",
        kind="dataset",
        title=text,
        summary=f"About {text}",
        language="en",
        authors=(citing.Person(text, "Cairo & Co", "https://ror.org/03q21mh05"), citing.Person("B", "", "")),
        publisher=text,
        day=date(2026, 3, 9),
        address="http://localhost/outcomes/1",
        doi="10.5281/zenodo.1_2",
        isbn="",
        patent="",
        other="https://git.example.org/a",
        licence="CC-BY-4.0",
        about="http://localhost/problems/1",
        is_negative=True,
    )


def one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text).strip()


def read_bibtex(text: str) -> tuple[str, str, dict[str, str]]:
    """A small reader of one entry: braces are counted, escapes undone."""
    kind, key, body = re.fullmatch(r"@(\w+)\{([\w-]+),\n(.*)\n\}\n", text, re.DOTALL).groups()
    fields = {}
    for line in body.split("\n"):
        name, value = re.fullmatch(r"  (\w+) = \{(.*)\},?", line).groups()
        depth = 0
        for at, sign in enumerate(value):
            depth += {"{": 1, "}": -1}.get(sign, 0) if at == 0 or value[at - 1] != "\\" else 0
            assert depth >= 0, line
        assert depth == 0, line
        fields[name] = value
    return kind, key, fields


def plain(value: str) -> str:
    value = value[1:-1] if value.startswith("{") and value.endswith("}") else value
    for name, sign in (("textbackslash", "\0"), ("textasciitilde", "~"), ("textasciicircum", "^")):
        value = value.replace(f"\\{name}{{}}", sign)
    return re.sub(r"\\([{}%&#$_])", r"\1", value).replace("\0", "\\")


@pytest.mark.parametrize("text", NASTY)
def test_bibtex(text):
    kind, key, fields = read_bibtex(citing.bibtex(record(text)))
    assert (kind, key) == ("dataset", "OUT-2026-0001")
    assert plain(fields["title"]) == one_line(text)
    assert plain(fields["author"].split("} and {")[0] + "}") == one_line(text)
    assert plain(fields["doi"]) == "10.5281/zenodo.1_2"
    assert (fields["year"], fields["copyright"]) == ("2026", "CC-BY-4.0")


@pytest.mark.parametrize("text", NASTY)
def test_ris(text):
    lines = citing.ris(record(text)).split("\r\n")
    rows = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line).groups() for line in lines if line]
    assert rows[0] == ("TY", "DATA")
    assert rows[-1] == ("ER", "")
    assert [value for tag, value in rows if tag == "ER"] == [""]
    assert [value for tag, value in rows if tag == "AU"] == [one_line(text), "B"]
    assert dict(rows)["TI"] == one_line(text)


@pytest.mark.parametrize("text", NASTY)
def test_cff(text):
    found = yaml.safe_load(citing.cff(record(text)))
    assert found["title"] == text
    assert [author["name"] for author in found["authors"]] == [text, "B"]
    assert (found["cff-version"], found["license"], found["date-released"]) == (
        "1.2.0",
        "CC-BY-4.0",
        "2026-03-09",
    )


@pytest.mark.parametrize("text", NASTY)
def test_json_ld(text):
    written = citing.json_ld(record(text))
    assert "<" not in written
    found = json.loads(written)
    assert found["name"] == text
    assert found["@type"] == "Dataset"
    assert found["author"][0] == {
        "@type": "Person",
        "name": text,
        "affiliation": {"@type": "Organization", "name": "Cairo & Co", "@id": "https://ror.org/03q21mh05"},
    }
    assert found["sameAs"] == ["https://doi.org/10.5281/zenodo.1_2", "https://git.example.org/a"]


def test_every_form_is_served_for_what_is_published_alone(app: Flask, client):
    shown, hidden = make_outcome(), make_outcome(state="confirmed")
    for form, (_write, kind, name) in citing.FORMS.items():
        answer = client.get(f"/outcomes/{shown.id}/citation.{form}")
        assert answer.status_code == 200
        assert answer.content_type == f"{kind}; charset=utf-8"
        assert name.format(number=shown.number) in answer.headers["Content-Disposition"]
        assert client.get(f"/outcomes/{hidden.id}/citation.{form}").status_code == 404
    assert client.get(f"/outcomes/{shown.id}/citation.doc").status_code == 404
