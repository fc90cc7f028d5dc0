"""The thank-you page tells what our books hold, whatever its address says."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from sandbox.stripe.testing import Handle
from station.core import clock
from station.core.actor import VISITOR
from station.core.db import transaction
from station.core.ids import public_id
from station.mail.models import ConsentSource
from station.mail.queries import consent_history, wants, who_is
from station.mail.services import Evidence, none_at_all
from station.payments.models import Payment, PaymentState
from tests.giving.conftest import Donor, gifts, pledges, thanks_page

S = PaymentState
NOBODY = UUID(int=7)


def put(state: PaymentState) -> str:
    """Put the only pledge's payment into a state, and give the thank-you page's address."""
    pledge = pledges()[0]
    with transaction() as session:
        payment = session.get_one(Payment, pledge.payment_id)
        payment.state, payment.settled_at = state, clock.now() if state is S.SETTLED else None
        payment.failure = "Your bank declined the charge." if state is S.FAILED else ""
    return thanks_page(pledge.id)


SAID = {
    S.CREATED: ("Your pledge has not been paid yet", "Nothing was charged", "Try again"),
    S.AWAITING_DONOR: ("We have not heard from the bank yet", "Check again", "Go on to the payment page"),
    S.PROCESSING: ("Your gift is on its way", "takes a few business days", "$5 a month"),
    S.FAILED: ("The payment did not go through", "Your bank declined the charge.", "Try again"),
    S.EXPIRED: ("The payment page has closed", "Nothing was charged", "Try again"),
    S.SETTLED: ("Thank you, Maria", "$5.00", "Follows by email"),
}


@pytest.mark.parametrize("state", list(S), ids=lambda s: s.value)
@pytest.mark.parametrize("tampered", ["", "?state=settled&redirect_status=succeeded&session_id=cs_1&check=5"])
def test_every_state_is_told_as_it_is(
    donor: Donor, stripe_sandbox: Handle, state: PaymentState, tampered: str
) -> None:
    donor.pledge()
    page = donor.client.get(put(state) + tampered)
    assert page.status_code == 200
    for said in SAID[state]:
        assert said in page.text
    for other, words in SAID.items():
        assert other is state or words[0] not in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert 'content="noindex"' in page.text
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert ("Refresh" in page.headers) is (state is S.AWAITING_DONOR)
    with transaction():
        put(S.AWAITING_DONOR)  # the books' checks follow every test


def test_the_waiting_page_looks_again_for_a_minute_and_then_rests(donor: Donor, stripe_sandbox: Handle) -> None:
    donor.pledge()
    address, looks = thanks_page(pledges()[0].id), 0
    page = donor.client.get(address)
    while "Refresh" in page.headers:
        pause, _, following = page.headers["Refresh"].partition("; url=")
        looks += int(pause)
        page = donor.client.get(following)
    assert 55 <= looks <= 60
    assert "You can close it" in page.text
    assert "Check again" in page.text


@pytest.mark.parametrize("check", ["-1", "x", "9999999999999", "²", "", "1.5"])
def test_a_strange_counter_does_no_harm(donor: Donor, stripe_sandbox: Handle, check: str) -> None:
    donor.pledge()
    assert donor.client.get(thanks_page(pledges()[0].id), query_string={"check": check}).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/thanks/",
        "/thanks/x",
        "/thanks/pledge_",
        "/thanks/pledge_zzzzzzzzzzzzzzzzzzzzzzzzzz",
        f"/thanks/{public_id('pledge', NOBODY)}",
        f"/thanks/{public_id('pay', NOBODY)}",
        "/thanks/%01",
        "/thanks/' OR 1=1",
    ],
)
def test_an_address_that_is_no_pledge_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_pledge_is_not_found_under_another_kind_of_id(donor: Donor, stripe_sandbox: Handle) -> None:
    donor.pledge()
    assert donor.client.get(f"/thanks/{public_id('gift', pledges()[0].id)}").status_code == 404
    assert donor.client.get(f"/receipt/{public_id('receipt', pledges()[0].id)}").status_code == 404


@pytest.mark.parametrize(("state", "lands"), [(S.SETTLED, "/thanks/"), (S.PROCESSING, "/thanks/"), (S.EXPIRED, "")])
def test_trying_again_is_offered_only_while_no_money_is_coming(
    donor: Donor, stripe_sandbox: Handle, state: PaymentState, lands: str
) -> None:
    donor.pledge()
    put(state)
    again = donor.client.get(f"/give?pledge={public_id('pledge', pledges()[0].id)}")
    assert (again.status_code, lands in (again.location or "")) == (303 if lands else 200, True)
    put(S.AWAITING_DONOR)


def test_the_pages_set_no_cookie(donor: Donor, pay: Callable[..., str | None]) -> None:
    pay(donor.pledge().location)
    assert len(gifts()) == 1
    for address in ("/give", thanks_page(pledges()[0].id)):
        assert "Set-Cookie" not in donor.client.get(address).headers


def test_a_one_time_gift_is_asked_for_a_little_every_month_and_a_monthly_one_is_not(
    donor: Donor, client: FlaskClient, stripe_sandbox: Handle
) -> None:
    donor.pledge(frequency="once", amount="60")
    page = client.get(put(S.SETTLED)).text
    assert "/give?station=news&amp;amount=10&amp;frequency=month&amp;source=thanks" in page
    assert "Nothing is charged until you say so" in page


@pytest.mark.parametrize("often", ["month", "once"])
def test_a_gift_that_repeats_leads_to_where_it_is_changed(
    donor: Donor, client: FlaskClient, stripe_sandbox: Handle, often: str
) -> None:
    donor.pledge(frequency=often)
    assert ('href="/my-gift"' in client.get(put(S.SETTLED)).text) is (often == "month")


@pytest.mark.parametrize("state", [S.AWAITING_DONOR, S.PROCESSING])
def test_nobody_is_asked_for_more_before_the_gift_has_arrived(
    donor: Donor, client: FlaskClient, stripe_sandbox: Handle, state: PaymentState
) -> None:
    donor.pledge(frequency="once", amount="60")
    assert "every month?" not in client.get(put(state)).text


def test_a_newsletter_is_asked_for_with_one_press_once_the_gift_is_made(donor: Donor, stripe_sandbox: Handle) -> None:
    donor.pledge()
    address = put(S.SETTLED)
    page = donor.client.get(address)
    assert "Newsletter of Classical" not in page.text, "the gift was not for that station"
    pressed = {"newsletter": "newsletter.news"}
    done = donor.client.post(f"{address}/newsletter", data=pressed, headers={"User-Agent": "Phone"})
    assert done.status_code == 303
    said = donor.client.get(done.location).text
    assert "Newsletter of News 88.9 KNPR: it goes to maria@example.org" in said
    assert "/newsletter" not in said, "it is not offered again"
    donor.client.post(f"{address}/newsletter", data=pressed)
    lines = consent_history(pledges()[0].email)
    assert [(line.topic, line.given, line.source) for line in lines] == [
        ("newsletter.news", True, ConsentSource.FORM)
    ]
    quoted = re.fullmatch(r"(.+?[^.])\. (.+) \[(.+)\]", lines[0].wording)
    assert quoted is not None
    name, line, button = quoted.groups()
    for words in (f"<h2>{name}</h2>", f"<p>{line}</p>", f">{button}</button>"):
        assert words in page.text, "the log quotes the page"
    put(S.AWAITING_DONOR)


def test_a_typed_address_is_told_nothing_and_takes_no_answer_back(donor: Donor, stripe_sandbox: Handle) -> None:
    donor.pledge()
    email, pressed = pledges()[0].email, {"newsletter": "newsletter.news"}
    for state in S:
        address = put(state)
        assert ("/newsletter" in donor.client.get(address).text) is (state is S.SETTLED)
        if state is not S.SETTLED:
            donor.client.post(f"{address}/newsletter", data=pressed)
    put(S.SETTLED)
    for sent in ({"newsletter": "renewals"}, {"newsletter": "newsletter.classical"}, {}, {"newsletter": "\x01"}):
        donor.client.post(f"{address}/newsletter", data=sent)
    foreign = donor.client.post(f"{address}/newsletter", data=pressed, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert donor.client.post(f"/thanks/{public_id('pledge', NOBODY)}/newsletter", data=pressed).status_code == 404
    assert consent_history(email) == []
    before = donor.client.get(address).text
    none_at_all(who_is(email), Evidence(ConsentSource.FORM), VISITOR)
    assert donor.client.get(address).text == before, "whoever typed the address learns nothing of it"
    said = donor.client.get(donor.client.post(f"{address}/newsletter", data=pressed).location).text
    assert "it goes to maria@example.org, unless it was turned down" in said
    assert not wants(email, "newsletter.news")
    assert "/mail/" not in said, "the key to the choices of an address goes to that address alone"
    put(S.AWAITING_DONOR)
