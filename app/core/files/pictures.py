"""Pictures that pages show: decoded within limits and made anew, so that nothing but the picture itself is left."""

import threading
import warnings
from pathlib import Path

from PIL import Image, ImageOps

from app.core.files.refusal import Refused, apart
from app.core.i18n import _l

# A decoded picture takes up to four bytes a pixel. JPEG is decoded at a fraction of its size, so it may be larger.
MOST_PIXELS = 20_000_000
MOST_PIXELS_JPEG = 60_000_000
FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
_one_at_a_time = threading.Lock()


def make_anew(
    path: Path, kind: str, name: str, *, side: int, target: Path, square: bool = False
) -> tuple[int, int]:
    """Write the picture at `path` into `target`, at most `side` pixels wide and high, without what is hidden in it.

    `square` cuts the middle out. Returns width and height. Raises Refused (`picture_too_large`, `picture_unreadable`).
    """
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Pillow warns of is measured here
        try:
            opened = _open(path, kind, name, side)
            return _write(opened, FORMATS[kind], side, target, square)
        except (Refused, MemoryError):
            raise
        except Image.DecompressionBombError as error:
            raise _too_large(name) from error
        except Exception as error:  # decoders meet hostile bytes with errors of any class
            raise Refused(
                "picture_unreadable", _l("“%(name)s” cannot be read as a picture.", name=apart(name))
            ) from error


def _too_large(name: str) -> Refused:
    return Refused(
        "picture_too_large",
        _l("“%(name)s” has too many pixels. Make it smaller, then send it again.", name=apart(name)),
    )


def _open(path: Path, kind: str, name: str, side: int) -> Image.Image:
    """The picture, decoded and turned upright."""
    with Image.open(path, formats=(FORMATS[kind],)) as opened:
        if opened.width * opened.height > (MOST_PIXELS_JPEG if kind == "jpeg" else MOST_PIXELS):
            raise _too_large(name)
        opened.draft("RGB", (side, side))
        if opened.width * opened.height > MOST_PIXELS:
            raise _too_large(name)
        picture = ImageOps.exif_transpose(opened)
        has_alpha = kind != "jpeg" and picture.has_transparency_data
        return picture.convert("RGBA" if has_alpha else "RGB")


def _write(picture: Image.Image, form: str, side: int, target: Path, square: bool) -> tuple[int, int]:
    if square:
        edge = min(side, picture.width, picture.height)
        picture = ImageOps.fit(picture, (edge, edge), Image.Resampling.LANCZOS)
    else:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    # A new canvas: what Pillow remembers beside the pixels (comments, profiles, positions) is not written again.
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    with target.open("wb") as file:
        clean.save(file, form, quality=86, optimize=form == "PNG")
    return clean.size
