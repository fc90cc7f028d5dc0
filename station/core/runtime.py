"""The settings of this process, for code that has no Flask application at hand. Set once, when the app is made."""

from __future__ import annotations

from config import Settings

_settings: Settings | None = None


def configure(settings: Settings) -> None:
    """Make `settings` the ones of this process."""
    global _settings
    _settings = settings


def settings() -> Settings:
    """The settings of this process. Raises RuntimeError before `configure`."""
    if _settings is None:
        raise RuntimeError("Station is not configured yet: create the app first")
    return _settings
