"""The gallery shows every part and every token, in every skin; nothing of templates/parts/ is left out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from config import ROOT
from station.accounts.models import Role
from station.web.desk.gallery import SKINS, tokens
from tests.harness import drawings

PARTS, GALLERY = ROOT / "templates" / "parts", ROOT / "templates" / "web" / "gallery"
IMPORT = re.compile(r'{% from "(parts/[^"]+)" import ([^%]+?) (?:with context )?%}')


def imported(text: str) -> set[tuple[str, str]]:
    """The parts that a template takes: (file, macro)."""
    return {(file, name.strip()) for file, names in IMPORT.findall(text) for name in names.split(",")}


def made() -> set[tuple[str, str]]:
    """The macros of templates/parts/ that pages call; not the ones that only help another in their own file."""
    texts = {f"parts/{path.name}": path.read_text("utf-8") for path in PARTS.glob("*.html")}
    others = [path for path in (ROOT / "templates").rglob("*.html") if GALLERY not in path.parents]
    wanted = set().union(*(imported(path.read_text("utf-8")) for path in others))
    found = {(file, name) for file, text in texts.items() for name in re.findall(r"{% macro (\w+)\(", text)}
    return {
        (file, name)
        for file, name in found
        if (file, name) in wanted or len(re.findall(rf"\b{name}\(", texts[file])) == 1
    }


def shown() -> set[tuple[str, str]]:
    """The macros that the gallery takes and calls."""
    found = set()
    for path in GALLERY.glob("*.html"):
        text = path.read_text("utf-8")
        found |= {(file, name) for file, name in imported(text) if re.search(rf"\b{name}\(", text)}
    return found


def test_every_part_is_shown() -> None:
    assert len(made()) > 15
    assert made() - shown() == set()


@pytest.mark.parametrize("skin", SKINS)
def test_every_part_has_its_place_in_every_skin(desk: Any, skin: str) -> None:
    page = desk("volunteer").get(f"/desk/parts?skin={skin}").get_data(as_text=True)
    assert f'data-brand="{skin}"' in page
    named = set(re.findall(r'<h2 id="part-([\w-]+)">', page))
    assert {name for _, name in shown()} - named == set()
    assert [name for names in tokens().values() for name in names if name not in page] == []
    assert [name for name in drawings() if f"#{name}" not in page] == []


def test_the_skins_are_the_brands(desk: Any) -> None:
    sheet = (ROOT / "station" / "static" / "css" / "tokens.css").read_text("utf-8")
    assert set(re.findall(r'data-brand="(\w+)"', sheet)) == set(SKINS)
    assert 'data-brand="desk"' in desk("news").get("/desk/parts?skin=none").get_data(as_text=True)


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_everyone_at_the_desk_finds_it(desk: Any, role: str) -> None:
    browser = desk(role)
    assert 'href="/desk/parts"' in browser.get("/desk/account").get_data(as_text=True)
    assert browser.get("/desk/parts").status_code == 200
