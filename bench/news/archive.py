"""What every kind of page costs with 50,000 stories in the archive, cold and warm, beside the same with 200."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from statistics import median

from bench.house import House, house
from bench.news.calls import bare, beside, get, statements
from bench.registry import Result, measure
from bench.rounds import compare
from station.core import bulletin
from station.core.db import transaction

FEW, MANY = 200, int(os.environ.get("STATION_BENCH_STORIES", "50000"))
ROUNDS, MOST_STATEMENTS, LEAST_RATIO = 7, 6, 0.6
PAGES = {
    "story": "/news/story/a-story-of-the-usual-length",
    "home": "/news/",
    "section": "/news/section/section-1",
    "tag": "/news/tag/tag-1",
    "rare tag": "/news/tag/rare",
    "program": "/news/program/program-1",
    "person": "/news/person/person-1",
    "archive": "/news/archive",
    "feed": "/news/feed.rss",
    "section's feed": "/news/section/section-1/feed.json",
    "sitemap": "/sitemap.xml",
    "news sitemap": "/sitemap-news.xml",
    "text home": "/text/news/",
    "text story": "/text/news/story/a-story-of-the-usual-length",
}


@dataclass(frozen=True)
class Cold:
    """A page made anew: statements, and CPU milliseconds of the rounds."""

    statements: int
    millis: tuple[float, ...]


@measure("archive")
def archive() -> list[Result]:
    """Statements and CPU of each page, made anew and warm."""
    with house(FEW) as small:
        before = {name: _cold(small, path) for name, path in PAGES.items()}
    with house(MANY) as large:
        results = [_told(name, _cold(large, path), before[name], _warm(large, path)) for name, path in PAGES.items()]
        call = get(large.app.wsgi_app, large.story)
        ours, base = compare([call, bare(call())])
        return [*results, beside(f"warm story among {MANY:,}", ours, base, LEAST_RATIO)]


def _cold(measured: House, path: str) -> Cold:
    call, took, most = get(measured.app.wsgi_app, path), [], 0
    call()
    for _ in range(ROUNDS):
        with measured.app.app_context(), transaction():
            bulletin.bump("stories")
        with statements(measured.app) as asked:
            began = time.process_time()
            call()
            took.append((time.process_time() - began) * 1000)
        most = max(most, len(asked))
    return Cold(most, tuple(took))


def _warm(measured: House, path: str) -> int:
    call = get(measured.app.wsgi_app, path)
    call()
    with statements(measured.app) as asked:
        call()
    return len(asked)


def _told(name: str, now: Cold, before: Cold, warm: int) -> Result:
    middle, earlier = median(now.millis), median(before.millis)
    return Result(
        f"cold {name} among {MANY:,}, CPU",
        round(middle, 2),
        "ms",
        round(earlier, 2),
        round(earlier / middle, 2),
        f"{min(now.millis):.1f} to {max(now.millis):.1f} ms; {now.statements} statements, warm {warm}",
        f"statements <= {MOST_STATEMENTS}, warm 0",
        now.statements <= MOST_STATEMENTS and warm == 0,
    )
