"""Addresses that move: stories by a new slug, everything else by redirects that the newsroom writes down."""

from station.news.services.moving.book import hosts_of_ours
from station.news.services.moving.importing import TakenRedirect, import_redirects
from station.news.services.moving.redirects import REDIRECT, RedirectDraft, keep_redirect, remove_redirect
from station.news.services.moving.slugs import change_slug
from station.news.services.moving.uses import note_use, write_uses

__all__ = [
    "REDIRECT",
    "RedirectDraft",
    "TakenRedirect",
    "change_slug",
    "hosts_of_ours",
    "import_redirects",
    "keep_redirect",
    "note_use",
    "remove_redirect",
    "write_uses",
]
