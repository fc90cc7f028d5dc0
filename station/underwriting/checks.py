"""What must be true of the slot, for `station check`; and its numbers for the dashboard."""

from __future__ import annotations

import sqlalchemy as sa
from flask import url_for

from station.accounts.places import TileValue
from station.core.db import db
from station.core.ids import public_id
from station.licensee.queries import NotEstablished, stations
from station.underwriting.models import Credit, CreditState, Flight
from station.underwriting.queries import today
from station.underwriting.slots import live_credits


def slot_breaches() -> list[str]:
    """Credits that the slot may show though they are not approved, or their flight is not live; one line each."""
    try:
        day = today()
    except NotEstablished:
        return []  # no station yet, so no slot
    good = set(
        db.session().scalars(
            sa.select(Credit.id)
            .join(Flight, Flight.id == Credit.flight_id)
            .where(
                Credit.state == CreditState.APPROVED,
                Credit.approved_at.is_not(None),
                Flight.stopped_at.is_(None),
                Flight.starts_on <= day,
                Flight.ends_on >= day,
            )
        )
    )
    shown = [credit for credits in live_credits().values() for credit in credits]
    return [
        f"{public_id('credit', credit.credit_id)} may be shown, but is not approved or not live"
        for credit in shown
        if credit.credit_id not in good
    ]


def live_tile() -> TileValue:
    """How many credits are in the slots now, by station."""
    live = live_credits()
    counts = {station.call_sign: len(live.get(station.id, ())) for station in stations()}
    return TileValue(
        str(sum(counts.values())),
        " · ".join(f"{name} {count}" for name, count in counts.items()),
        url_for("underwriting_desk.sponsors"),
    )
