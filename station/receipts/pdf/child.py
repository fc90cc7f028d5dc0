"""`python -m station.receipts.pdf.child TEMPLATE`: renders what comes in on its standard input until that ends.

In: a frame with a list of documents. Out: a frame with a list of refusals ("" for none), then a frame for each PDF.
"""

from __future__ import annotations

import sys

from station.receipts.pdf.frames import read_json, write_frame, write_json
from station.receipts.pdf.rendering import CannotRender, render


def main(template: str) -> None:
    """Answer until the caller is gone."""
    source, out = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            documents = read_json(source)
        except EOFError:
            return
        refused, made = [], []
        for document in documents:
            try:
                made.append(render(document, template))
                refused.append("")
            except CannotRender as why:
                refused.append(str(why))
        write_json(out, refused)
        for pdf in made:
            write_frame(out, pdf)


if __name__ == "__main__":
    main(sys.argv[1])
