"""Mail from templates, without Flask: `<template>.subject.txt`, `.txt` and `.html`, CSS inlined for mail programs.

A language has files of its own, `<template>.es.txt` and so on; where one is missing, the plain one speaks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import css_inline
import jinja2

from config import ROOT
from station.core.runtime import settings
from station.core.words import FILTERS
from station.licensee.queries import the_licensee
from station.mail.shells import refuse_mixed

PLAIN = "en"  # the language of the files without a language in their name


@dataclass(frozen=True)
class Rendered:
    """A message in both of its forms."""

    subject: str
    text: str
    html: str


def render(template: str, context: Mapping[str, Any], language: str = PLAIN, *, commercial: bool = False) -> Rendered:
    """Render a message. Templates get `context`, `licensee`, `site` (our address, no slash at the end) and
    `mail_language`, that in which each part is written in fact.

    A `commercial` one needs `footer` in its context (queries.footer_of). Raises jinja2.UndefinedError when a template
    names something that it was not given, and shells.MixedMail when it is of the other kind.
    """
    known = {"licensee": the_licensee(), "site": settings().base_url, **context}

    def fill(name: str) -> str:
        own = f"{template}.{language}{name}"
        found = _environment().select_template([own, f"{template}{name}"])
        if name in (".txt", ".html"):
            refuse_mixed(_environment(), str(found.name), commercial)
        filled = found.render(known, mail_language=language if found.name == own else PLAIN)
        return filled.replace("\x00", "")  # PostgreSQL keeps no NUL

    subject = " ".join(fill(".subject.txt").split())[:300]
    return Rendered(subject, fill(".txt").strip() + "\n", _inliner().inline(fill(".html")))


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT / "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(enabled_extensions=("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(FILTERS)
    return environment


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
