"""Who may have a letter sent to an address that they type: so few that nobody is pestered or searched for."""

from __future__ import annotations

from datetime import timedelta

from station.core import ratelimit
from station.core.addresses import normalise_email
from station.core.ratelimit import Limit
from station.screening.services.admitting import trusted

BY_NETWORK = Limit("asked for a letter, by network", 10, timedelta(hours=1))
TO_ADDRESS = Limit("asked for a letter, by address", 3, timedelta(hours=6))


def may_ask(address: str) -> bool:
    """Count one try of a network to have a letter sent; our own networks may always."""
    return trusted(address) or ratelimit.allow(BY_NETWORK, ratelimit.network(address))


def may_be_written_to(email: str) -> bool:
    """Count one letter that somebody wants sent to an address. The one who asked never learns the answer."""
    return ratelimit.allow(TO_ADDRESS, normalise_email(email))
