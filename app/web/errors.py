"""Every refusal as a page in the shell or as problem+json (RFC 9457), with a code, a sentence and a way on."""

import logging
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, jsonify, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from app.core import once
from app.core.db import db
from app.core.errors import DomainError, SentTwice
from app.core.i18n import _, get_locale
from app.web.guards import current_actor, wants_json

log = logging.getLogger(__name__)


def _titles() -> dict[int, str]:
    return {
        400: _("This request cannot be read"),
        401: _("Sign in first"),
        403: _("You may not do this"),
        404: _("There is nothing here that you can see"),
        405: _("This address cannot do that"),
        409: _("This cannot be done now"),
        410: _("This is gone"),
        413: _("That is too much at once"),
        414: _("This address is too long"),
        415: _("This kind of content is not taken"),
        422: _("Some of what you typed needs mending"),
        429: _("Too many tries"),
    }


def _sentences() -> dict[int, str]:
    return {
        400: _("Something in the address or the form is not as it should be. Go back and try again."),
        401: _("This needs a signed-in person."),
        403: _(
            "The request did not come from a page of this portal. Open the page again and send it from there."
        ),
        404: _("It may have moved, may have been taken back, or is for others only."),
        405: _("Open the page itself and use its buttons."),
        413: _("What you sent is larger than we take. Shorten it, then send it again."),
        414: _("Use fewer filters, then try again."),
    }


def problem(status: int, code: str, title: str, detail: str, **extra: Any) -> Response:
    """An application/problem+json answer."""
    body = {"type": "about:blank", "status": status, "code": code, "title": title, "detail": detail, **extra}
    body["request_id"] = g.get("request_id", "-")
    response = jsonify(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def answer(status: int, code: str, sentence: str, title: str | None = None, **extra: Any) -> Response:
    """The refusal in the form that the client reads. `extra` goes to the page's template or the JSON body."""
    title = title or _titles().get(status) or _("This cannot be done")
    if str(sentence).rstrip(".") == title:  # the page says more than its heading
        sentence = _sentences().get(status, sentence)
    if wants_json():
        plain = {key: value for key, value in extra.items() if isinstance(value, str | int | dict | list)}
        return problem(status, code, title, sentence, **plain)
    steps = extra.pop("next_steps", None) or _next_steps(status, code)
    page = render_template(
        "errors/error.html",
        status=status,
        code=code,
        title=title,
        sentence=sentence,
        next_steps=steps,
        request_id=g.get("request_id", "-"),
        **extra,
    )
    return Response(page, status, mimetype="text/html")


def _next_steps(status: int, code: str) -> list[tuple[str, str]]:
    steps = [(_("Go to the home page"), url_for("home.index"))]
    if not current_actor().is_signed_in and status in {401, 403, 404}:
        here = request.full_path.rstrip("?") if request.method == "GET" else "/"
        steps.insert(0, (_("Sign in"), url_for("accounts.sign_in", next=here)))
    before = _page_before(code) if status == 409 else ""
    if before:
        steps.insert(0, (_("See how it stands now"), before))
    return steps


def _page_before(code: str) -> str:
    """The page of the refused form: its own address, else where it came from on this site; empty if unknown.

    Where it is so already the form's own page would refuse as well, so the thing's page stands in its place.
    """
    rule = request.url_rule
    thing = request.path.rpartition("/")[0]
    if request.method == "GET" or code.startswith("already_"):
        if thing and current_app.url_map.bind("").test(thing, "GET"):
            return thing
    elif rule is not None and "GET" in (rule.methods or ()):
        return request.path
    came = urlsplit(request.referrer or "")
    return came.path if came.netloc == request.host and not came.path.startswith("//") else ""


def _is_own_doing(error: DomainError) -> bool:
    """Whether a form is refused for what it has done itself, a moment ago: it was sent twice."""
    return (
        error.status in {403, 404}
        and request.method == "POST"
        and once.has_acted(request.form.get("once", "")[:100])
    )


def _domain(error: DomainError) -> Response:
    db.session.rollback()
    if _is_own_doing(error):
        error = SentTwice()
    extra: dict[str, Any] = {}
    if wants_json() and "fields" in vars(error):
        extra["errors"] = {name: str(text) for name, text in error.fields.items()}  # type: ignore[attr-defined]  # Invalid has them
    if error.facts.get("next_steps"):
        extra["next_steps"] = error.facts["next_steps"]
    response = answer(error.status, error.code, str(error.text), **extra)
    if error.status == 429:
        response.headers["Retry-After"] = str(getattr(error, "retry_after", 60))
    return response


def _form_token(_error: CSRFError) -> Response:
    return answer(
        400,
        "form_expired",
        _(
            "This page was open for too long, or you signed in or out meanwhile. Go back, load it again, then send it again."
        ),
        title=_("The form has expired"),
    )


def _http(error: HTTPException) -> Any:
    if error.response is not None or (error.code or 500) < 400:
        return error
    status = error.code or 500
    if status >= 500:
        return _failure(error)
    known = _titles().get(status)
    response = answer(
        status, f"http_{status}", _sentences().get(status) or _("This cannot be done."), title=known
    )
    if status == 405:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ["GET"])
    return response


def _busy(error: OperationalError) -> Response:
    log.warning("database not available: %s", type(error.orig).__name__)
    return _static_failure(503, "unavailable", retry_after=5)


def _failure(error: Exception) -> Response:
    log.error("request %s failed", g.get("request_id", "-"), exc_info=error)
    return _static_failure(500, "failed")


def _static_failure(status: int, code: str, retry_after: int | None = None) -> Response:
    try:
        db.session.rollback()
    except Exception:  # noqa: BLE001 - the database may be the very thing that is gone
        log.warning("rollback failed")
    title = _("Something went wrong on our side") if status == 500 else _("The portal is busy")
    sentence = _("It has been noted. Please try again in a moment.")
    if wants_json():
        response = problem(status, code, title, sentence)
    else:
        # Without the context of pages: who is signed in stands in the database, which may be what failed.
        bare = current_app.jinja_env.get_template(f"errors/{status}.html")
        page = bare.render(request_id=g.get("request_id", "-"), locale=get_locale())
        response = Response(page, status, mimetype="text/html")
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def init_app(app: Flask) -> None:
    """Install the handlers."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _form_token)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _busy)
    if not app.config.get("PROPAGATE_FAULTS"):
        app.register_error_handler(Exception, _failure)
