"""Stories of partners from their feeds: taken as far as was agreed, updated, withdrawn, or refused with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from station.core.actor import COMMAND
from station.core.db import db
from station.core.ids import public_id
from station.news import gateway, queries, services
from station.news.cds.shapes import Refused
from station.news.cli import group
from station.news.models import CdsFeed, Origin, Section, Story, StoryState
from station.news.partners import Source
from station.news.services import CdsUnavailable
from tests.browsing import send
from tests.conftest import BESIDE, House, needs
from tests.news.test_hostile_answers import answering, drip, endless, says
from tests.news.test_hostile_documents import ATTACKS, dangers
from tests.news.test_pulling import Npr, npr

npr = npr  # a fixture of the tests of asking

SOURCE = Source(
    "feed:1", "https://river.example/feed", "River Radio", "https://river.example/", "Region", True, False
)
SAMPLES = BESIDE / "cds" / "rss"


def item(number: int, **more: str) -> str:
    said = {
        "title": f"Story {number}",
        "link": f"https://river.example/{number}",
        "guid": f"tag:river.example,{number}",
        "pubDate": f"Mon, {number:02} Mar 2026 12:00:00 GMT",
        "author": "ana@river.example (Ana Peña)",
        "description": f"What happened, part {number}.",
        "content:encoded": f"<p>Whole {number}.</p><p>Second.</p><script>alert(1)</script>",
        **more,
    }
    return f"<item>{''.join(f'<{name}>{escape(text)}</{name}>' for name, text in said.items() if text)}</item>"


def rss(*items: str) -> bytes:
    head = (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    )
    return f"{head}<title>River Radio</title>{''.join(items)}</channel></rss>".encode()


def take(house: House, raw: bytes, source: Source = SOURCE) -> list[str]:
    return [each.outcome for each in services.take_feed(raw, source, house.news.id, COMMAND)]


def agreed(**more: Any) -> Source:
    return Source(**{**SOURCE.__dict__, **more})


def rows() -> list[Story]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Story).order_by(Story.published_at)))


def test_a_story_comes_in_with_its_owner(house: House, client: FlaskClient) -> None:
    assert take(house, rss(item(1))) == ["added"]
    row = rows()[0]
    assert (row.origin, row.owner, row.owner_url) == (Origin.PARTNER, "River Radio", "https://river.example/")
    assert (row.headline, row.teaser) == ("Story 1", "What happened, part 1.")
    assert [each["html"] for each in row.blocks] == ["<p>Whole 1.</p>", "<p>Second.</p>"]
    assert db.session.get_one(Section, row.section_id).name == "Region"
    page = client.get("/news/story/story-1").text
    assert '<link rel="canonical" href="https://river.example/1">' in page
    assert "Copyright 2026 River Radio." in page
    assert "Ana Peña" in page
    assert "river.example/1" not in client.get("/sitemap-1.xml").text
    assert take(house, rss(item(1))) == ["unchanged"]


def test_what_was_not_agreed_is_not_shown(house: House, client: FlaskClient) -> None:
    long = "word " * 300
    assert take(house, rss(item(1, description=long)), agreed(whole=False)) == ["added"]
    row = rows()[0]
    assert [each["type"] for each in row.blocks] == ["text", "link"]
    assert len(row.blocks[0]["html"]) < 420
    assert "Whole 1." not in client.get("/news/story/story-1").text
    link = '<a href="https://river.example/1" rel="noopener">Read the story at River Radio</a>'
    assert link in client.get("/news/story/story-1").text
    assert take(house, rss(item(1))) == ["updated"], "the agreement was changed"


def test_the_same_story_however_it_is_called(house: House) -> None:
    take(house, rss(item(1)))
    assert take(house, rss(item(1, title="Another name", link="https://river.example/new"))) == ["updated"]
    row = rows()[0]
    assert (row.headline, row.slug, row.canonical_url) == ("Another name", "story-1", "https://river.example/new")
    assert take(house, rss(item(1)), agreed(key="feed:2")) == ["added"], "of another feed it is another story"
    services.retract_story(row.id, "wrong", COMMAND)
    taken = services.take_feed(rss(item(1)), SOURCE, house.news.id, COMMAND)
    assert (taken[0].outcome, "by a person" in taken[0].why) == ("refused", True)


def test_what_is_gone_from_the_feed(house: House) -> None:
    three = rss(item(1), item(2), item(3))
    assert take(house, three) == ["added"] * 3
    assert take(house, rss(item(1), item(3))) == ["unchanged"] * 2, "only when that was agreed"
    assert take(house, rss(item(2), item(3)), agreed(follow=True)) == ["unchanged"] * 2, "the oldest left by itself"
    assert take(house, rss(item(1), item(3)), agreed(follow=True)) == ["unchanged", "unchanged", "retracted"]
    assert [row.state for row in rows()] == [StoryState.PUBLISHED, StoryState.RETRACTED, StoryState.PUBLISHED]
    assert take(house, rss(), agreed(follow=True)) == [], "an empty feed says nothing"
    assert take(house, three, agreed(follow=True)) == ["unchanged", "updated", "unchanged"]
    many = [item(number) for number in range(1, 29)]
    take(house, rss(*many))
    assert "retracted" not in take(house, rss(many[0], many[-1]), agreed(follow=True)), "so many do not go at once"


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "t" * 301},
        {"content:encoded": "<script>x</script>", "description": ""},
        {"pubDate": "soon"},
        {"link": "javascript:alert(1)"},
        {"link": "javascript:alert(1)", "guid": ""},  # whose it is nobody knows: it may be any
    ],
)
def test_what_cannot_be_read_now_is_not_gone(house: House, wrong: dict[str, str]) -> None:
    follow = agreed(follow=True)
    assert take(house, rss(item(1), item(2), item(3)), follow) == ["added"] * 3
    taken = take(house, rss(item(1), item(2, **wrong), item(3)), follow)
    assert taken == ["unchanged", "refused", "unchanged"]
    assert [row.state for row in rows()] == [StoryState.PUBLISHED] * 3
    named = {"guid": "tag:river.example,9"} if "guid" not in wrong else {}
    gone = take(house, rss(item(1), item(9, **{**wrong, **named}), item(3)), follow)
    assert ("retracted" in gone) == bool(named), "another entry, which is known to be another"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"title": ""}, "its title is missing"),
        ({"title": "t" * 301}, "its title is too long"),
        ({"link": "javascript:alert(1)"}, "it has no address of its own"),
        ({"link": "", "guid": ""}, "it has no address of its own"),
        ({"pubDate": "soon"}, "it has no date"),
        ({"pubDate": ""}, "it has no date"),
        ({"pubDate": "Mon, 02 Mar 0001 12:00:00 GMT"}, "it has no date"),
        ({"content:encoded": "<script>x</script>", "description": ""}, "it has no text to show"),
    ],
)
def test_an_entry_that_cannot_be_taken_stops_no_other(house: House, wrong: dict[str, str], why: str) -> None:
    taken = services.take_feed(rss(item(1, **wrong), item(2)), SOURCE, house.news.id, COMMAND)
    assert [each.outcome for each in taken] == ["refused", "added"]
    assert taken[0].why == why
    assert taken[0].cds_id


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html><title>Sign in</title></html>",
        b"{}",
        b"/etc/passwd",
        b"http://127.0.0.1/feed",
        b"\x00\xff" * 99,
        b"<" * 100_000,
    ],
)
def test_what_is_no_feed(house: House, raw: bytes) -> None:
    with pytest.raises(Refused, match="neither RSS nor Atom"):
        services.take_feed(raw, SOURCE, house.news.id, COMMAND)


def test_a_feed_that_blows_itself_up(house: House) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    raw = rss(item(1, title="T &l9; &f;").replace("&amp;", "&")).replace(b'<?xml version="1.0"?>', bomb.encode())
    try:
        taken = services.take_feed(raw, SOURCE, house.news.id, COMMAND)
        assert all(each.outcome in ("added", "refused") for each in taken)
    except Refused:
        pass
    assert all("root:" not in row.headline and len(row.headline) <= 300 for row in rows())


@pytest.mark.parametrize("attack", ATTACKS)
def test_their_markup_is_made_safe(house: House, client: FlaskClient, attack: str) -> None:
    raw = rss(
        item(
            1,
            title=f"Story {attack}",
            description=attack,
            author=attack,
            **{"content:encoded": f"<p>Words</p>{attack}"},
        )
    )
    take(house, raw)
    take(house, raw, agreed(key="feed:2", whole=False))
    for row in rows():
        page = client.get(f"/news/story/{row.slug}")
        assert page.status_code == 200
        assert dangers(page.text) == []


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>u:1</id><updated>2026-03-02T10:00:00Z</updated>
<entry><id>u:2</id><title type="html">A &amp;amp; B</title><link rel="alternate" href="https://river.example/a"/>
<published>2026-03-01T10:00:00-08:00</published><updated>2026-03-02T10:00:00Z</updated>
<author><name>Lee Ito</name></author>
<content type="html">&lt;p&gt;Body&lt;/p&gt;</content></entry></feed>"""


def test_atom(house: House) -> None:
    assert take(house, ATOM.encode()) == ["added"]
    row = rows()[0]
    assert (row.headline, row.byline) == ("A & B", "Lee Ito")
    assert row.published_at is not None
    assert row.published_at.isoformat() == "2026-03-01T18:00:00+00:00"
    assert row.revised_at is not None
    older = ATOM.replace("2026-03-02T10:00:00Z", "2026-03-01T20:00:00Z")
    assert take(house, older.encode()) == ["refused"], "an older version than ours"


@pytest.mark.parametrize(
    "name",
    ["kpcc_oncentral_news.xml", "marketplace_latest_stories.xml", "kqed_california_report_podcast_npr_api.xml"],
)
def test_feeds_of_others(house: House, name: str) -> None:
    path = SAMPLES / name
    needs(path.exists(), "the feeds beside this repository")
    raw = path.read_bytes()
    assert take(house, raw).count("added") > 3
    assert "added" not in take(house, raw)


def keep(house: House, address: str, **more: Any) -> UUID:
    source = agreed(key="", address=address, **more)
    return services.keep_partner(None, "River", source, house.news.id, 30, True, COMMAND)


def outcome(feed_id: UUID) -> tuple[dict[str, Any] | None, str]:
    db.session.rollback()
    row = db.session.get_one(CdsFeed, feed_id)
    return row.said, row.error


def test_a_feed_is_asked_by_the_clock_without_a_token(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "is_public", lambda _host: True)
    with answering(says("200 OK", rss(item(1), item(2, title="")))) as asked:
        feed_id = keep(house, gateway.settings().npr_cds_url + "/feed")
        assert services.pull_due(COMMAND, npr=False) == 1
        assert services.pull_due(COMMAND, npr=False) == 0
    assert b"Authorization" not in asked[0], "NPR's token goes to NPR"
    said, error = outcome(feed_id)
    assert said is not None
    assert (said["added"], said["refused"], said["why"][0]["why"], error) == (1, 1, "its title is missing", "")


def test_a_partner_is_not_asked_of_npr(app: Flask, house: House, npr: Npr, monkeypatch: pytest.MonkeyPatch) -> None:
    take(house, rss(item(1)))
    assert queries.known_since(rows()[0].published_at) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (says("500 Oops", b"x"), "answered 500"),
        (says("302 Found", b"", "Location: file:///etc/passwd"), "answered 302"),
        (says("302 Found", b"", "Location: ftp://river.example/feed"), "answered 302"),
        (says("302 Found", b"", "Location: /feed"), "answered 302"),
        (says("200 OK", b"<html>"), "neither RSS nor Atom"),
        (says("404 Not Found", b""), "answered 404"),
        (drip, "longer than 1 seconds"),
        (endless, "larger than 1 MB"),
        (lambda connection: connection.close(), "does not answer"),
    ],
)  # fmt: skip
def test_a_feed_that_misbehaves(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch, answer: Callable[[Any], None], why: str
) -> None:
    monkeypatch.setattr(gateway, "is_public", lambda _host: True)
    monkeypatch.setattr(gateway, "LONGEST", 1)
    monkeypatch.setattr(gateway, "LARGEST_FEED", 1_000_000)
    with answering(answer) as asked:
        feed_id = keep(house, gateway.settings().npr_cds_url + "/feed")
        assert why in services.pull_feed(feed_id, COMMAND)
    assert len(asked) <= 4
    assert rows() == []


INSIDE = ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "fe80::1%eth0", "::ffff:127.0.0.1"]


def test_no_feed_leads_into_the_house(app: Flask, house: House) -> None:
    with answering(says("200 OK", rss(item(1)))) as asked:
        inside = gateway.settings().npr_cds_url
        for address in (
            f"{inside}/feed",
            inside.replace("127.0.0.1", "localhost"),
            "file:///etc/passwd",
            "ftp://x/y",
        ):
            with pytest.raises(CdsUnavailable):
                gateway.feed(address)
    assert all(not each for each in asked), "not a word was said"
    for host in (
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "fe80::1%eth0",
        "0.0.0.0",
        "::ffff:127.0.0.1",
    ):
        assert not gateway.is_public(host), host
    assert gateway.is_public("93.184.215.14")


def run(app: Flask, *args: str) -> tuple[int, dict[str, Any]]:
    result = app.test_cli_runner().invoke(group, ["import", *args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, json.loads(result.stdout or "{}")


def test_the_command(app: Flask, house: House, tmp_path: Path) -> None:
    keep(house, "https://river.example/feed")
    file = tmp_path / "feed.xml"
    file.write_bytes(rss(item(1)))
    assert run(app, str(file), "--feed", "River", "--dry-run")[1]["added"]
    assert rows() == []
    status, said = run(app, str(file), "--feed", "River")
    assert (status, len(said["added"])) == (0, 1)
    assert run(app, "--feed", "No such")[0] == 2
    assert run(app, "--feed", "River", "--id", "1")[0] == 2
    file.write_bytes(b"<html>")
    status, said = run(app, str(file), "--feed", "River")
    assert (status, said["refused"][0]["why"]) == (1, "it is neither RSS nor Atom")


FORM = {
    "name": "River",
    "address": "https://river.example/feed.xml",
    "station": "news",
    "owner": "River Radio",
    "owner_url": "https://river.example/",
    "section": "Region",
    "every_minutes": "30",
    "enabled": "y",
}


def test_the_desk(house: House, desk: Callable[..., FlaskClient]) -> None:
    editor = desk("news")
    assert send(editor, "/desk/npr/partners/new", {**FORM, "whole": "y"}).status_code == 303
    row = db.session.scalars(sa.select(CdsFeed)).one()
    assert (row.query, row.owner, row.whole, row.follow) == (FORM["address"], "River Radio", True, False)
    page = f"/desk/npr/feeds/{public_id('feed', row.id)}"
    listed = editor.get("/desk/npr").text
    assert FORM["address"] in listed
    assert page in listed
    assert send(editor, page, {**FORM, "follow": "y"}).status_code == 303
    db.session.rollback()
    row = db.session.scalars(sa.select(CdsFeed)).one()
    assert (row.whole, row.follow) == (False, True)
    shown = editor.get(page).text
    assert 'value="https://river.example/feed.xml"' in shown
    assert 'value="River Radio"' in shown
    for wrong in (
        {"address": "ftp://x"},
        {"address": "https://user@x.example/"},
        {"owner": ""},
        {"every_minutes": "0"},
    ):
        answer = send(editor, page, {**FORM, **wrong})
        assert answer.status_code == 422
        assert 'value="https://river.example/"' in answer.text, "nothing typed is lost"
