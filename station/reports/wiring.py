"""What reports adds to the house."""

from __future__ import annotations

from station.accounts.places import NAV, NavItem


def wire() -> None:
    NAV.contribute(NavItem("Dashboard", "reports.dashboard", ""), rank=10)
