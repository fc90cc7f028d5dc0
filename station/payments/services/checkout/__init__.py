"""A payment's checkout: opened, changed, closed, and forgotten when nobody paid."""
