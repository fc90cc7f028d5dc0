"""The Wagtail site: settings as its project template has them for production, DEBUG off, SQLite, cached templates."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

WAGTAIL = ("contrib.forms", "contrib.redirects", "embeds", "sites", "users", "snippets", "documents", "images")
MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
)
CONTEXT = ("django.template.context_processors.request", "django.contrib.auth.context_processors.auth")
MESSAGES = "django.contrib.messages.context_processors.messages"


class _NoMigrations(dict[str, None]):
    """Tables are made as the models are now, without their history."""

    def __contains__(self, _name: object) -> bool:
        return True

    def __getitem__(self, _name: str) -> None:
        return None


def site(folder: Path, template: str) -> Any:
    """The site as a WSGI application, in a folder of its own; this template prints its article. Once a process."""
    (folder / "templates" / "rival").mkdir(parents=True)
    (folder / "templates" / "rival" / "article_page.html").write_text(template, encoding="utf-8")
    _configure(folder)
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    return get_wsgi_application()


def _configure(folder: Path) -> None:
    settings.configure(
        DEBUG=False,
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="bench.rival.urls",
        USE_TZ=True,
        LANGUAGE_CODE="en",
        MIGRATION_MODULES=_NoMigrations(),
        STATIC_URL="/static/",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        WAGTAIL_SITE_NAME="Bench",
        WAGTAILADMIN_BASE_URL="http://localhost",
        INSTALLED_APPS=[
            "bench.rival",
            *(f"wagtail.{name}" for name in (*WAGTAIL, "search", "admin")),
            "wagtail",
            "modelcluster",
            "taggit",
            *(f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages")),
            "django.contrib.staticfiles",
        ],
        MIDDLEWARE=list(MIDDLEWARE),
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [str(folder / "templates")],
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": [*CONTEXT, MESSAGES]},
            }
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(folder / "rival.sqlite"),
                "CONN_MAX_AGE": None,
            }
        },
        LOGGING_CONFIG=None,
    )


def article(headline: str, byline: str, paragraphs: list[str]) -> str:
    """Make a home and publish an article below it; its path."""
    models = {name: apps.get_model("wagtailcore", name) for name in ("Locale", "Page", "Site")}
    models["Locale"].objects.create(language_code="en")
    home = models["Page"].add_root(instance=models["Page"](title="Root", slug="root"))
    home = home.add_child(instance=models["Page"](title="Home", slug="home"))
    models["Site"].objects.create(hostname="localhost", root_page=home, is_default_site=True)
    page = apps.get_model("rival", "ArticlePage")(
        title=headline,
        slug="an-article",
        byline=byline,
        published=datetime(2026, 5, 1, 12, tzinfo=UTC),
        body=[{"type": "paragraph", "value": f"<p>{each}</p>"} for each in paragraphs],
    )
    home.add_child(instance=page)
    page.save_revision().publish()
    return str(page.url)
