"""Many PDFs: made in processes of their own, in order, whatever becomes of one document or one process."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from station.receipts.pdf import CannotRender, batch, render, render_each
from tests.receipts.papers import receipt, statement


def papers(number: int) -> list[dict[str, Any]]:
    return [receipt(heading=f"Receipt {n}") for n in range(number)]


def renderers() -> list[psutil.Process]:
    return [p for p in psutil.Process().children() if "station.receipts.pdf.child" in p.cmdline()]


def test_each_document_has_its_pdf_in_its_place() -> None:
    wanted = papers(50)
    wanted[7] = receipt(at="never")
    made = list(render_each(wanted, "receipt"))
    refused = made.pop(7)
    assert isinstance(refused, CannotRender)
    assert "a wrong one" in str(refused)
    assert made == [render(paper, "receipt") for n, paper in enumerate(wanted) if n != 7]
    assert renderers() == []


def test_nothing_to_do_starts_nothing() -> None:
    assert list(render_each([], "statement")) == []


def test_documents_are_read_as_they_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "CHUNK", 2)
    read = 0

    def source() -> Iterator[dict[str, Any]]:
        nonlocal read
        for paper in papers(1000):
            read += 1
            yield paper

    making = render_each(source(), "receipt", processes=2)
    next(making)
    assert read <= 5 * 2
    making.close()
    assert renderers() == []


def test_a_killed_process_costs_no_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "CHUNK", 5)
    wanted = [statement(12, f"Donor {n}") for n in range(60)]
    making = render_each(wanted, "statement", processes=2)
    made = [next(making)]
    for each in renderers():
        os.kill(each.pid, signal.SIGKILL)
    made += making
    assert made == [render(paper, "statement") for paper in wanted]


def test_a_document_that_kills_its_process_is_refused_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = batch._Child.ask

    def dies(self: Any, documents: list[Any]) -> Any:
        if "Receipt 3" in json.dumps(documents):
            self.process.kill()
        return ask(self, documents)

    monkeypatch.setattr(batch._Child, "ask", dies)
    made = list(render_each(papers(6), "receipt", processes=1))
    assert [n for n, each in enumerate(made) if isinstance(each, CannotRender)] == [3]
    assert "died" in str(made[3])


def test_processes_are_replaced_after_some_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "CHUNK", 1)
    monkeypatch.setattr(batch, "LIFE", 2)
    seen: set[int] = set()
    for _ in render_each(papers(8), "receipt", processes=1):
        seen |= {each.pid for each in renderers()}
    assert len(seen) >= 2
    assert renderers() == []
