"""Checkout Sessions: docs.stripe.com/api/checkout/sessions. Importing this package registers their operations."""

from sandbox.stripe.api.sessions import customer_sessions, making, reading, updating

__all__ = ["customer_sessions", "making", "reading", "updating"]
