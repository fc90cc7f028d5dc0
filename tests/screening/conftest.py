"""Tries at giving, as screening sees them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from station.core import clock
from station.screening.policies import Challenge, Knock, Verdict
from station.screening.services import admit

STRANGER = "192.0.2.7"


def solve(challenge: Challenge | None) -> str:
    """What a browser's script does."""
    assert challenge
    for number in range(challenge.most + 1):
        if hashlib.sha256(f"{challenge.salt}{number}".encode()).hexdigest() == challenge.target:
            return f"{challenge.token}:{number}"
    raise AssertionError("the challenge has no solution")


@pytest.fixture
def knock(app: Flask) -> Callable[..., Verdict]:
    """knock(email=…) is one try by a stranger, with a form of its own unless it names one."""
    turn = iter(range(1_000_000))

    def knocked(**facts: Any) -> Verdict:
        plain = Knock(address=STRANGER, attempt=f"form-{next(turn)}", email="maria@example.org", shown_at=clock.now())
        return admit(replace(plain, **facts))

    return knocked
