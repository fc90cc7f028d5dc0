"""Web is killed (-9) between its transactions: the same form again is the same pledge, paid once."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from sandbox.stripe.testing import Handle
from station.accounts.models import WorkItem
from station.giving.models import Gift, Pledge
from station.mail.models import MailState, OutgoingMail
from station.payments.models import CallState, GatewayCall, Payment, PaymentState, StripeEvent
from station.payments.services import check_open_payments
from station.receipts.models import Receipt
from tests.faults.donors import LOST, Answer, Donor, PageDonor
from tests.faults.plant import Plant

HOUR = 3600
CALL = ("payments.call:written", "payments.call:made", "payments.call:answered")
ON_THE_WAY = ("giving.pledge:begun", *CALL)
IN_PAGE = ("giving.pledge:drafted", *CALL, "giving.pledge:sent_in_page")


@pytest.fixture
def donor(plant: Plant) -> Donor:
    return Donor(f"http://127.0.0.1:{plant.settings.port}")


@pytest.fixture
def page_donor(donor: Donor) -> PageDonor:
    return PageDonor(donor.site)


def killed_at(plant: Plant, point: str, donor: Donor) -> Answer:
    """Send the form to a web server that is killed at a point; what the donor sees."""
    plant.start("web", pause_at=point)
    donor.open()
    return kill_during(plant, donor.send)


def killed_in_page(plant: Plant, point: str, donor: PageDonor) -> Answer:
    """As `killed_at`, for a form in whose page the donor pays: its checkout opens, then they press the button."""
    plant.start("web", pause_at=point)
    donor.open()
    if point == "giving.pledge:sent_in_page":
        assert donor.look().session_id
        return kill_during(plant, donor.send)
    return kill_during(plant, donor.look)


def kill_during(plant: Plant, act: Callable[[], Answer]) -> Answer:
    with ThreadPoolExecutor(1) as browser:
        sent: Future[Answer] = browser.submit(act)
        plant.wait_for_pause()
        plant.kill("web")
        return sent.result()


def sessions(sandbox: Handle, *statuses: str) -> list[str]:
    found = sandbox.sandbox.store.all("checkout.session")
    return [str(each["id"]) for each in found if not statuses or each["status"] in statuses]


def charges(sandbox: Handle) -> list[int]:
    return [int(each["amount"]) for each in sandbox.sandbox.store.all("charge") if each["status"] == "succeeded"]


def pay(plant: Plant, sandbox: Handle, donor: Donor, session_id: str) -> None:
    assert sandbox.pay(session_id, email=donor.form["email"]) is None
    assert sandbox.deliver_now(delayed=True) > 0
    plant.wait_idle()


def pass_time(plant: Plant, sandbox: Handle, hours: float) -> None:
    """Both clocks, then the schedule's check of open payments, and what comes of it."""
    plant.pass_time(hours * HOUR)
    sandbox.advance(hours * HOUR)
    check_open_payments()
    sandbox.deliver_now(delayed=True)
    plant.wait_idle()


def assert_paid_once(plant: Plant, sandbox: Handle, cents: int) -> None:
    assert charges(sandbox) == [cents]
    assert plant.count(Payment, Payment.state == PaymentState.SETTLED, Payment.amount_cents == cents) == 1
    assert plant.count(Gift) == plant.count(Receipt) == 1
    assert plant.count(OutgoingMail, OutgoingMail.state == MailState.SENT) == len(plant.message_ids()) == 1
    assert_nothing_hangs(plant)


def assert_nothing_hangs(plant: Plant) -> None:
    assert plant.count(Payment, Payment.state.in_((PaymentState.CREATED, PaymentState.AWAITING_DONOR))) == 0
    assert plant.count(GatewayCall, GatewayCall.state == CallState.SENDING) == 0
    assert plant.count(WorkItem) == 0
    assert plant.broken() == []


@pytest.mark.parametrize(
    ("point", "frequency"), [*((point, "once") for point in ON_THE_WAY), ("payments.call:made", "month")]
)
def test_the_same_form_again_is_the_same_pledge(
    plant: Plant, sandbox: Handle, donor: Donor, point: str, frequency: str
) -> None:
    donor.form["frequency"] = frequency
    assert killed_at(plant, point, donor).status == LOST
    assert plant.count(Pledge) == plant.count(Payment) == 1

    plant.start("web", "relay", "worker")
    answer = donor.send()
    assert answer.status == 303
    assert donor.send().location == answer.location  # and once more: the same page
    pay(plant, sandbox, donor, answer.session_id)
    assert len(sessions(sandbox)) == plant.count(Pledge) == plant.count(Payment) == plant.count(GatewayCall) == 1
    pass_time(plant, sandbox, 25)
    assert_paid_once(plant, sandbox, 2500)


@pytest.mark.parametrize(
    ("point", "frequency"), [*((point, "once") for point in IN_PAGE), ("payments.call:made", "month")]
)
def test_the_same_again_in_the_page_is_the_same_checkout(
    plant: Plant, sandbox: Handle, page_donor: PageDonor, point: str, frequency: str
) -> None:
    donor = page_donor
    donor.form["frequency"] = frequency
    assert killed_in_page(plant, point, donor).status == LOST
    assert plant.count(Pledge) == plant.count(Payment) == 1

    plant.start("web", "relay", "worker")
    opened, sent = donor.look(), donor.send()
    assert [opened.session_id] == [sent.session_id] == sessions(sandbox)
    assert sandbox.pay_in_page(sent.session_id, email=donor.form["email"]) is None
    assert sandbox.deliver_now(delayed=True) > 0
    plant.wait_idle()
    assert plant.count(Pledge) == plant.count(Payment) == plant.count(GatewayCall) == 1
    pass_time(plant, sandbox, 25)
    assert_paid_once(plant, sandbox, 2500)


def test_an_amount_changed_in_the_page_is_paid_once_when_web_is_killed(
    plant: Plant, sandbox: Handle, page_donor: PageDonor
) -> None:
    """Killed when the button had brought the checkout to it, and nobody was told that they may confirm."""
    donor = page_donor
    plant.start("web", pause_at="giving.pledge:sent_in_page")
    donor.open()
    first = donor.look().session_id
    donor.form["amount"] = "50"
    assert kill_during(plant, donor.send).status == LOST
    plant.start("web", "relay", "worker")
    assert donor.send().session_id == first
    assert sandbox.pay_in_page(first, email=donor.form["email"]) is None
    assert sandbox.deliver_now(delayed=True) > 0
    plant.wait_idle()
    pass_time(plant, sandbox, 25)
    assert_paid_once(plant, sandbox, 5000)


@pytest.mark.parametrize("point", ["giving.pledge:drafted", "payments.call:made", "giving.pledge:sent_in_page"])
def test_a_donor_who_leaves_the_page_leaves_nothing_hanging(
    plant: Plant, sandbox: Handle, page_donor: PageDonor, point: str
) -> None:
    killed_in_page(plant, point, page_donor)
    plant.start("web", "relay", "worker")
    assert_nothing_comes_of_it(plant, sandbox)


@pytest.mark.parametrize("point", ON_THE_WAY)
def test_a_donor_who_never_comes_back_leaves_nothing_hanging(
    plant: Plant, sandbox: Handle, donor: Donor, point: str
) -> None:
    killed_at(plant, point, donor)
    plant.start("web", "relay", "worker")
    assert_nothing_comes_of_it(plant, sandbox)


def assert_nothing_comes_of_it(plant: Plant, sandbox: Handle) -> None:
    pass_time(plant, sandbox, 0.2)  # the check asks, and learns of a page whose address was lost
    pass_time(plant, sandbox, 25)  # pages of Stripe live for a day
    assert plant.count(Payment, Payment.state == PaymentState.EXPIRED) == 1
    assert sessions(sandbox, "open") == charges(sandbox) == plant.message_ids() == []
    assert_nothing_hangs(plant)


def test_the_other_tab_goes_on_while_web_comes_back(plant: Plant, sandbox: Handle, donor: Donor) -> None:
    """The call was made and its answer lost; the same facts from a form of their own get the page of that call."""
    killed_at(plant, "payments.call:made", donor)
    plant.start("web", "relay", "worker")
    other = Donor(donor.site)
    other.open()
    pay(plant, sandbox, donor, other.send().session_id)
    pass_time(plant, sandbox, 25)
    assert_paid_once(plant, sandbox, 2500)


@pytest.mark.parametrize("point", ["payments.checkout:closed", "giving.pledge:begun", "payments.call:made"])
def test_a_changed_amount_is_paid_once_whenever_web_is_killed(
    plant: Plant, sandbox: Handle, donor: Donor, point: str
) -> None:
    plant.start("web")
    donor.open()
    first = donor.send().session_id
    back = str(sandbox.get(first)["cancel_url"])
    plant.kill("web")

    plant.start("web", pause_at=point)
    donor.open(f"/give?{back.partition('?')[2]}")
    donor.form["amount"] = "50"
    assert kill_during(plant, donor.send).status == LOST
    assert sessions(sandbox, "open") != [first]  # closed before a second one opens
    plant.start("web", "relay", "worker")
    pay(plant, sandbox, donor, donor.send().session_id)
    assert sessions(sandbox, "expired") == [first]
    pass_time(plant, sandbox, 25)
    assert_paid_once(plant, sandbox, 5000)


@pytest.mark.parametrize("frequency", ["once", "month"])
def test_a_webhook_that_was_stored_and_not_answered_comes_again(
    plant: Plant, sandbox: Handle, donor: Donor, frequency: str
) -> None:
    plant.start("web")
    donor.form["frequency"] = frequency
    donor.open()
    session_id = donor.send().session_id
    plant.kill("web")

    plant.start("relay", "worker")
    plant.start("web", pause_at="payments.event:stored")
    assert sandbox.pay(session_id, email=donor.form["email"]) is None
    courier = threading.Thread(target=sandbox.deliver_now, kwargs={"delayed": True})
    courier.start()
    plant.wait_for_pause()
    plant.kill("web")
    courier.join()
    stored = plant.count(StripeEvent)
    assert stored == 1
    assert {row["status"] for row in sandbox.deliveries} == {"pending"}  # Stripe heard of none

    plant.start("web")
    assert sandbox.deliver_now(delayed=True) > 0
    plant.wait_idle()
    assert {row["status"] for row in sandbox.deliveries} == {"delivered"}
    assert plant.count(StripeEvent) == len({row["event"] for row in sandbox.deliveries})  # those we ask for
    pass_time(plant, sandbox, 25)
    assert_paid_once(plant, sandbox, 2500)
    thanks = str(sandbox.get(session_id)["success_url"])
    assert re.search("receipt", donor.get(thanks.removeprefix(donor.site)).text, re.IGNORECASE)
