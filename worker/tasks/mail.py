"""Jobs of the mail package."""

from __future__ import annotations

from uuid import UUID

from station.mail import services
from worker.jobs import task


@task(services.SEND)
def send(mail_id: str) -> None:
    services.send(UUID(mail_id))
