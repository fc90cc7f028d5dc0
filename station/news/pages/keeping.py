"""How long caches may keep a page, in the words of HTTP. No page outlives the instant at which it changes itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from werkzeug.http import parse_date

from config import ROOT
from station.core.runtime import settings

FRESH, STALE = 1, 2  # seconds in a shared cache that nobody tells anything: publish to visible stays below five
FAR, FAR_STALE, OUTAGE = 600, 30, 86_400  # in one that is told what is stale (core.stale)
SOLD = "private, no-cache"
# For an address whose page is gone or elsewhere. Shared caches keep that in place of the page that they had; whoever
# kept it for longer would be led in a circle when a story moves back.
NO_PAGE = f"public, max-age=0, must-revalidate, s-maxage={FRESH}"
SETTLES = timedelta(seconds=2)  # a second whose changes are all known: over, and the bulletin was read since
SSI = "HTTP_X_STATION_SSI"

Headers = list[tuple[str, str]]


def shared(left: float, keys: str) -> Headers:
    """For a page that is the same for everybody, and true for `left` more seconds. Browsers always ask.

    Only a cache that is told what is stale gets a longer time, and the keys (`Surrogate-Control` goes before
    `Cache-Control` there).
    """
    seconds = max(0, int(left))
    if not settings().purge_url:
        return [("Cache-Control", _for_all(*_cut(FRESH, STALE, seconds)))]
    far, stale = _cut(FAR, FAR_STALE, seconds)
    said = f"max-age={far}, stale-while-revalidate={stale}, stale-if-error={OUTAGE}"
    near = _for_all(*_cut(FRESH, 0, seconds))  # whoever stands between has no old page when that cache asks anew
    return [("Cache-Control", near), ("Surrogate-Control", said), ("Surrogate-Key", keys)]


def for_this_proxy(left: float) -> Headers:
    """For the proxy that puts the slot in: it may keep the page, nobody behind it may.

    nginx before 1.23 takes the first of these two and skips the other; later ones mind no order.
    """
    return [("X-Accel-Expires", str(_cut(FRESH, 0, max(0, int(left)))[0])), ("Cache-Control", SOLD)]


def proxy_has_the_slot(environ: Mapping[str, Any]) -> bool:
    """Whether this request came through a proxy that puts the slot in. Only ours says so, and only where it is on."""
    return settings().ssi and environ.get(SSI) == "on"


def unchanged_since(now: datetime, bumped: datetime | None, *others: datetime | None) -> datetime:
    """When a page that was never made here before can last have changed: never earlier than it did."""
    return min(now, max(filter(None, (bumped, *others, _placed())))) if bumped else now


def is_settled(changed: datetime, now: datetime) -> bool:
    """Whether a date in whole seconds can name nothing else any more (RFC 9110 §8.8.2.2)."""
    return now - changed >= SETTLES


def unchanged(changed: datetime, since: str | None) -> bool:
    """Whether a reader's `If-Modified-Since` covers this date."""
    asked = parse_date(since) if since else None
    return asked is not None and changed <= asked


@cache
def _for_all(fresh: int, stale: int) -> str:
    return f"public, max-age=0, must-revalidate, s-maxage={fresh}, stale-while-revalidate={stale}"


def _cut(fresh: int, stale: int, left: int) -> tuple[int, int]:
    fresh = min(fresh, left)
    return fresh, min(stale, left - fresh)


@cache
def _placed() -> datetime:
    """When this program was put where it is: another version may write the same page differently."""
    newest = max(path.stat().st_ctime for path in (ROOT / "templates").rglob("*.html"))
    return datetime.fromtimestamp(newest, UTC)
