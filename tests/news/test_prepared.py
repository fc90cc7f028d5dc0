"""The shelf of prepared pages."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from station.news.pages.prepared import MOST_CREDITS, SLOT, Page, Shelf

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def page(html: str = f"a{SLOT}b", edition: tuple[int, ...] = (1, 1, 1)) -> Page:
    return Page.of(html, edition, NOW, NOW + timedelta(hours=1))


def test_a_page_is_cut_at_its_slot_and_filled() -> None:
    cut = page()
    assert cut.has_slot
    assert cut.fill("k", b"--").body == b"a--b"
    assert cut.fill("", b"").body == b"ab"
    assert cut.fill("k", b"--").etag != cut.fill("", b"").etag
    assert not page("ab").has_slot
    assert page("ab").fill("", b"").body == b"ab"


def test_another_edition_or_time_is_not_served() -> None:
    shelf = Shelf()
    shelf.put("k", page())
    assert shelf.get("k", (1, 1, 1), NOW) is not None
    assert shelf.get("k", (1, 2, 1), NOW) is None
    assert shelf.get("k", (1, 1, 1), NOW + timedelta(hours=1)) is None
    assert shelf.get("k", (1, 1, 1), NOW - timedelta(seconds=1)) is None


def test_the_shelf_is_bounded_and_keeps_what_is_read() -> None:
    shelf = Shelf(most=3)
    for key in "abc":
        shelf.put(key, page())
    shelf.get("a", (1, 1, 1), NOW)
    shelf.put("d", page())
    assert len(shelf) == 3
    assert shelf.get("a", (1, 1, 1), NOW)
    assert not shelf.get("b", (1, 1, 1), NOW)
    full = page()
    for number in range(MOST_CREDITS * 3):
        full.fill(str(number), b"x")
    assert len(full.finished) <= MOST_CREDITS


def test_many_threads_at_once() -> None:
    shelf, broken = Shelf(most=5), []

    def work(seed: int) -> None:
        for number in range(400):
            key = (seed + number) % 11
            found = shelf.get(key, (1,), NOW)
            if found is None:
                shelf.put(key, found := page(f"{key}{SLOT}", (1,)))
            if found.fill("c", b"!").body != f"{key}!".encode():
                broken.append(key)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not broken
    assert len(shelf) == 5
