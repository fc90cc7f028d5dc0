"""Reading NPR's Content Distribution Service: a document becomes a story draft, or is refused with a reason.

Knows the format (npr.github.io/content-distribution-service) and nothing about tables. Restricted documents and
assets are never shown; rels are optional everywhere, because real documents leave them out.
"""
