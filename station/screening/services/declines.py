"""Declined cards, counted after the fact: by the network, the pledge and the card, and all of them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from station.core import clock
from station.core.db import transaction
from station.core.locks import lock_name
from station.screening import policies, queries
from station.screening.policies import HOUR, TEN_MINUTES, counted, slot_of
from station.screening.services.counting import count, hashed
from station.screening.services.stances import trip

ALL = "losses"


def note_decline(sender: str, reference: UUID | str, fingerprint: str) -> bool:
    """Count one declined card; True when its pledge has had so many that its page should close.

    Joins the transaction.
    `sender` is the network that began the pledge (admitting.sender), `reference` the pledge, or Stripe's name of the
    checkout where the pledge is not known, `fingerprint` Stripe's name of the card; "" where nobody knows. Many
    declines, or many different cards, are held against the network, a card that fails on many pledges against whoever
    brings it, and a flood of them makes everyone prove to be a person.
    """
    now = clock.now()
    slot = slot_of(now)
    pledge, card = f"bill:{hashed('pledge', str(reference))}", f"plastic:{hashed('card', fingerprint)}"
    pair = f"pair:{hashed('card of pledge', f'{fingerprint} {reference}')}"
    held = f"held:{hashed('card of network', f'{fingerprint} {sender}')}"
    with transaction():
        lock_name("screening.declines")
        count(["house:declined", ALL, pledge, *([f"lost:{sender}"] if sender else [])], now)
        seen = queries.counts([ALL, pledge, card, pair, held], now)
        if fingerprint:
            count(_held_against(sender, card, pair, seen, slot), now)
            if sender and held not in seen:  # each card counts once an hour for its network
                count([held, f"wallet:{sender}"], now)
        if counted(seen[ALL], slot, TEN_MINUTES) >= policies.DECLINES_OF_ALL:
            trip(f"{policies.DECLINES_OF_ALL} cards were declined within ten minutes.")
        known = isinstance(reference, UUID)  # a page that nobody can name cannot be closed
        close = known and counted(seen[pledge], slot, HOUR) > policies.DECLINES_OF_PLEDGE
        if close:
            count(["house:closed"], now)
        return close


def _held_against(sender: str, card: str, pair: str, seen: dict[str, policies.Slots], slot: int) -> Iterator[str]:
    """Each pledge that a card fails on counts once for the card; from the third on, its sender is asked."""
    pledges = dict(seen.get(card, {}))
    yield pair
    if pair not in seen:
        yield card
        pledges[slot] = pledges.get(slot, 0) + 1
    if sender and policies.tested(pledges, slot):
        yield f"card:{sender}"
