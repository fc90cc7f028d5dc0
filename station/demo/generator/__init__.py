"""The seeded generator: pure plans of people and gifts first, then rows for bulk inserts."""
