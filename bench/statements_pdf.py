"""Yearly statements as PDF: typst beside WeasyPrint on the same words, and the batch as it runs live.

Rival: WeasyPrint prints one statement of twelve contributions a document, tagged (PDF/UA-1) as ours, with the same
faces, from a page of HTML with the same facts, table and paragraphs; its fonts are loaded once. Both run in this
process, in rounds that take turns, and are compared by CPU time, which other work on the machine disturbs least.

The batch is `render_each` on two processes, by the clock: STATEMENTS of them (2,000; STATION_BENCH_STATEMENTS=100000
makes all of them), told as minutes for 100,000. Memory is the largest sum of the resident sets of this process and of
its renderers, at a tenth of the number and at the whole.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib import import_module
from itertools import count
from statistics import median
from typing import Any

import psutil

from bench.registry import Result, measure
from station.receipts.pdf import MOST_PAPERS, CannotRender, render, render_each, render_many
from station.receipts.pdf.rendering import FONTS

ALL, ROUNDS, EACH = 100_000, 9, 12
STATEMENTS = int(os.environ.get("STATION_BENCH_STATEMENTS", "2000"))
MOST_MINUTES, LEAST_RATIO = 15, 3
COLUMNS = ("Date", "Receipt", "For", "In return", "Amount")
WORDS = (
    "This statement lists the contributions that Nevada Public Radio received from you in 2026.",
    "No goods or services were provided in exchange for these contributions, except those listed above.",
    "Nevada Public Radio is a nonprofit organization under section 501(c)(3) of the Internal Revenue Code. Keep this "
    "statement with your tax records.",
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HEAD: dict[str, Any] = {
    "name": "Nevada Public Radio",
    "ein": "88-0000000",
    "lines": ["1289 Example Drive", "Las Vegas, NV 89146"],
    "contact": ["(702) 555-0100", "members@example.org"],
    "stations": [{"name": "News 88.9 KNPR", "mhz": 88.9, "on": True}, {"name": "Classical 89.7 KCNV", "mhz": 89.7}],
}


def statement(number: int) -> dict[str, Any]:
    """The year of one donor: twelve contributions, another name and other amounts for each number."""
    cents = 500 + number * 37 % 20_000
    rows = [
        [f"{month} 15, 2026", f"2026-{number * 12 + at:06d}", "News 88.9 KNPR", "", _money(cents + at)]
        for at, month in enumerate(MONTHS)
    ]
    foot = [["Total", "", "", "", _money(sum(cents + at for at in range(12)))]]
    columns = [{"title": name, "wide": name == "In return"} for name in COLUMNS[:-1]]
    table = {"columns": [*columns, {"title": "Amount", "align": "end"}], "rows": rows, "foot": foot}
    return {
        "language": "en",
        "at": "2027-01-12T18:00:00+00:00",
        "heading": "Contributions in 2026",
        "letterhead": HEAD,
        "sections": [
            {
                "facts": [
                    ["Contributor", f"Ada Quill {number}"],
                    ["Statement", f"S2026-{number:06d}"],
                    ["Year", "2026"],
                ]
            },
            {"paragraph": WORDS[0]},
            {"table": table},
            *({"paragraph": said} for said in WORDS[1:]),
        ],
    }


def _money(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02d}"


@measure("statements_pdf")
def statements_pdf() -> list[Result]:
    """CPU a page of typst and of WeasyPrint; minutes for 100,000 statements; memory at n and at 10 n."""
    return [*_beside_weasyprint(), _print_run(), *_batch()]


def _beside_weasyprint() -> list[Result]:
    try:
        rival = _Rival()
    except (ImportError, OSError) as lack:  # OSError: the library finds no Pango
        sys.stdout.write(f"statements_pdf: not compared, because this machine lacks WeasyPrint or Pango ({lack}).\n")
        return []
    numbers = count()
    ours, theirs = (
        lambda: render(statement(next(numbers)), "statement"),
        lambda: rival.render(statement(next(numbers))),
    )
    for call in (ours, theirs, ours, theirs):
        call()
    spent: dict[str, list[float]] = {"ours": [], "theirs": []}
    for turn in range(ROUNDS):
        calls = [("ours", ours), ("theirs", theirs)]
        for name, call in calls if turn % 2 == 0 else reversed(calls):
            gc.collect()
            began = time.process_time()
            for _ in range(EACH):
                call()
            spent[name].append((time.process_time() - began) / EACH)
    rates = {name: [1 / each for each in times] for name, times in spent.items()}
    ratios = [a / b for a, b in zip(rates["ours"], rates["theirs"], strict=True)]
    ratio = median(ratios)
    return [
        Result(
            "statements by typst, beside WeasyPrint",
            round(median(rates["ours"]), 1),
            "pages a CPU second",
            baseline=round(median(rates["theirs"]), 1),
            ratio=round(ratio, 2),
            spread=f"{min(ratios):.2f} to {max(ratios):.2f} times, {ROUNDS} rounds",
            bar=f">= {LEAST_RATIO} times",
            met=ratio >= LEAST_RATIO,
        )
    ]


class _Rival:
    """WeasyPrint with our faces, loaded once."""

    def __init__(self) -> None:
        self.weasyprint: Any = import_module("weasyprint")
        self.fonts = import_module("weasyprint.text.fonts").FontConfiguration()
        faces = [("Source Serif 4", "source-serif-4", ("regular", 400), ("semibold", 600))]
        faces.append(("Public Sans", "public-sans", ("regular", 400), ("bold", 700)))
        rules = "".join(
            f"@font-face {{ font-family: '{family}'; font-weight: {weight}; "
            f"src: url('{(FONTS / f'{file}-{style}.ttf').as_uri()}') }}\n"
            for family, file, *styles in faces
            for style, weight in styles
        )
        self.style = self.weasyprint.CSS(string=rules + SHEET, font_config=self.fonts)

    def render(self, document: dict[str, Any]) -> bytes:
        page = self.weasyprint.HTML(string=_html(document))
        pdf: bytes = page.write_pdf(stylesheets=[self.style], font_config=self.fonts, pdf_variant="pdf/ua-1")
        return pdf


SHEET = """
@page {
  size: letter; margin: 0.75in 0.95in 0.95in;
  @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt 'Public Sans' }
}
html { font: 10.5pt/1.35 'Source Serif 4'; color: #16191d }
header { border-bottom: 2.25pt solid; font: 600 16pt 'Source Serif 4' } header + p { font: 8pt 'Public Sans' }
h1 { font-size: 21pt; font-weight: 600 }
table { width: 100%; border-collapse: collapse; font: 9pt 'Public Sans' }
th { text-align: left; font-size: 8pt; border-bottom: 0.9pt solid }
td { padding: 4.4pt 8pt 4.4pt 0; border-bottom: 0.5pt solid #d9d7d0 }
td:last-child, th:last-child { text-align: right; font-variant-numeric: tabular-nums }
tfoot td { font-weight: 700 }
"""


def _html(document: dict[str, Any]) -> str:
    facts, before, listing, *after = document["sections"]
    table, head = listing["table"], document["letterhead"]
    said = [f"<p>{escape(each['paragraph'])}</p>" for each in (before, *after)]
    return (
        f"<html lang='en'><head><title>{document['heading']}</title></head><body><header>{head['name']}</header>"
        f"<p>{', '.join(head['lines'])} · EIN {head['ein']}</p><h1>{document['heading']}</h1>"
        f"<table><thead><tr><th>Particulars<th>As recorded<tbody>{_rows(facts['facts'])}</table>{said[0]}"
        f"<table><thead><tr><th>{'<th>'.join(COLUMNS)}"
        f"<tbody>{_rows(table['rows'])}<tfoot>{_rows(table['foot'])}</table>{''.join(said[1:])}</body></html>"
    )


def _rows(rows: list[list[str]]) -> str:
    return "".join("<tr>" + "".join(f"<td>{escape(cell)}" for cell in row) for row in rows)


def _print_run() -> Result:
    """One PDF of many statements, as a printer gets it."""
    began = time.process_time()
    size = len(render_many([statement(n) for n in range(MOST_PAPERS)], "statement"))
    rate = MOST_PAPERS / (time.process_time() - began)
    return Result(
        f"print run of {MOST_PAPERS} statements", round(rate, 1), "pages a CPU second", spread=f"{size / 1e6:.1f} MB"
    )


@dataclass
class _Made:
    seconds: float
    bytes: int
    memory: int  # bytes
    cpu: float  # seconds, of the renderers and of this process


def _batch() -> list[Result]:
    small, whole = _rendered(max(STATEMENTS // 10, 1)), _rendered(STATEMENTS)
    minutes = whole.seconds / STATEMENTS * ALL / 60
    idle = whole.cpu / STATEMENTS * ALL / 60 / 2
    how = "all of them" if STATEMENTS == ALL else f"from {STATEMENTS:,}"
    growth = whole.memory / small.memory
    return [
        Result(
            f"100,000 statements on two processes, {how}",
            round(minutes, 1),
            "minutes",
            spread=f"{idle:.1f} of CPU on each of two idle cores; {whole.bytes / STATEMENTS / 1000:.0f} kB each",
            bar=f"<= {MOST_MINUTES}",
            met=minutes <= MOST_MINUTES,
        ),
        Result(
            f"memory at {STATEMENTS:,} statements",
            round(whole.memory / 2**20),
            "MiB",
            baseline=round(small.memory / 2**20),
            ratio=round(growth, 2),
            bar="flat: <= 1.3 times a tenth",
            met=growth <= 1.3,
        ),
    ]


def _rendered(number: int) -> _Made:
    """Make statements as the batch does, keep none."""
    peak, ended = [0], threading.Event()
    watch = threading.Thread(target=_watch, args=(peak, ended))
    watch.start()
    began, size, spent = time.monotonic(), 0, _cpu()
    try:
        for made in render_each(_source(number), "statement", processes=2):
            if isinstance(made, CannotRender):
                raise made
            size += len(made)
    finally:
        ended.set()
        watch.join()
    return _Made(time.monotonic() - began, size, peak[0], _cpu() - spent)


def _cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _source(number: int) -> Iterator[dict[str, Any]]:
    return (statement(n) for n in range(number))


def _watch(peak: list[int], ended: threading.Event) -> None:
    """Keep the largest sum of this process's and its children's resident memory."""
    me = psutil.Process()
    while not ended.wait(0.25):
        total = me.memory_info().rss
        for child in me.children():
            try:
                total += child.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        peak[0] = max(peak[0], total)
