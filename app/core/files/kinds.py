"""Which kinds of files are taken, how each is known by its content, and what a file may be called.

The list is short and closed, so it is known by our own table: libraries that guess among hundreds of kinds answer
"what might this be", and here the question is "is it wholly this". Markup (SVG, HTML, XML) is on no list: opened from the disk of
whoever downloads it, it acts in their browser. Old office files (doc, xls) hide their macros from view and are not taken either.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.core.files.archives import inside
from app.core.files.refusal import Refused, apart
from app.core.i18n import _l
from app.core.text import clean_line

LONGEST_NAME = 120
_HEAD, _TAIL, _BLOCK = 4096, 2048, 1 << 16


@dataclass(frozen=True)
class Kind:
    """A kind of file: its media type, the endings of its names (the first one is the usual), how its content is known.

    `within`: for files that are zip archives, a name that stands in it.
    """

    media_type: str
    endings: tuple[str, ...]
    starts: tuple[bytes, ...] = ()
    within: str = ""


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
KINDS = {
    "png": Kind("image/png", ("png",), (b"\x89PNG\r\n\x1a\n",)),
    "jpeg": Kind("image/jpeg", ("jpg", "jpeg"), (b"\xff\xd8\xff",)),
    "webp": Kind("image/webp", ("webp",), (b"RIFF",)),
    "gif": Kind("image/gif", ("gif",), (b"GIF87a", b"GIF89a")),
    "tiff": Kind("image/tiff", ("tif", "tiff"), (b"II*\x00", b"MM\x00*")),
    "pdf": Kind("application/pdf", ("pdf",), (b"%PDF-1.", b"%PDF-2.")),
    "docx": Kind(f"{_OPEN_XML}wordprocessingml.document", ("docx",), within="word/document.xml"),
    "xlsx": Kind(f"{_OPEN_XML}spreadsheetml.sheet", ("xlsx",), within="xl/workbook.xml"),
    "pptx": Kind(f"{_OPEN_XML}presentationml.presentation", ("pptx",), within="ppt/presentation.xml"),
    "odt": Kind(f"{_OPEN_DOCUMENT}text", ("odt",), within="content.xml"),
    "ods": Kind(f"{_OPEN_DOCUMENT}spreadsheet", ("ods",), within="content.xml"),
    "odp": Kind(f"{_OPEN_DOCUMENT}presentation", ("odp",), within="content.xml"),
    "zip": Kind("application/zip", ("zip",)),
    "txt": Kind("text/plain", ("txt",)),
    "md": Kind("text/markdown", ("md",)),
    "csv": Kind("text/csv", ("csv",)),
    "tsv": Kind("text/tab-separated-values", ("tsv",)),
    "json": Kind("application/json", ("json", "geojson")),
}
PICTURES = frozenset({"png", "jpeg", "webp"})
SPREADSHEETS = frozenset({"csv", "xlsx"})
DOCUMENTS = frozenset(KINDS) - PICTURES
ZIPPED = frozenset({"docx", "xlsx", "pptx", "odt", "ods", "odp", "zip"})
WRITTEN = frozenset({"txt", "md", "csv", "tsv", "json"})
BY_ENDING = {ending: name for name, kind in KINDS.items() for ending in kind.endings}

_NO_CONTROL = bytes(sign for sign in (*range(32), 127) if sign not in b"\t\n\x0b\x0c\r")
_MARKUP = re.compile(r"[\s\ufeff]*(<[a-z!?/]|#!|%!ps)", re.IGNORECASE)
_WIDE = (b"\xff\xfe", b"\xfe\xff")
# Not in a name: signs that a file system forbids, and marks that are not seen but turn the reading direction.
_NOT_IN_NAMES = re.compile('[<>:"|?*\u200b-\u200f\u061c\u2060]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def endings(allowed: Iterable[str]) -> list[str]:
    """The endings that names of these kinds may have, in the order of the table."""
    wanted = set(allowed)
    return [ending for name, kind in KINDS.items() if name in wanted for ending in kind.endings]


def clean_name(given: str | None) -> str:
    r"""The name as it is kept: no path, no signs that are not seen or not allowed, at most 120 characters with its ending.

    >>> clean_name("..\\secret/ ../Plan .pdf")
    'Plan .pdf'
    """
    name = clean_line(re.split(r"[/\\]", given or "")[-1])
    name = " ".join(_NOT_IN_NAMES.sub("", name).split()).strip(". ")
    if _DEVICES.match(name):
        name = f"_{name}"
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        if dot and len(ending) <= 10:
            name = f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip(' .')}.{ending}"
    return name[:LONGEST_NAME] or "file"


def find(path: Path, name: str, allowed: frozenset[str]) -> str:
    """The kind of a file on disk, by its name and its content, which must agree. Raises Refused."""
    _stem, dot, ending = name.rpartition(".")
    kind = BY_ENDING.get(ending.lower()) if dot else None
    if kind is None or kind not in allowed:
        raise Refused(
            "kind_not_taken", _l("“%(name)s” is of a kind that is not taken here.", name=apart(name))
        )
    if not _fits(path, kind):
        raise Refused(
            "content_differs",
            _l("“%(name)s” holds something else than its name says, or is damaged.", name=apart(name)),
        )
    return kind


def _fits(path: Path, kind: str) -> bool:
    if kind in WRITTEN:
        return _is_text(path)
    if kind in ZIPPED:
        return _is_zipped(path, kind)
    with path.open("rb") as file:
        head = file.read(_HEAD)
        file.seek(max(0, path.stat().st_size - _TAIL))
        tail = file.read()
    if not head.startswith(KINDS[kind].starts):
        return False
    if kind == "pdf":
        return b"%%EOF" in tail
    if kind == "gif":
        return tail.endswith(b"\x3b")
    return kind != "webp" or head[8:12] == b"WEBP"


def _is_text(path: Path) -> bool:
    """Whether it is plain text: no control signs (but for UTF-16), and not the beginning of markup or of a script."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        is_wide = head.startswith(_WIDE)
        if _MARKUP.match(head.decode("utf-16" if is_wide else "utf-8", "ignore")):
            return False
        file.seek(0)
        while not is_wide and (block := file.read(_BLOCK)):
            if len(block.translate(None, _NO_CONTROL)) != len(block):
                return False
    return True


def _is_zipped(path: Path, kind: str) -> bool:
    names, declared = inside(path)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("macros", _l("This file holds macros. Save it without them, then send it again."))
    if kind == "zip":
        return True
    if kind.startswith("od"):
        return declared == KINDS[kind].media_type and KINDS[kind].within in names
    return KINDS[kind].within in names and "[Content_Types].xml" in names
