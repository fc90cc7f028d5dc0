"""What a line of Stripe's balance is by its own words (docs.stripe.com/reports/reporting-categories)."""

from __future__ import annotations

from station.payments.models import Account, Tie

FEES = frozenset({"fee", "tax", "network_cost"})  # Stripe's own: no payment, refund or dispute of ours holds them
BY_HAND = {
    Tie.PAYMENT: "The charge of a payment or gift that is here",
    Tie.FEE: "A fee of Stripe's",
    Tie.DISPUTE_FEE: "A fee for a dispute",
    Tie.ELSEWHERE: "Money of another program in the same Stripe account",
    Tie.OWN: "Our own money: a top-up, a transfer, a reserve",
}
OTHER_SIDE = {
    Tie.UNMATCHED: Account.UNMATCHED,
    Tie.FEE: Account.FEES,
    Tie.DISPUTE_FEE: Account.DISPUTE_FEES,
    Tie.ELSEWHERE: Account.ELSEWHERE,
    Tie.OWN: Account.BANK,
}
"""Where a line is booked against that no row of ours has booked; the owner of any other kind books it itself."""


def fee_kind(category: str, text: str) -> Tie | None:
    """Which fee a line is that belongs to no row of ours; None for anything else."""
    if category not in FEES:
        return None
    return Tie.DISPUTE_FEE if "dispute" in text.lower() else Tie.FEE
