"""The factory: settings, core, web, then the features from one visible list."""

import importlib
import importlib.util

from flask import Flask, g
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from app import config
from app.core import dialects
from app.core.db import db
from app.core.files import storage
from app.core.i18n import _l

# From the bottom of the house to its top; see docs/architecture.md, "The floors".
FEATURES = (
    "accounts",
    "audit",
    "notifications",
    "institutions",
    "consortia",
    "files",
    "ledger",
    "discussion",
    "translating",
    "problems",
    "listings",
    "projects",
    "teams",
    "interest",
    "groundwork",
    "agreements",
    "exchange",
    "outcomes",
    "home",
    "demo",
)
ROOMS = ("models", "policies", "queries", "notices", "services", "views", "api", "cli")
MAIN_NAV = (
    ("projects.index", _l("Projects"), "/projects"),
    ("problems.index", _l("Problems"), "/problems"),
    ("listings.resources", _l("Resources"), "/resources"),
    ("listings.exchange", _l("Exchange"), "/exchange"),
    ("ledger.impact", _l("Impact"), "/impact"),
)
PERSON_NAV = (
    ("home.index", _l("Waiting for you"), None),
    ("accounts.account", _l("My account"), None),
    ("translating.index", _l("Translations"), None),
    ("audit.index", _l("History"), None),
    ("discussion.moderation", _l("Reports"), "discussion.moderate_any"),
    ("home.admin", _l("Administration"), "accounts.administer"),
)
FOOTER_NAV = (
    ("home.about", _l("About"), None),
    ("home.help_page", _l("Help"), None),
    ("institutions.index", _l("Institutions"), None),
    ("teams.index", _l("Teams"), None),
    ("consortia.index", _l("Consortia"), None),
    ("outcomes.index", _l("Outcomes"), None),
    ("accounts.people", _l("People"), None),
    ("home.accessibility", _l("Accessibility"), None),
    ("home.privacy", _l("Privacy"), None),
    ("home.status", _l("Status"), None),
    ("home.contact", _l("Contact"), None),
)
CORE_RECORDS = (
    "app.core.documents",
    "app.core.files",
    "app.core.index",
    "app.core.jobs",
    "app.core.once",
)  # tables that belong to no feature
LARGEST_REQUEST = 2 * 1024 * 1024


def _configure(app: Flask, settings: config.Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        TESTING=settings.environment == "testing",
        PROPAGATE_FAULTS=False,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=dialects.engine_options(settings.database_url),
        SESSION_COOKIE_NAME="__Host-taawun" if settings.uses_tls else "taawun",
        SESSION_COOKIE_SECURE=settings.uses_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the origin is checked for every change, with and without TLS
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        MAX_FORM_PARTS=1000,
    )


def _load_features(app: Flask) -> None:
    for name in CORE_RECORDS:
        importlib.import_module(name)
    for feature in FEATURES:
        for room in ROOMS:
            name = f"app.{feature}.{room}"
            if importlib.util.find_spec(name) is None:
                continue
            module = importlib.import_module(name)
            for thing in ("bp", "cli"):
                found = getattr(module, thing, ())  # one, or a tuple of them
                for part in found if isinstance(found, tuple) else (found,):
                    if room in {"views", "api", "cli"}:
                        (app.register_blueprint if thing == "bp" else app.cli.add_command)(part)


def create_app(settings: config.Settings | None = None) -> Flask:
    """The portal as a WSGI application. Raises config.Misconfigured when the settings are not safe."""
    from app.accounts.queries import actor_of_token
    from app.web import errors, guards, i18n, jinja, security

    settings = settings or config.load()
    app = Flask(__name__, instance_path=str(settings.instance.resolve()))
    _configure(app, settings)
    db.init_app(app)
    with app.app_context():
        dialects.prepare(db.engine)
        storage.use(db.engine, storage.make(settings.instance / "files", settings.files_s3))
    i18n.init_app(app)
    security.init_app(app, settings.uses_tls)
    guards.init_app(app, actor_of_token)
    errors.init_app(app)
    _load_features(app)
    jinja.init_app(
        app,
        is_demo=(settings.instance / "demo-accounts.json").exists(),
        menus={
            name: [entry for entry in entries if entry[0] in app.view_functions]
            for name, entries in (
                ("main_nav", MAIN_NAV),
                ("person_nav", PERSON_NAV),
                ("footer_nav", FOOTER_NAV),
            )
        },
    )

    @app.teardown_request
    def _end(_error: BaseException | None) -> None:
        g.pop("actor", None)

    headers = security.headers_for(settings.uses_tls)
    files = WhiteNoise(
        app.wsgi_app,
        root=app.static_folder,
        prefix="static/",
        max_age=7 * 86400,
        add_headers_function=lambda out, _path, _url: [
            out.setdefault(name, value) for name, value in headers.items()
        ],
    )
    app.wsgi_app = files  # type: ignore[method-assign]  # this is how Flask is wrapped
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]  # as above
    return app
