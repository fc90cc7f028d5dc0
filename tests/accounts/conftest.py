"""Passwords of these tests cost next to nothing; what they cost of people is held in test_sign_in.py."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from station.accounts.services import doors

QUICK = PasswordHasher.from_parameters(CHEAPEST)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same Argon2id in 8 KiB and one pass: a fifth of a second is left out of every sign-in."""
    monkeypatch.setattr(doors, "_hasher", QUICK)
