"""The sandbox's stand-in for Stripe.js is held against the types that Stripe publishes: no name of its own, and
sessions as Stripe shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from sandbox.stripe.browser.snapshot import snapshot
from sandbox.stripe.testing import Handle, running_sandbox
from tests.contracts.sandbox_parts import Gifts, client_of
from tests.examiners.conftest import FOLDER
from tests.examiners.test_types import compiled

SCRIPT = sorted((ROOT / "sandbox" / "stripe" / "browser" / "script").glob("*.js"))
LOOSE = {"strict": True, "noImplicitAny": False, "checkJs": False}

SURFACE = """
import type * as Published from "@stripe/stripe-js";
import { parts } from "./parts.js";

type Parts = ReturnType<typeof parts>;
type Made = ReturnType<Parts["Stripe"]>;
type Sdk = ReturnType<Made["initCheckoutElementsSdk"]>;
type Actions = Extract<Awaited<ReturnType<Sdk["loadActions"]>>, { actions: unknown }>["actions"];

// names that begin with _ are the script's own; `emit` is how its elements speak
type Unknown<Ours, Theirs> = Exclude<keyof Ours, keyof Theirs | `_${string}` | "emit">;
type None<Names> = [Names] extends [never] ? true : Names;

export const stripe: None<Unknown<Made, Published.Stripe>> = true;
export const sdk: None<Unknown<Sdk, Published.StripeCheckoutElementsSdk>> = true;
export const actions: None<Unknown<Actions, Published.StripeCheckoutLoadActionsSuccess>> = true;
export const payment: None<Unknown<InstanceType<Parts["PaymentElement"]>, Published.StripePaymentElement>> = true;
export const express: None<
  Unknown<InstanceType<Parts["ExpressCheckoutElement"]>, Published.StripeExpressCheckoutElement>
> = true;
export const some: keyof Sdk & keyof Actions extends never ? true : false = true; // neither may be anything
"""


def project(folder: Path, name: str, text: str, **options: Any) -> Path:
    """A project with one file of TypeScript; its configuration file."""
    (folder / name).write_text(text, encoding="utf-8")
    asked = {"extends": str(FOLDER / "tsconfig.json"), "compilerOptions": options, "include": [], "files": [name]}
    path = folder / "tsconfig.json"
    path.write_text(json.dumps(asked), encoding="utf-8")
    return path


def with_script(folder: Path, change: tuple[str, str] = ("", "")) -> Path:
    """The stand-in as one module, its parts in one scope as they are served, beside the check of its names."""
    assert len(SCRIPT) > 3
    text = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPT)
    assert change[0] in text
    body = text.replace(*change) if change[0] else text
    names = "{ Stripe, PaymentElement, ExpressCheckoutElement }"
    (folder / "parts.js").write_text(f"export function parts() {{\n{body}\nreturn {names};\n}}\n", encoding="utf-8")
    return project(folder, "surface.ts", SURFACE, **LOOSE)


def test_the_stand_in_has_no_name_that_stripe_has_not(tsc: list[str], tmp_path: Path) -> None:
    done = compiled(tsc, with_script(tmp_path))
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    "change",
    [
        ("initCheckoutElementsSdk:", "initCheckout:"),
        ("createPaymentElement:", "createCardElement:"),
        ("runServerUpdate:", "updateAmount:"),
        ("  clear() {", "  wipe() {"),
    ],
)
def test_a_name_of_its_own_is_found(tsc: list[str], tmp_path: Path, change: tuple[str, str]) -> None:
    """Negative control."""
    done = compiled(tsc, with_script(tmp_path, change))
    assert done.returncode != 0
    assert change[1].strip(" :(){")[:12] in done.stdout, done.stdout


def sessions(handle: Handle) -> dict[str, dict[str, Any]]:
    """Sessions in every state that a page may see, as the stand-in is given them."""
    gifts = Gifts(client_of(handle))
    page = {"ui_mode": "elements", "success_url": None, "cancel_url": None, "return_url": "http://127.0.0.1/thanks"}
    kept: dict[str, dict[str, Any]] = {}

    def opened(monthly: bool = False) -> str:
        params = {name: value for name, value in {**gifts.params(2500, monthly), **page}.items() if value is not None}
        return str(gifts.client.v1.checkout.sessions.create(params).id)  # type: ignore[arg-type]

    def keep(name: str, session: str) -> None:
        kept[name] = snapshot(handle.sandbox.store, handle.get(session))

    once, monthly = opened(), opened(True)
    keep("open", once)
    keep("monthly", monthly)
    handle.pay(once, "4000000000000002")
    keep("declined", once)
    handle.pay(once)
    handle.pay(monthly)
    keep("paid", once)
    keep("paid_monthly", monthly)
    late = opened()
    gifts.client.v1.checkout.sessions.expire(late)
    keep("expired", late)
    return kept


def as_typescript(found: dict[str, dict[str, Any]]) -> str:
    lines = ['import type { StripeCheckoutSession } from "@stripe/stripe-js";']
    lines += [
        f"export const {name}: StripeCheckoutSession = {json.dumps(value, indent=1)};"
        for name, value in found.items()
    ]
    return "\n".join(lines)


def test_sessions_are_as_stripe_shows_them(tsc: list[str], tmp_path: Path) -> None:
    with running_sandbox(deliver="manual") as handle:
        found = sessions(handle)
    assert len({json.dumps(each["status"]) for each in found.values()}) >= 3
    done = compiled(tsc, project(tmp_path, "sessions.ts", as_typescript(found)))
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount_total": 2500}, "TS2353"),
        ({"currency": None}, "TS2322"),
        ({"status": {"type": "done"}}, "TS2322"),
        ({"total": {}}, "TS2740"),
    ],
)
def test_a_session_of_another_shape_is_found(
    tsc: list[str], tmp_path: Path, change: dict[str, Any], code: str
) -> None:
    """Negative control."""
    with running_sandbox(deliver="manual") as handle:
        found = sessions(handle)
    done = compiled(tsc, project(tmp_path, "sessions.ts", as_typescript({"open": {**found["open"], **change}})))
    assert done.returncode != 0
    assert f"error {code}:" in done.stdout, done.stdout
