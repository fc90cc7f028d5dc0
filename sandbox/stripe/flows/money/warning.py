"""Early fraud warnings: docs.stripe.com/api/radar/early_fraud_warnings, docs.stripe.com/disputes/prevention.

The issuer suspects a charge; a refund of all of it usually prevents the dispute. It is `actionable` until the
charge is refunded or disputed.
"""

from __future__ import annotations

from sandbox.stripe.core.shapes import Obj, make
from sandbox.stripe.core.world import Sandbox

TABLE = "radar.early_fraud_warning"


def create(sandbox: Sandbox, charge: Obj, fraud_type: str = "misc") -> Obj:
    warning = make(
        TABLE,
        sandbox.now(),
        actionable=not (charge["refunded"] or charge["disputed"]),
        charge=charge["id"],
        fraud_type=fraud_type,
        payment_intent=charge["payment_intent"],
    )
    sandbox.store.save(warning)
    sandbox.emit("radar.early_fraud_warning.created", warning)
    return warning


def settle(sandbox: Sandbox, charge: Obj) -> None:
    """The charge was refunded in full or disputed: nothing is left to do about its warnings."""
    for warning in sandbox.store.all(TABLE):
        if warning["charge"] == charge["id"] and warning["actionable"]:
            warning["actionable"] = False
            sandbox.store.save(warning)
            sandbox.emit("radar.early_fraud_warning.updated", warning, {"actionable": True})
