"""Money that goes back: refunds that we make, disputes that banks make, and what follows from them.

Rows are locked in the order of the house: the payment, then its refund or dispute.
"""
