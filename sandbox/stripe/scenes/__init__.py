"""What a test or a person at the controls can make happen: what banks, donors and Stripe itself do."""

from __future__ import annotations

from sandbox.stripe.scenes.account import AccountScenes
from sandbox.stripe.scenes.billing import BillingScenes
from sandbox.stripe.scenes.money import MoneyScenes


class Scenes(MoneyScenes, BillingScenes, AccountScenes):
    """Every scene, on one sandbox (`Scenes(sandbox)`)."""


NAMES = tuple(name for name in dir(Scenes) if not name.startswith("_"))
"""What the control `/_sandbox/scenes/<name>` offers."""
