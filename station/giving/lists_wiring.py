"""The lists of members that giving offers to mailings."""

from __future__ import annotations

from station.giving.queries.lent import lists
from station.mail.places import MAILING_LISTS, MailingList


def wire_lists() -> None:
    MAILING_LISTS.contribute(
        MailingList("gave", "Gave in a year", lists.gave_in, lists.count_gave_in, lists.years_of_gifts),
        MailingList("sustainers", "Sustainers", lists.sustaining, lists.count_sustaining),
        MailingList("lapsed", "Lapsed", lists.lapsed, lists.count_lapsed, lists.spans_of_lapsing),
    )
