"""Text as it is written: Markdown (CommonMark) without HTML, made into safe blocks like any other markup.

Markdown-it never lets HTML through (`html` is off) and refuses links to javascript:, vbscript:, file: and data:; what
it makes then goes through the allow-list of station/news/markup.py, as what NPR sends does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from station.news.drafts import text_blocks
from station.news.markup import SCHEMES

# A line of dashes under a paragraph makes no heading, and an indented line is no program: both surprise people.
_reader = MarkdownIt("commonmark", {"html": False}).disable(["lheading", "code", "html_block", "html_inline"])
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PICTURE = "Pictures are blocks of their own: add a picture below and take it out of the text."


def blocks_of(text: str) -> list[dict[str, Any]]:
    """Markdown as safe blocks, one for each top-level element. `#` and `##` are headings, `###` are smaller ones."""
    return text_blocks(html_of(text))


def html_of(text: str) -> str:
    """Markdown as HTML that is not sanitised yet."""
    tokens = _reader.parse(text)
    for token in _walk(tokens):
        token.attrs.pop("title", None)  # what appears when a mouse rests on a link is read by few
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h2" if token.tag in ("h1", "h2") else "h4"  # markup.py makes it an h3
    return str(_reader.renderer.render(tokens, _reader.options, {}))


def wrong_in(text: str) -> list[str]:
    """What readers would not see of a text, in words for the writer."""
    found = []
    for token in _walk(_reader.parse(text)):
        if token.type == "image":
            found.append(_PICTURE)
        elif token.type == "link_open":
            href = str(token.attrGet("href") or "")
            scheme = _SCHEME.match(href)
            if scheme is None or scheme[1].lower() not in SCHEMES:
                found.append(f"The link to “{href[:80]}” leads nowhere: begin its address with https://.")
    return list(dict.fromkeys(found))


def _walk(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _walk(token.children or ())
