"""Operations that no page of the sandbox needs: payments, set-ups, invoices and subscriptions made over the API."""

from sandbox.stripe.api.direct import (
    invoice_items,
    invoices,
    payment_intents,
    payment_methods,
    removals,
    setup_intents,
    subscriptions,
)

__all__ = [
    "invoice_items",
    "invoices",
    "payment_intents",
    "payment_methods",
    "removals",
    "setup_intents",
    "subscriptions",
]
