"""Places of payments that other parts fill: who gave, how one is found, panels, evidence, and what looks alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from station.accounts.models import Role
from station.core.places import Place

IN_OTHER_WORDS = "uncategorized_text"


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


@dataclass(frozen=True)
class Exhibit:
    """A part of the evidence: a title and its lines, and Stripe's field that takes them (all else is free text).

    The fields are those of docs.stripe.com/api/disputes/evidence_object. No address of a network is in any of it.
    """

    title: str
    lines: tuple[str, ...]
    field: str = IN_OTHER_WORDS


@dataclass(frozen=True)
class EvidenceSource:
    """Where evidence about a payment comes from: `load(payment_id)` gives what our own records hold."""

    load: Callable[[UUID], list[Exhibit]]


@dataclass(frozen=True)
class Likeness:
    """A way in which payments are alike: `find(payment_id, since, until)` gives the settled ones, with itself."""

    name: str
    label: str
    find: Callable[[UUID, datetime, datetime], list[UUID]]


PAYMENT_PANELS: Place[PaymentPanel] = Place("panels of the payment page")
FINDERS: Place[PaymentFinder] = Place("ways to find payments")
DONORS: Place[PaymentDonors] = Place("donors of payments")
EVIDENCE: Place[EvidenceSource] = Place("evidence in a dispute")
LIKENESSES: Place[Likeness] = Place("payments that are alike")


def donors_of(payments: Collection[UUID]) -> dict[UUID, PaymentDonor]:
    """Who gave these payments, by id; the first place that knows somebody is believed."""
    found: dict[UUID, PaymentDonor] = {}
    for place in DONORS:
        found = {**place.load(payments), **found}
    return found
