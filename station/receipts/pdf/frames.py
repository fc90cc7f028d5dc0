"""What a renderer and its caller say to each other: eight bytes of length, then as many bytes."""

from __future__ import annotations

import json
from typing import IO, Any


def write_frame(out: IO[bytes], said: bytes) -> None:
    """Send some bytes."""
    out.write(len(said).to_bytes(8, "big") + said)
    out.flush()


def read_frame(source: IO[bytes]) -> bytes:
    """Receive some bytes. Raises EOFError when the other side has ended."""
    head = source.read(8)
    size = int.from_bytes(head, "big")
    body = source.read(size) if len(head) == 8 else b""
    if len(head) < 8 or len(body) < size:
        raise EOFError
    return body


def write_json(out: IO[bytes], said: Any) -> None:
    """Send a value."""
    write_frame(out, json.dumps(said).encode())


def read_json(source: IO[bytes]) -> Any:
    """Receive a value. Raises EOFError when the other side has ended."""
    return json.loads(read_frame(source))
