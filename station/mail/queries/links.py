"""The links in our letters and what stands around them: made and read with the keys of this house."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station.core.runtime import settings
from station.licensee.queries import the_licensee
from station.mail.places import APPEAL_LEGENDS
from station.mail.policies.choices import unsubscribe
from station.mail.policies.choices.page_words import WORDS, language_of
from station.mail.policies.choices.unsubscribe import MailKey
from station.mail.queries.consent import topic_or_retired


def read_key(token: str) -> MailKey | None:
    """What a link in a letter opens; None for one that is forged, altered or cut off."""
    return unsubscribe.read_token(token, _secrets())


def unsubscribe_url(address: str, topic_code: str, language: str = "en") -> str:
    """The absolute address that ends mail about a topic to an address."""
    return unsubscribe.unsubscribe_url(address, topic_code, settings().base_url, settings().secret_key, language)


def preferences_url(address: str, language: str = "en") -> str:
    """The absolute address of the page on which mail to an address is chosen."""
    return unsubscribe.preferences_url(address, settings().base_url, settings().secret_key, language)


def readdressed(words: str, address: str) -> str:
    """The words of a letter, for another address than it was written to: whoever gets it chooses their own mail."""
    return unsubscribe.readdressed(words, address, settings().secret_key)


def footer_of(address: str, topic_code: str, language: str = "en") -> Mapping[str, Any]:
    """What the foot of a commercial letter says and links to: the `footer` of its template."""
    known, say = topic_or_retired(topic_code), WORDS[language_of(language)]
    name, house = known.said(language).name, the_licensee()
    return {
        "language": language_of(language),
        "why": say["foot_asked" if known.asked_first else "foot_member"].format(topic=name),
        "sender": say["foot_from"].format(licensee=house.legal_name),
        "stop": say["foot_stop"].format(topic=name),
        "choose": say["foot_choose"],
        "unsubscribe_url": unsubscribe_url(address, topic_code, language),
        "preferences_url": preferences_url(address, language),
        "legends": [text for each in APPEAL_LEGENDS for text in each.texts()],
    }


def _secrets() -> list[str]:
    return [settings().secret_key, *reversed(settings().secret_key_fallbacks)]
