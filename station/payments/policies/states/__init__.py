"""The state graphs of payments, as data, and how they are drawn."""
