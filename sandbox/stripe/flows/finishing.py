"""What happens when somebody presses Pay on Checkout's page, or confirms in the merchant's.

docs.stripe.com/payments/checkout/how-checkout-works. The PaymentIntent is made when the donor pays, not with
the session; a subscription and its invoice are made after the payment
(docs.stripe.com/changelog/basil/2025-03-31/checkout-legacy-subscription-upgrade).
"""

from __future__ import annotations

from typing import Any

from sandbox.stripe.core.shapes import Obj, make, new_id
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import challenge, debits, paying, setting_up
from sandbox.stripe.flows.banks import BankEntered
from sandbox.stripe.flows.billing import changing, invoicing, periods, subscribing
from sandbox.stripe.flows.cards import Decline, Entered
from sandbox.stripe.flows.challenge import Challenge

Result = Decline | Challenge | None


class NotOpen(Exception):
    """The session is complete or expired; it cannot be paid (again)."""


def pay(sandbox: Sandbox, session_id: str, entered: Entered | BankEntered) -> Result:
    """Pay an open session with what was typed; None when the session is complete.

    A Decline leaves it open. A Challenge waits for `authenticated`.
    """
    with sandbox.action():
        if isinstance(entered, BankEntered):
            method = debits.create_method(sandbox, entered)
        else:
            method = paying.create_method(sandbox, entered)
        return pay_with(sandbox, session_id, method)


def pay_with(sandbox: Sandbox, session_id: str, method: Obj) -> Result:
    """Pay an open session with a PaymentMethod, inside an action."""
    session = _open_session(sandbox, session_id)
    private = sandbox.get("_session", session_id)
    intent = _intent(sandbox, session, private)
    if challenge.wanted(sandbox, session, method):
        challenge.begin(sandbox, intent, method)
        sandbox.store.put("_session", {**private, "waiting": method["id"]})
        return Challenge(session_id)
    return _finish(sandbox, session, private, intent, method)


def authenticated(sandbox: Sandbox, session_id: str, passed: bool) -> Decline | None:
    """The donor answered the bank's challenge."""
    with sandbox.action():
        session = _open_session(sandbox, session_id)
        private = sandbox.get("_session", session_id)
        intent = _intent(sandbox, session, private)
        waiting = private.pop("waiting", None)
        if waiting is None or intent["status"] != "requires_action":
            raise NotOpen("not waiting for authentication")
        sandbox.store.put("_session", private)
        method = sandbox.get("payment_method", waiting)
        if not passed:
            return challenge.failed(sandbox, intent, method)
        challenge.passed(sandbox, intent, method)
        return _finish(sandbox, session, private, intent, method)


def _open_session(sandbox: Sandbox, session_id: str) -> Obj:
    session = sandbox.get("checkout.session", session_id)
    if session["status"] != "open":
        raise NotOpen(session["status"])
    return session


def _finish(sandbox: Sandbox, session: Obj, private: Obj, intent: Obj, method: Obj) -> Decline | None:
    if intent["object"] == "setup_intent":
        decline = setting_up.refusal(sandbox, method)
        customer = None if decline else _customer(sandbox, session, private, method)
        setting_up.attempt(sandbox, intent, method, customer, decline)
    else:
        decline = paying.decline_of(sandbox, method)
        customer = None if decline else _customer(sandbox, session, private, method)
        decline = _take(sandbox, intent, method, customer, decline)
    if decline is None:
        _complete(sandbox, session, private, intent, method, customer)
    return decline


def _take(
    sandbox: Sandbox, intent: Obj, method: Obj, customer: Obj | None, decline: Decline | None
) -> Decline | None:
    if customer is not None:
        intent["customer"] = customer["id"]
        paying.attach(sandbox, method, customer["id"])
    if method["type"] == "us_bank_account":
        return debits.begin(sandbox, intent, method)
    paying.attempt(sandbox, intent, method, decline)
    return decline


def terms(session: Obj, private: Obj) -> Obj:
    """What the session says about its PaymentIntent."""
    data: dict[str, Any] = private["payment_intent_data"]
    recurring = session["mode"] == "subscription"
    return {
        "metadata": dict(data.get("metadata") or {}),
        "receipt_email": data.get("receipt_email"),
        "description": "Subscription creation" if recurring else data.get("description"),
        "setup_future_usage": "off_session" if recurring else data.get("setup_future_usage"),
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
    }


def _intent(sandbox: Sandbox, session: Obj, private: Obj) -> Obj:
    """The session's PaymentIntent (one, however many cards are tried) or SetupIntent."""
    if session["mode"] == "setup":
        return sandbox.get("setup_intent", session["setup_intent"])
    if private["intent"]:
        return sandbox.get("payment_intent", private["intent"])
    if not session["amount_total"]:
        return _saving(sandbox, session, private)
    intent = paying.create_intent(
        sandbox,
        session["amount_total"],
        session["currency"],
        customer=session["customer"],
        payment_method_types=list(session["payment_method_types"]),
        **terms(session, private),
    )
    private["intent"] = intent["id"]
    sandbox.store.put("_session", private)
    if session["mode"] == "payment":
        session["payment_intent"] = intent["id"]
        sandbox.store.save(session)
    return intent


def _saving(sandbox: Sandbox, session: Obj, private: Obj) -> Obj:
    """A subscription that costs nothing yet: the method is saved for its first charge."""
    if private.get("saving"):
        return sandbox.get("setup_intent", private["saving"])
    intent = setting_up.create_intent(sandbox, session["customer"], list(session["payment_method_types"]), {})
    private["saving"] = intent["id"]
    sandbox.store.put("_session", private)
    return intent


def _customer(sandbox: Sandbox, session: Obj, private: Obj, method: Obj) -> Obj | None:
    """docs.stripe.com/api/checkout/sessions/create#create_checkout_session-customer_creation"""
    if session["customer"]:
        return sandbox.get("customer", session["customer"])
    wanted = session["mode"] == "subscription" or session["customer_creation"] == "always"
    if not wanted and not private["payment_intent_data"].get("setup_future_usage"):
        return None
    who = method["billing_details"]
    return create_customer(sandbox, email=_email(session, method), name=who["name"], phone=who["phone"])


def create_customer(sandbox: Sandbox, **values: object) -> Obj:
    """docs.stripe.com/api/customers/object"""
    settings = {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}
    customer = make(
        "customer",
        sandbox.now(),
        balance=0,
        delinquent=False,
        invoice_prefix=new_id("", 8).upper(),
        next_invoice_sequence=1,
        preferred_locales=[],
        tax_exempt="none",
    )
    customer["invoice_settings"] = settings
    customer.update(values)
    sandbox.store.save(customer)
    sandbox.emit("customer.created", customer)
    return customer


def known_email(session: Obj) -> str | None:
    """The address the merchant gave; the donor is not asked then."""
    details = session["customer_details"]
    return details["email"] if details else None


def _email(session: Obj, method: Obj) -> str | None:
    return known_email(session) or method["billing_details"]["email"]


def _complete(sandbox: Sandbox, session: Obj, private: Obj, intent: Obj, method: Obj, customer: Obj | None) -> None:
    who = method["billing_details"]
    details = {
        "address": who["address"],
        "business_name": None,
        "email": _email(session, method),
        "individual_name": None,
        "name": who["name"],
        "phone": who["phone"],
        "tax_exempt": "none",
        "tax_ids": [],
    }
    session.update(
        status="complete", url=None, customer_details=details, customer=customer["id"] if customer else None
    )
    if intent["object"] == "payment_intent":
        session["payment_status"] = "paid" if intent["status"] == "succeeded" else "unpaid"
    if session["mode"] == "subscription" and customer is not None:
        subscription = _subscribe(sandbox, private, customer, method, intent)
        session.update(subscription=subscription["id"], invoice=subscription["latest_invoice"])
    sandbox.store.save(session)
    sandbox.due_at("expire", session["id"], None)
    sandbox.emit("checkout.session.completed", session)


def _subscribe(sandbox: Sandbox, private: Obj, customer: Obj, method: Obj, intent: Obj) -> Obj:
    data = private["subscription_data"]
    prices = [(line["price"], line["quantity"]) for line in private["line_items"]]
    begins = periods.beginning(data, sandbox.now(), "subscription_data")
    subscription = subscribing.create(
        sandbox,
        customer,
        prices,
        begins,
        metadata=dict(data.get("metadata") or {}),
        description=data.get("description"),
        default_payment_method=method["id"],
    )
    invoice = subscribing.first_invoice(sandbox, subscription, begins)
    sandbox.emit("customer.subscription.created", subscription)
    if begins.trial:
        changing.plan_trial(sandbox, subscription)
    if invoice["status"] == "paid":
        return subscription
    if intent["status"] == "succeeded":
        invoicing.mark_paid(sandbox, invoice, intent)
    else:
        invoicing.link_payment(sandbox, invoice, intent)
    return subscription


def expire(sandbox: Sandbox, session: Obj) -> Obj:
    """docs.stripe.com/api/checkout/sessions/expire"""
    session.update(status="expired", url=None)
    sandbox.store.save(session)
    sandbox.due_at("expire", session["id"], None)
    private = sandbox.get("_session", session["id"])
    if private["intent"]:
        paying.cancel_intent(sandbox, sandbox.get("payment_intent", private["intent"]), "abandoned")
    saving = session["setup_intent"] or private.get("saving")
    if saving:
        setting_up.cancel(sandbox, sandbox.get("setup_intent", saving))
    sandbox.emit("checkout.session.expired", session)
    return session
