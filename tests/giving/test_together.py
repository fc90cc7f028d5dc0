"""The same form arriving twice at the same moment, and a Stripe that does not answer."""

from __future__ import annotations

import threading
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from sandbox.stripe.testing import Handle
from station.core import runtime
from station.core.actor import VISITOR
from station.core.db import db
from station.core.money import Money
from station.giving.models import Frequency
from station.giving.services import PledgeRequest, begin_pledge
from station.payments.models import Payment
from tests.conftest import House
from tests.giving.conftest import Donor, pledges


def test_one_form_sent_by_six_at_once_is_one_pledge(app: Flask, house: House) -> None:
    station, monthly = house.news.id, Frequency.MONTH
    wanted = PledgeRequest("one-form", station, monthly, Money(500), "Maria", "Peña", "maria@example.org")
    begun: list[UUID] = []
    failed: list[BaseException] = []
    start = threading.Barrier(6)

    def send() -> None:
        with app.app_context():
            try:
                start.wait()
                begun.append(begin_pledge(wanted, VISITOR).pledge_id)
            except BaseException as error:
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    db.session.rollback()  # look again, not at what was read before
    assert (len(begun), len(set(begun)), len(pledges())) == (6, 1, 1)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Payment)) == 1


def test_a_stripe_that_never_answers_is_given_up_on_and_asked_again(donor: Donor, stripe_sandbox: Handle) -> None:
    known = runtime.settings()
    runtime.configure(replace(known, stripe_timeout=1))
    facts = donor.open()
    stripe_sandbox.fault("hang", seconds=4, count=20)
    silent = donor.send(facts)
    stripe_sandbox.sandbox.faults.clear()
    runtime.configure(known)
    assert (silent.status_code, "Nothing was charged" in silent.text, len(pledges())) == (503, True, 1)
    assert (donor.send(facts).status_code, len(pledges())) == (303, 1)
    made = stripe_sandbox.sandbox.store.all("checkout.session")
    assert len(made) == 1
