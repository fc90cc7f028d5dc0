"""Underwriting: sponsors, their flights, the words of a credit and its approval, and who is in the slot now.

Invariants: only approved copy is ever shown, and an approved credit is never edited; the label "Support comes from"
never stands without a sponsor; the slot is decided in memory, so that reading a story asks the database nothing.
"""
