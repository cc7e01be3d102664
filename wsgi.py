"""What a WSGI server and the `flask` command load."""

import gc

gc.disable()  # next to nothing of what is loaded goes away again, and looking for that took half of the start

from app import create_app  # noqa: E402 - see above

application = app = create_app()
gc.collect()
gc.freeze()
gc.enable()
