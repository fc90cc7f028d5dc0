"""Standing orders that another program made in this account: listed once, when they are adopted."""

from __future__ import annotations

from dataclasses import dataclass

from station.payments.gateway.client import COMMON, OWN, _plain, _v1
from station.payments.gateway.errors import translated
from station.payments.gateway.orders import NAMESPACE
from station.payments.gateway.parts import Plain, id_of
from station.payments.gateway.standing import StandingOrder, order_of

A_PAGE = 100  # docs.stripe.com/api/pagination


@dataclass(frozen=True)
class ForeignOrder:
    """A subscription with what its customer told the other program; name and email may be empty.

    `priced_by`: the ids of its prices and products, by which a map may name its station. `taken`: its metadata has
    the ids of some Station.
    """

    order: StandingOrder
    currency: str
    name: str
    email: str
    by_invoice: bool
    taken: bool
    priced_by: tuple[str, ...]


def foreign_orders(after: str = "") -> tuple[list[ForeignOrder], str]:
    """A page of the account's subscriptions that are not cancelled, and where the next one begins ("" for the end).

    docs.stripe.com/api/subscriptions/list. Raises StripeUnavailable and StripeRefused.
    """
    wanted = {"limit": A_PAGE, "expand": [f"data.{OWN}", f"data.{COMMON}"]}
    with translated():
        page = _plain(_v1().subscriptions.list({**wanted, "starting_after": after} if after else wanted))
    rows = [_foreign(each) for each in page["data"]]
    return rows, rows[-1].order.id if page["has_more"] and rows else ""


def marked(ours: str) -> dict[str, str]:
    """The metadata that makes a subscription ours; `ours` is our public id."""
    return {"namespace": NAMESPACE, "subscription": ours}


def _foreign(found: Plain) -> ForeignOrder:
    customer = found["customer"]
    known = customer if not isinstance(customer, str) else {}
    prices = [item.get("price") or {} for item in found["items"]["data"]]
    return ForeignOrder(
        order=order_of(found),
        currency=found["currency"],
        name=known.get("name") or "",
        email=known.get("email") or "",
        by_invoice=found["collection_method"] == "send_invoice",
        taken=(found.get("metadata") or {}).get("namespace") == NAMESPACE,
        priced_by=tuple(known for price in prices for known in _priced_by(price)),
    )


def _priced_by(price: Plain) -> list[str]:
    """The ids of a price and its product, the closer one first."""
    return [known for known in (price.get("id"), id_of(price.get("product"))) if known]
