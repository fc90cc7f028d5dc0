"""Videos and posts elsewhere: who shows them. They become links with a title; no page of ours asks another house."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

PROVIDERS = {
    "youtube.com": "YouTube",
    "youtu.be": "YouTube",
    "vimeo.com": "Vimeo",
    "soundcloud.com": "SoundCloud",
    "open.spotify.com": "Spotify",
    "podcasts.apple.com": "Apple Podcasts",
    "bsky.app": "Bluesky",
    "mastodon.social": "Mastodon",
    "instagram.com": "Instagram",
    "facebook.com": "Facebook",
    "tiktok.com": "TikTok",
    "x.com": "X",
    "twitter.com": "X",
    "threads.net": "Threads",
    "datawrapper.de": "Datawrapper",
    "documentcloud.org": "DocumentCloud",
    "flickr.com": "Flickr",
}
_YOUTUBE = re.compile(r"[A-Za-z0-9_-]{6,20}\Z")


def embedded(url: str, title: str) -> dict[str, str] | None:
    """The block of an address at a known house; None for any other. A video of YouTube's gets its plain address."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    provider = next((name for known, name in PROVIDERS.items() if host == known or host.endswith(f".{known}")), "")
    if not provider:
        return None
    video_id = _video_id(host, parts.path, parts.query) if provider == "YouTube" else ""
    if video_id:
        url = f"https://www.youtube.com/watch?v={video_id}"
    return {"type": "embed", "provider": provider, "id": video_id, "title": title, "url": url}


def _video_id(host: str, path: str, query: str) -> str:
    pieces = [piece for piece in path.split("/") if piece]
    if host == "youtu.be":
        found = pieces[0] if pieces else ""
    elif pieces[:1] in (["shorts"], ["embed"], ["live"]):
        found = pieces[1] if len(pieces) > 1 else ""
    else:
        found = parse_qs(query).get("v", [""])[0]
    return found if _YOUTUBE.match(found) else ""
