"""Why a file is not kept."""

from app.core.errors import Words


class Refused(Exception):
    """A file that cannot be kept: a stable code and a sentence. Becomes `Invalid` for the field that it was sent in."""

    def __init__(self, code: str, text: Words) -> None:
        super().__init__(code)
        self.code, self.text = code, text


def apart(name: str) -> str:
    """A file's name inside a sentence of another reading direction."""
    return f"\u2068{name}\u2069"
