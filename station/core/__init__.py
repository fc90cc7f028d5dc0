"""The ground floor: what every package stands on, and nothing about radio.

Knows: the one transaction, money, time, ids, the event log, the outbox, leases, rate limits, places, search.
Invariants: one commit site (`db.transaction`); reads cannot write; events and ledger are append-only; a job is a
row before it is a message. Imports no other package of Station.
"""
