"""A story as it is written, made into what readers get: the blocks and the picture of a story's row."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from station.news.cds.shapes import web_address
from station.news.drafts import text_blocks
from station.news.markup import has_words
from station.news.playlists import Unreadable, seconds_of
from station.news.policies.editing.embeds import embedded
from station.news.policies.editing.markdown import blocks_of
from station.news.policies.editing.written import LEVELS, Block, Written

MIMES = {"m4a": "audio/mp4", "mp4": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg", "wav": "audio/wav"}
LARGEST_SIDE = 20_000
_SPACE = re.compile(r"[ \t\n]+")


class Upload(Protocol):
    """A picture or recording that was uploaded here."""

    @property
    def kind(self) -> str: ...
    @property
    def described(self) -> bool:
        """Whether what must be said of it was said when it came: description and credit."""
        ...

    def picture(self, alt: str | None, caption: str | None, credit: str | None) -> dict[str, Any]:
        """Of a picture, as it is printed; what is None is said in its own words."""
        ...

    def sound(self) -> dict[str, Any]:
        """Of a recording: url, mime and seconds."""
        ...


Uploads = Callable[[str], Upload | None]


def nothing_uploaded(public_id: str) -> Upload | None:
    """Where no upload is known."""
    return None


def read_blocks(written: Written, uploads: Uploads = nothing_uploaded) -> list[dict[str, Any]]:
    """The blocks that readers get, in order. What is not whole yet (no address, no words) is left out."""
    found: list[dict[str, Any]] = []
    for block in written.blocks:
        found += READERS[block["type"]](block, uploads)
    return found


def read_image(block: Block | None, uploads: Uploads = nothing_uploaded) -> dict[str, Any] | None:
    """A picture as it is printed, in the shape of station/news/cds/pictures.py; None while it is not whole."""
    if not block:
        return None
    alt = "" if block["decorative"] else _line(block["alt"])
    caption, credit = _line(block["caption"]), _line(block["credit"])
    if block["media"]:
        upload = uploads(block["media"])
        if upload is None or upload.kind != "image":
            return None
        said = "" if block["decorative"] else alt or None
        return upload.picture(said, caption or None, credit or None)
    url, width, height = address(block["url"]), side(block["width"]), side(block["height"])
    if not (url and width and height):
        return None
    about = {"alt": alt, "caption": caption, "credit": credit}
    return {"url": url, "width": width, "height": height, **about, "srcset": ""}


def address(text: str, schemes: tuple[str, ...] = ("https",)) -> str:
    """A web address, or one of our own that starts with one slash; empty for anything else."""
    said = text.strip()
    if said.startswith("/"):
        own = web_address(f"https://own.example{said}", 2000)
        return said if own and not said.startswith("//") and "\\" not in said else ""
    return web_address(said, 2000, schemes)


def side(text: str) -> int:
    """A width or height in pixels; 0 for what is none."""
    said = text.strip()
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0
    return number if number <= LARGEST_SIDE else 0


def length(text: str) -> int:
    """A length such as 18:29 in seconds; 0 for what is none."""
    try:
        return seconds_of(text) or 0
    except Unreadable:
        return 0


def _text(block: Block, uploads: Uploads) -> Sequence[dict[str, Any]]:
    return blocks_of(block["text"])


def _heading(block: Block, uploads: Uploads) -> Sequence[dict[str, Any]]:
    tag = "h4" if block["level"] == LEVELS[1] else "h2"  # markup.py makes the h4 an h3
    return text_blocks(f"<{tag}>{html.escape(_line(block['text']))}</{tag}>")


def _image(block: Block, uploads: Uploads) -> Sequence[dict[str, Any]]:
    shown = read_image(block, uploads)
    return [{"type": "image", **shown}] if shown else []


def _audio(block: Block, uploads: Uploads) -> Sequence[dict[str, Any]]:
    heard = _heard(block, uploads)
    if heard is None:
        return []
    words = "".join(piece["html"] for piece in blocks_of(block["transcript"]))
    more = {"title": _line(block["title"]), "download": True, "embed_url": "", "transcript": words}
    return [{"type": "audio", **heard, **more, "transcript_url": ""}]


def _heard(block: Block, uploads: Uploads) -> dict[str, Any] | None:
    """File, type and length of a recording; a length that was written prevails."""
    seconds = length(block["length"])
    if block["media"]:
        upload = uploads(block["media"])
        found = upload.sound() if upload and upload.kind == "audio" else None
        return {**found, "seconds": seconds or found["seconds"]} if found else None
    url = address(block["url"])
    suffix = url.partition("?")[0].rpartition(".")[2].lower()
    return {"url": url, "mime": MIMES.get(suffix, "audio/mpeg"), "seconds": seconds} if url else None


def _quote(block: Block, uploads: Uploads) -> Sequence[dict[str, Any]]:
    said = _line(block["text"])
    return [{"type": "quote", "text": said, "who": _line(block["who"])}] if said else []


def _embed(block: Block, uploads: Uploads) -> Sequence[dict[str, Any]]:
    url, title = web_address(block["url"], 2000), _line(block["title"])
    found = embedded(url, title) if url and title else None
    return [found] if found else []


def _card(block: Block, uploads: Uploads) -> Sequence[dict[str, Any]]:
    url, title = address(block["url"], ("https", "http")), _line(block["title"])
    more = {"label": _line(block["label"]), "teaser": _line(block["teaser"])}
    return [{"type": "card", "title": title, "url": url, **more}] if url and title else []


def _link(block: Block, uploads: Uploads) -> Sequence[dict[str, Any]]:
    url, text = address(block["url"], ("https", "http")), _line(block["text"])
    return [{"type": "link", "text": text, "url": url}] if url and text else []


def _correction(block: Block, uploads: Uploads) -> Sequence[dict[str, Any]]:
    kept = {"type": "correction", "html": block["html"], "at": block["at"]}
    return [kept] if has_words(block["html"]) else []


def _line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


READERS: Mapping[str, Callable[[Block, Uploads], Sequence[dict[str, Any]]]] = {
    "text": _text,
    "heading": _heading,
    "image": _image,
    "audio": _audio,
    "quote": _quote,
    "embed": _embed,
    "card": _card,
    "link": _link,
    "correction": _correction,
    "kept": lambda block, uploads: [dict(block["block"])],
}
