"""The form: what a link fills in, what is refused and how it is said, who may send it and how often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from justhtml import JustHTML

from sandbox.stripe.testing import Handle
from station.core import bulletin
from station.core.db import transaction
from station.core.ids import public_id
from station.giving import forms, services
from station.licensee.models import Licensee
from station.licensee.queries import BULLETIN
from station.screening import policies
from tests.conftest import House
from tests.giving.conftest import FACTS, Donor, attempt_of, pledges

CARD = "4242 4242 4242 4242"


def inputs(page: Any) -> list[Any]:
    return JustHTML(page.text, sanitize=False).query("input")


def checked(page: Any) -> set[str]:
    """name=value of every radio that is on, and every text that is filled in."""
    boxes = inputs(page)
    radios = {
        f"{b.attrs['name']}={b.attrs['value']}"
        for b in boxes
        if b.attrs.get("type") == "radio" and "checked" in b.attrs
    }
    texts = {
        f"{b.attrs['name']}={b.attrs['value']}"
        for b in boxes
        if b.attrs.get("type") in ("text", "email") and b.attrs.get("value")
    }
    return radios | texts


def hidden(page: Any, name: str) -> str:
    return next(str(b.attrs.get("value", "")) for b in inputs(page) if b.attrs.get("name") == name)


@pytest.mark.parametrize(
    ("query", "on"),
    [
        ("", set()),
        ("?station=news&amount=5&frequency=month", {"station=news", "amount=5", "frequency=month"}),
        (
            "?station=classical&amount=12.50&frequency=once",
            {"station=classical", "other_amount=12.50", "frequency=once"},
        ),
        ("?amount=1,200", {"other_amount=1200"}),
        ("?amount=4.99", set()),
        ("?amount=ten", set()),
        ("?amount=-5", set()),
        ("?amount=1e9", set()),
        ("?amount=" + "9" * 5000, set()),
        ("?amount=%01%ff", set()),
        ("?station=jazz&frequency=weekly&amount=", set()),
        ("?pledge=pledge_nonsense", set()),
        ("?given_name=Eve&email=eve@example.org&attempt=x", set()),
    ],
)
def test_a_link_fills_in_what_it_states_and_nothing_else(client: FlaskClient, query: str, on: set[str]) -> None:
    page = client.get(f"/give{query}")
    assert (page.status_code, checked(page)) == (200, on)
    assert page.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("story:story_01j00000000000000000000000", "story:story_01j00000000000000000000000"),
        ("footer", "footer"),
        ("story:nothing", ""),
        ("<script>", ""),
        ("story:story_" + "z" * 26, ""),
        ("a" * 200, ""),
    ],
)
def test_the_story_is_remembered_and_nonsense_is_not(client: FlaskClient, said: str, kept: str) -> None:
    assert hidden(client.get("/give", query_string={"source": said}), "source") == kept


def test_the_page_wears_the_station_of_the_link(client: FlaskClient) -> None:
    page = client.get("/give?station=classical").text
    assert 'data-brand="classical"' in page
    assert "<h1>Support Classical 89.7 KCNV</h1>" in page


REFUSALS = [
    ({"other_amount": "-5"}, "“-5” is not an amount that we can read"),
    ({"other_amount": "0"}, "$0.00 is below the smallest pledge, $5.00"),
    ({"other_amount": "4.99"}, "$4.99 is below the smallest pledge, $5.00"),
    ({"other_amount": "1e9"}, "“1e9” is not an amount"),
    ({"other_amount": "ten"}, "“ten” is not an amount"),
    ({"other_amount": "1000000000"}, "$1,000,000,000.00 is above the largest pledge"),
    ({"amount": "-5"}, "“-5” is not an amount that we can read"),
    ({"amount": "1e9"}, "“1e9” is not an amount"),
    ({"other_amount": "1000000"}, "is above the largest pledge that this page can take, $999,999.99"),
    ({"other_amount": "9" * 5000}, "is not an amount"),
    ({"other_amount": "12.345"}, "is not an amount"),
    ({"other_amount": "NaN"}, "is not an amount"),
    ({"amount": "4.99"}, "$4.99 is below the smallest pledge"),
    ({"amount": ""}, "Choose an amount, or type one from $5.00 to $999,999.99."),
    ({"frequency": ""}, "Choose how often"),
    ({"frequency": "weekly"}, "Choose how often"),
    ({"station": ""}, "Choose the station"),
    ({"station": "jazz"}, "Choose the station"),
    ({"given_name": "", "family_name": ""}, "Enter your name."),
    ({"given_name": "x" * 101}, "Shorten the first name to 100 characters."),
    ({"family_name": "x" * 101}, "Shorten the last name to 100 characters."),
    ({"given_name": "Ma\x01ria"}, "The first name held characters"),
    ({"family_name": "Pe\u202eña"}, "The last name held characters"),
    ({"given_name": "Ann\nBcc: x@example.org"}, "The first name held characters"),
    ({"email": ""}, "Enter your email address"),
    ({"email": "maria"}, "Check the email address"),
    ({"email": "maria@example"}, "Check the email address"),
    ({"email": "maria@example.org\nBcc: all@example.org"}, "Check the email address"),
    ({"email": "x" * 300 + "@example.org"}, "Shorten the email address"),
]


@pytest.mark.parametrize(("changes", "sentence"), REFUSALS, ids=[repr(c)[:40] for c, _ in REFUSALS])
def test_what_cannot_be_taken_is_said_and_every_value_kept(
    donor: Donor, changes: dict[str, str], sentence: str
) -> None:
    page = donor.pledge(**changes)
    assert page.status_code == 422
    assert page.text.count(sentence) >= 1
    assert "<title>Error: " in page.text
    kept = {f"{k}={v}" for k, v in FACTS.items() if k not in changes and v and k != "source"}
    if "other_amount" in changes:
        kept -= {"other_amount="}
    assert kept <= checked(page)
    assert pledges() == []


def test_the_minimum_is_the_configured_one_everywhere(donor: Donor, house: House) -> None:
    with transaction() as session:
        session.execute(sa.update(Licensee).values(minimum_pledge_cents=750))
        bulletin.bump(BULLETIN)
    page = donor.pledge(other_amount="5")
    assert "$5.00 is below the smallest pledge, $7.50" in page.text
    assert 'value="7.50"' in page.text
    assert ">$7.50<" in page.text


@pytest.mark.parametrize("field", ["given_name", "family_name", "email", "other_amount"])
@pytest.mark.parametrize("number", [CARD, "4242424242424242", "3782-822463-10005", "exp 4242 4242 4242 4242 12/28"])
def test_a_card_number_in_a_text_field_is_refused_and_not_shown_again(donor: Donor, field: str, number: str) -> None:
    page = donor.pledge(**{field: number})
    assert (page.status_code, "looks like a card number" in page.text, number in page.text) == (422, True, False)
    assert pledges() == []


def test_a_typed_amount_replaces_the_tile(donor: Donor, stripe_sandbox: Handle) -> None:
    assert donor.pledge(amount="5", other_amount="$ 1,234.5").status_code == 303
    assert pledges()[0].amount_cents == 123_450


def test_one_name_is_enough(donor: Donor, stripe_sandbox: Handle) -> None:
    assert donor.pledge(given_name="Madonna", family_name="").status_code == 303


def test_the_largest_amount_is_taken(donor: Donor, stripe_sandbox: Handle) -> None:
    assert donor.pledge(other_amount="999999.99").status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({}, 303),
    ],
)
def test_only_our_own_page_may_send_the_form(
    donor: Donor, stripe_sandbox: Handle, headers: dict[str, str], status: int
) -> None:
    facts = donor.open()
    sent = donor.client.post("/give", data=facts, headers=headers)
    assert (sent.status_code, len(pledges())) == (status, int(status == 303))
    if status == 403:
        assert "sent from another website" in sent.text
        assert attempt_of(sent.text) != facts["attempt"]


@pytest.mark.parametrize("token", ["", "x", "WyJhIiwgZmFsc2Vd.aaaa.bbbb", "é" * 500])
def test_a_foreign_attempt_is_answered_with_a_fresh_one(donor: Donor, stripe_sandbox: Handle, token: str) -> None:
    sent = donor.pledge(attempt=token)
    assert (sent.status_code, "Look your pledge over" in sent.text, pledges()) == (422, True, [])
    assert donor.send({**FACTS, "attempt": attempt_of(sent.text)}).status_code == 303


def test_an_old_attempt_is_looked_over_once_more(
    donor: Donor, stripe_sandbox: Handle, later: Callable[..., None]
) -> None:
    facts = donor.open()
    later(days=3)
    assert (donor.send(facts).status_code, pledges()) == (422, [])


def test_a_token_names_its_attempt_and_no_other_key_makes_one(app: object) -> None:
    token = forms.fresh_attempt(again=True)
    known = forms.read_attempt(token)
    assert known is not None
    assert known.again
    assert len(known.id) <= 64
    assert forms.read_attempt(token[:-2] + "xx") is None


def test_too_many_tries_keep_the_values_and_say_what_to_do(
    donor: Donor, stripe_sandbox: Handle, monkeypatch: pytest.MonkeyPatch, later: Callable[..., None]
) -> None:
    monkeypatch.setattr(policies, "OPENED_BY_NETWORK", 2)
    assert [donor.pledge(amount=a).status_code for a in ("5", "10")] == [303, 303]
    stopped = donor.pledge(amount="15", email="somebody.else@example.org")
    wait = int(stopped.headers["Retry-After"])
    assert (stopped.status_code, len(pledges())) == (429, 2)
    assert 3300 <= wait <= 3600
    assert f"Wait {policies.minutes(wait)} and send" in stopped.text
    assert "702-555-0188" in stopped.text
    assert {"amount=15", "given_name=Maria"} <= checked(stopped)
    later(seconds=wait)
    assert donor.pledge(amount="15").status_code == 303


def test_coming_back_from_the_payment_page_keeps_the_facts_but_not_the_person(
    donor: Donor, stripe_sandbox: Handle
) -> None:
    donor.pledge(amount="15", frequency="once", station="classical", source="footer")
    back = donor.client.get(f"/give?pledge={pledge_address()}")
    assert '<meta name="robots" content="noindex">' in back.text
    assert checked(back) == {"amount=15", "frequency=once", "station=classical"}
    assert hidden(back, "source") == "footer"
    assert "nothing was charged" in back.text
    assert "maria" not in back.text.lower()


def pledge_address() -> str:
    return public_id("pledge", pledges()[0].id)


def test_a_database_in_trouble_is_a_clear_page(donor: Donor, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = donor.open()

    def locked(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr(services, "begin_pledge", locked)
    sent = donor.send(facts)
    assert (sent.status_code, pledges()) == (503, [])


def test_search_engines_may_lead_to_the_form(house: House, client: FlaskClient) -> None:
    page = client.get("/give?station=classical&amount=5")
    assert '<link rel="canonical" href="http://localhost/give?station=classical">' in page.text
    assert "noindex" not in page.text
    assert "X-Robots-Tag" not in page.headers
    assert client.post("/give").headers["X-Robots-Tag"] == "noindex"
