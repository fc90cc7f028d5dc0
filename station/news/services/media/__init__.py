"""Every write of our own pictures and recordings."""

from station.news.services.media.describing import WORDS, StillUsed, Words, delete, describe
from station.news.services.media.making import DROP, MAKE, drop_files, make_files, make_missing
from station.news.services.media.receiving import Received, receive, replace

__all__ = [
    "DROP",
    "MAKE",
    "WORDS",
    "Received",
    "StillUsed",
    "Words",
    "delete",
    "describe",
    "drop_files",
    "make_files",
    "make_missing",
    "receive",
    "replace",
]
