"""The page's scripts are type-checked, strictly, against the types that Stripe publishes for Stripe.js."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from config import ROOT
from tests.examiners.conftest import FOLDER

SCRIPTS = sorted((ROOT / "station" / "static" / "js").rglob("*.js"))

HEAD = """
/** @typedef {import("@stripe/stripe-js").Stripe} Stripe */
/** @param {Stripe} stripe @param {string} clientSecret */
export async function pay(stripe, clientSecret) {
"""
RIGHT = """
  const checkout = stripe.initCheckoutElementsSdk({ clientSecret });
  checkout.createPaymentElement({ layout: { type: "tabs" } }).mount("#payment");
  const loaded = await checkout.loadActions();
  if (loaded.type === "success") await loaded.actions.runServerUpdate(async () => {});
"""
WRONG = {  # what most examples remember of Stripe.js, and what the compiler says of it
    "stripe.initCheckout({ clientSecret });": "TS2339",
    "stripe.elements({ mode: 'payment', amount: 100, currency: 'usd', paymentMethodTypes: ['card'] });": "TS2769",
    "await stripe.createToken('card', {});": "TS2769",
    "stripe.redirectToCheckout({ sessionId: clientSecret });": "TS2339",
    "stripe.initCheckoutElementsSdk({ clientSecret: 17 });": "TS2322",
    "stripe.initCheckoutElementsSdk({ fetchClientSecret: async () => clientSecret });": "TS2561",
    "const c = stripe.initCheckoutElementsSdk({ clientSecret }); c.confirm({});": "TS2339",
    "const a = await stripe.initCheckoutElementsSdk({ clientSecret }).loadActions(); a.actions;": "TS2339",
}


def compiled(tsc: list[str], project: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*tsc, "--project", str(project), "--pretty", "false", *more], capture_output=True, text=True, timeout=100
    )


def sample(folder: Path, body: str) -> Path:
    """A project like that of the page's scripts, with one script; its configuration file."""
    (folder / "sample.js").write_text(f"{HEAD}  {body}\n}}\n", encoding="utf-8")
    project = folder / "tsconfig.json"
    asked = {"extends": str(FOLDER / "tsconfig.json"), "include": [], "files": ["sample.js"]}
    project.write_text(json.dumps(asked), encoding="utf-8")
    return project


def test_the_pages_scripts_fit(tsc: list[str]) -> None:
    done = compiled(tsc, FOLDER / "tsconfig.json")
    assert (done.returncode, done.stdout) == (0, "")


def test_every_script_was_looked_at(tsc: list[str]) -> None:
    """And Stripe's own types were really there, not something that may be anything."""
    listed = compiled(tsc, FOLDER / "tsconfig.json", "--listFilesOnly").stdout.splitlines()
    assert SCRIPTS
    assert {str(script) for script in SCRIPTS} <= set(listed)
    assert any("@stripe/stripe-js/dist/stripe-js/checkout" in line for line in listed)


def test_a_right_sample_passes(tsc: list[str], tmp_path: Path) -> None:
    done = compiled(tsc, sample(tmp_path, RIGHT))
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("body", WRONG)
def test_a_wrong_sample_is_rejected(tsc: list[str], tmp_path: Path, body: str) -> None:
    """Negative control."""
    done = compiled(tsc, sample(tmp_path, body))
    assert done.returncode != 0
    assert f"error {WRONG[body]}:" in done.stdout, done.stdout


def test_a_script_that_calls_what_is_gone_is_rejected(tsc: list[str], tmp_path: Path) -> None:
    """The real script with one name of the past in it."""
    for script in SCRIPTS:
        copy = tmp_path / script.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = script.read_text(encoding="utf-8")
        copy.write_text(text.replace("initCheckoutElementsSdk", "initCheckout"), encoding="utf-8")
    project = tmp_path / "tsconfig.json"
    project.write_text(json.dumps({"extends": str(FOLDER / "tsconfig.json"), "include": ["station/**/*.js"]}))
    done = compiled(tsc, project)
    assert done.returncode != 0
    assert "initCheckout" in done.stdout
