"""Letters with a private link: what may be kept of them once they have left, and shown while they wait."""

from __future__ import annotations

import re

HIDDEN = "[private-link]"
_LINK = re.compile(r"""(https?://[^\s"'<>/?#]++(?:/[^\s"'<>/?#]*+)?+)[/?#][^\s"'<>]*""", re.IGNORECASE)


def without_links(words: str) -> str:
    """A letter, text or HTML, with every address in it cut off after the first part of its path.

    The same again changes nothing.
    """
    return _LINK.sub(rf"\1/{HIDDEN}", words)
