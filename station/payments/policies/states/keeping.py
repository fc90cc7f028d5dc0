"""The state graphs of an invoice that stayed open and of a mandate, and what a bank's refusal means in words."""

from __future__ import annotations

from enum import StrEnum

from station.core.graphs import Edge, Graph
from station.payments.models import InvoiceState as I  # one letter a graph, as in its neighbours
from station.payments.models import MandateState as M

BANK_DEBIT = "us_bank_account"


class InvoiceEdge(StrEnum):
    DEBIT = "debit"
    RETURN = "return"
    PAY = "pay"
    VOID = "void"
    WRITE_OFF = "write_off"


class MandateEdge(StrEnum):
    ACCEPT = "accept"
    DIE = "die"


INVOICE: Graph[I] = Graph(
    "open invoice",
    I,
    I.OPEN,
    (
        Edge(InvoiceEdge.DEBIT, (I.OPEN,), I.SETTLING, "a bank debit is on its way"),
        Edge(InvoiceEdge.RETURN, (I.SETTLING,), I.OPEN, "the bank sent the debit back"),
        Edge(InvoiceEdge.PAY, (I.OPEN, I.SETTLING, I.UNCOLLECTIBLE), I.PAID, "the money arrived"),
        Edge(InvoiceEdge.VOID, (I.OPEN, I.UNCOLLECTIBLE), I.VOID, "a newer one took its place: nobody owes arrears"),
        Edge(InvoiceEdge.WRITE_OFF, (I.OPEN, I.SETTLING), I.UNCOLLECTIBLE, "given up at Stripe"),
    ),
)
MANDATE: Graph[M] = Graph(
    "mandate",
    M,
    M.PENDING,
    (
        Edge(MandateEdge.ACCEPT, (M.PENDING,), M.ACTIVE, "the bank account is confirmed"),
        Edge(MandateEdge.DIE, (M.PENDING, M.ACTIVE), M.INACTIVE, "revoked, or dead after a debit that came back"),
    ),
)


def mandate_edge(state: M, status: str) -> MandateEdge | None:
    """The edge from our state to Stripe's word (docs.stripe.com/api/mandates/object); None when there is none."""
    wanted = {"active": MandateEdge.ACCEPT, "inactive": MandateEdge.DIE}.get(status)
    return wanted if wanted and MANDATE.may(state, wanted) else None


# docs.stripe.com/payments/ach-direct-debit/blocked-bank-accounts and the return codes of Nacha: what was not
# authorised, or is no account any more, ends the mandate; too little money on the account does not
DEADLY = frozenset(
    {
        "account_closed",
        "bank_account_restricted",
        "bank_ownership_changed",
        "debit_not_authorized",
        "incorrect_account_holder_name",
        "invalid_account_number",
        "no_account",
        "tax_id_invalid",
    }
)

# docs.stripe.com/declines/codes, docs.stripe.com/payments/ach-direct-debit: said so that the donor knows what to do
WORDS = {
    "account_closed": "The bank account is closed.",
    "authentication_required": "The bank wants the donor to confirm the payment.",
    "bank_account_restricted": "The bank does not allow debits from this account.",
    "card_not_supported": "The card does not take this kind of payment.",
    "card_velocity_exceeded": "The card has reached its limit for now.",
    "debit_not_authorized": "The bank says that this debit was not allowed.",
    "do_not_honor": "The bank said no and gave no reason.",
    "expired_card": "The card has expired.",
    "fraudulent": "The bank suspects that the card is misused.",
    "generic_decline": "The bank said no and gave no reason.",
    "incorrect_cvc": "The security code of the card was wrong.",
    "incorrect_number": "The card number is no longer right.",
    "insufficient_funds": "There was too little money on the account.",
    "invalid_account": "The account of this card is no longer open.",
    "lost_card": "The card was reported lost.",
    "no_account": "The bank knows no such account.",
    "pickup_card": "The bank has taken the card back.",
    "processing_error": "The bank could not be asked at that moment.",
    "stolen_card": "The card was reported stolen.",
    "transaction_not_allowed": "The bank does not allow this payment.",
    "try_again_later": "The bank could not be asked at that moment.",
    "withdrawal_count_limit_exceeded": "The card has reached its limit for now.",
}
# A thief who tries out cards must not learn what the bank knows (docs.stripe.com/declines/codes: present these as a
# plain decline); the desk sees the words above.
QUIET = frozenset({"fraudulent", "lost_card", "merchant_blacklist", "pickup_card", "restricted_card", "stolen_card"})


def reason(code: str, sentence: str) -> str:
    """Why a charge failed, in plain words for staff: by the bank's code, else Stripe's sentence."""
    return WORDS.get(code) or sentence or "The bank said no and gave no reason."


def reason_for_donor(code: str, sentence: str) -> str:
    """Why a charge failed, in words for the donor."""
    if code == "authentication_required":
        return "Your bank wants you to confirm the payment."
    return WORDS["generic_decline"] if code in QUIET else reason(code, sentence)
