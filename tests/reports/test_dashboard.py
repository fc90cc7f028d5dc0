"""The desk's front page, built from places."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from station.accounts.models import Role
from station.accounts.places import NAV
from station.accounts.services import open_work_item
from station.core.actor import VISITOR
from station.members.services import match_or_create


def page(desk: Any, *roles: str) -> str:
    answer = desk(*roles).get("/desk/")
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_an_empty_house_has_a_dashboard(desk: Any, role: str) -> None:
    assert "Nothing waiting." in page(desk, role)


def test_numbers_and_queues_follow_the_roles(desk: Any) -> None:
    match_or_create("Ana", "Peña", "ana@example.org", VISITOR)
    open_work_item("test", "1", Role.DEVELOPMENT, "A gift has no member", "Match it.")
    open_work_item("test", "2", Role.NEWS, "A story has no picture")
    development, news, auditor = page(desk, "development"), page(desk, "news"), page(desk, "auditor")
    assert "A gift has no member" in development
    assert "A story has no picture" not in development
    assert '<p class="stat-label">Members</p>' in development
    assert "Made a member record for Ana Peña" in development
    assert "A story has no picture" in news
    assert "A gift has no member" not in news
    assert '<p class="stat-label">Members</p>' not in news
    assert "Made a member record" not in news
    assert "A gift has no member" in auditor
    assert "A story has no picture" in auditor


def test_a_long_queue_is_cut_and_says_so(desk: Any) -> None:
    for number in range(7):
        open_work_item("test", str(number), Role.NEWS, f"Item {number}")
    text = page(desk, "news")
    assert [f"Item {number}" in text for number in range(7)] == [True] * 5 + [False] * 2
    assert "More is waiting" in text


def test_the_navigation_leads_only_where_one_may_go(desk: Any, app: Flask) -> None:
    with app.test_request_context():
        urls = {item.endpoint: app.url_map.bind("localhost").build(item.endpoint) for item in NAV}
    for role in Role:
        browser = desk(role.value)
        text = browser.get("/desk/").get_data(as_text=True)
        shown = [url for url in urls.values() if f'href="{url}"' in text]
        assert "/desk/account" in shown
        assert {browser.get(url).status_code for url in shown} == {200}, role


def test_a_stranger_signs_in_first(client: FlaskClient) -> None:
    answer = client.get("/desk/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/sign-in?next=/desk/")
