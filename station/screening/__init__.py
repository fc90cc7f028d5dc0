"""Screening: whether a try at giving may open anything at Stripe, before anything is written or asked.

Invariants: a try that is not welcome leaves nothing behind but a number; only keyed hashes of networks, emails and
cards are kept, none for longer than thirty days; an email alone never shuts anybody out, and neither does a crowd.
Public names: `services.admit`, `services.sender`, `services.note_decline`, `policies.Knock`, `policies.Verdict`.
"""
