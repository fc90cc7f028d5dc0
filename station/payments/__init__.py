"""Payments: what was asked of Stripe, what Stripe said, and what it means in the books.

Knows: payments and subscriptions as state graphs (`policies`), Stripe's events as they arrived (the inbox), the calls
that move money, the ledger. `gateway` is the only importer of stripe.
Invariants: row first, then the call, always under our own idempotency key; an event is a hint and the object is
fetched again before anything is believed; a settled payment has balanced ledger lines exactly once; a final state
stays. What a payment is for is not known here: `reference` is the caller's id, and facts are announced upward.
"""
