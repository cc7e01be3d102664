"""Closed by default: every address needs a signed-in person unless its view is marked `@public`."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, flash, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, login_user, logout_user
from flask_login import current_user as login_current_user

from app.core.access import VISITOR, Actor, Permission, demand
from app.core.i18n import _

IDLE_SECONDS = 7 * 24 * 3600
MEGABYTE = 1024 * 1024
ROOM_FOR_FIELDS = MEGABYTE  # what a form may hold beside its files
SEEN_STEP = 600  # the cookie is renewed at most this often

ViewT = TypeVar("ViewT", bound=Callable[..., Any])
ActorLoader = Callable[[str], Actor | None]


class SignedIn(UserMixin):
    """What Flask-Login carries: the opaque token as id, and the actor behind it."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.token, self.actor = token, actor

    def get_id(self) -> str:
        """The token; it is all that the cookie holds."""
        return self.token


def public(view: ViewT) -> ViewT:
    """Mark a view that visitors may open; the list of these is held by a test."""
    view.is_public = True  # type: ignore[attr-defined]  # functions carry attributes
    return view


def takes_upload(megabytes: int) -> Callable[[ViewT], ViewT]:
    """Mark a view whose forms carry files of up to so many megabytes together; all others take 2 MB.

    Files are spooled to disk while the form is read, so memory stays flat. Only signed-in people get the room.
    """

    def mark(view: ViewT) -> ViewT:
        view.largest_request = megabytes * MEGABYTE + ROOM_FOR_FIELDS  # type: ignore[attr-defined]  # functions carry attributes
        return view

    return mark


def make_room() -> Any:
    """Let the request at hand be as large as its view says; asked before anything is read of it.

    Somebody whose sign-in is over is sent to sign in, without their files being read.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    largest = getattr(view, "largest_request", None)
    if largest is None or request.mimetype != "multipart/form-data":
        return None
    refused = _guard()
    if refused is None:
        request.max_content_length = largest
    return refused


def current_actor() -> Actor:
    """Who asks: the person behind the cookie with all they hold, or the visitor. Read once a request."""
    if "actor" not in g:
        user = login_current_user
        g.actor = user.actor if user.is_authenticated else VISITOR
    actor: Actor = g.actor
    return actor


def require(check: Permission, *things: Any) -> None:
    """Refuse a page to who may not do what it is for; the action asks again. Raises NotAllowed."""
    demand(check, current_actor(), *things)


def begin_sign_in(token: str, actor: Actor) -> None:
    """Start the browser's session anew for this token: nothing of the visitor's session goes over."""
    kept = session.get("lang")
    session.clear()
    if kept:
        session["lang"] = kept
    session["seen"] = int(time.time())
    login_user(SignedIn(token, actor))
    g.actor = actor


def end_sign_in() -> None:
    """Forget the browser's session."""
    logout_user()
    session.clear()
    g.actor = VISITOR


def safe_next(target: str | None) -> str | None:
    """The address to go on to, if it is a path of ours; None otherwise."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or len(target) > 2000:
        return None
    return None if any(ord(sign) < 32 or sign == "\\" for sign in target) else target


def wants_json() -> bool:
    """Whether the answer should be JSON: an API path, or a client that asks for it before HTML."""
    if request.path.startswith("/api/") or request.is_json:
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return best is not None and best != "text/html"


def _guard() -> Any:
    if request.endpoint is None:
        return None  # no such address: the 404 page
    view = current_app.view_functions[request.endpoint]
    if request.endpoint == "static" or getattr(view, "is_public", False) or current_actor().is_signed_in:
        return None
    if wants_json():
        abort(401)
    if request.method == "GET":
        target = request.full_path.rstrip("?")
    else:
        flash(_("You had been signed out. Sign in, then send it again."), "warn")
        target = safe_next(request.referrer.split(request.host, 1)[-1] if request.referrer else None) or "/"
    return redirect(url_for("accounts.sign_in", next=target), 303)


def init_app(app: Flask, load_actor: ActorLoader) -> None:
    """Guard every request; `load_actor` turns the cookie's token into an actor."""
    manager = LoginManager(app)
    manager.session_protection = None  # the token is opaque, long, and dies on the server

    @manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login has no types
    def _load(token: str) -> SignedIn | None:
        now = int(time.time())
        seen = session.get("seen", 0)
        if not isinstance(seen, int) or now - seen > IDLE_SECONDS:
            return None
        actor = load_actor(token)
        if actor is None:
            return None
        if now - seen > SEEN_STEP:
            session["seen"] = now
        return SignedIn(token, actor)

    app.before_request(_guard)
