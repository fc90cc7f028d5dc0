"""Pages kept as bytes. A page is made when something on it changes, not when it is read.

A page is kept under an edition (the bulletin's versions of everything it shows) and between two instants, within
which nothing on it changes by itself (a station-local midnight, a story that comes out). It is cut at the slot; the
finished page is kept too, one for each credit that took its turn there. Bounded: pages that nobody reads leave.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

SLOT = "<!--slot-->"  # what templates print where the slot is; sanitised markup holds no comments
MOST_PAGES = 400  # about 15 KB each
MOST_CREDITS = 8  # finished pages kept for one page

Edition = tuple[int, ...]


@dataclass(frozen=True)
class Finished:
    """A page as it is sent: body and its quoted ETag."""

    body: bytes
    etag: str


@dataclass
class Page:
    """A prepared page: the bytes before the slot and after it, and whether there is a slot at all.

    `changed` is since when it has been like this, in whole seconds; `keys` is what shared caches know it by.
    """

    edition: Edition
    since: datetime
    until: datetime
    before: bytes
    after: bytes
    has_slot: bool
    changed: datetime
    last_modified: str = ""
    keys: str = ""
    read: bool = False
    finished: dict[str, Finished] = field(default_factory=dict)

    @classmethod
    def of(cls, html: str, edition: Edition, since: datetime, until: datetime) -> Page:
        """Cut a rendered page at its slot."""
        before, slot, after = html.partition(SLOT)
        return cls(edition, since, until, before.encode(), after.encode(), bool(slot), since)

    def __post_init__(self) -> None:
        self.date(self.changed)

    def date(self, changed: datetime) -> None:
        """Say since when the page has been like this."""
        self.changed = changed.replace(microsecond=0)
        self.last_modified = format_datetime(self.changed, usegmt=True)

    def like(self, other: Page) -> bool:
        """Whether it has the very same bytes."""
        return (self.before, self.after, self.has_slot) == (other.before, other.after, other.has_slot)

    def fill(self, key: str, slot: bytes, means: str = "") -> Finished:
        """The page with this in its slot; `key` names the content. Kept for the next reader.

        `means` is what else the ETag stands for, where the slot's bytes do not say it.
        """
        body = self.before + slot + self.after
        made = Finished(body, f'"{hashlib.sha256(body + means.encode()).hexdigest()[:24]}"')
        if len(self.finished) >= MOST_CREDITS:
            self.finished = {}  # a new dict: readers of the old one are not disturbed
        self.finished[key] = made
        return made


class Shelf:
    """Prepared pages of this process, for any number of threads. Reading takes no lock.

    A page that was read since the last look gets a second chance before it has to leave.
    """

    def __init__(self, most: int = MOST_PAGES) -> None:
        self._most = most
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, edition: Edition, now: datetime) -> Page | None:
        """The page, when it is of this edition and of this time."""
        page = self._pages.get(key)
        if page is None or page.edition != edition or not page.since <= now < page.until:
            return None
        page.read = True
        return page

    def last(self, key: Hashable) -> Page | None:
        """The page of this key as it was last made, out of date or not."""
        return self._pages.get(key)

    def put(self, key: Hashable, page: Page) -> None:
        """Keep a page; the oldest that nobody asked for leaves when there are too many."""
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > self._most:
                oldest, held = self._pages.popitem(last=False)
                if held.read:
                    held.read = False
                    self._pages[oldest] = held

    def __len__(self) -> int:
        return len(self._pages)
