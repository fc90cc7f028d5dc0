"""How receipts and letters reach people: by mail, or as work for a person with paper."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from station.accounts.models import Role
from station.accounts.queries import was_done
from station.accounts.services import open_work_item, settle_work_item
from station.core import runtime
from station.core.actor import Actor
from station.core.events import Subject
from station.core.ids import public_id
from station.licensee.queries import StationView, stations
from station.mail.models import MailState, Stream
from station.mail.queries import MailView, mail_about
from station.mail.services import abort, queue_mail
from station.receipts import policies, queries
from station.receipts.models import Letter, Receipt
from station.receipts.services.holding import CLERK, lock

MAY_HAVE_LEFT = (MailState.QUEUED, MailState.IN_FLIGHT, MailState.UNKNOWN, MailState.SENT)
NO_EMAIL = "No email address is on file."
NOT_KNOWN = "Nothing here says whether it was posted. If it was not, close this."
ADDRESS_MISSING = "No postal address is kept here: look it up before you write the envelope."


class Reach(StrEnum):
    """How far something had come when it was called off."""

    LEFT = "left"  # or it may have: whom it is for has to be told
    STOPPED = "stopped"  # it waited, and goes nowhere any more
    UNKNOWN = "unknown"  # nothing took it on its way, but a person may have printed it


def mail_receipt(row: Receipt, email: str, context: dict[str, Any]) -> None:
    """The letter of a receipt; without an address it is work for a person with paper."""
    # of a version that was held the key tells it from the one before
    key = str(row.reference) if row.version == 1 else f"{row.reference}:{row.version}"
    _mail("receipt", key, row, row, email, "receipts/mail/receipt", context)


def mail_replaced(old: Receipt, new: Receipt | None, email: str, context: dict[str, Any]) -> None:
    """The letter about a receipt that holds no more, with the one that takes its place, if one does.

    Without an address it is work for a person with paper; nobody is told that one is void which was never posted.
    """
    waited = settle_work_item(_by_post(old.id), "The receipt holds no more.", CLERK)
    if not email and new is None:
        if not waited:
            _post_void(old)
        return
    key = f"{old.reference}:{old.version}:{new.version if new else 0}"
    _mail("receipt_replaced", key, old, new or old, email, "receipts/mail/replaced", context)


def _mail(
    kind: str, key: str, row: Receipt, shown: Receipt, email: str, template: str, context: dict[str, Any]
) -> None:
    if not email:
        post(shown.id, shown.label, shown.donor_name, NO_EMAIL)
        return
    queue_mail(
        kind=kind,
        key=key,
        stream=Stream.RECEIPTS,
        member_id=row.member_id,
        to_name=row.donor_name,
        to_email=email,
        template=template,
        context=context,
        language=row.language,
    )


def post(receipt_id: UUID, label: str, donor_name: str, why: str) -> None:
    """Ask a person to print a receipt and post it."""
    open_work_item(
        "receipts.by_post",
        _by_post(receipt_id),
        Role.DEVELOPMENT,
        f"Post receipt {label} to {donor_name}",
        f"{why} Print the receipt and post it. {ADDRESS_MISSING}",
        Subject("receipt", receipt_id),
        {"receipt": public_id("receipt", receipt_id)},
    )


def _by_post(receipt_id: UUID) -> str:
    return f"receipts.by_post:{receipt_id}"


def _post_void(row: Receipt) -> None:
    """Ask a person to tell somebody on paper that the receipt which they have holds no more."""
    open_work_item(
        "receipts.by_post",
        f"{_by_post(row.id)}:void",
        Role.DEVELOPMENT,
        f"Tell {row.donor_name} by post that receipt {row.label} is void",
        f"{NO_EMAIL} Print the receipt, which now says that it is void and why, and post it. {ADDRESS_MISSING}",
        Subject("receipt", row.id),
        {"receipt": public_id("receipt", row.id)},
    )


def recall(reference: UUID, reason: str, actor: Actor) -> bool:
    """Call off what would still bring a contribution's receipt to its donor: mail that waits, and work to post it.

    Joins the current transaction. Returns whether any of it has left, or may have: then the donor has to be told.
    """
    lock(reference)
    versions = queries.versions_of(reference)
    mails = mail_about(versions[0].member_id, str(reference)) if versions else []
    return _called_off([_by_post(each.id) for each in versions], mails, reason, actor) is Reach.LEFT


def recall_letter(row: Letter, reason: str, actor: Actor) -> Reach:
    """Call off what would still bring a letter to its reader; how far it had come. Joins the current transaction."""
    return _called_off([_letter_by_post(row.id)], mail_about(row.member_id, str(row.id)), reason, actor)


def _called_off(papers: Sequence[str], mails: Sequence[MailView], reason: str, actor: Actor) -> Reach:
    settled = [key for key in papers if settle_work_item(key, reason, actor)]
    posted = any(was_done(key, but_by=CLERK) for key in papers if key not in settled)
    stopped = [each for each in mails if _waits(each) and abort(each.id, reason, actor)]
    if posted or any(_may_have_left(each, bool(settled)) for each in mails if each not in stopped):
        return Reach.LEFT
    return Reach.STOPPED if settled or stopped else Reach.UNKNOWN


def _waits(mail: MailView) -> bool:
    return mail.state is MailState.QUEUED and not mail.unsure


def _may_have_left(mail: MailView, on_paper: bool) -> bool:
    """Whether a message has reached its reader, or may have. One that bounced may be sent again, unless what it
    carried was to go on paper instead.
    """
    if mail.state is MailState.BOUNCED:
        return not on_paper
    return mail.state in MAY_HAVE_LEFT or mail.unsure > 0


def post_letter(letter_id: UUID, label: str, to_name: str, why: str) -> None:
    """Ask a person to print a letter and post it."""
    open_work_item(
        "receipts.letter_by_post",
        _letter_by_post(letter_id),
        Role.DEVELOPMENT,
        f"Post letter {label} to {to_name}",
        f"{why} Print the letter and post it. {ADDRESS_MISSING}",
        Subject("letter", letter_id),
        {"letter": public_id("letter", letter_id)},
    )


def _letter_by_post(letter_id: UUID) -> str:
    return f"receipts.letter_by_post:{letter_id}"


def tell_void(row: Letter, reason: str, reach: Reach) -> None:
    """Tell whoever has a letter that it holds no more. Joins the current transaction; again is nothing.

    By mail, or on paper where there is no address. Of one that nothing took on its way a person alone knows whether
    it was posted: they tell, or need not. `reason` is a sentence for its reader, in the letter's language.
    """
    email = queries.letter_email(row.kind, row.member_id)
    if not email or reach is Reach.UNKNOWN:
        post_void_letter(row.id, row.label, row.to_name, NOT_KNOWN if reach is Reach.UNKNOWN else NO_EMAIL)
        return
    queue_mail(
        kind="letter_void",
        key=f"{row.id}:void",
        stream=Stream.RECEIPTS,
        member_id=row.member_id,
        to_name=row.to_name,
        to_email=email,
        template="receipts/mail/letter_void",
        context=policies.letter_void_context(row.label, row.to_name, reason, None),
        language=row.language,
    )


def post_void_letter(letter_id: UUID, label: str, to_name: str, why: str) -> None:
    """Ask a person to tell somebody on paper that the letter which they have holds no more."""
    open_work_item(
        "receipts.letter_by_post",
        f"{_letter_by_post(letter_id)}:void",
        Role.DEVELOPMENT,
        f"Tell {to_name} by post that letter {label} is void",
        f"{why} Print the letter, which now says that it is void and why, and post it. {ADDRESS_MISSING}",
        Subject("letter", letter_id),
        {"letter": public_id("letter", letter_id)},
    )


def page_of(row: Receipt, station_name: str) -> tuple[StationView | None, str]:
    """The station of a receipt's mail, and the address of its page."""
    station = next((s for s in stations() if s.name == station_name), None)
    return station, f"{runtime.settings().base_url}/receipt/{public_id('receipt', row.id)}"
