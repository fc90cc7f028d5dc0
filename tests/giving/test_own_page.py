"""The donor's own page of a monthly gift: its link, what it shows, and what can be done there."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

from sandbox.stripe.testing import Handle
from station.core.db import db, transaction
from station.core.places import INVARIANTS
from station.giving.services import own_link, read_giver
from station.payments.models import InvoiceState, SubscriptionState
from tests.giving.conftest import Donor, pledges
from tests.giving.keeping import Giver, steps
from tests.payments.keeping import charges_of

HERE = {"Sec-Fetch-Site": "same-origin"}


def link_of(giver: Giver) -> str:
    """The path of a donor's own page."""
    with transaction():
        return own_link(giver.order().id).partition("://")[2].partition("/")[2].join(("/", ""))


def press(client: FlaskClient, page: Any, words: str) -> Any:
    """Press the button with these words."""
    for form in re.findall(r"<form[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>", page.text, re.S):
        if words in form[1]:
            return client.post(form[0], headers=HERE)
    raise AssertionError(f"no button “{words}”")


def followed(client: FlaskClient, answer: Any) -> Any:
    assert answer.status_code == 303, answer.text
    return client.get(answer.location)


def test_the_page_says_what_was_promised_and_no_more(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor)
    page = client.get(link_of(giver))
    assert page.status_code == 200
    for said in ("$5 a month to News", "Visa ending 4242", "Next charge"):
        assert said in page.text
    for hidden in ("maria@example.org", "Peña", "cus_", "sub_", "pm_"):
        assert hidden not in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in page.headers


def test_a_gift_to_both_stations_is_named_so_on_the_page_and_in_every_letter(
    giver: Giver, donor: Donor, client: FlaskClient
) -> None:
    both = "News 88.9 KNPR and Classical 89.7 KCNV"
    giver.begin(donor, station="both")
    giver.refused()
    assert f"$5 a month to {both}" in " ".join(giver.letter().get_body(("plain",)).get_content().split())
    assert f"$5 a month to {both}" in client.get(giver.link()).text
    client.post("/my-gift", data={"email": "maria@example.org"}, headers=HERE)
    giver.told()
    assert f"$5 a month to {both}" in giver.letter().get_body(("plain",)).get_content()


@pytest.mark.parametrize(("frequency", "word"), [("quarter", "quarterly"), ("year", "yearly")])
def test_a_gift_is_called_by_its_own_interval_and_starts_again_in_it(
    giver: Giver, donor: Donor, client: FlaskClient, frequency: str, word: str
) -> None:
    giver.begin(donor, frequency=frequency, station="both", amount="60")
    giver.refused()
    assert giver.letters() == [f"Your {word} gift could not be charged"]
    letter = giver.letter()
    for part in ("plain", "html"):
        assert "month" not in letter.get_body((part,)).get_content()
    assert f"you give every {frequency}" in letter.get_body(("plain",)).get_content()
    path = giver.link()
    page = client.get(path).text
    for said in (f"Your {word} gift", f"Stop my {word} gift", f"for the {frequency} that was billed"):
        assert said in page
    over = followed(client, change(client, path, "stop"))
    giver.told()
    again = re.search(r'href="([^"]+)">Start again', over.text)
    assert again
    written = re.search(r"(http\S+/give\?\S+)", giver.letter().get_body(("plain",)).get_content())
    assert written
    for link in (unescape(again[1]), written[1]):
        said = dict(parse_qsl(urlsplit(link).query))
        assert read_giver(said.pop("giver")) == pledges()[0].member_id
        assert said == {"station": "both", "amount": "60", "frequency": frequency, "source": "own"}
        assert client.get(link).status_code == 200


def test_the_letter_leads_to_it(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor)
    giver.refused()
    page = client.get(giver.link())
    assert "Still open: $5.00" in page.text
    assert "We try again by ourselves on" in page.text


def test_a_forged_an_old_and_a_shut_link_tell_nothing(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor)
    path = link_of(giver)
    for wrong in (
        "/my-gift/nonsense",
        path[:-2] + ("A" if path[-2] != "A" else "B") + path[-1],
        f"{path}{'x' * 400}",
    ):
        answer = client.get(wrong)
        assert (answer.status_code, "$5" in answer.text) == (404, False)
        assert client.post(f"{wrong}/method", headers=HERE).status_code == 404
    assert followed(client, press(client, client.get(path), "Shut all links")).status_code == 200
    assert (client.get(path).status_code, client.post(f"{path}/method", headers=HERE).status_code) == (410, 410)
    fresh = link_of(giver)
    assert client.get(fresh).status_code == 200
    giver.later(days=31)
    assert client.get(fresh).status_code == 404


def test_another_site_cannot_press_for_the_donor(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor)
    giver.refused()
    path = link_of(giver)
    for action in ("method", "shut", f"pay/{giver.invoice().id}"):
        assert client.post(f"{path}/{action}", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get(path).status_code == 200


def test_nobody_pays_with_one_link_for_another_gift(
    giver: Giver, donor: Donor, client: FlaskClient, stripe_sandbox: Handle
) -> None:
    giver.begin(donor)
    unpaid = giver.refused()
    bill = re.search(r"/pay/(bill_\w+)", client.get(link_of(giver)).text)
    assert bill
    giver.begin(donor, email="other@example.org", given_name="Ana", amount="10")
    foreign = link_of(giver)
    answer = client.post(f"{foreign}/pay/{bill[1]}", headers=HERE)
    assert "said=nothing" in answer.location
    assert client.post(f"{foreign}/pay/nonsense", headers=HERE).location == answer.location
    assert charges_of(stripe_sandbox, unpaid) == 0


def test_the_open_payment_is_paid_once_however_often_it_is_pressed(
    giver: Giver, donor: Donor, client: FlaskClient, stripe_sandbox: Handle
) -> None:
    giver.begin(donor)
    unpaid = giver.refused()
    page = client.get(giver.link())
    first, second = (press(client, page, "Pay $5.00 now with Visa ending 4242") for _ in range(2))
    assert "Thank you. Your payment has arrived" in followed(client, first).text
    assert "said=nothing" in second.location
    giver.told()
    assert (charges_of(stripe_sandbox, unpaid), giver.invoice().state) == (1, InvoiceState.PAID)
    assert giver.letters()[-1] == "Thank you: your monthly gift arrived"
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def test_another_card_is_given_and_the_open_payment_is_only_offered(
    giver: Giver, donor: Donor, client: FlaskClient, stripe_sandbox: Handle
) -> None:
    giver.begin(donor)
    unpaid = giver.refused()
    path = giver.link()
    gone = press(client, client.get(path), "Give another card")
    assert gone.location.startswith(stripe_sandbox.url)
    session = gone.location.rpartition("/")[2]
    assert stripe_sandbox.pay(session, "5555555555554444") is None
    back = followed(client, client.get(f"{path}?back=method"))  # before any event has told
    assert "From now on this gift is charged to what you have just given." in back.text
    assert "Mastercard ending 4444" in back.text
    assert charges_of(stripe_sandbox, unpaid) == 0
    paid = followed(client, press(client, back, "Pay $5.00 now with Mastercard ending 4444"))
    assert "Thank you" in paid.text
    giver.told()
    assert charges_of(stripe_sandbox, unpaid) == 1


def test_a_donor_who_comes_back_after_the_event_reads_the_same(
    giver: Giver, donor: Donor, client: FlaskClient, stripe_sandbox: Handle
) -> None:
    giver.begin(donor)
    path = link_of(giver)
    session = press(client, client.get(path), "Give another card").location.rpartition("/")[2]
    assert stripe_sandbox.pay(session, "5555555555554444") is None
    giver.told()
    back = followed(client, client.get(f"{path}?back=method"))
    assert "From now on this gift is charged to what you have just given." in back.text
    assert "Mastercard ending 4444" in back.text


def test_a_donor_who_turns_back_has_changed_nothing(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor)
    path = link_of(giver)
    press(client, client.get(path), "Give another card")
    back = followed(client, client.get(f"{path}?back=method"))
    assert "Nothing was changed" in back.text
    assert "Visa ending 4242" in back.text


def test_a_bank_that_asks_is_answered_on_its_page(
    giver: Giver, donor: Donor, client: FlaskClient, stripe_sandbox: Handle
) -> None:
    giver.begin(donor, card="4000002760003184")
    unpaid = giver.renewed()
    page = client.get(giver.link())
    assert "Confirm $5.00 with your bank" in page.text
    assert "Pay $5.00" not in page.text
    assert giver.invoice().page_url in page.text
    stripe_sandbox.confirm_invoice(unpaid)
    back = followed(client, client.get(f"{giver.link()}?back=bank"))
    assert "Confirm" not in back.text
    assert (giver.invoice().state, giver.order().state) == (InvoiceState.PAID, SubscriptionState.ACTIVE)


def test_a_dead_bank_account_is_not_offered(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin_by_bank(donor)
    giver.renewed()
    giver.stripe.settle_debits(sent_back="debit_not_authorized")
    giver.told()
    page = client.get(giver.link())
    assert "To pay it, give another card or bank account first." in page.text
    assert "cannot be charged any more" in page.text


def test_a_refusal_and_a_silent_stripe_are_said_in_words(
    giver: Giver, donor: Donor, client: FlaskClient, stripe_sandbox: Handle
) -> None:
    giver.begin(donor)
    giver.refused(times=2)
    page = client.get(giver.link())
    assert "The bank said no. Nothing was charged." in followed(client, press(client, page, "Pay $5.00")).text
    for permission in ("invoice_write", "checkout_session_write"):
        stripe_sandbox.refuse_permission(permission)
    for button in ("Pay $5.00", "Give another card"):  # no bank was asked, so none is blamed
        text = followed(client, press(client, page, button)).text
        assert "That could not be done just now, and nothing was charged. Please call us at 702-555-0188" in text
        assert "The bank said no. Nothing" not in text
    stripe_sandbox.allow_all()
    stripe_sandbox.fault("cut", count=2)
    assert "does not answer just now" in followed(client, press(client, page, "Pay $5.00")).text
    stripe_sandbox.fault("cut", count=2)
    assert "does not answer just now" in followed(client, press(client, page, "Give another card")).text


def test_a_link_is_sent_only_to_those_who_give_and_nobody_learns_which(
    giver: Giver, donor: Donor, client: FlaskClient
) -> None:
    giver.begin(donor)
    answers = []
    for email in ("Maria@Example.org", "nobody@example.org"):
        answer = client.post("/my-gift", data={"email": email}, headers=HERE)
        answers.append((answer.status_code, answer.text.replace(email, "…")))
    giver.told()
    assert answers[0] == answers[1]
    assert [str(m["To"]) for m in giver.mailbox.messages if "link" in str(m["Subject"])] == [
        "Maria Peña <maria@example.org>"
    ]
    assert client.get(giver.link()).status_code == 200
    assert steps() == ["link"]


def test_letters_cannot_be_asked_for_without_end(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor)
    statuses = [client.post("/my-gift", data={"email": "maria@example.org"}).status_code for _ in range(12)]
    giver.told()
    assert (statuses[0], statuses[-1], len(giver.letters())) == (200, 429, 3)


def test_the_trap_and_a_bad_address_send_nothing(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor)
    client.post("/my-gift", data={"email": "maria@example.org", "website": "https://spam.example"})
    assert client.post("/my-gift", data={"email": "not an address"}).status_code == 422
    assert client.post("/my-gift", data={}).status_code == 422
    giver.told()
    assert giver.letters() == []


def test_a_gift_that_lapsed_can_be_started_again(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor)
    giver.refused(times=9)
    for days in (3.01, 5.01, 7.01):
        giver.passes(days)
    db.session.rollback()
    page = client.get(giver.link())
    assert "It has ended, because it could not be charged" in page.text
    assert "Start again" in page.text
    assert "Give another card" not in page.text


def change(client: FlaskClient, path: str, what: str, **typed: str) -> Any:
    data = {f"{what}-{name}": value for name, value in typed.items()}
    return client.post(f"{path}/change/{what}", data=data, headers=HERE)


def test_a_donor_changes_rests_goes_on_and_stops(
    giver: Giver, donor: Donor, client: FlaskClient, stripe_sandbox: Handle
) -> None:
    giver.begin(donor)
    path, at_stripe = link_of(giver), giver.order().stripe_subscription or ""
    page = followed(client, change(client, path, "amount", amount="12"))
    assert "$12 a month to News" in page.text
    assert "Done:</span> What you see here is how it stands now." in page.text
    followed(client, change(client, path, "day", day="15"))
    assert giver.order().charge_day == 15
    next_at = giver.order().current_period_end
    assert next_at is not None
    page = followed(client, change(client, path, "pause", until=str((next_at + timedelta(days=40)).date())))
    assert ("It rests until" in page.text, giver.order().state) == (True, SubscriptionState.PAUSED)
    page = followed(client, change(client, path, "resume"))
    assert ("It rests" in page.text, giver.order().state) == (False, SubscriptionState.ACTIVE)
    page = followed(client, change(client, path, "stop", reason="money", words="Thank you all the same"))
    assert "It has stopped; nothing more is charged" in page.text
    assert (giver.order().state, stripe_sandbox.get(at_stripe)["status"]) == (SubscriptionState.ENDED, "canceled")
    assert change(client, path, "amount", amount="20").status_code == 409
    assert {i.name: i.broken() for i in INVARIANTS if i.broken()} == {}


def test_what_cannot_be_changed_is_said_in_a_sentence(giver: Giver, donor: Donor, client: FlaskClient) -> None:
    giver.begin(donor)
    path = link_of(giver)
    for what, typed, status, words in (
        ("amount", {"amount": "1"}, 422, "$5"),
        ("amount", {"amount": "4242 4242 4242 4242"}, 422, "card number"),
        ("amount", {"amount": "5"}, 409, "This gift is $5.00 already."),
        ("day", {"day": "31st"}, 422, "Choose a day from the list."),
        ("pause", {"until": ""}, 422, "Say from which day on"),
        ("pause", {"until": "2001-01-01"}, 409, "Choose a later day"),
        ("resume", {}, 409, ""),
    ):
        answer = change(client, path, what, **typed)
        assert (answer.status_code, words in answer.text) == (status, True), (what, answer.text)
    assert change(client, path, "nonsense").status_code == 404
    assert change(client, "/my-gift/forged", "stop").status_code == 404


def test_nobody_is_written_to_about_a_gift_that_they_have_stopped(
    giver: Giver, donor: Donor, client: FlaskClient
) -> None:
    giver.begin(donor)
    giver.refused(times=9)
    followed(client, change(client, giver.link(), "stop"))
    before = steps()
    for _ in range(3):
        giver.passes(5.1)
    assert (steps(), giver.order().state) == (before, SubscriptionState.ENDED)
