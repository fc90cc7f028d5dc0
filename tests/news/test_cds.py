"""What NPR's documents hold, beyond words and pictures: sound, boxes, galleries, people, programs, others' pages."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.news.cds.around import Around, wanted
from station.news.cds.document import CdsStory, Withdrawn, read
from station.news.cds.shapes import Refused
from tests.news.cds_documents import RESTRICTED, document, image, six_paragraphs, text, typed

MP3 = {"href": "https://media.example.org/a.mp3?t=1", "type": "audio/mpeg", "fileSize": 4_962_474}
MP4 = {"href": "https://media.example.org/a.mp4", "type": "audio/mp4"}
HLS = {"href": "https://media.example.org/a.m3u8", "type": "application/vnd.apple.mpegurl"}


def audio(*enclosures: dict[str, Any], **fields: Any) -> dict[str, Any]:
    known = {
        "isAvailable": True,
        "isDownloadable": True,
        "isEmbeddable": True,
        "isStreamable": False,
        "duration": 310,
    }
    return typed("audio", enclosures=list(enclosures), title="The lake", **{**known, **fields})


def heard(recording: dict[str, Any], rels: list[str] | None = None, **fields: Any) -> dict[str, Any]:
    made = document(*six_paragraphs(), **fields)
    made["assets"]["sound"] = recording
    made["audio"] = [{"href": "#/assets/sound", **({"rels": rels} if rels else {})}]
    return made


def blocks(made: dict[str, Any], around: Around | None = None) -> list[dict[str, Any]]:
    found = read(made, around or Around())
    assert isinstance(found, CdsStory)
    return list(found.draft.blocks)


def kinds(made: dict[str, Any], around: Around | None = None) -> list[str]:
    return [block["type"] for block in blocks(made, around) if block["type"] != "text"]


def story(made: dict[str, Any], around: Around | None = None) -> CdsStory:
    found = read(made, around or Around())
    assert isinstance(found, CdsStory)
    return found


# Sound --------------------------------------------------------------------------------------------


def test_the_recording_stands_first_with_its_mp3_though_nothing_names_it() -> None:
    first = blocks(heard(audio(HLS, MP4, MP3)))[0]
    assert first["type"] == "audio"
    assert (first["url"], first["mime"], first["seconds"], first["download"]) == (
        MP3["href"],
        "audio/mpeg",
        310,
        True,
    )


def test_a_recording_in_the_layout_too_is_shown_once() -> None:
    made = heard(audio(MP3))
    made["layout"].insert(3, {"href": "#/assets/sound"})
    assert kinds(made) == ["audio"]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"isAvailable": False}, []),
        ({RESTRICTED: True}, []),
        ({"isDownloadable": False, "isEmbeddable": False}, []),
        ({"isDownloadable": False, "isStreamable": True}, ["audio"]),
        ({"isDownloadable": False, "embeddedPlayerLink": {"href": "https://player.example.org/1"}}, ["audio"]),
        ({"isDownloadable": False, "embeddedPlayerLink": {"href": "javascript:alert(1)"}}, []),
        ({"isDownloadable": False, "embeddedPlayerLink": "no link"}, []),
    ],
)
def test_sound_is_played_as_far_as_its_owner_lets_us(changes: dict[str, Any], shown: list[str]) -> None:
    assert kinds(heard(audio(MP3, **changes))) == shown


def test_premium_sound_is_never_taken() -> None:
    assert kinds(heard(audio({**MP3, "rels": ["premium"]}))) == []
    assert kinds(heard(audio(MP3), rels=["premium"])) == []
    assert blocks(heard(audio({**MP3, "rels": ["premium"]}, MP4)))[0]["url"] == MP4["href"]


@pytest.mark.parametrize("where", ["audio", "premiumAudio", "both"])
def test_what_is_premium_by_its_link_is_shown_nowhere(where: str) -> None:
    made = heard(audio(MP3))
    made["layout"].insert(3, {"href": "#/assets/sound"})
    if where != "audio":
        made["premiumAudio"] = [{"href": "#/assets/sound"}]
    if where != "premiumAudio":
        made["audio"] = [{"href": "#/assets/sound", "rels": ["primary", "premium"]}]
    made["assets"]["inset"] = typed("inset", layout=[{"href": "#/assets/sound"}])
    made["layout"].append({"href": "#/assets/inset"})
    found = story(made)
    assert [block["type"] for block in found.draft.blocks] == ["text"] * 6
    assert MP3["href"] not in str(found.draft)
    assert found.left_out == ("1 x a premium recording",)


def test_a_free_recording_beside_a_premium_one_is_heard() -> None:
    made = heard(audio(MP3), rels=["premium"])
    made["assets"]["free"] = audio(MP4)
    made["audio"].append({"href": "#/assets/free"})
    assert [block["url"] for block in blocks(made) if block["type"] == "audio"] == [MP4["href"]]


def test_a_stream_that_expired_is_not_offered() -> None:
    assert kinds(heard(audio(MP3, streamExpirationDateTime="2026-03-04T00:00:00-05:00"))) == []
    first = blocks(heard(audio(MP3, streamExpirationDateTime="2199-03-04T00:00:00-05:00")))[0]
    assert (first["url"], first["until"]) == (MP3["href"], "2199-03-04T05:00:00+00:00")
    with pytest.raises(Refused, match="streamExpirationDateTime is not a date"):
        read(heard(audio(MP3, streamExpirationDateTime="soon")))


def test_what_a_sponsor_wrote_is_no_story() -> None:
    found = read(document(*six_paragraphs(), nprDisplayType="SponsorContentStory"))
    assert isinstance(found, Withdrawn)
    assert "sponsored" in found.why
    assert isinstance(read(document(*six_paragraphs(), nprDisplayType="NewsStory")), CdsStory)


def test_a_correction_in_the_layout_too_is_printed_once() -> None:
    wrong = typed("correction", text="It is a lake.", dateTime="2026-03-03T22:00:00-08:00")
    made = document(*six_paragraphs(), wrong)
    made["corrections"] = [{"href": "#/assets/nx-s1-1-6"}, {"href": "#/assets/nx-s1-1-6"}]
    assert kinds(made) == ["correction"]
    made["corrections"] = []
    assert kinds(made) == ["correction"], "in the layout alone"


def test_a_length_that_nobody_gives_is_reckoned_from_the_size() -> None:
    assert blocks(heard(audio(MP3, duration=None)))[0]["seconds"] == 310
    assert blocks(heard(audio(MP4, duration="long")))[0]["seconds"] == 0


def test_a_segment_without_words_is_its_sound() -> None:
    made = heard(audio(MP3), layout=[])
    assert [block["type"] for block in blocks(made)] == ["audio"]
    made["assets"]["sound"]["isAvailable"] = False
    with pytest.raises(Refused, match="no text to show"):
        read(made)


def test_a_transcript_comes_with_its_own_document() -> None:
    made = heard(audio(MP3, transcriptLink={"href": "/v1/documents/tr-1", "rels": ["extension"]}))
    assert wanted(made) >= {"tr-1"}
    words = {"id": "tr-1", "text": "<p>HOST: Good morning.<script>x()</script></p>"}
    assert blocks(made, Around.of([words]))[0]["transcript"] == "<p>HOST: Good morning.</p>"
    assert blocks(made)[0]["transcript"] == ""
    elsewhere = heard(audio(MP3, transcriptWebPageLink={"href": "https://www.npr.org/transcripts/1"}))
    assert blocks(elsewhere)[0]["transcript_url"] == "https://www.npr.org/transcripts/1"


# Boxes, galleries, containers ---------------------------------------------------------------------


def test_a_card_leads_to_us_else_to_its_owner_else_nowhere() -> None:
    card = typed(
        "promo-card",
        title="More on the lake",
        teaser="What it <b>means</b>",
        eyebrowText="Water",
        documentLink={"href": "/v1/documents/nx-s1-9"},
    )
    made = document(*six_paragraphs(), card)
    assert kinds(made) == []
    assert story(made).left_out == ("1 x an empty promo-card",)
    owned = {"id": "nx-s1-9", "webPages": [{"href": "https://www.npr.org/9", "rels": ["canonical"]}]}
    assert blocks(made, Around.of([owned]))[-1] == {
        "type": "card",
        "title": "More on the lake",
        "url": "https://www.npr.org/9",
        "label": "Water",
        "teaser": "What it means",
    }
    assert blocks(made, Around.of([owned], {"nx-s1-9": "/news/story/nine"}))[-1]["url"] == "/news/story/nine"
    closed = {**owned, RESTRICTED: True}
    assert kinds(made, Around.of([closed])) == []


def test_a_gallery_keeps_its_pictures() -> None:
    made = document(*six_paragraphs())
    made["assets"] |= {
        "a": image("https://media.example.org/1.jpg"),
        "b": image("https://media.example.org/2.jpg"),
        "c": image("https://media.example.org/3.jpg", **{RESTRICTED: True}),
        "g": typed("image-gallery", title="The shore", layout=[{"href": f"#/assets/{n}"} for n in "abc"]),
    }
    made["layout"].append({"href": "#/assets/g"})
    gallery = blocks(made)[-1]
    assert (gallery["type"], len(gallery["images"]), gallery["title"]) == ("gallery", 2, "The shore")


def test_containers_open_once_however_they_hold_each_other() -> None:
    made = document(*six_paragraphs())
    made["assets"] |= {
        "box": typed(
            "container", layout=[{"href": "#/assets/in"}, {"href": "#/assets/words"}, {"href": "#/assets/box"}]
        ),
        "in": typed("inset", layout=[{"href": "#/assets/box"}] * 50),
        "words": text("Inside the box."),
    }
    made["layout"] += [{"href": "#/assets/box"}, {"href": "#/assets/in"}]
    assert [block["html"] for block in blocks(made)][-1] == "<p>Inside the box.</p>"
    assert any("inside itself" in line for line in story(made).left_out)


def test_parts_of_the_owners_page_stay_there() -> None:
    made = document(*six_paragraphs())
    made["layout"][5]["rels"] = ["footer"]
    assert len(blocks(made)) == 5


def test_links_videos_and_notes() -> None:
    made = document(
        *six_paragraphs(),
        typed("external-link", externalLink={"href": "https://lake.example.org/data"}, linkText="The data"),
        typed("external-link", externalLink={"href": "javascript:alert(1)"}, linkText="Bad"),
        typed("youtube-video", videoId="dQw4w9WgXcQ", headline="A <i>song</i>"),
        typed("youtube-video", videoId='"><script>', headline="Bad"),
        typed(
            "player-video", enclosures=[{"href": "https://media.example.org/v.mp4", "rels": ["mp4-high"]}], title="V"
        ),
        typed("stream-player-video", enclosures=[HLS]),
        typed("note", text="Updated with the lake's answer."),
        typed("tweet", tweetId="1"),
    )
    assert kinds(made) == ["link", "embed", "video"]
    assert "1 x a tweet" in story(made).left_out
    assert blocks(made)[-1] == {"type": "text", "html": "<p>Updated with the lake's answer.</p>", "paragraph": False}


# Filing -------------------------------------------------------------------------------------------


def test_people_programs_and_series_by_name() -> None:
    made = document(
        *six_paragraphs(),
        bylines=[{"href": "#/assets/by"}, {"href": "#/assets/ref"}],
        collections=[
            {"href": "/v1/documents/1017", "rels": ["topic", "slug"]},
            {"href": "/v1/documents/3", "rels": ["program"]},
            {"href": "/v1/documents/777", "rels": ["series"]},
            {"href": "/v1/documents/778"},
        ],
        subtitle="What it means",
        seoTitle="Lake",
        socialTitle="The lake!",
        robotsNoIndex=True,
        editorialMajorUpdateDateTime="2026-03-02T09:00:00-05:00",
    )
    made["assets"] |= {
        "by": typed("byline", name="Ana Peña"),
        "ref": typed("reference-byline", bylineDocuments=[{"href": "/v1/documents/55", "rels": ["biography"]}]),
    }
    assert wanted(made) == {"1017", "3", "777", "55"}
    person = {
        "id": "55",
        "title": "Lee Ito",
        "webPages": [{"href": "https://www.npr.org/people/55", "rels": ["canonical"]}],
    }
    draft = story(made, Around.of([person, {"id": "777", "title": "The River"}])).draft
    assert (draft.byline, [each.cds_id for each in draft.authors]) == ("Ana Peña and Lee Ito", ["", "55"])
    assert [draft.program and draft.program.name] == ["Morning Edition"]
    assert [tag.name for tag in draft.tags] == ["The River"]
    assert (draft.deck, draft.seo_title, draft.social_title, draft.noindex) == (
        "What it means",
        "Lake",
        "The lake!",
        True,
    )
    assert draft.revised_at is not None
    assert story(made).draft.byline == "Ana Peña", "a person who cannot be fetched costs the story nothing"


def test_an_owner_that_the_station_named_gets_its_line() -> None:
    service = [{"href": "https://organization.api.npr.org/v4/services/s921"}]
    made = document(*six_paragraphs(), owners=service, brandings=service)
    with pytest.raises(Refused, match="service s921"):
        read(made)
    assert story(made, Around(owners={"s921": ("Radio Milwaukee", "")})).draft.owner == "Radio Milwaukee"


@pytest.mark.parametrize(
    "href", ["#/assets/", "#/assets/..", "#/assets/__class__", "#/assets/a~1b", "/assets/x", "", "#"]
)
def test_links_that_trick_lead_to_their_asset_or_nowhere(href: str) -> None:
    made = document(
        *six_paragraphs(), layout=[{"href": href}, *[{"href": f"#/assets/nx-s1-1-{n}"} for n in range(6)]]
    )
    made["assets"]["a/b"] = text("The one with a slash.")
    assert len(blocks(made)) == (7 if href.endswith("a~1b") else 6)


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    "layout",
    "assets",
    "audio",
    "images",
    "bylines",
    "corrections",
    "collections",
    "webPages",
    "owners",
    "title",
    "profiles",
    "meta",
    "publishDateTime",
    "teaser",
    "subtitle",
    "embed",
    "robotsNoIndex",
)


@given(
    st.dictionaries(st.sampled_from(FIELDS), JSONS, max_size=4),
    st.dictionaries(st.text(max_size=8), JSONS, max_size=3),
)
@settings(max_examples=300)
def test_whatever_a_field_holds_a_document_is_read_or_refused(changes: dict[str, Any], asset: dict[str, Any]) -> None:
    made = {**heard(audio(MP3)), **changes}
    if isinstance(made.get("assets"), dict):
        made["assets"] = {**made["assets"], "nx-s1-1-0": asset, "sound": {**asset, **audio(MP3)}}
    wanted(made)
    with suppress(Refused):
        read(made, Around.of([made, asset]))


@pytest.mark.parametrize(
    ("last", "left"),
    [
        ("Who knows? Copyright 2013 NPR. To see more, visit http://www.npr.org/.", "<p>Who knows?</p>"),
        ("Copyright 2013 NPR. To see more, visit <a href='https://www.npr.org/'>npr.org</a>.", ""),
        ("He spoke of Copyright 2013 NPR.", "<p>He spoke of Copyright 2013 NPR.</p>"),
    ],
)
def test_the_copyright_line_is_printed_by_us_alone(last: str, left: str) -> None:
    found = blocks(document(*six_paragraphs(), text(last)))
    assert (found[6]["html"] if len(found) > 6 else "") == left
