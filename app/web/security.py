"""Headers on every answer, form tokens and origin on every change, and values that no field may hold."""

import re
import secrets
from typing import IO, Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import IntegerConverter, Map

from app.core.once import form_key
from app.core.tracing import request_id
from app.web.guards import current_actor, make_room

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
LARGEST_KEY = 2**31 - 1
MOST_FIELDS = 1000
IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")  # no database holds it: NUL, and halves of characters
csrf = CSRFProtect()


class SpoolingRequest(Request):
    """A request that closes the files it was spooling, also when it turned out too large half-way."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spooled: list[IO[bytes]] = []

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        self.spooled.append(super()._get_file_stream(*args, **kwargs))
        return self.spooled[-1]

    def close(self) -> None:
        """Called by Flask when it has answered."""
        super().close()
        for file in self.spooled:
            file.close()


class KeyConverter(IntegerConverter):
    """A record's key in an address: what the databases can hold; anything else is no such page."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max", LARGEST_KEY)
        super().__init__(url_map, *args, **kwargs)


def headers_for(uses_tls: bool) -> dict[str, str]:
    """The headers that every answer carries, pages and files alike."""
    if uses_tls:
        return {**HEADERS, "Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
    return HEADERS


def _name_request() -> None:
    g.request_id = secrets.token_hex(8)
    request_id.set(g.request_id)


def _refuse_foreign_changes() -> None:
    if request.method not in UNSAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        abort(403, "origin")
    origin = request.headers.get("Origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.host:
        abort(403, "origin")


def _refuse_impossible_text() -> None:
    if IMPOSSIBLE.search(request.path) or any(
        IMPOSSIBLE.search(key) or IMPOSSIBLE.search(value) for key, value in request.args.items(multi=True)
    ):
        abort(400)
    if request.method in UNSAFE and request.mimetype in {
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    }:
        # Werkzeug counts the parts of a multipart form only; half a million empty fields would fit into two megabytes.
        is_plain = request.mimetype == "application/x-www-form-urlencoded"
        if is_plain and request.get_data().count(b"&") >= MOST_FIELDS:
            abort(413)
        for key, value in request.form.items(multi=True):
            if IMPOSSIBLE.search(key) or IMPOSSIBLE.search(value):
                abort(400)
        if any(IMPOSSIBLE.search(key) for key in request.files):
            abort(400)


def _know_form() -> None:
    key = (
        request.form.get("once", "")
        if request.method in UNSAFE and request.mimetype != "application/json"
        else ""
    )
    form_key.set(key[:100] or None)


def init_app(app: Flask, uses_tls: bool) -> None:
    """Install the guards in their order; the form token is checked after the origin."""
    app.request_class = SpoolingRequest
    app.url_map.converters["int"] = KeyConverter
    app.before_request(_name_request)
    app.before_request(_refuse_foreign_changes)
    app.before_request(make_room)
    app.before_request(_refuse_impossible_text)
    app.before_request(_know_form)
    csrf.init_app(app)
    headers = headers_for(uses_tls)

    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            private = "actor" in g and current_actor().is_signed_in
            response.headers["Cache-Control"] = "no-store" if private else "private, no-cache"
        response.headers["X-Request-Id"] = g.get("request_id", "-")
        return response
