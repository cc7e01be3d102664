"""Files to send: good ones of each kind, and such as somebody with bad intent would."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SCRIPT = b"<script>document.title='taken over'</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"


def picture(form: str = "PNG", size: tuple[int, int] = (60, 40), **saved: Any) -> bytes:
    """A picture that decodes."""
    out = io.BytesIO()
    Image.new("RGB", size, (20, 90, 130)).save(out, form, **saved)
    return out.getvalue()


def located_jpeg() -> bytes:
    """A photograph that says where and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Hidden Camera Maker"
    exif.get_ifd(0x8825)[2] = (30.0, 2.0, 40.0)
    return picture("JPEG", exif=exif)


def zipped(entries: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(**more: bytes) -> bytes:
    """A text document that is just enough of one; `more` are further entries."""
    return zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "word/document.xml": b"<w:document/>",
            **{name.replace("__", "/").replace("_dot_", "."): content for name, content in more.items()},
        }
    )


def xlsx() -> bytes:
    """A spreadsheet that is just enough of one."""
    return zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def odt() -> bytes:
    """An Open Document text that is just enough of one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<office:document-content/>")
    return out.getvalue()


def bomb(name: str = "big.txt", megabytes: int = 30, **entries: bytes) -> bytes:
    """An archive that grows a thousandfold when opened."""
    return zipped({**entries, name: bytes(megabytes * 1024 * 1024)})


def overlapping() -> bytes:
    """An archive whose directory names the same bytes twice, to claim more than it holds."""
    whole = zipped({"a.txt": b"a" * 1000})
    at = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    entry = whole[at:end]
    directory = entry + entry.replace(b"a.txt", b"b.txt")
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 2, 2, len(directory), at, 0)
    return whole[:at] + directory + tail


def huge_png(side: int = 40_000) -> bytes:
    """A few bytes that say they are a picture of more than a billion pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    lines = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


class Endless(io.RawIOBase):
    """A stream of so many signs, after `head`, that it would not fit into memory; `taken` counts what was read."""

    def __init__(self, size: int, head: bytes = b"") -> None:
        super().__init__()
        self.left, self.head, self.taken = size, head, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        if self.head:
            number = min(len(self.head), len(buffer))
            buffer[:number], self.head = self.head[:number], self.head[number:]
            return number
        number = min(self.left, len(buffer))
        buffer[:number] = b"a" * number
        self.left -= number
        self.taken += number
        return number
