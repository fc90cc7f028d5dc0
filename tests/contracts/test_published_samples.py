"""Stripe's published samples and the sandbox's objects agree, field by field and type by type.

The samples are those of stripe/openapi (fixtures3.json, MIT), kept in contract_samples.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.stripe.contract import check_object
from sandbox.stripe.core.shapes import PREFIXES, make

SAMPLES: dict[str, Any] = json.loads(Path(__file__).with_name("contract_samples.json").read_text())["resources"]

# object → field → why sample and sandbox differ; a reason that no longer holds fails
ONLY_IN_THE_SAMPLE = {
    "charge": {"refunds": "shown when it is asked for (docs.stripe.com/expand); the sample was made with it"},
    "invoice": {"subscription": "gone since 2025-03-31.basil, `parent` says it; the sample still has it"},
}
WITHOUT_SAMPLE = {  # their fields are held against the library alone
    "file": "the kept file has none",
    "invoiceitem": "the kept file has none",
    "mandate": "the kept file has none",
    "radar.early_fraud_warning": "the kept file has none",
}


def kind(value: Any) -> str:
    return {bool: "bool", int: "number", float: "number"}.get(type(value), type(value).__name__)


def differing(made: Any, sample: Any, where: str = "") -> list[str]:
    """Where both say something and it is not of the same kind; inside objects, too."""
    if made is None or sample is None:
        return []
    if kind(made) != kind(sample):
        return [f"{where}: {kind(made)} here, {kind(sample)} in the sample"]
    if isinstance(made, dict):
        return [
            line for name in made.keys() & sample for line in differing(made[name], sample[name], f"{where}.{name}")
        ]
    return []


def test_each_object_has_a_sample_or_a_reason() -> None:
    assert {name for name in PREFIXES if name not in SAMPLES} == set(WITHOUT_SAMPLE)


@pytest.mark.parametrize("name", sorted(PREFIXES.keys() & SAMPLES))
def test_no_field_more_no_field_less_no_other_type(name: str) -> None:
    made, sample = make(name, 1), SAMPLES[name]
    assert set(sample) - set(made) == set(ONLY_IN_THE_SAMPLE.get(name, {}))
    assert set(made) - set(sample) == set()
    assert differing(made, sample) == []


@pytest.mark.parametrize("name", sorted(WITHOUT_SAMPLE))
def test_without_a_sample_the_library_decides(name: str) -> None:
    assert check_object(make(name)) == []


def test_a_difference_is_seen() -> None:
    """Negative control."""
    made = make("charge", 1)
    assert differing({**made, "amount": "100"}, SAMPLES["charge"]) == [".amount: str here, number in the sample"]
    assert differing({**made, "paid": 1}, SAMPLES["charge"]) == [".paid: number here, bool in the sample"]
    wrong = {**made, "billing_details": {**made["billing_details"], "name": ["Jenny"]}}
    assert differing(wrong, SAMPLES["charge"]) == [".billing_details.name: list here, str in the sample"]
