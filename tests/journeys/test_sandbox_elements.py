"""The sandbox's Stripe.js in Chromium, inside a merchant's page: docs.stripe.com/js/custom_checkout."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from sandbox.stripe.flows.banks import ACCOUNTS
from sandbox.stripe.flows.cards import CARDS
from sandbox.stripe.testing import Handle, running_sandbox
from tests.journeys.axe import found_by_axe
from tests.journeys.merchant import Merchant

Window = Callable[..., Page]
GOOD, ASKS = "4242424242424242", "4000002760003184"
DECLINED = [card for card in CARDS.values() if card.decline and not card.secure]


@pytest.fixture
def stand_in() -> Iterator[Handle]:
    with running_sandbox(deliver="manual") as handle:
        yield handle
        assert handle.violations == []


@pytest.fixture
def merchant(stand_in: Handle) -> Iterator[Merchant]:
    merchant = Merchant(stand_in)
    yield merchant
    merchant.close()


@pytest.fixture
def shop(merchant: Merchant, window: Window) -> Callable[..., Page]:
    """shop(offer={…}, confirm={…}, payment={…}, elements={…}) opens the merchant's page on a fresh session."""

    def open_shop(offer: dict[str, Any] | None = None, width: int = 500, **options: Any) -> Page:
        merchant.offer(**(offer or {}))
        page = window(width=width)
        given = {"confirm": {"email": "ada@example.org"}, **options}
        page.add_init_script(f"sessionStorage.setItem('options', {json.dumps(json.dumps(given))})")
        page.goto(merchant.url)
        return page

    return open_shop


def element(page: Page) -> FrameLocator:
    return page.frame_locator("#payment iframe")


def opened(page: Page) -> FrameLocator:
    """The element, once the merchant's script has all it asked Stripe for."""
    expect(page.get_by_role("button", name="Donate")).to_be_enabled()
    return element(page)


def type_card(page: Page, number: str = GOOD) -> None:
    frame = opened(page)
    frame.get_by_label("Card number").fill(number)
    frame.get_by_label("Expiration date").fill("12 / 40")
    frame.get_by_label("Security code").fill("1234" if number.startswith("37") else "123")
    frame.get_by_label("ZIP code").fill("89501")


def donate(page: Page) -> Any:
    """Press the merchant's button; what confirm() said. By key: a mistake that is said as the frame loses the focus
    moves the button away from under a pointer."""
    page.get_by_role("button", name="Donate").press("Enter")
    return said(page)


def said(page: Page) -> Any:
    expect(page.locator("#result")).not_to_be_empty()
    return json.loads(page.locator("#result").inner_text())


def log(page: Page, kind: str) -> list[Any]:
    return [entry[1] for entry in page.evaluate("log") if entry[0] == kind]


def barriers(page: Page, name: str, *, contrast: bool = True) -> list[str]:
    """What axe finds inside a frame; a see-through one in a dark page has no contrast that it could measure."""
    [frame] = [frame for frame in page.frames if frame.url.endswith(f"/elements/{name}")]
    frame.wait_for_load_state("load")
    return [rule["id"] for rule in found_by_axe(frame, contrast=contrast)["violations"]]


def until(page: Page, expression: str) -> None:
    """Wait until an expression is true; the merchant's strict policy forbids Playwright's own way."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"not within 10 s: {expression}")


@pytest.mark.parametrize("monthly", [False, True])
def test_a_card_pays_and_never_enters_the_merchants_page(
    shop: Callable[..., Page], merchant: Merchant, monthly: bool
) -> None:
    page = shop(offer={"monthly": monthly})
    requests: list[str] = []
    page.on("request", lambda request: requests.append(f"{request.frame.url} {request.post_data or ''}"))
    type_card(page)
    assert GOOD not in page.content().replace(" ", "")
    done = donate(page)
    assert (done["type"], done["session"]["status"]) == ("success", {"type": "complete", "paymentStatus": "paid"})
    assert merchant.state() == ("complete", "paid")
    with_card = [text for text in requests if GOOD in text]
    assert len(with_card) == 1
    assert with_card[0].startswith(f"{merchant.handle.url}/elements/payment")


def test_by_default_the_donor_goes_to_the_return_address(shop: Callable[..., Page], merchant: Merchant) -> None:
    page = shop(confirm={"email": "ada@example.org", "redirect": "always"})
    type_card(page)
    page.get_by_role("button", name="Donate").click()
    page.wait_for_url(f"{merchant.url}/thanks?session={merchant.session.id}")


def test_the_session_is_told_as_stripe_tells_it(shop: Callable[..., Page]) -> None:
    page = shop(offer={"monthly": True}, confirm={})
    opened(page).get_by_label("Card number").wait_for()
    session = page.evaluate("actions.getSession()")
    assert session["recurring"]["interval"] == "month"
    assert (session["canConfirm"], session["email"]) == (False, None)
    assert page.evaluate("actions.updateEmail('ada')")["error"]["code"] == "incompleteEmail"
    assert page.evaluate("actions.updateEmail('a@b')")["error"]["code"] == "invalidEmail"
    assert page.evaluate("actions.updateEmail('ada@example.org')")["session"]["email"] == "ada@example.org"
    type_card(page)
    until(page, "actions.getSession().canConfirm")
    assert log(page, "change")[-1]["complete"] is True
    assert log(page, "session")[-1]["canConfirm"] is True
    assert donate(page)["session"]["email"] == "ada@example.org"


@pytest.mark.parametrize("card", DECLINED, ids=lambda card: card.hint)
def test_declines(shop: Callable[..., Page], merchant: Merchant, card: Any) -> None:
    page = shop()
    type_card(page, card.number)
    refused = donate(page)["error"]
    assert refused["code"] == "paymentFailed"
    assert refused["paymentFailed"] == {"declineCode": card.decline.decline_code}
    assert refused["message"] == card.decline.message
    assert log(page, "session")[-1]["lastPaymentError"] == {"message": card.decline.message}
    assert merchant.state() == ("open", "unpaid")


def test_mistakes_stay_with_the_donor(shop: Callable[..., Page], merchant: Merchant) -> None:
    page = shop()
    frame = element(page)
    type_card(page, "4242424242424241")
    frame.get_by_label("Security code").fill("1")
    refused = donate(page)["error"]
    assert refused == {"message": "Your card number is invalid.", "code": None}
    number = frame.get_by_label("Card number")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_have_accessible_description("Your card number is invalid.")
    expect(number).to_be_focused()
    checked = page.evaluate("actions.validateElements()")["error"]
    assert [error["element"] for error in checked["validation_errors"]] == ["payment", "payment"]
    type_card(page)
    assert page.evaluate("actions.validateElements()")["type"] == "success"
    assert merchant.handle.sandbox.store.all("payment_intent") == []


def test_without_an_address_nothing_is_tried(shop: Callable[..., Page], merchant: Merchant) -> None:
    page = shop(confirm={})
    type_card(page)
    refused = donate(page)["error"]
    assert (refused["code"], "email" in refused["message"]) == (None, True)
    assert merchant.handle.sandbox.store.all("payment_intent") == []


@pytest.mark.parametrize("answer", ["Complete", "Fail", "Close", "Escape"])
def test_the_bank_asks(shop: Callable[..., Page], merchant: Merchant, answer: str) -> None:
    page = shop()
    type_card(page, ASKS)
    page.get_by_role("button", name="Donate").click()
    dialog = page.get_by_role("dialog", name="Confirm your payment")
    bank = dialog.frame_locator("iframe")
    expect(bank.get_by_role("button", name="Complete")).to_be_focused()
    assert barriers(page, "3d_secure") == []
    if answer == "Escape":
        dialog.get_by_role("button", name="Close").focus()
        page.keyboard.press("Escape")
    else:
        (dialog if answer == "Close" else bank).get_by_role("button", name=answer).click()
    done = said(page)
    expect(dialog).to_have_count(0)
    if answer == "Complete":
        assert (done["type"], merchant.state()) == ("success", ("complete", "paid"))
    else:
        assert done["error"]["code"] == "paymentFailed"
        assert done["error"]["paymentFailed"] == {"declineCode": None}
        assert merchant.state() == ("open", "unpaid")
        type_card(page)
        page.evaluate("document.getElementById('result').textContent = ''")
        assert donate(page)["type"] == "success"


@pytest.mark.parametrize("typed", [True, False])
def test_a_bank_account(shop: Callable[..., Page], merchant: Merchant, typed: bool) -> None:
    page = shop()
    frame = element(page)
    frame.get_by_role("radio", name="US bank account").check()
    expect(frame.get_by_text("you agree to authorize payments")).to_be_visible()
    assert barriers(page, "payment") == []
    frame.get_by_label("Full name").fill("Ada Lovelace")
    frame.get_by_label("Email").fill("ada@example.org")
    if typed:
        frame.get_by_label("Bank account", exact=True).select_option("other")
        frame.get_by_label("Routing number").fill("110000001")
        frame.get_by_label("Account number").fill("000222222227")
        assert donate(page)["error"]["message"] == "Your routing number is invalid."
        page.evaluate("document.getElementById('result').textContent = ''")
        frame.get_by_label("Routing number").fill("110000000")
    else:
        frame.get_by_label("Bank account", exact=True).select_option("000222222227")
    done = donate(page)
    assert done["session"]["status"] == {"type": "complete", "paymentStatus": "unpaid"}
    assert merchant.state() == ("complete", "unpaid")
    merchant.handle.settle_debits()
    failed = merchant.handle.events[-1]
    assert failed["type"] == "checkout.session.async_payment_failed"


def test_an_account_that_is_refused_at_once(shop: Callable[..., Page]) -> None:
    page = shop(offer={"allowed_payment_method_types": ["us_bank_account"], "customer_email": "ada@example.org"})
    frame = element(page)
    frame.get_by_label("Full name").fill("Ada Lovelace")
    expect(frame.get_by_label("Email")).to_be_hidden()
    expect(frame.get_by_label("Card number")).to_be_hidden()
    frame.get_by_label("Bank account", exact=True).select_option("000777777771")
    assert donate(page)["error"]["message"] == ACCOUNTS["000777777771"].at_once.message  # type: ignore[union-attr]


def test_the_amount_changes_on_the_server(shop: Callable[..., Page], merchant: Merchant) -> None:
    page = shop()
    type_card(page)
    merchant.new_amount = 4000
    done = page.evaluate("actions.runServerUpdate(() => fetch('/update', {method: 'POST'}))")
    assert done["session"]["total"]["total"] == {"minorUnitsAmount": 4000, "amount": "$40.00"}
    expect(page.locator("#amount")).to_have_text("$40.00")
    assert element(page).get_by_label("Card number").input_value() == "4242 4242 4242 4242"
    assert donate(page)["type"] == "success"
    assert merchant.handle.sandbox.store.all("charge")[-1]["amount"] == 4000


def test_a_failed_update_is_the_merchants_to_handle(shop: Callable[..., Page]) -> None:
    page = shop()
    type_card(page)
    text = "actions.runServerUpdate(async () => { throw new Error('mine'); }).catch((error) => error.message)"
    assert page.evaluate(text) == "mine"
    assert donate(page)["type"] == "success"


def test_a_card_is_saved_and_nothing_charged(shop: Callable[..., Page], merchant: Merchant) -> None:
    page = shop(offer={"mode": "setup", "line_items": None, "currency": "usd", "customer_creation": "always"})
    expect(element(page).get_by_text("you allow this merchant to charge")).to_be_visible()
    type_card(page, ASKS)
    page.get_by_role("button", name="Donate").click()
    bank = page.get_by_role("dialog").frame_locator("iframe")
    bank.get_by_role("button", name="Complete").click()
    done = said(page)
    assert done["session"]["status"] == {"type": "complete", "paymentStatus": "no_payment_required"}
    assert merchant.handle.sandbox.store.all("charge") == []
    [method] = merchant.handle.sandbox.store.all("payment_method")
    assert method["customer"] == merchant.handle.get(merchant.session.id)["customer"]


def test_the_order_and_a_collapsed_element(shop: Callable[..., Page]) -> None:
    page = shop(payment={"paymentMethodOrder": ["us_bank_account", "card"]})
    frame = opened(page)
    expect(frame.get_by_role("radio", name="US bank account")).to_be_checked()
    page.evaluate("void payment.collapse()")
    expect(frame.get_by_label("Full name")).to_be_hidden()
    until(page, "log.findLast(([type]) => type === 'change')?.[1].collapsed")
    assert donate(page)["error"] == {"message": "Please choose a payment method.", "code": None}
    frame.get_by_role("radio", name="Card").check()
    expect(frame.get_by_label("Card number")).to_be_visible()


def test_an_amount_nobody_saw_is_not_charged(shop: Callable[..., Page], merchant: Merchant) -> None:
    page = shop()
    type_card(page)
    merchant.change(9000)
    refused = donate(page)["error"]
    assert (refused["code"], "has changed" in refused["message"]) == (None, True)
    assert merchant.handle.sandbox.store.all("payment_intent") == []
    expect(page.locator("#amount")).to_have_text("$90.00")


def test_no_wallet_no_button(shop: Callable[..., Page]) -> None:
    page = shop()
    element(page).get_by_label("Card number").wait_for()
    until(page, "log.filter(([type]) => type === 'ready').length === 2")
    [ready] = [event for event in log(page, "ready") if event["elementType"] == "expressCheckout"]
    assert ready["availablePaymentMethods"] is None
    assert page.locator("#express").bounding_box()["height"] < 10  # type: ignore[index]


@pytest.mark.parametrize("card", [GOOD, "4000000000000002"])
def test_a_wallet(shop: Callable[..., Page], merchant: Merchant, card: str) -> None:
    merchant.handle.set_wallets("apple_pay", "link")
    page = shop(confirm={})
    page.frame_locator("#express iframe").get_by_role("button", name="Apple Pay").click()
    sheet = page.get_by_role("dialog", name="Pay with your wallet").frame_locator("iframe")
    sheet.get_by_role("button", name="Cancel").click()
    until(page, "log.filter(([type]) => type === 'cancel').length === 1")
    page.frame_locator("#express iframe").get_by_role("button", name="Apple Pay").click()
    sheet.get_by_label("Card in the wallet").select_option(card)
    assert barriers(page, "wallet") == []
    sheet.get_by_role("button", name="Pay", exact=True).click()
    done = said(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    [event] = log(page, "wallet")
    assert (event["type"], event["who"]["email"]) == ("apple_pay", "wallet@example.org")
    if card == GOOD:
        assert done["session"]["email"] == "wallet@example.org"
        charge = merchant.handle.sandbox.store.all("charge")[-1]
        assert charge["payment_method_details"]["card"]["wallet"]["type"] == "apple_pay"
    else:
        assert done["error"]["paymentFailed"] == {"declineCode": "generic_decline"}
        assert merchant.state() == ("open", "unpaid")


def test_what_the_merchant_asks_itself_the_element_does_not(shop: Callable[..., Page], merchant: Merchant) -> None:
    address = {"country": "US", "postal_code": "89501", "line1": "1 Main St"}
    page = shop(
        payment={"fields": {"billingDetails": {"address": "never", "name": "never"}}},
        confirm={"email": "ada@example.org", "billingAddress": {"name": "Ada", "address": address}},
    )
    frame = element(page)
    expect(frame.get_by_label("ZIP code")).to_be_hidden()
    frame.get_by_label("Card number").fill(GOOD)
    frame.get_by_label("Expiration date").fill("1240")
    frame.get_by_label("Security code").fill("123")
    assert donate(page)["type"] == "success"
    details = merchant.handle.get(merchant.session.id)["customer_details"]
    assert (details["name"], details["address"]["line1"]) == ("Ada", "1 Main St")


@pytest.mark.parametrize("theme", ["stripe", "night"])
def test_the_frame_is_for_everybody(shop: Callable[..., Page], theme: str) -> None:
    page = shop(width=320, elements={"appearance": {"theme": theme, "variables": {"fontSizeBase": "18px"}}})
    if theme == "night":
        page.evaluate("document.body.style.background = '#111111'; document.body.style.color = '#eeeeee'")
    frame = element(page)
    frame.get_by_label("Card number").focus()
    for label in ("Expiration date", "Security code", "Country", "ZIP code"):
        page.keyboard.press("Tab")
        expect(frame.get_by_label(label)).to_be_focused()
    assert frame.locator("body").evaluate("node => getComputedStyle(node).fontSize") == "18px"
    assert frame.locator("html").evaluate("node => node.scrollWidth <= node.clientWidth")
    assert barriers(page, "payment", contrast=theme == "stripe") == []


def test_a_frame_that_cannot_be_had(shop: Callable[..., Page], merchant: Merchant) -> None:
    merchant.handle.fault("element_down", count=2)
    page = shop()
    until(page, "log.some(([type]) => type === 'loaderror')")
    assert log(page, "loaderror")[0]["error"]["type"] == "api_error"


def test_a_merchant_may_be_slow_to_open_the_session(shop: Callable[..., Page], merchant: Merchant) -> None:
    merchant.pause = 6.0
    page = shop()
    expect(element(page).get_by_label("Card number")).to_be_visible()
    assert log(page, "loaderror") == []
    type_card(page)
    assert donate(page)["type"] == "success"


def test_a_session_that_cannot_be_had(shop: Callable[..., Page], merchant: Merchant) -> None:
    merchant.handle.fault("error_before", path="/v1/payment_pages/")
    assert said(shop())["error"]["code"] is None


def test_a_script_that_never_comes(shop: Callable[..., Page], merchant: Merchant) -> None:
    merchant.handle.fault("script_down")
    assert said(shop()) == "no script"


def test_a_script_that_comes_late(shop: Callable[..., Page], merchant: Merchant) -> None:
    merchant.handle.fault("script_slow", seconds=1.5)
    page = shop()
    type_card(page)
    assert donate(page)["type"] == "success"


@pytest.mark.parametrize("kind", ["error_after", "cut"])
def test_an_answer_that_is_lost_is_told_and_not_paid_twice(
    shop: Callable[..., Page], merchant: Merchant, kind: str
) -> None:
    page = shop()
    type_card(page)
    merchant.handle.fault(kind, path="/v1/payment_pages/")
    assert donate(page)["error"]["code"] is None
    assert merchant.state() == ("complete", "paid")
    assert log(page, "session")[-1]["status"]["type"] == "complete"
    page.evaluate("document.getElementById('result').textContent = ''")
    assert donate(page)["error"]["message"].endswith("no longer open.")
    assert len(merchant.handle.sandbox.store.all("charge")) == 1
