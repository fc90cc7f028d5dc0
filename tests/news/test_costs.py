"""Every public page of the news asks the database nothing once it is prepared, and at most six times until then.

The pages are those of the blueprints, found by themselves: one that is new is asked the same.
"""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from station.core import bulletin
from station.core.db import transaction
from station.news.views import air, feeds, lists, sitemaps, text, views
from tests.house.test_browse import addresses, demo
from tests.news.test_pages import statements

__all__ = ["demo", "statements"]  # fixtures

MOST = 6
KINDS = {each.name for each in (views, lists, text, feeds, sitemaps, air)}
EACH_TIME = {"lists.search", "text.search"}  # a search is asked anew: no two are alike
NO_DATA = {"sitemaps.robots"}  # says the same to everybody, without a look at any row
NO_SAMPLE = {"feeds.transcript"}  # no recording of the demonstration has its words written down


def public_pages(app: Flask) -> list[tuple[str, str]]:
    return [(endpoint, path) for endpoint, path in addresses(app) if endpoint.partition(".")[0] in KINDS]


def test_every_page_costs_nothing_warm_and_little_cold(
    app: Flask, demo: None, client: FlaskClient, statements: list[str]
) -> None:
    tried = public_pages(app)
    unseen = {endpoint for endpoint, _ in tried} - NO_DATA - NO_SAMPLE
    dear: list[str] = []
    client.get("/classical/")  # what every page shares is known: licensee, schedule of the day, credits
    for endpoint, path in tried:
        with transaction():
            bulletin.bump("stories")
        statements.clear()
        cold = client.get(path)
        if cold.status_code != 200:
            continue
        unseen.discard(endpoint)
        first = list(statements)
        statements.clear()
        warm = client.get(path, headers={"If-None-Match": cold.headers.get("ETag", "")})
        again = len(statements) if endpoint not in EACH_TIME else 0
        if not (len(first) <= MOST and again == 0 and warm.status_code in (200, 304)):
            dear.append(f"{path}: {len(first)} cold, {again} warm\n" + "\n".join(first))
    assert dear == []
    assert unseen == set(), "a page whose cost nobody knows"


def test_a_page_far_away_in_time_costs_little(
    app: Flask, demo: None, client: FlaskClient, statements: list[str]
) -> None:
    """Pages that are not kept, because few ask for them: far down a list, and far from today."""
    client.get("/classical/")
    newest = client.get("/news/feed.json").json["items"][-1]["id"].rpartition("/")[2]
    for path in (
        f"/news/section/water?before={newest}",
        "/news/schedule/2026-01-01",
        "/text/news/?before=2026-01-01",
    ):
        statements.clear()
        client.get(path)
        assert len(statements) <= MOST, path
