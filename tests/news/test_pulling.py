"""Asking NPR: a local server in its place, that answers as the CDS does, badly, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

from station.accounts.models import WorkItem
from station.core import runtime
from station.core.actor import COMMAND
from station.core.db import db
from station.news import queries, services
from station.news.cli import group
from station.news.models import Person, Program, Story, StoryState, StoryTag, Tag
from station.news.services import BadQuery, CdsRefused, CdsUnavailable, pulling
from station.news.services.pulling import query_of
from tests.conftest import House
from tests.news.cds_documents import RESTRICTED, document, six_paragraphs, typed
from worker import tasks
from worker.jobs import TASKS


class Npr:
    """A content service with these documents; what it was asked is kept."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.answer: tuple[int, bytes] | None = None  # to everything, instead
        self.beside: tuple[int, bytes] | None = None  # to questions by id that name none of these stories, instead

    def put(self, *documents: dict[str, Any]) -> None:
        self.documents |= {each["id"]: each for each in documents}

    def respond(self, path: str, params: dict[str, str]) -> tuple[int, bytes]:
        if self.answer is not None:
            return self.answer
        found = list(self.documents.values())
        if path.startswith("/v1/documents/"):
            found = [each for each in found if each["id"] == path.rpartition("/")[2]]
            if not found:
                return 404, b'{"meta": {"messages": ["no such document"]}}'
        elif "ids" in params:
            if self.beside is not None and not any(each.startswith("nx-s1-") for each in params["ids"].split(",")):
                return self.beside
            found = [each for each in found if each["id"] in params["ids"].split(",")]
        start, most = int(params.get("offset", 0)), int(params.get("limit", 20))
        return 200, json.dumps({"resources": found[start : start + most]}).encode()


@pytest.fixture
def npr(app: Flask) -> Iterator[Npr]:
    service = Npr()
    with serving(service) as address:
        before = runtime.settings()
        runtime.configure(replace(before, npr_cds_url=address, npr_cds_token="a token of the test"))
        yield service
        runtime.configure(before)


@contextmanager
def serving(service: Npr) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            params = {name: values[0] for name, values in parse_qs(parts.query).items()}
            service.asked.append((parts.path, params, self.headers.get("Authorization", "")))
            status, body = service.respond(parts.path, params)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def story(cds_id: str, **fields: Any) -> dict[str, Any]:
    return document(*six_paragraphs(), cds_id=cds_id, title=f"Story {cds_id}", **fields)


def run(app: Flask, *args: str) -> tuple[int, dict[str, Any]]:
    result = app.test_cli_runner().invoke(group, ["import", *args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, json.loads(result.stdout)


def states() -> dict[str, str]:
    db.session.rollback()
    return {row.cds_id or "": row.state.value for row in db.session.scalars(sa.select(Story))}


def test_documents_by_id_with_the_token_and_what_they_lean_on(app: Flask, npr: Npr) -> None:
    made = story(
        "nx-s1-1",
        bylines=[{"href": "#/assets/by"}],
        collections=[
            {"href": "/v1/documents/1017", "rels": ["topic"]},
            {"href": "/v1/documents/99", "rels": ["program"]},
            {"href": "/v1/documents/77", "rels": ["series"]},
        ],
    )
    made["assets"]["by"] = typed("reference-byline", bylineDocuments=[{"href": "/v1/documents/55"}])
    npr.put(
        made,
        {"id": "55", "title": "Lee Ito"},
        {"id": "99", "title": "The Lake Hour"},
        {"id": "77", "title": "Rivers"},
    )
    assert run(app, "--id", "nx-s1-1")[1]["added"] == ["nx-s1-1"]
    assert {authorization for _, _, authorization in npr.asked} == {"Bearer a token of the test"}
    row = db.session.scalars(sa.select(Story)).one()
    assert row.byline == "Lee Ito"
    assert db.session.get_one(Program, row.program_id).name == "The Lake Hour"
    assert [tag.name for tag in db.session.scalars(sa.select(Tag).join(StoryTag, StoryTag.tag_id == Tag.id))] == [
        "Rivers"
    ]
    shown = queries.story(row.station_id, row.slug)
    assert shown is not None
    person = db.session.scalars(sa.select(Person)).one()
    assert ([(each.name, each.slug) for each in shown.people], person.cds_id) == ([("Lee Ito", "lee-ito")], "55")
    assert run(app, "--id", "nx-s1-1")[1]["unchanged"] == ["nx-s1-1"]
    npr.documents["55"]["title"] = "Lee K. Ito"
    assert run(app, "--id", "nx-s1-1")[1]["updated"] == ["nx-s1-1"]


def test_a_query_is_sorted_paged_and_ends(app: Flask, npr: Npr, house: House) -> None:
    npr.put(*[story(f"nx-s1-{number}") for number in range(350)])
    status, said = run(app, "--query", "collectionIds=1122&limit=320", "--dry-run")
    assert (status, len(said["added"]), states()) == (0, 320, {})
    asked = [params for path, params, _ in npr.asked if "ids" not in params]
    assert [(each["limit"], each["offset"], each["sort"]) for each in asked] == [
        ("300", "0", "publishDateTime:desc"),
        ("20", "300", "publishDateTime:desc"),
    ]
    assert asked[0]["collectionIds"] == "1122"
    assert run(app, "--query", "limit=3&sort=editorial")[1]["added"] == ["nx-s1-0", "nx-s1-1", "nx-s1-2"]


@pytest.mark.parametrize("text", ["", "collectionIds", "limit=0", "limit=2001", "limit=many", "limit=5&offset=3"])
def test_a_bad_query_asks_nothing(app: Flask, npr: Npr, text: str) -> None:
    with pytest.raises(BadQuery):
        query_of(text)
    status, said = run(app, "--query", text)
    assert (status, len(said["refused"]), npr.asked) == (1, 1, [])


def test_gone_and_restricted_documents_leave_the_site(app: Flask, npr: Npr) -> None:
    npr.put(story("nx-s1-1"), story("nx-s1-2"))
    run(app, "--id", "nx-s1-1", "--id", "nx-s1-2")
    del npr.documents["nx-s1-1"]
    npr.documents["nx-s1-2"][RESTRICTED] = True
    rehearsed = run(app, "--id", "nx-s1-1", "--id", "nx-s1-2", "--dry-run")[1]
    assert (sorted(rehearsed["retracted"]), set(states().values())) == (["nx-s1-1", "nx-s1-2"], {"published"})
    said = run(app, "--id", "nx-s1-1", "--id", "nx-s1-2", "--id", "nx-s1-3")[1]
    assert sorted(said["retracted"]) == ["nx-s1-1", "nx-s1-2"]
    assert said["refused"] == [{"id": "nx-s1-3", "why": "NPR has it no more"}]
    assert set(states().values()) == {"retracted"}
    npr.put(story("nx-s1-1"))
    assert run(app, "--id", "nx-s1-1")[1]["updated"] == ["nx-s1-1"]
    assert states()["nx-s1-1"] == "published"


def test_what_a_person_took_off_stays_off(app: Flask, npr: Npr, house: House) -> None:
    npr.put(story("nx-s1-1"))
    run(app, "--id", "nx-s1-1")
    services.retract_story(db.session.scalars(sa.select(Story.id)).one(), "not for us", COMMAND)
    npr.put(story("nx-s1-1", teaser="New words"))
    assert "by a person" in run(app, "--id", "nx-s1-1")[1]["refused"][0]["why"]
    assert states() == {"nx-s1-1": "retracted"}


def test_switches_of_the_newsroom_outlive_updates(app: Flask, npr: Npr) -> None:
    npr.put(story("nx-s1-1"))
    run(app, "--id", "nx-s1-1")
    with services.writing.transaction() as session:
        session.scalars(sa.select(Story)).one().sensitive = True
    npr.put(story("nx-s1-1", teaser="New words"))
    assert run(app, "--id", "nx-s1-1")[1]["updated"] == ["nx-s1-1"]
    assert db.session.scalars(sa.select(Story)).one().sensitive


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((500, b""), CdsUnavailable),
        ((429, b'{"meta": {"messages": ["slow down"]}}'), CdsUnavailable),
        ((401, b'{"meta": {"messages": ["no token"]}}'), CdsRefused),
        ((400, b'{"meta": {"messages": ["bad is an unexpected query parameter"]}}'), CdsRefused),
        ((302, b""), CdsUnavailable),
        ((200, b"not json"), CdsUnavailable),
        ((200, b'{"resources": 5}'), CdsUnavailable),
        ((200, b"[" * 100_000), CdsUnavailable),
    ],
)
def test_a_service_that_fails_changes_nothing(app: Flask, npr: Npr, house: House, answer: Any, kind: Any) -> None:
    npr.put(story("nx-s1-1"))
    run(app, "--id", "nx-s1-1")
    npr.answer = answer
    with pytest.raises(kind):
        services.pull_ids(["nx-s1-1"], house.news.id, COMMAND)
    status, said = run(app, "--id", "nx-s1-1")
    assert (status, len(said["refused"])) == (1, 1)
    assert states() == {"nx-s1-1": "published"}
    assert len(npr.asked) < 30, "the token is sent to no other address"


def test_a_feed_asks_when_its_time_has_come(app: Flask, npr: Npr, house: House, later: Any) -> None:
    tasks.load()
    npr.put(story("nx-s1-1"))
    feed = services.keep_feed(None, "Politics", "collectionIds=1014&limit=5", house.news.id, 15, True, COMMAND)
    TASKS["news.pull"]()
    assert states() == {"nx-s1-1": "published"}
    asked = len(npr.asked)
    TASKS["news.pull"]()
    assert len(npr.asked) == asked
    later(minutes=16)
    npr.answer = (503, b"")
    TASKS["news.pull"]()
    db.session.rollback()
    row = queries.feeds()[0]
    assert (row.id, row.said) == (feed, {"added": 1, "why": []})
    assert "503" in row.error
    with pytest.raises(BadQuery):
        services.keep_feed(feed, "Politics", "nonsense", house.news.id, 15, True, COMMAND)


def test_looking_again_updates_retracts_and_distrusts_a_void(app: Flask, npr: Npr, house: House) -> None:
    tasks.load()
    recent = {"publishDateTime": services.writing.clock.now().isoformat()}
    npr.put(*[story(f"nx-s1-{number}", **recent) for number in range(12)])
    run(app, "--query", "limit=20")
    del npr.documents["nx-s1-3"]
    npr.documents["nx-s1-4"]["teaser"] = "New words"
    TASKS["news.look_again"]()
    assert [cds_id for cds_id, state in states().items() if state == "retracted"] == ["nx-s1-3"]
    assert db.session.scalars(sa.select(Story.teaser).where(Story.cds_id == "nx-s1-4")).one() == "New words"
    npr.documents.clear()
    TASKS["news.look_again"]()
    assert list(states().values()).count(StoryState.RETRACTED.value) == 1
    assert [item.kind for item in db.session.scalars(sa.select(WorkItem))] == ["news.many_missing"]


def leaning(cds_id: str = "nx-s1-1", **fields: Any) -> dict[str, Any]:
    """A story with an author, a program, a series and a transcript that are documents of their own."""
    collections = [("1017", "topic"), ("99", "program"), ("77", "series"), ("66", "slug")]
    made = story(
        cds_id,
        bylines=[{"href": "#/assets/by"}],
        audio=[{"href": "#/assets/sound"}],
        collections=[{"href": f"/v1/documents/{number}", "rels": [rel]} for number, rel in collections],
        **fields,
    )
    made["assets"]["by"] = typed("reference-byline", bylineDocuments=[{"href": "/v1/documents/55"}])
    made["assets"]["sound"] = typed(
        "audio",
        enclosures=[{"href": "https://media.example.org/a.mp3?t=1", "type": "audio/mpeg"}],
        isAvailable=True,
        isStreamable=True,
        transcriptLink={"href": "/v1/documents/tr-1"},
        transcriptWebPageLink={"href": "https://www.npr.org/transcripts/1"},
    )
    return made


def beside() -> list[dict[str, Any]]:
    names = {"55": "Lee Ito", "99": "The Lake Hour", "77": "Rivers", "66": "Water in the West"}
    found: list[dict[str, Any]] = [{"id": each, "title": name} for each, name in names.items()]
    return [*found, {"id": "tr-1", "text": "<p>HOST: Good morning.</p>"}]


def known_of(cds_id: str = "nx-s1-1") -> dict[str, Any]:
    db.session.rollback()
    row = db.session.scalars(sa.select(Story).where(Story.cds_id == cds_id)).one()
    shown = queries.story(row.station_id, row.slug)
    assert shown is not None
    sounds = [block for block in shown.blocks if block["type"] == "audio"]
    return {
        "byline": shown.byline,
        "people": shown.people,
        "tags": shown.tags,
        "program": shown.program,
        "section": shown.section,
        "sounds": [(each["transcript"], each["transcript_url"]) for each in sounds],
    }


@pytest.mark.parametrize("answer", [(429, b""), (503, b""), (400, b"{}")])
@pytest.mark.parametrize("changed", [False, True])
def test_what_could_not_be_asked_for_stays_as_it_was(
    app: Flask, npr: Npr, house: House, answer: tuple[int, bytes], changed: bool
) -> None:
    npr.put(leaning(), *beside())
    run(app, "--id", "nx-s1-1")
    before = known_of()
    assert (before["byline"], before["program"].name) == ("Lee Ito", "The Lake Hour")
    assert (before["section"].name, before["sounds"]) == ("Water in the West", [("<p>HOST: Good morning.</p>", "")])
    npr.beside = answer
    more = {"teaser": "New words", "editorialLastModifiedDateTime": "2026-03-02T08:00:00-05:00"} if changed else {}
    npr.put(leaning(**more))
    said = run(app, "--query", "collectionIds=1017")[1]
    assert said["updated" if changed else "unchanged"] == ["nx-s1-1"]
    assert said["refused"][0]["id"] == "authors, collections and transcripts"
    assert f"NPR answered {answer[0]}" in said["refused"][0]["why"]
    assert known_of() == before
    assert db.session.scalars(sa.select(Story.teaser)).one() == more.get("teaser", "")
    npr.beside = None
    npr.put({"id": "55", "title": "Lee K. Ito"})
    assert run(app, "--query", "collectionIds=1017")[1]["updated"] == ["nx-s1-1"]
    assert known_of()["byline"] == "Lee K. Ito", "the next answer is taken whole"


def promo(number: int, **fields: Any) -> dict[str, Any]:
    return typed("promo-card", documentLink={"href": f"/v1/documents/g-{number}"}, **fields)


def elsewhere(number: int, page: str = "") -> dict[str, Any]:
    address = f"https://www.npr.org/{page or number}"
    return {"id": f"g-{number}", "title": f"Own {number}", "webPages": [{"href": address, "rels": ["canonical"]}]}


def with_cards(*cards: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return document(*six_paragraphs(), *cards, cds_id="nx-s1-1", title="Lake", collections=[], **fields)


def cards() -> list[tuple[str, str, str]]:
    db.session.rollback()
    blocks = db.session.scalars(sa.select(Story.blocks)).one()
    assert {block["type"] for block in blocks} <= {"text", "card"}
    return [(block["title"], block["url"], block["teaser"]) for block in blocks if block["type"] == "card"]


LATER = {"editorialLastModifiedDateTime": "2026-03-02T08:00:00-05:00"}
ONE, TWO = ("One", "https://www.npr.org/1", ""), ("Own 2", "https://www.npr.org/2", "")
THREE = ("One", "https://www.npr.org/3", "")


@pytest.mark.parametrize("answer", [(429, b""), (503, b""), (400, b"{}")])
def test_cards_stay_when_what_they_lead_to_cannot_be_asked_for(
    app: Flask, npr: Npr, house: House, answer: tuple[int, bytes]
) -> None:
    npr.put(with_cards(promo(1, title="One"), promo(2), promo(3, title="One")), *map(elsewhere, (1, 2, 3)))
    run(app, "--id", "nx-s1-1")
    assert cards() == [ONE, TWO, THREE]
    npr.beside = answer
    new = promo(4, title="New", teaser="It waits")
    npr.put(with_cards(promo(3, title="One"), promo(2, teaser="Words"), new, promo(1, title="Uno"), **LATER))
    assert run(app, "--id", "nx-s1-1")[1]["updated"] == ["nx-s1-1"]
    kept = [THREE, ("Own 2", ONE[1].replace("1", "2"), "Words"), ("Uno", ONE[1], "")]
    assert cards() == kept, "in the order of now, with the words of now, each where its document is"
    npr.put(
        with_cards(promo(2, teaser="Words"), **{**LATER, "editorialLastModifiedDateTime": "2026-03-03T08:00:00Z"})
    )
    assert run(app, "--id", "nx-s1-1")[1]["updated"] == ["nx-s1-1"]
    assert cards() == [kept[1]], "twice in a row; what its owner took out is gone"
    npr.beside = None
    npr.put(elsewhere(2, "new"), elsewhere(4))
    npr.put(with_cards(promo(2), promo(4, title="New")))
    npr.documents["nx-s1-1"]["editorialLastModifiedDateTime"] = "2026-03-04T08:00:00Z"
    assert run(app, "--id", "nx-s1-1")[1]["updated"] == ["nx-s1-1"]
    assert cards() == [("Own 2", "https://www.npr.org/new", ""), ("New", "https://www.npr.org/4", "")]


def test_a_new_story_has_no_card_that_leads_nowhere(app: Flask, npr: Npr, house: House) -> None:
    npr.beside = (503, b"")
    npr.put(with_cards(promo(1, title="One")), elsewhere(1))
    assert run(app, "--id", "nx-s1-1")[1]["added"] == ["nx-s1-1"]
    assert cards() == []
    npr.beside = None
    assert run(app, "--id", "nx-s1-1")[1]["updated"] == ["nx-s1-1"]
    assert cards() == [ONE]


def test_a_new_story_comes_in_without_what_could_not_be_asked_for(app: Flask, npr: Npr, house: House) -> None:
    npr.beside = (503, b"")
    npr.put(leaning(), *beside())
    assert run(app, "--id", "nx-s1-1")[1]["added"] == ["nx-s1-1"]
    assert known_of()["byline"] == ""
    npr.beside = None
    assert run(app, "--id", "nx-s1-1")[1]["updated"] == ["nx-s1-1"]
    assert known_of()["byline"] == "Lee Ito"


def test_a_story_that_leans_on_nothing_is_not_held_back(app: Flask, npr: Npr, house: House) -> None:
    plain = story("nx-s1-2", collections=[])
    npr.put(plain, leaning(), *beside())
    run(app, "--id", "nx-s1-1", "--id", "nx-s1-2")
    npr.beside = (503, b"")
    plain["teaser"] = "New words, though nobody moved the date"
    assert run(app, "--id", "nx-s1-1", "--id", "nx-s1-2")[1]["updated"] == ["nx-s1-2"]


def old(number: int, **fields: Any) -> dict[str, Any]:
    return story(f"nx-s1-{number}", publishDateTime=f"2020-03-{number + 1:02}T06:00:00-05:00", **fields)


def test_older_stories_are_asked_for_by_turns(
    app: Flask, npr: Npr, house: House, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "MOST_OLDER", 3)
    npr.put(*[old(number) for number in range(8)])
    run(app, "--query", "limit=20")
    npr.documents["nx-s1-6"][RESTRICTED] = True
    del npr.documents["nx-s1-1"]
    npr.asked.clear()
    for _ in range(3):
        services.look_again(house.news.id, COMMAND)
        later(hours=1)
    asked = [params["ids"].split(",") for _, params, _ in npr.asked if "nx-s1-" in params.get("ids", "")]
    assert {each for some in asked for each in some} == {f"nx-s1-{number}" for number in range(8)}
    assert max(map(len, asked)) <= 3 + 2, "three by turns, and those that have left"
    assert {cds_id for cds_id, state in states().items() if state == "retracted"} == {"nx-s1-1", "nx-s1-6"}


def test_what_was_missing_once_comes_back(app: Flask, npr: Npr, house: House, later: Any) -> None:
    recent = {"publishDateTime": services.writing.clock.now().isoformat()}
    npr.put(*[story(f"nx-s1-{number}", **recent) for number in range(4)], old(9))
    run(app, "--query", "limit=20")
    services.retract_story(
        db.session.scalars(sa.select(Story.id).where(Story.cds_id == "nx-s1-1")).one(), "no", COMMAND
    )
    away = {each: npr.documents.pop(each) for each in ("nx-s1-0", "nx-s1-9")}
    services.look_again(house.news.id, COMMAND)
    assert sorted(each for each, state in states().items() if state == "retracted") == [
        "nx-s1-0",
        "nx-s1-1",
        "nx-s1-9",
    ]
    npr.documents |= away
    later(hours=1)
    npr.asked.clear()
    services.look_again(house.news.id, COMMAND)
    assert [each for each, state in states().items() if state == "retracted"] == ["nx-s1-1"], "a person took it off"
    assert all("nx-s1-1" not in params.get("ids", "").split(",") for _, params, _ in npr.asked)
    later(days=31)
    del npr.documents["nx-s1-0"]
    services.look_again(house.news.id, COMMAND)
    later(days=31)
    npr.asked.clear()
    services.look_again(house.news.id, COMMAND)
    assert all("nx-s1-0" not in params.get("ids", "").split(",") for _, params, _ in npr.asked), (
        "after a month no more"
    )


def test_a_void_among_the_old_ones_holds_nothing_of_the_new_ones_back(app: Flask, npr: Npr, house: House) -> None:
    recent = {"publishDateTime": services.writing.clock.now().isoformat()}
    npr.put(*[old(number) for number in range(12)], *[story(f"nx-s1-{number}", **recent) for number in range(20, 24)])
    run(app, "--query", "limit=20")
    for number in (*range(12), 20):
        del npr.documents[f"nx-s1-{number}"]
    npr.documents["nx-s1-21"]["teaser"] = "New words"
    services.look_again(house.news.id, COMMAND)
    assert [each for each, state in states().items() if state == "retracted"] == ["nx-s1-20"]
    assert db.session.scalars(sa.select(Story.teaser).where(Story.cds_id == "nx-s1-21")).one() == "New words"
    assert [item.kind for item in db.session.scalars(sa.select(WorkItem))] == ["news.many_missing"]


def test_without_a_token_the_clock_asks_nothing(app: Flask, npr: Npr, house: House) -> None:
    tasks.load()
    runtime.configure(replace(runtime.settings(), npr_cds_token=""))
    services.keep_feed(None, "Politics", "limit=5", house.news.id, 15, True, COMMAND)
    TASKS["news.pull"]()
    TASKS["news.look_again"]()
    assert npr.asked == []


def test_lines_for_people_and_wrong_commands(app: Flask, npr: Npr) -> None:
    npr.put(story("nx-s1-1"))
    runner = app.test_cli_runner()
    said = runner.invoke(group, ["import", "--id", "nx-s1-1", "--text"]).stdout
    assert said.startswith("added      nx-s1-1")
    for wrong in ([], ["x.json", "--id", "1"], ["--id", "1", "--query", "limit=1"]):
        assert runner.invoke(group, ["import", *wrong]).exit_code == 2


def test_the_page_is_printed(app: Flask, npr: Npr) -> None:
    npr.put(story("nx-s1-1"))
    run(app, "--id", "nx-s1-1")
    runner = app.test_cli_runner()
    shown = runner.invoke(group, ["render", "nx-s1-1"])
    assert shown.exit_code == 0
    assert "<h1" in shown.stdout
    assert "Paragraph 3 of a story about the lake." in shown.stdout
    assert runner.invoke(group, ["render", "none"]).exit_code == 1
    services.retract_story(db.session.scalars(sa.select(Story.id)).one(), "gone", COMMAND)
    assert runner.invoke(group, ["render", "nx-s1-1"]).exit_code == 1
