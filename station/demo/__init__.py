"""The demonstration: a house with two stations, stories, sponsors, and members with four years of gifts.

Knows every package below it and is known by none. Everything in it is invented: people, institutions, businesses and
the words of the stories. Invariants: refused in production; loaded once, into an empty house; the same seed and the
same station-local date give the same house; what it writes satisfies every invariant of `station check`.
"""
