"""Runs a sandbox on the loopback: a threaded server, the webhook courier, and a ticker for what falls due."""

from __future__ import annotations

import threading

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox.stripe.flows import timers
from sandbox.stripe.parts import parts_of
from sandbox.stripe.webhooks.post import is_loopback

TICK = 1.0


class QuietHandler(WSGIRequestHandler):
    """HTTP/1.1 and no line per request."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        if type == "error" and "closed" not in message:
            super().log(type, message, *args)

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, ValueError, OSError):
            self.close_connection = True


class Server:
    def __init__(self, app: Flask, host: str = "127.0.0.1", port: int = 0) -> None:
        if not is_loopback(host):
            raise ValueError("the sandbox listens on the loopback only")
        self.sandbox, self.courier = parts_of(app)
        self._web: BaseWSGIServer = make_server(host, port, app, threaded=True, request_handler=QuietHandler)
        self.port: int = self._web.server_port
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        automatic = self.sandbox.settings.deliver == "auto"
        if automatic:
            self.courier.start()
        for work in [self._serve, *([self._tick] if automatic else [])]:
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            self._threads.append(thread)

    def _serve(self) -> None:
        self._web.serve_forever(poll_interval=0.01)

    def _tick(self) -> None:
        while not self.sandbox.stopping.wait(TICK):
            timers.run_due(self.sandbox)

    def stop(self) -> None:
        self.sandbox.stopping.set()
        self._web.shutdown()
        self._web.server_close()
        self.courier.stop()
        for thread in self._threads:
            thread.join(timeout=5)
        self.sandbox.store.close()
