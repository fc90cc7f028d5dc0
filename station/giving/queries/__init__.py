"""Every read of giving: the ask, pledges with their payment, gifts, and what `station check` asks."""

from station.giving.queries.asks import AskRow, AskView, ask_body, asks_of, current_ask
from station.giving.queries.gifts import (
    GiftFilter,
    GiftPage,
    GiftRow,
    GiftStory,
    active_sustainers,
    gift_days,
    gift_of_payment,
    gift_page,
    gifts,
    gifts_of_member,
)
from station.giving.queries.pledges import (
    PledgeView,
    Thanks,
    monthly_open,
    pledge,
    pledge_of_attempt,
    recent_twins,
    sent_from_form,
    thanks,
)

__all__ = [
    "AskRow",
    "AskView",
    "GiftFilter",
    "GiftPage",
    "GiftRow",
    "GiftStory",
    "PledgeView",
    "Thanks",
    "active_sustainers",
    "ask_body",
    "asks_of",
    "current_ask",
    "gift_days",
    "gift_of_payment",
    "gift_page",
    "gifts",
    "gifts_of_member",
    "monthly_open",
    "pledge",
    "pledge_of_attempt",
    "recent_twins",
    "sent_from_form",
    "thanks",
]
