"""What payments announces to the packages above, inside the transaction in which it became true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from station.core.money import Money
from station.payments.models import Interval, InvoiceState, PaymentKind


@dataclass(frozen=True)
class PaymentSettled:
    """Money arrived: announced once a payment. `amount` is what was charged, `settled_at` the charge's time.

    `payer_*` are what the payer told Stripe, for a donor who has told us nothing; either may be empty.
    """

    payment_id: UUID
    reference: UUID
    kind: PaymentKind
    amount: Money
    station_id: UUID
    settled_at: datetime
    method_label: str
    subscription_id: UUID | None
    payer_name: str = ""
    payer_email: str = ""


@dataclass(frozen=True)
class PaymentProcessing:
    """The donor has paid by a method that takes days (bank debit): promised, not yet money."""

    payment_id: UUID
    reference: UUID
    amount: Money
    method_label: str


@dataclass(frozen=True)
class PaymentFailed:
    """The payment came to nothing, for good. `reason` is Stripe's sentence for the donor."""

    payment_id: UUID
    reference: UUID
    reason: str


@dataclass(frozen=True)
class AttemptFailed:
    """A card, or another method, was refused; the payment itself does not move. Announced once for each such try.

    `decline_code` is Stripe's word (docs.stripe.com/declines/codes), `fingerprint` stays the same for the same card
    in this account; either is "" where Stripe tells none. `at` is the instant of the refusal.
    """

    payment_id: UUID
    reference: UUID
    decline_code: str
    fingerprint: str
    at: datetime


@dataclass(frozen=True)
class StrayAttemptFailed:
    """A card was refused, and Stripe does not say for which payment: so for the first charge of every recurring gift.

    It is of no customer whom we know, so it is no renewal of ours; it may be of another program in the same account.
    `intent` is one checkout's; `payer_email` and `amount` are what the payer's browser said. Announced once a try.
    """

    intent: str
    payer_email: str
    amount: Money
    fingerprint: str
    at: datetime


@dataclass(frozen=True)
class PaymentExpired:
    """The checkout page closed without a payment."""

    payment_id: UUID
    reference: UUID


@dataclass(frozen=True)
class RenewalFailed:
    """A sustainer's renewal was declined. Stripe tries again; announced once until a renewal succeeds."""

    subscription_id: UUID
    reference: UUID
    reason: str


@dataclass(frozen=True)
class RenewalNeedsAction:
    """A renewal is unpaid and no further try comes by itself: the donor must confirm, or give another method."""

    subscription_id: UUID
    reference: UUID
    reason: str


@dataclass(frozen=True)
class RenewalRecovered:
    """A later try succeeded: the subscription that was being retried runs again."""

    subscription_id: UUID
    reference: UUID


@dataclass(frozen=True)
class SustainerChanged:
    """A standing order is of another amount from its next charge on, wherever that was asked."""

    subscription_id: UUID
    reference: UUID
    before: Money
    after: Money
    next_at: datetime | None


@dataclass(frozen=True)
class SustainerSplit:
    """Another part of the same amount covers fees from the next charge on; `cover_before` did until then."""

    subscription_id: UUID
    reference: UUID
    amount: Money
    cover_before: Money
    next_at: datetime | None


@dataclass(frozen=True)
class SustainerRescheduled:
    """A standing order is charged at another interval, because somebody changed that at Stripe."""

    subscription_id: UUID
    reference: UUID
    before: Interval
    after: Interval
    next_at: datetime | None


@dataclass(frozen=True)
class SustainerMoved:
    """The next charges fall on another day, because a person asked for it. `next_at` is the first of them."""

    subscription_id: UUID
    reference: UUID
    charge_day: int
    next_at: datetime


@dataclass(frozen=True)
class SustainerPaused:
    """Nothing is charged until an instant; without it the pause has no end. Also announced when that changes."""

    subscription_id: UUID
    reference: UUID
    until: datetime | None


@dataclass(frozen=True)
class SustainerResumed:
    """A pause is over; `next_at` is the instant of the next charge. What was left out is not caught up."""

    subscription_id: UUID
    reference: UUID
    next_at: datetime | None


@dataclass(frozen=True)
class SustainerEnding:
    """A standing order is cancelled for later; `ends_at` None: that was taken back."""

    subscription_id: UUID
    reference: UUID
    ends_at: datetime | None


@dataclass(frozen=True)
class SubscriptionEnded:
    """No renewal will come any more: it was cancelled. `begun` is whether there ever was a charge."""

    subscription_id: UUID
    reference: UUID
    reason: str
    begun: bool


@dataclass(frozen=True)
class SustainerLapsed:
    """No renewal will come any more: given up after charges that failed."""

    subscription_id: UUID
    reference: UUID
    reason: str


@dataclass(frozen=True)
class PaymentRefunded:
    """A refund went out. `quiet`: the donor is told nothing of it. What is left, the payment says."""

    payment_id: UUID
    refund_id: UUID
    amount: Money
    quiet: bool


@dataclass(frozen=True)
class RefundFailed:
    """A refund came to nothing. `came_back`: it had gone out, and a bank sent it back."""

    payment_id: UUID
    refund_id: UUID
    amount: Money
    reason: str
    came_back: bool
    quiet: bool


@dataclass(frozen=True)
class DisputeOpened:
    """A donor's bank asks about a payment (`inquiry`), or takes it back for now: then announced once, too."""

    payment_id: UUID
    dispute_id: UUID
    amount: Money
    reason: str
    inquiry: bool


@dataclass(frozen=True)
class DisputeWon:
    """The money of a dispute is ours again, rarely also after it had been lost."""

    payment_id: UUID
    dispute_id: UUID
    amount: Money


@dataclass(frozen=True)
class DisputeLost:
    """The money of a dispute is gone for good; a returned bank debit is that at once."""

    payment_id: UUID
    dispute_id: UUID
    amount: Money
    reason: str


@dataclass(frozen=True)
class DisputeClosed:
    """A dispute ended without having taken anything: an inquiry at rest, or one that a refund prevented."""

    payment_id: UUID
    dispute_id: UUID


@dataclass(frozen=True)
class InvoiceWaits:
    """A renewal's invoice stands open, or something about it changed: a further try failed, the bank asks."""

    invoice_id: UUID
    subscription_id: UUID
    reference: UUID


@dataclass(frozen=True)
class InvoiceClosed:
    """An invoice that stood open is paid, void or given up."""

    invoice_id: UUID
    subscription_id: UUID
    reference: UUID
    state: InvoiceState


@dataclass(frozen=True)
class MethodChanged:
    """A method that a customer pays with has changed, or is gone: another number, another expiry."""

    method_id: UUID
    stripe_customer: str
