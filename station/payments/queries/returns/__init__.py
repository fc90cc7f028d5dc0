"""Reads about what goes back to donors: refunds, disputes, fraud warnings, and what must hold."""
