"""A feed as JSON Feed 1.1 says it (jsonfeed.org/version/1.1)."""

from __future__ import annotations

from typing import Any

from flask import render_template

from station.core.runtime import settings


def json_feed(feed: dict[str, Any]) -> dict[str, Any]:
    """The document of a feed's context."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed["title"],
        "home_page_url": feed["page_url"],
        "feed_url": feed["self_url"],
        "description": feed["about"],
        "language": "en",
        "items": [_entry(each) for each in feed["items"]],
    }


def _entry(item: dict[str, Any]) -> dict[str, Any]:
    story = item["story"]
    image = (story.image or {}).get("url", "")
    made = {
        "id": story.public_id,
        "url": item["url"],
        "external_url": story.canonical_url,
        "title": story.headline,
        "content_html": render_template("news/feeds/body.html", item=item, site_url=settings().base_url).strip(),
        "summary": story.teaser,
        "image": settings().base_url + image if image.startswith("/") else image,
        "date_published": story.published_at.isoformat(timespec="seconds"),
        "date_modified": item["changed"].isoformat(timespec="seconds"),
        "authors": [{"name": name} for name in item["authors"]],
        "tags": item["labels"],
        "language": story.language,
        "attachments": [_attachment(item["recording"])] if item["recording"] else [],
    }
    return {name: value for name, value in made.items() if value}


def _attachment(recording: dict[str, Any]) -> dict[str, Any]:
    made = {
        "url": recording["url"],
        "mime_type": recording.get("mime") or "audio/mpeg",
        "title": recording.get("title"),
        "duration_in_seconds": recording.get("seconds"),
    }
    return {name: value for name, value in made.items() if value}
