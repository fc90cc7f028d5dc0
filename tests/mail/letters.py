"""Every mail template with a context such as the house gives it. A template without a sample fails the gallery."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from inspect import signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from config import ROOT
from station.core.money import Money
from station.licensee.queries import default_station, the_licensee
from station.mail.queries import footer_of, preferences_url
from station.mail.render import Rendered, render
from station.receipts import policies
from station.receipts.policies import ReceiptFacts, statements
from station.receipts.policies.wordings import InReturn, Valued

TEMPLATES = ROOT / "templates"
MAILING = "mail/mailings/letter"
LINK = "http://localhost/own/01jdemo0000000000000000000-a-long-token-of-its-own-0123456789abcdef"
GIFT: dict[str, Any] = {
    "name": "Ana Peña-Castellanos",
    "amount": "$25",
    "adjective": "monthly",
    "again": date(2026, 12, 3),
    "commitment": "$25 a month",
    "legends": ("Formed in Nevada, and it says so at some length, as states like it when they want words.",),
    "link": LINK,
    "method": "Visa ending in 4242",
    "month": "December 2026",
    "period": "month",
    "reason": "The card has expired.",
    "station_name": "News 88.9 KNPR",
}


def _receipt(language: str = "en") -> dict[str, Any]:
    house = the_licensee()
    facts = ReceiptFacts(
        label="2026-000123",
        legal_name=house.legal_name,
        ein=house.ein,
        address_lines=house.address_lines,
        donor_name="Ana Peña-Castellanos",
        amount=Money(12_000),
        given_on=date(2026, 11, 23),
        station_name="News 88.9 KNPR",
        interval=None,
        in_return=InReturn(Money(11_000), (Valued("Concert poster", Money(1_000)),)),
        language=language,
    )
    return policies.mail_context(facts, default_station(), LINK)


def _replaced(language: str = "en") -> dict[str, Any]:
    return {
        **_receipt(language),
        "old": "2026-000122",
        "reason": "A part was refunded.",
        "donor_name": "Ana Peña-Castellanos",
    }


def _letter(language: str = "en") -> dict[str, Any]:
    said = "Letter number: L2026-000012\nReceived on: November 23, 2026\n\nWe received 10 shares of ACME from you."
    return policies.letter_context("L2026-000012", "Ana Peña-Castellanos", said, None)


def _letter_void(language: str = "en") -> dict[str, Any]:
    why = policies.Why(policies.Because.MISTAKE).said(language)
    return policies.letter_void_context("L2026-000012", "Ana Peña-Castellanos", why, None)


def _statement(language: str = "en") -> dict[str, Any]:
    house, day = the_licensee(), date(2027, 1, 12)
    gift = statements.GiftLine(
        UUID(int=1), UUID(int=2), date(2026, 3, 2), Money(12_000), Money(0), statements.GiftKind.CASH, "2026-000123"
    )
    said = statements.facts(statements.compose(2026, [gift]))
    framed = statements.framed(
        said,
        house.legal_name,
        house.ein,
        house.address_lines,
        "Ana Peña-Castellanos",
        statements.Issue(day, "S-1", 1),
    )
    printed = statements.document(framed, language)
    more = {"donor": "Ana Peña-Castellanos", "year": 2026, "url": LINK, "corrected": False}
    return {"printed": printed, "text": statements.plain_text(printed), **more}


def _notice(language: str = "en") -> dict[str, Any]:
    """What every notice is told; in both languages: the gallery looks at the letter around it."""
    return {
        "what": "amount",
        "before": "$20",
        "asked": "station",
        "day": "December 3, 2026",
        "name": "Ana",
        "station": default_station(),
        "station_name": "News 88.9 KNPR",
        "commitment": "$25 a month",
        "amount": "$25.00",
        "gift": "$23.97",
        "cover": "$1.03",
        "often": "monthly",
        "next_on": "December 3, 2026",
        "paused": False,
        "paused_until": "",
        "method": "Visa ending in 4242",
        "by_bank": False,
        "today": "November 26, 2026",
        "event_on": "December 3, 2026",
        "month": "December 2026",
        "link": LINK,
        "legends": GIFT["legends"],
    }


def _mailing(language: str = "en") -> dict[str, Any]:
    words = SimpleNamespace(
        subject="Radio for the valley",
        preheader="Radio for the valley",
        headline="Radio for the valley",
        button="Read more",
        button_url="https://radio.example.org/valley",
    )
    return {
        "words": words,
        "headline_text": words.headline,
        "paragraphs": ["Good evening, Ana."],
        "texts": ["Good evening, Ana."],
        "footer": footer_of("ana@example.org", "drives", language),
    }


def _sustainer() -> dict[str, Any]:
    return {
        **GIFT,
        "title": "Your monthly gift has changed",
        "lead": "Your gift is $30 a month from December 3, 2026.",
        "facts": [("Amount", "$30 a month"), ("Next gift", "December 3, 2026"), ("Method", GIFT["method"])],
        "more": ["Nothing else has changed."],
        "link": {"label": "See or change your gift", "url": LINK},
    }


def _link() -> dict[str, Any]:
    gift = SimpleNamespace(commitment="$25 a month", station="News 88.9 KNPR", link=LINK)
    return {"name": GIFT["name"], "gifts": [gift]}


SAMPLES: Mapping[str, Callable[..., dict[str, Any]]] = {
    "mail/notices/alert": lambda: {"title": "A charge was disputed", "queue": "Money", "url": LINK},
    "mail/notices/invitation": lambda: {"name": "Ana", "link": LINK, "purpose": "join"},
    "mail/notices/passkey": lambda: {"name": "Ana", "passkey": "Phone", "done": "added"},
    "receipts/mail/receipt": _receipt,
    "receipts/mail/replaced": _replaced,
    "receipts/mail/letter": _letter,
    "receipts/mail/letter_void": _letter_void,
    "receipts/mail/statement": _statement,
    "mail/mailings/letter": _mailing,
    **{
        f"giving/mail/notices/{name}": _notice
        for name in ("changed", "expiring", "mandate", "reminder", "resumes", "terms", "yearly")
    },
    "giving/mail/sustainer": _sustainer,
    "giving/mail/link": _link,
    **{
        f"giving/mail/{name}": lambda: GIFT
        for name in ("confirm", "failed", "first_returned", "given_up", "last_try", "recovered", "returned")
    },
}


def all_letters() -> list[str]:
    """The names of every mail template there is: `receipts/mail/receipt`, and `….es` for one in Spanish."""
    found = [
        path for folder in ("*/mail", "*/mail/notices", "mail/notices") for path in TEMPLATES.glob(f"{folder}/*.html")
    ]
    return sorted([MAILING, *(_name(path) for path in found if not path.name.startswith("_"))])


def sample_of(name: str) -> dict[str, Any]:
    """The context of a template; its translations have the same, in their language where it matters."""
    plain, language = plain_name(name)
    assert plain in SAMPLES, f"give {plain} a sample in tests/mail/letters.py"
    make = SAMPLES[plain]
    told = make(language) if signature(make).parameters else make()
    return {**told, "choices_url": preferences_url("ana@example.org", language)} if to_a_member(name) else told


def to_a_member(name: str) -> bool:
    """Whether a letter goes to a member, as a receipt or notice: neither to staff nor to a list."""
    return not name.startswith("mail/")


def written(name: str) -> Rendered:
    """A template with its sample, as the house renders it."""
    plain, language = plain_name(name)
    return render(plain, sample_of(name), language, commercial=name == MAILING)


def plain_name(name: str) -> tuple[str, str]:
    """A template without its language, and its language."""
    return name.removesuffix(".es"), "es" if name.endswith(".es") else "en"


def _name(path: Path) -> str:
    return str(path.relative_to(TEMPLATES).with_suffix(""))
