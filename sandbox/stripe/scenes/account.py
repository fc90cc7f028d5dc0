"""Scenes about the account: who it is, and what its keys may not do."""

from __future__ import annotations

import re

from sandbox.stripe.core.world import Sandbox


class AccountScenes:
    """Settings that the account's owner makes at Stripe."""

    sandbox: Sandbox

    def set_account(self, account_id: str) -> None:
        """The account that `GET /v1/account` answers with: `acct_…`."""
        if not re.fullmatch(r"acct_[0-9A-Za-z]{1,64}", account_id):
            raise ValueError("an account's id begins with acct_")
        self.sandbox.settings.account = account_id

    def refuse_permission(self, name: str) -> None:
        """Requests that need this permission answer 403 from now on: refund_write, charge_read, …"""
        self.sandbox.permissions.refuse(name)

    def allow_all(self) -> None:
        """Keys may do everything again."""
        self.sandbox.permissions.clear()
