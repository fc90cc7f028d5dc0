"""Takes the guards of the worst traps away, one at a time, and demands that a named test then fails.

    python -m tools.mutate [NUMBER …]

tools/mutants.toml says of each the trap of docs/payments/traps.md, the file, the exact text that is the guard, what
stands there instead, and the tests. It works in a copy of the tree, never in place, and refuses a text that does not
stand there exactly once, so that the list keeps up with the code. Exit code 1: one survived, or could not be made.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIST = ROOT / "tools" / "mutants.toml"
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "instance", "__pycache__", ".*_cache", "node_modules", ".hypothesis"
)
PATIENCE = 300  # seconds; a mutant under which the tests do not end has been noticed, too
FAILED_TESTS = 1  # pytest's exit code: docs.pytest.org/reference/exit-codes


@dataclass(frozen=True)
class Mutant:
    """One guard that is taken away. `tests` are ids below tests/."""

    trap: str
    what: str
    file: str
    old: str
    new: str
    tests: Sequence[str]


def mutants() -> list[Mutant]:
    """All of the list, in its order."""
    return [Mutant(**row) for row in tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"]]


def changed(text: str, mutant: Mutant) -> str:
    """The text without the guard. Raises ValueError unless the guard stands there exactly once."""
    many = text.count(mutant.old)
    if many != 1:
        raise ValueError(f"{mutant.file} has the text {many} times: {mutant.old!r}")
    return text.replace(mutant.old, mutant.new)


@contextmanager
def without_guard(tree: Path, mutant: Mutant) -> Iterator[None]:
    """The copy with one guard taken away; afterwards it is as it was."""
    path = tree / mutant.file
    before = path.read_text(encoding="utf-8")
    path.write_text(changed(before, mutant), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def run(tree: Path, tests: Sequence[str]) -> int:
    """pytest's exit code for these tests of the copy."""
    ids = [f"tests/{each}" for each in tests]
    words = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *ids]
    environ = {**os.environ, "PYTHONPATH": str(tree)}
    try:
        done = subprocess.run(words, cwd=tree, env=environ, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return FAILED_TESTS
    if done.returncode not in (0, FAILED_TESTS):
        sys.stdout.write(done.stdout[-3000:] + done.stderr[-1000:])
    return done.returncode


def verdict(tree: Path, mutant: Mutant) -> str:
    """What became of a mutant: killed is what is wanted."""
    try:
        with without_guard(tree, mutant):
            code = run(tree, mutant.tests)
    except (OSError, ValueError) as error:
        return f"not made: {error}"
    return {0: "SURVIVED", FAILED_TESTS: "killed"}.get(code, f"not run (pytest ended with {code})")


def main(wanted: Sequence[str]) -> int:
    chosen = [each for number, each in enumerate(mutants(), 1) if not wanted or str(number) in wanted]
    with tempfile.TemporaryDirectory(prefix="station-mutants-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        if run(tree, sorted({test for each in chosen for test in each.tests})):
            sys.stdout.write("The tests fail without any mutant: mend them first.\n")
            return 1
        found = []
        for mutant in chosen:
            begun = time.monotonic()
            found.append(verdict(tree, mutant))
            spent = time.monotonic() - begun
            sys.stdout.write(f"{mutant.trap:4} {mutant.what:72} {found[-1]:9} {spent:4.0f} s\n")
            sys.stdout.flush()
    sys.stdout.write(f"{found.count('killed')} of {len(found)} mutants were killed.\n")
    return 0 if found.count("killed") == len(found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
