"""What Stripe's objects, as they are now, mean for our rows. One transaction each, opened by the caller.

Nothing here depends on which event came first, or how often: the object as it is now is compared with the row as it
is now. Rows are locked in one order: subscription, then payment, then what belongs to it. Nothing is looked up by an
empty id.
"""

from station.payments.services.folding.attempts import fold_attempt
from station.payments.services.folding.charges import fold_charge
from station.payments.services.folding.disputes import fold_dispute, fold_warning
from station.payments.services.folding.given_back import fold_given_back
from station.payments.services.folding.invoices import fold_invoice
from station.payments.services.folding.methods import ADOPT, fold_mandate, fold_method
from station.payments.services.folding.outcome import Fold, NotYet, Outcome, Overtaken, ignored, told
from station.payments.services.folding.payouts import RECONCILE, fold_payout
from station.payments.services.folding.refunds import fold_refund
from station.payments.services.folding.sessions import fold_session
from station.payments.services.folding.subscriptions import fold_order, fold_subscription, standing_of

__all__ = [
    "ADOPT",
    "RECONCILE",
    "Fold",
    "NotYet",
    "Outcome",
    "Overtaken",
    "fold_attempt",
    "fold_charge",
    "fold_dispute",
    "fold_given_back",
    "fold_invoice",
    "fold_mandate",
    "fold_method",
    "fold_order",
    "fold_payout",
    "fold_refund",
    "fold_session",
    "fold_subscription",
    "fold_warning",
    "ignored",
    "standing_of",
    "told",
]
