"""Statements as PDFs: what is printed is what was issued, on Letter paper, tagged."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from station.core.actor import COMMAND
from station.core.ids import public_id
from station.receipts.pdf import CannotRender
from station.receipts.policies import Place
from station.receipts.queries import statements as queries
from station.receipts.services import statements as services
from station.receipts.services import write_legend
from tests.receipts.yearly import YEAR, freeze, give, person, rows

Run = Callable[[], int]


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_donors_pdf_says_what_the_page_says(app: Flask, outbox: Run, client: FlaskClient) -> None:
    write_legend("NV", "Formed in Nevada.", {Place.RECEIPT}, False, date(YEAR + 2, 1, 1), COMMAND)
    give(person("Ana"), 30_000)
    freeze(outbox)
    answer = client.get(f"/statement/{public_id('statement', rows()[0].id)}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    read = PdfReader(io.BytesIO(answer.data))
    assert (len(read.pages), [round(side) for side in read.pages[0].mediabox[2:]]) == (1, [612, 792])
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    said = words(answer.data)
    for part in (
        "Ana Example",
        f"S-{YEAR}-000001",
        "$300.00",
        "None",
        "No goods or services were provided",
        "Formed in Nevada.",
    ):
        assert part in said
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "statement_" not in said


def test_a_replaced_version_says_so_on_paper(app: Flask, outbox: Run, client: FlaskClient) -> None:
    gift = give(person("Ana"))
    freeze(outbox)
    services.correct(gift.member_id, YEAR, COMMAND, "Your name was misspelled.")
    old, new = (words(client.get(f"/statement/{public_id('statement', row.id)}.pdf").data) for row in rows())
    assert "This version holds no more" in old
    assert "This version holds no more" not in new
    assert "Your name was misspelled." in new


def test_the_page_stands_in_for_a_pdf_that_cannot_be_made(
    app: Flask, outbox: Run, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(person("Ana"))
    freeze(outbox)

    def fails(*_: object) -> bytes:
        raise CannotRender("no")

    monkeypatch.setattr("station.receipts.views.render", fails)
    answer = client.get(f"/statement/{public_id('statement', rows()[0].id)}.pdf")
    assert (answer.status_code, "The PDF could not be made" in answer.text) == (503, True)


def test_a_print_run_is_one_pdf(app: Flask, outbox: Run, desk: Callable[..., FlaskClient]) -> None:
    for name in ("Ana", "Ben", "Cam"):
        give(person(name, email=False))
    freeze(outbox)
    browser = desk("development")
    answer = browser.get(f"/desk/statements/{YEAR}/paper/print.pdf")
    assert len(PdfReader(io.BytesIO(answer.data)).pages) == 3
    assert all(name in words(answer.data) for name in ("Ana", "Ben", "Cam"))
    services.mark_printed([row.public_id for row in queries.for_paper(YEAR).rows], YEAR, COMMAND)
    assert browser.get(f"/desk/statements/{YEAR}/paper/print.pdf").status_code == 303


def test_a_print_run_holds_what_one_pdf_may(app: Flask, outbox: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.receipts.queries.statements.reading.ROWS", 3)
    for name in ("Ana", "Ben"):
        first = give(person(name, email=False), month=1)
        give(first.member_id, month=2)
    freeze(outbox)
    page = queries.for_paper(YEAR)
    assert ([row.label for row in page.rows], page.after) == ([f"S-{YEAR}-000001"], 1)
