"""Which addresses are not written to: under what key they are known, and what each reason keeps back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from station.core.addresses import normalise_email
from station.mail.models import Severity, Stream, SuppressionReason

# The gravest first: what keeps all mail back comes before what keeps back only what asks for something.
GRAVITY = (
    SuppressionReason.HARD_BOUNCE,
    SuppressionReason.SOFT_BOUNCES,
    SuppressionReason.MANUAL,
    SuppressionReason.COMPLAINT,
    SuppressionReason.UNSUBSCRIBED_ALL,
)
COMMERCIAL_ONLY = (SuppressionReason.COMPLAINT, SuppressionReason.UNSUBSCRIBED_ALL)
WORDS = {
    SuppressionReason.HARD_BOUNCE: "there is no such mailbox",
    SuppressionReason.SOFT_BOUNCES: "too many messages came back",
    SuppressionReason.MANUAL: "staff asked for it",
    SuppressionReason.COMPLAINT: "they reported a message as spam",
    SuppressionReason.UNSUBSCRIBED_ALL: "they asked for no more mail",
}
SUPPRESSED = "suppressed: "  # how the reason for keeping a message back begins
FIRST_RETRY = timedelta(days=1)


class Reasoned(Protocol):
    """Whatever has a reason: a row, or a view of one."""

    @property
    def reason(self) -> SuppressionReason: ...


def key_of(address: str) -> str:
    """The form in which a suppressed address is kept and looked for: normalised."""
    return normalise_email(address)[:320]


def blocks(suppression: Reasoned, stream: Stream) -> bool:
    """Whether a suppression keeps back mail of this stream. A receipt is owed: only an address that cannot be
    reached, or that staff took out of use, keeps it back."""
    return suppression.reason not in COMMERCIAL_ONLY or stream.is_commercial


def of_the_mail(severities: list[Severity], exact: bool) -> Severity:
    """What several recipients of one report mean for the one address that we had written to.

    `exact` says that they are that address. Where it was expanded into others, it is only given up when all of them
    are gone: one that took the message is a person whom we reach.
    """
    if not severities:
        return Severity.NOTHING
    if Severity.COMPLAINT in severities:
        return Severity.COMPLAINT
    if all(each is Severity.HARD for each in severities) or (exact and Severity.HARD in severities):
        return Severity.HARD
    if Severity.DELIVERED in severities:
        return Severity.DELIVERED
    order = (Severity.POLICY, Severity.SOFT, Severity.HARD, Severity.DELAYED)
    found = next((each for each in order if each in severities), Severity.NOTHING)
    return Severity.SOFT if found is Severity.HARD else found


def answer(status: str, words: str, action: str) -> str:
    """What another server said, in one line: its code where its words do not hold it."""
    return " ".join(part for part in ("" if status in words else status, words) if part) or action


def next_attempt(copies: int) -> timedelta:
    """How long to wait before a message that bounced softly is sent again: a day, and twice as long each time."""
    doubled: int = 2 ** min(copies, 6)
    return FIRST_RETRY * doubled


@dataclass(frozen=True)
class Bar:
    """Where a rate begins to hurt (`warn`), and where mailbox providers begin to refuse (`stop`), per thousand."""

    warn: int
    stop: int


# Complaints: Gmail's sender guidelines. Bounces: where providers of outgoing mail put accounts under review.
COMPLAINTS, BOUNCES = Bar(1, 3), Bar(20, 50)
LOOKED_AT = timedelta(days=7)
AT_LEAST = 3  # of them: one complaint among two hundred messages is no rate


def above(bar: Bar, count: int, sent: int) -> str:
    """ "stop", "warn" or nothing, for so many of what was sent."""
    if count < AT_LEAST:
        return ""
    if count * 1000 >= bar.stop * sent:
        return "stop"
    return "warn" if count * 1000 >= bar.warn * sent else ""
