"""Questions answered from the books: reads only. For now the dashboard, built from the places of the house.

Invariant: nothing here writes, and nothing is shown to a person whose roles do not reach it.
"""
