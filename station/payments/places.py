"""Places on the payments pages of the desk that other parts fill: who gave, how one is found, and further panels."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Role
from station.core.places import Place


@dataclass(frozen=True)
class PaymentPanel:
    """A panel of a payment's page: `template` is included with `data`, what `load(payment_id)` gave.

    Where `load` answers None there is nothing to say, and no panel.
    """

    title: str
    template: str
    load: Callable[[UUID], Any]
    roles: Collection[Role] = ()


@dataclass(frozen=True)
class PaymentDonor:
    """Who gave, as the lists print them; `member_id` once they are a member, `receipt` once it is issued."""

    name: str
    email: str
    member_id: UUID | None = None
    receipt: str = ""


@dataclass(frozen=True)
class PaymentFinder:
    """One more way to find payments by some words: `find` answers a select of their ids, run as part of another."""

    name: str
    find: Callable[[str], sa.Select[UUID]]


@dataclass(frozen=True)
class PaymentDonors:
    """Who gave some payments, by the payment's id; who is unknown is left out."""

    name: str
    load: Callable[[Collection[UUID]], Mapping[UUID, PaymentDonor]]


PAYMENT_PANELS: Place[PaymentPanel] = Place("panels of the payment page")
FINDERS: Place[PaymentFinder] = Place("ways to find payments")
DONORS: Place[PaymentDonors] = Place("donors of payments")


def donors_of(payments: Collection[UUID]) -> dict[UUID, PaymentDonor]:
    """Who gave these payments, by id; the first place that knows somebody is believed."""
    found: dict[UUID, PaymentDonor] = {}
    for place in DONORS:
        found = {**place.load(payments), **found}
    return found
