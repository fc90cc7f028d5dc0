"""The links in the foot of a letter: whose mail, and what about, sealed so that nobody reads or forges either.

A token is the address and the topic under AES-SIV (RFC 5297): it cannot be altered, and the address in it is seen
neither in a log nor by somebody to whom a letter is passed on. The same address and topic give the same token, so one
in an old letter needs no row, outlives the member, and never ends (15 USC 7704(a)(3)(A)(ii) wants thirty days).
"""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from station.core.addresses import normalise_email

VERSION = "1"  # of the format: the first letter of each token
LONGEST = 600  # characters; an address has 254 at most
IN_LETTERS = re.compile(r"(?<=/mail/)1[\w-]{20,}", re.ASCII)  # the token in a link to the page of choices
ONE_CLICK = ("List-Unsubscribe", "One-Click")  # the one field of the POST (RFC 8058 §3.2)


@dataclass(frozen=True)
class MailKey:
    """What a token opens: the mail to a normalised address, and the topic it speaks of (none: all of it)."""

    address: str
    topic: str


def mail_token(address: str, topic: str, secret: str) -> str:
    """The token for mail to an address (of any spelling) about a topic; no topic for the page of all of them."""
    plain = f"{topic}\n{normalise_email(address)}".encode()
    sealed = _cipher(secret).encrypt(plain, [VERSION.encode()])
    return VERSION + urlsafe_b64encode(sealed).decode().rstrip("=")


def read_token(token: str, secrets: Iterable[str]) -> MailKey | None:
    """What a token opens, by the first of the secrets (today's, then older ones) that made it; None for a foreign,
    altered or broken one."""
    if not token.startswith(VERSION) or len(token) > LONGEST or not token.isascii():
        return None
    body = token[len(VERSION) :]
    try:
        sealed = urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except (NotBase64, ValueError):
        return None
    if urlsafe_b64encode(sealed).decode().rstrip("=") != body:  # one spelling only
        return None
    for secret in secrets:
        try:
            topic, _, address = _cipher(secret).decrypt(sealed, [VERSION.encode()]).decode().partition("\n")
        except (InvalidTag, ValueError):
            continue
        return MailKey(address, topic)
    return None


def unsubscribe_url(address: str, topic: str, base_url: str, secret: str, language: str = "en") -> str:
    """The address for List-Unsubscribe and for the link in the letter: POST ends the mail about `topic` (RFC 8058),
    GET asks first. A mail program that posts to it needs no cookie and is not sent elsewhere."""
    return f"{base_url}/mail/unsubscribe/{mail_token(address, topic, secret)}{_in(language)}"


def preferences_url(address: str, base_url: str, secret: str, language: str = "en") -> str:
    """The address of the page on which the mail to an address is chosen."""
    return f"{base_url}/mail/{mail_token(address, '', secret)}{_in(language)}"


def readdressed(words: str, address: str, secret: str) -> str:
    """The words of a letter with each link to the page of choices leading to that of another address."""
    return IN_LETTERS.sub(mail_token(address, "", secret), words)


def _in(language: str) -> str:
    return "" if language == "en" else f"?{urlencode({'lang': language})}"


@lru_cache(maxsize=16)
def _cipher(secret: str) -> AESSIV:
    return AESSIV(hashlib.sha512(b"station.mail.unsubscribe\n" + secret.encode()).digest())
