"""The API's operations, one module per part of Stripe. Importing this package registers them all."""

from sandbox.stripe.api import catalogue, customers, events, invoices, payments, refunds, sessions, subscriptions

__all__ = ["catalogue", "customers", "events", "invoices", "payments", "refunds", "sessions", "subscriptions"]
