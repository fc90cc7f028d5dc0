"""The sprite holds the icons that templates use, all of them and no others, out of the pinned package."""

from __future__ import annotations

import re

import pytest

from config import ROOT
from tests.harness import drawings, problems
from tools.icons import LICENCE, SPRITE, pinned, sprite

PAGE = '<!doctype html><html lang="en"><head><title>A page</title></head><body><h1>A page</h1>{}</body></html>'


def test_the_sprite_holds_what_is_pinned() -> None:
    text = SPRITE.read_text(encoding="utf-8")
    assert sorted(drawings()) == pinned()["icons"]
    assert f"{pinned()['package']} {pinned()['version']}: see {LICENCE.name}" in text
    assert "ISC License" in LICENCE.read_text(encoding="utf-8")
    assert not re.findall(r"<script|<style|\bon\w+=|href=", text)


def test_every_icon_is_used_and_every_one_named_exists() -> None:
    """A name stands in a call of icon(), or in a table of signs; the harness looks at what pages really print."""
    named: set[str] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"""\bicon\(['"]([a-z0-9-]+)['"]""", text))
        for table in re.findall(r"{% set (?:signs|\w+_icons) = ({.*?}) %}", text, re.DOTALL):
            named |= set(re.findall(r""":\s*\(?['"]([a-z0-9-]+)['"]""", table))
    assert named == drawings()


def test_another_package_is_refused() -> None:
    with pytest.raises(ValueError, match="this is not lucide-static"):
        sprite(b"something else")


@pytest.mark.parametrize(
    ("markup", "wrong"),
    [
        ('<svg aria-hidden="true"><use href="/assets/0/img/icons.svg#check"/></svg>', "not in the sprite"),
        ('<svg aria-hidden="true"><use href="https://example.org/icons.svg#check"/></svg>', "not in the sprite"),
        ('<svg><use href="/assets/0/img/icons.svg#check"/></svg>', "neither silent nor named"),
    ],
)
def test_the_harness_sees_a_wrong_icon(markup: str, wrong: str) -> None:
    assert any(wrong in problem for problem in problems(PAGE.format(markup)))
