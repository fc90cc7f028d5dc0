"""Rules of writing stories, on plain values: what is written, what readers get of it, what is wrong, what differs."""

from station.news.policies.editing.differing import Change, Piece, differ, differences
from station.news.policies.editing.moving import arranged
from station.news.policies.editing.problems import problems
from station.news.policies.editing.reading import Upload, Uploads, nothing_uploaded, read_blocks, read_image
from station.news.policies.editing.unreading import written_blocks, written_image
from station.news.policies.editing.written import (
    FIELDS,
    KEPT,
    LEVELS,
    MOST_BLOCKS,
    NAMES,
    Block,
    Written,
    byline_of,
    empty,
    keyed,
    with_corrections,
    without_empty,
)

__all__ = [
    "FIELDS",
    "KEPT",
    "LEVELS",
    "MOST_BLOCKS",
    "NAMES",
    "Block",
    "Change",
    "Piece",
    "Upload",
    "Uploads",
    "Written",
    "arranged",
    "byline_of",
    "differ",
    "differences",
    "empty",
    "keyed",
    "nothing_uploaded",
    "problems",
    "read_blocks",
    "read_image",
    "with_corrections",
    "without_empty",
    "written_blocks",
    "written_image",
]
