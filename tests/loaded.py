"""Processes of the house that are up at once: forked from a server that has imported what they all begin with.

Imports are nearly all that a start costs, and a run of the suite starts hundreds of processes. Each fork is a process
like any other, with a session, an environment, a log and a command of its own; it can be killed as one.
docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods
"""

from __future__ import annotations

import gc
import os
import pkgutil
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from tempfile import TemporaryDirectory

import station
import worker
from config import ROOT

READS_SETTINGS = "worker.app"  # and makes a Celery of them, when it is imported
OF_OTHERS = ("celery.bin.celery", "celery.bin.worker", "celery.worker.worker", "celery.beat", "gunicorn.app.wsgiapp")


class Loaded:
    """A running command, with the part of subprocess.Popen's manners that tests use."""

    def __init__(
        self, arguments: Sequence[str], environ: Mapping[str, str], log: Path, errors: Path | None = None
    ) -> None:
        """`arguments` are those after the interpreter: -m, a module, and what is meant for it.

        What it says goes into `log`, with its complaints, unless `errors` is for those.
        """
        assert arguments[0] == "-m", arguments
        log.touch()
        into = [str(log), str(errors or log)]
        self._process = _server().Process(target=_become, args=(list(arguments[1:]), dict(environ), into))
        self._process.start()
        assert self._process.pid
        self.pid = self._process.pid
        with suppress(ProcessLookupError):  # a short one may be over already
            while os.getpgid(self.pid) != self.pid:  # until then a kill of its group would kill nobody
                os.sched_yield()

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """Its exit code, negative for a signal. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        return self._process.exitcode

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL for all that is left of its group: it may be gone, and what it started not."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def run(arguments: Sequence[str], environ: Mapping[str, str], timeout: float) -> subprocess.CompletedProcess[str]:
    """As subprocess.run does it, capturing what is said. Raises subprocess.TimeoutExpired."""
    with TemporaryDirectory() as folder:
        said, complained = Path(folder, "said"), Path(folder, "complained")
        process = Loaded(arguments, environ, said, complained)
        try:
            code = process.wait(timeout)
        finally:
            process.kill()
        return subprocess.CompletedProcess(
            arguments, code, said.read_text("utf-8"), complained.read_text("utf-8") if complained.exists() else ""
        )


@cache
def _server() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload([*_ours(), *OF_OTHERS])
    return context


def _ours() -> Iterator[str]:
    for package in (station, worker):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name != READS_SETTINGS and not module.name.endswith("__main__"):
                yield module.name


def _become(words: list[str], environ: dict[str, str], into: list[str]) -> None:
    """In the fork: be what `python -m …` would be."""
    os.setsid()
    gc.freeze()
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(ROOT)
    for number, path in enumerate(into, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a text stream, as that of every process
    sys.argv = words
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)
