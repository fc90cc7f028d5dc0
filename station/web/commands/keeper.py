"""Keeps one process of `station run`: passes its lines on, starts it again where wanted, leaves nothing behind.

Runs in the process that honcho forks for each of its processes. The leash is a pipe whose other end the supervisor
alone holds: when that closes, on purpose or because the supervisor was killed, the process is told to stop.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from honcho.process import Process

DEATHS, WITHIN_SECONDS = 5, 60.0
STOP_SECONDS = 20  # the worker's soft shutdown ends before


class Kept(Process):
    """A process of honcho's that knows whether it is to be started again, and when it is to stop."""

    def __init__(self, cmd: str, again: bool, leash: tuple[Connection, Connection], **options: Any) -> None:
        super().__init__(cmd, **options)
        self._again, self._leash = again, leash
        self._stopping = False

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        """Start it, and again as long as that helps; the last word is how it ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)  # unlike SIG_IGN, not passed on to what is started here
        self._events, self._one_at_a_time = events, threading.Lock()
        self._leash[1].close()
        threading.Thread(target=self._wait_for_the_end, daemon=True).start()
        code, deaths = 0, [float("-inf")] * DEATHS
        while self._start():
            code = self._end()
            deaths = [*deaths[1:], time.monotonic()]
            if self._stopping or not self._again:
                break
            if deaths[-1] - deaths[0] < WITHIN_SECONDS:
                self._say(f"{self.name} {how(code)}, the {DEATHS}th time within a minute; not starting it again")
                code = 1
                break
            self._say(f"{self.name} {how(code)}; starting it again")
        self._send_message({"returncode": code}, type="stop")
        if not _supervised():
            os._exit(1)  # nobody reads the queue of events any more: do not wait for that

    def _start(self) -> bool:
        with self._one_at_a_time:
            if self._stopping:
                return False
            self._child = self._child_ctor(self.cmd, env=self.env, cwd=self.cwd)
        self._send_message({"pid": self._child.pid}, type="start")
        return True

    def _end(self) -> int:
        """Pass its lines on until its leader is gone; then what is left of its group goes, too."""
        reader = threading.Thread(target=self._read, daemon=True)
        reader.start()
        code: int = self._child.wait()
        self._kill_group()
        reader.join(5)
        return code

    def _read(self) -> None:
        with self._child.stdout as lines:
            for line in iter(lines.readline, b""):
                self._send_message(line)

    def _wait_for_the_end(self) -> None:
        with suppress(EOFError, OSError):
            self._leash[0].recv_bytes()
        with self._one_at_a_time:
            self._stopping = True
            if self._child:
                self._child.terminate()
        time.sleep(STOP_SECONDS)
        self._kill_group()

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)

    def _say(self, words: str) -> None:
        if _supervised():
            self._send_message(f"{words}\n".encode())


def how(code: int) -> str:
    """How a process ended, in words."""
    return f"was killed (signal {-code})" if code < 0 else f"ended by itself (exit code {code})"


def _supervised() -> bool:
    parent = multiprocessing.parent_process()
    return parent is not None and parent.is_alive()
