"""What payouts, the lines of Stripe's balance and the months of the books add to the house."""

from __future__ import annotations

from flask import url_for

from station.accounts.models import Role
from station.accounts.places import NAV, SUBJECT_PAGES, NavItem, SubjectPage
from station.core.ids import public_id
from station.core.places import EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.payments.models import Tie
from station.payments.queries.payouts import balance
from station.payments.queries.payouts import checks as payout_checks
from station.payments.services.deposits import payouts, ties
from station.payments.services.deposits.ties import TIES, TieResolver
from station.payments.services.returns import tying

ROLES = (Role.DEVELOPMENT,)
SENTENCES = (
    EventSentence("payments.payout.sent", lambda e: f"sent {e.data['amount']} to the bank"),
    EventSentence("payments.payout.paid", lambda e: f"paid {e.data['amount']} to the bank"),
    EventSentence(
        "payments.payout.failed",
        lambda e: (
            f"got {e.data['amount']} back from the bank{', after it had been paid' if e.data['was_paid'] else ''}: "
            f"{e.data['why'] or 'no reason given'}"
        ),
    ),
    EventSentence("payments.payout.canceled", lambda e: f"cancelled a payout of {e.data['amount']}"),
    EventSentence(
        "payments.payout.reconciled",
        lambda e: f"reconciled a payout of {e.data['amount']}: {e.data['lines']} lines, each tied, in sum the payout",
    ),
    EventSentence(
        "payments.line.said",
        lambda e: f"said of {e.data['line']} over {e.data['amount']}: {e.data['kind']}. {e.data['why']}",
    ),
    EventSentence("payments.period.closed", lambda e: f"closed {e.data['month']}"),
    EventSentence("payments.period.reopened", lambda e: f"opened {e.data['month']} again: {e.data['why']}"),
    EventSentence(
        "payments.sweep.found",
        lambda e: (
            f"looked at {e.data['looked']} {e.data['kind']} of Stripe's, found {e.data['found']}, mended "
            f"{e.data['mended']}"
        ),
    ),
)
BOOKS = (
    Invariant("deposits-tied", "Every line of a reconciled payout is tied.", payout_checks.untied_in_reconciled),
    Invariant("deposit-sums", "Every payout is the sum of its lines.", payout_checks.payouts_beside_their_lines),
    Invariant("bank-of-payouts", "The ledger's bank has each paid payout.", payout_checks.bank_beside_payouts),
    Invariant("stripe-view", "Stripe's view equals ours.", payout_checks.differs_from_stripe),
)
TIED = (
    TieResolver(Tie.PAYMENT, ties.payment_tie, balance.booked_for_payments, balance.payments_moved),
    TieResolver(Tie.REFUND, tying.refund_tie, tying.booked_for_refunds, tying.refunds_moved),
    TieResolver(Tie.DISPUTE, tying.dispute_tie, tying.booked_for_disputes, tying.disputes_moved),
    TieResolver(Tie.PAYOUT, payouts.payout_tie, balance.booked_for_payouts, balance.payouts_moved),
    TieResolver(Tie.FEE, ties.fee_tie(Tie.FEE), ties.no_rows, ties.none_moved),
    TieResolver(Tie.DISPUTE_FEE, ties.fee_tie(Tie.DISPUTE_FEE), ties.no_rows, ties.none_moved),
)
OPENING = TieResolver(Tie.OPENING, ties.opening_tie, ties.no_rows, ties.none_moved)  # the last: of no row


def wire_deposits() -> None:
    """Contribute to the places below. Called once a process."""
    NAV.contribute(NavItem("Payouts", "payouts_desk.index", "Money", ROLES), rank=41)
    SUBJECT_PAGES.contribute(
        SubjectPage(
            "payout",
            lambda payout_id: url_for("payouts_desk.show", payout_id=public_id(balance.PAYOUT_PREFIX, payout_id)),
        ),
        SubjectPage(
            "balance_transaction",
            lambda line_id: url_for("payouts_desk.line", line_id=public_id(balance.LINE_PREFIX, line_id)),
        ),
    )
    TIES.contribute(*TIED, rank=40)
    TIES.contribute(OPENING, rank=90)
    EVENT_SENTENCES.contribute(*SENTENCES)
    INVARIANTS.contribute(*BOOKS)
