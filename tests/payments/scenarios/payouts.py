"""Money on its way to the bank: what Stripe pays out, what a bank sends back, and the lines that make a payout."""

from __future__ import annotations

from collections.abc import Iterator

from tests.payments.scenarios.language import World, scenario

SETTLED = "settled"
NET, NET_OF_10 = 2397, 941  # of $25 and $10, after 2.9 % and 30 cents
A_PAYOUT = [("payment", str(NET)), ("payout", str(-NET))]


@scenario(
    [SETTLED], gifts=["2500"], asked=False, payouts=[("paid", str(NET), "reconciled")], **{"payout lines": A_PAYOUT}
)
def a_payout_is_listed_and_then_paid(world: World) -> Iterator[None]:
    world.pledge().pays()
    yield
    payout = str(world.sandbox.payout("created")["id"])
    yield
    world.lists(payout)
    yield
    world.sandbox.arrive_payout(payout)


@scenario(
    [SETTLED], gifts=["2500"], asked=False, payouts=[("paid", str(NET), "reconciled")], **{"payout lines": A_PAYOUT}
)
def a_payout_is_paid_before_it_is_listed(world: World) -> Iterator[None]:
    world.pledge().pays()
    yield
    payout = str(world.sandbox.payout("created")["id"])
    world.sandbox.arrive_payout(payout)
    yield
    world.lists(payout)


@scenario(
    [SETTLED], gifts=["2500"], asked=False, payouts=[("failed", str(NET), "reconciled")], **{"payout lines": A_PAYOUT}
)
def a_payout_that_was_paid_fails(world: World) -> Iterator[None]:
    world.pledge().pays()
    yield
    payout = str(world.sandbox.payout()["id"])
    yield
    world.sandbox.fail_payout(payout)


@scenario(
    [SETTLED] * 2,
    gifts=["1000", "2500"],
    asked=False,
    payouts=[("failed", str(NET), "reconciled"), ("paid", str(NET + NET_OF_10), "reconciled")],
)
def the_next_payout_brings_what_failed(world: World) -> Iterator[None]:
    world.pledge().pays()
    yield
    payout = str(world.sandbox.payout()["id"])
    yield
    world.sandbox.fail_payout(payout)
    world.pledge(cents=1000).pays()
    yield
    world.sandbox.payout()


@scenario(
    [SETTLED] * 3,
    gifts=["1000", "2500", "2500"],
    work=["payments.refund_adopted"],
    asked=False,
    payouts=[("paid", str(2 * NET + NET_OF_10 - 700 - 2500 - 1500), "reconciled")],
    refunds=[("stripe", "succeeded", "700")],
    disputes=[("lost", "2500")],
)
def a_refund_and_a_dispute_in_one_payout(world: World) -> Iterator[None]:
    refunded, disputed = world.pledge(), world.pledge()
    refunded.pays()
    disputed.pays()
    world.pledge(cents=1000).pays()
    yield
    world.dashboard.refunds.create({"charge": refunded.charge, "amount": 700})
    dispute = str(world.sandbox.dispute(disputed.charge)["id"])
    yield
    world.sandbox.payout()
    yield
    world.sandbox.lose_dispute(dispute)


@scenario(
    [SETTLED],
    gifts=["2500"],
    work=["payments.unmatched"],
    asked=False,
    payouts=[("paid", str(2 * NET), "")],
    **{"payout lines": [("payment", str(NET)), ("payout", str(-2 * NET)), ("unmatched", str(NET))]},
)
def a_line_that_nobody_knows(world: World) -> Iterator[None]:
    world.pledge().pays()
    world.charges_elsewhere(2500)
    yield
    world.sandbox.payout()


@scenario(
    [SETTLED] * 2,
    gifts=["1000", "2500"],
    asked=False,
    payouts=[("paid", str(NET + NET_OF_10), "reconciled")],
    bank=[("classical", NET_OF_10), ("news", NET)],
)
def two_stations_in_one_deposit(world: World) -> Iterator[None]:
    world.pledge().pays()
    world.pledge(cents=1000, station="classical").pays()
    yield
    world.sandbox.payout()
