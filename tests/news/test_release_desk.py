"""Stories at the desk: lists, the queue, a page for each, and what was typed wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db, transaction
from station.core.ids import public_id
from station.news.models import Section, Story, StoryState
from station.news.policies.editing import Written, empty
from station.news.services import embargo, import_document, publish, unpublish, withdraw
from station.news.services.editing import begin_story, save_story
from tests.browsing import send
from tests.conftest import House
from tests.news.cds_documents import document, six_paragraphs
from tests.news.drafting import a_draft, row_of, told

ZONE = ZoneInfo("America/Los_Angeles")
LIST = "/desk/stories?station=news"


@pytest.fixture
def editor(desk: Callable[..., FlaskClient]) -> FlaskClient:
    return desk("news")


def page_of(story: UUID) -> str:
    return f"/desk/stories/{public_id('story', story)}"


def act(browser: FlaskClient, story: UUID, name: str, seen: str | None = None, **typed: Any) -> Any:
    """Fill in one of the forms of a story's page, as it stands there, and send it."""
    prefix = {"back": "back"}.get(name, name)
    page = browser.get(page_of(story)).text
    held = re.search(rf'name="{prefix}-seen"[^>]* value="([^"]*)"', page)
    mark = seen if seen is not None else held[1] if held else ""
    data = {f"{prefix}-{field}": value for field, value in {"seen": mark, **typed}.items()}
    return send(browser, page_of(story), data, f"{page_of(story)}/{name}")


def minute(at: datetime) -> dict[str, str]:
    local = at.astimezone(ZONE)
    return {"day": local.date().isoformat(), "at": local.strftime("%H:%M")}


def soon(**span: float) -> datetime:
    return (clock.now() + timedelta(**span)).replace(second=0, microsecond=0)


def headlines(browser: FlaskClient, path: str) -> list[str]:
    return re.findall(r'<a href="/desk/stories/story_\w+">([^<]+)</a>', browser.get(path).text)


def test_the_way_of_a_story(
    house: House, editor: FlaskClient, client: FlaskClient, later: Callable[..., None], outbox: Callable[[], int]
) -> None:
    story, at = a_draft(house), soon(minutes=20)
    assert act(editor, story, "schedule", **minute(at)).status_code == 303
    shown = editor.get(page_of(story)).text
    assert "It comes out by itself" in shown
    assert "Scheduled" in shown
    queue = editor.get(f"{LIST}&state=scheduled").text
    assert "The well is dry" in queue
    assert re.search(r"in (19|20) minutes", queue)
    later(minutes=21)
    outbox()
    assert client.get("/news/story/the-well-is-dry").status_code == 200
    assert "Nothing is scheduled at" in editor.get(f"{LIST}&state=scheduled").text
    shown = editor.get(page_of(story)).text
    assert "Let “The well is dry” out at its minute" in shown
    assert "· the clock" in shown
    assert 'href="/news/story/the-well-is-dry"' in shown
    assert act(editor, story, "date", **minute(soon(days=-2)), told="y").status_code == 303
    assert row_of(story).revised_at is not None
    assert act(editor, story, "quiet", sensitive="y", why="Two people died.").status_code == 303
    assert act(editor, story, "unpublish", why="Another look.").status_code == 303
    assert act(editor, story, "embargo", **minute(soon(hours=3)), why="They asked.").status_code == 303
    assert "Under embargo" in editor.get(page_of(story)).text
    assert "Publish it now" not in editor.get(page_of(story)).text
    mark = re.search(r'name="schedule-seen"[^>]* value="([^"]*)"', editor.get(page_of(story)).text)
    assert mark is not None
    early = act(editor, story, "publish", mark[1])
    assert early.status_code == 422
    assert "nothing lets it out before" in early.text
    assert act(editor, story, "lift", why="They agreed.").status_code == 303
    assert act(editor, story, "publish").status_code == 303
    assert act(editor, story, "withdraw", why="It was wrong.").status_code == 303
    assert client.get("/news/story/the-well-is-dry").status_code == 410
    assert act(editor, story, "back", why="It was right.").status_code == 303
    assert client.get("/news/story/the-well-is-dry").status_code == 200
    assert told(story) == [
        "scheduled",
        "came_out",
        "redated",
        "quieted",
        "unpublished",
        "embargoed",
        "embargo_lifted",
        "published",
        "retracted",
        "put_back",
    ]


def test_pressed_twice_and_by_two(house: House, editor: FlaskClient) -> None:
    story = a_draft(house)
    seen = re.search(r'name="publish-seen"[^>]* value="([^"]+)"', editor.get(page_of(story)).text)
    assert seen is not None
    assert act(editor, story, "publish", seen[1]).status_code == 303
    again = act(editor, story, "publish", seen[1])
    assert again.status_code == 303
    assert "That was so already" in editor.get(page_of(story)).text
    late = act(editor, story, "schedule", seen[1], **minute(soon(hours=2)))
    assert late.status_code == 422
    assert "This story is out" in late.text
    late = act(editor, story, "withdraw", seen[1], why="It was wrong.")
    assert late.status_code == 409
    assert "Somebody was here since you opened this page. News Person published the story" in late.text
    assert 'value="It was wrong."' in late.text
    fresh = re.search(r'name="withdraw-seen"[^>]* value="([^"]+)"', late.text)
    assert fresh is not None
    assert fresh[1] != seen[1]
    assert act(editor, story, "withdraw", fresh[1], why="It was wrong.").status_code == 303
    assert told(story) == ["published", "retracted"]


def test_who_publishes_is_told_of_words_that_were_saved_since(house: House, editor: FlaskClient) -> None:
    story = begin_story(house.news.id, "The well is dry", COMMAND)
    text = Written("The well is dry", blocks=({**empty("text"), "key": "b1", "text": "One."},))
    save_story(story, 1, text, "", COMMAND)
    seen = re.search(r'name="publish-seen"[^>]* value="([^"]+)"', editor.get(page_of(story)).text)
    assert seen is not None
    save_story(story, 2, replace(text, deck="Something else."), "", COMMAND)
    late = act(editor, story, "publish", seen[1])
    assert late.status_code == 409
    assert "Somebody was here since you opened this page." in late.text
    assert "saved “The well is dry”, revision 3" in late.text
    assert row_of(story).state is StoryState.DRAFT
    fresh = re.search(r'name="publish-seen"[^>]* value="([^"]+)"', late.text)
    assert fresh is not None
    assert act(editor, story, "publish", fresh[1]).status_code == 303
    assert row_of(story).deck == "Something else."


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"at": "25:61"}, "Not a valid time"),
        ({"at": ""}, "Say at which minute."),
        ({"day": ""}, "Say on which day."),
        ({"day": "2026-02-30"}, "Not a valid date"),
        ({"day": "0001-01-01"}, "too far away"),
        ({"day": "9999-12-31"}, "too far away"),
        ({"day": "2001-01-01"}, "That minute has passed"),
        ({"day": "2076-11-26"}, "more than a year ahead"),
    ],
)
def test_a_wrong_time_keeps_what_was_typed(house: House, editor: FlaskClient, typed: Any, said: str) -> None:
    story = a_draft(house)
    wanted = {"day": soon(days=1).date().isoformat(), "at": "17:05", **typed}
    answer = act(editor, story, "schedule", **wanted)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<title>Error: " in answer.text
    assert wanted["day"] in answer.text
    assert (row_of(story).state, told(story)) == (StoryState.DRAFT, [])


def test_the_nights_when_the_clocks_jump(house: House, editor: FlaskClient, later: Callable[..., None]) -> None:
    zone = house.licensee.timezone
    today = clock.today(zone)
    days = [today + timedelta(days=n) for n in range(1, 366)]
    lengths = {each: clock.day_bounds(each, zone) for each in days}
    spring = next(each for each, (a, b) in lengths.items() if b - a == timedelta(hours=23))
    autumn = next(each for each, (a, b) in lengths.items() if b - a == timedelta(hours=25))
    story = a_draft(house)
    answer = act(editor, story, "schedule", day=spring.isoformat(), at="02:30")
    assert answer.status_code == 422
    assert "The clocks skip 2:30 AM" in answer.text
    answer = act(editor, story, "schedule", day=autumn.isoformat(), at="01:30")
    assert answer.status_code == 422
    assert "The clocks show 1:30 AM" in answer.text
    assert "The first 1:30 AM (PDT)" in answer.text
    assert "The second 1:30 AM (PST)" in answer.text
    assert act(editor, story, "schedule", day=autumn.isoformat(), at="01:30", which="third").status_code == 422
    assert act(editor, story, "schedule", day=autumn.isoformat(), at="01:30", which="second").status_code == 303
    second = row_of(story).published_at
    assert act(editor, story, "schedule", day=autumn.isoformat(), at="01:30", which="first").status_code == 303
    first = row_of(story).published_at
    assert first is not None
    assert second is not None
    assert second - first == timedelta(hours=1)


@pytest.mark.parametrize("name", ["unpublish", "withdraw"])
def test_a_reason_is_needed(house: House, editor: FlaskClient, name: str) -> None:
    story = a_draft(house)
    publish(story, None, COMMAND)
    for why in ("", "   ", "x" * 301):
        assert act(editor, story, name, why=why).status_code == 422
    assert act(editor, story, "quiet", sensitive="y", why="").status_code == 422
    assert told(story) == ["published"]


def test_wrong_addresses(house: House, editor: FlaskClient) -> None:
    story = a_draft(house)
    token = {"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', editor.get(page_of(story)).text)[0]}
    for path in ("story_00000000000000000000000000", "story_1", "nothing", "%00"):
        assert editor.get(f"/desk/stories/{path}").status_code in (400, 404)
        assert editor.post(f"/desk/stories/{path}/publish", data=token).status_code in (400, 404)
    for query in (
        "state=lost",
        "section=nowhere",
        "origin=mars",
        "before=story_1",
        "before=2026-01-01~story_1",
        f"before=2026-01-01T00:00:00~{public_id('story', story)}",
        "before=",
        "station=nowhere",
    ):
        assert editor.get(f"/desk/stories?{query}").status_code == 404, query
    assert editor.get(f"{page_of(story)}/correct").status_code == 404, "a draft is simply changed"
    assert editor.post(f"{page_of(story)}/publish").status_code == 400, "without its token"


def test_lists_by_where_stories_stand(house: House, editor: FlaskClient) -> None:
    assert "has no stories yet" in editor.get(LIST).text
    for state, said in (("draft", "No drafts"), ("out", "Nothing is out"), ("withdrawn", "Nothing was withdrawn")):
        assert said in editor.get(f"{LIST}&state={state}").text
    with transaction() as session:
        water = Section(station_id=house.news.id, slug="water", name="Water")
        session.add(water)
    kept = {name: a_draft(house, f"The {name} one") for name in ("draft", "scheduled", "out", "withdrawn")}
    with transaction() as session:
        session.get_one(Story, kept["out"]).section_id = water.id
        session.get_one(Story, kept["draft"]).byline = "Zoë Peña"
    publish(kept["scheduled"], soon(hours=2), COMMAND)
    for name in ("out", "withdrawn"):
        publish(kept[name], None, COMMAND)
    withdraw(kept["withdrawn"], "Wrong.", COMMAND)
    import_document(document(*six_paragraphs()), house.news.id, COMMAND)
    for name in kept:
        assert headlines(editor, f"{LIST}&state={name}")[:1] == (
            [f"The {name} one"] if name != "out" else ["Lake level rises after a wet winter"]
        )
    assert headlines(editor, f"{LIST}&state=out&origin=local") == ["The out one"]
    assert headlines(editor, f"{LIST}&state=others") == ["Lake level rises after a wet winter"]
    assert len(headlines(editor, LIST)) == 5
    assert headlines(editor, f"{LIST}&section=water") == ["The out one"]
    assert headlines(editor, f"{LIST}&q=pe%C3%B1a") == ["The draft one"]
    assert headlines(editor, f"{LIST}&q=WITHDRAWN+one") == ["The withdrawn one"]
    assert headlines(editor, f"{LIST}&q=100%25") == []
    assert "Fewer words find more" in editor.get(f"{LIST}&q=zzz").text
    assert headlines(editor, "/desk/stories?station=classical") == []


def test_pages_go_on_by_the_last_one_shown(house: House, editor: FlaskClient) -> None:
    made = [a_draft(house, f"Story {number:03d}") for number in range(120)]
    seen: list[str] = []
    path: str | None = f"{LIST}&state=draft"
    while path:
        text = editor.get(path).text
        seen += re.findall(r'<a href="/desk/stories/story_\w+">([^<]+)</a>', text)
        if len(seen) == 50:
            with transaction() as session:
                session.get_one(Story, made[100]).updated_at = clock.now()  # shown already, and changed since
        more = re.search(r'href="([^"]+)" rel="next"', text)
        path = more[1].replace("&amp;", "&") if more else None
    assert seen == [f"Story {number:03d}" for number in range(119, -1, -1)]


def test_the_queue_says_what_is_in_whose_way(house: House, editor: FlaskClient) -> None:
    at = soon(hours=2)
    for name, span in (("First", 0), ("Second", 4), ("Third", 4), ("Fourth", 60)):
        publish(a_draft(house, name), at + timedelta(minutes=span), COMMAND)
    held = a_draft(house, "Held back")
    embargo(held, soon(days=2), "They asked.", COMMAND)
    page = editor.get(f"{LIST}&state=scheduled").text
    assert headlines(editor, f"{LIST}&state=scheduled") == ["First", "Second", "Third", "Fourth", "Held back"]
    assert "shortly after “First”" in page
    assert "at the same minute as “Second”" in page
    assert page.count("Close</span>") == 2
    assert "Under embargo, and without a time" in page


def test_stories_of_others_have_less_to_press(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    import_document(document(*six_paragraphs()), house.news.id, COMMAND)
    story = db.session.scalars(sa.select(Story.id)).one()
    page = editor.get(page_of(story)).text
    for absent in ("Publish it now", "Schedule it", "Correct its date", "embargo", "Write a correction", "Unpublish"):
        assert absent not in page
    assert act(editor, story, "publish").status_code == 422
    assert act(editor, story, "withdraw", why="Not for us.").status_code == 303
    assert client.get("/news/story/lake-level-rises-after-a-wet-winter").status_code == 410
    assert act(editor, story, "back", why="After all.").status_code == 303


def test_a_correction_is_looked_at_first(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    story = a_draft(house)
    publish(story, None, COMMAND)
    path = f"{page_of(story)}/correct"
    assert "Write a correction" in editor.get(page_of(story)).text
    empty = send(editor, path, {"text": "  "})
    assert empty.status_code == 422
    assert "Write what was wrong" in empty.text
    shown = send(editor, path, {"text": "It was <Henderson>.", "key": "k1"})
    assert shown.status_code == 200
    assert "It was &lt;Henderson&gt;." in shown.text.partition("This is how readers will see it")[2]
    assert 'value="k1"' in shown.text
    assert 'class="correction"' not in client.get("/news/story/the-well-is-dry").text
    for _ in range(2):
        assert send(editor, path, {"text": "It was <Henderson>.", "key": "k1", "sure": "yes"}).status_code == 303
    assert "It was published already" in editor.get(page_of(story)).text
    assert client.get("/news/story/the-well-is-dry").text.count("It was &lt;Henderson&gt;.") == 1
    assert told(story) == ["published", "corrected"]
    unpublish(story, "Another look.", COMMAND)
    assert editor.get(path).status_code == 404


def test_only_the_newsroom(house: House, desk: Callable[..., FlaskClient]) -> None:
    story = a_draft(house)
    browser = desk("underwriting")
    assert browser.get("/desk/stories").status_code == 403
    assert browser.get(page_of(story)).status_code == 403
    auditor = desk("auditor")
    assert auditor.get(page_of(story)).status_code == 200
    token = re.findall(r'name="csrf_token" value="([^"]+)"', auditor.get(page_of(story)).text)[0]
    assert auditor.post(f"{page_of(story)}/publish", data={"csrf_token": token}).status_code == 403
    assert told(story) == []


def test_the_audit_leads_to_the_story(house: House, desk: Callable[..., FlaskClient]) -> None:
    story = a_draft(house)
    publish(story, None, COMMAND)
    assert page_of(story) in desk("admin").get("/desk/audit").text
