"""Documents to print in tests, and a reader of what came out."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

LETTERHEAD: dict[str, Any] = {
    "name": "Nevada Public Radio",
    "ein": "88-0000000",
    "lines": ["1289 Example Drive", "Las Vegas, NV 89146"],
    "contact": ["(702) 555-0100", "members@example.org"],
    "stations": [{"name": "News 88.9 KNPR", "mhz": 88.9, "on": True}, {"name": "Classical 89.7 KCNV", "mhz": 89.7}],
}
FACTS = [
    ["Receipt number", "2026-000123"],
    ["Received by", "Nevada Public Radio"],
    ["EIN", "88-0000000"],
    ["Address", "1289 Example Drive, Las Vegas, NV 89146"],
    ["Received from", "Maria Peña"],
    ["Amount", "$1,234.56"],
    ["Date of contribution", "November 23, 2026"],
    ["Tax year", "2026"],
    ["Kind", "Monthly contribution, this month's charge"],
    ["In support of", "News 88.9 KNPR"],
]
PARAGRAPHS = [
    "Nevada Public Radio thanks you for your contribution of $1,234.56 on November 23, 2026.",
    "No goods or services were provided in exchange for this contribution.",
    "Nevada Public Radio is a nonprofit organization under section 501(c)(3) of the Internal Revenue Code. Keep this "
    "receipt with your tax records.",
]


def receipt(**changed: Any) -> dict[str, Any]:
    """A receipt as data."""
    return {
        "language": "en",
        "at": "2026-11-23T20:01:02+00:00",
        "heading": "Receipt 2026-000123",
        "brand": "news",
        "letterhead": LETTERHEAD,
        "sections": [{"facts": FACTS}, *({"paragraph": said} for said in PARAGRAPHS)],
        **changed,
    }


def statement(rows: int, name: str = "Maria Peña", **changed: Any) -> dict[str, Any]:
    """A year of a member as data, with so many contributions."""
    listed = [
        [f"Mar {1 + n % 31}, 2026", f"2026-{n + 1:06d}", "", "Monthly contribution", f"${10 + n:,}.00"]
        for n in range(rows)
    ]
    total = sum(10 + n for n in range(rows))
    table = {
        "columns": [
            {"title": "Date"},
            {"title": "Receipt"},
            {"title": "In return", "wide": True},
            {"title": "Kind"},
            {"title": "Amount", "align": "end"},
        ],
        "rows": listed,
        "foot": [["Total", "", "", "", f"${total:,}.00"]],
    }
    return receipt(
        heading="Contributions in 2026",
        running=f"Contributions in 2026 · {name}",
        brand="classical",
        sections=[
            {"facts": [["Contributor", name], ["Year", "2026"]]},
            {"heading": "What you gave"},
            {"table": table},
            *({"paragraph": said} for said in PARAGRAPHS[1:]),
        ],
        **changed,
    )


def read(pdf: bytes) -> PdfReader:
    """A PDF, read strictly: every warning is an error."""
    return PdfReader(BytesIO(pdf), strict=True)


def text_of(pdf: bytes) -> str:
    """All text in reading order, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


def places_of(pdf: bytes, page: int = 0) -> list[tuple[float, float, str]]:
    """Each text of a page with where it begins: inches from the left, inches from the top."""
    found: list[tuple[float, float, str]] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: Any, _size: float) -> None:
        if text.strip():
            found.append(((cm[4] + cm[0] * tm[4]) / 72, (792 - cm[5] - cm[3] * tm[5]) / 72, text.strip()))

    read(pdf).pages[page].extract_text(visitor_text=visit)
    return found


def tags_of(pdf: bytes) -> list[tuple[str, int]]:
    """Every element of the structure tree in order: its tag and its depth, the Document being 0."""
    root = read(pdf).trailer["/Root"]["/StructTreeRoot"]
    return list(_walk(root["/K"], 0))


def _walk(node: Any, depth: int) -> Iterator[tuple[str, int]]:
    node = node.get_object() if isinstance(node, IndirectObject) else node
    if isinstance(node, ArrayObject):
        for inner in node:
            yield from _walk(inner, depth)
    elif isinstance(node, DictionaryObject) and "/S" in node:
        yield str(node["/S"])[1:], depth
        yield from _walk(node.get("/K", ArrayObject()), depth + 1)


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """Every font by its name without the subset's mark, and whether it is embedded with a map to Unicode."""
    found: dict[str, bool] = {}
    for page in read(pdf).pages:
        for font in page["/Resources"]["/Font"].values():
            face = font.get_object()
            inner = face["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            file = any(name in inner for name in ("/FontFile", "/FontFile2", "/FontFile3"))
            found[str(face["/BaseFont"]).partition("+")[2]] = file and "/ToUnicode" in face
    return found
