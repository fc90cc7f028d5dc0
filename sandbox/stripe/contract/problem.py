"""One disagreement between a request or an object and the SDK's types."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """`kind` is unknown, missing, type, enum or empty; `where` is a path such as `line_items[0][price]`."""

    kind: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.kind} {self.where}: {self.message}"
