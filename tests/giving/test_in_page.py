"""A pledge paid in our own page: the checkout opens before its donor is known, and follows the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from sandbox.stripe.testing import Handle
from station.core.db import db
from station.core.events import Subject, events_of
from station.core.places import INVARIANTS
from station.giving.models import Frequency
from station.members.models import Member
from station.payments import gateway
from station.payments.models import CallState, GatewayCall, Payment, PaymentState, Subscription
from station.payments.services.deposits import sweeps
from tests.giving.conftest import FACTS, Donor, gifts, pledges, thanks_page

NOBODY = {"given_name": "", "family_name": "", "email": ""}
Outbox = Callable[[], int]
FAULTS = [("error_before", 2), ("error_after", 2), ("cut", 2), ("rate_limit", 1)]  # as often as one call tries


class Page:
    """The form with its script: what the script sends, without a browser."""

    def __init__(self, donor: Donor, stripe: Handle, link: str = "/give") -> None:
        self.donor, self.stripe = donor, stripe
        self.facts = {**donor.open(link), **NOBODY}

    def ask(self, path: str, **changes: str) -> Any:
        self.facts = {**self.facts, **changes}
        answer = self.donor.client.post(path, data=self.facts, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.mimetype == "application/json"
        return answer

    def open(self, **changes: str) -> Any:
        return self.ask("/give/checkout", **changes)

    def send(self, **changes: str) -> Any:
        names = {name: FACTS[name] for name in NOBODY}
        return self.ask("/give/pledge", **{**names, **changes})

    def confirm(self, secret: str, **more: str) -> str | None:
        """What Stripe's script does with the client secret."""
        return self.stripe.pay(secret.partition("_secret_")[0], email=self.facts["email"], **more)


@pytest.fixture
def page(donor: Donor, stripe_sandbox: Handle) -> Page:
    return Page(donor, stripe_sandbox)


def payments() -> list[Payment]:
    db.session.rollback()
    return list(db.session().scalars(sa.select(Payment).order_by(Payment.id)))


def sessions(stripe: Handle) -> list[tuple[str, str, int]]:
    return [(s["mode"], s["status"], s["amount_total"]) for s in stripe.sandbox.store.all("checkout.session")]


def unanswered() -> list[str]:
    waiting = sa.select(GatewayCall.key).where(GatewayCall.state == CallState.SENDING)
    return list(db.session().scalars(waiting))


def calls(stripe: Handle, method: str) -> list[str]:
    return [request["path"] for request in stripe.requests if request["method"] == method]


def books_are_in_order() -> None:
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


# The way of a gift -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("frequency", "kind"), [("once", "payment"), ("month", "subscription")])
def test_a_gift_in_the_page(page: Page, stripe_sandbox: Handle, outbox: Outbox, frequency: str, kind: str) -> None:
    opened = page.open(frequency=frequency)
    assert opened.status_code == 200
    assert opened.json["client_secret"].startswith("cs_test_")
    assert (len(pledges()), pledges()[0].email, sessions(stripe_sandbox)) == (1, "", [(kind, "open", 500)])
    sent = page.send()
    assert (sent.status_code, sent.json["client_secret"]) == (200, opened.json["client_secret"])
    assert (sent.json["email"], sent.json["amount_cents"]) == ("maria@example.org", 500)
    assert page.confirm(sent.json["client_secret"]) is None
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    assert [(g.amount_cents, g.pledge_id) for g in gifts()] == [(500, pledges()[0].id)]
    assert sent.json["thanks_url"].endswith(thanks_page(pledges()[0].id))
    assert "Thank you, Maria" in page.donor.client.get(thanks_page(pledges()[0].id)).text
    assert payments()[0].checkout_secret == ""
    books_are_in_order()


def test_opening_again_is_the_same_checkout_and_asks_stripe_once(page: Page, stripe_sandbox: Handle) -> None:
    first, second = page.open(), page.open()
    assert first.json == second.json
    assert calls(stripe_sandbox, "POST") == ["/v1/checkout/sessions"]


def test_another_amount_is_an_update_of_the_same_checkout(page: Page, stripe_sandbox: Handle) -> None:
    opened = page.open()
    changed = page.open(amount="25")
    told = {"amount_cents": 2500, "gift_cents": 2500, "cover_cents": 87}
    assert changed.json == {**opened.json, **told}
    assert opened.json["email"] == ""
    assert sessions(stripe_sandbox) == [("subscription", "open", 2500)]
    assert [p.amount_cents for p in payments()] == [2500]
    assert db.session().scalars(sa.select(Subscription.amount_cents)).all() == [2500]
    assert [p.amount_cents for p in pledges()] == [2500]
    said = [event.name for event in events_of(Subject("payment", payments()[0].id))]
    assert "payments.checkout.changed" in said


def test_an_amount_changed_at_the_last_moment_is_brought_to_stripe_before_the_script_may_confirm(
    page: Page, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    page.open(frequency="once")
    sent = page.send(amount="60")
    assert (sent.status_code, sent.json["amount_cents"]) == (200, 6000)
    page.confirm(sent.json["client_secret"])
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    assert [g.amount_cents for g in gifts()] == [6000]
    books_are_in_order()


def test_to_and_fro_between_once_and_monthly_has_two_checkouts_and_comes_back_to_each(
    page: Page, stripe_sandbox: Handle
) -> None:
    secrets = [page.open(frequency=f).json["client_secret"] for f in ("month", "once", "month", "once")]
    assert (secrets[0], secrets[1]) == (secrets[2], secrets[3])
    assert len(set(secrets)) == 2
    assert [p.frequency for p in pledges()] == [Frequency.MONTH, Frequency.ONCE]


def test_the_same_press_twice_writes_the_donor_once(page: Page) -> None:
    page.open()
    first, second = page.send(), page.send()
    assert (first.status_code, first.json) == (200, second.json)
    begun = [e for e in events_of(Subject("pledge", pledges()[0].id)) if e.name == "giving.pledge.begun"]
    assert len(begun) == 1


def test_a_corrected_name_after_a_decline_is_the_name_of_the_gift(
    page: Page, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    secret = page.open().json["client_secret"]
    page.send(given_name="Mria")
    assert page.confirm(secret, card="4000000000000002")
    assert page.send(given_name="Maria").status_code == 200
    page.confirm(secret)
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    assert [m.name for m in db.session().scalars(sa.select(Member))] == ["Maria Peña"]
    assert len(gifts()) == 1


def test_a_wallet_says_who_gives(page: Page, stripe_sandbox: Handle, outbox: Outbox) -> None:
    page.open()
    sent = page.send(**NOBODY, wallet_name="Zoë Peña-O’Brien")
    assert sent.json["errors"] == {"email": ["Enter your email address, so that your receipt can reach you."]}
    sent = page.send(given_name="", family_name="", wallet_name="Zoë Peña-O’Brien", email="zoe@example.org")
    assert sent.status_code == 200
    assert (pledges()[0].given_name, pledges()[0].family_name) == ("Zoë", "Peña-O’Brien")


# Past our page ------------------------------------------------------------------------------------------------------


def test_money_that_a_script_confirmed_without_asking_us_is_a_gift_of_whom_stripe_was_told(
    page: Page, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    secret = page.open(frequency="once").json["client_secret"]
    stripe_sandbox.pay(secret.partition("_secret_")[0], email="someone@example.org", name="Some One")
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    assert len(gifts()) == 1
    assert [m.name for m in db.session().scalars(sa.select(Member))] == ["Some One"]
    assert (pledges()[0].email, pledges()[0].family_name) == ("someone@example.org", "One")
    books_are_in_order()


# Two ways at once --------------------------------------------------------------------------------------------------


def test_sending_the_form_to_stripes_page_closes_what_was_sent_in_ours(page: Page, stripe_sandbox: Handle) -> None:
    page.open()
    page.send()
    hosted = page.donor.send(page.facts)
    assert hosted.status_code == 303
    assert sorted(status for _, status, _ in sessions(stripe_sandbox)) == ["expired", "open"]
    assert sorted(p.state for p in payments()) == [PaymentState.AWAITING_DONOR, PaymentState.EXPIRED]


def test_a_checkout_that_was_only_looked_at_stays_when_the_form_goes_to_stripes_page(
    page: Page, stripe_sandbox: Handle
) -> None:
    page.open()
    names = {name: FACTS[name] for name in NOBODY}
    assert page.donor.send({**page.facts, **names}).status_code == 303
    assert [status for _, status, _ in sessions(stripe_sandbox)] == ["open", "open"]


def test_what_was_paid_in_the_page_is_not_paid_again_on_stripes(page: Page, stripe_sandbox: Handle) -> None:
    secret = page.open(frequency="once").json["client_secret"]
    page.send()
    page.confirm(secret)  # and no event has told us yet
    again = page.donor.send(page.facts)
    assert again.status_code == 422
    assert "reached us" in again.text
    assert len(sessions(stripe_sandbox)) == 1


def test_coming_back_from_stripes_page_and_paying_here_closes_that_page(donor: Donor, stripe_sandbox: Handle) -> None:
    donor.pledge(frequency="once")
    page = Page(donor, stripe_sandbox, f"/give?pledge={thanks_page(pledges()[0].id).rpartition('/')[2]}")
    page.open(frequency="once")
    assert page.send().status_code == 200
    assert sorted(status for _, status, _ in sessions(stripe_sandbox)) == ["expired", "open"]


def test_another_tab_is_never_led_into_a_checkout_of_our_page(page: Page, donor: Donor) -> None:
    page.open()
    page.send()
    sent = donor.send({**donor.open(), **{name: FACTS[name] for name in NOBODY}})
    assert sent.status_code == 303
    assert sent.location.startswith("http")


# What is refused ----------------------------------------------------------------------------------------------------


def test_an_equal_gift_minutes_ago_is_asked_about_and_given_again_when_meant(
    page: Page, donor: Donor, stripe_sandbox: Handle, outbox: Outbox
) -> None:
    page.open(frequency="once")
    page.confirm(page.send().json["client_secret"])
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    second = Page(donor, stripe_sandbox)
    second.open(frequency="once")
    asked = second.send()
    assert (asked.status_code, asked.json["again"]) == (422, True)
    assert "minutes ago" in asked.json["message"].replace("\n", " ")
    meant = second.send(attempt=asked.json["attempt"])
    assert meant.status_code == 200
    second.confirm(meant.json["client_secret"])
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    assert len(gifts()) == 2
    books_are_in_order()


def test_a_paid_page_says_so_and_gives_a_fresh_attempt(page: Page, stripe_sandbox: Handle, outbox: Outbox) -> None:
    page.open(frequency="once")
    page.confirm(page.send().json["client_secret"])
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    for answer in (page.open(), page.send()):
        assert (answer.status_code, answer.json["again"]) == (422, True)
        assert answer.json["see"] == thanks_page(pledges()[0].id)
        assert answer.json["attempt"]


def test_a_checkout_that_closed_overnight_begins_anew(
    page: Page, stripe_sandbox: Handle, outbox: Outbox, later: Callable[..., None]
) -> None:
    page.open()
    stripe_sandbox.advance(25 * 3600)
    later(hours=25)
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    closed = page.send()
    assert (closed.status_code, bool(closed.json["attempt"])) == (409, True)
    assert page.open(attempt=closed.json["attempt"]).status_code == 200
    assert page.send().status_code == 200


def test_pressing_without_an_open_checkout_writes_nothing(page: Page) -> None:
    assert page.send().status_code == 409
    assert pledges() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": ""}, "amount"),
        ({"other_amount": "4.99"}, "other_amount"),
        ({"other_amount": "4242 4242 4242 4242"}, "other_amount"),
        ({"frequency": "weekly"}, "frequency"),
        ({"station": "jazz"}, "station"),
    ],
)
def test_a_wish_that_cannot_be_opened_is_said_at_its_field_and_reaches_nobody(
    page: Page, stripe_sandbox: Handle, changes: dict[str, str], field: str
) -> None:
    answer = page.open(**changes)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert (pledges(), stripe_sandbox.requests) == ([], [])


def test_all_that_is_wrong_is_said_at_once_before_the_donor_is_written(page: Page) -> None:
    page.open()
    answer = page.send(given_name="", family_name="", email="nobody")
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["given_name", "email"])  # as on the page
    assert pledges()[0].email == ""


@pytest.mark.parametrize("path", ["/give/checkout", "/give/pledge"])
def test_a_foreign_page_a_foreign_token_and_no_form_at_all(page: Page, path: str) -> None:
    foreign = page.donor.client.post(path, data=page.facts, headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, foreign.json["attempt"]) == (403, "")
    names = {name: FACTS[name] for name in NOBODY}
    assert page.ask(path, **names, attempt="forged").status_code == 409
    assert page.donor.client.post(path).status_code == 422
    assert page.donor.client.get(path).status_code == 405
    assert pledges() == []


# Stripe is slow, silent or wrong ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "count"), FAULTS)
def test_an_opening_whose_answer_is_lost_opens_once(
    page: Page, stripe_sandbox: Handle, kind: str, count: int
) -> None:
    stripe_sandbox.fault(kind, count=count)
    lost = page.open()
    assert lost.status_code in (200, 503)
    found = page.open()
    assert (found.status_code, len(sessions(stripe_sandbox))) == (200, 1)
    assert len(pledges()) == 1


@pytest.mark.parametrize(("kind", "count"), FAULTS)
def test_a_change_whose_answer_is_lost_is_made_certain_before_the_script_may_confirm(
    page: Page, stripe_sandbox: Handle, outbox: Outbox, kind: str, count: int
) -> None:
    page.open(frequency="once")
    stripe_sandbox.fault(kind, count=count, method="post", path="/v1/checkout/sessions/cs_")
    assert page.open(amount="25").status_code == 503
    assert [p.amount_cents for p in payments()] == [500]
    sent = page.send(amount="5")  # back to what our books hold, but not perhaps Stripe
    assert (sent.status_code, sent.json["amount_cents"]) == (200, 500)
    assert [total for _, _, total in sessions(stripe_sandbox)] == [500]
    page.confirm(sent.json["client_secret"])
    stripe_sandbox.deliver_now(delayed=True)
    outbox()
    assert [g.amount_cents for g in gifts()] == [500]
    assert unanswered() == []  # the paid checkout tells of every change that was made to it
    books_are_in_order()


def test_an_answer_that_comes_after_the_money_leaves_no_call_in_doubt(
    page: Page, stripe_sandbox: Handle, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open(frequency="once")
    real = gateway.update_checkout

    def slow(*args: Any) -> Any:
        """Until the answer is here the donor changes the amount once more, and pays."""
        monkeypatch.setattr(gateway, "update_checkout", real)
        answer = real(*args)
        sent = page.send(amount="60")
        page.confirm(sent.json["client_secret"])
        stripe_sandbox.deliver_now(delayed=True)
        outbox()
        return answer

    monkeypatch.setattr(gateway, "update_checkout", slow)
    assert "that gift has reached us" in page.open(amount="25").text
    assert [g.amount_cents for g in gifts()] == [6000]
    assert unanswered() == []
    books_are_in_order()


def test_money_that_the_sweep_finds_answers_what_the_checkout_was_changed_to(
    page: Page, stripe_sandbox: Handle, outbox: Outbox, later: Callable[..., None]
) -> None:
    page.open()
    secret = page.send().json["client_secret"]
    stripe_sandbox.fault("cut", count=2, method="post", path="/v1/checkout/sessions/cs_")
    assert page.open(amount="25").status_code == 503
    assert unanswered() != []
    page.confirm(secret)  # in a page that was not told to wait
    later(hours=1)  # and no event of it arrives
    sweeps.sweep_lines()
    outbox()
    assert [g.amount_cents for g in gifts()] == [2500]
    assert unanswered() == []


def test_every_change_has_a_key_and_a_row_of_its_own(page: Page, stripe_sandbox: Handle) -> None:
    page.open()
    for amount in ("10", "15", "10"):
        page.open(amount=amount)
    rows = db.session().scalars(sa.select(GatewayCall).order_by(GatewayCall.id)).all()
    assert [row.key.partition(":")[0] for row in rows] == ["checkout", "amount", "amount", "amount"]
    sent = [r["idempotency_key"] for r in stripe_sandbox.requests if r["method"] == "POST"]
    assert sent == [row.key for row in rows]
