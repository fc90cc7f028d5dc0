"""Money that goes back: refunds from the desk and from the dashboard, disputes, fraud warnings."""

from __future__ import annotations

from collections.abc import Iterator

from station.core.actor import COMMAND
from station.core.money import Money
from station.payments.models import RefundReason
from station.payments.services import ask_refund, send_refund
from tests.payments.scenarios.language import Giving, World, scenario

SETTLED = "settled"


def give_back(gift: Giving, cents: int) -> None:
    """From the desk, where the payment has been looked at."""
    refund = ask_refund(gift.arrived(), Money(cents), RefundReason.REQUESTED, "They called.", COMMAND)
    send_refund(refund)


@scenario([SETTLED], gifts=["2500"], refunds=[("desk", "succeeded", "2500")])
def a_full_refund_from_the_desk(world: World) -> Iterator[None]:
    gift = world.pledge()
    gift.pays()
    yield
    give_back(gift, 2500)


@scenario([SETTLED], gifts=["2500"], refunds=[("desk", "succeeded", "500"), ("desk", "succeeded", "500")])
def two_equal_refunds_from_the_desk(world: World) -> Iterator[None]:
    gift = world.pledge()
    gift.pays()
    yield
    give_back(gift, 500)
    yield
    give_back(gift, 500)


@scenario(
    [SETTLED], gifts=["2500"], refunds=[("desk", "failed", "2500")], work=["payments.refund_failed"], asked=False
)
def a_refund_that_waits_and_fails(world: World) -> Iterator[None]:
    gift = world.pledge()
    gift.pays()
    yield
    world.sandbox.next_refund("pending", "failed", 3600)
    give_back(gift, 2500)
    yield
    world.wait(hours=2)


@scenario(
    [SETTLED], gifts=["2500"], refunds=[("desk", "failed", "1000")], work=["payments.refund_failed"], asked=False
)
def a_refund_that_fails_after_it_had_gone_out(world: World) -> Iterator[None]:
    gift = world.pledge()
    gift.pays()
    yield
    world.sandbox.next_refund("succeeded", "failed", 86_400)
    give_back(gift, 1000)
    yield
    world.wait(days=2)


@scenario(
    [SETTLED], gifts=["2500"], refunds=[("stripe", "succeeded", "700")], work=["payments.refund_adopted"], asked=False
)
def a_partial_refund_from_the_dashboard(world: World) -> Iterator[None]:
    gift = world.pledge()
    gift.pays()
    yield
    world.dashboard.refunds.create({"charge": gift.charge, "amount": 700})


@scenario(
    [SETTLED],
    ["active"],
    ["1000"],
    refunds=[("stripe", "succeeded", "1000")],
    work=["payments.refund_adopted"],
    asked=False,
)
def a_first_month_is_given_back_at_the_dashboard(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    world.dashboard.refunds.create({"charge": gift.charge})


@scenario([SETTLED], gifts=["2500"], disputes=[("won", "2500")], asked=False)
def a_dispute_that_is_won(world: World) -> Iterator[None]:
    gift = world.pledge()
    gift.pays()
    yield
    dispute = str(world.sandbox.dispute(gift.charge)["id"])
    yield
    world.sandbox.win_dispute(dispute)


@scenario([SETTLED], gifts=["2500"], disputes=[("lost", "2500")], asked=False)
def a_dispute_that_is_lost(world: World) -> Iterator[None]:
    gift = world.pledge()
    gift.pays()
    yield
    dispute = str(world.sandbox.dispute(gift.charge)["id"])
    yield
    world.sandbox.lose_dispute(dispute)


@scenario([SETTLED], gifts=["2500"], disputes=[("lost", "2500")], asked=False)
def an_inquiry_that_becomes_a_lost_dispute(world: World) -> Iterator[None]:
    gift = world.pledge()
    gift.pays()
    yield
    dispute = str(world.sandbox.inquire(gift.charge)["id"])
    yield
    world.sandbox.escalate(dispute)
    yield
    world.sandbox.lose_dispute(dispute)


@scenario([SETTLED], gifts=["5000"], disputes=[("lost", "5000")], asked=False)
def a_bank_debit_that_comes_back_after_it_had_settled(world: World) -> Iterator[None]:
    gift = world.pledge(cents=5000)
    gift.pays_by_bank()
    yield
    world.wait(days=5)
    yield
    world.sandbox.return_debit(gift.charge)


@scenario([SETTLED], ["ended"], ["1000"], ["payments.recurring_disputed"], disputes=[("lost", "1000")], asked=False)
def a_first_month_is_charged_back(world: World) -> Iterator[None]:
    gift = world.pledge(monthly=True, cents=1000)
    gift.pays()
    yield
    dispute = str(world.sandbox.dispute(gift.charge)["id"])
    yield
    world.sandbox.lose_dispute(dispute)


@scenario([SETTLED], gifts=["2500"], work=["payments.fraud_warning"], asked=False)
def an_early_fraud_warning(world: World) -> Iterator[None]:
    gift = world.pledge()
    gift.pays()
    yield
    world.sandbox.warn(gift.charge)


@scenario(
    [SETTLED],
    gifts=["2500"],
    refunds=[("stripe", "succeeded", "2500")],
    work=["payments.refund_adopted"],
    asked=False,
)
def an_early_fraud_warning_and_the_money_back(world: World) -> Iterator[None]:
    gift = world.pledge()
    gift.pays()
    yield
    world.sandbox.warn(gift.charge)
    yield
    world.dashboard.refunds.create({"charge": gift.charge})
