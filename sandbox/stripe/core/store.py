"""The sandbox's state: tables of JSON objects, one writer at a time, all or nothing, optionally on disk.

On disk it is a journal of lines `[table, id, object or null]`. It is replayed and rewritten at start; a last
line torn by a crash is left out.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from sandbox.stripe.core.shapes import Obj


class Store:
    def __init__(self, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self._tables: dict[str, dict[str, str]] = {}
        self._home: dict[str, str] = {}
        self._undo: list[tuple[str, str, str | None]] = []
        self._depth = 0
        self._journal: TextIO | None = None
        if path is not None:
            self._open(path)

    def _open(self, path: Path) -> None:
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    table, identifier, value = json.loads(line)
                except ValueError:
                    continue
                self._set(table, identifier, None if value is None else json.dumps(value))
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        with fresh.open("w", encoding="utf-8") as out:
            for table, rows in self._tables.items():
                out.writelines(_line(table, identifier, text) for identifier, text in rows.items())
        os.replace(fresh, path)
        path.chmod(0o600)
        self._journal = path.open("a", encoding="utf-8")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything written inside is kept together, or undone when an exception leaves the block."""
        with self.lock:
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._roll_back()
                raise
            else:
                if self._depth == 1:
                    self._write_out()
            finally:
                self._depth -= 1

    def _roll_back(self) -> None:
        for table, identifier, before in reversed(self._undo):
            self._set(table, identifier, before)
        self._undo.clear()

    def _write_out(self) -> None:
        if self._journal is not None and self._undo:
            touched = dict.fromkeys((table, identifier) for table, identifier, _ in self._undo)
            rows = [_line(t, i, self._tables.get(t, {}).get(i)) for t, i in touched]
            self._journal.write("".join(rows))
            self._journal.flush()
        self._undo.clear()

    def _set(self, table: str, identifier: str, text: str | None) -> None:
        rows = self._tables.setdefault(table, {})
        if text is None:
            rows.pop(identifier, None)
        else:
            rows[identifier] = text
        if not table.startswith("_"):
            self._home[identifier] = table

    def put(self, table: str, value: Obj) -> Obj:
        """Keep a copy of `value` under its id; a table that starts with `_` is private to the sandbox."""
        with self.transaction():
            identifier = str(value["id"])
            self._undo.append((table, identifier, self._tables.get(table, {}).get(identifier)))
            self._set(table, identifier, json.dumps(value))
        return value

    def save(self, value: Obj) -> Obj:
        """Keep an API object in the table named after it."""
        return self.put(str(value["object"]), value)

    def drop(self, table: str, identifier: str) -> None:
        with self.transaction():
            self._undo.append((table, identifier, self._tables.get(table, {}).get(identifier)))
            self._set(table, identifier, None)

    def get(self, table: str, identifier: str) -> Obj | None:
        with self.lock:
            text = self._tables.get(table, {}).get(identifier)
        return None if text is None else _object(text)

    def find(self, identifier: str) -> Obj | None:
        """An API object by its id alone."""
        with self.lock:
            table = self._home.get(identifier)
        return None if table is None else self.get(table, identifier)

    def all(self, table: str) -> list[Obj]:
        """Oldest first."""
        with self.lock:
            texts = list(self._tables.get(table, {}).values())
        return [_object(text) for text in texts]

    def backwards(self, table: str, after: str | None = None) -> Iterator[Obj]:
        """Newest first, decoded one by one; those older than the row `after` only. Raises LookupError without it."""
        with self.lock:
            rows = self._tables.get(table, {})
            names = list(rows)
            texts = list(rows.values())
        if after is not None:
            if after not in rows:
                raise LookupError(after)
            texts = texts[: names.index(after)]
        return (_object(text) for text in reversed(texts))

    def newest(self, table: str, count: int) -> list[Obj]:
        with self.lock:
            texts = list(self._tables.get(table, {}).values())[-count:]
        return [_object(text) for text in reversed(texts)]

    def tables(self) -> list[str]:
        with self.lock:
            return [name for name, rows in self._tables.items() if rows]

    def forget(self) -> None:
        """Empty every table; for a store in memory only."""
        with self.lock:
            if self._journal is not None or self._depth:
                raise RuntimeError("only a store in memory, and outside its transactions, can be emptied")
            self._tables.clear()
            self._home.clear()

    def close(self) -> None:
        with self.lock:
            if self._journal is not None:
                self._journal.close()
                self._journal = None


def _object(text: str) -> Obj:
    value: Obj = json.loads(text)
    return value


def _line(table: str, identifier: str, text: str | None) -> str:
    return f"[{json.dumps(table)}, {json.dumps(identifier)}, {text or 'null'}]\n"
