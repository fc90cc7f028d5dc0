"""Every write of giving: pledges, their way to payment on Stripe's page or in ours, and the words of the ask."""

from station.giving.services.asks import write_ask
from station.giving.services.drafts import forget_drafts
from station.giving.services.errors import AttemptConflict, GivenAlready, NotBegun, StillOpen, SustainsAlready
from station.giving.services.givers import again_link, giver_token, read_giver
from station.giving.services.history import COLUMNS, Imported, ImportRefused, Refused, import_history, undo_import
from station.giving.services.hosted import open_checkout
from station.giving.services.in_page import PageCheckout, open_in_page, opens_one, send_in_page
from station.giving.services.keeping.asking import SEND_LINK, ask_for_link, send_link, send_link_to
from station.giving.services.keeping.contacts import note_call
from station.giving.services.keeping.ladder import (
    ABOUT_INVOICE,
    write_about_invoice,
    write_due_letters,
    write_returned,
)
from station.giving.services.keeping.links import Link, own_link, read_link, shut_links
from station.giving.services.letters import write_letters
from station.giving.services.moving_in import CutOver, Line, Outcome, Ruling, adopt_sustainers
from station.giving.services.notices import NotNeeded, give_notices, note_given, write_again
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
    "ABOUT_INVOICE",
    "CLOSE",
    "COLUMNS",
    "SEND_LINK",
    "AttemptConflict",
    "BegunPledge",
    "CutOver",
    "GivenAlready",
    "ImportRefused",
    "Imported",
    "KeyedBefore",
    "Line",
    "Link",
    "NewDonor",
    "NotBegun",
    "NotNeeded",
    "OfflineGift",
    "OfflineRefused",
    "Outcome",
    "PageCheckout",
    "PledgeRequest",
    "Refused",
    "Ruling",
    "StillOpen",
    "SustainsAlready",
    "adopt_sustainers",
    "again_link",
    "ask_for_link",
    "begin_pledge",
    "close_page",
    "close_twins",
    "forget_drafts",
    "give_notices",
    "giver_token",
    "import_history",
    "note_call",
    "note_given",
    "open_checkout",
    "open_in_page",
    "opens_one",
    "own_link",
    "read_giver",
    "read_link",
    "record_offline_gift",
    "send_in_page",
    "send_link",
    "send_link_to",
    "set_aside",
    "shut_links",
    "undo_import",
    "void_gift",
    "write_about_invoice",
    "write_again",
    "write_ask",
    "write_due_letters",
    "write_letters",
    "write_returned",
]
