"""The application factory."""

from __future__ import annotations

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings
from station.core import clock, runtime
from station.core.db import db, listen
from station.news.pages import front
from station.web import context, errors, freshness, headers, sanity, tables
from station.web.assembly import assemble, blueprints

ALL_TABLES = tables
LARGEST_REQUEST = 1_000_000


class Tokens(CSRFProtect):  # type: ignore[misc]  # Flask-WTF has no types
    """Flask-WTF's check of every request that changes something. What only reads skips its look-up of exemptions."""

    def protect(self, apply_exemptions: bool = False) -> None:
        if request.method not in ("GET", "HEAD"):
            super().protect(apply_exemptions)


csrf = Tokens()


class DeskSessions(SecureCookieSessionInterface):
    """Sessions live under /desk only: a public page that tries to keep one raises an error."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return super().open_session(app, request) if request.path.startswith("/desk") else None


def create_app(settings: Settings) -> Flask:
    """Make the application of these settings. Touches no network and no table."""
    settings.home.mkdir(parents=True, exist_ok=True)
    runtime.configure(settings)
    clock.use_file(settings.home / "clock" if settings.movable_clock else None)
    app = Flask(
        "station", root_path=str(ROOT / "station"), template_folder=str(ROOT / "templates"), static_folder=None
    )
    app.session_interface = DeskSessions()
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the errors of a form stay in its order
    _configure(app, settings)
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    with app.app_context():
        listen(db.engine)
    assemble()
    csrf.init_app(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
        if getattr(blueprint, "csrf_exempt_because", ""):
            csrf.exempt(blueprint)
    sanity.install(app)
    freshness.install(app)
    context.install(app)
    front.install(app)
    headers.install(app)
    errors.install(app)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, x_host=hops)  # type: ignore[method-assign]  # Flask's own way
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.from_mapping(
        STATION=settings,
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        WTF_CSRF_SECRET_KEY=[*settings.secret_key_fallbacks, settings.secret_key],  # Flask-WTF knows no fallbacks
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},  # no email address, no hash in a log or a failed job
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        SESSION_COOKIE_NAME="station_desk",
        SESSION_COOKIE_PATH="/desk",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open as long as its session lives
    )
