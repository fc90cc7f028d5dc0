"""The Nu Html Checker, which checks for the W3C, reads every page of a browse as every persona: no error."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from station.accounts.models import Role
from station.core.actor import COMMAND
from station.core.db import db
from station.demo.services import load_demo
from tests.house.test_browse import addresses, label_everything

ALLOWED = {  # the start of a complaint, and why it stands
    "An “input” element with a “type” attribute whose value is “hidden” must not have an “autocomplete” attribute": (
        "Firefox keeps what a script wrote into a hidden field over a reload, unless it is told so; "
        "an attempt must not come back"
    )
}
CHANGING = re.compile(r'name="csrf_token"[^>]*value="[^"]+"|\b(csrf|nonce|token|attempt)="[^"]+"')

Pages = dict[str, str]  # file name → who fetched what


@pytest.fixture
def pages(app: Flask, client: FlaskClient, desk: Callable[..., FlaskClient], tmp_path: Path) -> Pages:
    """Every page, also refusals and errors, written to `tmp_path` once."""
    load_demo(COMMAND)
    db.session.rollback()
    label_everything()
    kept: Pages = {}
    for persona in ("visitor", *(role.value for role in Role)):
        browser = client if persona == "visitor" else desk(persona)
        for _, path in addresses(app):
            if path.startswith("/desk") or persona == "visitor":
                keep(browser.get(path), f"{persona} {path}", tmp_path, kept)
    return kept


def keep(answer: Any, what: str, folder: Path, kept: Pages) -> None:
    if answer.mimetype != "text/html" or answer.headers.get("X-Fragment"):
        return
    text = answer.get_data(as_text=True)
    if not text.strip():
        return
    name = sha256(CHANGING.sub("", text).encode()).hexdigest()[:16] + ".html"
    if name not in kept:
        (folder / name).write_text(text, encoding="utf-8")
        kept[name] = f"{answer.status_code} {what}"


def messages(vnu: list[str], folder: Path) -> list[dict[str, Any]]:
    """What the checker says of all pages of a folder; it starts once."""
    done = subprocess.run(
        [*vnu, "--format", "json", "--stdout", "--exit-zero-always", "--skip-non-html", str(folder)],
        capture_output=True,
        text=True,
        timeout=250,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    return found


def told(found: list[dict[str, Any]], pages: Pages) -> list[str]:
    """One line per kind of complaint, with one page that has it."""
    lines = {}
    for each in found:
        name = each["url"].rsplit("/", maxsplit=1)[-1]
        where = f"{pages.get(name, name)} line {each.get('lastLine')}: {each.get('extract', '').strip()[:100]!r}"
        lines.setdefault(f"{each['type']}: {re.sub('[0-9]+', '#', each['message'])}", where)
    return [f"{kind}\n    {where}" for kind, where in sorted(lines.items())]


@pytest.mark.timeout(300)
def test_every_page_is_valid(vnu: list[str], pages: Pages, tmp_path: Path) -> None:
    assert len(pages) > 60
    found = messages(vnu, tmp_path)
    bad = [each for each in found if not each["message"].startswith(tuple(ALLOWED))]
    assert told(bad, pages) == [], "\n".join(told(bad, pages))
    assert [start for start in ALLOWED if not any(each["message"].startswith(start) for each in found)] == []


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ("<p><div>x</div></p>", "No “p” element in scope"),
        ('<img src="/x.png">', "An “img” element must have an “alt” attribute"),
        ('<p id="a">x</p><p id="a">y</p>', "Duplicate ID “a”"),
        (
            '<button type="button"><a href="/">x</a></button>',
            "must not appear as a descendant of the “button” element",
        ),
        ('<p aria-label-by="x">x</p>', "not allowed on element “p”"),
    ],
)
def test_a_broken_page_is_found(vnu: list[str], tmp_path: Path, broken: str, complaint: str) -> None:
    """Negative control."""
    head = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>T</title></head><body>'
    (tmp_path / "broken.html").write_text(f"{head}{broken}</body></html>", encoding="utf-8")
    assert [each for each in messages(vnu, tmp_path) if each["type"] == "error" and complaint in each["message"]]
