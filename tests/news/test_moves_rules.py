"""Rules of addresses that moved: what is one address, what may be typed, circles and chains."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.news.policies.moves import (
    Leads,
    Refused,
    Scope,
    Target,
    final_target,
    led_here,
    moved_path,
    path_key,
    story_of,
    target,
    wanted_slug,
    with_query,
)

HOSTS = frozenset({"station.example", "classical.example"})
STATIONS: list[UUID | None] = [None, UUID(int=1), UUID(int=2)]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("/2019/12/30/Some-Story/", "/2019/12/30/some-story"),
        ("  /a//b///c  ", "/a/b/c"),
        ("https://old.example/2019/12/30/some-story/", "/2019/12/30/some-story"),
        ("HTTP://old.example/About", "/about"),
        ("/caf%C3%A9/", "/café"),
        ("/cafe\u0301", "/café"),
        ("/100%25", "/100%"),
        ("/STRASSE", "/strasse"),
        ("/Straße", "/strasse"),
        ("/a%20b", "/a b"),
        ("/texts", "/texts"),
    ],
)
def test_one_address_in_many_spellings(typed: str, key: str) -> None:
    assert moved_path(typed) == key


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "about",
        "/",
        "///",
        "https://old.example",
        "//evil.example/x",
        "/\\evil.example",
        "/a\\b",
        "/a%5Cb",
        "/a%0d%0aSet-Cookie:x",
        "/a\r\nb",
        "/a%00",
        "/a\u202eb",
        "/%ff",
        "/?p=123",
        "/a?b",
        "/a#b",
        "/a/../b",
        "/a/%2e%2e/b",
        "/./a",
        "/text",
        "/text/news/story/x",
        "/Text/news",
        f"/{'x' * 501}",
    ],
)
def test_what_is_no_path_to_redirect(typed: str) -> None:
    with pytest.raises(Refused):
        moved_path(typed)


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("/news/section/water", "/news/section/water"),
        ("/News/Section/Water/?before=2026-01-01#x", "/news/section/water"),
        ("https://station.example/news/", "/news"),
        ("https://STATION.example/news/", "/news"),
        ("https://elsewhere.example/news/", ""),
        ("http://elsewhere.example:8080/a?b=c#d", ""),
        ("https://station.example:8443/news/", ""),
    ],
)
def test_where_a_redirect_may_lead(typed: str, path: str) -> None:
    assert target(f" {typed} ", HOSTS) == Target(url=typed, path=path)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "news",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:\\\\evil.example",
        "https://station.example@evil.example/",
        "https://user:pass@evil.example/",
        "https:///x",
        "https://",
        "https:evil.example",
        "https://[evil",
        "https://evil.example:99999/",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://evil.example/",
        "/a\r\nSet-Cookie: x=1",
        "/a\tb",
        "/a b",
        "/a\x00",
        f"/{'x' * 2000}",
    ],
)
def test_where_it_may_not(typed: str) -> None:
    with pytest.raises(Refused):
        target(typed, HOSTS)


@given(st.text(max_size=60))
def test_a_key_is_its_own_key(text: str) -> None:
    for path in (text, f"/{text}"):
        key = path_key(path)
        if key is not None:
            assert path_key(key) == key
            assert key.startswith("/")
            assert "//" not in key
            assert "\\" not in key
            assert key.isprintable()


@given(st.text(max_size=60))
def test_what_is_accepted_never_leaves_by_surprise(text: str) -> None:
    for typed in (text, f"/{text}", f"https://{text}"):
        try:
            found = target(typed, HOSTS)
        except Refused:
            continue
        assert found.url.isprintable()
        assert found.url.startswith(("/", "http://", "https://")) or found.url.lower().startswith("http")
        assert not found.url.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Lake level rises", "lake-level-rises"),
        ("  año-nuevo ", "ano-nuevo"),
        ("U.S. 95", "us-95"),
        ("a" * 100, "a" * 100),
        ("2026", "2026"),
    ],
)
def test_slugs_as_they_are_typed(typed: str, slug: str) -> None:
    assert wanted_slug(typed) == slug


@pytest.mark.parametrize("typed", ["", " ", "水位", "!!!", "-", "a" * 101, "feed", "Story", "New"])
def test_slugs_that_cannot_be(typed: str) -> None:
    with pytest.raises(Refused):
        wanted_slug(typed)


def test_queries_stand_before_a_fragment_and_behind_a_query() -> None:
    assert with_query("/a", "") == "/a"
    assert with_query("/a", "b=c") == "/a?b=c"
    assert with_query("/a?x=1#f", "b=c") == "/a?x=1&b=c#f"
    assert story_of("/news/story/x") == ("news", "x")
    assert story_of("/news/story/x/y") is None


def follow(book: list[Leads], station: UUID, path: str) -> int:
    """How many steps a reader takes at a station from a path; -1 for a circle."""
    seen = {path}
    while found := sorted(
        (e for e in book if e.path == path and e.scope in (None, station)), key=lambda e: not e.scope
    ):
        path = found[0].to.path
        if path in seen:
            return -1
        seen.add(path)
        if not path:
            break
    return len(seen) - 1


SCOPES = st.sampled_from(STATIONS)
PATHS = st.sampled_from([f"/{letter}" for letter in "abcdef"])


@given(st.lists(st.tuples(SCOPES, PATHS, PATHS), max_size=14))
def test_no_order_of_writing_makes_a_circle(wanted: list[tuple[Scope, str, str]]) -> None:
    """And where every redirect holds everywhere, no reader takes a second step."""
    book: list[Leads] = []
    for scope, path, to in wanted:
        if any(each.path == path and each.scope == scope for each in book):
            continue
        of: dict[str, list[Leads]] = {}
        for each in book:
            of.setdefault(each.path, []).append(each)
        try:
            end = final_target(path, scope, Target(url=to, path=to), of)
        except Refused:
            continue
        toward: dict[str, list[Leads]] = {}
        for each in book:
            toward.setdefault(each.to.path, []).append(each)
        bent = {each.id for each in led_here(path, scope, toward)}
        book = [Leads(e.id, e.scope, e.path, end) if e.id in bent else e for e in book]
        book.append(Leads(uuid4(), scope, path, end))
    for station in STATIONS[1:]:
        assert station is not None
        steps = [follow(book, station, each.path) for each in book if each.scope in (None, station)]
        assert all(step > 0 for step in steps), book
        if all(each.scope is None for each in book):
            assert all(step == 1 for step in steps), book
