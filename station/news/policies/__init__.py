"""Pure rules of news."""

from station.news.policies.feeds import cdata, changed_at, podcast_guid, rfc822, xml_text
from station.news.policies.words import (
    FEWEST_PARAGRAPHS,
    SLOT_AFTER,
    alt_text,
    byline_pieces,
    copyright_line,
    offered,
    offered_until,
    printable,
    readable_address,
    same_name,
    slot_position,
    slugify,
    visible,
)

__all__ = [
    "FEWEST_PARAGRAPHS",
    "SLOT_AFTER",
    "alt_text",
    "byline_pieces",
    "cdata",
    "changed_at",
    "copyright_line",
    "offered",
    "offered_until",
    "podcast_guid",
    "printable",
    "readable_address",
    "rfc822",
    "same_name",
    "slot_position",
    "slugify",
    "visible",
    "xml_text",
]
