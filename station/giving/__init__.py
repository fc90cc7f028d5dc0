"""Giving: the ask, the pledge form, pledges, and the gifts that settled money becomes.

Invariants: one form shown is at most one pledge, however often it is sent; every settled payment has exactly one
gift of the same amount, or an open work item; a gift's date is the station's own. A reactor never refuses money.
Public names: `services.begin_pledge`, `services.open_checkout`, `queries.current_ask`, the endpoints `giving.give`
and `giving.thanks`.
"""
