"""Every write of giving: pledges, their way to payment on Stripe's page or in ours, and the words of the ask."""

from station.giving.services.asks import write_ask
from station.giving.services.drafts import forget_drafts
from station.giving.services.errors import AttemptConflict, GivenAlready, NotBegun, StillOpen
from station.giving.services.history import COLUMNS, Imported, ImportRefused, Refused, import_history, undo_import
from station.giving.services.hosted import open_checkout
from station.giving.services.in_page import PageCheckout, open_in_page, opens_one, send_in_page
from station.giving.services.offline import (
    KeyedBefore,
    NewDonor,
    OfflineGift,
    OfflineRefused,
    record_offline_gift,
    void_gift,
)
from station.giving.services.pledges import BegunPledge, PledgeRequest, begin_pledge, close_twins, set_aside
from station.giving.services.trials import CLOSE, close_page

__all__ = [
    "CLOSE",
    "COLUMNS",
    "AttemptConflict",
    "BegunPledge",
    "GivenAlready",
    "ImportRefused",
    "Imported",
    "KeyedBefore",
    "NewDonor",
    "NotBegun",
    "OfflineGift",
    "OfflineRefused",
    "PageCheckout",
    "PledgeRequest",
    "Refused",
    "StillOpen",
    "begin_pledge",
    "close_page",
    "close_twins",
    "forget_drafts",
    "import_history",
    "open_checkout",
    "open_in_page",
    "opens_one",
    "record_offline_gift",
    "send_in_page",
    "set_aside",
    "undo_import",
    "void_gift",
    "write_ask",
]
