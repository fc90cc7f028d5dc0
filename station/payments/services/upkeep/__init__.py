"""Upkeep: asking Stripe what nobody told us, running again what gave up, and whose environment this is."""
