"""Bounces as servers write them, in our own words: shapes that were seen in the wild, with names of examples.

`{verp}` is the signed address that the message left under, `{id}` its Message-ID.
"""

from __future__ import annotations

from dataclasses import dataclass

from station.mail.models import InboundKind as Kind
from station.mail.models import Severity

OUR_ID = "<0190f5c0aabb7ccc8ddd000000000001@example.org>"
OURS = "bounces+token@example.org"


@dataclass(frozen=True)
class Sample:
    name: str
    raw: str
    kind: Kind
    # address, action, status, severity of each recipient
    told: tuple[tuple[str, str, str, Severity], ...] = ()
    finds_id: bool = True


def dsn(fields: str, *, human: str = "Your message could not be delivered.", returned: str = "headers") -> str:
    """A notification as RFC 3464 wants it. `returned` is headers, message or nothing."""
    parts = {
        "headers": f"Content-Type: text/rfc822-headers\n\nMessage-ID: {OUR_ID}\nSubject: Your receipt\n",
        "message": f"Content-Type: message/rfc822\n\nMessage-ID: {OUR_ID}\nSubject: Your receipt\n\nThank you.\n",
        "": "Content-Type: text/plain\n\nnothing more\n",
    }
    return (
        "Return-Path: <>\n"
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\n"
        f"To: {OURS}\n"
        "Subject: Undelivered Mail Returned to Sender\n"
        "Auto-Submitted: auto-replied\n"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"\n\n'
        f"--b1\nContent-Type: text/plain; charset=us-ascii\n\n{human}\n\n"
        f"--b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n{fields}\n\n"
        f"--b1\n{parts[returned]}\n--b1--\n"
    )


def group(address: str, action: str, status: str, words: str = "", original: str = "") -> str:
    lines = [f"Final-Recipient: rfc822; {address}", f"Action: {action}", f"Status: {status}"]
    lines += [f"Diagnostic-Code: smtp; {words}"] if words else []
    lines += [f"Original-Recipient: rfc822;{original}"] if original else []
    return "\n".join(lines)


def plain(sender: str, subject: str, body: str, extra: str = "Return-Path: <>\n") -> str:
    return f"{extra}From: {sender}\nTo: {OURS}\nSubject: {subject}\nContent-Type: text/plain\n\n{body}\n"


def arf(fields: str, *, returned: str = f"Message-ID: {OUR_ID}\nSubject: Summer news\n") -> str:
    return (
        "From: feedback@mail.example.com\n"
        "To: abuse@example.org\n"
        "Subject: FW: Summer news\n"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type="feedback-report"; boundary=fb\n\n'
        "--fb\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n"
        f"--fb\nContent-Type: message/feedback-report\n\n{fields}\n"
        f"--fb\nContent-Type: message/rfc822\n\n{returned}\nHello\n--fb--\n"
    )


def one(status: str, words: str = "", action: str = "failed") -> str:
    return dsn(group("ana@example.net", action, status, words))


def failed(severity: Severity, status: str = "", address: str = "ana@example.net") -> tuple[object, ...]:
    return ((address, "failed", status, severity),)


HARD, SOFT, POLICY = Severity.HARD, Severity.SOFT, Severity.POLICY

STANDARD = [
    Sample(
        "no such user", one("5.1.1", "550 5.1.1 <ana@example.net>: user unknown"), Kind.REPORT, failed(HARD, "5.1.1")
    ),
    Sample("no such domain", one("5.1.2"), Kind.REPORT, failed(HARD, "5.1.2")),
    Sample("mailbox moved", one("5.1.6", "550 no longer on server"), Kind.REPORT, failed(HARD, "5.1.6")),
    Sample("takes no mail at all", one("5.1.10"), Kind.REPORT, failed(HARD, "5.1.10")),
    Sample("our own address is bad", one("5.1.8", "553 sender domain unknown"), Kind.REPORT, failed(POLICY, "5.1.8")),
    Sample("full", one("5.2.2", "552 5.2.2 mailbox is full"), Kind.REPORT, failed(SOFT, "5.2.2")),
    Sample("switched off", one("5.2.1", "550 5.2.1 disabled"), Kind.REPORT, failed(SOFT, "5.2.1")),
    Sample("too long", one("5.2.3"), Kind.REPORT, failed(POLICY, "5.2.3")),
    Sample("too long for the server", one("5.3.4"), Kind.REPORT, failed(POLICY, "5.3.4")),
    Sample("given up after days", one("4.4.1", "connection timed out"), Kind.REPORT, failed(SOFT, "4.4.1")),
    Sample("greylisted for good", one("4.7.1"), Kind.REPORT, failed(SOFT, "4.7.1")),
    Sample("a loop", one("5.4.6", "554 too many hops"), Kind.REPORT, failed(SOFT, "5.4.6")),
    Sample("no route", one("5.4.4", "Host or domain name not found"), Kind.REPORT, failed(HARD, "5.4.4")),
    Sample("a name server that stammers", one("5.4.4", "Malformed reply"), Kind.REPORT, failed(SOFT, "5.4.4")),
    Sample("policy", one("5.7.1", "550 5.7.1 message refused"), Kind.REPORT, failed(POLICY, "5.7.1")),
    Sample("no DMARC", one("5.7.26", "550-5.7.26 unauthenticated"), Kind.REPORT, failed(POLICY, "5.7.26")),
    Sample("disabled, said as policy", one("5.7.13", "525 5.7.13 disabled"), Kind.REPORT, failed(SOFT, "5.7.13")),
    Sample(
        "a block list under 5.1.1", one("5.1.1", "550 blocked using a DNSBL"), Kind.REPORT, failed(POLICY, "5.1.1")
    ),
    Sample(
        "spam in the address only",
        one("5.1.1", "550 5.1.1 <bob@nospam.example>: Recipient address rejected: User unknown"),
        Kind.REPORT,
        failed(HARD, "5.1.1"),
    ),
    Sample(
        "where to report abuse",
        one("5.1.1", "550 5.1.1 User unknown, report problems to abuse@isp.example"),
        Kind.REPORT,
        failed(HARD, "5.1.1"),
    ),
    Sample(
        "a page of policies",
        one("5.1.1", "550 5.1.1 Mailbox does not exist. See our policy page"),
        Kind.REPORT,
        failed(HARD, "5.1.1"),
    ),
    Sample(
        "general code, where to report abuse",
        one("5.0.0", "550 User unknown, report problems to abuse@isp.example or https://isp.example/policy"),
        Kind.REPORT,
        failed(HARD, "5.0.0"),
    ),
    Sample(
        "general code, spam in a server's name",
        one("5.0.0", "host mx.antispam.example said: 550 unknown user (in reply to RCPT TO command)"),
        Kind.REPORT,
        failed(HARD, "5.0.0"),
    ),
    Sample(
        "5.1.1, a link to a block list",
        one("5.1.1", "550 5.1.1 rejected, see https://www.spamhaus.example/query"),
        Kind.REPORT,
        failed(POLICY, "5.1.1"),
    ),
    Sample(
        "5.1.1, a recipient rejected for a block list",
        one("5.1.1", "550 5.1.1 <ana@example.net>: Recipient address rejected: blocked using dnsbl.example"),
        Kind.REPORT,
        failed(POLICY, "5.1.1"),
    ),
    Sample(
        "5.1.1, our own address unknown",
        one("5.1.1", "550 5.1.1 Sender address rejected: unknown user"),
        Kind.REPORT,
        failed(POLICY, "5.1.1"),
    ),
    Sample("general code, clear words", one("5.0.0", "550 no such user here"), Kind.REPORT, failed(HARD, "5.0.0")),
    Sample("general code, better one", one("5.0.0", "550 5.1.1 rejected"), Kind.REPORT, failed(HARD, "5.0.0")),
    Sample("general code, full", one("5.0.0", "550 5.2.2 over quota"), Kind.REPORT, failed(SOFT, "5.0.0")),
    Sample("general code, no words", one("5.0.0"), Kind.REPORT, failed(SOFT, "5.0.0")),
    Sample(
        "Exchange Online's directory",
        one("5.4.1", "550 5.4.1 Recipient address rejected: Access denied [AM0.prod.protection.example.com]"),
        Kind.REPORT,
        failed(HARD, "5.4.1"),
    ),
    Sample(
        "refused before the recipient was named",
        one("5.0.0", "host mx.example.net said: 550 unknown user (in reply to MAIL FROM command)"),
        Kind.REPORT,
        failed(POLICY, "5.0.0"),
    ),
    Sample(
        "delayed",
        one("4.4.1", action="delayed"),
        Kind.REPORT,
        (("ana@example.net", "delayed", "4.4.1", Severity.DELAYED),),
    ),
    Sample(
        "delivered",
        one("2.0.0", action="delivered"),
        Kind.REPORT,
        (("ana@example.net", "delivered", "2.0.0", Severity.DELIVERED),),
    ),
    Sample(
        "relayed",
        one("2.0.0", action="relayed"),
        Kind.REPORT,
        (("ana@example.net", "relayed", "2.0.0", Severity.DELIVERED),),
    ),
    Sample(
        "several recipients",
        dsn(
            "\n\n".join(
                [
                    group("ana@example.net", "failed", "5.1.1"),
                    group("ben@example.net", "failed", "5.2.2"),
                    group("cy@example.net", "delivered", "2.1.5"),
                ]
            )
        ),
        Kind.REPORT,
        (
            ("ana@example.net", "failed", "5.1.1", HARD),
            ("ben@example.net", "failed", "5.2.2", SOFT),
            ("cy@example.net", "delivered", "2.1.5", Severity.DELIVERED),
        ),
    ),
    Sample(
        "no blank line between recipients",
        dsn(f"{group('ana@example.net', 'failed', '5.1.1')}\n{group('ben@example.net', 'failed', '5.1.1')}"),
        Kind.REPORT,
        (("ana@example.net", "failed", "5.1.1", HARD), ("ben@example.net", "failed", "5.1.1", HARD)),
    ),
    Sample(
        "a blank line too many",
        dsn("Final-Recipient: rfc822; ana@example.net\n\nAction: failed\nStatus: 5.1.1"),
        Kind.REPORT,
        failed(HARD, "5.1.1"),
    ),
    Sample(
        "folded lines and capitals",
        dsn("FINAL-RECIPIENT: RFC822;\n  <ana@example.net>\nACTION: Failed (really)\nSTATUS: 5.1.1\n (bad mailbox)"),
        Kind.REPORT,
        failed(HARD, "5.1.1"),
    ),
    Sample(
        "an address beyond ASCII",
        dsn("Final-Recipient: utf-8; jos\\x{E9}@example.net\nAction: failed\nStatus: 5.1.1"),
        Kind.REPORT,
        failed(HARD, "5.1.1", "josé@example.net"),
    ),
    Sample(
        "the words stand in the human half",
        dsn(group("ana@example.net", "failed", "5.0.0"), human="ana@example.net\n    Unrouteable address"),
        Kind.REPORT,
        failed(HARD, "5.0.0"),
    ),
    Sample(
        "the whole message comes back",
        dsn(group("ana@example.net", "failed", "5.1.1"), returned="message"),
        Kind.REPORT,
        failed(HARD, "5.1.1"),
    ),
    Sample(
        "nothing comes back",
        dsn(one_group := group("ana@example.net", "failed", "5.1.1"), returned=""),
        Kind.REPORT,
        failed(HARD, "5.1.1"),
        finds_id=False,
    ),
    Sample(
        "broken MIME, whole fields",
        plain("MAILER-DAEMON@example.net", "Returned mail", f"--b1\nContent-Type: x\n\nfailed\n\n{one_group}"),
        Kind.REPORT,
        failed(HARD, "5.1.1"),
        finds_id=False,
    ),
]

IN_WORDS = [
    Sample(
        "qmail",
        plain(
            "MAILER-DAEMON@mx.example.net",
            "failure notice",
            "Hi. This is the qmail-send program at mx.example.net.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            "<ana@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
            f"--- Below this line is a copy of the message.\n\nMessage-ID: {OUR_ID}\nTo: ben@example.com\n",
        ),
        Kind.REPORT,
        failed(HARD, "5.1.1"),
    ),
    Sample(
        "Exim",
        plain(
            "Mail Delivery System <Mailer-Daemon@mx.example.net>",
            "Mail delivery failed: returning message to sender",
            "This message was created automatically by mail delivery software.\n\n"
            "A message that you sent could not be delivered to one or more of its recipients.\n"
            "This is a permanent error. The following address(es) failed:\n\n"
            "  ana@example.net\n    host mx2.example.net [192.0.2.7]\n"
            "    SMTP error from remote mail server after RCPT TO:<ana@example.net>:\n    550 unknown user\n\n"
            f"------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: {OUR_ID}\n",
            extra="X-Failed-Recipients: ana@example.net\nAuto-Submitted: auto-replied\n",
        ),
        Kind.REPORT,
        failed(HARD, "5.0.0"),
    ),
    Sample(
        "Exim, only the header names the recipient",
        plain(
            "Mailer-Daemon@mx.example.net",
            "Mail delivery failed",
            "A message could not be delivered: the mailbox is full.",
            extra="X-Failed-Recipients: ana@example.net\n",
        ),
        Kind.REPORT,
        failed(SOFT),
        finds_id=False,
    ),
    Sample(
        "older Exchange",
        plain(
            "System Administrator <postmaster@example.net>",
            "Undeliverable: Your receipt",
            "Your message\n\n  To:      ana@example.net\n  Subject: Your receipt\n\n"
            "did not reach the following recipient(s):\n\n"
            "ana@example.net on Thu, 5 Nov 2026 10:00:00 -0000\n    The recipient name is not recognized\n"
            f"    MSEXCH:IMS:EXAMPLE:MAIL 0 (000C05A6) Unknown Recipient\n\nMessage-ID: {OUR_ID}\n",
        ),
        Kind.REPORT,
        failed(HARD),
    ),
    Sample(
        "a webmail's daemon, with the id in References",
        plain(
            "Mail Delivery Subsystem <mailer-daemon@mail.example.com>",
            "Delivery Status Notification (Failure)",
            "** Address not found **\n\nYour message wasn't delivered to ana@example.net because the address "
            "couldn't be found, or is unable to receive mail.\n\nThe response from the remote server was:\n"
            "550 5.1.1 The email account that you tried to reach does not exist.",
            extra=f"Return-Path: <>\nReferences: {OUR_ID}\nIn-Reply-To: {OUR_ID}\n",
        ),
        Kind.REPORT,
        failed(HARD, "5.1.1"),
    ),
    Sample(
        "in HTML only",
        "Return-Path: <>\nFrom: postmaster@example.net\nSubject: Undeliverable: news\nContent-Type: text/html\n\n"
        "<html><style>p { color: red }</style><p>Delivery has failed to these recipients:</p>"
        "<p>ana@example.net</p><p>The recipient&#39;s mailbox is full. 5.2.2</p></html>",
        Kind.REPORT,
        failed(SOFT, "5.2.2"),
        finds_id=False,
    ),
    Sample(
        "a warning",
        plain(
            "MAILER-DAEMON@example.net",
            "Warning: message delayed 24 hours",
            "This is a warning message only. You do not need to resend.\n\n  ana@example.net\n    connection refused",
        ),
        Kind.REPORT,
        (("ana@example.net", "delayed", "", Severity.DELAYED),),
        finds_id=False,
    ),
    Sample(
        "nobody is named",
        plain("MAILER-DAEMON@example.net", "Returned mail", "The message could not be delivered: 554 rejected."),
        Kind.REPORT,
        failed(SOFT, "5.0.0", ""),
        finds_id=False,
    ),
]

COMPLAINTS = [
    Sample(
        "abuse",
        arf(
            f"Feedback-Type: abuse\nUser-Agent: Example/1\nVersion: 1\nOriginal-Mail-From: <{OURS}>\n"
            "Original-Rcpt-To: <ana@example.net>\nArrival-Date: Thu, 5 Nov 2026 10:00:00 -0000\n"
        ),
        Kind.COMPLAINT,
        (("ana@example.net", "abuse", "", Severity.COMPLAINT),),
    ),
    Sample(
        "fraud",
        arf("Feedback-Type: fraud\nVersion: 1\nOriginal-Rcpt-To: ana@example.net\n"),
        Kind.COMPLAINT,
        (("ana@example.net", "fraud", "", Severity.COMPLAINT),),
    ),
    Sample(
        "redacted",
        arf("Feedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: redacted@mail.example.com\n"),
        Kind.COMPLAINT,
        (("", "abuse", "", Severity.COMPLAINT),),
    ),
    Sample(
        "no recipient at all",
        arf("Feedback-Type: abuse\nVersion: 1\n"),
        Kind.COMPLAINT,
        (("", "abuse", "", Severity.COMPLAINT),),
    ),
    Sample(
        "not spam after all",
        arf("Feedback-Type: not-spam\nVersion: 1\nOriginal-Rcpt-To: ana@example.net\n"),
        Kind.NOT_SPAM,
        (("ana@example.net", "not-spam", "", Severity.NOTHING),),
    ),
    Sample(
        "a report on authentication",
        arf("Feedback-Type: auth-failure\nVersion: 1\n"),
        Kind.ORDINARY,
        (("", "auth-failure", "", Severity.NOTHING),),
    ),
    Sample(
        "an older form, the message on its own",
        "From: staff@mail.example.com\nTo: abuse@example.org\nSubject: complaint about message from 192.0.2.1\n"
        'Content-Type: multipart/mixed; boundary="m"\n\n--m\nContent-Type: message/rfc822\n\n'
        f"X-HmXmrOriginalRecipient: <ana@example.net>\nMessage-ID: {OUR_ID}\nSubject: Summer news\n\nHello\n--m--\n",
        Kind.COMPLAINT,
        (("ana@example.net", "abuse", "", Severity.COMPLAINT),),
    ),
]

ANSWERS = [
    Sample(
        "out of the office",
        plain(
            "Ana <ana@example.net>",
            "Automatic reply: Your receipt",
            "I am away until Monday. My mailbox is full.",
            extra="Auto-Submitted: auto-replied\n",
        ),
        Kind.AUTO_REPLY,
        finds_id=False,
    ),
    Sample(
        "vacation, without a mark",
        plain("ana@example.net", "Out of Office: Your receipt", "Back on Monday.", extra=""),
        Kind.AUTO_REPLY,
        finds_id=False,
    ),
    Sample(
        "in Spanish",
        plain("ana@example.net", "=?utf-8?q?Respuesta_autom=C3=A1tica=3A_recibo?=", "Estoy fuera.", extra=""),
        Kind.AUTO_REPLY,
        finds_id=False,
    ),
    Sample(
        "by its precedence",
        plain("ana@example.net", "Re: Your receipt", "Thank you for writing.", extra="Precedence: auto_reply\n"),
        Kind.AUTO_REPLY,
        finds_id=False,
    ),
    Sample(
        "a read receipt",
        "From: ana@example.net\nSubject: Read: Your receipt\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=r\n\n"
        "--r\nContent-Type: text/plain\n\nYour message was displayed.\n"
        "--r\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;ana@example.net\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n--r--\n",
        Kind.AUTO_REPLY,
        finds_id=False,
    ),
    Sample(
        "a challenge",
        plain(
            "ana@example.net",
            "Please confirm your message",
            "To verify that you are a person, click this link.",
            extra="Auto-Submitted: auto-replied\n",
        ),
        Kind.CHALLENGE,
        finds_id=False,
    ),
    Sample(
        "a challenge from nobody",
        plain(
            "postmaster@example.net",
            "Mail delivery: sender verification",
            "Your message has not been delivered. Please confirm that you are human: https://example.net/c",
        ),
        Kind.CHALLENGE,
        finds_id=False,
    ),
    Sample(
        "a person",
        plain("Ana <ana@example.net>", "Re: Your receipt", "The amount is wrong; it could not be right.", extra=""),
        Kind.ORDINARY,
        finds_id=False,
    ),
    Sample(
        "a person who passes a bounce on",
        "From: Ana <ana@example.net>\nSubject: Fwd: Undelivered mail\n"
        'Content-Type: multipart/mixed; boundary="f"\n\n--f\nContent-Type: text/plain\n\nWhat is this?\n'
        f"--f\nContent-Type: message/rfc822\n\n{one('5.1.1')}\n--f--\n",
        Kind.ORDINARY,
        finds_id=False,
    ),
]

SAMPLES = [*STANDARD, *IN_WORDS, *COMPLAINTS, *ANSWERS]
