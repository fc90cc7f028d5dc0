"""News: sections, stories and homepages, the NPR CDS import, and the story page that carries the slot and the ask.

Invariants: a story's slug never changes once it has one; what is shown was sanitised when it came in; a page is
prepared when something on it changes, not when it is read; no reader is counted and nothing is locked.
"""
