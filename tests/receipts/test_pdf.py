"""PDFs: tagged, of Letter size, with their typefaces, the same bytes each time, and nothing in the data is markup."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import ROOT
from station.receipts.pdf import MOST_PAPERS, MOST_ROWS, CannotRender, render, render_many, rendering
from station.receipts.pdf.rendering import FONTS, TEMPLATES
from station.receipts.pdf.text import clean
from station.receipts.pdf.words import LABELS
from tests.receipts.papers import FACTS, PARAGRAPHS, fonts_of, places_of, read, receipt, statement, tags_of, text_of

HOSTILE = (
    r'#panic("x") #sys.inputs $x^2$ [a] @ref \ \u{41} *b* _i_ `c` <label> '
    r"""// no /* no */ ~ -- --- ... "q" 'q' = h - l"""
)


def said_of(text: str) -> dict[str, Any]:
    return receipt(sections=[{"facts": [["Received from", text]]}, {"paragraph": text}])


def test_a_receipt_is_one_letter_page_that_says_all_in_order() -> None:
    pdf = render(receipt(), "receipt")
    assert [tuple(page.mediabox) for page in read(pdf).pages] == [(0, 0, 612, 792)]
    said, at = text_of(pdf), 0
    for part in [*(word for pair in FACTS for word in pair), *PARAGRAPHS]:
        at = said.index(" ".join(part.split()), at)
    assert said.startswith("Nevada Public Radio News 88.9 KNPR · Classical 89.7 KCNV 1289 Example Drive, Las Vegas")
    assert said.endswith("Page 1 of 1")


def test_it_is_marked_as_accessible() -> None:
    pdf = render(receipt(title="Receipt 2026-000123 of Maria"), "receipt")
    file = read(pdf)
    root = file.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-US"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/Metadata"].get_object().get_data().count(b"<pdfuaid:part>1</pdfuaid:part>") == 1
    assert file.metadata is not None
    assert (file.metadata.title, file.metadata.author) == ("Receipt 2026-000123 of Maria", "Nevada Public Radio")
    assert str(file.metadata.creation_date) == "2026-11-23 20:01:02+00:00"
    assert all(page["/Tabs"] == "/S" for page in file.pages)


def test_its_structure_can_be_read_aloud() -> None:
    tags = [tag for tag, _ in tags_of(render(receipt(), "receipt"))]
    assert tags.count("H1") == tags.count("Table") == tags.count("THead") == 1
    assert (tags.count("TH"), tags.count("TD"), tags.count("TR")) == (2, 20, 11)
    assert tags.index("H1") < tags.index("Table") < len(tags) - tags[::-1].index("P")
    assert set(tags) <= {"Document", "Div", "H1", "P", "Table", "THead", "TBody", "TR", "TH", "TD"}
    listed = [tag for tag, _ in tags_of(render(statement(40), "statement"))]
    assert (listed.count("Table"), listed.count("TH"), listed.count("H2")) == (2, 7, 1)
    assert listed.count("TD") == 2 * 2 + 41 * 5, "a head that is repeated on each page is spoken once"
    assert "TFoot" in listed


def test_every_face_is_ours_and_in_the_file() -> None:
    found = fonts_of(
        render(statement(3, band={"kind": "draft", "word": "Unofficial", "text": "So far."}), "statement")
    )
    assert found == {
        "SourceSerif4-Regular": True,
        "SourceSerif4-SemiBold": True,
        "PublicSans-Regular": True,
        "PublicSans-Bold": True,
    }


def test_the_same_data_gives_the_same_bytes_in_any_thread() -> None:
    papers = [receipt(), statement(30), receipt(language="es"), said_of("李 😀")] * 3
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda paper: render(paper, "statement"), papers))
    assert made[:4] == made[4:8] == made[8:]
    assert len(set(made)) == 4


def test_a_long_table_goes_on_under_its_own_head() -> None:
    pages = [" ".join(page.extract_text().split()) for page in read(render(statement(75), "statement")).pages]
    assert len(pages) == 3
    assert all("Date Receipt In return Kind Amount" in page for page in pages)
    assert [page[-11:] for page in pages] == ["Page 1 of 3", "Page 2 of 3", "Page 3 of 3"]
    assert all(page.startswith("Nevada Public Radio Contributions in 2026 · Maria Peña") for page in pages[1:])
    assert sum(page.count("Total $3,525.00") for page in pages) == 1
    rows = re.findall(r"2026-(\d{6})", " ".join(pages))
    assert rows == [f"{n + 1:06d}" for n in range(75)]


def test_amounts_stand_on_one_right_edge() -> None:
    """Figures are of one width, so amounts of as many figures begin at one place, and longer ones further left."""
    found = [(said, x) for x, _, said in places_of(render(statement(60), "statement"), 1) if said.startswith("$")]
    assert len(found) > 10
    twos = {round(x, 3) for said, x in found if len(said) == len("$50.00")}
    assert len(twos) == 1
    assert {said for said, x in found if round(x, 3) < min(twos)} == {"$2,370.00"}


@pytest.mark.parametrize(
    ("language", "page", "lang"), [("en", "Page 1 of 1", "en-US"), ("es", "Página 1 de 1", "es-US")]
)
def test_it_speaks_the_language_of_its_data(language: str, page: str, lang: str) -> None:
    pdf = render(receipt(language=language), "receipt")
    assert read(pdf).trailer["/Root"]["/Lang"] == lang
    said = text_of(pdf)
    assert said.endswith(page)
    assert LABELS[language]["fact"] + " " + LABELS[language]["value"] in said


def test_every_language_has_every_word() -> None:
    assert {frozenset(words) for words in LABELS.values()} == {frozenset(LABELS["en"])}


def test_void_is_the_first_thing_said_and_stands_on_every_page() -> None:
    band = {"kind": "void", "word": "Void", "text": "The charge was returned."}
    pdf = render(statement(40, band=band), "statement")
    pages = [" ".join(page.extract_text().split()) for page in read(pdf).pages]
    assert "Contributions in 2026 Void The charge was returned." in pages[0]
    assert all("Void" in page[:100] for page in pages[1:])


def test_a_reader_by_post_stands_in_the_window() -> None:
    """Inside 2.5 to 3.3 inches from the top, and nothing else between 2.0 and 3.6."""
    lines = ["Attn: Treasurer", "4200 Juniper Way, Apt 7", "Henderson, NV 89002"]
    pdf = render(receipt(recipient={"name": "Maria Peña", "lines": lines}), "receipt")
    assert len(read(pdf).pages) == 1
    shown = [(y, text) for _, y, text in places_of(pdf) if 2.0 < y < 3.6]
    assert [text for _, text in shown] == ["Maria Peña", *lines]
    assert all(2.5 < y < 3.3 for y, _ in shown)


def test_nothing_in_the_data_is_markup() -> None:
    said = text_of(render(said_of(HOSTILE), "receipt"))
    assert said.count(" ".join(HOSTILE.split())) == 2


@settings(max_examples=25)
@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=60))
def test_no_text_of_a_keyboard_is_markup(text: str) -> None:
    said = text_of(render(said_of(f"({text})"), "receipt")).replace("\u200b", "")
    assert "".join(said.split()).count("".join(f"({text})".split())) == 2


@settings(max_examples=25)
@given(st.text(st.characters(), max_size=40))
def test_no_text_at_all_breaks_a_receipt(text: str) -> None:
    assert "Received from" in text_of(render(said_of(text), "receipt"))


@pytest.mark.parametrize("text", ["Łódź Dvořák Đặng", "Ελένη Παπαδοπούλου", "Анна Каренина"])
def test_names_of_many_alphabets_are_printed(text: str) -> None:
    assert text in text_of(render(said_of(text), "receipt"))


@pytest.mark.parametrize("text", ["שלום", "سلام"])
def test_writing_from_the_right_is_printed_with_its_own_letters(text: str) -> None:
    pdf = render(said_of(text), "receipt")
    assert set(text) <= set(text_of(pdf))
    assert "\ufffd" not in text_of(pdf)


def test_what_no_face_can_print_is_marked_and_said() -> None:
    said = text_of(render(said_of("Ana 😀 李 e\u0301"), "receipt"))
    assert said.count("Ana \ufffd \ufffd é") == 2
    assert LABELS["en"]["lacking"] in said
    assert LABELS["en"]["lacking"] not in text_of(render(receipt(), "receipt"))
    assert text_of(render(said_of("".join(map(chr, range(0x4E00, 0x5000))) + "ñ"), "receipt")).count("ñ") == 2


def test_a_name_cannot_turn_the_words_around_it() -> None:
    assert clean("a\u202egnp.exe\u2066b\u0000c\td\u200f") == "agnp.exebc d"
    assert clean("half \ud83d pair") == "half \ufffd pair"


def test_a_word_as_long_as_a_line_is_broken_not_cut_off() -> None:
    word = "W" * 300
    address = "maria.de.los.angeles.gonzalez@example.org"
    assert clean(address) == address, "what fits is not touched: it can be copied as it is"
    pdf = render(said_of(word), "receipt")
    assert "".join(text_of(pdf).replace("\u200b", "").split()).count(word) == 2
    lines = {round(y, 2) for _, y, text in places_of(pdf) if "WW" in text}
    assert len(lines) > 8
    assert max(len(text) for _, _, text in places_of(pdf) if "WW" in text) < 60


def test_what_is_too_long_or_lacks_a_field_is_refused_with_a_reason() -> None:
    with pytest.raises(CannotRender, match=f"{MOST_ROWS + 1} rows are more than the {MOST_ROWS}"):
        render(statement(MOST_ROWS + 1), "statement")
    with pytest.raises(CannotRender, match="that a run may hold"):
        render_many([statement(MOST_ROWS)] * 4, "statement")
    with pytest.raises(CannotRender, match="letterhead"):
        render({"language": "en", "at": "2026-01-01T00:00:00+00:00", "heading": "x", "sections": []}, "receipt")
    with pytest.raises(CannotRender, match="a wrong one"):
        render(receipt(at="yesterday"), "receipt")
    with pytest.raises(CannotRender, match="typst refused"):
        render(receipt(language="not a language"), "receipt")
    with pytest.raises(CannotRender, match="1 to"):
        render_many([receipt()] * (MOST_PAPERS + 1), "receipt")


def test_a_print_run_is_one_pdf_with_the_numbers_of_each() -> None:
    papers = [statement(3, "Ana Uno"), statement(75, "Ben Dos"), receipt(language="es")]
    pdf = render_many(papers, "statement", "Statements of 2026, 1 to 3")
    pages = [" ".join(page.extract_text().split()) for page in read(pdf).pages]
    ends = [page[page.rindex("P") :] for page in pages]
    assert ends == ["Page 1 of 1", "Page 1 of 3", "Page 2 of 3", "Page 3 of 3", "Página 1 de 1"]
    assert "Ben Dos" in pages[1]
    file = read(pdf)
    assert file.metadata is not None
    assert file.metadata.title == "Statements of 2026, 1 to 3"
    assert [tag for tag, _ in tags_of(pdf)].count("H1") == 3


@pytest.mark.parametrize(("rows", "ends"), [(3, ["Page 1 of 1"]), (75, [f"Page {n} of 3" for n in (1, 2, 3)])])
def test_only_a_paper_of_several_pages_is_counted(
    rows: int, ends: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To count pages typst lays everything out twice, and most statements are one sheet."""
    tried: list[bool] = []
    laid_out = rendering._laid_out

    def noted(template: str, run: dict[str, Any]) -> bytes:
        tried.append(run["sheet"])
        return laid_out(template, run)

    monkeypatch.setattr(rendering, "_laid_out", noted)
    pages = read(render(statement(rows), "statement")).pages
    assert [page.extract_text().split("\n")[-1][-11:] for page in pages] == ends
    assert tried == ([True] if len(ends) == 1 else [True, False])


def test_a_sheet_is_the_same_counted_or_not() -> None:
    run = rendering._run([receipt()], "")
    sheet, counted = (rendering._laid_out("receipt", {**run, "sheet": sheet}) for sheet in (True, False))
    assert text_of(sheet) == text_of(counted)
    assert tags_of(sheet) == tags_of(counted)
    assert places_of(sheet) == places_of(counted)


def test_a_second_compile_is_not_touched_by_one_that_failed() -> None:
    before = render(receipt(), "receipt")
    with pytest.raises(CannotRender):
        render(receipt(language="not a language"), "receipt")
    assert render(receipt(), "receipt") == before


def test_its_colours_are_those_of_the_house() -> None:
    tokens = (ROOT / "station/static/css/tokens.css").read_text("utf-8")
    light = tokens[: tokens.index("@media screen and (prefers-color-scheme: dark)")]
    used = set(re.findall(r'rgb\("(#[0-9a-f]{6})"\)', (TEMPLATES / "_ink.typ").read_text("utf-8")))
    assert len(used) > 8
    assert used <= set(re.findall(r"#[0-9a-f]{6}", light))
    brands = set(re.findall(r'data-brand="(\w+)"', light))
    assert brands <= set(re.findall(r"(\w+): rgb", (TEMPLATES / "_ink.typ").read_text("utf-8")))


def test_each_face_has_its_licence_beside_it() -> None:
    for face in FONTS.glob("*.ttf"):
        assert "SIL Open Font License" in (FONTS / f"{face.stem.rpartition('-')[0]}-OFL.txt").read_text("utf-8")
