"""Webhook deliveries: docs.stripe.com/webhooks."""
