"""Reads of what moved: where an old address leads, the newsroom's redirects, and the banner."""

from station.news.queries.moves.banners import BannerView, banner_of, banner_until, current_banner
from station.news.queries.moves.redirects import (
    Moved,
    RedirectPage,
    RedirectView,
    earlier_addresses,
    earlier_slugs,
    moved,
    redirect,
    redirects,
    slug_now,
    where_to,
)

__all__ = [
    "BannerView",
    "Moved",
    "RedirectPage",
    "RedirectView",
    "banner_of",
    "banner_until",
    "current_banner",
    "earlier_addresses",
    "earlier_slugs",
    "moved",
    "redirect",
    "redirects",
    "slug_now",
    "where_to",
]
