"""Compiling the translations: the `.mo` files that the portal reads, made from the `.po` files that people write.

Done at setup, so that a fresh checkout speaks all its languages without a build step.
"""

import pathlib

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.core.i18n import CATALOGUES


def compile_all(folder: pathlib.Path = CATALOGUES) -> list[str]:
    """Compile every catalogue that is newer than what was compiled of it; returns the languages that were."""
    sources = sorted(folder.glob("*/LC_MESSAGES/messages.po"))
    return [source.parents[1].name for source in sources if compile_catalogue(source)]


def compile_catalogue(source: pathlib.Path) -> bool:
    """Write the compiled catalogue beside its source, if the source is newer; returns whether it was."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parents[1].name)
    # Written beside and moved into place: whoever reads meanwhile sees the old one or the new one, never a half.
    part = target.with_suffix(".part")
    with part.open("wb") as file:
        write_mo(file, catalogue)
    part.replace(target)
    return True
