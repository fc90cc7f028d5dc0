"""Keeping sustainers: letters about failed charges, links to the donor's own page, and what staff did."""
