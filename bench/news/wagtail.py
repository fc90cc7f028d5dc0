"""The story page beside an article page of Wagtail with the same text, in the same process, by the same calls.

Wagtail's template holds everything around headline, byline and body as fixed text, taken from our own page: the same
bytes, and no work for menu, ask, slot or picture. Its settings are in bench/rival/site.py; nothing else is cached on
either side. It runs last in a process, for Django has settings once.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.house import house
from bench.news.calls import beside, get
from bench.registry import Result, measure
from bench.rival.site import article, site
from bench.rounds import compare

HEADLINE, BYLINE = "A story of the usual length", "A. Writer"
PARAGRAPH = re.compile(r"<p>([^<]+)</p>")
BODY = re.compile(r'(?s)(<div class="story-body">).*?(<p class="story-end">)')
TEMPLATE = "{% load wagtailcore_tags %}{% verbatim %}"


@measure("wagtail")
def wagtail() -> list[Result]:
    """How many times as fast, and how many statements Wagtail sends for a page."""
    with house() as measured, tempfile.TemporaryDirectory(prefix="station-bench-") as folder:
        ours = get(measured.app.wsgi_app, measured.story)
        page = ours().decode()
        application = site(Path(folder), template(page))
        said = PARAGRAPH.findall(BODY.search(page)[0])  # type: ignore[index]
        theirs = get(application, article(HEADLINE, BYLINE, said))
        shown = theirs().decode()
        assert all(each in shown for each in (HEADLINE, BYLINE, *said)), shown[:500]
        statements = _statements(theirs)
        took = compare([ours, theirs], rounds=15, each=50)
    result = beside("warm story beside Wagtail's article", *took)
    spread = f"{result.spread}; {len(shown.encode()):,} bytes of {len(page.encode()):,}, {statements} statements"
    return [Result(**{**result.row(), "spread": spread})]


def template(page: str) -> str:
    """Our page as Wagtail's template."""
    page = BODY.sub(lambda found: f"{found[1]}{_live('{% include_block page.body %}')}{found[2]}", page)
    for text, name in ((HEADLINE, "page.title"), (BYLINE, "page.byline")):
        page = page.replace(f">{text}<", f">{_live('{{ ' + name + ' }}')}<")
    return f"{TEMPLATE}{page}{{% endverbatim %}}"


def _live(code: str) -> str:
    return f"{{% endverbatim %}}{code}{{% verbatim %}}"


def _statements(call: Any) -> int:
    with CaptureQueriesContext(connection) as asked:
        call()
    return len(asked)
