"""Which language a request speaks: `?lang=`, then the cookie, then the person's own, then the browser's."""

from urllib.parse import urlencode

from flask import Flask, Response, request

from app.core import i18n
from app.web.guards import current_actor

NATIVE = {"en": "English", "ar": "العربية"}


def _choose() -> str:
    asked = request.args.get("lang")
    if asked in i18n.LOCALES:
        return asked
    kept = request.cookies.get("lang")
    if kept in i18n.LOCALES:
        return kept
    own = current_actor().locale
    if own in i18n.LOCALES:
        return own
    return request.accept_languages.best_match(i18n.LOCALES) or i18n.DEFAULT_LOCALE


def other_languages() -> list[dict[str, str]]:
    """The same page in the other languages: code, name, url."""
    args = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    path = request.path if request.method == "GET" else "/"
    return [
        {"code": code, "name": NATIVE[code], "url": f"{path}?{urlencode([*args, ('lang', code)])}"}
        for code in i18n.LOCALES
        if code != i18n.get_locale()
    ]


def init_app(app: Flask) -> None:
    """Choose the language before each request, remember an asked one in a cookie."""

    @app.before_request
    def _speak() -> None:
        i18n.set_locale(request.cookies.get("lang"))
        i18n.set_locale(_choose(), current_actor().zone)

    @app.after_request
    def _remember(response: Response) -> Response:
        asked = request.args.get("lang")
        if asked in i18n.LOCALES and asked != request.cookies.get("lang"):
            response.set_cookie(
                "lang",
                asked,
                max_age=365 * 86400,
                secure=app.config["SESSION_COOKIE_SECURE"],
                httponly=True,
                samesite="Lax",
            )
        response.headers["Content-Language"] = i18n.get_locale()
        response.vary.update(["Accept-Language", "Cookie"])
        return response
