"""The editor over HTTP: writing without a script, keeping, two editors, revisions, preview, and bad input."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.events import Event
from station.core.ids import public_id
from station.news.drafts import Author, StoryDraft, Topic, text_blocks
from station.news.models import Origin, Section, Story, StoryAutosave, StoryPerson, StoryRevision, StoryState
from station.news.queries.editing import newest_version, unpublished_changes
from station.news.services import import_document, publish_story, retract_story
from station.news.services.editing import NotOurs, begin_story, put_out, save_story
from station.news.services.writing import tell
from tests.browsing import token_of
from tests.conftest import House
from tests.news.cds_documents import document, six_paragraphs
from tests.news.test_pages import place_credit
from tests.news.test_writing import PICTURE

Fields = dict[str, Any]


@pytest.fixture
def bettina(desk: Callable[..., FlaskClient]) -> FlaskClient:
    return desk("news")


@pytest.fixture
def carl(desk: Callable[..., FlaskClient]) -> FlaskClient:
    return desk("news", "underwriting")


@pytest.fixture
def draft(house: House) -> str:
    """A new story's public id."""
    return public_id("story", begin_story(house.news.id, "Owls return", COMMAND))


@pytest.fixture
def out(house: House) -> str:
    """A story that is out, and was never edited at the desk."""
    story = StoryDraft(
        "Owls return", text_blocks("<p>One.</p><p>Two <b>owls</b>.</p>"), clock.now() - timedelta(hours=1),
        house.news.name, topics=[Topic("Water")], authors=[Author("Ana Peña")], byline="Ana Peña",
    )  # fmt: skip
    return public_id("story", publish_story(story, house.news.id, COMMAND))


def at(story: str, tail: str = "edit") -> str:
    return f"/desk/stories/{story}/{tail}"


def fields(page: str) -> Fields:
    """What the form of the editor holds, as a browser would send it."""
    form = re.sub(
        r"<template.*?</template>", "", page.partition('id="editor"')[2].partition("</form>")[0], flags=re.S
    )
    found: dict[str, list[str]] = {}
    control = re.compile(
        r"<input([^>]*)>|<textarea([^>]*)>\r?\n?(.*?)</textarea>|<select([^>]*)>(.*?)</select>", re.S
    )
    for tag, area, text, select, options in control.findall(form):
        attributes = tag or area or select
        name, value = (re.search(rf'{each}="([^"]*)"', attributes) for each in ("name", "value"))
        if 'type="checkbox"' in attributes and " checked" not in attributes:
            continue
        if select:
            value = re.search(r'<option selected value="([^"]*)"', options)
        assert name
        found.setdefault(name[1], []).append(unescaped(text if area else value[1] if value else ""))
    return dict(found)


def unescaped(text: str) -> str:
    for code, letter in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        text = text.replace(code, letter)
    return text


def send(browser: FlaskClient, story: str, do: str = "save", page: Any = None, **typed: Any) -> Any:
    """Fill the form in as it is (or as `page` has it), with these changes, and press a button."""
    filled = fields((page or browser.get(at(story))).text)
    return browser.post(at(story), data={**filled, **{k.replace("_of_", "-"): v for k, v in typed.items()}, "do": do})


def row(story: str) -> Story:
    db.session.rollback()
    return db.session.scalars(sa.select(Story).where(Story.headline != "").order_by(Story.id.desc())).first()  # type: ignore[return-value]


def test_a_story_from_its_headline_to_a_draft(house: House, bettina: FlaskClient, client: FlaskClient) -> None:
    page = "/desk/stories/new"
    token = token_of(bettina, page)
    assert "Enter the headline." in bettina.post(page, data={"csrf_token": token, "station": "news"}).text
    made = bettina.post(page, data={"csrf_token": token, "headline": "Owls return", "station": "classical"})
    assert made.status_code == 303
    story = row("")
    assert made.headers["Location"] == at(public_id("story", story.id))
    assert (story.state, story.published_at, story.slug, story.station_id, story.owner) == (
        StoryState.DRAFT, None, "owls-return", house.classical.id, house.classical.name,
    )  # fmt: skip
    assert client.get("/classical/story/owls-return").status_code == 404
    opened = bettina.get(made.headers["Location"])
    assert "Nothing is written yet." in opened.text
    assert opened.headers["Cache-Control"] == "no-store"


def test_buttons_bring_the_page_back_with_all_that_was_typed(bettina: FlaskClient, draft: str) -> None:
    page = send(bettina, draft, "add:text", headline="Owls “come” back")
    assert page.status_code == 200
    page = send(bettina, draft, "add:image:b1", page, b1_of_text="One <owl>.\n\nTwo & three.")
    assert 'id="part-b2"' in page.text
    assert re.search(r'<section[^>]* id="part-b2"[^>]* autofocus', page.text), "the writer goes on in the new block"
    page = send(bettina, draft, "up:b2", page, b2_of_alt="Owls", note="First words")
    assert fields(page.text)["block"] == ["b2 image", "b1 text"]
    assert re.search(r'<section[^>]* id="part-b2"[^>]* autofocus', page.text)
    page = send(bettina, draft, "add:quote", page)
    page = send(bettina, draft, "remove:b3", page)
    held = fields(page.text)
    assert held["block"] == ["b2 image", "b1 text"]
    assert (held["headline"], held["b1-text"], held["b2-alt"], held["note"]) == (
        ["Owls “come” back"], ["One <owl>.\n\nTwo & three."], ["Owls"], ["First words"],
    )  # fmt: skip
    assert db.session.scalars(sa.select(StoryRevision.number)).all() == [1], "nothing was saved by that"


def test_what_is_wrong_comes_back_to_its_field_and_saving_makes_a_revision(bettina: FlaskClient, draft: str) -> None:
    page = send(bettina, draft, "add:image", send(bettina, draft, "add:text"), b1_of_text="Owls are *back*.")
    wrong = send(
        bettina, draft, "save", page, **{f"b2_of_{name}": value for name, value in PICTURE.items() if name != "alt"}
    )
    assert wrong.status_code == 422
    assert '<a href="#b2-alt">Describe the picture' in wrong.text
    assert re.search(r'<textarea[^>]*aria-invalid="true"[^>]* id="b2-alt"', wrong.text)
    assert "<title>Error: " in wrong.text
    saved = send(
        bettina,
        draft,
        "save",
        wrong,
        b2_of_alt="Two owls on a fence.",
        note="With a picture",
        headline="Owls are back",
    )
    assert saved.status_code == 303, fields(saved.text)
    story = row(draft)
    assert [each["type"] for each in story.blocks] == ["text", "image"]
    assert story.blocks[0]["html"] == "<p>Owls are <em>back</em>.</p>"
    assert story.blocks[1]["alt"] == "Two owls on a fence."
    assert (story.headline, story.slug, story.revision) == ("Owls are back", "owls-are-back", 2)
    kept = db.session.scalars(sa.select(StoryRevision).where(StoryRevision.number == 2)).one()
    assert (kept.note, kept.who) == ("With a picture", "News Person")
    again = send(bettina, draft)
    assert "Saved as revision 2." in bettina.get(again.headers["Location"]).text, "the same again is no new revision"
    told = db.session.scalars(sa.select(Event.name).where(Event.name.startswith("news.story"))).all()
    assert sorted(told) == ["news.story.begun", "news.story.saved"]


def test_a_story_that_is_out_changes_for_readers_when_it_is_put_out(
    house: House, bettina: FlaskClient, client: FlaskClient, out: str
) -> None:
    seen = "/news/story/owls-return"
    before = client.get(seen).text
    held = fields(bettina.get(at(out)).text)
    assert held["block"] == ["b1 text"]
    assert held["b1-text"] == ["One.\n\nTwo **owls**."]
    assert (held["authors"], held["section"]) == (["Ana Peña"], ["water"])
    assert (
        send(
            bettina, out, b1_of_text="One.\n\nThree owls.", headline="Owls go", tags="Birds, birds , Night"
        ).status_code
        == 303
    )
    assert client.get(seen).text == before, "saving changes nothing for readers"
    story_id = row(out).id
    assert unpublished_changes([story_id]) == {story_id}
    assert "Readers do not see yet" in bettina.get(at(out)).text
    assert send(bettina, out, "out", authors="Ana Peña\nLee Ito", updated="y").status_code == 303
    after = client.get(seen).text
    assert "Three owls." in after
    assert "Owls go</h1>" in after
    assert "Updated <time" in after
    assert "Ana Peña and Lee Ito" in after
    assert 'href="/news/tag/birds"' in after
    assert unpublished_changes([story_id]) == set()
    story = row(out)
    assert (story.slug, story.state) == ("owls-return", StoryState.PUBLISHED)
    names = sa.select(StoryPerson.name).where(StoryPerson.story_id == story.id).order_by(StoryPerson.position)
    assert db.session.scalars(names).all() == ["Ana Peña", "Lee Ito"]
    assert [r.kind for r in db.session.scalars(sa.select(StoryRevision).order_by(StoryRevision.number))] == [
        "saved", "saved", "saved", "out",
    ]  # fmt: skip
    assert "Owls go" in client.get("/news/search?q=three+owls").text
    assert db.session.scalars(sa.select(Section.slug)).all() == ["water"], "no label was made by the way"


def test_a_correction_is_kept_whatever_the_editor_sends(bettina: FlaskClient, out: str) -> None:
    correction = {"type": "correction", "html": "<p>It was two.</p>", "at": "2026-01-02T00:00:00+00:00"}
    send(bettina, out, b1_of_text="Three owls.")
    with transaction() as session:
        story = session.scalars(sa.select(Story)).one()
        story.blocks = [*story.blocks, correction]
        tell("news.story.updated", story, COMMAND)
    page = bettina.get(at(out))
    assert "It was two." in page.text
    forged = send(bettina, out, "up:b2", page, b2_of_html="<script>alert(1)</script>", b2_of_at="never")
    assert send(bettina, out, "out", forged).status_code == 303
    assert row(out).blocks == [correction, {"type": "text", "html": "<p>Three owls.</p>", "paragraph": True}]
    gone = send(bettina, out, "remove:b2")
    assert "It was two." not in gone.text
    send(bettina, out, "out", gone)
    assert correction in row(out).blocks


def test_two_editors_lose_nothing(bettina: FlaskClient, carl: FlaskClient, draft: str) -> None:
    one, other = bettina.get(at(draft)), carl.get(at(draft))
    one = send(bettina, draft, "add:text", one)
    assert send(bettina, draft, "save", one, b1_of_text="Bettina wrote this.").status_code == 303
    other = send(carl, draft, "add:text", other)
    late = send(carl, draft, "save", other, b1_of_text="Carl wrote that.", headline="Owls!")
    assert late.status_code == 409
    for words in ("Bettina", "wrote", "Carl", "Save mine as a new revision", "Take theirs"):
        assert words in late.text
    assert "News Person saved revision 2" in late.text
    token = token_of(carl, at(draft))
    base = re.search(r'name="base" value="(\d+)"', late.text)
    assert base
    third = send(bettina, draft, b1_of_text="Bettina wrote more.")
    assert third.status_code == 303
    again = carl.post(at(draft, "mine"), data={"csrf_token": token, "base": base[1]})
    assert again.status_code == 409, "a third text came meanwhile"
    assert carl.post(at(draft, "mine"), data={"csrf_token": token, "base": "3"}).status_code == 303
    texts = [
        row["content"]["blocks"]
        for row in db.session.execute(sa.select(StoryRevision.content).order_by(StoryRevision.number)).mappings()
    ]
    assert [each[0]["text"] for each in texts if each] == [
        "Bettina wrote this.",
        "Bettina wrote more.",
        "Carl wrote that.",
    ]
    assert carl.post(at(draft, "mine"), data={"csrf_token": token, "base": "4"}).status_code == 303, (
        "nothing left to save"
    )
    assert db.session.scalars(sa.select(StoryAutosave)).all() == []


def test_theirs_is_taken(bettina: FlaskClient, carl: FlaskClient, draft: str) -> None:
    other = carl.get(at(draft))
    assert send(bettina, draft, deck="Bettina’s deck").status_code == 303
    assert send(carl, draft, "save", other, deck="Carl’s deck").status_code == 409
    assert carl.post(at(draft, "leave"), data={"csrf_token": token_of(carl, at(draft))}).status_code == 303
    assert "Bettina’s deck" in carl.get(at(draft)).text
    assert db.session.scalars(sa.select(sa.func.max(StoryRevision.number))).one() == 2


def test_what_is_not_saved_is_kept_offered_and_told_to_others(
    bettina: FlaskClient, carl: FlaskClient, draft: str, later: Callable[..., None]
) -> None:
    page = send(bettina, draft, "add:image", bettina.get(at(draft)))
    typed = {**fields(page.text), "b1-credit": "half a cre", "headline": ""}
    kept = bettina.post(at(draft, "autosave"), data=typed)
    assert kept.status_code == 200, "what is not whole is kept all the same"
    assert re.fullmatch(r"\d{1,2}:\d\d [AP]M", kept.json["kept"])
    bettina.post(at(draft, "autosave"), data={**typed, "b1-credit": "half a credit"})
    assert len(db.session.scalars(sa.select(StoryAutosave)).all()) == 1
    later(minutes=2)
    assert "News Person was writing here 2 minutes ago" in carl.get(at(draft)).text
    told = carl.post(at(draft, "autosave"), data=fields(carl.get(at(draft)).text)).json
    assert "News Person was writing here 2 minutes ago" in told["others"]
    offered = bettina.get(at(draft))
    assert "Go on with what you wrote at" in offered.text
    assert "half a credit" in offered.text
    mine = bettina.get(at(draft, "edit?mine=1"))
    assert fields(mine.text)["b1-credit"] == ["half a credit"]
    bettina.post(at(draft, "leave"), data={"csrf_token": token_of(bettina, at(draft))})
    assert "half a credit" not in bettina.get(at(draft)).text
    assert "half a credit" not in bettina.get(at(draft, "edit?mine=1")).text


def test_keeping_after_the_session_ended_says_so(bettina: FlaskClient, draft: str, client: FlaskClient) -> None:
    held = fields(bettina.get(at(draft)).text)
    bettina.post("/desk/sign-out", data={"csrf_token": held["csrf_token"][0]})
    assert bettina.post(at(draft, "autosave"), data=held).status_code in (303, 400)
    assert db.session.scalars(sa.select(StoryAutosave)).all() == []


def test_revisions_are_listed_compared_and_restored(bettina: FlaskClient, draft: str) -> None:
    page = send(bettina, draft, "add:text")
    send(bettina, draft, "save", page, b1_of_text="Two owls came.", note="First")
    send(bettina, draft, b1_of_text="Three owls came.", headline="Owls, again")
    listed = bettina.get(at(draft, "revisions")).text
    assert re.findall(r">(Revision \d)</a>", listed) == ["Revision 3", "Revision 2", "Revision 1"]
    assert "First" in listed
    compared = bettina.get(at(draft, "revisions/compare?from=2&to=3")).text
    assert re.search(r"<del>.*?Two.*?</del>", compared)
    assert re.search(r"<ins>.*?Three.*?</ins>", compared)
    assert bettina.get(at(draft, "revisions/compare?from=2&to=9")).status_code == 404
    assert bettina.get(at(draft, "revisions/compare?from=x&to=99999999999999999999")).status_code == 404
    token = token_of(bettina, at(draft))
    assert bettina.post(at(draft, "revisions/2/restore"), data={"csrf_token": token}).status_code == 303
    assert bettina.post(at(draft, "revisions/99/restore"), data={"csrf_token": token}).status_code == 404
    assert fields(bettina.get(at(draft)).text)["b1-text"] == ["Two owls came."]
    newest = newest_version(row(draft).id)
    assert newest.number == 4
    assert "Restored from 2" in bettina.get(at(draft, "revisions")).text
    assert row(draft).blocks[0]["html"] == "<p>Two owls came.</p>"


@pytest.mark.parametrize("change", ["UPDATE story_revision SET note = 'x'", "DELETE FROM story_revision"])
def test_revisions_stay_as_they_are(draft: str, change: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as session:
        session.execute(sa.text(change))


def test_the_preview_is_the_page_with_slot_and_ask_and_counts_nothing(
    house: House, bettina: FlaskClient, client: FlaskClient, draft: str
) -> None:
    page = send(bettina, draft, "add:text")
    send(bettina, draft, "save", page, b1_of_text="\n\n".join(f"Paragraph {n}." for n in range(1, 8)))
    send(bettina, draft, headline="Owls, again")
    shown = bettina.get(at(draft, "preview"))
    assert shown.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in shown.text
    assert "Owls, again</h1>" in shown.text
    assert (
        shown.text.index("Paragraph 5.") < shown.text.index("Support comes from") < shown.text.index("Paragraph 6.")
    )
    assert "The credit is a sample." in shown.text
    assert "ld+json" not in shown.text
    assert "Owls return</h1>" in bettina.get(at(draft, "preview?revision=2")).text
    assert bettina.get(at(draft, "preview?revision=9")).status_code == 404
    place_credit(house, "Used books in Henderson.", "Basin Books")
    place_credit(house, "Hardware.", "Desert Springs Hardware")
    shown_twice = [bettina.get(at(draft, "preview")).text for _ in range(2)]
    assert ["Basin Books" in each for each in shown_twice] == [True, True], "nobody's turn passes"
    assert "sample" not in shown_twice[0].partition("<main")[2].partition("More from")[0]


def test_only_our_own_stories_are_edited(house: House, bettina: FlaskClient, out: str) -> None:
    import_document(document(*six_paragraphs()), house.news.id, COMMAND)
    npr = db.session.scalars(sa.select(Story.id).where(Story.origin == Origin.NPR)).one()
    refused = bettina.get(at(public_id("story", npr)))
    assert refused.status_code == 403
    assert "This story is NPR’s." in refused.text
    for tail in ("edit", "autosave", "mine", "leave", "revisions/1/restore"):
        answer = bettina.post(at(public_id("story", npr), tail), data={"csrf_token": token_of(bettina, at(out))})
        assert answer.status_code == 403
    with pytest.raises(NotOurs):
        save_story(npr, 0, newest_version(npr).written, "", COMMAND)
    for text in ("story_none", "story_00000000000000000000000000", "page_00000000000000000000000000"):
        assert bettina.get(at(text)).status_code == 404


def test_hostile_forms_are_answered_with_a_page(bettina: FlaskClient, draft: str) -> None:
    held = fields(bettina.get(at(draft)).text)

    def post(tail: str = "edit", **typed: Any) -> Any:
        return bettina.post(at(draft, tail), data={**held, **typed})

    many = post(block=[f"b{n} text" for n in range(1, 10_001)])
    assert many.status_code == 422
    assert "of the 10,000 that were sent" in many.text
    assert post(block=[f"b{n} text" for n in range(1, 10_001)], tail="autosave").status_code == 413
    unknown = post(
        block=["b1 iframe", "b2 text", "nonsense", "", "b3 kept", "b4 correction"], **{"b2-text": "Kept words"}
    )
    assert unknown.status_code == 422
    assert "Kept words" in unknown.text
    mixed = post(
        block=["b9 text", "b2 text", "b9 text", "x text"], **{"b9-text": "Nine", "b2-text": "Two"}, do="down:b9"
    )
    assert fields(mixed.text)["block"] == ["b2 text", "b9 text", "b10 text", "b11 text"]
    for wish in ("", "up:", "up:b7", "add:iframe", "add:text:b7", "remove:" + "x" * 500, "drop table"):
        assert post(do=wish, block="b1 text", **{"b1-text": "Still here"}).status_code in (200, 303, 422)
    assert post(headline="x" * 301).status_code == 422
    assert post(headline="\x07\x1b ", do="save").status_code == 422
    assert post(base="99999999999", headline="Other").status_code == 409
    assert post(base="-1", headline="Other").status_code == 409
    assert post(section="nowhere").status_code == 422
    assert bettina.post(at(draft), data={**held, "block": "b1 text", "b1-text": "x" * 10_000_000}).status_code == 413
    assert (
        bettina.post(
            at(draft, "autosave"), data={**held, "block": "b1 text", "b1-text": "x" * 10_000_000}
        ).status_code
        == 413
    )
    long = post(block="b1 text", **{"b1-text": "*a " * 30_000})
    assert long.status_code == 422
    assert "At most 60,000 letters" in long.text


def test_hostile_words_reach_readers_as_words(
    house: House, bettina: FlaskClient, client: FlaskClient, out: str
) -> None:
    words = "Two.\n\n<script>alert(1)</script>\n\n<!--slot-->\n\n[x](javascript:alert(1)) <img src=x onerror=y>"
    assert (
        send(bettina, out, "out", b1_of_text=words, headline="</title><script>alert(2)</script>").status_code == 303
    )
    page = client.get("/news/story/owls-return").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<img" not in page.partition("story-body")[2]
    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page


def test_putting_out_has_its_conditions(house: House, draft: str, out: str, bettina: FlaskClient) -> None:
    stories = {s.state: s.id for s in db.session.scalars(sa.select(Story))}
    with pytest.raises(ValueError, match="is not out"):
        put_out(stories[StoryState.DRAFT], 1, COMMAND)
    retract_story(stories[StoryState.PUBLISHED], "withdrawn", COMMAND)
    assert send(bettina, out, deck="Once more").status_code == 303
    assert row(out).deck == "", "what was withdrawn is put back as it was"
