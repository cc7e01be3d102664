#!/usr/bin/env python3
"""Make the files of app/data from their sources.

    python tools/make_reference_data.py SOURCES [name ...]

SOURCES is a folder laid out as below; the names are those of the steps (all of them without): sdg fields countries
languages timezones ror passwords. `app/data/README.md` says where each source comes from and under which licence.

    vocab/sdg.jsonl.gz               one goal or target a line: code, kind, title{lang}, short{lang}
    vocab/openalex_fields.csv.gz     level, id, label, parent_id
    vocab/countries.jsonl.gz         alpha2, m49 [region, subregion], timezones
    vocab/languages.jsonl.gz         iso639_1, native, direction
    vocab/timezones.jsonl.gz         zone, country
    cldr/main/LANG/territories.json  of the npm package cldr-localenames-full, for the short names of countries
    organisations/ror.json[.gz]      ROR's own full dump (schema 2.0 or 2.1), or else the two files
    organisations/ror_active.jsonl.gz, ror_inactive_withdrawn.jsonl.gz: the same records, one a line, flattened
    passwords/10_million_password_list_top_1M.txt  one a line, the commonest first

What people wrote for Taawun itself stands in this repository: the Arabic names of the fields in
tools/reference/fields_ar.tsv, the corrections and additions below.
"""

import csv
import gzip
import io
import json
import pathlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.core.ror import RELATIONS, compact, from_schema_2, ordered_names, round_degrees  # noqa: E402

OUT = ROOT / "app" / "data"
FIELDS_AR = ROOT / "tools" / "reference" / "fields_ar.tsv"
SDG_LANGUAGES = {"en": "en", "ar": "ar", "fr": "fr", "es": "es", "ru": "ru", "zh": "zh-Hans"}

# The United Nations' own short names of the goals in Arabic, where the volunteers' differ.
GOALS_AR = (
    "القضاء على الفقر",
    "القضاء التام على الجوع",
    "الصحة الجيدة والرفاه",
    "التعليم الجيد",
    "المساواة بين الجنسين",
    "المياه النظيفة والنظافة الصحية",
    "طاقة نظيفة وبأسعار معقولة",
    "العمل اللائق ونمو الاقتصاد",
    "الصناعة والابتكار والهياكل الأساسية",
    "الحد من أوجه عدم المساواة",
    "مدن ومجتمعات محلية مستدامة",
    "الاستهلاك والإنتاج المسؤولان",
    "العمل المناخي",
    "الحياة تحت الماء",
    "الحياة في البر",
    "السلام والعدل والمؤسسات القوية",
    "عقد الشراكات لتحقيق الأهداف",
)
# Slips in the source's short names.
GOAL_CORRECTIONS = {
    ("2", "fr"): "Faim « zéro »",
    ("7", "fr"): "Énergie propre et d’un coût abordable",
    ("8", "fr"): "Travail décent et croissance économique",
    ("8", "ru"): "Достойная работа и экономический рост",
    ("17", "zh"): "促进目标实现的伙伴关系",
}
# Languages whose own name CLDR does not give.
NATIVE = {
    "ae": "Avesta", "av": "авар мацӀ", "ay": "Aymar aru", "bi": "Bislama", "ch": "Chamoru", "cr": "ᓀᐦᐃᔭᐍᐏᐣ",
    "fj": "Na Vosa Vakaviti", "ho": "Hiri Motu", "hz": "Otjiherero", "ik": "Iñupiaq", "kg": "Kikongo",
    "kj": "Oshikwanyama", "kr": "Kanuri", "kv": "коми кыв", "li": "Limburgs", "mh": "Kajin M̧ajeļ",
    "na": "Dorerin Naoero", "ng": "Oshindonga", "oj": "ᐊᓂᔑᓈᐯᒧᐎᓐ", "pi": "Pāli", "sh": "srpskohrvatski",
    "sm": "Gagana Sāmoa", "tl": "Tagalog", "tw": "Twi", "ty": "Reo Tahiti",
}  # fmt: skip
# Countries shown by CLDR's short name: its usual one carries a comment that has no place in an address.
SHORT_COUNTRIES = ("HK", "MM", "MO", "PS")
# The list is cut here, but the long ones further down are kept: where a password is all there is, it has 15 or more.
COMMONEST, LONG = 300_000, 15


def read_lines(path: pathlib.Path) -> Iterator[dict[str, Any]]:
    """The objects of a .jsonl.gz file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def write_gzip(name: str, content: bytes) -> None:
    """A gzip file without name or time inside: the same content gives the same file."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as packed:
        packed.write(content)
    (OUT / name).write_bytes(buffer.getvalue())
    print(f"{name}: {buffer.tell():,} bytes")


def write_json(name: str, content: Any, break_at: int = 1) -> None:
    """Compact JSON, yet one entry a line down to a depth, so that a change can be read."""
    text = _lines(content, break_at) + "\n"
    (OUT / name).write_text(text, encoding="utf-8")
    print(f"{name}: {len(text.encode()):,} bytes")


def _lines(content: Any, depth: int) -> str:
    if depth and isinstance(content, dict):
        rows = [f"{json.dumps(key)}:{_lines(value, depth - 1)}" for key, value in content.items()]
        return "{\n" + ",\n".join(rows) + "\n}"
    if depth and isinstance(content, list):
        return "[\n" + ",\n".join(_lines(value, depth - 1) for value in content) + "\n]"
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def tidy(text: str) -> str:
    """One space between words, none around, and no kashidas: the stretching of Arabic letters for print."""
    return " ".join(text.replace("\u0640", "").split())


def make_sdg(sources: pathlib.Path) -> None:
    """sdg.json: 17 goals with short name and full title, 169 targets, in six languages."""
    rows = list(read_lines(sources / "vocab" / "sdg.jsonl.gz"))
    goals: dict[str, Any] = {}
    for row in (row for row in rows if row["kind"] == "goal"):
        code = row["code"]
        label = {lang: tidy(row["short"][source]) for lang, source in SDG_LANGUAGES.items()}
        label["ar"] = GOALS_AR[int(code) - 1]
        label.update({lang: text for (goal, lang), text in GOAL_CORRECTIONS.items() if goal == code})
        goals[code] = {"label": label, "title": _title(row)}
    targets = {row["code"]: _title(row) for row in rows if row["kind"] == "target"}
    write_json("sdg.json", {"goals": goals, "targets": targets}, break_at=2)


def _title(row: dict[str, Any]) -> dict[str, str]:
    return {lang: tidy(row["title"][source]) for lang, source in SDG_LANGUAGES.items()}


def make_fields(sources: pathlib.Path) -> None:
    """fields.json: [code, parent code, English, Arabic] of every domain, field and subfield, parents first."""
    arabic = dict(line.split("\t") for line in FIELDS_AR.read_text(encoding="utf-8").splitlines())
    above = {"domain": "", "field": "d", "subfield": "f"}
    with gzip.open(sources / "vocab" / "openalex_fields.csv.gz", "rt", encoding="utf-8", newline="") as table:
        rows = [
            (row["level"], row["level"][0] + row["id"], above[row["level"]] + row["parent_id"], row["label"])
            for row in csv.DictReader(table)
        ]
    rows.sort(key=lambda row: (list(above).index(row[0]), row[1]))
    write_json("fields.json", [[code, parent, tidy(label), arabic[code]] for _, code, parent, label in rows])


def make_countries(sources: pathlib.Path) -> None:
    """countries.json: alpha-2 to [M49 region, subregion, time zones], and the few short names."""
    countries = {}
    for row in sorted(read_lines(sources / "vocab" / "countries.jsonl.gz"), key=lambda row: row["alpha2"]):
        region, subregion = row.get("m49") or (None, None)
        countries[row["alpha2"]] = [region, subregion, row.get("timezones") or []]
    countries["XK"] = [
        "150",
        "039",
        ["Europe/Belgrade"],
    ]  # Kosovo: not in ISO's list, but in CLDR's and ROR's
    short: dict[str, dict[str, str]] = {}
    for lang in ("en", "ar", "es", "fr", "ru", "zh"):
        path = sources / "cldr" / "main" / lang / "territories.json"
        names = json.loads(path.read_text(encoding="utf-8"))["main"][lang]["localeDisplayNames"][
            "territories"
        ]
        named = {code: names.get(f"{code}-alt-short") for code in SHORT_COUNTRIES}
        short[lang] = {code: name for code, name in named.items() if name}
    write_json("countries.json", {"countries": countries, "short": short}, break_at=2)


def make_languages(sources: pathlib.Path) -> None:
    """languages.json: ISO 639-1 code to [own name, direction]."""
    rows = sorted(read_lines(sources / "vocab" / "languages.jsonl.gz"), key=lambda row: row["iso639_1"])
    write_json(
        "languages.json",
        {
            row["iso639_1"]: [row.get("native") or NATIVE[row["iso639_1"]], row.get("direction") or "ltr"]
            for row in rows
        },
    )


def make_timezones(sources: pathlib.Path) -> None:
    """timezones.json: IANA zone to its country; of the zones without a place only UTC."""
    rows = sorted(read_lines(sources / "vocab" / "timezones.jsonl.gz"), key=lambda row: row["zone"])
    places = {row["zone"]: row["country"] for row in rows if not row["zone"].startswith("Etc/")}
    places["Antarctica/Troll"] = "AQ"  # a station that CLDR gives to the whole world
    write_json("timezones.json", {"Etc/UTC": "", **places})


def make_ror(sources: pathlib.Path) -> None:
    """ror.jsonl.gz: the active organisations; ror_closed.jsonl.gz: the others, with who follows them."""
    records = sorted(_ror_records(sources / "organisations"), key=lambda record: record["id"])
    _write_records("ror.jsonl.gz", (record for record in records if "status" not in record))
    keys = ("id", "name", "cc", "status", "rel", "release")
    closed = ({key: record[key] for key in keys if key in record} for record in records if "status" in record)
    _write_records("ror_closed.jsonl.gz", closed)


def _write_records(name: str, records: Iterable[dict[str, Any]]) -> None:
    lines = [json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records]
    write_gzip(name, ("\n".join(lines) + "\n").encode())


def _ror_records(folder: pathlib.Path) -> Iterator[dict[str, Any]]:
    for dump, opener in ((folder / "ror.json", open), (folder / "ror.json.gz", gzip.open)):
        if dump.exists():
            with opener(dump, "rt", encoding="utf-8") as text:
                yield from map(from_schema_2, json.load(text))
            return
    for name in ("ror_active.jsonl.gz", "ror_inactive_withdrawn.jsonl.gz"):
        yield from map(from_flat, read_lines(folder / name))


def from_flat(record: dict[str, Any]) -> dict[str, Any]:
    """The short form of a flattened record: labels by language, aliases, acronyms, the place in single columns."""
    names = [
        (text, lang or None, "label") for lang, texts in record.get("labels", {}).items() for text in texts
    ]
    names += [(text, None, "alias") for text in record.get("aliases", [])]
    names += [(text, None, "acronym") for text in record.get("acronyms", [])]
    same = ("id", "name", "types", "cc", "city", "region", "website", "domains", "established", "release")
    kept = {key: record.get(key) for key in same}
    kept["names"] = ordered_names(record["name"], names)
    kept["lat"], kept["lng"] = round_degrees(record.get("lat")), round_degrees(record.get("lng"))
    kept["rel"] = [relation for relation in record.get("rel", []) if relation[0] in RELATIONS]
    kept["status"] = None if record["status"] == "active" else record["status"]
    order = ("id", "name", "names", "types", "cc", "city", "region", "lat", "lng", "website", "domains")
    return compact({key: kept[key] for key in (*order, "established", "rel", "release", "status")})


def make_passwords(sources: pathlib.Path) -> None:
    """common-passwords.txt.gz: lower-cased, once each, sorted; the commonest and of the others the long ones."""
    path = sources / "passwords" / "10_million_password_list_top_1M.txt"
    ranked = path.read_text(encoding="utf-8").splitlines()
    words = {
        word.strip().lower() for rank, word in enumerate(ranked) if rank < COMMONEST or len(word) >= LONG
    }
    words.discard("")
    write_gzip("common-passwords.txt.gz", ("\n".join(sorted(words)) + "\n").encode())
    print(
        f"    {len(words):,} passwords, {sum(len(word) >= 8 for word in words):,} of eight characters or more"
    )


STEPS: dict[str, Callable[[pathlib.Path], None]] = {
    "sdg": make_sdg,
    "fields": make_fields,
    "countries": make_countries,
    "languages": make_languages,
    "timezones": make_timezones,
    "ror": make_ror,
    "passwords": make_passwords,
}


def main(arguments: list[str]) -> int:
    """Run the steps asked for; 2 when the arguments make no sense."""
    sources, names = pathlib.Path(arguments[0]) if arguments else None, arguments[1:] or list(STEPS)
    if sources is None or not sources.is_dir() or set(names) - set(STEPS):
        print(__doc__)
        return 2
    OUT.mkdir(exist_ok=True)
    for name in names:
        STEPS[name](sources)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
