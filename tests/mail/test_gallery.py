"""What every letter of the house has: both parts, little weight, nothing fetched, and a text written for people."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.mail.letters import all_letters, sample_of, written

HEAVIEST = 60_000  # bytes: Gmail cuts a message off at 102 kB, with its foot
SHARE = 0.9  # of the facts that the text must have
WORDS = {"adjective", "period", "title", "what", "asked"}  # of a context that are no facts


@pytest.mark.parametrize("name", all_letters())
def test_a_letter_can_be_read_everywhere(app: Flask, name: str) -> None:
    letter = written(name)
    page = letter.html
    assert len(page.encode()) <= HEAVIEST
    assert letter.subject.strip()
    assert re.search(r'<html lang="(en|es)"', page)
    for meta in ('name="color-scheme"', 'name="supported-color-schemes"', "prefers-color-scheme: dark"):
        assert meta in page
    assert not re.search(r"<link|@import|<script|<iframe|url\(|var\(--|display:\s*(flex|grid)|<svg", page)
    assert all(re.search(r'\balt="', image) for image in re.findall(r"<img[^>]*>", page))
    assert all('role="presentation"' in each or "mail-facts" in each for each in re.findall(r"<table[^>]*>", page))
    assert not re.search(r"</?[a-z]+[^<>@]*>|&[a-z]+;|\{\{|\{%", letter.text), "the text part holds no markup"
    assert max(map(len, letter.text.splitlines())) <= 998


@pytest.mark.parametrize("name", all_letters())
def test_the_text_has_the_facts(app: Flask, name: str) -> None:
    """Whatever the letter was told and shows as HTML, its text says too."""
    context = sample_of(name)
    letter = written(name)
    shown, told = _plain(html.unescape(letter.html)), _plain(letter.text)
    facts = {fact for fact in _facts({key: context[key] for key in context.keys() - WORDS}) if fact in shown}
    missing = {fact for fact in facts if fact not in told}
    assert len(missing) <= (1 - SHARE) * len(facts), missing


def _facts(value: Any) -> Iterator[str]:
    """The words in a context, however deep."""
    if isinstance(value, str):
        plain = _plain(value)
        if 1 < len(plain) < 200:
            yield plain
    elif isinstance(value, dict):
        for each in value.values():
            yield from _facts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _facts(each)
    elif hasattr(value, "__dict__"):
        yield from _facts({key: each for key, each in vars(value).items() if isinstance(each, (str, tuple, list))})


def _plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split()).casefold()
