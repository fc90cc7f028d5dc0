"""The pledge form before card testers: what is blocked leaves nothing behind, and a donor always gets through."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from justhtml import JustHTML
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings, SettingsError
from sandbox.stripe.testing import Handle
from station.core import clock, runtime
from station.core.actor import COMMAND
from station.core.db import db
from station.core.events import Event
from station.core.ids import new_id
from station.core.outbox import Outbox
from station.giving.models import Gift, Pledge
from station.mail.models import OutgoingMail
from station.members.models import Member
from station.payments.models import GatewayCall, Payment, PaymentState
from station.receipts.models import Receipt
from station.screening import policies, queries
from station.screening.services import challenge_everyone, note_decline, sender
from tests.conftest import House, changed
from tests.giving.conftest import FACTS, Donor, attempt_of, pledges

Later = Callable[..., None]
Outbox_ = Callable[[], int]
HERE = "127.0.0.1"
LEFT_BY_A_PLEDGE = (Pledge, Payment, GatewayCall, Member, Gift, Receipt, OutgoingMail, Outbox)


def rows() -> dict[str, int]:
    """How much of everything there is that a pledge leaves behind."""
    db.session.rollback()
    count = sa.func.count()
    found = {t.__tablename__: db.session().scalar(sa.select(count).select_from(t)) or 0 for t in LEFT_BY_A_PLEDGE}
    about = sa.select(count).select_from(Event).where(Event.name.startswith("giving."))
    return {**found, "events of giving": db.session().scalar(about) or 0}


def fields(page: Any) -> dict[str, str]:
    """What pressing the button of the page in between sends."""
    found = JustHTML(page.text, sanitize=False).query("main form input")
    return {str(box.attrs["name"]): str(box.attrs.get("value") or "") for box in found}


def use_up_the_network(donor: Donor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 0)


def be_busy(donor: Donor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "OPENED_UNASKED", 0)


def use_up_the_email(donor: Donor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "SENT_BY_EMAIL", 0)


def ask_everyone(donor: Donor, monkeypatch: pytest.MonkeyPatch) -> None:
    challenge_everyone(1, COMMAND)


def lose_cards(many: int, card: str = "") -> Callable[[Donor, pytest.MonkeyPatch], None]:
    def lose(donor: Donor, monkeypatch: pytest.MonkeyPatch) -> None:
        for _ in range(many):
            note_decline(sender(HERE), new_id(), card)

    return lose


def nothing(donor: Donor, monkeypatch: pytest.MonkeyPatch) -> None:
    pass


BLOCKS: dict[str, tuple[Callable[[Donor, pytest.MonkeyPatch], None], dict[str, str], int]] = {
    "trap": (nothing, {"website": "https://cards.example"}, 428),
    "quick": (nothing, {}, 428),
    "email": (use_up_the_email, {}, 428),
    "busy": (be_busy, {}, 428),
    "everyone": (ask_everyone, {}, 428),
    "declines": (lose_cards(3), {}, 428),
    "card": (lose_cards(3, "fingerprint"), {}, 428),
    "a wrong proof": (ask_everyone, {"proof": "nonsense:1"}, 428),
    "pace": (use_up_the_network, {}, 429),
    "declined": (lose_cards(policies.DECLINES_OF_NETWORK), {}, 429),
}


@pytest.mark.parametrize("block", BLOCKS)
def test_what_is_blocked_leaves_no_pledge_member_mail_receipt_job_or_call(
    block: str, donor: Donor, stripe_sandbox: Handle, monkeypatch: pytest.MonkeyPatch, outbox: Outbox_
) -> None:
    make, typed, status = BLOCKS[block]
    make(donor, monkeypatch)
    if block == "card":
        monkeypatch.setattr(policies, "DECLINES_SUSPICIOUS", 99)
    before, asked = rows(), len(stripe_sandbox.requests)
    with changed(runtime.settings(), screening_seconds=60 if block == "quick" else 0):
        page = donor.pledge(**typed)
    assert page.status_code == status
    outbox()
    assert (rows(), len(stripe_sandbox.requests) - asked) == (before, 0)
    assert set(before.values()) == {0}
    assert "702-555-0188" in page.text
    assert "<h1>" in page.text


def test_without_a_script_one_more_step_keeps_everything_and_leads_on(
    donor: Donor, stripe_sandbox: Handle, later: Later
) -> None:
    challenge_everyone(None, COMMAND)
    facts = {**donor.open("/give?source=footer"), "source": "footer", "given_name": 'M"<aria>'}
    step = donor.send(facts)
    assert step.status_code == 428
    assert "<h1>One more step</h1>" in step.text
    assert step.headers["Cache-Control"] == "private, no-cache"
    kept = fields(step)
    assert {name: kept[name] for name in facts} == facts
    early = donor.send(kept)
    assert early.status_code == 428
    assert re.search(r"Wait (9|10) more seconds", early.text)
    assert fields(early)["proof"] == kept["proof"]
    assert pledges() == []
    later(seconds=10)
    assert donor.send(fields(early)).status_code == 303
    assert [(p.given_name, p.source) for p in pledges()] == [('M"<aria>', "footer")]


def test_a_bot_that_fills_in_the_trap_meets_a_step_without_it(donor: Donor, stripe_sandbox: Handle) -> None:
    step = donor.pledge(website="https://cards.example")
    assert fields(step)["website"] == "", "whoever filled it in by accident, as some browsers do, gets through"


def test_the_trap_is_hidden_from_everyone_who_reads_or_listens(donor: Donor) -> None:
    page = JustHTML(donor.client.get("/give").text, sanitize=False)
    trap = page.query('input[name="website"]')[0]
    assert (trap.attrs["tabindex"], trap.attrs["autocomplete"]) == ("-1", "off")
    assert trap.parent.attrs["aria-hidden"] == "true"
    assert trap.parent.attrs["class"] == "sr-only"


def test_a_proof_opens_one_form(donor: Donor, stripe_sandbox: Handle, later: Later) -> None:
    challenge_everyone(None, COMMAND)
    kept = fields(donor.pledge())
    later(seconds=10)
    assert donor.send(kept).status_code == 303
    other = attempt_of(donor.client.get("/give").text)
    assert donor.send({**kept, "attempt": other, "email": "next@example.org"}).status_code == 428
    assert len(pledges()) == 1


@pytest.mark.parametrize("spoofed", ["X-Forwarded-For", "Forwarded", "X-Real-Ip", "Client-Ip", "True-Client-Ip"])
def test_no_header_makes_another_network(
    donor: Donor, stripe_sandbox: Handle, spoofed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 1)
    sent = [
        donor.send({**donor.open(), "email": f"{n}@example.org"}, **{spoofed: f"198.51.100.{n}"}) for n in range(2)
    ]
    assert [each.status_code for each in sent] == [303, 429]


def test_behind_one_proxy_only_its_own_word_counts(
    app: Flask, donor: Donor, stripe_sandbox: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 1)
    monkeypatch.setattr(app, "wsgi_app", ProxyFix(app.wsgi_app, 1, 1, x_host=1))  # as STATION_PROXIES=1 does

    def sent(said: str, number: int) -> int:
        facts = {**donor.open(), "email": f"{number}@example.org"}
        status: int = donor.send(facts, **{"X-Forwarded-For": said}).status_code
        return status

    assert sent("203.0.113.1, 192.0.2.50", 1) == 303
    assert sent("203.0.113.2, 192.0.2.50", 2) == 429, "what the client wrote before the proxy's word is nothing"
    assert sent("192.0.2.50, 192.0.2.51", 3) == 303


def test_the_phone_room_is_not_paused(donor: Donor, stripe_sandbox: Handle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 1)
    networks = Settings.from_env({"SCREENING_TRUSTED_NETWORKS": "127.0.0.0/28, 2001:db8::/48"})
    with changed(runtime.settings(), screening_trusted_networks=networks.screening_trusted_networks):
        assert [donor.pledge(email=f"{n}@example.org").status_code for n in range(3)] == [303] * 3


def test_another_persons_exact_facts_do_not_open_their_page(
    app: Flask, donor: Donor, stripe_sandbox: Handle, house: House
) -> None:
    hers = donor.pledge()
    again = donor.pledge()
    assert again.headers["Location"] == hers.headers["Location"], "her own second tab"
    stranger = app.test_client()
    facts = {**FACTS, "attempt": attempt_of(stranger.get("/give").text)}
    sent = stranger.post("/give", data=facts, environ_overrides={"REMOTE_ADDR": "192.0.2.99"})
    assert sent.status_code == 303
    assert sent.headers["Location"] != hers.headers["Location"]
    assert {p.sender for p in pledges()} == {sender(HERE), sender("192.0.2.99")}


def test_six_declined_cards_close_the_page_and_a_donor_with_two_gives(
    donor: Donor, stripe_sandbox: Handle, pay: Callable[..., str | None]
) -> None:
    first = donor.pledge(frequency="once").headers["Location"]
    for _ in range(2):
        assert pay(first, card="4000000000000002")
    assert pay(first) is None
    second = donor.pledge(email="thief@example.org", amount="10", frequency="once").headers["Location"]
    for number in range(6):
        pay(second, card="4000000000000002" if number % 2 else "4000000000009995")
    states = {p.email: db.session().get_one(Payment, p.payment_id).state for p in pledges()}
    assert states == {"maria@example.org": PaymentState.SETTLED, "thief@example.org": PaymentState.EXPIRED}
    names = db.session().scalars(sa.select(Event.name)).all()
    assert names.count("giving.page.closed") == 1
    assert donor.pledge(email="ben@example.org").status_code == 428, "and that network is asked from now on"


def test_a_monthly_page_closes_too_and_its_declines_count_for_the_house(
    donor: Donor, stripe_sandbox: Handle, pay: Callable[..., str | None]
) -> None:
    donor.pledge(email="ben@example.org", amount="10")
    url = donor.pledge(amount="10").headers["Location"]
    for number in range(6):
        pay(url, card="4000000000000002" if number % 2 else "4000000000009995")
    states = {p.email: db.session().get_one(Payment, p.payment_id).state for p in pledges()}
    assert states == {"maria@example.org": PaymentState.EXPIRED, "ben@example.org": PaymentState.AWAITING_DONOR}
    counted = queries.house_counts(clock.now())
    assert (counted["declined"], counted["closed"]) == ((6, 6), (1, 1))
    assert donor.pledge(email="zoe@example.org").status_code == 303, "an email can be typed by anybody"


def test_a_monthly_try_that_fits_two_pledges_or_none_closes_none(
    donor: Donor, stripe_sandbox: Handle, pay: Callable[..., str | None], app: Any
) -> None:
    url = donor.pledge(amount="10").headers["Location"]
    stranger = app.test_client()
    facts = {**FACTS, "amount": "10", "attempt": attempt_of(stranger.get("/give").text)}
    stranger.post("/give", data=facts, environ_overrides={"REMOTE_ADDR": "192.0.2.99"})
    for number in range(7):
        pay(url, card="4000000000000002" if number % 2 else "4000000000009995")
    assert {db.session().get_one(Payment, p.payment_id).state for p in pledges()} == {PaymentState.AWAITING_DONOR}
    counted = queries.house_counts(clock.now())
    assert (counted["declined"], "closed" in counted) == ((7, 7), False)


def test_a_renewal_that_fails_is_held_against_nobody(
    donor: Donor, stripe_sandbox: Handle, pay: Callable[..., str | None], outbox: Outbox_
) -> None:
    assert pay(donor.pledge(frequency="month").headers["Location"]) is None
    subscription = next(r for r in stripe_sandbox.sandbox.store.all("subscription"))["id"]
    stripe_sandbox.decline_next(subscription, times=4)
    for _ in range(4):
        stripe_sandbox.renew(subscription)
        stripe_sandbox.deliver_now(delayed=True)
        outbox()
    assert donor.pledge(email="ben@example.org").status_code == 303


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("203.0.113.8", None),
        ("203.0.113.8/29,2001:db8::/48", None),
        ("203.0.113.9/29", "is not a list of networks"),
        ("phone room", "is not a list of networks"),
        ("0.0.0.0/0", "is wider than a network of your own"),
        ("::/0", "is wider than a network of your own"),
    ],
)
def test_our_own_networks_are_checked(said: str, problem: str | None) -> None:
    if problem is None:
        assert Settings.from_env({"SCREENING_TRUSTED_NETWORKS": said}).screening_trusted_networks
        return
    with pytest.raises(SettingsError, match=problem):
        Settings.from_env({"SCREENING_TRUSTED_NETWORKS": said})


@pytest.mark.parametrize(
    ("name", "value"), [("SCREENING_WORK", "10"), ("SCREENING_SECONDS", "-1"), ("SCREENING_WROK", "1")]
)
def test_other_settings_are_checked(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({name: value})
