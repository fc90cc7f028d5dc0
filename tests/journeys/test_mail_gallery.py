"""Every letter as a mail program shows it: on the narrowest screen, dark, and turned inside out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.house.test_contrast import TEXT, contrast, flip_channels, flip_lightness
from tests.mail.letters import all_letters, written

NARROW = 320
LOW = "[...document.querySelectorAll('a.mail-button')].filter(a => a.offsetHeight < 44).length"
# every piece of text that is seen, with its colour and that of the nearest ground behind it
PAIRS = """() => {
  const two = n => Number(n).toString(16).padStart(2, '0');
  const hex = rgb => '#' + rgb.match(/[\\d.]+/g).slice(0, 3).map(two).join('');
  const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (c !== 'rgba(0, 0, 0, 0)') return hex(c); } return '#ffffff'; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement, words = walker.currentNode.textContent.trim().slice(0, 40);
    if (words && e.getClientRects().length) found.push([words, hex(getComputedStyle(e).color), ground(e)]); }
  return found; }"""


@pytest.fixture(scope="module")
def screen(chromium: Browser) -> Iterator[Page]:
    """One page that every letter is put into: a new one takes the browser longer than looking at the letter does."""
    context = chromium.new_context(viewport={"width": NARROW, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", all_letters())
def test_a_letter_fits_and_can_be_read(app: Flask, screen: Page, name: str) -> None:
    letter = written(name)
    screen.set_content(letter.html)
    for dark in (False, True):
        screen.emulate_media(color_scheme="dark" if dark else "light")
        assert screen.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is dark
        assert screen.evaluate("document.documentElement.scrollWidth") <= NARROW
        low = screen.evaluate(LOW)
        assert low == 0, "a button is as high as a finger"
        pairs = screen.evaluate(PAIRS)
        assert len(pairs) > 5
        for words, ink, ground in pairs:
            for turn in (str,) if dark else (str, flip_channels, flip_lightness):  # who inverts knows no dark mode
                assert contrast(turn(ink), turn(ground)) >= TEXT, (words, ink, ground, turn.__name__, dark)
