"""What each standing order charges, where one customer at Stripe has two: its own method, or else the customer's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from sandbox.stripe.flows.billing import subscribing
from sandbox.stripe.testing import Handle
from station.core.actor import COMMAND, VISITOR
from station.core.clock import now
from station.core.db import db, transaction
from station.core.events import Subject, events_of
from station.core.ids import new_id
from station.payments import queries
from station.payments.gateway import client, fetch_invoice, foreign_orders
from station.payments.models import PaymentMethod, Subscription
from station.payments.services import apply_event, open_method_page, pay_open_invoice, sustaining
from station.payments.services.folding import fold_invoice
from station.payments.services.inbox import fold_again
from tests.payments.keeping import told

Outbox = Callable[[], int]
VISA, MASTER, AMEX = "Visa ending 4242", "Mastercard ending 4444", "American Express ending 8431"


class Two:
    """Two adopted standing orders of one customer: the first charges the customer's Visa, the second a Mastercard."""

    def __init__(self, house: Any, sandbox: Handle, outbox: Outbox) -> None:
        self.sandbox, self.outbox, self.v1 = sandbox, outbox, client._v1()
        known = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
        self.customer = self.v1.customers.create({"email": "ana@example.org", "name": "Ana Ruiz", **known}).id
        own = self.v1.payment_methods.attach("pm_card_mastercard", {"customer": self.customer}).id
        product = self.v1.products.create({"name": "Old gift"}).id
        price = {"currency": "usd", "product": product, "unit_amount": 1000, "recurring": {"interval": "month"}}
        asked = {"customer": self.customer, "items": [{"price_data": price}]}
        self.v1.subscriptions.create(asked)
        self.v1.subscriptions.create({**asked, "default_payment_method": own})
        told(sandbox, outbox)
        newest, oldest = foreign_orders()[0]
        with transaction():
            self.ids = [sustaining.adopt(each, house.news.id, new_id(), COMMAND) for each in (oldest, newest)]
        assert [sustaining.mark_adopted(each) for each in self.ids] == ["", ""]
        told(sandbox, outbox)

    def charged(self) -> list[str]:
        """What each of them charges, by our rows."""
        db.session.rollback()
        return [found.label if (found := queries.method_of(each)) else "" for each in self.ids]

    def stripe(self, number: int) -> str:
        return db.session().get_one(Subscription, self.ids[number]).stripe_subscription or ""

    def named(self) -> list[str | None]:
        """What each of them names itself, at Stripe."""
        return [self.sandbox.get(self.stripe(number))["default_payment_method"] for number in (0, 1)]

    def given(self, number: int, card: str) -> None:
        """The donor gives another card on the page of one of them."""
        session = open_method_page(self.ids[number], "http://localhost/my-gift/x").rpartition("/")[2]
        assert self.sandbox.pay(session, card) is None
        told(self.sandbox, self.outbox)

    def names(self, number: int) -> list[str]:
        db.session.rollback()
        return [event.name for event in events_of(Subject("subscription", self.ids[number]))]


@pytest.fixture
def two(house: Any, stripe_sandbox: Handle, outbox: Outbox) -> Two:
    return Two(house, stripe_sandbox, outbox)


pytestmark = pytest.mark.crooked  # giving is not told of these standing orders: they have no promise


def test_an_adopted_order_has_its_own_method_before_it_is_ever_charged_here(two: Two) -> None:
    assert two.charged() == [VISA, MASTER]
    rows = [db.session().get_one(Subscription, each) for each in two.ids]
    assert (rows[0].method_id, rows[1].method_id is None) == (None, False)
    assert "payments.method.chosen" not in two.names(0) + two.names(1)


@pytest.mark.parametrize("number", [0, 1])
def test_a_new_card_is_charged_for_the_one_order_that_it_was_given_for(two: Two, number: int) -> None:
    before, labels = two.named(), [VISA, MASTER]
    two.given(number, "378282246310005")
    labels[number] = two.charged()[number]
    assert labels[number].startswith("American Express")
    assert two.charged() == labels
    assert two.named()[1 - number] == before[1 - number]
    assert two.names(number).count("payments.method.chosen") == 1
    assert "payments.method.chosen" not in two.names(1 - number)
    invoices = [two.sandbox.renew(two.stripe(each)) or "" for each in (0, 1)]
    told(two.sandbox, two.outbox)
    paid = [fetch_invoice(each).paying for each in invoices]
    assert [each and each.charged and each.charged.method_label for each in paid] == labels
    assert two.charged() == labels


def test_a_refused_renewal_is_paid_with_the_method_of_its_own_order(two: Two) -> None:
    two.sandbox.decline_next(two.stripe(1), 1)
    two.sandbox.renew(two.stripe(1))
    told(two.sandbox, two.outbox)
    unpaid = queries.offered_invoice(two.ids[1])
    assert unpaid is not None
    pay_open_invoice(unpaid.id, VISITOR)
    told(two.sandbox, two.outbox)
    (paid,) = queries.payments_of(db.session().get_one(Subscription, two.ids[1]).reference)
    assert paid.method_label == MASTER


def test_what_is_chosen_in_stripes_dashboard_is_taken_over_for_that_order(two: Two) -> None:
    visa = two.sandbox.get(two.customer)["invoice_settings"]["default_payment_method"]
    two.v1.subscriptions.update(two.stripe(1), {"default_payment_method": visa})
    told(two.sandbox, two.outbox)
    assert (two.charged(), two.names(1).count("payments.method.chosen")) == ([VISA, VISA], 1)


def test_an_order_that_names_none_any_more_charges_its_customers_default(two: Two) -> None:
    order = two.sandbox.get(two.stripe(1))
    with two.sandbox.sandbox.action():  # the API does not unset it, the dashboard does
        subscribing.change(two.sandbox.sandbox, order, default_payment_method=None)
    told(two.sandbox, two.outbox)
    assert two.charged() == [VISA, VISA]
    assert db.session().get_one(Subscription, two.ids[1]).method_id is None


def test_another_default_of_the_customer_is_seen_at_the_next_renewal_and_moves_no_order_of_its_own(two: Two) -> None:
    amex = two.v1.payment_methods.attach("pm_card_amex", {"customer": two.customer}).id
    two.v1.customers.update(two.customer, {"invoice_settings": {"default_payment_method": amex}})
    two.sandbox.renew(two.stripe(0))
    told(two.sandbox, two.outbox)
    found = two.charged()
    assert (found[0].startswith("American Express"), found[1]) == (True, MASTER)


def test_an_invoice_paid_with_a_strange_card_changes_nobodys_method(two: Two) -> None:
    two.sandbox.decline_next(two.stripe(0), 1)
    unpaid = two.sandbox.renew(two.stripe(0)) or ""
    told(two.sandbox, two.outbox)
    assert two.sandbox.pay_invoice(unpaid, "378282246310005") is None
    told(two.sandbox, two.outbox)
    assert two.charged() == [VISA, MASTER]


def test_a_method_that_is_let_go_before_anybody_here_saw_it_is_gone(two: Two) -> None:
    amex = two.v1.payment_methods.attach("pm_card_amex", {"customer": two.customer}).id
    two.v1.subscriptions.update(two.stripe(1), {"default_payment_method": amex})
    two.v1.payment_methods.detach(amex)
    two.sandbox.deliver_now()
    db.session.rollback()
    for event_id in [event.id for event in queries.waiting_events(now(), 100)][::-1]:
        apply_event(event_id)  # that it is gone is told first, of a method that nobody here knows
    found = queries.method_of(two.ids[1])
    assert (two.charged()[0], found and found.gone) == (VISA, True)


def method(label: str) -> PaymentMethod:
    return db.session().scalars(sa.select(PaymentMethod).where(PaymentMethod.label == label)).one()


def test_a_card_that_the_network_renews_is_told_of_the_order_that_charges_it(two: Two) -> None:
    two.sandbox.update_card(method(MASTER).stripe_method, exp_year=2045)
    told(two.sandbox, two.outbox)
    assert ["payments.method.updated" in two.names(number) for number in (0, 1)] == [False, True]


def test_an_old_charge_does_not_bring_back_what_a_card_was_when_it_was_made(two: Two) -> None:
    invoice_id = two.sandbox.renew(two.stripe(1)) or ""
    told(two.sandbox, two.outbox)
    two.sandbox.update_card(method(MASTER).stripe_method, exp_year=2045)
    told(two.sandbox, two.outbox)

    def look() -> Any:
        began, found = now(), fetch_invoice(invoice_id)
        return lambda: fold_invoice(found, began)

    fold_again(look)
    db.session.rollback()
    assert method(MASTER).exp_year == 2045
    assert two.names(1).count("payments.method.updated") == 1


def test_the_orders_that_charge_a_method_are_known(two: Two) -> None:
    orders: list[list[UUID]] = [queries.orders_charging(method(label).id) for label in (VISA, MASTER)]
    assert orders == [[two.ids[0]], [two.ids[1]]]
