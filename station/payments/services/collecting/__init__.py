"""Keeping sustainers: what they pay with, the invoices that stayed open, and the donor's way to pay them."""
