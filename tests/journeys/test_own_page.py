"""The donor's own page of a monthly gift, from the letter to the paid month: by keyboard, without a script."""

from __future__ import annotations

import re
from collections.abc import Callable

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from sandbox.stripe.testing import Handle
from station.core.db import db
from station.giving.models import Gift
from station.payments.models import Subscription
from tests.faults.plant import Plant
from tests.journeys.checks import barriers, cut
from tests.journeys.hands import GOOD_CARD, fill_pledge, pay

Window = Callable[..., Page]


def newest_order() -> str:
    """The id at Stripe of the standing order that began last."""
    found = db.session.scalars(
        sa.select(Subscription.stripe_subscription)
        .where(Subscription.stripe_subscription.is_not(None))
        .order_by(Subscription.created_at.desc())
    ).first()
    db.session.rollback()
    assert found is not None
    return found


def test_a_refused_month_is_paid_with_another_card_by_keyboard(
    town: Plant, sandbox: Handle, site: str, window: Window
) -> None:
    town.start("relay", "worker")
    page = window(width=360, scripts=False)
    page.goto(f"{site}/give?station=news&amount=5&frequency=month")
    fill_pledge(page, "zoe@example.org")
    pay(page, GOOD_CARD)
    sandbox.deliver_now(delayed=True)
    town.wait_idle()
    before = town.count(Gift)

    sandbox.decline_next(newest_order(), times=1)
    sandbox.renew(newest_order())
    sandbox.deliver_now(delayed=True)
    town.wait_idle()
    letter = town.mailbox.messages[-1].get_body(("plain",))
    link = re.search(r"/my-gift/\S+", letter.get_content())  # type: ignore[union-attr]
    assert link
    page.goto(site + link[0])
    expect(page.get_by_role("heading", name="Still open: $5.00")).to_be_visible()
    for dark in (False, True):
        examined = window(width=360, dark=dark)
        examined.goto(site + link[0])
        assert (barriers(examined, sandbox), cut(examined)) == ([], [])

    page.get_by_role("button", name="Give another card or bank account").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/c/pay/"))
    page.get_by_label("Card number").fill("5555 5555 5555 4444")
    page.get_by_label("Expiry date").fill("12 / 34")
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on card").fill("Zoe Pena")
    page.keyboard.press("Enter")
    expect(page.get_by_text("From now on this gift is charged to what you have just given.")).to_be_visible()
    page.get_by_role("button", name="Pay $5.00 now with Mastercard ending 4444").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your payment has arrived")).to_be_visible()
    sandbox.deliver_now(delayed=True)
    town.wait_idle()
    assert town.count(Gift) == before + 1
    assert town.broken() == []
