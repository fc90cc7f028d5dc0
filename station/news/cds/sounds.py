"""Audio and video of a CDS document as blocks. Files are linked, never copied; premium ones never."""

from __future__ import annotations

from typing import Any

from station.core import clock
from station.news.cds.around import Around
from station.news.cds.shapes import asset, file_address, instant, links, rels, restricted, web_address, words
from station.news.drafts import Block
from station.news.markup import fragments, plain

MP3_BYTES_A_SECOND = 16_000  # of NPR's files, where no duration is given
CLOSED = {"premium", "sponsored"}
LONGEST_SOUND = 24 * 3600
LONGEST_TITLE, MOST_FILES = 300, 60


def premium(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The assets that a document sets apart for those who pay its owner: no page of ours may show one."""
    named = [link for link in links(document, "audio") if "premium" in rels(link)]
    assets = (asset(document, link) for link in (*named, *links(document, "premiumAudio")))
    return list({id(found): found for found in assets if found is not None}.values())


def sound(found: dict[str, Any], around: Around) -> list[Block]:
    """An audio asset: a file to play where its owner lets us, else a link to the owner's player, else nothing.

    One that its owner offers for a time only says in `until` when that is over; after it there is nothing.
    """
    until = instant(found, "streamExpirationDateTime")
    if restricted(found) or found.get("isAvailable") not in (True, None) or (until and until <= clock.now()):
        return []
    file = _file(found) if found.get("isDownloadable") is True or found.get("isStreamable") is True else None
    player = found.get("embeddedPlayerLink")
    embed = player if isinstance(player, dict) and found.get("isEmbeddable") is True else {}
    block = {
        "type": "audio",
        "title": plain(words(found, "title"))[:LONGEST_TITLE],
        "url": file_address(file) if file else "",
        "mime": words(file, "type") or "audio/mpeg" if file else "",
        "seconds": _seconds(found, file),
        "download": bool(file) and found.get("isDownloadable") is True,
        "embed_url": file_address(embed),
        **_transcript(found, around),
        **({"until": until.isoformat()} if until else {}),
    }
    return [block] if block["url"] or block["embed_url"] else []


def video(found: dict[str, Any]) -> list[Block]:
    """A video file with its title; streams that need a script to play are left to the owner's page."""
    usable = [
        link
        for link in links(found, "enclosures")[:MOST_FILES]
        if words(link, "type") in ("video/mp4", "") and file_address(link)
    ]
    best = next((link for link in usable if rels(link) & {"mp4-high", "mp4-hd"}), usable[0] if usable else None)
    if best is None:
        return []
    title, caption = (plain(words(found, name))[:LONGEST_TITLE] for name in ("title", "caption"))
    return [{"type": "video", "title": title, "caption": caption, "url": file_address(best)}]


def _file(found: dict[str, Any]) -> dict[str, Any] | None:
    """The file to play: mp3 before anything else that browsers play by themselves. Real ones carry no rels."""
    open_ones = [link for link in links(found, "enclosures")[:MOST_FILES] if not rels(link) & CLOSED]
    playable = [link for link in open_ones if words(link, "type") in ("audio/mpeg", "audio/mp3", "audio/mp4", "")]
    kinds = {"audio/mpeg": 0, "audio/mp3": 0, "audio/mp4": 1, "": 2}
    return min(playable, key=lambda link: kinds[words(link, "type")], default=None)


def _seconds(found: dict[str, Any], file: dict[str, Any] | None) -> int:
    said = found.get("duration")
    if isinstance(said, (int, float)) and not isinstance(said, bool) and 0 < said < LONGEST_SOUND:
        return round(said)
    size = file.get("fileSize") if file and words(file, "type") != "audio/mp4" else None
    return (
        size // MP3_BYTES_A_SECOND if isinstance(size, int) and 0 < size < LONGEST_SOUND * MP3_BYTES_A_SECOND else 0
    )


def _transcript(found: dict[str, Any], around: Around) -> dict[str, str]:
    """The words of an audio where their document is at hand, else where they can be read."""
    link, page = found.get("transcriptLink"), found.get("transcriptWebPageLink")
    document = around.document(link) if isinstance(link, dict) else None
    text = "".join(piece.html for piece in fragments(words(document, "text"))) if document else ""
    address = web_address(words(page, "href")) if isinstance(page, dict) else ""
    return {"transcript": text, "transcript_url": "" if text else address}
