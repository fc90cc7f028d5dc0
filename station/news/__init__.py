"""News: sections, stories and homepages, the NPR CDS import, and the story page that carries the slot and the ask.

Invariants: an address that a story had leads to it for good; what is shown was sanitised when it came in; a page is
prepared when something on it changes, not when it is read; no reader is counted and nothing is locked.
Invariants: the slug of a story that is out does not change by itself; a revision never changes; what is shown was
sanitised when it came in; a page is prepared when something on it changes, not when it is read; no reader is counted
and nothing is locked.
"""
