"""Jobs of the mail package: one receipt or notice, a slice of bulk mail, and what nobody knows of."""

from __future__ import annotations

from uuid import UUID

from station.core.outbox import Queue
from station.mail import services
from station.mail.services import mailings
from worker.jobs import periodic, task


@task(services.SEND)
def send(mail_id: str) -> None:
    services.send(UUID(mail_id))


@task(services.SEND_BULK)
def send_bulk() -> None:
    services.send_bulk()


@periodic("mail.tend", Queue.MAIL)
def tend() -> None:
    services.tend()


@task(services.READ)
def read_inbound(inbound_id: str) -> None:
    services.read_inbound(UUID(inbound_id))


@task(services.TRY_AGAIN)
def try_again(mail_id: str) -> None:
    services.try_again(UUID(mail_id))


@periodic("mail.fetch", lease=300)
def fetch() -> None:
    while services.fetch():
        continue


@periodic("mail.watch_rates")
def watch_rates() -> None:
    services.watch_rates()


@periodic("mail.forget_raw")
def forget_raw() -> None:
    while services.forget_raw():
        continue


@task(mailings.CARRY)
def carry_mailings() -> None:
    mailings.carry()


@periodic("mail.tend_mailings", Queue.BULK)
def tend_mailings() -> None:
    mailings.tend_mailings()
