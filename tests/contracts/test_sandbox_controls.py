"""The controls over HTTP, the command line, and the walls around the sandbox."""

from __future__ import annotations

import ast
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import stripe

from sandbox.stripe.app import create_sandbox
from sandbox.stripe.contract import sdk
from sandbox.stripe.core.shapes import ABSENT
from sandbox.stripe.server import Server
from sandbox.stripe.testing import Handle
from tests.contracts.sandbox_parts import Gifts

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "sandbox" / "stripe").rglob("*.py"))


def call(url: str, given: dict[str, Any] | None = None) -> Any:
    data = None if given is None else json.dumps(given).encode()
    request = Request(url, data, {"Content-Type": "application/json"})
    with urlopen(request, timeout=5) as answer:
        return json.load(answer)


def test_the_clock(stripe_sandbox: Handle) -> None:
    url = stripe_sandbox.url + "/_sandbox/clock"
    begun = call(url)["now"]
    assert call(url, {"advance": 3600})["now"] >= begun + 3600
    assert call(url, {"set": "2030-01-01T00:00:00+00:00"})["now"] == 1_893_456_000
    for wrong in ({"advance": -5}, {"set": "2020-01-01T00:00:00+00:00"}, {"set": "soon"}, {}):
        with pytest.raises(HTTPError) as caught:
            call(url, wrong)
        assert caught.value.code == 400
        caught.value.close()


def test_pay_renew_and_state(stripe_sandbox: Handle, gifts: Any) -> None:
    session = gifts.monthly()
    base = stripe_sandbox.url + "/_sandbox"
    assert call(f"{base}/pay/{session.id}", {"card": "4000000000000002"}) == {"declined": "Your card was declined."}
    assert call(f"{base}/pay/{session.id}", {}) == {"declined": None}
    subscription = gifts.look(session).subscription
    call(f"{base}/subscriptions/{subscription}/decline-next", {})
    assert call(f"{base}/subscriptions/{subscription}/renew", {})["invoice"].startswith("in_")
    state = call(base + "/state")
    assert state["objects"]["subscription"][0]["status"] == "past_due"
    assert (state["violations"], state["ignored_parameters"]) == ([], [])


def test_scenes_for_programs(stripe_sandbox: Handle, gifts: Any) -> None:
    session = gifts.once()
    stripe_sandbox.pay(session.id)
    base = stripe_sandbox.url + "/_sandbox/scenes"
    intent = gifts.look(session).payment_intent
    dispute = call(f"{base}/dispute", {"charge_id": intent, "reason": "duplicate"})["done"]
    assert (dispute["status"], dispute["reason"]) == ("needs_response", "duplicate")
    assert call(f"{base}/win_dispute", {"dispute_id": dispute["id"]})["done"]["status"] == "won"
    for name, given in (
        ("dispute", {"charge_id": intent}),
        ("dispute", {"charge_id": "ch_none"}),
        ("dispute", {"thing": intent}),
        ("sandbox", {}),
        ("_charge", {"identifier": intent}),
    ):
        with pytest.raises(HTTPError) as caught:
            call(f"{base}/{name}", given)
        assert caught.value.code == 400
        caught.value.close()


def test_faults(stripe_sandbox: Handle) -> None:
    url = stripe_sandbox.url + "/_sandbox/faults"
    assert "hang" in call(url)["known"]
    assert call(url, {"kind": "rate_limit", "count": 2})["waiting"][0]["count"] == 2
    assert call(url, {"kind": "none"}) == {"waiting": []}
    with pytest.raises(HTTPError) as caught:
        call(url, {"kind": "fire"})
    caught.value.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox.stripe", *options],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ},
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_line(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    process = run("--port", str(port), "--state", str(tmp_path / "state" / "stripe.jsonl"))
    assert process.stdout is not None
    assert f"http://127.0.0.1:{port}" in process.stdout.readline()
    client = stripe.StripeClient("sk_test_any", base_addresses={"api": f"http://127.0.0.1:{port}"})
    session = client.v1.checkout.sessions.create(Gifts.params())  # type: ignore[arg-type]
    assert str(session.url).startswith(f"http://127.0.0.1:{port}/c/pay/")
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")
    assert session.id in (tmp_path / "state" / "stripe.jsonl").read_text()


def test_only_the_loopback_and_only_test_keys() -> None:
    with pytest.raises(ValueError, match="loopback"):
        Server(create_sandbox(), "0.0.0.0")
    with pytest.raises(ValueError, match="test keys"):
        create_sandbox(api_key="sk_live_real")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_sandbox_stands_alone(path: Path) -> None:
    """It knows nothing of the product: otherwise a mistake in the product would be repeated here unseen."""
    allowed = {"stripe", "flask", "werkzeug", "sandbox", *sys.stdlib_module_names}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [str(node.module)]
        for name in names:
            assert name.split(".", 1)[0] in allowed, f"{path.name} imports {name}"
            assert not name.startswith("sandbox.") or name.startswith("sandbox.stripe")


def test_the_product_never_imports_the_sandbox() -> None:
    for path in [*(ROOT / "station").rglob("*.py"), *(ROOT / "worker").rglob("*.py"), ROOT / "config.py"]:
        if path.exists():
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom):
                    assert not str(node.module).startswith("sandbox"), path
                elif isinstance(node, ast.Import):
                    assert not any(alias.name.startswith("sandbox") for alias in node.names), path


def test_the_list_of_absent_fields_is_not_stale() -> None:
    """Each field left out on purpose still exists in the SDK."""

    special = {"item": ("LineItem", "stripe._line_item")}
    for name, names in ABSENT.items():
        cls = sdk.by_name(*special[name]) if name in special else sdk.object_class(name)
        assert set(names.split()) <= set(sdk.fields(cls)), name
