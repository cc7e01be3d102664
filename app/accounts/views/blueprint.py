"""The blueprint, and what all of its pages share."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from app.accounts import queries
from app.accounts.services import Entered, throttle
from app.web.guards import begin_sign_in, current_actor, safe_next

bp = Blueprint("accounts", "app.accounts", template_folder="templates")
ViewT = TypeVar("ViewT", bound=Callable[..., Any])
DEVICE_SECONDS = 365 * 86400


def network() -> str:
    """The network of the browser; forwarding headers count only as far as the configured proxies set them."""
    return throttle.network_of(request.remote_addr)


def user_agent() -> str:
    """What the browser calls itself."""
    return (request.user_agent.string or "")[:400]


def _device_cookie() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def device_token() -> str | None:
    """The token by which this device is known, if it has one of ours."""
    token = request.cookies.get(_device_cookie(), "")
    return token if 20 <= len(token) <= 100 else None


def go(target: str) -> Response:
    """See other."""
    return redirect(target, 303)


def let_in(entered: Entered, target: str) -> Response:
    """Begin the browser's session for a sign-in and make the device known, then go on."""
    begin_sign_in(entered.token, entered.actor)
    response = go(target)
    if entered.device_token:
        response.set_cookie(
            _device_cookie(),
            entered.device_token,
            max_age=DEVICE_SECONDS,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def next_path() -> str | None:
    """The own path of `?next=`."""
    return safe_next(request.args.get("next"))


def proved(view: ViewT) -> ViewT:
    """Ask for the password before this view, unless it was given within ten minutes. The action checks again."""

    @wraps(view)
    def ask_first(*args: Any, **kwargs: Any) -> Any:
        if not queries.is_fresh(current_actor()):
            return go(url_for("accounts.prove", next=request.path))
        return view(*args, **kwargs)

    return ask_first  # type: ignore[return-value]  # it takes what the view takes
