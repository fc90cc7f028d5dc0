"""Receipts and notices on one side, appeals on the other: a template of one kind is never sent as the other."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import jinja2
import pytest
from flask import Flask

from config import ROOT
from station.core.actor import COMMAND
from station.mail import queries, render
from station.mail.shells import APPEAL_PARTS, MixedMail, reached
from station.receipts.policies import Place
from station.receipts.services import write_legend

TEMPLATES = ROOT / "templates"
LETTERS = sorted(
    str(path.relative_to(TEMPLATES))
    for folder in ("giving/mail", "receipts/mail", "mail/notices")
    for path in (TEMPLATES / folder).glob("*.*")
    if path.suffix in (".html", ".txt") and not path.name.endswith(".subject.txt")
)
DRIVE = {
    "test/drive.subject.txt": "The drive needs you",
    "test/drive.html": '{% extends "shell/mail_appeal.html" %}{% block title %}The drive{% endblock %}'
    "{% block body %}<h1>The drive</h1>{% endblock %}",
    "test/drive.txt": '{% extends "shell/mail_appeal.txt" %}{% block body %}The drive needs you.\n{% endblock %}',
    "test/receipt.subject.txt": "Your receipt",
    "test/receipt.html": '{% extends "shell/mail.html" %}{% block body %}<h1>Receipt</h1>{% endblock %}',
    "test/receipt.txt": "Your receipt.",
    "test/mixed.subject.txt": "Your receipt",
    "test/mixed.html": '{% extends "shell/mail.html" %}{% from "parts/ask.html" import ask %}'
    "{% block body %}{{ ask([]) }}{% endblock %}",
    "test/mixed.txt": "Your receipt.",
    "test/footed.subject.txt": "Your receipt",
    "test/footed.html": '{% extends "shell/mail.html" %}',
    "test/footed.txt": 'Your receipt. {% include "parts/mail_footer.txt" %}',
    "test/sly.subject.txt": "Your receipt",
    "test/sly.html": '{% extends "shell/mail.html" %}{% block body %}{% include part %}{% endblock %}',
    "test/sly.txt": "Your receipt.",
    "test/bare.subject.txt": "The drive",
    "test/bare.html": '{% extends "shell/mail_appeal.html" %}',
    "test/bare.txt": "The drive, without a foot.",
}


@pytest.fixture
def letters(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The letters above beside those of the house."""
    environment = render._environment().overlay(
        loader=jinja2.ChoiceLoader([jinja2.DictLoader(DRIVE), jinja2.FileSystemLoader(TEMPLATES)])
    )
    monkeypatch.setattr(render, "_environment", lambda: environment)


def foot(language: str = "en", topic: str = "drives") -> dict[str, Any]:
    return {"footer": queries.footer_of("ana@example.org", topic, language)}


@pytest.mark.parametrize("name", LETTERS)
def test_no_letter_about_a_gift_is_built_of_parts_of_an_appeal(name: str) -> None:
    parts = reached(render._environment(), name)
    assert parts & APPEAL_PARTS == frozenset()
    assert not re.search(r"/give\?|give_url|Support (us|KNPR)", (TEMPLATES / name).read_text("utf-8"))


def test_there_are_letters_to_look_at() -> None:
    assert len(LETTERS) > 20
    assert all(Path(TEMPLATES / part).exists() for part in APPEAL_PARTS)


def test_a_receipt_is_rendered_as_a_receipt_only(letters: None) -> None:
    assert "Unsubscribe" not in render.render("test/receipt", {}).html
    with pytest.raises(MixedMail, match="does not stand on shell/mail_appeal"):
        render.render("test/receipt", foot(), commercial=True)


@pytest.mark.parametrize("name", ["mixed", "footed", "drive"])
def test_a_receipt_with_a_part_of_an_appeal_is_refused(letters: None, name: str) -> None:
    with pytest.raises(MixedMail, match="is no appeal, but is built on"):
        render.render(f"test/{name}", foot())


def test_a_part_that_is_chosen_as_the_letter_is_written_is_refused(letters: None) -> None:
    with pytest.raises(MixedMail, match="name the part"):
        render.render("test/sly", {"part": "parts/ask.html"})


def test_an_appeal_without_its_foot_is_refused(letters: None) -> None:
    with pytest.raises(jinja2.UndefinedError, match="footer"):
        render.render("test/drive", {}, commercial=True)
    with pytest.raises(MixedMail, match=r"bare.txt is an appeal, but does not stand on shell/mail_appeal.txt"):
        render.render("test/bare", foot(), commercial=True)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_foot_says_why_who_where_and_how_it_ends_in_both_parts(letters: None, house: Any, language: str) -> None:
    known = foot(language)["footer"]
    letter = render.render("test/drive", foot(language), commercial=True)
    in_html, in_text = unescape(letter.html), " ".join(letter.text.split())
    for said in (known["why"], known["sender"], known["stop"], known["choose"], known["unsubscribe_url"]):
        assert said in in_html
        assert said in in_text
    for said in (known["preferences_url"], house.licensee.legal_name, ", ".join(house.licensee.address_lines)):
        assert said in in_html
        assert said in in_text
    assert f'<div lang="{language}"' in letter.html
    assert known["unsubscribe_url"].startswith("http://localhost/mail/unsubscribe/1")
    assert ("lang=es" in known["unsubscribe_url"]) is (language == "es")
    assert "It is a receipt" not in in_html


def test_the_foot_prints_the_legends_that_are_marked_for_it(letters: None) -> None:
    write_legend("NV", "Formed in Nevada <NV>.", {Place.REMINDER}, False, date(2030, 1, 1), COMMAND)
    write_legend("FL", "FLORIDA SAYS.", {Place.RECEIPT, Place.FORM}, True, date(2030, 1, 1), COMMAND)
    letter = render.render("test/drive", foot(), commercial=True)
    assert "\n\nFormed in Nevada <NV>.\n" in letter.text
    assert "Formed in Nevada &lt;NV&gt;." in letter.html
    assert "FLORIDA" not in letter.text + letter.html


def test_the_foot_says_who_asked_for_it(app: Flask) -> None:
    assert foot(topic="events")["footer"]["why"] == "You get this because you asked for “Events”."
    assert "has not turned “Pledge drives” down" in foot()["footer"]["why"]
