"""The demonstration’s money: who gives what, when, and how it stands in the books."""
