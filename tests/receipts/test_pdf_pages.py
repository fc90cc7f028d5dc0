"""The address of a receipt's PDF: what it answers, who is told, and what happens when none can be made."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from config import ROOT
from station.core.actor import COMMAND
from station.core.db import transaction
from station.core.ids import new_id, public_id
from station.core.money import Money
from station.members.services import match_or_create
from station.receipts import queries, views
from station.receipts.pdf import CannotRender
from station.receipts.services import issue, replace
from tests.conftest import LICENSEE
from tests.receipts.papers import fonts_of, read, tags_of, text_of


def issued(reference: UUID | None = None) -> str:
    """The address of a new receipt's page."""
    with transaction():
        receipt_id = issue(
            reference=reference or new_id(),
            member_id=match_or_create("Maria", "Peña", "maria@example.org", COMMAND),
            donor_name="Maria Peña",
            email="maria@example.org",
            amount=Money(123_456),
            given_on=date(2026, 11, 23),
            station_name="News 88.9 KNPR",
            interval=None,
            actor=COMMAND,
        )
    return f"/receipt/{public_id('receipt', receipt_id)}"


def test_the_page_leads_to_a_pdf_of_the_stored_text(client: FlaskClient) -> None:
    path = issued()
    assert f'href="{path}.pdf"' in client.get(path).text
    answer = client.get(f"{path}.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="receipt-2026-000001.pdf"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    said, at = text_of(answer.data), 0
    view = queries.receipts_of_member(match_or_create("Maria", "Peña", "maria@example.org", COMMAND))[0]
    for line in view.text.replace(": ", "\n").split("\n"):
        at = said.index(" ".join(line.split()), at)
    assert f"EIN {LICENSEE.ein}" in said
    assert (len(read(answer.data).pages), "H1" in [tag for tag, _ in tags_of(answer.data)]) == (1, True)
    assert all(fonts_of(answer.data).values())
    assert client.get(f"{path}.pdf").data == answer.data, "the same receipt is the same file"


def test_a_receipt_that_holds_no_more_says_so_first(client: FlaskClient) -> None:
    gift = new_id()
    path = issued(gift)
    with transaction():
        replace(
            reference=gift,
            amount=Money(100_000),
            email="maria@example.org",
            station_name="News 88.9 KNPR",
            interval=None,
            reason="You asked us to return $234.56.",
            tell=False,
            actor=COMMAND,
        )
    said = text_of(client.get(f"{path}.pdf").data)
    assert "Receipt 2026-000001, void Void You asked us to return $234.56. Receipt 2026-000002 replaces it." in said
    assert said.index("Void") < said.index("Particulars")


@pytest.mark.parametrize("name", ["nothing", "receipt_00000000000000000000000000", "..%2f..%2fconfig"])
def test_no_receipt_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/receipt/{name}.pdf").status_code == 404


def test_when_no_pdf_can_be_made_the_page_says_it_and_stays(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> bytes:
        raise CannotRender("typst refused")

    monkeypatch.setattr(views, "render", refuses)
    path = issued()
    answer = client.get(f"{path}.pdf")
    assert answer.status_code == 503
    assert "The PDF could not be made just now." in answer.text
    assert "$1,234.56" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert client.get(path).status_code == 200


def test_the_desk_leads_to_it(desk: Callable[..., FlaskClient]) -> None:
    path = issued()
    member = match_or_create("Maria", "Peña", "maria@example.org", COMMAND)
    shown = desk("development").get(f"/desk/members/{public_id('member', member)}").text
    assert f'href="{path}.pdf"' in shown


def test_an_installed_package_has_its_templates_and_faces() -> None:
    """The build takes the whole of `station` and `templates` along; what a PDF needs lies nowhere else."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert "station" in build["packages"]
    assert {"config.py", "templates"} <= build["force-include"].keys()
    assert len(list((ROOT / "station/receipts/pdf/fonts").glob("*.ttf"))) == 4
    assert (ROOT / "templates/receipts/pdf/statement.typ").is_file()
