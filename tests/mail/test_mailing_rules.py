"""The rules of mailings on plain values: fields, links, pasted lists, the graph."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from station.mail.models import MailingState
from station.mail.policies.mailings import (
    BEGUN,
    FIELDS,
    MAILING,
    MailingEdge,
    Words,
    as_html,
    as_text,
    entries,
    fill,
    language_of,
    links,
    pace,
    read,
    stored,
    wrong_fields,
)

ANYTHING = st.text(max_size=200)
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def html(text: str, name: str) -> str:
    return fill(str(as_html(text)), {"first_name": name}, "en", lambda value: str(escape(value)))


@given(ANYTHING)
def test_a_name_is_filled_once_and_never_read_as_a_field(name: str) -> None:
    once = fill("{first_name}", {"first_name": name}, "en")
    assert "\n" not in once
    assert "\r" not in once
    assert once
    if "{name}" in name and not any(each in name for each in ("@", "://", "www.")):
        assert "{name}" in once or "." in name


@given(ANYTHING)
def test_no_name_writes_markup_or_a_link(name: str) -> None:
    written = html("Dear {first_name}!", name)
    assert "<" not in written
    assert "href" not in written or "href" in name
    assert "://" not in written


@given(ANYTHING, ANYTHING)
def test_what_a_writer_types_is_text(before: str, after: str) -> None:
    assert "<script" not in html(f"{before}<script>{after}", "Ana").lower().replace("&lt;script", "")


@pytest.mark.parametrize(
    ("text", "name", "filled"),
    [
        ("{first_name}", "Ana", "Ana"),
        ("{first_name}", "", "friend"),
        ("{first_name|neighbor}", "", "neighbor"),
        ("{first_name|dear neighbor}", " \t", "dear neighbor"),
        ("{first_name}", "win at evil.example/now", "friend"),
        ("{first_name}", "ana@example.org", "friend"),
        ("{first_name}", "{first_name}", "{first_name}"),
        ("{first_name}", "St. John", "St. John"),
        ("{first_name}", "Ana\r\nBcc: x", "Ana Bcc: x"),
        ("{unknown}", "Ana", "{unknown}"),
        ("{{ first_name }}", "Ana", "{{ first_name }}"),
    ],
)
def test_how_a_field_is_filled(text: str, name: str, filled: str) -> None:
    assert fill(text, {"first_name": name}, "en") == filled


def test_a_spanish_letter_calls_nobody_friend() -> None:
    assert fill("Hola, {first_name}", {}, "es") == "Hola, oyente"


@pytest.mark.parametrize("text", ["{x}", "{{first_name}}", "{first_name", "name}", "{ name }", "{first_name|}", "{}"])
def test_braces_that_are_no_field_are_found(text: str) -> None:
    assert wrong_fields(Words(body=f"Dear {text},"))
    assert not wrong_fields(Words(body="Dear {first_name}, {name|you}"))


def test_links_of_the_text() -> None:
    words = Words(body="See https://a.example/x, www.b.example or mailto:c@d.example", button_url="/give")
    assert [each.rstrip(",") for each in links(words)] == [
        "/give", "https://a.example/x", "www.b.example", "mailto:c@d.example"
    ]  # fmt: skip
    assert str(as_html("(https://a.example/x).")) == '(<a href="https://a.example/x">https://a.example/x</a>).'
    assert "<a" not in str(as_html("javascript:alert(1)"))


def test_a_field_is_not_torn_by_a_line() -> None:
    long = "word " * 13 + "{first_name|dear friend of ours}"
    assert "{first_name|dear friend of ours}" in as_text(long)
    assert max(map(len, as_text("word " * 100).splitlines())) <= 72


@given(st.fixed_dictionaries(dict.fromkeys(Words.__dataclass_fields__, ANYTHING)))
def test_words_come_back_as_they_were_kept(values: dict[str, str]) -> None:
    words = Words.of(values)
    assert "\x00" not in str(words)
    assert "\n" not in words.subject + words.headline
    assert read(stored({"en": words})) == ({} if words.empty else {"en": words})


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("ana@example.org\nben@example.org", ["ana@example.org", "ben@example.org"], []),
        ("Name,Email\nAna,ana@example.org\n", ["ana@example.org"], []),
        ("Ana\tana@example.org\r\nBen\tben@example.org", ["ana@example.org", "ben@example.org"], []),
        ("Ana Ruiz <ana@example.org>", ["ana@example.org"], []),
        ("\ufeffmember_01k00000000000000000000000", ["member_01k00000000000000000000000"], []),
        ("ana@example.org\nnonsense", ["ana@example.org"], ["nonsense"]),
        ("ana@example.org\nana@example.org", ["ana@example.org"] * 2, []),
        ("", [], []),
        ('"unclosed\nana@example.org', [], ['"unclosed']),
    ],
)
def test_pasted_lists(text: str, good: list[str], bad: list[str]) -> None:
    found, wrong = entries(text)
    if not text.startswith('"'):
        assert (found, wrong) == (good, bad)
    else:
        assert len(found) + len(wrong) > 0, "nothing is dropped in silence"


@given(ANYTHING)
def test_any_text_can_be_pasted(text: str) -> None:
    good, bad = entries(text)
    assert all("@" in each or each.startswith("member_") for each in good)
    assert len(bad) <= len(text.splitlines()) + 1


@given(st.lists(st.sampled_from(list(MailingEdge)), max_size=30))
def test_nothing_begins_that_was_not_frozen_and_nothing_changes_once_begun(edges: list[MailingEdge]) -> None:
    state, passed = MAILING.start, [MAILING.start]
    for edge in edges:
        if MAILING.may(state, edge):
            state = MAILING.move(state, edge)
            passed.append(state)
    if MailingState.SENDING in passed:
        assert MailingState.FROZEN in passed[: passed.index(MailingState.SENDING)]
        after = passed[passed.index(MailingState.SENDING) :]
        assert set(after) <= {*BEGUN, MailingState.STOPPED}
    assert MAILING.final == (MailingState.DONE, MailingState.STOPPED)


def test_language_and_pace() -> None:
    assert [language_of(rule, "es") for rule in ("theirs", "en", "es")] == ["es", "en", "es"]
    assert language_of("theirs", "fr") == "en"
    found = pace(120, NOW - timedelta(minutes=2), NOW, 600)
    assert (found.a_minute, found.done_at) == (60, NOW + timedelta(minutes=10))
    assert pace(0, NOW - timedelta(minutes=2), NOW, 600).done_at is None
    assert set(FIELDS) == {"first_name", "name"}
