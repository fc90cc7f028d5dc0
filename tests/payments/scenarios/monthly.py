"""Standing orders: the first charge, renewals, what fails, what recovers, what ends, and by whose hand."""

from __future__ import annotations

from collections.abc import Iterator

from tests.payments.scenarios.language import CLOSED, DECLINED, SECURE, World, scenario

SETTLED, FAILED, EXPIRED = "settled", "failed", "expired"


@scenario([SETTLED], ["active"], ["1000"])
def first_month(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    yield
    gift.pays()


@scenario([SETTLED], ["active"], ["1000"])
def first_month_in_our_page_with_three_d_secure(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000, in_page=True)
    yield
    gift.pays(SECURE)


@scenario([SETTLED], ["active"], ["1000"])
def first_month_declined_then_paid(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000, in_page=True)
    assert gift.pays(DECLINED)
    yield
    gift.pays()


@scenario([EXPIRED], ["ended"])
def first_month_declined_and_gone(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    yield
    gift.pays(DECLINED)
    yield
    gift.session_expires()


@scenario([EXPIRED], ["ended"])
def first_month_never_paid(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, in_page=True)
    yield
    gift.session_expires()


@scenario([SETTLED], ["active"], ["1000"])
def first_month_from_the_bank(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    yield
    gift.pays_by_bank()
    yield
    world.wait(days=5)


@scenario([SETTLED, SETTLED], ["active"], ["1000", "1000"])
def one_renewal(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    gift.renews()


@scenario([SETTLED] * 3, ["active"], ["1000"] * 3)
def two_renewals_by_the_clock(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    for _ in range(2):
        yield
        world.wait(days=31, hours=2)


@scenario([SETTLED], ["retrying"], ["1000"])
def a_renewal_that_is_being_retried(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    gift.declines()
    gift.renews()


@scenario([SETTLED, SETTLED], ["active"], ["1000", "1000"])
def a_renewal_that_recovers(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    gift.declines()
    gift.renews()
    yield
    world.wait(days=4)


@scenario([SETTLED] * 3, ["active"], ["1000"] * 3)
def two_renewals_the_first_recovers_late(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    gift.declines(2)
    gift.renews()
    yield
    world.wait(days=4)
    yield
    world.wait(days=6)
    yield
    gift.renews()


@scenario([SETTLED], ["lapsed"], ["1000"])
def a_renewal_that_is_given_up(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    gift.declines(9)
    gift.renews()
    for days in (4, 6, 8, 8):
        yield
        world.wait(days=days)


@scenario([SETTLED], ["ended"], ["1000"])
def cancelled_at_the_dashboard(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    world.dashboard.subscriptions.cancel(gift.order)


@scenario([SETTLED, SETTLED], ["ended"], ["1000", "1000"])
def renewed_then_cancelled_at_the_dashboard(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    gift.renews()
    yield
    world.dashboard.subscriptions.cancel(gift.order)


@scenario([SETTLED], ["ended"], ["1000"])
def cancelled_while_it_was_retried(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    gift.declines()
    gift.renews()
    yield
    world.dashboard.subscriptions.cancel(gift.order)


@scenario([SETTLED], ["ended"], ["1000"])
def ended_with_its_period_at_the_dashboard(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    world.dashboard.subscriptions.update(gift.order, {"cancel_at_period_end": True})
    yield
    world.wait(days=32)


@scenario([SETTLED], ["ended"], ["1000"])
def the_customer_is_deleted_at_the_dashboard(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    world.dashboard.customers.delete(str(world.sandbox.get(gift.order)["customer"]))


@scenario([SETTLED, SETTLED], ["active"], ["1000", "1000"])
def our_ids_are_taken_off_at_the_dashboard(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    order = world.sandbox.get(gift.order)
    world.sandbox.sandbox.store.save({**order, "metadata": {"note": "called on Monday"}})
    yield
    gift.renews()


@scenario([SETTLED], ["active"], ["1000"])
def a_renewal_is_voided_at_the_dashboard(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    gift.declines()
    gift.renews()
    yield
    invoice = str(world.sandbox.get(gift.order)["latest_invoice"])
    world.dashboard.invoices.void_invoice(invoice)


@scenario([SETTLED, SETTLED, SETTLED], ["active"], ["1000", "1000", "2500"])
def a_monthly_gift_and_one_on_top(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000, email="both@example.org")
    gift.pays()
    yield
    order = gift.order
    extra = world.pledge(email="both@example.org")
    yield
    world.sandbox.renew(order)
    extra.pays()


@scenario([SETTLED, SETTLED], ["active", "active"], ["1000", "700"])
def two_sustainers(world: World) -> Iterator[None]:
    one, two = world.pledge(monthly=True, cents=1000), world.pledge(monthly=True, cents=700, in_page=True)
    yield
    two.pays()
    yield
    one.pays()


@scenario([FAILED], ["lapsed"], letters=[("giving.first_returned", "donor1@example.org")])
def first_month_comes_back_from_the_bank(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    yield
    gift.pays_by_bank(CLOSED)
    yield
    world.wait(days=5)
    yield
    world.wait(days=30)


@scenario([FAILED], ["ended"], letters=[("giving.first_returned", "donor1@example.org")])
def first_month_comes_back_and_stripe_leaves_it_past_due(world: World) -> Iterator[None]:
    world.sandbox.set_retries(then="past_due")
    gift = world.pledge(monthly=True, cents=1000)
    yield
    gift.pays_by_bank(CLOSED)
    yield
    world.wait(days=5)
    yield
    world.wait(days=30)
