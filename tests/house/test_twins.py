"""Each public page of the news has a twin in words alone, and the two know each other; or a reason why not."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from justhtml import JustHTML

from tests.house.test_browse import addresses, demo

demo = demo  # a fixture of the browsing

HEAVIEST = 10_000
ALONE = {
    "feeds.podcast": "podcast programs read it",
    "feeds.section": "feed readers read it",
    "feeds.station": "feed readers read it",
    "feeds.transcript": "it is words alone already",
    "media.file": "a picture or a recording, not a page",
    "slot.fragment": "a part of pages, which the proxy puts in",
    "sitemaps.index": "search engines read it",
    "sitemaps.news": "search engines read it",
    "sitemaps.part": "search engines read it",
    "sitemaps.robots": "search engines read it",
}


def pages_of_news(app: Flask) -> list[tuple[str, str]]:
    """Addresses of the news' public pages with their endpoints, without the text edition itself."""
    public = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if view.__module__.startswith("station.news.views") and not endpoint.startswith("text.")
    }
    return [(endpoint, path) for endpoint, path in addresses(app) if endpoint in public]


def links(page: str, chosen: str) -> list[dict[str, Any]]:
    return [each.attrs for each in JustHTML(page, sanitize=False).query(chosen)]


def test_each_page_has_its_twin(app: Flask, demo: None, client: FlaskClient) -> None:
    with_twin: set[str] = set()
    wrong: list[str] = []
    for endpoint, path in pages_of_news(app):
        answer = client.get(path)
        if endpoint in ALONE or answer.status_code != 200:
            continue
        with_twin.add(endpoint)
        wrong += [f"{path}: {each}" for each in strange(client, path, answer.text)]
    assert wrong == []
    missing = {endpoint for endpoint, _ in pages_of_news(app)} - with_twin - set(ALONE)
    assert missing == set(), "give them a twin under /text, or a reason above"


def strange(client: FlaskClient, path: str, page: str) -> list[str]:
    """What is wrong between a page and its twin."""
    twins = [each["href"] for each in links(page, "link[rel=alternate]") if each.get("title") == "Text edition"]
    footer = [each["href"] for each in links(page, "footer a") if str(each["href"]).startswith("/text/")]
    if len(twins) != 1 or footer != twins:
        return [f"names {twins} in its head and {footer} in its foot"]
    answer = client.get(twins[0])
    if answer.status_code != 200:
        return [f"{twins[0]} answers {answer.status_code}"]
    back = [each["href"] for each in links(answer.text, "footer a")][-1]
    here, there = ([each["href"] for each in links(text, "link[rel=canonical]")] for text in (page, answer.text))
    returned = [each["href"] for each in links(client.get(back).text, "link[rel=canonical]")]
    found = [] if returned == here and (here or back == path) else [f"{twins[0]} leads back to {back}"]
    found += [f"canonical {here} and {there}"] if here != there else []
    found += [f"{twins[0]} weighs {len(answer.data)}"] if len(answer.data) > HEAVIEST else []
    return found


def test_every_reason_is_needed(app: Flask) -> None:
    assert set(ALONE) <= set(app.view_functions)
    assert all(len(reason) > 15 for reason in ALONE.values())
