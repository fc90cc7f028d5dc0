"""Letters to sustainers about failed charges: each once, decided from the rows as they are when it is written.

All print the legends of states: each asks for the money that did not come, or confirms that it came after all, and
the strictest text wants them on "every solicitation, confirmation, receipt or reminder" (NC 131F-9(c)).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from station.core import clock, runtime
from station.core.actor import job
from station.core.db import transaction
from station.core.outbox import Job, Queue
from station.giving import queries
from station.giving.queries import Sustainer
from station.giving.services.keeping.contacts import note_contact
from station.giving.services.keeping.links import own_link
from station.licensee.queries import the_licensee
from station.mail.models import Stream
from station.mail.services import queue_mail
from station.payments import policies
from station.payments import queries as payments
from station.payments.policies import Step
from station.payments.queries import OpenInvoiceView
from station.receipts.policies import Place
from station.receipts.queries import legends_for

ABOUT_INVOICE = Job("giving.write_about_invoice", Queue.MAIL)
LETTER = {
    Step.FAILED: "giving/mail/failed",
    Step.LAST_TRY: "giving/mail/last_try",
    Step.CONFIRM: "giving/mail/confirm",
    Step.RETURNED: "giving/mail/returned",
    Step.GIVEN_UP: "giving/mail/given_up",
    Step.RECOVERED: "giving/mail/recovered",
}
SINCE = timedelta(days=7)
WRITER = job("the letters to sustainers")


def write_about_invoice(invoice_id: UUID) -> Step | None:
    """Write the letter that is due about an invoice now, if one is; returns it. The same again writes nothing."""
    with transaction():
        seen = payments.open_invoice(invoice_id)
        order = payments.lock_subscription(seen.subscription_id) if seen else None
        row = payments.lock_open_invoice(invoice_id)
        if order is None or row is None:
            return None
        step = policies.due_step(
            row, order.state, queries.steps_told(invoice_id), clock.now(), disputed=payments.disputed(order.id)
        )
        donor = queries.sustainer(order.id) if step else None
        if step is None or donor is None or not donor.email:
            return None
        invoice = payments.invoice_view(row)
        _write(step, f"{step}:{invoice_id}", donor, invoice, _about(invoice))
        return step


def write_due_letters() -> int:
    """Every letter about an invoice that is due by now; returns how many were written."""
    return sum(write_about_invoice(each) is not None for each in queries.invoices_to_look_at(clock.now() - SINCE))


def _about(invoice: OpenInvoiceView) -> dict[str, Any]:
    zone = the_licensee().timezone
    again = invoice.next_attempt_at
    method = payments.method_of(invoice.subscription_id)
    return {
        "amount": str(invoice.amount),
        "reason": invoice.told,
        "method": method.label if method else "your card",
        "again": clock.local_date(again, zone) if again else None,
    }


def _write(step: Step, key: str, donor: Sustainer, invoice: OpenInvoiceView | None, more: dict[str, Any]) -> None:
    """The letter, and the note that it was written. Each key once, ever."""
    mail_id = queue_mail(
        kind=f"giving.{step}",
        key=key,
        stream=Stream.NOTICES,
        member_id=donor.member_id,
        to_name=donor.name,
        to_email=donor.email,
        template=LETTER[step],
        private=True,
        context={
            "name": donor.given_name or donor.name,
            "commitment": donor.commitment,
            "adjective": donor.adjective,
            "period": donor.frequency.value,
            "station_name": donor.supported,
            "link": own_link(donor.subscription_id),
            "legends": legends_for(Place.REMINDER),
            **more,
        },
    )
    note_contact(
        step, key, donor.subscription_id, WRITER, invoice_id=invoice.id if invoice else None, mail_id=mail_id
    )


def write_returned(payment_id: UUID, pledge_id: UUID, why: str) -> None:
    """Tell a donor that the first, or only, payment of a pledge came back from the bank. Joins the transaction."""
    pledge = queries.pledge(pledge_id)
    if pledge is None or not pledge.email:
        return
    queue_mail(
        kind="giving.first_returned",
        key=str(payment_id),
        stream=Stream.NOTICES,
        member_id=pledge.member_id,
        to_name=pledge.donor_name,
        to_email=pledge.email,
        template="giving/mail/first_returned",
        context={
            "name": pledge.given_name or pledge.donor_name,
            "commitment": pledge.commitment,
            "station_name": pledge.supported,
            "reason": why,
            "link": f"{runtime.settings().base_url}/give?pledge={pledge.public_id}",
            "legends": legends_for(Place.REMINDER),
        },
    )
