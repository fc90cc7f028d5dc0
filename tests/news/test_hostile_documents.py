"""Documents that mean harm, or that a machine has mangled: each is taken safely or refused, in bounded time."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from justhtml import JustHTML

from station.core.actor import COMMAND
from station.core.db import db
from station.news.cds import blocks
from station.news.cds.shapes import web_address
from station.news.markup import fragments, plain
from station.news.models import Story
from station.news.policies import printable, slugify, visible
from station.news.services import Taken, import_document
from tests.conftest import House
from tests.news.cds_documents import document, image, six_paragraphs, text, typed
from tests.news.test_feeds import publish

feedparser = pytest.importorskip("feedparser")

PATIENCE = 20  # seconds, many times what any of these takes: what is quadratic takes minutes


def take(house: House, made: Any) -> Taken:
    begun = time.monotonic()
    taken = import_document(made, house.news.id, COMMAND)
    assert time.monotonic() - begun < PATIENCE
    return taken


def row(cds_id: str = "nx-s1-1") -> Story:
    db.session.rollback()
    return db.session.scalars(sa.select(Story).where(Story.cds_id == cds_id)).one()


ATTACKS = [
    "<script>alert(1)</script>Words",
    "<img src=x onerror=alert(1)>Words",
    "<a href='javascript:alert(1)'>Words</a>",
    "<a href='java\nscript:alert(1)'>Words</a>",
    "<a href='&#106;avascript:alert(1)'>Words</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>Words</a>",
    "<a href='vbscript:x'>Words</a>",
    "<svg onload=alert(1)>Words</svg>Words",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>Words",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style>Words",
    "<p style='background:url(javascript:alert(1))' onclick=alert(1)>Words</p>",
    "<form action=/give><input name=x autofocus onfocus=alert(1)>Words</form>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>Words",
    "<base href='//evil.example/'>Words",
    "<object data=x></object><embed src=x>Words",
    "<!--<img src=x onerror=alert(1)>-->Words",
    "<![CDATA[<script>alert(1)</script>]]>Words",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>Words</p></noscript>Words",
    "{% raw %}{# config #}Words",
    "</article></main><h1>Words</h1><!--slot-->",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_markup_reaches_a_reader_as_it_came(house: House, client: FlaskClient, attack: str) -> None:
    made = document(
        text(attack),
        image(caption=attack, altText=attack, producer=attack),
        typed("pull-quote", quote=attack, attributionParty=attack),
        typed("html-block", html=attack),
        typed(
            "promo-card",
            title=attack,
            eyebrowText=attack,
            documentLink={
                "href": "/v1/documents/9",
                "embed": {
                    "id": "9",
                    "title": attack,
                    "webPages": [{"href": "https://www.npr.org/9", "rels": ["canonical"]}],
                },
            },
        ),
        *six_paragraphs(),
        hero=1,
        title=f"Lake {attack}",
        teaser=attack,
        subtitle=attack,
        seoTitle=attack,
        corrections=[{"href": "#/assets/wrong"}],
        bylines=[{"href": "#/assets/by"}],
    )
    made["assets"] |= {"wrong": typed("correction", text=attack, dateTime="2026-03-02T09:00:00Z")}
    made["assets"] |= {"by": typed("byline", name=attack)}
    assert take(house, made).outcome == "added"
    slug = row().slug
    for path in (f"/news/story/{slug}", f"/text/news/story/{slug}", "/news/", "/text/news/"):
        page = client.get(path)  # the harness parses it strictly, and refuses what would run
        assert page.status_code == 200
        assert dangers(page.text) == [], path
    for path in ("/news/feed.rss", "/news/feed.atom", "/news/feed.json"):
        bodies = [
            each.content[0].value for each in feedparser.parse(client.get(path).data).entries if each.get("content")
        ]
        assert [found for body in bodies for found in dangers(body)] == [], path


SCHEMES = ("http://", "https://", "mailto:", "tel:", "/", "#", "?", "data:,")


def dangers(page: str) -> list[str]:
    """What would run, load or send a reader away by itself."""
    found = []
    for node in JustHTML(page, sanitize=False).query("*"):
        attrs = node.attrs or {}
        if node.name in ("iframe", "object", "embed", "math", "base", "template", "noscript"):
            found.append(f"<{node.name}>")
        if node.name == "script" and attrs.get("type") != "application/ld+json":
            found.append("a script")
        if node.name == "form" and attrs.get("action") not in ("/news/search", "/text/news/search"):
            found.append("a form")
        found += [
            f"{name} on <{node.name}>" for name in attrs if name.startswith("on") or name in ("style", "srcdoc")
        ]
        for name in ("href", "src", "action"):
            address = attrs.get(name)
            relative = page.startswith("<!") and node.name == "a" and address and ":" not in address
            if address is not None and not address.startswith(SCHEMES) and not relative:
                found.append(f"{name}={address!r}")
    return found


@pytest.mark.parametrize(
    "deep", ["<b>", "<blockquote>", "<ul><li>", "<b><i><p>", "<table><tr><td>", "<a href=https://x.example>"]
)
def test_deep_markup(house: House, client: FlaskClient, deep: str) -> None:
    """As deep as a text may be long; what is too deep for a browser may lose its elements, never its safety."""
    taken = take(house, document(text(deep * (190_000 // len(deep)) + "Words"), *six_paragraphs()))
    assert taken.outcome in ("added", "refused")
    if taken.outcome == "added":
        assert client.get(f"/news/story/{row().slug}").status_code == 200


def test_deep_json(house: House) -> None:
    inner: Any = "x"
    for _ in range(100_000):
        inner = [inner]
    taken = take(house, document(*six_paragraphs(), layoutish=inner))
    assert (taken.outcome, taken.why) == ("refused", "it is nested too deeply")


def test_ten_megabytes(house: House) -> None:
    taken = take(house, document(*six_paragraphs(), notes_of_ours="x" * 10_000_000))
    assert (taken.outcome, taken.why) == ("refused", "it is larger than 4 MB")


def test_one_long_text_named_a_thousand_times(house: House) -> None:
    made = document(text("word " * 38_000))
    made["layout"] *= 1_900
    assert "more than 2,000,000 letters" in take(house, made).why


def test_a_hundred_thousand_of_everything(house: House, client: FlaskClient) -> None:
    few = 40_000  # so that the document still is under 4 MB
    many = [{"href": "/v1/documents/1", "rels": ["topic"]}] * few
    assert take(house, document(*six_paragraphs(), collections=many * 3)).why == "it is larger than 4 MB"
    taken = take(
        house,
        document(
            *six_paragraphs(), collections=[{"href": f"/v1/documents/{n}", "rels": ["topic"]} for n in range(few)]
        ),
    )
    assert taken.outcome == "added"
    wrong = {"wrong": typed("correction", text="It was Elko.", dateTime="2026-03-02T09:00:00Z")}
    for field in ("corrections", "bylines", "images", "audio", "videos", "webPages"):
        made = document(*six_paragraphs(), **{field: [{"href": "#/assets/wrong"}] * few})
        made["assets"] |= wrong
        made["editorialLastModifiedDateTime"] = "2026-03-02T08:00:00-05:00"
        assert take(house, made).outcome in ("updated", "unchanged"), field
    assert sum(each["type"] == "correction" for each in row().blocks) <= blocks.MOST_CORRECTIONS
    assert client.get(f"/news/story/{row().slug}").status_code == 200


def test_a_hundred_thousand_pictures(house: House) -> None:
    gallery = typed("image-gallery", layout=[{"href": "#/assets/nx-s1-1-1"}] * 40_000)
    crops = {**image(), "enclosures": [{"href": f"https://media.example.org/{n}.jpg"} for n in range(5_000)]}
    made = document(gallery, crops, *six_paragraphs())
    made["layout"] += [{"href": "#/assets/nx-s1-1-1"}] * 1_000
    assert take(house, made).outcome == "added"


def test_layouts_that_hold_themselves(house: House) -> None:
    ring = typed("list", layout=[{"href": "#/assets/two"}, {"href": "#/assets/words"}])
    made = document(*six_paragraphs())
    made["assets"] |= {"one": ring, "two": typed("inset", layout=[{"href": "#/assets/one"}]), "words": text("Ring.")}
    made["layout"] = [{"href": "#/assets/one"}] * 3 + made["layout"]
    taken = take(house, made)
    assert taken.outcome == "added"
    assert sum("Ring." in str(each) for each in row().blocks) == 1


@pytest.mark.parametrize(
    "pointer",
    [
        "#/assets/../assets/nx-s1-1-0",
        "#/assets/nx-s1-1-0/text",
        "#/assets/",
        "#/assets/__class__",
        "#/assets/%00",
        "#/assets/~",
        "#/title",
        "https://evil.example/#/assets/nx-s1-1-0",
        "/v1/documents/nx-s1-2#/assets/nx-s1-1-0",
        "file:///etc/passwd",
    ],
)
def test_a_pointer_leads_into_the_assets_or_nowhere(house: House, pointer: str) -> None:
    made = document(text("Secret."), *six_paragraphs())
    made["layout"][0] = {"href": pointer}
    assert take(house, made).left_out == ("1 x an asset that is not there",)
    assert "Secret." not in str(row().blocks)


def test_an_id_is_the_same_in_any_case_and_holds_nothing_else(house: House) -> None:
    assert take(house, document(*six_paragraphs(), cds_id="NX-S1-7")).outcome == "added"
    assert take(house, document(*six_paragraphs(), cds_id="nx-s1-7")).outcome == "updated", "other assets, same story"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Story)) == 1
    for wrong in ("nx s1", "../../etc", "<script>", "a\u202eb/", "%00", "nx-s1-1/../2", "-x"):
        taken = take(house, document(*six_paragraphs(), cds_id=wrong))
        assert (taken.outcome, taken.cds_id) == ("refused", ""), wrong
        assert "id" in taken.why


def test_nobody_takes_the_address_of_a_local_story(house: House, client: FlaskClient) -> None:
    publish(house, "Lake level rises after a wet winter")
    taken = take(
        house,
        document(
            *six_paragraphs(),
            slug="lake-level-rises-after-a-wet-winter",
            webPages=[
                {"href": "http://localhost/news/story/lake-level-rises-after-a-wet-winter", "rels": ["canonical"]}
            ],
        ),
    )
    assert taken.outcome == "added"
    assert row().slug == "lake-level-rises-after-a-wet-winter-2"
    assert "One &amp; all" in client.get("/news/story/lake-level-rises-after-a-wet-winter").text


@pytest.mark.parametrize(
    "template",
    [
        "javascript:{width}",
        "//evil.example/{width}",
        "https://a.example/{width} 9w, https://evil.example/x",
        'https://a.example/{width}"onerror="alert(1)',
        "https://a.example/{width}{secret}",
        "https://user:pass@a.example/{width}",
        "https://a.example/{width}" + "x" * 3000,
        "{width}",
        "http://a.example/{width}",
        "https://a.example\\@evil.example/{width}",
    ],
)
def test_a_template_of_addresses_is_one_of_pictures_or_none(house: House, client: FlaskClient, template: str) -> None:
    made = document(image(), *six_paragraphs(), hero=0)
    made["assets"]["nx-s1-1-0"]["enclosures"][0]["hrefTemplate"] = template
    assert take(house, made).outcome == "added"
    assert row().image is not None
    assert row().image["srcset"] == "", template  # type: ignore[index]
    assert client.get(f"/news/story/{row().slug}").status_code == 200


def test_a_comma_in_a_template_is_no_second_address(house: House) -> None:
    made = document(image(), *six_paragraphs(), hero=0)
    made["assets"]["nx-s1-1-0"]["enclosures"][0]["hrefTemplate"] = "https://a.example/{width},q{quality}.{format}"
    take(house, made)
    widths = (480, 800, 1200)
    wanted = ", ".join(f"https://a.example/{width}%2Cq80.webp {width}w" for width in widths)
    assert row().image["srcset"] == wanted  # type: ignore[index]


def test_marks_that_turn_or_pile_up_letters(house: House, client: FlaskClient) -> None:
    turned = document(
        text("Body \u202etxet\u202c and &#8238;more &#1;&#x202E;"),
        *six_paragraphs(),
        title="\u202eevil\u2066 Lake\u0007 \ufeffrises\u2069 &#8238;up",
        teaser="a" + "\u0301" * 200,
    )
    assert take(house, turned).outcome == "added"
    assert row().headline == "evil Lake rises up"
    assert row().slug == "evil-lake-rises-up"
    assert row().teaser == "a" + "\u0301" * 4
    assert "\u202e" not in json.dumps(row().blocks, ensure_ascii=False)
    assert client.get("/news/story/evil-lake-rises-up").status_code == 200
    hidden = take(house, document(*six_paragraphs(), cds_id="nx-s1-2", title="\u200b\u2060\u00ad"))
    assert (hidden.outcome, hidden.why) == ("refused", "title is missing")
    for title, slug in {
        "Ñandú 👩🏽‍🚀 vuela": "nandu-vuela",
        "👩🏽‍🚀": "story",
        "العربية": "story-2",
        "Cafe\u0301 ﬁne ⅷ": "cafe-fine-viii",
        "İstanbul": "istanbul",
        "../../etc/passwd": "etc-passwd",
        "feed.rss?x=1#y": "feed-rss-x-1-y",
    }.items():
        cds_id = f"nx-s1-{abs(hash(title))}"
        assert take(house, document(*six_paragraphs(), cds_id=cds_id, title=title)).outcome == "added"
        assert row(cds_id).slug == slug
        assert client.get(f"/news/story/{slug}").status_code == 200
        assert client.get(f"/text/news/story/{slug}").status_code == 200


def test_what_only_looks_like_yes_opens_no_recording(house: House) -> None:
    enclosures = [{"href": "https://media.example.org/a.mp3", "type": "audio/mpeg"}]
    flags: dict[str, Any] = {"isDownloadable": "false", "isStreamable": 1, "isEmbeddable": [True]}
    shut = typed("audio", enclosures=enclosures, embeddedPlayerLink={"href": "https://www.npr.org/p"}, **flags)
    made = document(shut, *six_paragraphs(), audio=[{"href": "#/assets/nx-s1-1-0"}])
    take(house, made)
    assert "a.mp3" not in str(row().blocks)
    open_but_gone = {"isDownloadable": True, "isStreamable": True, "isAvailable": "false"}
    made["assets"]["nx-s1-1-0"] = typed("audio", enclosures=enclosures, **open_but_gone)
    take(house, made)
    assert "a.mp3" not in str(row().blocks)


def test_words_enough_to_burst_an_index(house: House) -> None:
    """PostgreSQL takes no tsvector of more than 1 MB."""
    pieces = [text(" ".join(f"w{number}x{at}" for at in range(9_000))) for number in range(16)]
    taken = take(house, document(*pieces, teaser=" ".join(f"t{n}" for n in range(30_000))))
    assert taken.outcome == "added"
    assert len(row().teaser) <= 1_000


@given(st.text())
def test_printable_is_printable(words: str) -> None:
    kept = printable(words)
    assert printable(kept) == kept
    kept.encode()
    assert "\x00" not in kept
    for said in (plain(words), "".join(each.html for each in fragments(words))):
        assert printable(said) == said


def test_addresses_of_the_web() -> None:
    assert web_address(" https://www.npr.org/a?b=c ") == "https://www.npr.org/a?b=c"
    for wrong in (
        "https://npr.org@evil.example/",
        "https://a.example/\x01",
        "https://a.example/a b",
        "https:\\\\evil",
        "//x.example/",
        "https://[::1",
        "https://a.example\\b",
        "ftp://a.example/",
    ):
        assert web_address(wrong) == "", wrong
    assert (visible("\u200b \u0301"), visible("5"), visible("👍")) == (False, True, True)
    assert slugify("\u202e") == "story"
