"""The run of the notices: who is due by the station's date, each notice in a transaction of its own.

It catches up after any time without doubling: what is written is not due any more. What it writes late, and what did
not arrive, goes to a person.
"""

from __future__ import annotations

import logging
from datetime import date
from uuid import UUID

from station.accounts.models import Role
from station.accounts.services import open_work_item
from station.core import clock, events
from station.core.db import transaction
from station.core.faults import point
from station.giving import queries
from station.giving.models import Channel, NoticeKind
from station.giving.policies import notices as rules
from station.giving.policies.notices import CATALOGUE
from station.giving.queries import Sustainer
from station.giving.queries import notices as found
from station.giving.queries.notices import Due
from station.giving.services.keeping.contacts import note_contact
from station.giving.services.keeping.links import own_link
from station.giving.services.notices import letters, writing
from station.giving.services.notices.letters import Letter
from station.licensee.queries import the_licensee
from station.payments import queries as payments
from station.payments.policies import LIVE, Step

log = logging.getLogger(__name__)
A_RUN = 500


class NotAllWritten(Exception):
    """Some notices could not be written; the others were. The first error is the cause."""


def give_notices() -> int:
    """Write what is due by now, and bring to a person what is late or did not arrive; returns how many were written.

    Raises NotAllWritten when some of them failed.
    """
    _begin()
    within, many, failed = found.horizon(), 0, 0
    for kind in found.KINDS:
        for each in found.every_due(kind, within):
            try:
                many += give_due(each)
            except Exception:  # whatever it is, it must not keep the others from their notices
                failed += 1
                log.exception("a notice (%s) about %s could not be written", each.kind, each.subscription_id)
            point("giving.notices:one")
    many += sum(_note_missed(*each) for each in found.missed_charges())
    _hand_over()
    if failed:
        raise NotAllWritten(f"{failed} notices could not be written")
    return many


def _begin() -> None:
    """The first run says since when notices are written here."""
    if found.notices_since() is None:
        with transaction():
            if found.notices_since() is None:
                events.record(found.BEGUN, writing.WRITER, [])


def give_due(wanted: Due) -> bool:
    """Write a notice that is due, if its gift still runs. The same again writes nothing."""
    with transaction():
        order = payments.lock_subscription(wanted.subscription_id)
        donor = queries.sustainer(wanted.subscription_id)
        if order is None or donor is None or order.state not in LIVE or order.ends_at is not None:
            return False
        told = letters.of_a_change(wanted.period, donor, wanted.asked, wanted.before)
        link = own_link(donor.subscription_id)
        letter = letters.letter(wanted.kind, donor, wanted.window.event_on, link, **told)
        notice_id = writing.put_down(wanted.kind, donor, wanted.period, wanted.window, letter)
        if notice_id is None:
            return False
        key = f"{donor.subscription_id}:{wanted.period}"
        mail_id = writing.send(notice_id, wanted.kind, key, donor, letter)
        if wanted.kind is NoticeKind.TERMS and letter.context["by_bank"]:
            _same_letter(donor, letter, mail_id)
        if wanted.kind is NoticeKind.EXPIRING and mail_id:
            step = Step.EXPIRING
            note_contact(step, f"{step}:{key}", donor.subscription_id, writing.WRITER, mail_id=mail_id)
        return True


def _same_letter(donor: Sustainer, letter: Letter, mail_id: UUID | None) -> None:
    """The terms of a gift from a bank account hold the copy of its authorization: one letter, two notices."""
    for each in found.due_of(NoticeKind.MANDATE, found.horizon(), donor.subscription_id):
        notice_id = writing.put_down(each.kind, donor, each.period, each.window, letter)
        if notice_id and mail_id:
            writing.delivered(notice_id, Channel.MAIL, writing.WRITER, mail_id=mail_id)


def _note_missed(subscription_id: UUID, charged_on: date) -> bool:
    """A seldom charge came without its notice: written down, not sent any more, and a person looks."""
    with transaction():
        donor = queries.sustainer(subscription_id)
        if donor is None:
            return False
        kind = NoticeKind.YEARLY
        letter = letters.letter(kind, donor, charged_on, own_link(donor.subscription_id))
        window = rules.window(kind, charged_on)
        notice_id = writing.put_down(kind, donor, f"missed:{charged_on}", window, letter)
        if notice_id is not None:
            why = "Its charge came before it could be sent, and the receipt has told of that charge."
            writing.ask_a_person(notice_id, kind, donor.name, why)
        return notice_id is not None


def _hand_over() -> None:
    """What did not arrive, each; what was written after its last day, by kind and day."""
    after: UUID | None = None
    while page := found.not_given(A_RUN, after):
        for notice_id in page:
            _ask_about(notice_id)
        after = page[-1]
    for kind, many in found.late_today().items():
        _tell_late(kind, many)


def _ask_about(notice_id: UUID) -> None:
    seen = found.notice_of(notice_id)
    if seen is None:
        return
    last = seen.deliveries[-1] if seen.deliveries else None
    why = f"The mail to {last.recipient} is {last.state}: {last.error}." if last and last.state else ""
    with transaction():
        writing.ask_a_person(notice_id, seen.rule.kind, seen.name, why or "It was not sent.")


def _tell_late(kind: NoticeKind, many: int) -> None:
    today = clock.today(the_licensee().timezone)
    what = CATALOGUE[kind].name.lower()
    counted = "1 notice went out after its" if many == 1 else f"{many:,} notices went out after their"
    with transaction():
        open_work_item(
            kind="giving.notices_late",
            key=f"notices-late:{kind}:{today}",
            role=Role.DEVELOPMENT,
            title=f"{counted} last day: {what}",
            detail=f"{CATALOGUE[kind].source}. They are under “Late” on the page Notices. Note why, and close this.",
            data={"kind": kind.value, "day": today.isoformat()},
        )
