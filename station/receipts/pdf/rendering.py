"""One compile of typst: data as JSON in a file of its own, the house's own typefaces, PDF/UA-1."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import typst

from config import ROOT
from station.receipts.pdf.text import LACKING, clean, each_text, foreign
from station.receipts.pdf.words import labels

Document = Mapping[str, Any]

TEMPLATES = ROOT / "templates" / "receipts" / "pdf"
FONTS = Path(__file__).resolve().parent / "fonts"
MOST_ROWS = 1_000  # of one document's tables: about 100 MB and half a second
MOST_ROWS_OF_A_RUN = 3_000
MOST_PAPERS = 100  # of one run: about 250 MB; above, the time a page takes grows
_MOST_FOREIGN = 300  # characters that are looked up one by one
_PAGE = re.compile(rb"/Type */Page\b")
_own = threading.local()


class CannotRender(Exception):
    """The document is too long, lacks a field, or typst refuses it; the message says which."""


def render(document: Document, template: str) -> bytes:
    """A document as a tagged PDF. `template` is "receipt" or "statement". Raises CannotRender."""
    return render_many([document], template)


def render_many(documents: Sequence[Document], template: str, title: str = "") -> bytes:
    """Several documents as one PDF, each on pages of its own, for a print run: at most MOST_PAPERS at a time.

    `title` is the title of the whole (the first document's, if empty). Raises CannotRender.
    """
    run = _run(documents, title)
    try:
        return _compile(template, run)
    except typst.TypstError:
        # most likely a character without a shape: look for those, and then for anything but plain letters
        for plain in (False, True):
            try:
                return _compile(template, _with_shapes(run, plain))
            except typst.TypstError as refusal:
                told = refusal
        raise CannotRender(f"typst refused {run['title']}: {told}") from told


def _run(documents: Sequence[Document], title: str) -> dict[str, Any]:
    """The data as the templates read it. Raises CannotRender."""
    if not 1 <= len(documents) <= MOST_PAPERS:
        raise CannotRender(f"a run has 1 to {MOST_PAPERS} documents, not {len(documents)}")
    rows = [sum(len(s["table"]["rows"]) for s in d.get("sections", ()) if "table" in s) for d in documents]
    for many, most, what in ((max(rows), MOST_ROWS, "document"), (sum(rows), MOST_ROWS_OF_A_RUN, "run")):
        if many > most:
            raise CannotRender(f"{many} rows are more than the {most} that a {what} may hold")
    try:
        first = documents[0]
        at = datetime.fromisoformat(first["at"]).astimezone(UTC)
        run = {
            "title": title or first.get("title") or first["heading"],
            "author": first["letterhead"]["name"],
            "language": first["language"],
            "papers": [dict(d, labels=labels(d["language"]) | d.get("labels", {})) for d in documents],
        }
    except (KeyError, TypeError, ValueError) as lack:
        raise CannotRender(f"the document lacks a field, or has a wrong one: {lack!r}") from lack
    date = {part: getattr(at, part) for part in ("year", "month", "day", "hour", "minute", "second")}
    return {**each_text(run, clean), "date": date}


def _compile(template: str, run: Mapping[str, Any]) -> bytes:
    """The PDF of a run. One paper is first taken for one page.

    To count its pages typst lays it out twice; most papers are one page, and those of more are made anew.
    """
    if len(run["papers"]) == 1:
        pdf = _laid_out(template, {**run, "sheet": True})
        if len(_PAGE.findall(pdf)) == 1:
            return pdf
    return _laid_out(template, {**run, "sheet": False})


def _laid_out(template: str, run: Mapping[str, Any]) -> bytes:
    """One compile. The data stands in a comment of one line, so that typst never reads it as markup."""
    source = (TEMPLATES / f"{template}.typ").read_bytes()
    files: Any = {"main.typ": source, "run.txt": b"//" + json.dumps(run).encode()}  # Any: the stub knows no dict
    return cast("bytes", _compiler().compile(files, pdf_standards=["ua-1"]))


def _compiler() -> typst.Compiler:
    """This thread's compiler. What is alike from one document to the next it need not do again."""
    if not hasattr(_own, "compiler"):
        _own.compiler = typst.Compiler(root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True)
    return cast("typst.Compiler", _own.compiler)


@cache
def _fonts() -> typst.Fonts:
    """Our typefaces, and those inside typst for other alphabets; never the machine's, which differ from it to it."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


def _with_shapes(run: Mapping[str, Any], plain: bool) -> dict[str, Any]:
    """The run with LACKING for each character that has no shape, or (`plain`) that Western Europe does not write."""
    letters = sorted(foreign(run) - {LACKING})
    checked = [letter for letter in letters if letter <= "\u00ff"] if plain else letters[:_MOST_FOREIGN]
    kept = {letter for letter in checked if has_shape(letter)} | {LACKING}

    def shaped(text: str) -> str:
        return "".join(letter if ord(letter) < 0x7F or letter in kept else LACKING for letter in text)

    changed: dict[str, Any] = each_text(run, shaped)
    for paper in changed["papers"]:
        paper["lacking"] = LACKING in json.dumps({**paper, "labels": {}}, ensure_ascii=False)
    return changed


@lru_cache(maxsize=4096)
def has_shape(letter: str) -> bool:
    """Whether some typeface of ours prints a character."""
    try:
        typst.compile(
            b'#set document(title: "-")\n#set text(font: "Public Sans")\n#sys.inputs.letter',
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"letter": letter},
            pdf_standards=["ua-1"],
        )
    except typst.TypstError:
        return False
    return True
