"""Headers, health, static files, error pages, request ids: what every answer of the house has in common."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from config import ROOT, Settings
from station.core.db import db, transaction
from station.core.outbox import enqueue
from station.mail.services import SEND
from station.web import app as web_app
from station.web import errors
from station.web.assets import asset
from tests.harness import problems


@pytest.mark.parametrize("path", ["/", "/give", "/no-such-page", "/desk/", "/assets/x/css/base.css", "/health/live"])
def test_every_answer_has_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert ("script-src" in policy) is (path == "/give")  # the only one of these with scripts; none is needed
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("strict-origin-when-cross-origin", "same-origin")
    assert headers["Cross-Origin-Opener-Policy"] == ("same-origin-allow-popups" if path == "/give" else "same-origin")
    assert "frame-ancestors 'none'" in policy
    assert len(headers["X-Request-Id"]) >= 12


def test_public_pages_set_no_cookie_and_desk_pages_are_not_stored(client: FlaskClient) -> None:
    for path in ("/", "/news/", "/give"):
        assert "Set-Cookie" not in client.get(path).headers
    assert client.get("/desk/sign-in").headers["Cache-Control"] == "no-store"


def test_static_files_live_a_year_under_their_hash(client: FlaskClient) -> None:
    fresh = client.get(asset("css/tokens.css"))
    assert (fresh.status_code, fresh.mimetype) == (200, "text/css")
    assert "immutable" in fresh.headers["Cache-Control"]
    assert client.get("/assets/older/css/tokens.css").headers["Cache-Control"] == "no-cache"
    assert client.get("/favicon.ico").status_code == 200
    with pytest.raises(FileNotFoundError):
        asset("css/none.css")


def test_every_static_file_that_templates_name_exists() -> None:
    for template in (ROOT / "templates").rglob("*.html"):
        for part in template.read_text("utf-8").split("asset('")[1:]:
            name = part.split("'")[0]
            assert (ROOT / "station" / "static" / name).is_file(), f"{template.name}: {name}"


def test_health_tells_what_is_wrong(app: Flask, client: FlaskClient, later: object) -> None:
    assert client.get("/health/ready").json["ready"] is True  # type: ignore[index]
    with transaction():
        enqueue(SEND, mail_id="none")
    assert client.get("/health/jobs").status_code == 200
    later(minutes=10)  # type: ignore[operator]
    late = client.get("/health/jobs")
    assert (late.status_code, late.json["oldest_waiting_seconds"] >= 600) == (503, True)  # type: ignore[index]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 418, 429, 500, 502, 503])
def test_every_error_has_a_page_that_asks_no_database(app: Flask, status: int) -> None:
    statements: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    with app.test_request_context("/x"):
        page = errors.page(status)
    assert page.status_code == status
    assert problems(page.get_data(as_text=True)) == []
    assert statements == []


def test_an_unhandled_error_is_a_page_without_its_inside(settings: Settings, app: Flask, caplog: object) -> None:
    fresh = web_app.create_app(settings)

    def broken() -> str:
        raise RuntimeError("a secret detail")

    fresh.add_url_rule("/broken", "give.broken", broken)
    answer = fresh.test_client().get("/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.get_data(as_text=True)
    assert answer.headers["X-Request-Id"] in answer.get_data(as_text=True)
    with fresh.app_context():
        db.engine.dispose()


def test_a_locked_database_asks_for_patience(settings: Settings, app: Flask) -> None:
    fresh = web_app.create_app(settings)

    def locked() -> str:
        raise sa.exc.OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    fresh.add_url_rule("/locked", "give.locked", locked)
    answer = fresh.test_client().get("/locked")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    with fresh.app_context():
        db.engine.dispose()


def test_nul_characters_are_refused_everywhere(client: FlaskClient, desk: object) -> None:
    assert client.get("/give?source=%00").status_code == 400
    assert client.post("/give", data={"given_name": "a\x00b"}).status_code == 400
    assert desk("development").get("/desk/members?q=%00").status_code == 400  # type: ignore[operator]
