"""What all of Stripe's objects share: our ids in their metadata, instants, and ids that may be expanded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from station.core.ids import row_id
from station.payments.gateway.orders import NAMESPACE, PAYMENT_PREFIX, SUBSCRIPTION_PREFIX

Plain = Mapping[str, Any]


@dataclass(frozen=True)
class Ours:
    """Our own ids that an object carries; both empty on an object that is not ours."""

    payment_id: UUID | None = None
    subscription_id: UUID | None = None


def ours_of(metadata: Plain | None) -> Ours:
    """Our ids in an object's metadata; none unless the namespace says that they are ours."""
    found = metadata or {}
    if found.get("namespace") != NAMESPACE:
        return Ours()
    return Ours(
        row_id(PAYMENT_PREFIX, found.get("payment") or ""),
        row_id(SUBSCRIPTION_PREFIX, found.get("subscription") or ""),
    )


def instant(seconds: int) -> datetime:
    """Stripe's seconds as an instant."""
    return datetime.fromtimestamp(seconds, UTC)


def id_of(value: Any) -> str | None:
    """The id of a field that holds an object, its id, or nothing."""
    found = value.get("id") if isinstance(value, Mapping) else value
    return found or None
