"""What is wrong with a story as it is written, in words for the writer, each at the very field.

A story is saved only without problems, so that what is saved can be read; what is kept meanwhile (an autosave) may
have any. Fields of blocks are named by the block's key: "b3-alt". Those of the picture above the story begin with
"lead-".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from station.news.cds.shapes import web_address
from station.news.markup import has_words
from station.news.policies.editing.embeds import PROVIDERS, embedded
from station.news.policies.editing.markdown import html_of, wrong_in
from station.news.policies.editing.reading import LARGEST_SIDE, Uploads, address, length, nothing_uploaded, side
from station.news.policies.editing.written import (
    FIELDS,
    KEPT,
    LEVELS,
    LONGEST_TEXT,
    MOST_AUTHORS,
    MOST_BLOCKS,
    MOST_TAGS,
    Block,
    Written,
)
from station.news.policies.words import alt_text

Problem = tuple[str, str]
LONGEST = {
    "headline": 300,
    "deck": 1_000,
    "teaser": 1_000,
    "seo_title": 300,
    "social_title": 300,
    "byline": 300,
    "author": 200,
    "tag": 80,
}
LONGEST_OF_BLOCK = {
    "url": 2_000,
    "alt": 1_000,
    "caption": 2_000,
    "credit": 300,
    "title": 300,
    "who": 300,
    "label": 120,
    "teaser": 1_000,
    "media": 60,
    "length": 20,
    "width": 20,
    "height": 20,
    "transcript": LONGEST_TEXT,
}
LONGEST_LINE = {"heading": 300, "quote": 2_000, "link": 300, "text": LONGEST_TEXT}
SECURE = "Give the whole address, beginning with https://."


def problems(
    written: Written, sections: Collection[str], programs: Collection[str], uploads: Uploads = nothing_uploaded
) -> dict[str, str]:
    """By field, what is wrong; empty when the story can be saved. `sections` and `programs` are known slugs."""
    found: dict[str, str] = {}
    for name, words in _all(written, sections, programs, uploads):
        found.setdefault(name, words)
    return found


def _all(
    written: Written, sections: Collection[str], programs: Collection[str], uploads: Uploads
) -> Iterator[Problem]:
    yield from _head(written, sections, programs)
    if written.image:
        yield from _block("lead", {**written.image, "type": "image"}, uploads)
    if len(written.blocks) > MOST_BLOCKS:
        yield "blocks", f"A story has at most {MOST_BLOCKS} blocks; this one has {len(written.blocks):,}."
    for block in written.blocks[:MOST_BLOCKS]:
        yield from _block(str(block["key"]), block, uploads)


def _head(written: Written, sections: Collection[str], programs: Collection[str]) -> Iterator[Problem]:
    if not written.headline.strip():
        yield "headline", "Enter the headline."
    for name in ("headline", "deck", "teaser", "seo_title", "social_title", "byline"):
        yield from _too_long(name, getattr(written, name), LONGEST[name])
    for name, each, most in (("authors", "author", MOST_AUTHORS), ("tags", "tag", MOST_TAGS)):
        names = getattr(written, name)
        if len(names) > most:
            yield name, f"At most {most} {name}; there are {len(names)}."
        for said in names:
            yield from _too_long(name, said, LONGEST[each])
    if written.section and written.section not in sections:
        yield "section", "This section is not there any more: choose another one."
    if written.program and written.program not in programs:
        yield "program", "This program is not there any more: choose another one."


def _block(key: str, block: Block, uploads: Uploads) -> Iterator[Problem]:
    kind = block["type"]
    if kind in KEPT:
        return
    for name in FIELDS[kind]:
        most = LONGEST_LINE[kind] if name == "text" else LONGEST_OF_BLOCK.get(name)
        if most:
            yield from _too_long(f"{key}-{name}", block[name], most)
    for name, words in RULES[kind](block, uploads):
        yield f"{key}-{name}", words


def _too_long(name: str, said: str, most: int) -> Iterator[Problem]:
    if len(said) > most:
        yield name, f"At most {most:,} letters; this has {len(said):,}."


def _text(block: Block, uploads: Uploads) -> Iterator[Problem]:
    if len(block["text"]) <= LONGEST_TEXT:
        for words in wrong_in(block["text"]):
            yield "text", words


def _heading(block: Block, uploads: Uploads) -> Iterator[Problem]:
    if not block["text"].strip():
        yield "text", "Write the heading, or remove it."
    if block["level"] not in LEVELS:
        yield "level", "Choose one of the two sizes."


def _image(block: Block, uploads: Uploads) -> Iterator[Problem]:
    yield from _file_of_picture(block, uploads)
    upload = uploads(block["media"]) if block["media"] else None
    if upload is not None and upload.described and not (block["alt"].strip() or block["decorative"]):
        return  # it is described and credited in its own words
    yield from _alt(block)
    if not block["credit"].strip() and not (upload and upload.described):
        yield "credit", "Say who made the picture, and for whom: every picture carries its credit."


def _file_of_picture(block: Block, uploads: Uploads) -> Iterator[Problem]:
    if block["media"]:
        upload = uploads(block["media"])
        if upload is None or upload.kind != "image":
            yield "media", "There is no such picture among the uploads."
        return
    if not address(block["url"]):
        yield "url", SECURE if block["url"].strip() else "Give the address of the picture, or remove it."
    for name in ("width", "height"):
        if not side(block[name]):
            yield name, f"Give the {name} of the picture in pixels, from 1 to {LARGEST_SIDE:,}."


def _alt(block: Block) -> Iterator[Problem]:
    alt, caption = block["alt"].strip(), block["caption"].strip()
    if block["decorative"] and alt:
        yield "alt", "Either describe the picture, or say that it only decorates."
    elif not block["decorative"] and not alt:
        yield "alt", "Describe the picture for those who cannot see it, or say that it only decorates."
    elif alt and not alt_text(alt, caption):
        yield "alt", "This repeats the caption, so it would be heard twice: say what can be seen instead."


def _audio(block: Block, uploads: Uploads) -> Iterator[Problem]:
    upload = uploads(block["media"]) if block["media"] else None
    if block["media"] and (upload is None or upload.kind != "audio"):
        yield "media", "There is no such recording among the uploads."
    if not block["media"] and not address(block["url"]):
        yield "url", SECURE if block["url"].strip() else "Give the address of the recording, or remove it."
    if not block["title"].strip():
        yield "title", "Give the recording a title."
    if (block["length"].strip() or not upload) and not length(block["length"]):
        yield "length", "Say how long it is, such as 4:58 or 1:02:03."
    for words in _wrong_in_transcript(block["transcript"]):
        yield "transcript", words


def _wrong_in_transcript(text: str) -> list[str]:
    if not text.strip():
        return ["Write down what is said, for those who cannot hear it."]
    if len(text) > LONGEST_TEXT:
        return []  # said already
    return wrong_in(text) or ([] if has_words(html_of(text)) else ["There are no words in it."])


def _quote(block: Block, uploads: Uploads) -> Iterator[Problem]:
    if not block["text"].strip():
        yield "text", "Write what was said, or remove the quote."
    if not block["who"].strip():
        yield "who", "Say who said it."


def _embed(block: Block, uploads: Uploads) -> Iterator[Problem]:
    url = web_address(block["url"], 2_000)
    if not url:
        yield "url", SECURE
    elif embedded(url, "x") is None:
        known = ", ".join(dict.fromkeys(PROVIDERS.values()))
        yield "url", f"This is none of {known}: add a link instead."
    if not block["title"].strip():
        yield "title", "Give it a title: readers see the title, and who shows it."


def _card(block: Block, uploads: Uploads) -> Iterator[Problem]:
    yield from _leads_somewhere(block)
    if not block["title"].strip():
        yield "title", "Give the title of the story that it leads to."


def _link(block: Block, uploads: Uploads) -> Iterator[Problem]:
    yield from _leads_somewhere(block)
    if not block["text"].strip():
        yield "text", "Say in words where the link leads."


def _leads_somewhere(block: Block) -> Iterator[Problem]:
    if not address(block["url"], ("https", "http")):
        yield "url", "Give an address of the web (https://…), or one of ours (/news/…)."


RULES: Mapping[str, Callable[[Block, Uploads], Iterator[Problem]]] = {
    "text": _text,
    "heading": _heading,
    "image": _image,
    "audio": _audio,
    "quote": _quote,
    "embed": _embed,
    "card": _card,
    "link": _link,
}
