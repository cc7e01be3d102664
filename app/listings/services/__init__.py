"""Actions on offers and needs. Each is one transaction; inner steps for other actions: `begin`, `write`, `pass_on`."""

from app.listings.services import loading
from app.listings.services.deciding import publish, return_for_changes
from app.listings.services.keeping import (
    expire,
    release,
    remind_of_ends,
    remind_of_reviews,
    remind_of_stale,
)
from app.listings.services.photo import remove_photo, set_photo
from app.listings.services.standing import pause, renew, renew_many, reopen, resume, retire
from app.listings.services.writing import begin, create, mirror, pass_on, recall, save, send, write

__all__ = [
    "begin",
    "create",
    "expire",
    "loading",
    "mirror",
    "pass_on",
    "pause",
    "publish",
    "recall",
    "release",
    "remind_of_ends",
    "remind_of_reviews",
    "remind_of_stale",
    "remove_photo",
    "renew",
    "renew_many",
    "reopen",
    "resume",
    "retire",
    "return_for_changes",
    "save",
    "send",
    "set_photo",
    "write",
]
