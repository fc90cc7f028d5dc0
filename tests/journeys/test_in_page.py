"""The pledge paid in our own page: each state that a donor can meet (specs of the pledge page), in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from sandbox.stripe.testing import Handle
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.giving.models import Gift, Pledge
from station.payments.models import Payment, PaymentState
from station.screening import policies as screening
from station.screening.services import challenge_everyone, sender
from station.screening.services.counting import count
from tests.faults.plant import Plant
from tests.journeys.at_the_form import AtTheForm

Window = Callable[..., Page]


@pytest.fixture
def town(plant: Plant) -> Plant:
    """The plant with its web server, and nothing else yet: a form needs no stories."""
    plant.start("web")
    return plant


@pytest.fixture
def at_the_form(site: str, window: Window) -> Callable[..., AtTheForm]:
    """at_the_form(width=360, link="/give") is a donor before the form, in a window of their own."""

    def open_form(link: str = "/give?station=news&amount=5&frequency=month", **look: object) -> AtTheForm:
        return AtTheForm(window(**look), site, link)

    return open_form


def newest() -> tuple[Pledge, Payment]:
    db.session.rollback()
    pledge = db.session.scalars(sa.select(Pledge).where(Pledge.email != "").order_by(Pledge.id.desc())).first()
    assert pledge is not None
    return pledge, db.session.get_one(Payment, pledge.payment_id)


def told(town: Plant, sandbox: Handle) -> None:
    """The news of it arrives, and the workers do their part."""
    sandbox.deliver_now(delayed=True)
    town.start("relay", "worker")
    town.wait_idle()


@pytest.mark.parametrize(("width", "dark"), [(320, True), (1280, False)])
@pytest.mark.parametrize("often", ["month", "once"])
def test_success(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm], width: int, dark: bool, often: str
) -> None:
    before = town.count(Gift)
    donor = at_the_form(f"/give?station=news&amount=5&frequency={often}", width=width, dark=dark)
    donor.come_near().fill().card()
    expect(donor.page.locator("#payment button.button-big")).to_have_text(
        "Give $5 a month" if often == "month" else "Give $5"
    )
    donor.look(f"ready-{often}-{width}")
    donor.press()
    donor.thanks("We have not heard from the bank yet")  # the browser's return proves nothing
    told(town, sandbox)
    donor.thanks("Thank you, Zoë")
    donor.look(f"success-{often}-{width}")
    assert town.count(Gift) == before + 1
    donor.page.go_back()
    expect(donor.page.locator("h1")).not_to_have_text("Thank you, Zoë")
    assert town.count(Gift) == before + 1


def test_the_card_never_enters_our_page_and_nobody_else_is_asked(
    sandbox: Handle, site: str, at_the_form: Callable[..., AtTheForm]
) -> None:
    donor = at_the_form("/give")
    asked: list[str] = []
    donor.page.on("request", lambda request: asked.append(request.url))
    donor.page.get_by_label("First name").focus()
    donor.page.get_by_label("$10", exact=True).check()
    donor.page.get_by_label("One time").check()
    donor.page.get_by_role("radio", name="Classical 89.7 KCNV").check()
    donor.come_near().card()
    assert "4242" not in donor.page.content().replace(" ", "")
    assert [url for url in asked if not url.startswith((site, sandbox.url))] == []


def test_an_amount_changed_on_the_page_is_changed_at_stripe_and_said_everywhere(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    donor = at_the_form().come_near().fill().card()
    donor.page.get_by_label("Other amount").fill("12.50")
    button = donor.page.locator("#payment button.button-big")
    expect(button).to_have_text("Give $12.50 a month")
    expect(donor.page.get_by_label("$5", exact=True)).not_to_be_checked()
    expect(donor.page.locator("#gift-amount")).to_have_text("$12.50")
    expect(donor.page.locator("#commitment")).to_contain_text("$12.50")
    donor.page.get_by_label("$25", exact=True).check()
    expect(button).to_have_text("Give $25 a month")
    expect(donor.page.get_by_label("Other amount")).to_have_value("")
    expect(donor.element.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")  # nothing typed is lost
    donor.press()
    donor.thanks(re.compile("."))
    assert [s["amount_total"] for s in sandbox.sandbox.store.all("checkout.session")] == [2500]
    assert newest()[1].amount_cents == 2500


def test_a_yearly_gift_on_the_last_of_the_month_says_its_next_charge_before_and_after(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    donor = at_the_form(width=360).come_near()
    donor.page.get_by_text("Every three months, every year, or on another day").click()
    donor.page.get_by_label("Every year").check()
    donor.page.get_by_label("Day of the later charges").select_option("The last day")
    expect(donor.page.get_by_label("Monthly")).not_to_be_checked()
    option = donor.page.locator("#charge_day option:checked")
    next_on = option.get_attribute("data-year") or "nothing"
    said = f"every year to News 88.9 KNPR, until you stop it. First charge today, next on {next_on}."
    expect(donor.page.locator("#commitment")).to_contain_text(said)
    expect(donor.page.locator("#payment button.button-big")).to_have_text("Give $5 a year")
    donor.is_ready()
    donor.fill().card().press()
    donor.thanks(re.compile("."))
    order = sandbox.sandbox.store.all("subscription")[-1]
    assert order["items"]["data"][0]["price"]["recurring"]["interval"] == "year"
    db.session.rollback()
    assert newest()[0].charge_day == 31


def test_once_instead_of_monthly_is_another_checkout_of_the_same_page(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    donor = at_the_form().come_near()
    donor.page.get_by_label("One time").check()
    expect(donor.page.locator("#payment button.button-big")).to_have_text("Give $5")
    donor.is_ready()
    donor.fill().card().press()
    donor.thanks(re.compile("."))
    paid = [s["mode"] for s in sandbox.sandbox.store.all("checkout.session") if s["status"] == "complete"]
    assert paid == ["payment"]


def test_what_is_wrong_in_the_form_is_said_at_once_with_nothing_lost(
    town: Plant, at_the_form: Callable[..., AtTheForm]
) -> None:
    donor = at_the_form().come_near().card()
    donor.page.get_by_label("Email", exact=True).fill("zoe@")
    donor.press()
    donor.says("Enter your name.")
    donor.look("field-errors")
    expect(donor.page.locator("#error-summary li")).to_have_count(2)
    donor.page.get_by_role("link", name="Enter your name.").click()
    expect(donor.page.get_by_label("First name")).to_be_focused()
    expect(donor.page.get_by_label("First name")).to_have_attribute("aria-invalid", "true")
    expect(donor.element.get_by_label("Card number")).to_have_value("4242 4242 4242 4242")
    donor.fill().press()
    donor.thanks(re.compile("."))


def test_an_unfinished_card_is_said_in_the_same_place(town: Plant, at_the_form: Callable[..., AtTheForm]) -> None:
    donor = at_the_form().come_near().fill()
    donor.press()
    donor.says(re.compile("card number", re.I))
    donor.look("card-incomplete")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("4000000000000002", "Your bank or card said no."),
        ("4000000000009995", "too little money"),
        ("4000000000000069", "has expired"),
        ("4000000000000127", "security code was not right"),
        ("4000000000000119", "could not be asked just now"),
        ("4000000000009979", "Your bank or card said no."),  # stolen: not ours to tell
        ("4100000000000019", "Your bank or card said no."),  # blocked as fraud: not ours to tell
        ("4000000000006975", "reached its limit"),
    ],
)
def test_declined(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm], number: str, words: str
) -> None:
    donor = at_the_form(width=360).come_near().fill().card(number).press()
    donor.says(words)
    donor.look(f"declined-{number[-4:]}")
    expect(donor.page.locator("main")).not_to_contain_text(re.compile("_|stolen|fraud", re.I))
    expect(donor.page.get_by_label("Email", exact=True)).to_have_value("zoe@example.org")
    donor.card().press()
    donor.thanks(re.compile("."))
    told(town, sandbox)
    assert newest()[1].state is PaymentState.SETTLED


@pytest.mark.parametrize("answer", ["Complete", "Fail", "Close"])
def test_3d_secure(town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm], answer: str) -> None:
    donor = at_the_form(width=360).come_near().fill().card("4000002760003184").press()
    challenge = donor.page.get_by_role("dialog")
    expect(challenge).to_be_visible()
    expect(donor.page.locator("#payment-status")).to_contain_text("Your bank may want to check that it is you")
    donor.look("3d-secure")
    where = challenge if answer == "Close" else challenge.frame_locator("iframe")
    where.get_by_role("button", name=re.compile(answer, re.I)).click()
    if answer == "Complete":
        donor.thanks(re.compile("."))
    else:
        donor.says(re.compile("unable to authenticate|could not confirm"))
        donor.look(f"3d-secure-{answer.lower()}")
        donor.card().press()
        donor.thanks(re.compile("."))
    told(town, sandbox)
    assert newest()[1].state is PaymentState.SETTLED


def test_a_bank_debit_is_on_its_way_and_says_until_when(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    before = town.count(Gift)
    donor = at_the_form("/give?station=news&amount=60&frequency=once", width=360).come_near().fill()
    donor.element.get_by_label("US bank account").check()
    donor.element.get_by_label("Full name").fill("Zoe Pena")
    donor.element.get_by_label("Bank account", exact=True).select_option("000123456789")
    donor.look("bank-debit")
    donor.press()
    donor.thanks(re.compile("."))
    told(town, sandbox)
    donor.thanks("Your gift is on its way")
    expect(donor.page.locator("main")).to_contain_text("Expected by")
    donor.look("processing")
    assert town.count(Gift) == before
    sandbox.settle_debits()
    sandbox.deliver_now(delayed=True)
    town.wait_idle()
    donor.page.reload()
    donor.thanks("Thank you, Zoë")
    assert town.count(Gift) == before + 1


def test_a_wallet_needs_nothing_typed(town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]) -> None:
    sandbox.set_wallets("apple_pay", "google_pay", "link")
    donor = at_the_form(width=360).come_near()
    wallets = donor.page.frame_locator("#wallet-buttons iframe").first
    expect(donor.page.get_by_text("or fill in below")).to_be_visible()
    donor.look("wallets")
    wallets.get_by_role("button", name=re.compile("Apple Pay")).click()
    sheet = donor.page.get_by_role("dialog")
    donor.look("wallet-sheet")
    sheet.frame_locator("iframe").get_by_role("button", name=re.compile("pay|confirm|authori", re.I)).first.click()
    donor.thanks(re.compile("."))
    told(town, sandbox)
    pledge, payment = newest()
    assert (payment.state, bool(pledge.given_name or pledge.family_name)) == (PaymentState.SETTLED, True)


def test_without_a_wallet_there_is_no_empty_place_for_one(town: Plant, at_the_form: Callable[..., AtTheForm]) -> None:
    donor = at_the_form().come_near()
    expect(donor.page.locator("#wallets")).to_be_hidden()


# Where the page cannot take the payment -----------------------------------------------------------------------------


def on_stripes_page(page: Page) -> None:
    expect(page.get_by_label("Name on card")).to_be_visible()


def test_a_blocked_script_says_so_at_once_and_stripes_page_takes_over(
    town: Plant, sandbox: Handle, site: str, window: Window
) -> None:
    page = window(width=360)
    page.route("**/endive/stripe.js", lambda route: route.abort("blockedbyclient"))
    donor = AtTheForm(page, site)
    page.locator("#payment").scroll_into_view_if_needed()
    expect(page.locator("#payment-status")).to_contain_text("could not be loaded here")
    donor.look("blocked")
    assert sandbox.requests == []
    donor.fill()
    page.get_by_role("button", name="Continue to payment").click()
    on_stripes_page(page)


def test_a_slow_script_says_so_and_nobody_has_to_wait(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    sandbox.fault("script_slow", seconds=14)
    donor = at_the_form(width=360)
    donor.page.locator("#payment").scroll_into_view_if_needed()
    expect(donor.page.locator("#payment-status")).to_contain_text("is loading")
    donor.look("loading")
    expect(donor.page.locator("#payment-status")).to_contain_text("slow to load")
    donor.look("slow")
    donor.is_ready()  # and whoever waits gets it
    donor.fill().card().press()
    donor.thanks(re.compile("."))


def test_leaving_a_slow_script_for_stripes_page(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    sandbox.fault("script_slow", seconds=20)
    donor = at_the_form()
    donor.fill()
    donor.page.get_by_role("button", name="Continue to payment").click()
    on_stripes_page(donor.page)


def test_a_form_that_breaks_on_loading_leaves_the_way_to_stripes_page(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    sandbox.fault("element_down")
    donor = at_the_form()
    donor.page.locator("#payment").scroll_into_view_if_needed()
    expect(donor.page.locator("#payment-status")).to_contain_text("could not be loaded here")
    donor.fill()
    donor.page.get_by_role("button", name="Continue to payment").click()
    on_stripes_page(donor.page)


def test_choosing_stripes_page_from_a_ready_form(town: Plant, at_the_form: Callable[..., AtTheForm]) -> None:
    donor = at_the_form().come_near().fill()
    donor.page.get_by_role("button", name="Pay on Stripe’s own page instead").click()
    on_stripes_page(donor.page)


def test_without_an_amount_the_form_asks_for_one_first(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    donor = at_the_form("/give")
    donor.page.locator("#payment").scroll_into_view_if_needed()
    expect(donor.page.locator("#payment-status")).to_contain_text("Choose how often and how much")
    donor.look("choose")
    assert sandbox.requests == []
    donor.page.get_by_label("Monthly").check()
    donor.page.get_by_label("$15", exact=True).check()
    donor.page.get_by_role("radio", name="News 88.9 KNPR").check()
    donor.is_ready()


# Twice, too often, too fast -----------------------------------------------------------------------------------------


def test_pressing_twice_gives_once(town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]) -> None:
    donor = at_the_form().come_near().fill().card()
    donor.page.evaluate(
        "() => { const b = document.querySelector('#payment button.button-big'); b.click(); b.click(); b.click(); }"
    )
    donor.look("submitting")
    donor.thanks(re.compile("."))
    assert len([c for c in sandbox.sandbox.store.all("charge") if c["paid"]]) == 1


def test_an_equal_gift_within_ten_minutes_is_asked_about(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    at_the_form().come_near().fill().card().press().thanks(re.compile("."))
    told(town, sandbox)
    before = town.count(Gift)
    donor = at_the_form(width=360).come_near().fill().card().press()
    donor.says("There is no need to send it again")
    donor.look("duplicate")
    assert town.count(Gift) == before
    donor.page.get_by_role("button", name="Give again").click()
    donor.thanks(re.compile("."))
    sandbox.deliver_now(delayed=True)
    town.wait_idle()
    assert town.count(Gift) == before + 1


def test_a_server_that_is_not_reached_in_the_middle_is_said_and_the_next_press_gives(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    donor = at_the_form().come_near().fill().card()
    donor.page.route("**/give/pledge", lambda route: route.abort())
    donor.press().says("could not reach our own server")
    donor.page.unroute("**/give/pledge")
    donor.page.route("**/give/pledge", lambda route: route.fulfill(status=500, body="<h1>Broken</h1>"))
    donor.press().says("could not reach our own server")
    donor.page.unroute("**/give/pledge")
    donor.press().thanks(re.compile("."))
    assert len([c for c in sandbox.sandbox.store.all("charge") if c["paid"]]) == 1


def test_a_confirmation_whose_answer_is_lost_is_found_by_the_next_press(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    donor = at_the_form("/give?station=news&amount=5&frequency=once").come_near().fill().card()
    confirm = re.compile("/v1/payment_pages/.*/confirm")
    donor.page.context.route(confirm, lambda route: (route.fetch(), route.abort())[0])
    donor.press().says(re.compile("."))
    donor.page.context.unroute(confirm)
    donor.press().says("that gift has reached us")
    assert len([c for c in sandbox.sandbox.store.all("charge") if c["paid"]]) == 1


def test_a_change_while_the_bank_asks_is_not_brought_to_stripe(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    donor = at_the_form().come_near().fill().card("4000002760003184").press()
    expect(donor.page.get_by_role("dialog")).to_be_visible()
    asked: list[str] = []
    donor.page.on("request", lambda request: asked.append(request.url) if "/give/" in request.url else None)
    donor.page.evaluate("""() => {
        const tile = document.querySelector('input[name="amount"][value="10"]');
        tile.checked = true;
        tile.dispatchEvent(new Event('input', { bubbles: true }));
    }""")
    donor.page.wait_for_timeout(800)
    assert asked == []
    assert {s["amount_total"] for s in sandbox.sandbox.store.all("checkout.session")} == {500}


def test_the_back_button_after_giving_gives_nothing_again(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    donor = at_the_form().come_near().fill().card().press()
    donor.thanks(re.compile("."))
    told(town, sandbox)
    donor.thanks("Thank you, Zoë")  # while a page looks again by itself, back leads nowhere
    donor.page.go_back()
    donor.page.wait_for_timeout(1000)
    if "/thanks/" not in donor.page.url:  # a page that is shown anew has everything to be filled in
        assert donor.page.get_by_label("Email", exact=True).input_value() in ("", "zoe@example.org")
    assert len([c for c in sandbox.sandbox.store.all("charge") if c["paid"]]) == 1


def test_a_network_that_tries_too_often_is_paused_in_plain_words(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    for _ in range(screening.OPENED_BY_NETWORK):
        count([f"from:{sender('127.0.0.1')}"], clock.now())
    db.session.remove()
    donor = at_the_form(width=360)
    donor.page.locator("#payment").scroll_into_view_if_needed()
    expect(donor.page.locator("#payment-status")).to_contain_text("many tries from your network")
    donor.look("rate-limited")
    assert sandbox.requests == []


def test_when_everyone_is_asked_the_browser_proves_itself_and_the_donor_notices_nothing(
    town: Plant, at_the_form: Callable[..., AtTheForm]
) -> None:
    challenge_everyone(None, COMMAND)
    db.session.remove()
    donor = at_the_form().come_near().fill().card().press()
    donor.thanks(re.compile("."))


def test_stripe_being_down_is_said_and_nothing_is_lost(
    town: Plant, sandbox: Handle, at_the_form: Callable[..., AtTheForm]
) -> None:
    sandbox.fault("error_before", count=50, path="/v1/checkout/sessions")
    donor = at_the_form(width=360)
    donor.page.locator("#payment").scroll_into_view_if_needed()
    expect(donor.page.locator("#payment-status")).to_contain_text("not answering")
    donor.look("stripe-down")
    sandbox.sandbox.faults.clear()
    donor.fill()
    donor.page.get_by_role("button", name="Continue to payment").click()
    on_stripes_page(donor.page)
