"""The API's operations, one module per part of Stripe. Importing this package registers them all."""

from sandbox.stripe.api import (
    account,
    catalogue,
    customers,
    direct,
    events,
    files,
    invoices,
    mandates,
    money,
    payments,
    sessions,
    subscriptions,
)

__all__ = [
    "account",
    "catalogue",
    "customers",
    "direct",
    "events",
    "files",
    "invoices",
    "mandates",
    "money",
    "payments",
    "sessions",
    "subscriptions",
]
