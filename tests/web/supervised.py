"""`station` and `station run` in processes of their own, for the tests of both."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from config import ROOT, Settings
from tests.loaded import run

PATIENCE = 180.0  # seconds for what takes ten or twenty: two cores are shared with other tests


def four_free_ports() -> int:
    """The first of four ports in a row that nobody listens on."""
    for first in range(18400 + os.getpid() % 1000 * 4, 30000, 4):
        with socket.socket() as a, socket.socket() as b, socket.socket() as c, socket.socket() as d:
            try:
                for offset, probe in enumerate((a, b, c, d)):
                    probe.bind(("127.0.0.1", first + offset))
            except OSError:
                continue
            return first
    raise AssertionError("no four free ports in a row")


def environ(home: Path, **more: str) -> dict[str, str]:
    ours = ("STATION_", "STRIPE_", "MAIL_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "STATION_HOME": str(home), "PYTHONUNBUFFERED": "1", **more}


def station(*arguments: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A command, to its end. It starts without the imports of `python -m station`; `Running` starts with them."""
    return run(("-m", "station", *arguments), environ(home, **more), PATIENCE)


def settings(home: Path, **more: str) -> Settings:
    return Settings.from_env({"STATION_HOME": str(home), "STATION_PORT": str(four_free_ports()), **more})


class Running:
    """`station run` in a process of its own, and everything that it started."""

    def __init__(self, home: Path, *options: str) -> None:
        self.home, self.port = home, four_free_ports()
        self.environ = environ(home, STATION_PORT=str(self.port))
        self.output = home.parent / "run.log"
        self.log = self.output.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "station", "run", *options],
            env=self.environ,
            cwd=ROOT,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def text(self) -> str:
        return self.output.read_text("utf-8")

    def wait_for(self, words: str) -> None:
        self.wait_until(lambda: words in self.text(), repr(words))

    def wait_until(self, so: Callable[[], object], what: str, alive: bool = True) -> None:
        end = time.monotonic() + PATIENCE
        while not so():
            assert time.monotonic() < end, f"no {what} in:\n{self.text()}"
            assert not alive or self.process.poll() is None, f"ended before {what}:\n{self.text()}"
            time.sleep(0.1)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def find(self, *words: str) -> list[psutil.Process]:
        """Those of the family whose command line holds all the words."""
        return [p for p in self.family() if all(word in " ".join(command_line(p)) for word in words)]

    def named(self, *words: str) -> psutil.Process:
        return self.find(*words)[0]

    def end(self) -> None:
        for process in [*self.family(), psutil.Process(self.process.pid)] if self.process.poll() is None else []:
            process.kill()
        self.process.wait(PATIENCE)
        self.log.close()


def command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []
