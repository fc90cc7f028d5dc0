"""Rules of writing, on plain values: whatever is written is safe to read, the same twice, and told apart."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.news.drafts import text_blocks
from station.news.markup import SCHEMES
from station.news.policies.editing import (
    FIELDS,
    LEVELS,
    MOST_BLOCKS,
    Written,
    arranged,
    differences,
    empty,
    keyed,
    problems,
    read_blocks,
    with_corrections,
    without_empty,
    written_blocks,
)
from station.news.policies.editing.differing import words
from station.news.policies.editing.embeds import embedded
from station.news.policies.editing.markdown import blocks_of

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](&#106;avascript:alert(1))",
    "[click](java\nscript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[click](vbscript:x)",
    "![x](https://tracker.example/pixel.gif)",
    "[a]: javascript:alert(1)\n\n[a]",
    '[x](https://a.example "onmouseover=alert(1)")',
    "<https://a.example/><javascript:alert(1)>",
    "<a href='https://a.example' onclick='x()'>y</a>",
    "<!--slot-->",
    "`<b onclick=x>`",
    '</p></div><svg onload="alert(1)">',
    "[x](//evil.example)",
    "```\n</code></pre><script>\n```",
]
scraps = st.sampled_from(
    [*HOSTILE, "*", "**", "_", "`", "[", "](", ")", "> ", "- ", "1. ", "# ", "\n", "\n\n", "&lt;"]
)
markdown = st.lists(scraps | st.text(max_size=12), max_size=12).map("".join)
TAG = re.compile(r"<(/?)([a-z0-9]+)((?: [a-z]+=\"[^\"]*\")*)>")


def assert_safe(html: str) -> None:
    """Nothing but elements and attributes of the allow-list, and links by its schemes."""
    for found in re.findall(r"<[^>]*>?", html):
        tag = TAG.fullmatch(found)
        assert tag, found
        assert tag[2] in {
            "p",
            "a",
            "em",
            "strong",
            "code",
            "pre",
            "br",
            "hr",
            "ul",
            "ol",
            "li",
            "blockquote",
            "h2",
            "h3",
        }
        for name, value in re.findall(r" ([a-z]+)=\"([^\"]*)\"", tag[3]):
            assert name in ("href", "rel")
            assert name != "href" or value.partition(":")[0].lower() in SCHEMES, found


def block(kind: str, **values: str) -> dict[str, str]:
    return {**empty(kind, values.pop("key", "b1")), **values}


def flat(row: dict[str, Any]) -> dict[str, Any]:
    """A block of a row; where lines break in its markup says nothing."""
    if "html" not in row:
        return row
    return {
        **row,
        "html": re.sub(
            r"(?<=>) ?(?=</?(ul|ol|li|blockquote|p)>)|(?<=<br>) ", "", re.sub(r"[ \t\n]+", " ", row["html"])
        ),
    }


def wrong(*blocks: Any, **head: Any) -> dict[str, str]:
    return problems(Written(**{"headline": "A story", **head}, blocks=blocks), {"water"}, {"morning"})


PICTURE = {
    "url": "https://pictures.example/a.jpg",
    "width": "1200",
    "height": "800",
    "alt": "Two owls on a fence.",
    "caption": "The owls came back.",
    "credit": "Ana Peña / KNPR",
}
SOUND = {"url": "https://sounds.example/a.mp3", "title": "Listen", "length": "4:58", "transcript": "ANA: Owls."}


@given(markdown)
def test_whatever_is_written_is_safe_and_the_same_twice(text: str) -> None:
    blocks = blocks_of(text)
    assert blocks == blocks_of(text)
    for each in blocks:
        assert each["type"] == "text"
        assert_safe(each["html"])
    quote = read_blocks(Written("x", blocks=(block("quote", text=text or "x", who=text),)))
    assert quote[0]["type"] == "quote" if text.strip() else quote is not None
    assert "<!--slot-->" not in "".join(each["html"] for each in blocks), "nobody writes the slot's own mark"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown(text: str) -> None:
    shown = "".join(each["html"] for each in blocks_of(f"One.\n\n{text}\n\nTwo."))
    assert_safe(shown)
    assert "<p>One.</p>" in shown
    assert "Two." in shown


@given(markdown)
def test_what_was_read_can_be_written_again_and_reads_the_same(text: str) -> None:
    """The way back keeps every block, whatever it cannot say in Markdown."""
    rows = blocks_of(text)
    again = read_blocks(Written("x", blocks=written_blocks(rows)))
    assert [flat(each) for each in again] == [flat(each) for each in rows]
    once_more = written_blocks(again)
    assert [{**each, "key": ""} for each in once_more] == [{**each, "key": ""} for each in written_blocks(rows)]


def test_a_story_from_elsewhere_opens_as_it_is() -> None:
    rows = [
        *text_blocks(
            "<p>One <em>two</em> &amp; <strong>three</strong>, a_b * c [d] 1. e.</p><h2>Owls</h2>"
            '<ul><li>a</li><li><a href="https://a.example/?x=1&amp;y=2">b</a></li></ul><ol><li>c</li></ol>'
            "<blockquote><p>Said.</p><p>Again.</p></blockquote><p># no heading</p><p>- no list</p><p>1. no list</p>"
            "<table><tr><td>7</td></tr></table><p>H<sub>2</sub>O</p><p>A<br>b</p>"
        ),
        {"type": "text", "html": "<p>A box of the owner’s.</p>", "paragraph": False},
        {"type": "gallery", "title": "Owls", "images": []},
        {"type": "quote", "text": "Owls!", "who": "Ana"},
        {"type": "image", **PICTURE, "width": 1200, "height": 800, "srcset": "https://p.example/s.webp 480w"},
        {"type": "image", **PICTURE, "width": 1200, "height": 800, "srcset": ""},
        {"type": "correction", "html": "<p>It was two.</p>", "at": "2026-01-02T00:00:00+00:00"},
    ]
    written = written_blocks(rows)
    assert [flat(each) for each in read_blocks(Written("x", blocks=written))] == rows
    kinds = [each["type"] for each in written]
    assert kinds == [
        "text", "heading", "text", "kept", "kept", "text", "kept", "kept", "quote", "kept", "image", "correction",
    ]  # fmt: skip
    assert written[2]["text"].startswith("- a\n- [b](https://a.example/?x=1&y=2)")
    assert len({each["key"] for each in written}) == len(written)


def test_deep_and_long_texts_are_answered_soon() -> None:
    for text in (">" * 20_000, "- " * 20_000, "[" * 30_000, "*a **a " * 8_000, "`" * 30_000, "![" * 15_000,
                 "&" * 60_000, "[a](" * 10_000, "<" * 60_000, "> " * 5_000 + "x", "\\" * 60_000):  # fmt: skip
        for each in blocks_of(text):
            assert_safe(each["html"])


@pytest.mark.parametrize(
    ("made", "where"),
    [
        (block("image", **{**PICTURE, "alt": ""}), "b1-alt"),
        (block("image", **{**PICTURE, "alt": "the owls came back"}), "b1-alt"),
        (block("image", **PICTURE, decorative="yes"), "b1-alt"),
        (block("image", **{**PICTURE, "credit": " "}), "b1-credit"),
        (block("image", **{**PICTURE, "width": "wide"}), "b1-width"),
        (block("image", **{**PICTURE, "height": "0"}), "b1-height"),
        (block("image", **{**PICTURE, "url": "http://pictures.example/a.jpg"}), "b1-url"),
        (block("image", **{**PICTURE, "url": "javascript:alert(1)"}), "b1-url"),
        (block("image", **{**PICTURE, "url": "//pictures.example/a.jpg"}), "b1-url"),
        (block("image", **{**PICTURE, "media": "media_nothing"}), "b1-media"),
        (block("audio", **{**SOUND, "transcript": ""}), "b1-transcript"),
        (block("audio", **{**SOUND, "transcript": "***"}), "b1-transcript"),
        (block("audio", **{**SOUND, "length": "long"}), "b1-length"),
        (block("audio", **{**SOUND, "title": ""}), "b1-title"),
        (block("audio", **{**SOUND, "url": ""}), "b1-url"),
        (block("quote", text="Owls!"), "b1-who"),
        (block("quote", who="Ana"), "b1-text"),
        (block("embed", url="https://unknown.example/x", title="A film"), "b1-url"),
        (block("embed", url="https://youtube.com.evil.example/watch?v=abcdefghijk", title="A film"), "b1-url"),
        (block("embed", url="https://youtu.be/abcdefghijk"), "b1-title"),
        (block("link", url="ftp://a.example", text="x"), "b1-url"),
        (block("card", url="/news/story/owls"), "b1-title"),
        (block("heading"), "b1-text"),
        (block("heading", text="Owls", level="9"), "b1-level"),
        (block("text", text="![x](https://a.example/x.png)"), "b1-text"),
        (block("text", text="[x](/news/)"), "b1-text"),
        (block("text", text="x" * 60_001), "b1-text"),
    ],
)
def test_what_is_wrong_is_said_at_the_very_field(made: dict[str, str], where: str) -> None:
    assert list(wrong(made)) == [where]


def test_what_is_right_is_not_complained_about() -> None:
    right = [
        block("text", text="One.\n\nTwo [three](https://a.example)."),
        block("image", **PICTURE),
        block("image", **{**PICTURE, "alt": ""}, decorative="yes"),
        block("image", **{**PICTURE, "url": "/assets/demo/img/demo/bloom.svg"}),
        block("audio", **SOUND),
        block("embed", url="https://youtu.be/abcdefghijk?t=3", title="A film"),
        block("link", url="/news/section/water", text="Water"),
    ]
    assert wrong(*keyed(right), section="water", program="morning") == {}
    assert list(wrong(headline=" ", section="air", program="x", tags=("x" * 81,), authors=("a",) * 21)) == [
        "headline", "authors", "tags", "section", "program",
    ]  # fmt: skip
    assert list(wrong(*keyed([block("text", text="x")] * (MOST_BLOCKS + 1)))) == ["blocks"]
    assert "lead-alt" in wrong(image={**block("image", **PICTURE), "alt": ""})


def test_houses_that_show_videos() -> None:
    for url in ("https://www.youtube.com/watch?v=abcdefghijk&t=1", "https://youtu.be/abcdefghijk",
                "https://www.youtube.com/shorts/abcdefghijk", "https://m.youtube.com/embed/abcdefghijk"):  # fmt: skip
        found = embedded(url, "A film")
        assert found
        assert (found["provider"], found["url"]) == ("YouTube", "https://www.youtube.com/watch?v=abcdefghijk")
    assert embedded("https://vimeo.com/1", "x") is not None
    for url in ("https://notyoutube.com/watch?v=abcdefghijk", "https://evil.example/youtube.com"):
        assert embedded(url, "x") is None


kinds = st.sampled_from(sorted(FIELDS))
wishes = st.builds(
    lambda what, kind, key: f"add:{kind}:{key}" if what == "add" else f"{what}:{key}",
    st.sampled_from(["add", "up", "down", "remove", "nonsense"]),
    kinds | st.just("correction"),
    st.sampled_from(["", *(f"b{n}" for n in range(1, 12)), "b0", "x"]),
)


@given(st.lists(kinds, max_size=6), st.lists(wishes, max_size=12))
def test_no_button_loses_a_block(kinds: list[str], wishes: list[str]) -> None:
    blocks = keyed(empty(kind) for kind in kinds)
    for wish in wishes:
        before = {each["key"] for each in blocks}
        blocks, focus = arranged(blocks, wish)
        after = [each["key"] for each in blocks]
        assert len(set(after)) == len(after)
        assert focus in {"", *after}
        gone, new = before - set(after), set(after) - before
        assert (len(gone), len(new)) in {(0, 0), (0, 1), (1, 0)}
        assert not gone or wish == f"remove:{gone.pop()}"


def test_keys_are_each_their_own() -> None:
    odd = ["b2", "b2", "", "b0", "javascript", "b1", "B3", "b9999999"]
    keys = [each["key"] for each in keyed({"key": key, "type": "text"} for key in odd)]
    assert len(set(keys)) == len(odd)
    assert (keys[0], keys[5]) == ("b2", "b1")


texts = st.text(alphabet="ab \n.é", max_size=60)


@given(texts, texts)
def test_words_tell_both_texts(old: str, new: str) -> None:
    pieces = words(old, new)
    for how, text in (("new", new), ("gone", old)):
        said = "".join(each.text for each in pieces if each.how in ("same", how))
        assert said.rstrip("\n") == text.rstrip("\n")
    assert old != new or all(each.how == "same" for each in pieces)


def test_blocks_that_moved_changed_came_and_went() -> None:
    old = (block("text", key="b1", text="One."), block("quote", key="b2", text="Owls!", who="Ana"),
           block("text", key="b3", text="Three owls."),
           block("link", key="b4", text="x", url="https://x.example"))  # fmt: skip
    new = (old[2] | {"text": "Four owls."}, old[0], block("heading", key="b5", text="New", level=LEVELS[0]), old[1])
    found = differences(Written("A", blocks=old), Written("B", blocks=new, tags=("owls",)))
    assert [(each.name, each.how) for each in found] == [
        ("Headline", "changed"), ("Tags", "new"), ("Text", "changed"), ("Link", "gone"), ("Text", "same"),
        ("Heading", "new"), ("Quote", "same"),
    ]  # fmt: skip
    assert [(piece.how, piece.text) for piece in found[2].pieces] == [
        ("gone", "Three"), ("new", "Four"), ("same", " owls."),
    ]  # fmt: skip
    moved = differences(Written("A", blocks=old[:2]), Written("A", blocks=old[1::-1]))
    assert sorted(each.how for each in moved) == ["moved", "same"]


def test_hostile_differences_are_answered_soon() -> None:
    words("a b " * 20_000, "b a " * 20_000)
    words("\n" * 50_000, "x\n" * 25_000)
    words("a\nb\n" * 700, "b\na\na\n" * 450)


def test_corrections_are_the_rows_own() -> None:
    said = {"type": "correction", "html": "<p>It was two.</p>", "at": "2026-01-02"}
    invented = {"key": "b2", "type": "correction", "html": "<p>Never said.</p>", "at": ""}
    kept = {"key": "b1", **said}
    story = Written("x", blocks=(kept, invented, block("text", key="b3", text="One.")))
    assert [each["key"] for each in with_corrections(story, [said]).blocks] == ["b1", "b3"]
    bare = with_corrections(Written("x", blocks=(block("text", key="b3", text="One."),)), [said])
    assert [each["type"] for each in bare.blocks] == ["text", "correction"]
    assert with_corrections(bare, [said]) == bare


def test_empty_blocks_are_no_blocks() -> None:
    story = Written(
        "x", blocks=keyed([empty("text"), empty("heading"), block("text", text="One.")]), image=empty("image")
    )
    assert [each["type"] for each in without_empty(story).blocks] == ["text"]
    assert without_empty(story).image is None
    assert Written.of(story.as_json()) == story
