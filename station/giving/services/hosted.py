"""A pledge's way to Stripe's own page, and what staff learn when Stripe refuses to open one."""

from __future__ import annotations

from uuid import UUID

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import events, runtime
from station.core.actor import Actor
from station.core.db import transaction
from station.core.events import Subject
from station.core.ids import public_id
from station.giving import policies, queries
from station.giving.queries import PledgeView
from station.payments import services as payments
from station.payments.services import CheckoutClosed, HostedPage, StripeRefused


def open_checkout(pledge_id: UUID, actor: Actor) -> str:
    """Where the donor of a pledge goes now: Stripe's page while it can be paid, our own answer afterwards.

    Runs outside any transaction, for a person who waits. Raises StripeUnavailable (nothing is known to have happened;
    the same call again is safe) or StripeRefused (a work item tells the staff).
    """
    pledge = queries.pledge(pledge_id)
    assert pledge is not None  # noqa: S101  # begun a moment ago
    if not pledge.open:
        return thanks_url(pledge)
    back = f"{runtime.settings().base_url}/give?pledge={pledge.public_id}"
    page = HostedPage(description_of(pledge), pledge.email, thanks_url(pledge), back)
    try:
        return payments.start_checkout(pledge.payment_id, page)
    except CheckoutClosed:  # it was paid, or closed, since we looked: the thank-you page tells which
        return page.success_url
    except StripeRefused as refusal:
        note_refusal(pledge, str(refusal), actor)
        raise


def description_of(pledge: PledgeView) -> str:
    """What Stripe's pages and statements call the gift."""
    interval = pledge.frequency.interval
    gift = f"{interval.adjective.capitalize()} gift" if interval else "Gift"
    later = f", after today on {policies.day_words(pledge.charge_day)} of the month" if pledge.charge_day else ""
    return f"{gift} to {pledge.supported}{later}"


def thanks_url(pledge: PledgeView) -> str:
    """The absolute address of the page that tells what became of a pledge."""
    return f"{runtime.settings().base_url}/thanks/{pledge.public_id}"


def note_refusal(pledge: PledgeView, reason: str, actor: Actor) -> None:
    """Write down that Stripe refused to open a checkout, and tell the staff."""
    with transaction():
        events.record(
            "giving.checkout.refused",
            actor,
            [Subject("pledge", pledge.id), Subject("payment", pledge.payment_id)],
            {"reason": reason},
        )
        open_work_item(
            kind="giving.checkout_refused",
            key=f"checkout:{pledge.id}",
            role=Role.DEVELOPMENT,
            title=f"Stripe refused to open a payment page for a pledge of {pledge.commitment}",
            detail=f"{_who(pledge)} could not pay; nothing was charged. Stripe said: {reason} "
            "Write or call, and tell whoever looks after the Stripe account.",
            subject=Subject("pledge", pledge.id),
            data={"pledge": public_id("pledge", pledge.id)},
        )


def _who(pledge: PledgeView) -> str:
    return f"{pledge.donor_name} <{pledge.email}>" if pledge.email else "A visitor who had not yet said their name"
