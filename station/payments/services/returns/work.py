"""Work for people about money that goes back. Inside the caller's transaction."""

from __future__ import annotations

from station.accounts.models import Role
from station.accounts.services import open_work_item, settle_work_item
from station.core.actor import STRIPE
from station.core.events import Subject
from station.core.money import Money
from station.payments.models import Dispute, DisputeState, FraudWarning, Payment, Refund
from station.payments.policies.states.dispute import AWAITING_US


def refund_failed(payment: Payment, refund: Refund, *, came_back: bool) -> None:
    """A refund did not reach its donor: somebody must send the money another way, or call."""
    what = "came back from the donor's bank" if came_back else "was not made"
    open_work_item(
        "payments.refund_failed",
        f"payments.refund_failed:{refund.id}",
        Role.DEVELOPMENT,
        f"A refund of {refund.amount} {what}",
        f"{refund.failure or 'Stripe gives no reason.'} The books show the money as ours again. Call the donor, and "
        "send it another way if they still want it.",
        Subject("payment", payment.id),
    )


def adopted(payment: Payment, refund: Refund) -> None:
    """Somebody gave money back in Stripe's dashboard, past the desk: say so, with its name there."""
    open_work_item(
        "payments.refund_adopted",
        f"payments.refund_adopted:{refund.id}",
        Role.DEVELOPMENT,
        f"A refund of {refund.amount} made at Stripe",
        f"{refund.stripe_refund} was made in Stripe's dashboard, not here. It is in the books now. Note who did it, "
        "and why.",
        Subject("payment", payment.id),
    )


def paid_twice(payment: Payment, lost: Money) -> None:
    """A bank took back what a refund gives back as well, be it still on its way: the donor has it twice then."""
    open_work_item(
        "payments.paid_twice",
        twice_key(payment),
        Role.DEVELOPMENT,
        f"{lost} goes back twice",
        f"The payment of {payment.amount} was refunded, and the donor's bank took {lost} of it as well. Answer the "
        "dispute with the refund, or ask the donor.",
        Subject("payment", payment.id),
        urgent=True,
    )


def paid_once(payment: Payment) -> None:
    """No refund goes back any more: what the bank took, the donor has once."""
    settle_work_item(twice_key(payment), "The refund did not reach the donor.", STRIPE)


def twice_key(payment: Payment) -> str:
    return f"payments.paid_twice:{payment.id}"


def stopped(payment: Payment, dispute: Dispute, *, stops: bool) -> None:
    """A charge of a recurring gift was taken back: no further one is made unless it only lacked money."""
    ends = (
        "No further charge is made: Station ends it at Stripe." if stops else "It goes on: the account lacked money."
    )
    open_work_item(
        "payments.recurring_disputed",
        f"payments.recurring_disputed:{payment.subscription_id}",
        Role.DEVELOPMENT,
        f"A recurring charge of {payment.amount} was taken back",
        f"The bank's reason: {dispute.reason.replace('_', ' ')}. {ends} Call the donor.",
        Subject("payment", payment.id),
    )


def dispute(payment: Payment, row: Dispute) -> None:
    """A dispute that awaits our answer is somebody's work; one that does not, nobody's."""
    key = f"payments.dispute:{row.id}"
    if row.state in AWAITING_US:
        what = "Inquiry" if row.state is DisputeState.WARNING_NEEDS_RESPONSE else "Dispute"
        until = f"{row.due_by:%Y-%m-%d %H:%M} UTC" if row.due_by else "Stripe's deadline"
        open_work_item(
            "payments.dispute",
            key,
            Role.DEVELOPMENT,
            f"{what} about {row.amount}: answer by {until}",
            f"The bank's reason: {row.reason.replace('_', ' ')}. Send the evidence that Station has put together, or "
            "accept the loss. Nobody answers by itself.",
            Subject("dispute", row.id),
            urgent=True,
        )
        return
    for each in (key, due_key(row)):
        settle_work_item(each, f"The dispute is {row.state.value.replace('_', ' ')}.", STRIPE)


def due_soon(row: Dispute) -> None:
    """Three days are left to answer a dispute."""
    open_work_item(
        "payments.dispute_due",
        due_key(row),
        Role.DEVELOPMENT,
        f"Last days to answer a dispute about {row.amount}",
        f"Without an answer by {row.due_by:%Y-%m-%d %H:%M} UTC it is lost.",
        Subject("dispute", row.id),
        urgent=True,
    )


def due_key(row: Dispute) -> str:
    return f"payments.dispute_due:{row.id}"


def warning(payment: Payment, row: FraudWarning) -> None:
    """A card issuer suspects fraud: a refund now spares the dispute and its fee. Over once it is done."""
    key = f"payments.fraud_warning:{row.id}"
    if not row.actionable:
        settle_work_item(key, "The payment is refunded or disputed.", STRIPE)
        return
    open_work_item(
        "payments.fraud_warning",
        key,
        Role.DEVELOPMENT,
        f"The card issuer suspects fraud: {payment.amount}",
        f"{payment.method_label}, {row.fraud_type.replace('_', ' ')}. Open the payment and refund it now, unless you "
        "know the donor: a refund usually prevents the dispute and its fee.",
        Subject("payment", payment.id),
        urgent=True,
    )
