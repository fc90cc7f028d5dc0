"""Old addresses: stories that get another one, redirects that the newsroom writes down, and what they cost."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from station.core import bulletin, clock, runtime
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.events import Event
from station.core.outbox import Outbox
from station.core.stale import PURGE, key_of
from station.licensee.models import Station
from station.news.drafts import StoryDraft, Topic, text_blocks
from station.news.models import Redirect, RedirectUse, Story, StoryState
from station.news.policies.moves import Refused
from station.news.queries.moves import where_to
from station.news.services import (
    RedirectDraft,
    change_slug,
    import_document,
    keep_redirect,
    publish_story,
    remove_redirect,
    retract_story,
    write_uses,
)
from station.news.services.moving import uses
from station.web import freshness
from tests.browsing import send
from tests.conftest import House, changed
from tests.news.cds_documents import document, six_paragraphs
from tests.news.test_pages import statements

__all__ = ["statements"]  # a fixture


@pytest.fixture(autouse=True)
def uncounted() -> None:
    uses._seen.clear()
    uses._written = None


def publish(house: House, headline: str, **more: Any) -> Any:
    draft = StoryDraft(
        headline,
        text_blocks("<p>One.</p><p>Two.</p>"),
        clock.now() - timedelta(hours=1),
        "Desert Public Radio",
        **more,
    )
    return publish_story(draft, house.news.id, COMMAND)


def keep(path: str, target: str, station_id: Any = None, **more: Any) -> Any:
    return keep_redirect(None, RedirectDraft(station_id, path, target, **more), COMMAND).id


def leads(client: FlaskClient, path: str, **more: Any) -> tuple[int, str | None]:
    if path.startswith("//"):  # which a test client takes for a host
        more["environ_overrides"] = {"PATH_INFO": path.partition("?")[0]}
        path = "/x"
    answer = client.get(path, **more)
    return answer.status_code, answer.headers.get("Location")


def test_a_story_moves_and_every_address_it_had_leads_there_in_one_step(house: House, client: FlaskClient) -> None:
    story = publish(house, "Lake level")
    for slug in ("lake-falls", "lake-rises", "Láke Holds!"):
        change_slug(story, slug, COMMAND)
    assert client.get("/news/story/lake-holds").status_code == 200
    for old in ("lake-level", "lake-falls", "lake-rises"):
        assert leads(client, f"/news/story/{old}") == (301, "/news/story/lake-holds")
        assert leads(client, f"/text/news/story/{old}") == (301, "/text/news/story/lake-holds")
        assert leads(client, f"/NEWS//Story/{old.upper()}/?a=b&c=%0d%0a") == (
            301,
            "/news/story/lake-holds?a=b&c=%0d%0a",
        )
        assert leads(client, f"/classical/story/{old}") == (404, None)
        assert where_to(house.news.id, f"/news/story/{old}") == "/news/story/lake-holds"
    moved = sa.select(Event.data).where(Event.name == "news.story.moved").order_by(Event.at, Event.id)
    told = db.session.scalars(moved).all()
    assert [(each["old"], each["new"]) for each in told][-1] == ("lake-rises", "lake-holds")


def test_a_story_that_moves_back_leaves_no_circle(house: House, client: FlaskClient) -> None:
    story = publish(house, "Lake level")
    change_slug(story, "lake-falls", COMMAND)
    client.get("/news/story/lake-level")
    write_uses()
    change_slug(story, "lake-level", COMMAND)
    assert client.get("/news/story/lake-level").status_code == 200
    assert leads(client, "/news/story/lake-falls") == (301, "/news/story/lake-level")
    assert [row.path for row in db.session.scalars(sa.select(Redirect))] == ["/news/story/lake-falls"]
    assert change_slug(story, "lake-level", COMMAND) == "lake-level", "nothing to do"
    change_slug(story, "lake-falls", COMMAND)
    assert leads(client, "/news/story/lake-level") == (301, "/news/story/lake-falls")
    cached = client.get("/news/story/lake-level").headers["Cache-Control"]
    assert cached == "public, max-age=0, must-revalidate, s-maxage=1", "who kept the way there would go in a circle"


def test_a_cache_that_is_told_knows_which_story_a_redirect_follows(house: House, client: FlaskClient) -> None:
    story = publish(house, "Lake level")
    change_slug(story, "lake-falls", COMMAND)
    keep("/old-lake", "/news/story/lake-falls")
    keep("/listen-here", "/news/listen")
    assert "Surrogate-Key" not in client.get("/news/story/lake-level").headers, "there is no such cache"
    with changed(runtime.settings(), purge_url="http://127.0.0.1:9/purge"):
        for path in ("/news/story/lake-level", "/text/news/story/lake-level", "/old-lake"):
            headers = client.get(path).headers
            assert headers["Surrogate-Key"] == key_of("story", story), path
            assert "Surrogate-Control" not in headers, "one that leads elsewhere is kept by nobody for long"
        assert "Surrogate-Key" not in client.get("/listen-here").headers
        change_slug(story, "lake-level", COMMAND)
        told = db.session.scalars(sa.select(Outbox.args).where(Outbox.job == PURGE.name)).one()
        assert key_of("story", story) in told["keys"]


def test_slugs_that_others_have_or_had_are_refused(house: House, client: FlaskClient) -> None:
    first, second = publish(house, "One"), publish(house, "Two")
    with pytest.raises(Refused, match="“Two” has that address"):
        change_slug(first, "two", COMMAND)
    change_slug(second, "three", COMMAND)
    with pytest.raises(Refused, match="an address of “Two”"):
        change_slug(first, "two", COMMAND)
    for wrong in ("", "水位", "x" * 101, "feed"):
        with pytest.raises(Refused):
            change_slug(first, wrong, COMMAND)
    publish(house, "Two")
    assert client.get("/news/story/two-2").status_code == 200, "a new story takes no address that leads elsewhere"
    import_document(document(*six_paragraphs()), house.news.id, COMMAND)
    of_others = db.session.scalars(sa.select(Story.id).where(Story.cds_id.is_not(None))).one()
    with pytest.raises(Refused, match="follows its owner"):
        change_slug(of_others, "ours-now", COMMAND)
    assert leads(client, "/news/story/two") == (301, "/news/story/three")


def test_nobody_is_led_to_a_story_that_is_not_out(house: House, client: FlaskClient) -> None:
    story = publish(house, "Lake level")
    change_slug(story, "a-secret", COMMAND)
    for values in ({"state": StoryState.DRAFT}, {"published_at": clock.now() + timedelta(hours=1)}):
        with transaction() as session:
            was = session.execute(sa.select(Story.state, Story.published_at)).one()
            session.execute(sa.update(Story).values(**values))
        assert leads(client, "/news/story/lake-level") == (404, None)
        with transaction() as session:
            session.execute(sa.update(Story).values(state=was.state, published_at=was.published_at))
    retract_story(story, "it was wrong", COMMAND)
    assert leads(client, "/news/story/lake-level") == (301, "/news/story/a-secret")
    assert client.get("/news/story/a-secret").status_code == 410


def test_a_draft_changes_its_address_without_a_trace(house: House, client: FlaskClient) -> None:
    story = publish(house, "Lake level")
    with transaction() as session:
        session.execute(sa.update(Story).values(state=StoryState.DRAFT, published_at=None))
    assert change_slug(story, "lake-falls", COMMAND) == "lake-falls"
    assert db.session.scalars(sa.select(Redirect)).all() == []


def test_redirects_of_an_old_site(house: House, client: FlaskClient) -> None:
    story = publish(house, "Lake level", topics=[Topic("Water")])
    keep("/2019/12/30/Some-Story/", "/news/story/lake-level")
    keep("https://knpr.example/caf%C3%A9", "https://elsewhere.example/menu?x=1#top", permanent=False)
    keep("/old-water", "/news/section/water?before=2030-01-01", keep_query=False)
    for path in ("/2019/12/30/some-story", "/2019/12/30/Some-Story/", "//2019/12/30/some-story//"):
        assert leads(client, path) == (301, "/news/story/lake-level")
    assert leads(client, "/caf%c3%a9/?y=%C3%A9") == (302, "https://elsewhere.example/menu?x=1&y=%C3%A9#top")
    assert leads(client, "/old-water?utm=1") == (301, "/news/section/water?before=2030-01-01")
    assert leads(client, "/text/old-water") == (301, "/text/news/section/water?before=2030-01-01")
    assert leads(client, "/text/caf%C3%A9") == (302, "https://elsewhere.example/menu?x=1#top")
    keep("/menu", "https://elsewhere.example/café?q=ü")
    assert leads(client, "/menu") == (301, "https://elsewhere.example/caf%C3%A9?q=%C3%BC")
    change_slug(story, "lake-falls", COMMAND)
    assert leads(client, "/2019/12/30/some-story") == (301, "/news/story/lake-falls"), "it follows the story"
    assert client.head("/2019/12/30/some-story").status_code == 301
    assert client.post("/2019/12/30/some-story").status_code in (400, 404, 405)
    assert "Set-Cookie" not in client.get("/old-water").headers


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/%2fevil.example", "/\\evil.example", "/%5cevil.example", "/x%0d%0aLocation:y", "/%ff"],
)
def test_no_path_leads_out_by_itself(house: House, client: FlaskClient, path: str) -> None:
    keep("/a", "/news/")
    status, location = leads(client, path)
    assert status == 404 or (status == 308 and location and not location.startswith(("//", "/\\"))), (
        status,
        location,
    )


def test_other_parts_of_the_house_stay_as_they_are(house: House, client: FlaskClient, statements: list[str]) -> None:
    client.get("/news/")
    with transaction() as session:
        for path in ("/desk/x", "/hooks/x", "/give/x", "/give/archive", "/thanks/x", "/health/x", "/receipt/x"):
            session.add(
                Redirect(path=path, target="/news/", target_path="/news", made_at=clock.now(), made_by="a test")
            )
    for path in (
        "/desk/x",
        "/hooks/x",
        "/give/x",
        "/give/archive",
        "/Give/archive",
        "/thanks/x",
        "/health/x",
        "/receipt/x",
    ):
        statements.clear()
        assert leads(client, path)[0] in (404, 303), path
        assert not [each for each in statements if "redirect" in each], path


def test_a_missing_page_costs_one_statement_and_a_page_none(
    house: House, client: FlaskClient, statements: list[str]
) -> None:
    publish(house, "Lake level")
    keep("/a/b", "/news/")
    for path in ("/a/b", "/nothing/there", "/wp-login.php"):
        client.get(path)
        statements.clear()
        client.get(path)
        assert len(statements) <= 1, statements
    client.get("/news/story/lake-level")
    statements.clear()
    client.get("/news/story/lake-level")
    assert statements == []


def test_a_database_that_is_down_leaves_the_page_that_says_so(
    house: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("station.news.pages.moved.moved", broken)
    answer = client.get("/a/b")
    assert (answer.status_code, "There is no such page" in answer.text) == (404, True)


def test_each_station_has_its_own_and_all_have_one(house: House, client: FlaskClient) -> None:
    with transaction() as session:
        session.execute(sa.update(Station).where(Station.slug == "classical").values(host="classical.example.org"))
        bulletin.bump("licensee")
    keep("/about", "/news/")
    keep("/about", "/classical/", house.classical.id)
    keep("/classical/old", "/classical/", house.classical.id)
    assert leads(client, "/about") == (301, "/news/")
    assert leads(client, "/about", base_url="http://classical.example.org") == (301, "/classical/")
    assert leads(client, "/classical/old") == (301, "/classical/"), "its path tells whose it is"
    with pytest.raises(Refused, match="redirected already"):
        keep("/ABOUT/", "/news/listen")


def test_chains_are_taken_in_one_step_and_circles_refused(house: House, client: FlaskClient) -> None:
    keep("/a", "/b")
    keep("/b", "/c")
    last = keep("/c", "/news/listen")
    assert [leads(client, path)[1] for path in ("/a", "/b", "/c")] == ["/news/listen"] * 3
    keep("/z", "/a")
    assert leads(client, "/z") == (301, "/news/listen")
    for path, to in (("/x", "/x"), ("/x", "/X/"), ("/x", "http://localhost/x?y=1")):
        with pytest.raises(Refused, match="circle"):
            keep(path, to)
    story = publish(house, "Lake level")
    with pytest.raises(Refused, match="circle"):
        keep("/news/story/lake-level", "/news/story/lake-level")
    change_slug(story, "lake-falls", COMMAND)
    keep("/lake", "/news/story/lake-level")
    assert leads(client, "/lake") == (301, "/news/story/lake-falls"), "an old address of a story leads to the story"
    assert remove_redirect(last, COMMAND) == "/c"
    assert leads(client, "/c") == (404, None)


def test_uses_are_counted_in_memory_and_written_by_the_clock(
    house: House, client: FlaskClient, statements: list[str], later: Callable[..., None]
) -> None:
    redirect_id = keep("/a", "/news/listen")
    for _ in range(3):
        client.get("/a")
    assert not [each for each in statements if "INSERT INTO redirect_use" in each]
    assert write_uses() == 1
    client.get("/a")
    assert write_uses() == 0, "once a minute is enough"
    later(seconds=61)
    assert write_uses() == 1
    assert write_uses() == 0, "nothing was asked for"
    row = db.session.scalars(sa.select(RedirectUse)).one()
    assert (row.redirect_id, row.count, row.day) == (redirect_id, 4, clock.today(house.licensee.timezone))
    client.get("/a")
    later(seconds=61)
    db.session.rollback()
    remove_redirect(redirect_id, COMMAND)
    assert write_uses() == 0, "what was removed meanwhile is not counted"


def test_counts_that_could_not_be_written_are_not_lost(
    house: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, later: Callable[..., None]
) -> None:
    keep("/a", "/news/listen")
    client.get("/a")
    with monkeypatch.context() as patch:
        patch.setattr(uses, "add_up", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_uses()
    later(seconds=61)
    assert write_uses() == 1


# at the desk


@pytest.fixture
def editor(desk: Callable[..., FlaskClient]) -> FlaskClient:
    return desk("news")


FORM = {"station": "", "kind": "301", "keep_query": "y", "reason": "from the old site"}


def test_a_redirect_from_first_to_last(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    publish(house, "Lake level")
    assert "Nothing is redirected yet" in editor.get("/desk/redirects").text
    made = send(editor, "/desk/redirects/new", {**FORM, "path": "/Old/", "target": "/news/story/lake-level"})
    assert made.status_code == 303
    assert leads(client, "/old") == (301, "/news/story/lake-level")
    uses._written = None
    write_uses()
    listed = editor.get("/desk/redirects").text
    for words in ("/old leads to /news/story/lake-level", "from the old site", "News Person", "301", "Every host"):
        assert words in listed, words
    assert "/old" in editor.get("/desk/redirects?q=OLD+site").text
    assert "No redirect has" in editor.get("/desk/redirects?q=zzz").text
    page = "/desk/redirects/" + listed.partition('href="/desk/redirects/redirect_')[2].partition('"')[0]
    page = page.replace("/desk/redirects/", "/desk/redirects/redirect_")
    assert "Asked for 1 time," in editor.get(page).text
    changed = send(editor, page, {**FORM, "path": "/old", "target": "https://elsewhere.example/", "kind": "302"})
    assert changed.status_code == 303
    assert leads(client, "/old") == (302, "https://elsewhere.example/")
    assert send(editor, page, to=f"{page}/remove").status_code == 303
    assert leads(client, "/old") == (404, None)
    assert "leads nowhere any more" in editor.get("/desk/redirects").text
    told = db.session.scalars(sa.select(Event.name).where(Event.name.startswith("news.redirect"))).all()
    assert sorted(told) == ["news.redirect.kept", "news.redirect.kept", "news.redirect.removed"]


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        ("/news/", "/news/listen", "A page answers there"),
        ("/news", "/news/listen", "A page answers there"),
        ("/news/story/lake-level", "/news/listen", "A page answers there"),
        ("/NEWS/Section/Water/", "/news/listen", "A page answers there"),
        ("/robots.txt", "/news/listen", "A page answers there"),
        ("/desk/old", "/news/listen", "another part of the house"),
        ("/give/old", "/news/listen", "another part of the house"),
        ("/a", "/news/story/nothing", "There is no page"),
        ("/a", "//evil.example", "Begin with / for a page of ours"),
        ("/a", "javascript:alert(1)", "Begin with / for a page of ours"),
        ("/a?b=c", "/news/", "Leave out what follows the question mark"),
        ("/a", "", "Enter where it leads"),
        ("/a", "/a", "There is no page"),
    ],
)
def test_what_is_refused_says_why_and_loses_nothing(
    house: House, editor: FlaskClient, path: str, to: str, words: str
) -> None:
    publish(house, "Lake level", topics=[Topic("Water")])
    answer = send(editor, "/desk/redirects/new", {**FORM, "path": path, "target": to})
    assert (answer.status_code, words in answer.text) == (422, True), answer.text
    assert 'value="from the old site"' in answer.text
    assert db.session.scalars(sa.select(Redirect)).all() == []


def test_a_station_without_a_host_is_asked_for_its_own_paths_alone(house: House, editor: FlaskClient) -> None:
    of = {**FORM, "station": "classical", "target": "/classical/"}
    for path, status in (("/old", 422), ("/news/old", 422), ("/classical/old", 303)):
        assert send(editor, "/desk/redirects/new", {**of, "path": path}).status_code == status, path
    assert send(editor, "/desk/redirects/new", {**of, "station": "news", "path": "/old"}).status_code == 303


def test_many_from_a_file(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    publish(house, "Lake level")
    keep("/there", "/news/listen")
    lines = "\r\n".join(
        (
            "from,to,kind",
            "/2019/12/30/a-story/,/news/story/lake-level",
            "/chain,/2019/12/30/a-story",
            "https://knpr.example/for-now,https://elsewhere.example/,302",
            "/there,/news/listen,",
            "/there,/news/,",
            "/CHAIN/,/news/",
            "/news/,/news/listen",
            "/p,/news/story/none",
            '"/quoted, with a comma",/news/',
            "only-one-cell",
            "/x,/news/,418",
            "//evil.example,/news/",
            "/evil,//evil.example",
            "/round,/round",
            "",
        )
    )
    looked = send(editor, "/desk/redirects/import", {**FORM, "lines": lines, "look": "1"})
    assert looked.status_code == 200
    assert "4 to be added, 1 there already, 9 refused." in looked.text
    assert leads(client, "/chain") == (404, None)
    taken = send(editor, "/desk/redirects/import", {**FORM, "lines": lines})
    assert "4 added, 1 were there already, 9 refused." in taken.text
    assert leads(client, "/2019/12/30/a-story") == (301, "/news/story/lake-level")
    assert leads(client, "/chain") == (301, "/news/story/lake-level")
    assert leads(client, "/for-now") == (302, "https://elsewhere.example/")
    assert leads(client, "/quoted,%20with%20a%20comma") == (301, "/news/")
    again = send(editor, "/desk/redirects/import", {**FORM, "lines": lines})
    assert "0 added, 5 were there already, 9 refused." in again.text
    told = db.session.scalars(sa.select(Event.data).where(Event.name == "news.redirects.imported")).all()
    assert told == [{"added": 4, "rows": 14}]


def test_files_come_as_spreadsheets_write_them(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    for body in ("\ufefffrom;to\r\n/semi;/news/listen\r\n".encode(), b"/tab\t/news/listen\n"):
        data = {**FORM, "file": (io.BytesIO(body), "old.csv")}
        answer = send(editor, "/desk/redirects/import", data)
        assert "1 added" in answer.text
    assert [leads(client, path)[0] for path in ("/semi", "/tab")] == [301, 301]
    wrong = send(
        editor, "/desk/redirects/import", {**FORM, "file": (io.BytesIO("/é,/news/".encode("latin-1")), "x.csv")}
    )
    assert (wrong.status_code, "not in UTF-8" in wrong.text) == (422, True)
    for lines, words in (
        ("", "Choose a file"),
        ('/a,"/news/', "cannot be read"),
        ("/a,/news/\n" * 5001, "At most 5,000"),
    ):
        answer = send(editor, "/desk/redirects/import", {**FORM, "lines": lines})
        assert (answer.status_code, words in answer.text) == (422, True), words


def test_the_address_of_a_story_at_the_desk(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    publish(house, "Lake level")
    publish(house, "Another")
    public = client.get("/news/feed.json").json["items"]  # type: ignore[index]
    story = next(each["id"] for each in public if each["title"] == "Lake level")
    page = f"/desk/redirects/story/{story}"
    assert "It never had another one" in editor.get(page).text
    refused = send(editor, page, {"slug": "Another"})
    assert (refused.status_code, "has that address" in refused.text, 'value="Another"' in refused.text) == (
        422,
        True,
        True,
    )
    assert send(editor, page, {"slug": "Lake falls"}).status_code == 303
    shown = editor.get(page).text
    assert "/news/story/lake-falls" in shown
    assert "/news/story/lake-level" in shown
    automatic = shown.partition('href="/desk/redirects/redirect_')[2].partition('"')[0]
    answer = editor.get(f"/desk/redirects/redirect_{automatic}").text
    assert "This was the address of the story" in answer
    assert send(editor, f"/desk/redirects/redirect_{automatic}", FORM).status_code == 409
    assert editor.get("/desk/redirects/story/nothing").status_code == 404


def test_only_the_newsroom_redirects(house: House, desk: Callable[..., FlaskClient]) -> None:
    browser = desk("underwriting")
    for path in ("/desk/redirects", "/desk/redirects/new", "/desk/redirects/import", "/desk/banner"):
        assert browser.get(path).status_code == 403


def test_each_process_writes_its_counts_by_a_clock_of_its_own(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[Any, ...]] = []
    monkeypatch.setattr(bulletin, "watch", lambda _within, *what: started.append(what))
    monkeypatch.setattr(bulletin, "refresh", lambda: None)
    fresh = Flask("fresh")
    fresh.config["STATION"] = replace(settings, mode="development")
    freshness.install(fresh)
    for _ in range(3):
        fresh.test_client().get("/")
    assert started == [(), (write_uses, "uses")]
