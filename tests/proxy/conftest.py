"""A real nginx with the shipped configuration, and the application behind it over HTTP."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from config import ROOT
from station.core import runtime
from tests.conftest import changed, needs

SHIPPED = ROOT / "deploy" / "nginx.conf"
PATIENCE = 20.0  # seconds until something that has to come must have come
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
WRAPPER = """
{user}
daemon off;
worker_processes 2;
pid {folder}/pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    types {{ text/html html; }}
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def cache(self) -> str:
        """What nginx says of its cache: MISS, HIT, STALE …; nothing where it has none."""
        return self.headers.get("x-cache", "")


def ask(port: int, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """One request on a connection of its own; header_names are written with underscores."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def until(found: Callable[[], Any], what: str) -> Any:
    """Ask again and again, as readers do, until the answer is yes."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"it never came: {what}")


def free_ports(many: int) -> list[int]:
    probes = [socket.socket() for _ in range(many)]
    for each in probes:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in probes]
    for each in probes:
        each.close()
    return ports


def put(text: str, *changes: tuple[str, str]) -> str:
    """The shipped file with other words. Each of the old ones must stand there exactly once."""
    for old, new in changes:
        assert text.count(old) == 1, f"deploy/nginx.conf has {text.count(old)} times: {old}"
        text = text.replace(old, new)
    return text


def line_of(text: str, begins: str) -> str:
    return next(line for line in text.splitlines() if line.strip().startswith(begins))


@dataclass
class Behind:
    """The application over HTTP at one port, which may go down and come up; it writes down what reached it."""

    app: Flask
    port: int
    asked: list[dict[str, Any]] = field(default_factory=list)
    _server: Any = None

    def up(self) -> None:
        def noting(environ: dict[str, Any], start: Any) -> Any:
            self.asked.append(environ)
            return self.app.wsgi_app(environ, start)

        self._server = make_server("127.0.0.1", self.port, noting, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def down(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None


@dataclass
class Front:
    """nginx on a port of its own; `folder` holds its cache and its log."""

    port: int
    folder: Path
    behind: Behind

    def get(self, path: str, **headers: str) -> Answer:
        return ask(self.port, path, **headers)

    def kept(self) -> bytes:
        """Everything that lies in the cache."""
        return b"".join(each.read_bytes() for each in (self.folder / "cache").rglob("*") if each.is_file())


def write_wrapper(folder: Path, site: str) -> list[str]:
    """Put a configuration into a folder; returns the command that runs it."""
    (folder / "site.conf").write_text(site, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(WRAPPER.format(folder=folder, user=user), encoding="utf-8")
    return [NGINX, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]


def over_http(text: str, folder: Path, front: int, app: int, plain: int) -> str:
    """The shipped file without TLS, on other ports."""
    text = put(
        text,
        ("server 127.0.0.1:8400;", f"server 127.0.0.1:{app};"),
        ("/var/cache/station-pages", f"{folder}/cache"),
        (line_of(text, "listen 443"), f"    listen 127.0.0.1:{front};"),
        (line_of(text, "listen [::]:443"), ""),
        (line_of(text, "ssl_certificate "), ""),
        (line_of(text, "ssl_certificate_key "), ""),
        (line_of(text, "listen [::]:80"), ""),
    )
    return put(text, ("    listen 80;", f"    listen 127.0.0.1:{plain};"))


@pytest.fixture
def front(app: Flask, tmp_path: Path) -> Iterator[Front]:
    """The application behind the shipped configuration, which puts the slot in."""
    needs(Path(NGINX).exists(), "nginx")
    port, back, plain = free_ports(3)
    behind = Behind(app, back)
    command = write_wrapper(tmp_path, over_http(SHIPPED.read_text("utf-8"), tmp_path, port, back, plain))
    with changed(runtime.settings(), ssi=True):
        behind.up()
        process = subprocess.Popen(command, cwd=tmp_path)
        try:
            until(lambda: process.poll() is not None or _listens(port), "nginx")
            assert process.poll() is None, (tmp_path / "error.log").read_text("utf-8")
            yield Front(port, tmp_path, behind)
        finally:
            process.terminate()
            process.wait(PATIENCE)
            behind.down()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
