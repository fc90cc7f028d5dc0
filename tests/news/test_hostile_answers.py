"""A content service that is slow, lies, breaks off, or points elsewhere: bounded in bytes, time and steps."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from station.core import clock, runtime
from station.core.actor import COMMAND
from station.core.db import db
from station.news import gateway, services
from station.news.models import Story
from station.news.services import CdsRefused, CdsUnavailable
from tests.conftest import House
from tests.news.cds_documents import document, six_paragraphs
from tests.news.test_pulling import Npr, npr, states, story

npr = npr  # a fixture of the tests of asking

Answer = Callable[[socket.socket], None]
PATIENCE = 15  # seconds


@contextmanager
def answering(answer: Answer) -> Iterator[list[bytes]]:
    """NPR is a bare socket, which answers so; yields what it was asked."""
    asked: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(5)
                try:
                    asked.append(connection.recv(65_536))
                    answer(connection)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    before = runtime.settings()
    address = f"http://127.0.0.1:{server.getsockname()[1]}"
    runtime.configure(replace(before, npr_cds_url=address, npr_cds_token="a token of the test"))
    try:
        yield asked
    finally:
        over.set()
        runtime.configure(before)
        thread.join()
        server.close()


def says(status: str, body: bytes, *headers: str, length: int | None = None) -> Answer:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers, "", ""]
    return lambda connection: connection.sendall("\r\n".join(head).encode() + body)


def drip(connection: socket.socket) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{"resources": [')
    for _ in range(200):
        connection.sendall(b" ")
        time.sleep(0.05)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(2_000):
        connection.sendall(b" " * 100_000)


GOOD = json.dumps({"resources": [document(*six_paragraphs())]}).encode()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (says("500 Oops", b"<h1>Oops</h1>"), "answered 500"),
        (says("503 Busy", b"{" * 100_000), "answered 503"),
        (says("429 Slow down", b""), "answered 429"),
        (says("200 OK", b"<!doctype html><title>Sign in</title>"), "not JSON"),
        (says("200 OK", GOOD[:-20], length=len(GOOD)), "not JSON|does not answer"),
        (says("200 OK", gzip.compress(b" " * 100_000_000), "Content-Encoding: gzip"), "not JSON"),
        (says("200 OK", b'{"resources": {}}'), "no list of resources"),
        (says("200 OK", b"[" * 1_000_000), "not JSON"),
        (says("200 OK", b"\xff\xfe\x00"), "not JSON"),
        (says("204 No Content", b""), "not JSON"),
        (says("302 Found", b"", "Location: file:///etc/passwd"), "answered 302"),
        (says("307 Moved", b"", "Location: http://127.0.0.1:9/elsewhere"), "answered 307"),
        (says("301 Moved", b"", "Location: http://169.254.169.254/latest"), "answered 301"),
        (says("404 Not Found", b"<h1>A proxy's own page</h1>"), "answered 404"),
        (lambda connection: connection.sendall(b"SSH-2.0-x\r\n"), "does not answer"),
        (lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1_000), "does not answer"),
        (lambda connection: connection.close(), "does not answer"),
        (drip, "longer than 1 seconds"),
        (endless, "larger than 1 MB"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch, answer: Answer, why: str
) -> None:
    monkeypatch.setattr(gateway, "LONGEST", 1)
    monkeypatch.setattr(gateway, "LARGEST_ANSWER", 1_000_000)
    begun = time.monotonic()
    with answering(answer) as asked, pytest.raises((CdsUnavailable, CdsRefused), match=why):
        services.pull_query("collectionIds=1122", house.news.id, COMMAND)
    assert time.monotonic() - begun < PATIENCE
    assert len(asked) == 1, "no second question, to nobody"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Story)) == 0


def test_another_document_than_the_one_asked_for(app: Flask, house: House, npr: Npr) -> None:
    npr.put(story("nx-s1-1"))
    services.pull_ids(["nx-s1-1"], house.news.id, COMMAND)
    npr.answer = 200, json.dumps({"resources": [story("nx-s1-2")]}).encode()
    taken = services.pull_ids(["nx-s1-1"], house.news.id, COMMAND)
    assert [(each.outcome, each.cds_id, each.why) for each in taken] == [
        ("refused", "nx-s1-1", "NPR answered with another document")
    ]
    assert states() == {"nx-s1-1": "published"}
    npr.answer = 200, json.dumps({"resources": [None]}).encode()
    assert services.pull_ids(["nx-s1-1"], house.news.id, COMMAND)[0].outcome == "refused"
    npr.answer = 200, json.dumps({"resources": [{**story("nx-s1-1"), "id": "NX-S1-1"}]}).encode()
    assert services.pull_ids(["NX-S1-1"], house.news.id, COMMAND)[0].outcome == "unchanged"


def test_looking_again_takes_nothing_it_did_not_ask_for(app: Flask, house: House, npr: Npr) -> None:
    npr.put(story("nx-s1-1", publishDateTime=f"{clock.now() - timedelta(days=1):%Y-%m-%d}T00:00:00Z"))
    services.pull_ids(["nx-s1-1"], house.news.id, COMMAND)
    npr.answer = 200, json.dumps({"resources": [*npr.documents.values(), story("nx-s1-9"), None, 7]}).encode()
    services.look_again(house.news.id, COMMAND)
    assert states() == {"nx-s1-1": "published"}
    npr.answer = 404, b"<h1>Not here</h1>"
    with pytest.raises(CdsRefused):
        services.look_again(house.news.id, COMMAND)
    assert states() == {"nx-s1-1": "published"}, "a wrong address at NPR takes nothing off the site"
