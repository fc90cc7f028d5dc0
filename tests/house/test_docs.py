"""The docs that are made by a machine are the ones it makes now, and links between documents lead somewhere."""

from __future__ import annotations

import re

import pytest

from config import ROOT
from station.payments.policies import FOLDED
from tools.docs import PAGES

PUBLISHED = ("station", "worker", "sandbox", "templates", "docs", "deploy", "requirements", "tools", "bench")
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "deploy" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_current(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == PAGES[name](), "run: python -m tools.docs"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(document: object) -> None:
    text = document.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text)
    missing = [t for t in targets if not (document.parent / t).exists()]  # type: ignore[attr-defined]
    assert missing == []


def test_the_installation_names_every_event_that_is_used() -> None:
    page = (ROOT / "docs" / "production.md").read_text(encoding="utf-8")
    block = re.search(r"```\n\s+(checkout\.session\.completed.*?)```", page, re.DOTALL)
    assert block is not None
    assert block[1].split() == list(FOLDED)


def test_nothing_local_leaks() -> None:
    home = re.compile(r"/(?:work|root|home/\w+)/|index-url|trusted-host|/opt/")
    found = [
        f"{p.relative_to(ROOT)}: {m.group()}"
        for folder in PUBLISHED
        for p in (ROOT / folder).rglob("*")
        if p.suffix in (".py", ".md", ".txt", ".html", ".conf", ".service", ".env", ".css")
        for m in [home.search(p.read_text(encoding="utf-8"))]
        if m
    ]
    assert found == []
