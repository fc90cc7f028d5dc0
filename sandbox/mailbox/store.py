"""The folder of messages: one .eml file each, as it came over the wire, its name beginning with the time."""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

_NAME = re.compile(r"^\d{13}-\d{6}\.eml$")


@dataclass(frozen=True)
class Stored:
    """A message and the file that holds it."""

    name: str
    message: EmailMessage

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def attachments(self) -> list[str]:
        return [part.get_filename("attachment") for part in self.message.iter_attachments()]

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""


class Store:
    """Reads and writes the folder. Several threads may use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = itertools.count()
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, raw: bytes, sender: str, recipients: list[str]) -> str:
        """Write one message with its envelope in front; returns the file's name."""
        envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n".encode()
        name = f"{time.time_ns() // 1_000_000:013d}-{next(self._count):06d}.eml"
        part = self.folder / f"{name}.part"
        part.write_bytes(envelope + raw)
        part.rename(self.folder / name)
        return name

    def names(self) -> list[str]:
        """Newest first."""
        return sorted((path.name for path in self.folder.iterdir() if _NAME.match(path.name)), reverse=True)

    def read(self, name: str) -> Stored | None:
        """One message by its file's name, or None."""
        if not _NAME.match(name) or not (self.folder / name).is_file():
            return None
        return Stored(name, message_from_bytes((self.folder / name).read_bytes(), policy=policy.default))

    def newest(self, limit: int = 200) -> list[Stored]:
        return [stored for name in self.names()[:limit] if (stored := self.read(name))]
