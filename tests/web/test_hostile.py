"""What hostile requests must not get: secrets in logs, another host's links, memory, a stale key's refusal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from station.accounts.models import Role, Staff
from station.accounts.services import add_staff, make_link
from station.core.actor import COMMAND
from station.core.db import db
from station.web import app as web_app
from station.web import errors
from station.web.assets import digest
from tests.browsing import send, token_of

OLD, NEW = "o" * 40, "n" * 40


@pytest.fixture
def made(settings: Settings, app: Flask) -> Any:
    """made(secret_key=…) is the application with other settings, on the same database."""
    apps: list[Flask] = []

    def make(**changes: Any) -> Flask:
        apps.append(web_app.create_app(replace(settings, **changes)))
        return apps[-1]

    yield make
    for each in apps:
        with each.app_context():
            db.engine.dispose()
    web_app.runtime.configure(settings)


def test_forms_and_sessions_outlive_a_rolled_key(made: Any) -> None:
    before, after = (
        made(secret_key=OLD).test_client(),
        made(secret_key=NEW, secret_key_fallbacks=(OLD,)).test_client(),
    )
    token = token_of(before, "/desk/sign-in")
    cookie = before.get_cookie("station_desk", path="/desk")
    after.set_cookie("station_desk", cookie.value, path="/desk")
    data = {"csrf_token": token, "email": "nobody@example.org", "password": "x"}
    assert after.post("/desk/sign-in", data=data).status_code == 422, "read, and refused for its password"
    stranger = made(secret_key=NEW).test_client()
    stranger.set_cookie("station_desk", cookie.value, path="/desk")
    assert stranger.post("/desk/sign-in", data=data).status_code == 400


def test_a_link_is_used_over_https(made: Any) -> None:
    """Flask-WTF asks for a Referer there, so the policy of the page must leave it one."""
    app = made(base_url="https://give.example.org", trusted_hosts=("give.example.org",))
    token = make_link(add_staff("Maya", "maya@desk.example.org", [Role.NEWS], COMMAND), "join").rpartition("/")[2]
    browser, page = app.test_client(), f"/desk/join/{token}"
    options = {"base_url": "https://give.example.org", "headers": {"Referer": "https://give.example.org/"}}
    text = browser.get(page, **options).get_data(as_text=True)
    form = text.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    answer = browser.post(page, data={"csrf_token": form}, **options)
    assert answer.status_code == 422
    assert "Secure" in answer.headers.get("Set-Cookie", "Secure")
    assert browser.post(page, data={"csrf_token": form}, base_url=options["base_url"]).status_code == 400


@pytest.mark.parametrize("host", ["evil.example", "give.example.org.evil.example", "x@give.example.org", "", "a b"])
def test_another_host_is_refused(made: Any, host: str) -> None:
    app = made(trusted_hosts=("give.example.org",))
    answer = app.test_client().get("/desk", headers={"Host": host})
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert host not in answer.get_data(as_text=True) or not host


def test_logs_hold_no_links_and_no_forged_lines(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    rule = "/desk/join/<token>"
    for path in ("/desk/join/s3cret", "/desk/join/s3cret%0aERROR forged", "/no/such/s3cret"):
        with app.test_request_context(path):
            errors._bug(RuntimeError("x"))
            errors._database(sa.exc.OperationalError("SELECT", {}, Exception("gone")))
    assert "s3cret" not in caplog.text
    assert "forged" not in caplog.text
    assert caplog.text.count(f"GET {rule}") == 4
    assert caplog.text.count("GET an unknown address") == 2


def test_errors_of_the_database_name_no_values(app: Flask) -> None:
    with pytest.raises(sa.exc.DBAPIError) as caught:
        db.session.execute(
            sa.select(Staff.id).where(sa.text("no_such_column = :email")), {"email": "ana@example.org"}
        )
    db.session.rollback()
    assert "ana@example.org" not in str(caught.value)


def test_static_files_have_one_address_each(client: FlaskClient) -> None:
    """Each other spelling would be hashed anew and kept in memory for good."""
    client.get("/assets/x/css/tokens.css")
    kept = digest.cache_info().currsize
    for name in ("css/./tokens.css", "fonts/../css/tokens.css", "css/../css/./tokens.css", "css"):
        assert client.get(f"/assets/x/{name}").status_code == 404, name
    for name in ("../app.py", "..%2fapp.py", "%2e%2e/app.py", "css/%00"):
        assert client.get(f"/assets/x/{name}").status_code in (400, 404), name
    assert digest.cache_info().currsize == kept


@pytest.mark.parametrize(("proxies", "counted"), [(0, "10.0.0.9"), (1, "192.0.2.1"), (2, "192.0.2.77")])
def test_a_visitor_does_not_choose_their_address(made: Any, proxies: int, counted: str) -> None:
    app, seen = made(proxies=proxies), []
    app.before_request(lambda: seen.append(web_app.request.remote_addr))
    sent = "6.6.6.6, 192.0.2.77, 192.0.2.1"
    app.test_client().get(
        "/health/live", headers={"X-Forwarded-For": sent}, environ_overrides={"REMOTE_ADDR": "10.0.0.9"}
    )
    assert seen == [counted]


def test_the_auditors_menu_shows_what_an_auditor_may_read(desk: Any) -> None:
    page = desk("auditor").get("/desk/").get_data(as_text=True)
    assert all(f'href="{url}"' in page for url in ("/desk/members", "/desk/mail", "/desk/payments", "/desk/audit"))


def test_a_sign_out_needs_the_form_token_and_ends_nothing_without(desk: Any) -> None:
    browser = desk("news")
    assert browser.post("/desk/sign-out", headers={"Origin": "https://evil.example"}).status_code == 400
    assert browser.get("/desk/account").status_code == 200
    assert send(browser, "/desk/account", to="/desk/sign-out").status_code == 303
