"""When mail about a topic is wanted, from what was said and when. Neither silence nor an import outvotes a no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from station.core.addresses import readable
from station.mail.policies.choices.topics import ALL, EXCHANGE, Topic

WAYS = {
    "form": "on the page behind a letter",
    "one_click": "by the button of a mail program",
    "desk": "noted by staff",
    "import": "by an import",
    "reply": "by writing back",
}


@dataclass(frozen=True)
class Answer:
    """The last thing that was said about a topic: yes or no. `id` is that of its line in the log."""

    topic: str
    given: bool
    at: datetime
    id: UUID


Answers = Mapping[str, Answer]  # by topic


def latest(answers: Iterable[Answer]) -> dict[str, Answer]:
    """The last answer to each topic."""
    found: dict[str, Answer] = {}
    for answer in answers:
        known = found.get(answer.topic)
        if known is None or _order(answer) > _order(known):
            found[answer.topic] = answer
    return found


def wanted(topic: Topic, own: Answers, persons: Answers) -> bool:
    """Whether mail about a topic may go to an address.

    `own` is what was said for this address, `persons` the last that the same person said for any of theirs. A no to
    either stands until a later yes of the same kind; where nothing was said, the topic says what holds.
    """
    said = [_said(topic.code, own), _said(topic.code, persons)]
    if False in said:
        return False
    return True in said or not topic.asked_first


def exchangeable(topics: Iterable[Topic], own: Answers, persons: Answers) -> bool:
    """Whether name and address may be exchanged with another nonprofit: not against a no to that, and not after a no
    to any commercial mail (15 USC 7704(a)(4)(A)(iv))."""
    for known in (own, persons):
        if ALL in known and not known[ALL].given:
            return False
        if any(not known[code].given for code in (EXCHANGE, *(t.code for t in topics)) if code in known):
            return False
    return True


def refused(topic: str, known: Answers) -> bool:
    """Whether a no stands in the way of what an import says: for the topic, or for everything."""
    return any(code in known and not known[code].given for code in (topic, ALL))


def masked(address: str) -> str:
    """An address as a page shows it that anybody with the letter can open: a•••@example.org."""
    name, at, domain = readable(address).rpartition("@")
    return f"{name[:1]}•••@{domain}" if at else "•••"


def _said(topic: str, known: Answers) -> bool | None:
    """Yes, no, or nothing. “None at all” is a no to each topic that was not asked for later."""
    one, everything = known.get(topic), known.get(ALL)
    if everything is not None and not everything.given:
        return one is not None and one.given and _order(one) > _order(everything)
    return None if one is None else one.given


def _order(answer: Answer) -> tuple[datetime, UUID]:
    return answer.at, answer.id
