"""What still works when something is down: public pages without the broker, plain words without the database."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import downgrade, upgrade

from station.core.db import db


def test_public_pages_ask_no_broker(app: Flask, client: FlaskClient) -> None:
    # the test settings name no broker that answers, and no web process ever talks to one
    for path in ("/", "/news/", "/classical/", "/give", "/health/live", "/health/ready"):
        assert client.get(path).status_code == 200, path


def test_without_its_tables_every_page_says_so_plainly(app: Flask, client: FlaskClient) -> None:
    db.session.remove()
    downgrade(revision="base")
    try:
        for path in ("/give", "/news/story/any", "/desk/", "/health/ready"):
            answer = client.get(path)
            assert answer.status_code in (303, 503), (path, answer.status_code)
            assert "Traceback" not in answer.get_data(as_text=True)
        assert client.get("/health/live").status_code == 200
    finally:
        upgrade()


def test_a_huge_body_is_refused_before_it_is_read(client: FlaskClient) -> None:
    for path in ("/give", "/hooks/stripe", "/desk/sign-in"):
        answer = client.post(path, data=b"x" * 50_000_000, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (400, 413), (path, answer.status_code)
