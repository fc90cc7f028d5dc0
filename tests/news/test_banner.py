"""The banner: above every public page while it lasts, to the minute, for nothing when warm; and at the desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from justhtml import JustHTML

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.core.events import Event
from station.news.drafts import StoryDraft, text_blocks
from station.news.models import Banner, BannerLevel
from station.news.policies.banners import NotThen, check_span
from station.news.policies.moves import Refused
from station.news.services import (
    BannerDraft,
    BannerMeanwhile,
    change_slug,
    publish_story,
    put_up,
    retract_story,
    take_down,
)
from tests.browsing import send
from tests.conftest import House
from tests.news.test_pages import statements

__all__ = ["statements"]  # a fixture

LINE = "Fire closes I-15 at Primm"
PUBLIC = (
    "/news/",
    "/news/listen",
    "/news/schedule",
    "/news/search",
    "/news/archive",
    "/give",
    "/my-gift",
    "/text/news/",
)


def draft(hours: float = 1, *, link: str = "", starts_at: datetime | None = None, **more: Any) -> BannerDraft:
    values = {"level": BannerLevel.BREAKING, "headline": LINE, **more}
    return BannerDraft(link=link, starts_at=starts_at, ends_at=clock.now() + timedelta(hours=hours), **values)


def up(house: House, *, both: bool = False, **more: Any) -> Banner:
    stations = [house.news.id, *([house.classical.id] if both else [])]
    seen = {row.station_id: row.edition for row in db.session.scalars(sa.select(Banner))}
    put_up(stations, draft(**more), seen, COMMAND)
    return db.session.scalars(sa.select(Banner).where(Banner.station_id == house.news.id)).one()


def publish(house: House, headline: str, hours: float = -1) -> Any:
    at = clock.now() + timedelta(hours=hours)
    return publish_story(
        StoryDraft(headline, text_blocks("<p>One.</p><p>Two.</p>"), at, "Desert Public Radio"), house.news.id, COMMAND
    )


def test_it_stands_above_every_page_of_its_station(house: House, client: FlaskClient) -> None:
    for path in PUBLIC:
        assert LINE not in client.get(path).text
    up(house)
    for path in PUBLIC:
        page = JustHTML(client.get(path).text, sanitize=False)
        region = page.query("section[aria-label='Breaking news']")
        assert len(region) == 1, path
        assert " ".join(region[0].to_text().split()).startswith("Breaking news")
        assert LINE in region[0].to_text()
        assert not page.query("[aria-live], [role=alert], [role=marquee]"), path
    assert LINE not in client.get("/classical/").text
    up(house, both=True)
    assert LINE in client.get("/classical/").text
    assert LINE in client.get("/text/classical/").text


def test_warm_pages_ask_nothing(house: House, client: FlaskClient, statements: list[str]) -> None:
    publish(house, "Fire")
    up(house, link="/news/story/fire")
    for path in ("/news/", "/news/story/fire", "/text/news/", "/classical/"):
        cold = client.get(path)
        statements.clear()
        warm = client.get(path)
        assert (warm.data, statements) == (cold.data, []), path


def test_it_begins_and_ends_by_itself_to_the_minute(
    house: House, client: FlaskClient, later: Callable[..., None]
) -> None:
    row = up(house, hours=2, starts_at=clock.now() + timedelta(hours=1))
    assert (row.starts_at.second, row.ends_at.second, row.ends_at.microsecond) == (0, 0, 0)

    def at(instant: datetime) -> bool:
        later(seconds=(instant - clock.now()).total_seconds())
        shown = {LINE in client.get(path).text for path in ("/news/", "/give", "/text/news/")}
        assert len(shown) == 1
        return shown.pop()

    assert not at(row.starts_at - timedelta(seconds=20))
    kept = client.get("/news/").headers["Cache-Control"].partition("s-maxage=")[2].partition(",")[0]
    assert int(kept) <= 20, "a shared cache may not hide it beyond its minute"
    assert at(row.starts_at + timedelta(seconds=1))
    assert at(row.ends_at - timedelta(seconds=20))
    kept = client.get("/news/").headers["Cache-Control"].partition("s-maxage=")[2].partition(",")[0]
    assert int(kept) <= 20
    assert not at(row.ends_at + timedelta(seconds=1))


def test_its_link_follows_the_story(house: House, client: FlaskClient, later: Callable[..., None]) -> None:
    story = publish(house, "Fire")
    up(house, link="http://localhost/news/story/fire")
    assert f'<a href="/news/story/fire">{LINE}</a>' in client.get("/news/").text
    assert f'<a href="/text/news/story/fire">{LINE}</a>' in client.get("/text/news/").text
    change_slug(story, "fire-at-primm", COMMAND)
    assert f'<a href="/news/story/fire-at-primm">{LINE}</a>' in client.get("/news/").text
    give = client.get("/give").text
    assert LINE in give
    assert "fire-at-primm" not in give, "who is giving is not led away"
    retract_story(story, "it was wrong", COMMAND)
    shown = client.get("/news/").text
    assert LINE in shown
    assert "fire-at-primm" not in shown
    publish(house, "Soon", hours=0.5)
    up(house, hours=3, link="/news/story/soon")
    assert "/news/story/soon" not in client.get("/news/").text
    later(minutes=31)
    assert f'<a href="/news/story/soon">{LINE}</a>' in client.get("/news/").text
    up(house, link="https://elsewhere.example/?a=1&b=2")
    assert 'href="https://elsewhere.example/?a=1&amp;b=2"' in client.get("/text/news/").text


@pytest.mark.parametrize(
    "link", ["http://elsewhere.example/", "//evil.example", "javascript:alert(1)", "/news/story/no", "x"]
)
def test_links_that_cannot_be(house: House, link: str) -> None:
    with pytest.raises(Refused):
        up(house, link=link)
    assert db.session.scalars(sa.select(Banner)).all() == []


def test_it_needs_an_end_within_48_hours() -> None:
    now = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)
    minute = now.replace(second=0)
    for starts, ends in ((0, 48), (1, 49), (-5, 48), (0, 0.1)):
        check_span(minute + timedelta(hours=starts), minute + timedelta(hours=ends), now)
    for starts, ends in ((0, 48.1), (1, 49.1), (2, 2), (2, 1), (-2, -1), (-2, 0)):
        with pytest.raises(NotThen):
            check_span(minute + timedelta(hours=starts), minute + timedelta(hours=ends), now)


def test_one_at_a_time_and_two_editors(house: House, client: FlaskClient, later: Callable[..., None]) -> None:
    first = up(house)
    seen = {first.station_id: first.edition}
    with pytest.raises(BannerMeanwhile):
        put_up([house.news.id], draft(), {}, COMMAND)
    assert put_up([house.news.id], draft(headline="Fire is out"), seen, COMMAND) == [LINE]
    assert LINE not in client.get("/news/").text
    assert "Fire is out" in client.get("/news/").text
    with pytest.raises(BannerMeanwhile):
        put_up([house.news.id], draft(), seen, COMMAND)
    with pytest.raises(BannerMeanwhile):
        take_down(house.news.id, seen, COMMAND)
    with pytest.raises(BannerMeanwhile):
        take_down(house.classical.id, {}, COMMAND)
    later(hours=2)
    assert put_up([house.news.id], draft(), {}, COMMAND) == [], "what is over was as good as none"
    later(hours=2)
    row = db.session.scalars(sa.select(Banner)).one()
    assert put_up([house.news.id], draft(), {row.station_id: row.edition}, COMMAND) == []


def test_what_is_typed_stays_text(house: House, client: FlaskClient) -> None:
    up(house, headline="<script>alert(1)</script> & “more”", link="https://e.example/\"onclick='x'")
    for path in ("/news/", "/text/news/"):
        shown = client.get(path).text
        assert "<script>alert" not in shown
        assert "&lt;script&gt;" in shown


# at the desk


@pytest.fixture
def editor(desk: Callable[..., FlaskClient]) -> FlaskClient:
    return desk("news")


def form(house: House, **more: Any) -> dict[str, Any]:
    ends = clock.local(clock.now() + timedelta(hours=5), house.licensee.timezone)
    return {
        "stations": ["news"],
        "level": "breaking",
        "headline": LINE,
        "link": "",
        "starts_at": "",
        "ends_at": f"{ends:%Y-%m-%dT%H:%M}",
        **more,
    }


def post(editor: FlaskClient, data: dict[str, Any], to: str = "") -> Any:
    page = editor.get("/desk/banner").text
    seen = re.search(r'name="seen"[^>]* value="([^"]*)"', page)
    assert seen is not None
    return send(editor, "/desk/banner", {"seen": seen[1], **data}, to)


def test_from_first_to_last(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    publish(house, "Fire")
    assert editor.get("/desk/banner").text.count("No banner.") == 2
    looked = post(editor, form(house, link="/news/story/fire", look="1"))
    assert 'aria-label="Preview"' in looked.text
    assert LINE not in client.get("/news/").text
    for wrong, words in (
        ({"link": "/news/story/none"}, "no story at that"),
        ({"ends_at": "2020-01-01T12:00"}, "over"),
    ):
        refused = post(editor, form(house, **wrong, look="1"))
        assert (refused.status_code, words in refused.text, "Preview" in refused.text) == (422, True, False)
    assert post(editor, form(house, link="/news/story/fire")).status_code == 303
    assert LINE in client.get("/news/").text
    shown = editor.get("/desk/banner?change=news").text
    for words in (
        "Up since",
        "By News Person",
        'value="/news/story/fire"',
        f'value="{LINE}"',
        "The banner is up until",
    ):
        assert words in shown, words
    again = post(editor, form(house, headline="Fire is out", stations=["news", "classical"], level="notice"))
    assert again.status_code == 303
    assert f"It replaces “{LINE}”." in editor.get("/desk/banner").text
    assert 'aria-label="Notice"' in client.get("/classical/").text
    assert post(editor, {}, "/desk/banner/classical/down").status_code == 303
    assert "Fire is out" not in client.get("/classical/").text
    assert "Fire is out" in client.get("/news/").text
    told = db.session.scalars(sa.select(Event.name).where(Event.name.startswith("news.banner"))).all()
    assert sorted(told) == ["news.banner.put_up"] * 2 + ["news.banner.taken_down"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ends_at": ""}, "Say when it ends, within 48 hours"),
        ({"ends_at": "2020-01-01T12:00"}, "It would be over already"),
        ({"ends_at": "2999-01-01T12:00"}, "At most 48 hours"),
        ({"ends_at": "0001-01-01T00:00"}, "Choose a day near today"),
        ({"ends_at": "9999-12-31T23:59"}, "Choose a day near today"),
        ({"ends_at": "soon"}, "Not a valid datetime value"),
        ({"headline": " "}, "Enter the headline"),
        ({"headline": "x" * 141}, "140"),
        ({"stations": []}, "Choose at least one station"),
        ({"stations": ["nowhere"]}, "nowhere"),
        ({"level": "alarm"}, "Not a valid choice"),
        ({"link": "//evil.example"}, "Begin with / for a page of ours"),
        ({"link": "/news/story/none"}, "There is no story at that address"),
    ],
)
def test_what_is_refused_says_why_and_loses_nothing(
    house: House, editor: FlaskClient, wrong: dict[str, Any], words: str
) -> None:
    answer = post(editor, form(house, link=wrong.get("link", "https://e.example/")) | wrong)
    assert (answer.status_code, words in answer.text) == (422, True), answer.text
    if "headline" not in wrong:
        assert f'value="{LINE}"' in answer.text
    assert db.session.scalars(sa.select(Banner)).all() == []


def test_two_editors_are_told(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    up(house, headline="First")
    late = send(editor, "/desk/banner", {**form(house), "seen": ""})
    assert (late.status_code, "Somebody else changed the banner" in late.text) == (409, True)
    assert f'value="{LINE}"' in late.text
    assert "First" in client.get("/news/").text
    assert send(editor, "/desk/banner", {"seen": ""}, "/desk/banner/news/down").status_code == 409
    seen = re.findall(r'name="seen"[^>]* value="([^"]*)"', late.text)
    assert len(set(seen)) == 1
    assert send(editor, "/desk/banner", {**form(house), "seen": seen[0]}).status_code == 303
    assert LINE in client.get("/news/").text


def chosen(shown: str) -> list[str]:
    """The stations that are ticked on a page."""
    boxes = JustHTML(shown, sanitize=False).query("input[name=stations]")
    return [str(each.attrs["value"]) for each in boxes if "checked" in each.attrs]


def test_no_station_is_chosen_for_the_editor(house: House, editor: FlaskClient, client: FlaskClient) -> None:
    shown = editor.get("/desk/banner").text
    assert chosen(shown) == []
    assert '<a href="/desk/banner?station=classical">' in shown, "a link of that station's"
    assert chosen(editor.get("/desk/banner?station=classical").text) == ["classical"]
    assert chosen(editor.get("/desk/banner?station=nowhere").text) == []
    none = {name: value for name, value in form(house).items() if name != "stations"}
    for more in ({}, {"look": "1"}):
        refused = post(editor, {**none, **more})
        assert (refused.status_code, chosen(refused.text)) == (422, [])
        assert refused.text.count("Choose at least one station.") == 2, "in the summary and beside the field"
    assert LINE not in client.get("/news/").text + client.get("/classical/").text
    assert chosen(post(editor, form(house, look="1")).text) == ["news"], "what was chosen stays"
    up(house, both=True)
    assert chosen(editor.get("/desk/banner?change=news").text) == ["news", "classical"]
    assert chosen(editor.get("/desk/banner").text) == []


def test_who_changes_a_banner_that_was_taken_down_is_told_so(house: House, editor: FlaskClient) -> None:
    row = up(house)
    opened = f"{row.station_id}={row.edition}"
    take_down(house.news.id, {row.station_id: row.edition}, COMMAND)
    late = send(editor, "/desk/banner", {**form(house, headline="Fire is out"), "seen": opened})
    assert (late.status_code, "Somebody else took the banner down since" in late.text) == (409, True)
    assert 'value="Fire is out"' in late.text
    seen = re.search(r'name="seen"[^>]* value="([^"]*)"', late.text)
    assert seen is not None
    assert send(editor, "/desk/banner", {**form(house), "seen": seen[1]}).status_code == 303


def test_the_stations_clocks_are_meant(house: House, editor: FlaskClient) -> None:
    local = clock.local(clock.now() + timedelta(hours=3), house.licensee.timezone).replace(second=0, microsecond=0)
    assert post(editor, form(house, ends_at=f"{local:%Y-%m-%dT%H:%M}")).status_code == 303
    assert db.session.scalars(sa.select(Banner.ends_at)).one() == local.astimezone(UTC)
