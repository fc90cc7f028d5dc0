"""The places that higher packages fill: lists of people that a mailing can go to, what their mail is called, and what
an appeal prints at its foot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from station.core.places import Place


@dataclass(frozen=True)
class Choice:
    """One way to narrow a list: what the form holds, and what people read."""

    value: str
    label: str


@dataclass(frozen=True)
class MailingList:
    """A ready-made list of members.

    `members(choice, after, limit)` gives some of them, each once, in the order of their ids, from behind `after` on;
    fewer than `limit` when there are no more. `count(choice)` says how many there are. `choices` is empty where there
    is nothing to choose.
    """

    code: str
    title: str
    members: Callable[[str, UUID | None, int], list[UUID]]
    count: Callable[[str], int]
    choices: Callable[[], Sequence[Choice]] = tuple


@dataclass(frozen=True)
class KindOfMail:
    """What the desk calls the messages of a kind. `code` is what `queue_mail` was told."""

    code: str
    name: str


@dataclass(frozen=True)
class Legends:
    """Sentences that a letter which asks for something must print. `texts` gives those of today, each a paragraph."""

    texts: Callable[[], Sequence[str]]


KINDS_OF_MAIL: Place[KindOfMail] = Place("what the desk calls kinds of mail")
MAILING_LISTS: Place[MailingList] = Place("lists that a mailing can go to")
APPEAL_LEGENDS: Place[Legends] = Place("sentences at the foot of appeals")
