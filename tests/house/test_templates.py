"""Templates: each is used, none holds a query, a script, a style, or a word that we do not say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import ROOT

TEMPLATES = sorted(p for p in (ROOT / "templates").rglob("*.*") if p.suffix in (".html", ".txt", ".xml"))
UNSAID = re.compile(r"\b(please|oops|invalid|click here|forbidden)\b", re.I)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


def test_every_template_is_used() -> None:
    code = [p.read_text("utf-8") for folder in ("station", "worker") for p in (ROOT / folder).rglob("*.py")]
    everything = "\n".join([*code, *(p.read_text("utf-8") for p in TEMPLATES)])
    unused = [
        name(p)
        for p in TEMPLATES
        if name(p) not in everything and re.sub(r"(\.es)?(\.subject)?\.(txt|html)$", "", name(p)) not in everything
    ]
    assert unused == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_hold_no_style_no_script_and_no_scolding(path: Path) -> None:
    text = path.read_text("utf-8")
    visible = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<[^>]*>", " ", text, flags=re.S)
    assert UNSAID.findall(visible) == []
    assert re.findall(r"\sstyle=|<script(?![^>]*\bsrc=)(?! type=.application/ld\+json.>)[^>]*>", text) == []
    assert re.findall(r"\|\s*safe\b", text) == [] or name(path).startswith(("news/", "shell/", "mail/", "accounts/"))
