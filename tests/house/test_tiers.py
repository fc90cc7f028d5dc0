"""Each tier of the Makefile looks for its tests where they are: collecting all takes longer than many of them do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import ROOT

MARKED = re.compile(r"\bmark\.(browser|faults|examiners)\b")
LOOKS = re.compile(r"^(browser|faults|examiners): +HERE = (.+)$", re.M)


@pytest.fixture(scope="module")
def places() -> dict[str, list[Path]]:
    return {
        tier: [ROOT / each for each in where.split()]
        for tier, where in LOOKS.findall((ROOT / "Makefile").read_text())
    }


def test_no_marked_test_is_missed(places: dict[str, list[Path]]) -> None:
    marked = [
        (tier, file)
        for file in sorted((ROOT / "tests").rglob("*.py"))
        if file != Path(__file__)
        for tier in set(MARKED.findall(file.read_text(encoding="utf-8")))
    ]
    assert {tier for tier, _ in marked} == set(places) == {"browser", "faults", "examiners"}
    missed = [(tier, file) for tier, file in marked if not any(file.is_relative_to(each) for each in places[tier])]
    assert missed == []
