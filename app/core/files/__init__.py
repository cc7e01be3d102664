"""Files that people send: kept under random names, by content, outside of any web root.

    with transaction():
        authorize(...)
        stored = files.keep(stream, name, purpose="attachment", most_bytes=20 * MEGABYTE, allowed=DOCUMENTS, by=actor.id)

`receive` does the slow part (hashing, looking inside) before the transaction opens: `with files.receive(...) as got:`, then
`files.keep_received(got, by=...)` inside. Pictures that pages show are made anew: `receive_pictures`, `keep_pictures`.
What cannot be kept raises `Invalid` for the form's field, with a code: `empty`, `too_large`, `kind_not_taken`, `content_differs`,
`archive_unsafe`, `macros`, `dangerous`, `picture_unreadable`, `picture_too_large`. Files are given out by `web.files.send` alone.
"""

from app.core.files.check import Fault, faults
from app.core.files.keeping import (
    MEGABYTE,
    Received,
    forget,
    keep,
    keep_pictures,
    keep_received,
    made_anew,
    open_,
    receive,
    receive_pictures,
    sweep,
)
from app.core.files.kinds import DOCUMENTS, KINDS, PICTURES, SPREADSHEETS, clean_name, endings
from app.core.files.records import StoredFile

__all__ = [
    "DOCUMENTS",
    "KINDS",
    "MEGABYTE",
    "PICTURES",
    "SPREADSHEETS",
    "Fault",
    "Received",
    "StoredFile",
    "clean_name",
    "endings",
    "faults",
    "forget",
    "keep",
    "keep_pictures",
    "keep_received",
    "made_anew",
    "open_",
    "receive",
    "receive_pictures",
    "sweep",
]
