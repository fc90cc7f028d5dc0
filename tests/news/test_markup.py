"""Markup of others comes out safe, well-formed, and in blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from justhtml import JustHTML

from station.news.markup import fragments, plain

HOSTILE = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">',
        "</a>",
        "<p onclick=x>",
        "</p>",
        "<b>",
        "</b>",
        "<svg/onload=alert(1)>",
        "<!-- -->",
        "<!--slot-->",
        "<iframe src=//x>",
        "<h1>",
        "</h1>",
        "<li>",
        "<table><td>",
        "&lt;script&gt;",
        "words",
        " ",
        "<br>",
        "<hr>",
        '<a href="https://example.org"target="_blank">',
        "<style>",
        "<blockquote>",
        "</blockquote>",
        "\x0b",
        "<div>",
        "</div>",
        "]]>",
        "<p",
        '"',
        "<template>",
        "<math>",
        "<ul><li>a</ul>",
    ]
)


@pytest.mark.parametrize(
    ("given_html", "wanted"),
    [
        ("plain <em>words</em> & more", ["<p>plain <em>words</em> &amp; more</p>"]),
        ("<h3><strong>Heading</strong></h3>", ["<h2><strong>Heading</strong></h2>"]),
        ("<p>one<br></p><p> </p>two<br>", ["<p>one</p>", "<p>two</p>"]),
        ("<blockquote><div><p>said</p></div></blockquote>", ["<blockquote><p>said</p></blockquote>"]),
        ('<a href="https://e.org"target="_blank"   >e</a>', ['<p><a href="https://e.org" rel="noopener">e</a></p>']),
        ('<a href="javascript:alert(1)">j</a> <a href="/x">r</a>', ["<p>j r</p>"]),
        ('<a href="https://e.org"><img src="a.gif"></a>text', ["<p>text</p>"]),
        ("<script>alert(1)</script><img src=pixel.gif>", []),
        ("<li>orphan</li>", ["<p>orphan</p>"]),
    ],
)
def test_blocks(given_html: str, wanted: list[str]) -> None:
    assert [piece.html for piece in fragments(given_html)] == wanted


@given(st.lists(HOSTILE, max_size=14))
def test_whatever_comes_in_is_harmless_and_well_formed(pieces: list[str]) -> None:
    for piece in fragments("".join(pieces)):
        page = JustHTML(
            f"<!doctype html><title>t</title><main>{piece.html}</main>", collect_errors=True, sanitize=False
        )
        nodes = page.query("main *")
        assert not page.errors, (piece.html, page.errors)
        assert not {node.name for node in nodes} & {
            "script",
            "img",
            "svg",
            "iframe",
            "style",
            "h1",
            "template",
            "math",
        }
        for node in nodes:
            attrs = node.attrs or {}
            assert not [name for name in attrs if name.startswith("on") or name in ("style", "id", "class", "target")]
            assert (attrs.get("href") or "https://").startswith(("https://", "http://", "mailto:", "tel:"))
        assert "<!--" not in piece.html


@given(st.text(max_size=200))
def test_plain_words_have_no_markup_of_their_own(text: str) -> None:
    assert "\n" not in plain(text)
    assert plain("<em>Ana</em> &amp; <script>x</script>Bo") == "Ana & Bo"
