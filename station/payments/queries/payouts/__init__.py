"""Reads about payouts: the lines of Stripe’s balance, pages of the desk, months, and what must hold."""
