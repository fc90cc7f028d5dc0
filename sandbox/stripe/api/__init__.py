"""The API's operations, one module per part of Stripe. Importing this package registers them all."""

from sandbox.stripe.api import catalogue, checkout, customers, events, invoices, payments, refunds, subscriptions

__all__ = ["catalogue", "checkout", "customers", "events", "invoices", "payments", "refunds", "subscriptions"]
