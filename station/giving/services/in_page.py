"""A pledge that is paid in our own page, in Stripe's elements.

The checkout opens before anyone has said who they are, so its pledge begins without a donor. Pressing the button
writes the donor into it, and only then does the page's script confirm. What a script does to Stripe without asking
us is still a gift: its payer is whom Stripe was told (`reactors/money.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError

from station.core import events
from station.core.actor import Actor
from station.core.db import db, transaction
from station.core.events import Subject
from station.core.faults import point
from station.giving import policies, queries
from station.giving.models import Pledge
from station.giving.queries import PledgeView
from station.giving.services.errors import AttemptConflict, NotBegun
from station.giving.services.hosted import description_of, note_refusal, thanks_url
from station.giving.services.pledges import (
    ARRIVING,
    PledgeRequest,
    ask_about_sustained,
    ask_about_twin,
    close_twins,
    note_begun,
    page_attempt,
    set_aside,
    write_pledge,
)
from station.payments import queries as payment_queries
from station.payments import services as payments
from station.payments.services import CheckoutClosed, InPage, StripeRefused


@dataclass(frozen=True)
class PageCheckout:
    """An open checkout for the page's script: Stripe's client secret, what it is brought to, and where it leads.

    `email` is for the script to pass on to Stripe; it is empty until the donor has said it.
    """

    client_secret: str
    amount_cents: int
    email: str
    thanks_url: str


def open_in_page(request: PledgeRequest, actor: Actor) -> PageCheckout:
    """Open the checkout of a form as it is set now, or bring the one that is open to this amount.

    The same again is the same checkout. Runs outside any transaction, for a person who waits. Raises
    StripeUnavailable and StripeRefused as `payments.start_checkout` does, AttemptConflict when this form has been
    paid, NotBegun when its checkout has closed unpaid (the form needs a fresh attempt).
    """
    draft = _draft(request, actor)
    point("giving.pledge:drafted")
    try:
        secret = payments.start_checkout(draft.payment_id, InPage(description_of(draft), thanks_url(draft)))
        _bring_amount(draft, request, actor)
    except CheckoutClosed:
        _stands_open(draft)
        raise
    except StripeRefused as refusal:
        note_refusal(draft, str(refusal), actor)
        raise
    return PageCheckout(secret, request.amount.cents, request.email, thanks_url(draft))


def send_in_page(request: PledgeRequest, actor: Actor) -> PageCheckout:
    """Write the donor into the pledge whose checkout is open in the page, before the page's script confirms it.

    The same again changes nothing; another amount is brought to Stripe first. What was sent before may have been paid
    without our knowing, so Stripe is asked before it is changed. Runs outside any transaction. Raises
    NotBegun when the page has no open checkout, AttemptConflict when it has been paid, GivenAlready for a twin,
    SustainsAlready, StillOpen while what it replaces cannot be closed, StripeUnavailable and StripeRefused.
    """
    draft = _known(page_attempt(request))
    if draft is None:
        raise NotBegun
    if draft.email:
        payments.look_at_payment(draft.payment_id, actor)
        _stands_open(draft)
    ask_about_sustained(request)
    ask_about_twin(request)
    set_aside(request, actor, in_page=True)
    close_twins(request, actor, in_page=True)
    checkout = open_in_page(request, actor)
    _write_donor(draft, request, actor)
    point("giving.pledge:sent_in_page")
    return checkout


def opens_one(request: PledgeRequest) -> bool:
    """Whether opening the checkout of this form would open something new at Stripe."""
    return queries.pledge_of_attempt(page_attempt(request)) is None


def _draft(request: PledgeRequest, actor: Actor) -> PledgeView:
    """The pledge of a form as it is set, begun without its donor when there is none yet."""
    attempt = page_attempt(request)
    if (known := _known(attempt)) is not None:
        return known
    try:
        with transaction():
            write_pledge(replace(request, given_name="", family_name="", email=""), attempt, actor)
    except IntegrityError:  # the same page asked twice at once, and the other was first
        db.session().rollback()
    found = _known(attempt)
    assert found is not None  # noqa: S101  # written a moment ago
    return found


def _known(attempt: str) -> PledgeView | None:
    """The pledge of an attempt while it can be paid. Raises AttemptConflict when paid, NotBegun when it is over."""
    known = queries.pledge_of_attempt(attempt)
    return _open(known) if known is not None else None


def _open(pledge: PledgeView) -> PledgeView:
    if pledge.state in ARRIVING:
        raise AttemptConflict(pledge)
    if not pledge.open:
        raise NotBegun
    return pledge


def _stands_open(pledge: PledgeView) -> None:
    """Look again at a pledge that was open. Raises AttemptConflict when paid since, NotBegun when closed since."""
    _known(pledge.attempt)


def _bring_amount(draft: PledgeView, request: PledgeRequest, actor: Actor) -> None:
    amount = request.amount
    payments.change_amount(draft.payment_id, amount, description_of(draft), actor, request.cover_cents)
    if draft.amount != amount:
        with transaction():
            _lock_unpaid(draft).amount_cents = amount.cents


def _lock_unpaid(draft: PledgeView) -> Pledge:
    """The pledge's row, locked together with its payment: what has been paid does not change any more."""
    payment_queries.lock_payment(draft.payment_id)
    _stands_open(draft)
    return db.session().get_one(Pledge, draft.id, with_for_update=True)


def _write_donor(draft: PledgeView, request: PledgeRequest, actor: Actor) -> None:
    with transaction():
        payments.choose_day(draft.payment_id, request.charge_day)
        pledge = _lock_unpaid(draft)
        payments.expect(draft.payment_id)
        pledge.charge_day = request.charge_day
        pledge.second_meant = request.again and request.giver is not None
        donor = (request.given_name, request.family_name, request.email)
        first = not pledge.email
        if (pledge.given_name, pledge.family_name, pledge.email) == donor:
            return
        pledge.given_name, pledge.family_name, pledge.email = donor
        pledge.source = policies.source(request.source)
        if first:
            note_begun(pledge, actor)
        else:
            about = [Subject("pledge", pledge.id), Subject("payment", pledge.asked_by)]
            events.record("giving.pledge.donor_changed", actor, about)
