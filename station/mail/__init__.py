"""Outgoing mail: every message is a row before it is sent, and stays one.

Knows: rendering (text and HTML), the states of a message, SMTP (gateway.py is the only door to it), what to do when a
message comes back.
Invariants: the same kind and key is one message, ever; its Message-ID never changes, so a message that is sent again
because nobody knows whether it left is recognisable as the same one; a queued message is sent or becomes a work item.
"""
