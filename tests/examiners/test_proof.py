"""The numbers of docs/payments/proof.md are those of the examiners."""

from __future__ import annotations

import re

from config import ROOT
from sandbox.stripe import api
from sandbox.stripe.api.registry import ROUTES
from sandbox.stripe.contract import operations
from sandbox.stripe.core.shapes import PREFIXES
from tests.contracts.test_published_samples import WITHOUT_SAMPLE
from tests.examiners.test_stripe_command import CHANGED, PLAYED
from tests.examiners.test_types import SCRIPTS, WRONG

PAGE = (ROOT / "docs" / "payments" / "proof.md").read_text(encoding="utf-8")


def said(pattern: str) -> list[int]:
    found = re.search(pattern, PAGE)
    assert found, f"the page does not say {pattern!r}"
    return [int(number) for number in found.groups()]


def test_the_contract() -> None:
    assert api.__all__
    assert said(r"(\d+) operations described, (\d+) of them in the sandbox") == [len(operations()), len(ROUTES)]


def test_the_samples() -> None:
    sampled = len(PREFIXES) - len(WITHOUT_SAMPLE)
    assert said(r"(\d+) of (\d+) kinds of object; (\d+) have no sample") == [
        sampled,
        len(PREFIXES),
        len(WITHOUT_SAMPLE),
    ]


def test_the_sequences(known: set[str]) -> None:
    wanted = [len(PLAYED), len(known), len(CHANGED)]
    assert said(r"(\d+) of its (\d+) sequences, (\d+) of them") == wanted


def test_the_scripts() -> None:
    assert said(r"(\d+) scripts, (\d+) wrong samples") == [len(SCRIPTS), len(WRONG)]
