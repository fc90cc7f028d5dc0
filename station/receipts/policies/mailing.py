"""What the mails of receipts and letters are rendered from."""

from __future__ import annotations

from typing import Any

from station.core.words import money
from station.payments.models import Interval
from station.receipts.policies.wordings import ReceiptFacts, receipt_text, sections, speech


def mail_context(facts: ReceiptFacts, station: object, url: str) -> dict[str, Any]:
    """What the receipt's mail is rendered from; `url` is the receipt's page."""
    text = receipt_text(facts)
    return {
        "station": station,
        "facts": facts,
        "amount": money(facts.amount),
        "given_on": speech(facts.language).day(facts.given_on),
        "often": often(facts.interval, facts.language),
        "text": text,
        "sections": sections(text),
        "url": url,
    }


def replaced_context(
    old: str, reason: str, donor_name: str, facts: ReceiptFacts | None, station: object, url: str
) -> dict[str, Any]:
    """What the mail about a receipt that holds no more is rendered from. `facts`: the new one's, if there is one."""
    text = receipt_text(facts) if facts else ""
    return {
        "station": station,
        "old": old,
        "reason": reason,
        "donor_name": donor_name,
        "facts": facts,
        "text": text,
        "sections": sections(text) if facts else [],
        "url": url,
    }


def letter_context(number: str, to_name: str, text: str, station: object) -> dict[str, Any]:
    """What the mail that carries a letter is rendered from."""
    return {"station": station, "number": number, "to_name": to_name, "text": text, "sections": sections(text)}


def letter_void_context(number: str, to_name: str, reason: str, station: object) -> dict[str, Any]:
    """What the mail about a letter that holds no more is rendered from."""
    return {"station": station, "number": number, "to_name": to_name, "reason": reason}


def often(interval: Interval | None, language: str) -> str:
    """monthly; mensual; nothing for a gift once."""
    return speech(language).intervals[interval.value][0] if interval else ""
