"""Small CDS documents of our own wording, shaped as the real ones are."""

from __future__ import annotations

from typing import Any

RESTRICTED = "isRestrictedToAuthorizedOrgServiceIds"


def typed(kind: str, **fields: Any) -> dict[str, Any]:
    """An asset of a type."""
    return {
        "profiles": [{"href": f"/v1/profiles/{kind}", "rels": ["type"]}, {"href": "/v1/profiles/document"}],
        **fields,
    }


def text(words: str) -> dict[str, Any]:
    return typed("text", text=words)


def image(href: str = "https://media.example.org/a.jpg", **fields: Any) -> dict[str, Any]:
    enclosure = {
        "href": href,
        "rels": ["primary", "image-custom"],
        "type": "image/jpeg",
        "width": 1200,
        "height": 800,
    }
    return typed("image", enclosures=[enclosure], **fields)


def document(
    *assets: dict[str, Any], cds_id: str = "nx-s1-1", hero: int | None = None, **fields: Any
) -> dict[str, Any]:
    """A story whose layout is these assets in order; `hero` is the one that `images` calls primary."""
    named = {f"{cds_id}-{at}": asset for at, asset in enumerate(assets)}
    made: dict[str, Any] = {
        "id": cds_id,
        "title": "Lake level rises after a wet winter",
        "profiles": [{"href": "/v1/profiles/document"}, {"href": "/v1/profiles/story", "rels": ["type"]}],
        "owners": [{"href": "https://organization.api.npr.org/v4/services/s1"}],
        "brandings": [{"href": "https://organization.api.npr.org/v4/services/s1"}],
        "publishDateTime": "2026-03-02T06:00:00-05:00",
        "editorialLastModifiedDateTime": "2026-03-02T07:00:00-05:00",
        "collections": [{"href": "/v1/documents/1122", "rels": ["topic", "slug"]}],
        "bylines": [],
        "images": [] if hero is None else [{"href": f"#/assets/{cds_id}-{hero}", "rels": ["primary"]}],
        "layout": [{"href": f"#/assets/{each}"} for each in named],
        "webPages": [{"href": "https://www.npr.org/2026/03/02/lake", "rels": ["canonical"]}],
        RESTRICTED: False,
        "assets": named,
    }
    return {**made, **fields}


def six_paragraphs() -> list[dict[str, Any]]:
    return [text(f"Paragraph {number} of a story about the lake.") for number in range(1, 7)]
