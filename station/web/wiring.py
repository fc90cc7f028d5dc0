"""What the house itself adds: the gallery of its parts."""

from __future__ import annotations

from station.accounts.places import NAV, NavItem


def wire() -> None:
    NAV.contribute(NavItem("Parts of a page", "gallery.index", "House"), rank=93)
