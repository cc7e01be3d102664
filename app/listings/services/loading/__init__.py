"""Loading many listings from a file: upload, check, correct, confirm, load.

`reading` makes rows of a file, `values` values of cells, `checking` compares rows with the rules and with what stands,
`preparing` and `keeping` load what is good, `working` is the worker's part, `taking` the representative's,
`reviewing` that of who reviews an institution's first listings.
"""

from app.listings.services.loading.reviewing import publish_all, return_all
from app.listings.services.loading.taking import cancel, confirm, correct, receive, replace
from app.listings.services.loading.working import lapse, work

__all__ = ["cancel", "confirm", "correct", "lapse", "publish_all", "receive", "replace", "return_all", "work"]
