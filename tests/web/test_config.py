"""Settings: every problem at once, secrets hidden, production strict, the docs page true."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from config import DEMO_SECRET, ROOT, Settings, SettingsError
from station.web.commands.settings_doc import markdown

GOOD = {
    "STATION_MODE": "production",
    "SECRET_KEY": "k" * 40,
    "STRIPE_API_KEY": "rk_live_abc",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_abc",
    "STRIPE_WEBHOOK_SECRET": "whsec_real",
    "CELERY_BROKER_URL": "amqp://broker",
    "MAIL_HOST": "mail.example.org",
    "TRUSTED_HOSTS": "give.example.org,example.org",
    "STATION_URL": "https://example.org",
    "STATION_PROXIES": "1",
    "DATABASE_URL": "postgresql+psycopg://db/station",
}


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environ)
    return caught.value.problems


def test_nothing_needs_to_be_set_for_the_demonstration() -> None:
    settings = Settings.from_env({})
    assert (settings.mode, settings.port, settings.stripe_api_base, settings.mail_port) == (
        "development",
        8400,
        "http://127.0.0.1:8401",
        8402,
    )
    assert settings.celery_broker_url.startswith("sqla+sqlite:///")
    assert settings.movable_clock
    assert not settings.livemode


def test_every_problem_is_listed_at_once() -> None:
    found = problems(
        {
            "STATION_PORT": "many",
            "STATION_MOVABLE_CLOCK": "perhaps",
            "STRIPE_TYPO": "x",
            "SECRET_KEY": "a",
            "SECRET_KEY_FILE": "/nowhere",
        }
    )
    assert len(found) == 6
    assert "SECRET_KEY is shorter than 32 characters." in found
    assert "STATION_PORT: 'many' is not a whole number." in found
    assert any("STRIPE_TYPO" in line for line in found)


def test_production_starts_with_real_settings() -> None:
    settings = Settings.from_env(GOOD)
    assert settings.production
    assert settings.livemode
    assert settings.trusted_hosts == ("give.example.org", "example.org")
    assert settings.stripe_api_base == ""


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"SECRET_KEY": None}, "demo secret"),
        ({"SECRET_KEY": "short"}, "shorter"),
        ({"STRIPE_API_KEY": "sk_test_1"}, "test key"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:1"}, "sandbox"),
        ({"STATION_MOVABLE_CLOCK": "yes"}, "movable clock"),
        ({"STATION_TEST_PAUSE_AT": "mail.send:claimed"}, "STATION_TEST_PAUSE_AT"),
        ({"STATION_TEST_POINTS": "1"}, "STATION_TEST_POINTS"),
        ({"CELERY_BROKER_URL": None}, "needs a broker"),
        ({"STRIPE_WEBHOOK_SECRET": None}, "demo secret"),
        ({"MAIL_HOST": None}, "mail server"),
        ({"TRUSTED_HOSTS": None}, "host names"),
        ({"STATION_URL": "http://example.org"}, "https"),
        ({"STATION_MODE": "prod"}, "not one of"),
        ({"STATION_PROXIES": None}, "STATION_PROXIES"),
        ({"STATION_PROXIES": "-1"}, "STATION_PROXIES"),
        ({"SECRET_KEY_FALLBACKS": f"{'o' * 40},{DEMO_SECRET}"}, "SECRET_KEY_FALLBACKS"),
        ({"SECRET_KEY_FALLBACKS": "short"}, "SECRET_KEY_FALLBACKS"),
        ({"MAIL_USERNAME": "station", "MAIL_PASSWORD": "x"}, "MAIL_SECURITY"),
        ({"STRIPE_WEBHOOK_SECRET_NEXT": "whsec_sandbox"}, "STRIPE_WEBHOOK_SECRET_NEXT"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_API_KEY": ""}, "needs a live one"),
        ({"STRIPE_PUBLISHABLE_KEY": None}, "pk_live_"),
        ({"STRIPE_PUBLISHABLE_KEY": "pk_test_x"}, "pk_live_"),
        ({"STRIPE_API_KEY": "pk_live_x"}, "needs a live one"),
        ({"CELERY_BROKER_URL": "memory://"}, "CELERY_BROKER_URL"),
        ({"CELERY_BROKER_URL": "sqla+sqlite:///b"}, "CELERY_BROKER_URL"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
        ({"STATION_URL": "https://example.org/"}, "STATION_URL"),
        ({"STATION_PORT": "65533", "MAIL_PORT": "25"}, "STATION_PORT"),
        ({"STRIPE_TIMEOUT": "0"}, "STRIPE_TIMEOUT"),
        ({"STATION_WEB_WORKERS": "0"}, "STATION_WEB_WORKERS"),
        ({"MAIL_RECEIPTS_FROM": "rubbish"}, "MAIL_RECEIPTS_FROM"),
        ({"MAIL_PORT": "0"}, "MAIL_PORT"),
        ({"STATION_ALERTS_MAIL": "ops"}, "STATION_ALERTS_MAIL"),
        ({"STATION_ALERTS_WEBHOOK": "ftp://x", "STATION_ALERTS_SECRET": "s" * 32}, "STATION_ALERTS_WEBHOOK"),
        ({"STATION_ALERTS_WEBHOOK": "http://x", "STATION_ALERTS_SECRET": "s" * 32}, "in the clear"),
        ({"STATION_ALERTS_WEBHOOK": "https://x"}, "STATION_ALERTS_SECRET"),
    ],
)
def test_production_refuses_what_belongs_to_the_demonstration(change: dict[str, str | None], word: str) -> None:
    environ = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    found = problems(environ)
    assert len(found) == 1
    assert word in found[0]


def test_secrets_come_from_files_and_show_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("s3cret" * 8 + "\n")
    settings = Settings.from_env({"SECRET_KEY_FILE": str(file), "DATABASE_URL": "postgresql+psycopg://u:pw1@h/d"})
    assert settings.secret_key == "s3cret" * 8
    assert "s3cret" not in repr(settings)
    assert "pw1" not in repr(settings)
    assert "s3cret" not in str(problems({"SECRET_KEY_FILE": str(file), "STATION_PORT": "x"}))
    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == markdown(), "run: station settings docs"
    assert all(item.metadata["env"] in page for item in fields(Settings))
