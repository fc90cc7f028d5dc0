"""The API's operations, one module per part of Stripe. Importing this package registers them all."""

from sandbox.stripe.api import (
    catalogue,
    customers,
    direct,
    events,
    invoices,
    money,
    payments,
    sessions,
    subscriptions,
)

__all__ = ["catalogue", "customers", "direct", "events", "invoices", "money", "payments", "sessions", "subscriptions"]
