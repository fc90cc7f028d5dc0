"""Other prepared pages beside a bare Flask route with the same bytes: home, lists, text edition, feeds."""

from __future__ import annotations

from bench.house import house
from bench.news.calls import bare, beside, get
from bench.registry import Result, measure
from bench.rounds import compare

STORIES = 400
LEAST_RATIO = 0.5
ROUNDS = 15
PAGES: dict[str, tuple[str, float | None]] = {
    "home": ("/news/", LEAST_RATIO),
    "section": ("/news/section/section-1", LEAST_RATIO),
    "tag": ("/news/tag/tag-1", LEAST_RATIO),
    "archive": ("/news/archive", LEAST_RATIO),
    "schedule": ("/news/schedule", LEAST_RATIO),
    "text story": ("/text/news/story/a-story-of-the-usual-length", None),
    "text home": ("/text/news/", None),
    "feed (RSS)": ("/news/feed.rss", None),
    "feed (JSON)": ("/news/feed.json", None),
}


@measure("pages")
def pages() -> list[Result]:
    """Each kind of page, warm."""
    with house(STORIES) as measured:
        calls = [get(measured.app.wsgi_app, path) for path, _ in PAGES.values()]
        took = compare([each for call in calls for each in (call, bare(call()))], ROUNDS)
        return [
            beside(f"warm {name}", took[2 * at], took[2 * at + 1], least)
            for at, (name, (_, least)) in enumerate(PAGES.items())
        ]
