"""Paper: documents of plain data in, PDF bytes out. What the data holds is docs/receipts/pdf.md.

Invariants: the same document gives the same bytes; text is printed, never read as markup; every PDF is tagged
(PDF/UA-1), of Letter size, and has its typefaces with it. Knows no database and no web, and may be called from any
thread. Typst is imported here alone.
"""

from station.receipts.pdf.batch import render_each
from station.receipts.pdf.rendering import MOST_PAPERS, MOST_ROWS, CannotRender, render, render_many
from station.receipts.pdf.words import labels

__all__ = ["MOST_PAPERS", "MOST_ROWS", "CannotRender", "labels", "render", "render_each", "render_many"]
