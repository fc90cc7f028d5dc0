"""Gifts that are given once."""

from __future__ import annotations

from collections.abc import Iterator

from station.core.money import Money
from station.payments.gateway import StripeUnavailable
from tests.payments.scenarios.language import CLOSED, DECLINED, MASTERCARD, NO_FUNDS, SECURE, World, scenario

SETTLED, FAILED, EXPIRED = "settled", "failed", "expired"


@scenario([SETTLED], gifts=["2500"])
def card_on_stripes_page(world: World) -> Iterator[None]:
    gift = world.pledge()
    yield
    gift.pays()


@scenario([SETTLED], gifts=["2500"])
def card_in_our_page(world: World) -> Iterator[None]:
    gift = world.pledge(in_page=True)
    yield
    gift.pays(MASTERCARD)


@scenario([SETTLED], gifts=["1750"])
def declined_twice_then_paid(world: World) -> Iterator[None]:
    gift = world.pledge(cents=1750)
    for card in (DECLINED, "4000000000009995"):
        assert gift.pays(card)
        yield
    assert gift.pays() is None


@scenario([SETTLED], gifts=["2500"])
def three_d_secure_passed(world: World) -> Iterator[None]:
    gift = world.pledge(in_page=True)
    yield
    assert gift.pays(SECURE) is None


@scenario([SETTLED], gifts=["2500"])
def three_d_secure_refused_then_passed(world: World) -> Iterator[None]:
    gift = world.pledge(in_page=True)
    assert gift.pays(SECURE, authenticate=False)
    yield
    assert gift.pays(SECURE) is None


@scenario([EXPIRED])
def three_d_secure_abandoned(world: World) -> Iterator[None]:
    gift = world.pledge(in_page=True)
    assert gift.pays(SECURE, authenticate=False)
    yield
    gift.session_expires()


@scenario([EXPIRED])
def declined_and_gone(world: World) -> Iterator[None]:
    gift = world.pledge()
    yield
    assert gift.pays(DECLINED)
    yield
    gift.session_expires()


@scenario([EXPIRED])
def nobody_pays(world: World) -> Iterator[None]:
    gift = world.pledge()
    yield
    gift.session_expires()


@scenario([SETTLED], gifts=["5000"])
def bank_debit_arrives(world: World) -> Iterator[None]:
    gift = world.pledge(cents=5000)
    yield
    gift.pays_by_bank()
    yield
    world.wait(days=5)


@scenario([FAILED])
def bank_debit_comes_back_from_a_closed_account(world: World) -> Iterator[None]:
    gift = world.pledge(cents=5000, in_page=True)
    yield
    gift.pays_by_bank(CLOSED)
    yield
    world.wait(days=5)


@scenario([FAILED, SETTLED], gifts=["5000"])
def bank_debit_bounces_and_a_card_follows(world: World) -> Iterator[None]:
    gift = world.pledge(cents=5000)
    gift.pays_by_bank(NO_FUNDS)
    yield
    world.wait(days=5)
    yield
    again = world.pledge(cents=5000)
    yield
    again.pays()


@scenario([EXPIRED, SETTLED], gifts=["5000"])
def another_amount_on_a_second_page(world: World) -> Iterator[None]:
    gift = world.pledge(cents=2500)
    yield
    gift.changes(amount=Money(5000))
    yield
    gift.pays()


@scenario([SETTLED], gifts=["5000"])
def another_amount_in_the_same_page(world: World) -> Iterator[None]:
    gift = world.pledge(cents=2500, in_page=True)
    yield
    gift.changes(amount=Money(5000))
    yield
    gift.pays()


@scenario([SETTLED, SETTLED], gifts=["2500", "2500"])
def two_sessions_of_one_donor_both_meant(world: World) -> Iterator[None]:
    first = world.pledge(email="twice@example.org")
    first.pays()
    yield
    world.wait(minutes=11)
    second = world.pledge(email="twice@example.org")
    yield
    second.pays()


@scenario([EXPIRED, SETTLED, SETTLED], gifts=["2500", "500"])
def three_donors_at_once(world: World) -> Iterator[None]:
    paying, small, leaving = world.pledge(), world.pledge(cents=500), world.pledge(in_page=True)
    yield
    paying.pays()
    small.pays(MASTERCARD)
    yield
    leaving.session_expires()


@scenario([SETTLED], gifts=["2500"])
def the_answer_to_opening_is_lost(world: World) -> Iterator[None]:
    """Stripe did it and nobody heard: the donor presses again, and it is the same page."""
    world.sandbox.fault("cut", path="/v1/checkout/sessions", count=1)
    try:
        gift = world.pledge()
    except StripeUnavailable:
        gift = world.last
        gift.presses()
    assert len(world.sandbox.sandbox.store.all("checkout.session")) == 1
    yield
    gift.pays()


@scenario([SETTLED], gifts=["2500"], methods=["Visa ending 4242 (Apple Pay)"])
def a_wallet(world: World) -> Iterator[None]:
    world.sandbox.set_wallets("apple_pay")
    gift = world.pledge(in_page=True)
    yield
    gift.pays(wallet="apple_pay")
