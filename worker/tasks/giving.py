"""Jobs of giving: close a page on which many cards were tried; forget drafts; letters and notices to sustainers."""

from __future__ import annotations

from uuid import UUID

from station.core.outbox import Queue
from station.giving.services import (
    ABOUT_INVOICE,
    CLOSE,
    SEND_LINK,
    close_page,
    forget_drafts,
    give_notices,
    send_link,
    write_about_invoice,
    write_due_letters,
)
from worker.jobs import periodic, task


@task(CLOSE)
def close(payment_id: str) -> None:
    close_page(payment_id)


@periodic("giving.forget_drafts")
def forget() -> None:
    while forget_drafts():
        continue


@task(ABOUT_INVOICE)
def about_invoice(invoice_id: str) -> None:
    write_about_invoice(UUID(invoice_id))


@task(SEND_LINK)
def link(email: str) -> None:
    send_link(email)


@periodic("giving.write_due_letters")
def due_letters() -> None:
    write_due_letters()


@periodic("giving.give_notices", Queue.MAIL, lease=1800)
def notices() -> None:
    give_notices()
