"""The guards of the worst traps: each still stands where the list says, and three of them are taken away here."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config import ROOT
from tests.house.test_traps import TRAPS, defined_in
from tools.mutate import LEFT_OUT, Mutant, changed, mutants, verdict

KNOWN = mutants()
HERE = ("T8", "T41", "T37")  # quick ones; `make mutants` takes them all


def test_the_worst_traps_are_there() -> None:
    assert len({each.trap for each in KNOWN}) >= 20


@pytest.mark.parametrize("mutant", KNOWN, ids=[f"{each.trap}: {each.what}" for each in KNOWN])
def test_each_guard_and_each_test_exists(mutant: Mutant) -> None:
    assert changed((ROOT / mutant.file).read_text(encoding="utf-8"), mutant)
    assert mutant.trap in TRAPS
    for each in mutant.tests:
        path, _, name = each.partition("::")
        assert name in defined_in(path), each


def test_a_guard_that_is_not_there_is_refused() -> None:
    gone = Mutant("T1", "nothing", "config.py", "a text that nobody wrote", "", ())
    with pytest.raises(ValueError, match="0 times"):
        changed("def x(): ...", gone)


def test_without_its_guard_a_test_fails(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
    for mutant in KNOWN:
        if mutant.trap in HERE:
            before = (tree / mutant.file).read_text(encoding="utf-8")
            assert verdict(tree, mutant) == "killed", mutant.what
            assert (tree / mutant.file).read_text(encoding="utf-8") == before
