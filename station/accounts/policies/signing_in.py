"""Pure rules of signing in: passwords, one-time codes, links, and who may do what."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
import unicodedata
from base64 import b32encode
from collections.abc import Collection
from datetime import datetime, timedelta

import pyotp

from station.accounts.models import Role

SHORTEST_PASSWORD = 12  # ASVS 5.0 §6.2.1
LONGEST_PASSWORD = 128
STEP_SECONDS = 30  # RFC 6238 §4.1
RECOVERY_CODES = 10
ABSOLUTE_LIMIT = timedelta(hours=12)
IDLE_LIMIT = timedelta(minutes=30)
FIRST_STEP_LIMIT = timedelta(minutes=10)  # between the password and the second factor
SEEN_EVERY = timedelta(minutes=1)
SUDO_LASTS = timedelta(minutes=10)
LINK_LASTS = timedelta(days=3)
DESK_HOME = "/desk/"
# what lists of leaked passwords begin with; the longer ones are taken out of a password first
_FIRST_GUESSES = """
password passwort passw0rd pa55word p@ssword 123456 abc123 qwerty qwertz azerty asdfgh zxcvbn 1q2w3e qazwsx
letmein welcome iloveyou iloveu loveme lovely sunshine princess football baseball basketball soccer hockey
dragon monkey shadow master michael jordan superman batman spiderman starwars pokemon naruto trustno1 hunter
freedom whatever computer internet samsung google facebook chocolate cookie banana cheese flower butterfly
purple orange summer winter spring autumn january february august september october november december monday
friday sunday administrator admin changeme default secret login guest system server ashley jessica daniel
charlie andrew thomas jennifer michelle nicole matthew george mustang harley ranger killer pepper ginger buster
tigger family forever blessed jesus christ lasvegas vegas nevada america radio station knpr kcnv
"""
_COMMON = sorted(_FIRST_GUESSES.split(), key=len, reverse=True)
_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"  # without what is read wrong from paper


def may(held: Collection[Role], needed: Collection[Role], *, reading: bool) -> bool:
    """Whether someone with the roles `held` passes: admins always, auditors when only reading; none needed: all."""
    if Role.ADMIN in held or not needed:
        return bool(held)
    return bool(set(held) & set(needed)) or (reading and Role.AUDITOR in held)


def password_problem(password: str, name: str, email: str) -> str | None:
    """What is wrong with a new password, said to its owner; None when it will do."""
    folded = unicodedata.normalize("NFKC", password).casefold()
    if len(password) < SHORTEST_PASSWORD:
        return f"Use at least {SHORTEST_PASSWORD} characters; three or four unrelated words are easy to remember."
    if len(password) > LONGEST_PASSWORD:
        return f"Use at most {LONGEST_PASSWORD} characters."
    if any(known in folded for known in _personal(name, email)):
        return "Leave your name and email address out of your password."
    rest = folded
    for common in _COMMON:
        rest = rest.replace(common, "")
    if len(rest.strip(string.digits + string.punctuation + " ")) < 6 or len(set(folded)) < 6:
        return "That password is among the first that are guessed; use three or four unrelated words."
    return None


def _personal(name: str, email: str) -> list[str]:
    parts = [*name.casefold().split(), *email.casefold().split("@")[:1]]
    return [part for part in parts if len(part) >= 4]


def new_token() -> str:
    """A secret for a link or a cookie: 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a random token: its SHA-256. (Passwords go through Argon2 instead.)"""
    return hashlib.sha256(token.encode()).hexdigest()


def recovery_codes() -> list[str]:
    """Ten fresh codes of 59 bits, printed in three groups of four."""

    def group() -> str:
        return "".join(secrets.choice(_LETTERS) for _ in range(4))

    return [f"{group()}-{group()}-{group()}" for _ in range(RECOVERY_CODES)]


def code_digest(code: str) -> str:
    """The stored form of a recovery code, however it was typed (spaces, dashes, capitals)."""
    return digest("".join(letter for letter in code.casefold() if letter.isalnum()))


def totp_secret(key: str, token: str) -> str:
    """The second-factor secret that a link sets up: the same at each look, unknown without the server's own key."""
    return b32encode(hmac.digest(key.encode(), b"totp:" + token.encode(), "sha256")[:20]).decode()


def totp_address(secret: str, email: str, issuer: str) -> str:
    """The otpauth:// address that authenticator apps scan."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def totp_step(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The time step a code belongs to, one step early or late included; None when wrong, or not newer than the last.

    The caller stores the step: a code is accepted once (RFC 6238 §5.2).
    """
    current, totp = int(now.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit()):
        return None
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(totp.generate_otp(step), typed) and step > last_step:
            return step
    return None


def is_fresh(proved_at: datetime, now: datetime) -> bool:
    """Whether a proof of who one is still counts for what a stolen session must not do (ASVS 5.0 §7.5.3)."""
    return now - proved_at <= SUDO_LASTS


def safe_next(text: str) -> str:
    """Where to go after sign-in: a path of our own desk, or the dashboard for anything else."""
    inside = text == "/desk" or text.startswith(("/desk/", "/desk?"))
    plain = text.isprintable() and "\\" not in text and "//" not in text.partition("?")[0]
    return text if inside and plain else DESK_HOME
