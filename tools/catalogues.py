"""Keeps the translations in step with the texts of the code: extracts, updates, checks, compiles.

    catalogues.py            extract every text and update each catalogue (`make messages`)
    catalogues.py --check    change nothing; fail on a text that is missing, untranslated, doubtful or left over
    catalogues.py --compile  write the .mo files that the portal reads

The source language is English, in the code itself; each other language is one file,
app/translations/<language>/LC_MESSAGES/messages.po.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.core.catalogues import compile_all  # noqa: E402 - found only from the project's folder

APP = ROOT / "app"
FOLDER = APP / "translations"
LANGUAGES = ("ar",)
METHODS = [("**/templates/**.*", "jinja2"), ("**.py", "python")]
# "trimmed" and the extensions must be those of the portal's own Jinja environment, or the texts of {% trans %} would not be found again.
OPTIONS = {
    "**/templates/**.*": {
        "encoding": "utf-8",
        "trimmed": "true",
        "silent": "false",
        "extensions": "jinja2.ext.do",
    }
}
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None, "LazyText": None}
# A comment before a text that begins so is carried to the translators.
COMMENT_TAGS = ("Translators:",)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def main() -> int:
    """Do what the command line asks for; give the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--compile", action="store_true")
    wish = parser.parse_args()
    if wish.compile:
        compile_all(FOLDER)
        return 0
    texts = extract()
    if not wish.check:
        for language in LANGUAGES:
            update(language, texts)
        return 0
    faults = [fault for language in LANGUAGES for fault in find_faults(language, texts)]
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{len(texts)} texts, {len(LANGUAGES)} catalogue(s), {len(faults)} fault(s)")
    return 1 if faults else 0


def extract() -> Catalog:
    """Give every translatable text of the code and the templates."""
    catalogue = Catalog(project="Taawun", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        APP, METHODS, OPTIONS, KEYWORDS, COMMENT_TAGS, strip_comment_tags=True, directory_filter=is_ours
    )
    for name, _line, message, comments, context in sorted(found, key=lambda row: (row[0], row[1])):
        # Files without line numbers: a catalogue changes only when a text does.
        catalogue.add(message, None, [(f"app/{name}", 0)], auto_comments=comments, context=context)
    return catalogue


def is_ours(folder: str) -> bool:
    """Tell whether a folder can hold texts of our own."""
    return Path(folder).name not in {"static", "translations", "__pycache__"}


def path_of(language: str) -> Path:
    """Give the catalogue's file."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """Give the kept catalogue, or an empty one of that language."""
    path = path_of(language)
    if not path.exists():
        return Catalog(
            locale=language,
            header_comment=f"# The portal's texts in {language}.",
            project="Taawun",
            version="1",
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, texts: Catalog) -> None:
    """Add new texts, drop those that are gone, keep every translation; write only if something changed."""
    kept = read(language)
    # No guessing: a fuzzy match is a wrong sentence that looks translated.
    kept.update(texts, no_fuzzy_matching=True)
    buffer = io.BytesIO()
    write_po(buffer, kept, width=110, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_bytes() if path.exists() else b""
    if without_dates(before) != without_dates(buffer.getvalue()):
        path.write_bytes(buffer.getvalue())
    missing = sum(not is_translated(message) for message in kept if message.id)
    print(f"{language}: {len(kept)} texts, {missing} to translate in {path.relative_to(ROOT)}")


def without_dates(content: bytes) -> bytes:
    """Leave out the header lines that differ on every extraction."""
    return re.sub(rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By):[^\n]*\n', b"", content)


def find_faults(language: str, texts: Catalog) -> Iterator[str]:
    """Give a sentence for everything that keeps a catalogue from being complete and true."""
    kept = read(language)
    wanted = {key(message): message for message in texts if message.id}
    there = {key(message): message for message in kept if message.id}
    for absent in wanted.keys() - there.keys():
        yield f"{language}: not in the catalogue (make messages): {absent[1]!r}"
    for leftover in there.keys() - wanted.keys():
        yield f"{language}: no longer used (make messages): {leftover[1]!r}"
    for obsolete in kept.obsolete.values():
        yield f"{language}: kept though obsolete (make messages): {obsolete.id!r}"
    for same in wanted.keys() & there.keys():
        message = there[same]
        if not is_translated(message):
            yield f"{language}: not translated: {message.id!r}"
        elif message.fuzzy:
            yield f"{language}: marked as doubtful: {message.id!r}"
        else:
            yield from find_wrong_placeholders(language, message)


def find_wrong_placeholders(language: str, message: Message) -> Iterator[str]:
    """Give a sentence for each translation that names a fact which its text does not have, or drops one."""
    ids, strings = forms(message.id), forms(message.string)
    known = {fact for text in ids for fact in PLACEHOLDER.findall(text)}
    for string in strings:
        named = set(PLACEHOLDER.findall(string))
        # A plural form may leave a fact out: Arabic says "one" and "two" without the figure.
        if named - known or (len(ids) == 1 and named != known):
            yield f"{language}: other facts than its text has: {string!r}"


def key(message: Message) -> tuple[str, str]:
    """Give what makes a text the same text: context and source, of a plural its singular."""
    return (message.context or "", forms(message.id)[0])


def is_translated(message: Message) -> bool:
    """Tell whether every form that the language needs is there."""
    return all(forms(message.string))


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Give the forms of a text: one, or one for each plural."""
    return tuple(text) if isinstance(text, tuple | list) else (text or "",)


if __name__ == "__main__":
    sys.exit(main())
