"""Receipts of all gifts, numbered in the order of their charges, and the mail of the recent ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from email.utils import parseaddr
from uuid import UUID

from station.core.actor import STRIPE
from station.core.events import Subject
from station.core.ids import public_id
from station.core.runtime import settings
from station.demo.generator.calendar import Calendar
from station.demo.generator.money.books import Given
from station.demo.generator.money.pledges import donor
from station.demo.generator.rows import Rows
from station.giving.policies import gift_facts, gift_subjects
from station.licensee.queries import LicenseeView
from station.mail.models import MailState, OutgoingMail, Stream
from station.mail.policies import message_id, named
from station.mail.queries import preferences_url
from station.mail.render import render
from station.mail.services import POST
from station.receipts import policies
from station.receipts.models import Receipt, ReceiptCounter
from station.receipts.policies import Judged, ReceiptFacts, judged
from station.receipts.queries import kept_of

MAIL_DAYS = 21
NO_MAILBOX = "550 5.1.1 No such mailbox here"


def receipts(rows: Rows, calendar: Calendar, licensee: LicenseeView, given: Sequence[Given]) -> list[UUID]:
    """A receipt for each gift: gapless numbers by calendar year. Returns the ids of messages that did not arrive."""
    last: Counter[int] = Counter()
    lost: list[UUID] = []
    mailed_from = calendar.now - timedelta(days=MAIL_DAYS)
    for gift in sorted(given, key=lambda g: (g.at, g.gift_id)):
        last[gift.given_on.year] += 1
        rules = judged(gift.amount, gift.given_on)
        facts = _facts(licensee, gift, rules, policies.label(gift.given_on.year, last[gift.given_on.year]))
        receipt_id = _receipt(rows, gift, last[gift.given_on.year], rules, facts)
        if gift.at > mailed_from:
            arrives = bool(lost) or gift.at < calendar.now - timedelta(days=2)
            mail_id = _mail(rows, licensee, gift, facts, receipt_id, arrives=arrives)
            lost += [] if arrives else [mail_id]
    for year, number in last.items():
        rows.put(ReceiptCounter, year=year, last=number)
    return lost


def _facts(licensee: LicenseeView, gift: Given, rules: Judged, label: str) -> ReceiptFacts:
    return ReceiptFacts(
        label=label,
        legal_name=licensee.legal_name,
        ein=licensee.ein,
        address_lines=licensee.address_lines,
        donor_name=gift.person.name,
        amount=gift.amount,
        given_on=gift.given_on,
        station_name=gift.station.name,
        interval=gift.interval,
        in_return=rules.in_return,
        language=gift.person.language,
    )


def _receipt(rows: Rows, gift: Given, number: int, rules: Judged, facts: ReceiptFacts) -> UUID:
    receipt_id = rows.add(
        Receipt,
        gift.at,
        year=gift.given_on.year,
        number=number,
        reference=gift.gift_id,
        member_id=gift.member_id,
        donor_name=facts.donor_name,
        amount_cents=gift.amount.cents,
        currency=gift.amount.currency,
        given_on=gift.given_on,
        issued_at=gift.at,
        legal_name=facts.legal_name,
        ein=facts.ein,
        wording=policies.in_force(gift.given_on).version,
        text=policies.receipt_text(facts),
        **kept_of(facts, rules),
    )
    amount = str(gift.amount)
    rows.tell(
        "receipts.receipt.issued",
        gift.at,
        STRIPE,
        [Subject("receipt", receipt_id), Subject("member", gift.member_id)],
        {"label": facts.label, "amount": amount, "email": gift.person.email},
    )
    _told(rows, gift, facts)
    return receipt_id


def _told(rows: Rows, gift: Given, facts: ReceiptFacts) -> None:
    """The gift's event and its entry in the search index."""
    who = donor(gift.person, gift.member_id)
    about = gift_subjects(gift.member_id, gift.gift_id, gift.pledge_id, gift.payment_id)
    said = gift_facts(gift.amount, gift.interval, gift.station.name, gift.given_on, facts.label, gift.source)
    rows.tell("giving.gift.received", gift.at, who, about, said)
    title = f"{gift.amount} from {gift.person.name}, {gift.given_on}"
    rows.index("gift", gift.gift_id, title, f"{gift.person.email} {facts.label}")


def _mail(
    rows: Rows, licensee: LicenseeView, gift: Given, facts: ReceiptFacts, receipt_id: UUID, *, arrives: bool
) -> UUID:
    """The receipt's message: sent, or refused by the donor's mail server."""
    mail_id, sender = rows.new_id(gift.at), settings().mail_receipts_from
    url = f"{settings().base_url}/receipt/{public_id('receipt', receipt_id)}"
    choices_url = preferences_url(gift.person.email, facts.language)
    context = {"licensee": licensee, "choices_url": choices_url, **policies.mail_context(facts, gift.station, url)}
    letter = render("receipts/mail/receipt", context, facts.language)
    then = gift.at + timedelta(seconds=8)
    rows.put(
        OutgoingMail,
        id=mail_id,
        kind="receipt",
        key=str(gift.gift_id),
        stream=Stream.RECEIPTS,
        member_id=gift.member_id,
        sender=named(licensee.short_name, sender),
        recipient=gift.person.email,
        recipient_name=gift.person.name,
        subject=letter.subject,
        private=False,
        text=letter.text,
        html=letter.html,
        message_id=message_id(mail_id, parseaddr(sender)[1]),
        state=MailState.SENT if arrives else MailState.BOUNCED,
        attempts=1,
        last_error="" if arrives else NO_MAILBOX,
        queued_at=gift.at,
        sent_at=then if arrives else None,
    )
    data = {"subject": letter.subject, "to": gift.person.email}
    about = [Subject("mail", mail_id), Subject("member", gift.member_id)]
    if arrives:
        rows.tell("mail.message.sent", then, POST, about, data)
    else:
        rows.tell("mail.message.bounced", then, POST, about, {**data, "error": NO_MAILBOX})
    return mail_id
