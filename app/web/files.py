"""The one responder of files that people sent. Nothing in them acts here: they are downloads, or pictures made anew."""

from urllib.parse import quote

from flask import Response, request
from werkzeug.http import dump_options_header
from werkzeug.wsgi import wrap_file

from app.core import files
from app.core.files import StoredFile

# A document that is opened after all has no origin, no scripts, and loads nothing.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
INLINE = frozenset(files.KINDS[kind].media_type for kind in files.PICTURES)


def _disposition(stored: StoredFile, how: str) -> str:
    """How and under which name it is saved: in any script (RFC 6266), and in ASCII for clients that know no better."""
    if stored.name.isascii():
        return dump_options_header(how, {"filename": stored.name})
    ending = stored.name.rpartition(".")[2]
    plain = f"file.{ending}" if ending.isascii() and ending.isalnum() else "file"
    quoted = quote(stored.name, safe="!#$&+-.^_`|~")  # the signs of RFC 5987 that stand for themselves
    return dump_options_header(how, {"filename": plain, "filename*": f"UTF-8''{quoted}"})


def send(stored: StoredFile, *, inline: bool = False) -> Response:
    """The file as an answer, streamed. `inline` shows it in the page, for pictures that were made anew only.

    It is kept by no cache in between; a browser that has it is told so by its SHA-256. Raises ValueError for anything else shown
    inline, and DomainError (410) when the store has lost it.
    """
    if inline and (stored.media_type not in INLINE or stored.width is None):
        raise ValueError("only pictures that were made anew are shown inline")
    headers = {
        "Content-Disposition": _disposition(stored, "inline" if inline else "attachment"),
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "private, no-cache" if inline else "no-store",
    }
    if stored.sha256 in request.if_none_match:
        response = Response(status=304, headers=headers)
    else:
        body = wrap_file(request.environ, files.open_(stored), 1 << 16)
        response = Response(body, headers=headers, mimetype=stored.media_type, direct_passthrough=True)
        response.content_length = stored.size
    response.set_etag(stored.sha256)
    return response
