"""Many PDFs on several cores: typst holds the interpreter's lock, so each core gets a process of its own.

The processes are plain children that speak over pipes (a worker of Celery may not fork), and are replaced after some
work, so that memory does not grow with the number of documents. Documents are read as they are wanted.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from queue import SimpleQueue

from config import ROOT
from station.receipts.pdf.frames import read_frame, read_json, write_json
from station.receipts.pdf.rendering import CannotRender, Document

CHUNK = 20  # documents a child is given at a time
LIFE = 100  # chunks until a child is replaced

Made = bytes | CannotRender


class _Child:
    """One process that renders. Dies with its pipe."""

    def __init__(self, template: str) -> None:
        self.chunks = 0
        environment = {**os.environ, "RAYON_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "station.receipts.pdf.child", template],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=ROOT,
        )

    def ask(self, documents: list[Document]) -> list[Made]:
        """The PDFs of some documents. Raises OSError or EOFError when the child dies."""
        into, out = self.process.stdin, self.process.stdout
        if into is None or out is None:  # cannot be: both are pipes
            raise EOFError
        write_json(into, documents)
        refused = read_json(out)
        self.chunks += 1
        return [CannotRender(why) if why else read_frame(out) for why in refused]

    def close(self) -> None:
        """End the child and wait for it."""
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self.process.wait()


class _Children:
    """As many children as there are threads that ask them."""

    def __init__(self, template: str, number: int) -> None:
        self.template = template
        self.idle: SimpleQueue[_Child | None] = SimpleQueue()
        for _ in range(number):
            self.idle.put(None)  # started when first wanted

    def render(self, documents: list[Document]) -> list[Made]:
        """The PDFs of a chunk. One that kills a child is refused; the others of its chunk are made all the same."""
        try:
            return self._ask(documents)
        except (OSError, EOFError):
            if len(documents) == 1:
                return [CannotRender("the process that rendered it died")]
            return [made for document in documents for made in self.render([document])]

    def _ask(self, documents: list[Document]) -> list[Made]:
        child = self.idle.get() or _Child(self.template)
        try:
            made = child.ask(documents)
        except BaseException:
            child.process.kill()
            child.close()
            self.idle.put(None)
            raise
        if child.chunks >= LIFE:
            child.close()
            self.idle.put(None)
        else:
            self.idle.put(child)
        return made

    def close(self) -> None:
        while not self.idle.empty():
            if (child := self.idle.get()) is not None:
                child.close()


def render_each(documents: Iterable[Document], template: str, *, processes: int = 2) -> Iterator[Made]:
    """The PDF of each document, in their order; in the place of one that cannot be made stands its CannotRender.

    Reads documents lazily, in the caller's thread, never more than a few chunks ahead.
    """
    children = _Children(template, processes)
    waiting: deque[Future[list[Made]]] = deque()
    source = iter(documents)
    with ThreadPoolExecutor(processes) as threads:
        try:
            while True:
                while len(waiting) < 2 * processes and (chunk := list(islice(source, CHUNK))):
                    waiting.append(threads.submit(children.render, chunk))
                if not waiting:
                    return
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
            threads.shutdown()
            children.close()
