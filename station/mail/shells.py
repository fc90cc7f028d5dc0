"""Receipts and notices on one side, appeals on the other: which of the two a template is, by what it is built on.

A letter that asks or advertises stands on `shell/mail_appeal`, and so carries the foot that the law wants. A receipt
or a notice may reach none of its parts: a receipt that also asks is an appeal, and would need the foot, the consent
and the other sender (15 USC 7702(2), (17)).
"""

from __future__ import annotations

from functools import lru_cache

import jinja2
from jinja2 import meta

APPEAL_SHELLS = {".html": "shell/mail_appeal.html", ".txt": "shell/mail_appeal.txt"}
FOOTERS = {"parts/mail_footer.html", "parts/mail_footer.txt"}
ASKS = {"parts/ask.html", "news/_ask.html"}
APPEAL_PARTS = frozenset({*APPEAL_SHELLS.values(), *FOOTERS, *ASKS})


class MixedMail(Exception):
    """A receipt or notice that is built of parts of an appeal, or an appeal without its foot."""


def refuse_mixed(environment: jinja2.Environment, template: str, commercial: bool) -> None:
    """Raise MixedMail when a mail template (a file, .html or .txt) is not of the kind that it is sent as."""
    parts = reached(environment, template)
    if not commercial and parts & APPEAL_PARTS:
        raise MixedMail(f"{template} is no appeal, but is built on {', '.join(sorted(parts & APPEAL_PARTS))}")
    shell = next(name for suffix, name in APPEAL_SHELLS.items() if template.endswith(suffix))
    if commercial and shell not in parts:
        raise MixedMail(f"{template} is an appeal, but does not stand on {shell}")


@lru_cache(maxsize=512)
def reached(environment: jinja2.Environment, template: str) -> frozenset[str]:
    """Every template that one extends, includes or imports, and those of these. Raises MixedMail for a part that is
    only known when the letter is written."""
    if environment.loader is None:
        return frozenset()
    source = environment.loader.get_source(environment, template)[0]
    found: set[str] = set()
    for name in meta.find_referenced_templates(environment.parse(source)):
        if name is None:
            raise MixedMail(f"{template} chooses a part when it is written; name the part")
        found |= {name, *reached(environment, name)}
    return frozenset(found)
