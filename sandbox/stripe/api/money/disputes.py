"""Disputes and their evidence: docs.stripe.com/api/disputes."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.api.registry import Call, listing, merged_metadata, route
from sandbox.stripe.core.errors import invalid, no_such
from sandbox.stripe.core.shapes import Obj
from sandbox.stripe.flows.money import disputing

FILES = (
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
)
LONGEST = 150_000  # docs.stripe.com/api/disputes/update: all texts of the evidence together


@route("get /v1/disputes/{dispute}")
def retrieve(call: Call) -> Obj:
    return call.load("dispute", "dispute")


@route("get /v1/disputes", "limit starting_after ending_before created charge payment_intent")
def list_(call: Call) -> Obj:
    return listing(call, "dispute", "charge", "payment_intent")


@route("post /v1/disputes/{dispute}", "metadata evidence submit")
def update(call: Call) -> Obj:
    """Evidence goes to the bank at once unless `submit` is false; what was staged goes with a later `submit`."""
    dispute, given = call.load("dispute", "dispute"), call.params
    evidence = given.get("evidence") or {}
    submit = bool(given.get("submit", bool(evidence)))
    if evidence or submit:
        _refuse(dispute, evidence)
        _check_files(call, evidence)
    values = {"metadata": merged_metadata(dispute["metadata"], given["metadata"])} if "metadata" in given else {}
    return disputing.answer(call.sandbox, dispute, evidence, submit=submit, **values)


def _refuse(dispute: Obj, evidence: dict[str, Any]) -> None:
    if dispute["status"] not in disputing.OPEN:
        text = f"This dispute's evidence can no longer be updated; its status is {dispute['status']}."
        raise invalid(text, "evidence")
    if dispute["evidence_details"]["past_due"]:
        raise invalid("This dispute is past its due date; evidence can no longer be submitted.", "evidence")
    texts = {**dispute["evidence"], **evidence}.values()
    if sum(len(value) for value in texts if isinstance(value, str)) > LONGEST:
        raise invalid(f"The combined character count of the evidence is limited to {LONGEST}.", "evidence")


def _check_files(call: Call, evidence: dict[str, Any]) -> None:
    for name in FILES:
        if evidence.get(name) and call.sandbox.store.get("file", evidence[name]) is None:
            raise no_such("file upload", evidence[name], f"evidence[{name}]")


@route("post /v1/disputes/{dispute}/close")
def close(call: Call) -> Obj:
    """docs.stripe.com/api/disputes/close: the charge back is accepted, for good."""
    dispute = call.load("dispute", "dispute")
    if dispute["status"] not in disputing.OPEN:
        raise invalid(f"This dispute is already closed; its status is {dispute['status']}.")
    return disputing.lose(call.sandbox, dispute)
