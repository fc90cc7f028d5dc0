"""“Send me my link”: the answer never tells whether an address is known, so everything is done by a job.

The letter prints no legend of a state: it asks for nothing and confirms no gift, it opens a page to who asked for it.
"""

from __future__ import annotations

from uuid import UUID

from station.core.actor import Actor, job
from station.core.db import transaction
from station.core.ids import new_id
from station.core.outbox import Job, Queue, enqueue
from station.giving import queries
from station.giving.queries import Sustainer
from station.giving.services.keeping.contacts import note_contact
from station.giving.services.keeping.links import own_link
from station.mail.models import Stream
from station.mail.services import queue_mail
from station.payments.policies import Step
from station.screening.services import may_be_written_to

SEND_LINK = Job("giving.send_link", Queue.MAIL)
ASKED = job("the donor who asked for a link")


def ask_for_link(email: str) -> None:
    """Somebody asks for a link to the recurring gifts of an address. Whoever it is, the same is done here and now."""
    if may_be_written_to(email):
        with transaction():
            enqueue(SEND_LINK, email=email)


def send_link(email: str) -> int:
    """Write to an address that we know about the recurring gifts that run under it; returns how many these are.

    The letter goes to the address that we have on file, as it is written there.
    """
    with transaction():
        gifts = queries.running_gifts_of(email)
        if gifts:
            _write(gifts, ASKED)
        return len(gifts)


def send_link_to(subscription_id: UUID, actor: Actor) -> bool:
    """A person at the desk sends a donor the link to their own page. False when there is no address to send it to."""
    with transaction():
        donor = queries.sustainer(subscription_id)
        if donor is None or not donor.email:
            return False
        _write([donor], actor)
        return True


def _write(gifts: list[Sustainer], actor: Actor) -> None:
    first, key = gifts[0], f"{Step.LINK}:{new_id()}"
    mail_id = queue_mail(
        kind="giving.link",
        key=key,
        stream=Stream.NOTICES,
        member_id=first.member_id,
        to_name=first.name,
        to_email=first.email,
        template="giving/mail/link",
        private=True,
        context={
            "name": first.given_name or first.name,
            "gifts": [
                {"commitment": g.commitment, "station": g.supported, "link": own_link(g.subscription_id)}
                for g in gifts
            ],
        },
    )
    for gift in gifts:
        note_contact(Step.LINK, f"{key}:{gift.subscription_id}", gift.subscription_id, actor, mail_id=mail_id)
