"""What a mail server's answer means for us: by its code, and by its enhanced status where it has one (RFC 3463).

Its class decides who has to do something: nobody (later), we ourselves (policy, size), or the person whose address it
is. A refusal because of our reputation must never count against the person: where the code leaves it open, the words
are asked (policies.bounces.failed), as for a report that comes later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

ENHANCED = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")
OUR_SENDER = ("7", "8")  # 5.1.7 and 5.1.8 speak of the sender's address (RFC 3463 §3.2)
GREYLISTED = ("7.1",)  # 4.7.1 is what greylisting says: this message and this address only


class Verdict(StrEnum):
    LATER = "later"  # greylisting, trouble at their side, a full mailbox: tried again on the schedule
    SLOWER = "slower"  # they ask us, not this message, to wait: the whole provider is left alone for a while
    ADDRESS = "address"  # by its code no such mailbox: it bounced, unless the words blame us
    POLICY = "policy"  # our reputation, authentication or content: ours to mend
    SIZE = "size"  # too large for this server: ours to mend
    REFUSED = "refused"  # refused for good, and only the words may say why


@dataclass(frozen=True)
class Answer:
    """A reply that was not 2xx, read. `status` is the enhanced code, or the reply code as text without one."""

    verdict: Verdict
    status: str
    words: str

    def __str__(self) -> str:
        return self.words


def read_answer(code: int, words: str) -> Answer:
    """Read a reply: its code and its text, which may begin with an enhanced status code."""
    found = ENHANCED.match(words)
    status = ".".join(found.groups()) if found and found[1] == str(code)[0] else ""
    said = " ".join(f"{code} {words}".split())[:1000]
    verdict = _permanent(code, status) if code >= 500 else _passing(code, status)
    return Answer(verdict, status or str(code), said)


def _passing(code: int, status: str) -> Verdict:
    """A 4xx. 421 is said to the connection; 4.7.x to the sender, but for greylisting (RFC 5321 §4.2.3, RFC 6647)."""
    if code == 421 or (status.startswith("4.7.") and status[2:] not in GREYLISTED):
        return Verdict.SLOWER
    return Verdict.LATER


def _permanent(code: int, status: str) -> Verdict:
    """A 5xx. Full mailboxes (552, 5.2.2) are given time: they are emptied (RFC 5321 §4.5.3.1.10 reads 552 as 452)."""
    _, subject, detail = (status or "..").split(".")
    if subject == "7":
        return Verdict.POLICY
    if status in ("5.3.4", "5.2.3"):
        return Verdict.SIZE
    if status == "5.2.2" or (code == 552 and not status):
        return Verdict.LATER
    if subject == "1":
        return Verdict.POLICY if detail in OUR_SENDER else Verdict.ADDRESS
    if status == "5.2.1" or (not status and code in (550, 551, 553)):
        return Verdict.ADDRESS
    return Verdict.REFUSED
