"""Receipts: what a donor may show to the tax office, word by word as it was given.

Invariants: numbers are gapless per calendar year of the gift; a receipt is never edited; one reference (a gift) has
one receipt. Called by `giving` with plain values; never reacts to payments. Public names: `services.issue`,
`queries.receipt_of`, `queries.receipt`, `queries.receipts_of_member`.
"""
