"""Web is killed (-9) while a donor pays an open month, or gives another card: it is paid once, with the new one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import sqlalchemy as sa

from sandbox.stripe.testing import Handle
from station.core.db import db, transaction
from station.core.ids import public_id
from station.giving.models import Gift
from station.giving.services import own_link
from station.payments.models import InvoiceState, OpenInvoice, PaymentMethod, Subscription
from tests.faults.brokers import PATIENCE
from tests.faults.donors import LOST, Donor
from tests.faults.plant import Plant

POINTS = ("payments.collecting:written", "payments.collecting:made")


@pytest.fixture
def site(plant: Plant) -> str:
    return f"http://127.0.0.1:{plant.settings.port}"


def unpaid(plant: Plant, sandbox: Handle, site: str) -> tuple[str, str]:
    """A sustainer whose renewal was refused: the path of their page, and of their invoice there."""
    plant.start("web", "relay", "worker")
    donor = Donor(site)
    donor.open()
    donor.form["frequency"] = "month"
    session = donor.send().session_id
    assert session
    assert sandbox.pay(session, email=donor.form["email"]) is None
    sandbox.deliver_now(delayed=True)
    plant.wait_idle()
    order_id, stripe_id = db.session.execute(sa.select(Subscription.id, Subscription.stripe_subscription)).one()
    db.session.rollback()
    sandbox.decline_next(stripe_id)
    sandbox.renew(stripe_id)
    sandbox.deliver_now(delayed=True)
    plant.wait_idle()
    with transaction():
        path = "/my-gift/" + own_link(order_id).rpartition("/")[2]
    invoice_id = db.session.scalars(sa.select(OpenInvoice.id)).one()
    db.session.rollback()
    return path, f"{path}/pay/{public_id('bill', invoice_id)}"


def press(address: str) -> object:
    """A press of a button; what came of it, or LOST."""
    try:
        return urlopen(Request(address, b"", {"Sec-Fetch-Site": "same-origin"}), timeout=PATIENCE).status
    except HTTPError as answer:
        return answer.code
    except OSError:
        return LOST


def kill_during(plant: Plant, address: str) -> None:
    with ThreadPoolExecutor(1) as browser:
        sent = browser.submit(press, address)
        plant.wait_for_pause()
        plant.kill("web")
        assert sent.result() is LOST


@pytest.mark.parametrize("point", POINTS)
def test_an_open_month_is_paid_once(plant: Plant, sandbox: Handle, site: str, point: str) -> None:
    _, pay = unpaid(plant, sandbox, site)
    plant.kill("web")
    plant.start("web", pause_at=point)
    kill_during(plant, site + pay)
    plant.start("web")
    assert press(site + pay) == 200
    sandbox.deliver_now(delayed=True)
    plant.wait_idle()
    taken = [each for each in sandbox.sandbox.store.all("charge") if each["paid"]]
    assert (len(taken), plant.count(Gift)) == (2, 2)
    assert plant.count(OpenInvoice, OpenInvoice.state == InvoiceState.PAID) == 1
    assert plant.broken() == []


def test_another_card_that_was_given_is_charged_although_nobody_came_back(
    plant: Plant, sandbox: Handle, site: str
) -> None:
    path, pay = unpaid(plant, sandbox, site)
    plant.kill("web")
    plant.start("web", pause_at="payments.collecting:made")
    kill_during(plant, f"{site}{path}/method")
    (session,) = (each for each in sandbox.sandbox.store.all("checkout.session") if each["mode"] == "setup")
    plant.start("web")
    assert sandbox.pay(session["id"], "5555555555554444") is None
    sandbox.deliver_now(delayed=True)
    plant.wait_idle()
    given = sa.select(PaymentMethod.id).where(PaymentMethod.label == "Mastercard ending 4444").scalar_subquery()
    assert plant.count(Subscription, Subscription.method_id == given) == 1
    assert plant.count(OpenInvoice, OpenInvoice.state == InvoiceState.OPEN) == 1  # offered, never charged by itself
    assert press(site + pay) == 200
    assert press(site + pay) == 200
    assert plant.count(Gift) == 2
    assert plant.broken() == []
