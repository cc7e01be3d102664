"""Pictures that pages show: decoded within limits and made anew, so that nothing but the picture itself is left."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.files.refusal import Refused, apart
from app.core.i18n import _l

if TYPE_CHECKING:
    from PIL import Image

# What is decoded takes three or four bytes a pixel, twice while it is made smaller; JPEG is decoded at a fraction of its size.
MOST_DECODED = {"png": 12_000_000, "webp": 12_000_000, "jpeg": 16_000_000}
MOST_PIXELS = {**MOST_DECODED, "jpeg": 60_000_000}
FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
_one_at_a_time = threading.Lock()


def make_anew(
    path: Path, kind: str, name: str, *, side: int, target: Path, square: bool = False
) -> tuple[int, int]:
    """Write the picture at `path` into `target`, at most `side` pixels wide and high, without what is hidden in it.

    `square` cuts the middle out. Returns width and height. Raises Refused (`picture_too_large`, `picture_unreadable`).
    """
    from PIL import Image  # ten megabytes that a process without pictures never needs

    with _one_at_a_time:
        try:
            with Image.open(path, formats=(FORMATS[kind],)) as opened:
                _require_size(opened, name, MOST_PIXELS[kind])
                opened.draft("RGB", (side, side))
                _require_size(opened, name, MOST_DECODED[kind])
                clean = _clean(opened, side, square)
            with target.open("wb") as file:
                clean.save(file, FORMATS[kind], quality=86)
        except (Refused, MemoryError):
            raise
        except Image.DecompressionBombError as error:
            raise _too_large(name) from error
        except Exception as error:  # decoders meet hostile bytes with errors of any class
            raise Refused(
                "picture_unreadable", _l("“%(name)s” cannot be read as a picture.", name=apart(name))
            ) from error
        return clean.size


def _require_size(picture: "Image.Image", name: str, most: int) -> None:
    if picture.width * picture.height > most:
        raise _too_large(name)


def _too_large(name: str) -> Refused:
    return Refused(
        "picture_too_large",
        _l("“%(name)s” has too many pixels. Make it smaller, then send it again.", name=apart(name)),
    )


def _clean(picture: "Image.Image", side: int, square: bool) -> "Image.Image":
    """Decoded, turned upright, made smaller, and put on a new canvas.

    What Pillow remembers beside the pixels (comments, profiles, positions) is not written again.
    """
    from PIL import Image, ImageOps

    # In place, and made small first, so that of a large picture there is one copy in memory.
    ImageOps.exif_transpose(picture, in_place=True)
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if picture.mode not in {"RGB", "RGBA", "L"}:
        picture = picture.convert(mode)
    if square:
        edge = min(side, picture.width, picture.height)
        picture = ImageOps.fit(picture, (edge, edge), Image.Resampling.LANCZOS)
    else:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    clean = Image.new(mode, picture.size)
    clean.paste(picture.convert(mode))
    return clean
