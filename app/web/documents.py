"""The door of ordered documents: a page that says whether one is made, and the file when it is.

The view asks the permission, each time, and orders; here stands only what all such pages share:

    return documents.answer("agreements.text", agreement.id, key, language, title=..., back=url, again=request.full_path)
"""

from flask import Response, render_template, request

from app.core import documents
from app.core.errors import NotFound
from app.core.i18n import _l
from app.web.files import send


def answer(
    kind: str, thing_id: int, key: str, language: str, *, title: str, back: str, again: str
) -> Response | str:
    """The document with `?get=1` once it is made; else the page that says how far it is.

    `again` is the address of that page; `back` the one it was ordered from. Raises NotFound for what nobody ordered.
    """
    ordered = documents.find(kind, thing_id, key, language)
    if ordered is None:
        raise NotFound("not_ordered", _l("This document is not kept any more. It can be ordered anew."))
    if request.args.get("get") and ordered.file is not None:
        return send(ordered.file)
    sign = "&" if "?" in again else "?"
    return render_template(
        "documents/ordered.html",
        ordered=ordered,
        title=title,
        back=back,
        again=again,
        get_url=f"{again}{sign}get=1",
    )
