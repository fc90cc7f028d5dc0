"""What came back by mail: from an address that is gone, from a “this is spam”, and from a holiday."""

from __future__ import annotations

import sqlalchemy as sa

from station.core.db import db
from station.mail.models import InboundWay, MailState, OutgoingMail
from station.mail.policies.verp import verp_address
from station.mail.services import read_inbound, take

BOUNCES = "bounces@example.org"
GONE = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

Your message could not be delivered to one recipient.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: no such mailbox here

--part--
"""
SPAM = """\
From: Feedback <feedback@mail.example.com>
Subject: FW: {subject}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part"

--part
Content-Type: text/plain

Somebody reported this message as spam.

--part
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1
Original-Rcpt-To: {to}

--part--
"""
AWAY = """\
From: {to}
Subject: Automatic reply: {subject}
Auto-Submitted: auto-replied

I am out hiking until Monday and read no mail.
"""


def returned() -> None:
    """Let it come back about the newest messages that left. Inside the transaction of the load."""
    sent = sa.select(OutgoingMail).where(OutgoingMail.state == MailState.SENT, OutgoingMail.member_id.is_not(None))
    newest = db.session().scalars(sent.order_by(OutgoingMail.id.desc()).limit(40)).all()
    by_address = {mail.recipient: mail for mail in newest}
    for text, mail in zip((GONE, SPAM, AWAY), by_address.values(), strict=False):
        raw = text.format(to=mail.recipient, subject=mail.subject)
        inbound_id = take(raw.encode(), InboundWay.PIPE, verp_address(mail.id, BOUNCES))
        if inbound_id:
            read_inbound(inbound_id)
