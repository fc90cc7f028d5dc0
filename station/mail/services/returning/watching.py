"""The rates that mailbox providers judge a sender by: staff hear of one that passes its bar, while it does."""

from __future__ import annotations

from station.accounts.models import Role
from station.accounts.services import open_work_item, settle_work_item
from station.core.db import transaction
from station.mail import queries
from station.mail.policies.suppressing import LOOKED_AT
from station.mail.queries import StreamRate
from station.mail.services.outcomes import POST

ADVICE = {
    "complaints": "From 0.3 % on Gmail refuses mail, and takes seven days below it to forgive. Stop what is being "
    "sent, and look at whom it went to and whether they had asked for it.",
    "bounces": "A list that has not been written to for long does this. Stop what is being sent, and look at where "
    "its addresses came from.",
}


def watch_rates() -> None:
    """Open a work item for each rate that is above its bar, and close that of one that is below again."""
    for rate in queries.rates():
        for what in ADVICE:
            with transaction():
                _say(rate, what)


def _say(rate: StreamRate, what: str) -> None:
    count, level = (
        (rate.complaints, rate.complaints_are) if what == "complaints" else (rate.bounces, rate.bounces_are)
    )
    keys = {each: f"mail.rate:{what}:{rate.stream.value}:{each}" for each in ("warn", "stop")}
    for each, key in keys.items():
        if each != level and not (each == "warn" and level == "stop"):
            settle_work_item(key, "It is below the bar again.", POST)
    if level:
        open_work_item(
            "mail.rate",
            keys[level],
            Role.DEVELOPMENT,
            f"Too many {what} about {rate.stream.value}: {queries.percent(count, rate.sent)}",
            f"{count} of {rate.sent:,} messages in {LOOKED_AT.days} days. {ADVICE[what]}",
            data={"stream": rate.stream.value, "count": count, "sent": rate.sent},
            urgent=level == "stop",
        )
