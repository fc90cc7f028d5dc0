"""Tools by others that examine Station; `make examiners` installs them into node_modules/ here."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import needs

FOLDER = Path(__file__).parent
MODULES = FOLDER / "node_modules"
ASK = "the packages of tests/examiners (`make examiners` installs them)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here wants programs that are not Station's."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.examiners)


@pytest.fixture(scope="session")
def stripe_command() -> Path:
    """Stripe's own command line: the binary of the package for this platform. `@stripe/cli` only chooses among such
    packages, so it is left out; the one for Linux on x64 is what CI runs."""
    found = MODULES / "@stripe" / "cli-linux-x64" / "bin" / "stripe"
    needs(found.exists(), f"Linux on x64, and {ASK}")
    return found


@pytest.fixture(scope="session")
def known(stripe_command: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every sequence that this version of the program has."""
    home = str(tmp_path_factory.mktemp("home"))
    environment = {"HOME": home, "XDG_CONFIG_HOME": home}
    command = [stripe_command, "trigger", "--help"]
    shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^  ([a-z0-9_]+(?:\.[a-z0-9_]+)+)$", shown, re.MULTILINE))


@pytest.fixture(scope="session")
def tsc() -> list[str]:
    """The command of TypeScript's compiler."""
    needs(shutil.which("node") is not None, "Node")
    needs((MODULES / "typescript" / "bin" / "tsc").exists(), ASK)
    return ["node", str(MODULES / "typescript" / "bin" / "tsc")]


@pytest.fixture(scope="session")
def vnu() -> list[str]:
    """The command of the Nu Html Checker."""
    needs(shutil.which("java") is not None, "Java")
    found = sorted(MODULES.glob("vnu-jar/build/dist/vnu.jar"))
    needs(bool(found), ASK)
    return ["java", "-jar", str(found[0])]


@pytest.fixture(scope="session")
def lighthouse() -> None:
    """Lighthouse, and a Chromium for it."""
    needs(shutil.which("node") is not None, "Node")
    needs((MODULES / "lighthouse").is_dir(), ASK)
    needs(bool(shutil.which("chromium") or shutil.which("google-chrome")), "Chromium")
