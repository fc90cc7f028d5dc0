"""Whatever breaks, the page's script is answered in JSON that says something true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.giving.services import in_page
from tests.giving.conftest import Donor, pledges

SCRIPT = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
PATHS = ("/give/checkout", "/give/pledge")


def breaks(error: Exception) -> Callable[..., Any]:
    def broken(*_: Any) -> None:
        raise error

    return broken


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (RuntimeError("a secret detail"), 500, "Something went wrong on our side"),
        (sa.exc.OperationalError("BEGIN", {}, Exception("database is locked")), 503, "We are busy for a moment"),
    ],
)
def test_what_breaks_is_said(
    donor: Donor, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, words: str
) -> None:
    monkeypatch.setitem(donor.client.application.config, "PROPAGATE_EXCEPTIONS", False)
    facts = donor.open()
    monkeypatch.setattr(in_page, "_draft", breaks(error))
    answer = donor.client.post("/give/checkout", data=facts, headers=SCRIPT)
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert answer.json["message"].startswith(words)
    assert "secret" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    page = donor.client.post("/give/checkout", data=facts, headers={**SCRIPT, "Accept": "text/html,*/*"})
    assert (page.status_code, page.mimetype) == (status, "text/html")


@pytest.mark.parametrize("path", PATHS)
def test_what_no_script_of_ours_sends_is_refused_in_json(client: FlaskClient, path: str) -> None:
    huge = client.post(path, data={"given_name": "x" * 20_000_000}, headers=SCRIPT)
    assert (huge.status_code, huge.mimetype) == (413, "application/json")
    assert "too large" in huge.json["message"]
    wrong = client.get(path, headers=SCRIPT)
    assert (wrong.status_code, wrong.mimetype, "POST" in wrong.headers["Allow"]) == (405, "application/json", True)
    assert client.head(path).status_code == 405
    for body, kind in ((b"{}", "application/json"), (b"\xff\xfe\x00", "text/plain"), (b"", "multipart/form-data")):
        odd = client.post(path, data=body, content_type=kind, headers=SCRIPT)
        assert (odd.status_code, odd.mimetype) in {(422, "application/json"), (400, "application/json")}
    assert pledges() == []


@pytest.mark.parametrize("path", PATHS)
def test_no_cache_keeps_an_answer_that_holds_a_secret(donor: Donor, stripe_sandbox: Any, path: str) -> None:
    facts = donor.open()
    assert donor.client.post("/give/checkout", data=facts, headers=SCRIPT).status_code == 200
    answer = donor.client.post(path, data=facts, headers=SCRIPT)
    assert answer.json["client_secret"]
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in answer.headers
