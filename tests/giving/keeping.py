"""Words of the tests about sustainers whose charges fail, seen from their donors."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from sandbox.mailbox.testing import Mailbox
from sandbox.stripe.flows.billing import subscribing
from sandbox.stripe.testing import Handle
from station.core.db import db
from station.giving.models import Contact
from station.payments.models import OpenInvoice, Subscription

DAY = 86_400
Later = Callable[..., None]
Outbox = Callable[[], int]


class Giver:
    """A monthly donor: their standing order at Stripe, their clock, and their letters."""

    def __init__(self, stripe: Handle, outbox: Outbox, later: Later, mailbox: Mailbox) -> None:
        self.stripe, self.outbox, self.later, self.mailbox = stripe, outbox, later, mailbox

    def begin(self, donor: Any, card: str = "4242424242424242", **facts: str) -> UUID:
        """Pledge monthly and pay by card; the standing order's id."""
        session = self._session(donor, facts)
        assert self.stripe.pay(session, card) is None
        self.told()
        return self.order().id

    def begin_by_bank(self, donor: Any, **facts: str) -> UUID:
        """Pledge from a bank account, and let the money arrive."""
        assert self.stripe.pay_by_bank(self._session(donor, facts)) is None
        self.told()
        self.stripe.settle_debits()
        self.told()
        return self.order().id

    def _session(self, donor: Any, facts: dict[str, str]) -> str:
        found = re.search(r"cs_\w+", donor.pledge(**facts).location)
        assert found
        return found[0]

    def told(self) -> None:
        """Stripe's events arrive, and the workers do what is due."""
        self.stripe.deliver_now()
        self.outbox()

    def passes(self, days: float) -> None:
        """Time goes by, here and at Stripe."""
        self.stripe.advance(days * DAY)
        self.later(seconds=days * DAY)
        self.told()

    def refused(self, times: int = 1) -> str:
        """The bank refuses the next renewal; the invoice's id at Stripe."""
        order = self.order()
        assert order.stripe_subscription
        self.stripe.decline_next(order.stripe_subscription, times)
        return self.renewed()

    def renewed(self) -> str:
        """The next period is billed; the invoice's id at Stripe."""
        found = self.stripe.renew(self.order().stripe_subscription or "")
        assert found
        self.told()
        return found

    def cancelled(self, reason: str) -> None:
        """Stripe, or somebody at its dashboard, cancels the standing order."""
        sandbox = self.stripe.sandbox
        with sandbox.action():
            subscribing.cancel(sandbox, sandbox.store.get("subscription", self.order().stripe_subscription), reason)

    def order(self) -> Subscription:
        db.session.rollback()
        return db.session().scalars(sa.select(Subscription).order_by(Subscription.id.desc())).first()  # type: ignore[return-value]

    def invoice(self) -> OpenInvoice:
        db.session.rollback()
        return db.session().scalars(sa.select(OpenInvoice).order_by(OpenInvoice.id.desc())).first()  # type: ignore[return-value]

    def letters(self) -> list[str]:
        """Subjects of what arrived, without receipts."""
        return [str(m["Subject"]) for m in self.mailbox.messages if "eceipt" not in str(m["Subject"])]

    def letter(self) -> Any:
        """The newest letter."""
        return [m for m in self.mailbox.messages if "eceipt" not in str(m["Subject"])][-1]

    def link(self) -> str:
        """The path of the newest link to the donor's own page."""
        found = re.findall(r"(/my-gift/[\w.-]+)", self.letter().get_body(("plain",)).get_content())
        assert found
        return str(found[-1])


def steps() -> list[str]:
    """What was noted about contacts, oldest first."""
    db.session.rollback()
    return [row.step.value for row in db.session().scalars(sa.select(Contact).order_by(Contact.at, Contact.id))]
