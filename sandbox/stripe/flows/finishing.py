"""What happens when somebody presses Pay on a Checkout page.

docs.stripe.com/payments/checkout/how-checkout-works. The PaymentIntent is made when the donor pays, not with
the session; a subscription and its invoice are made after the payment
(docs.stripe.com/changelog/basil/2025-03-31/checkout-legacy-subscription-upgrade).
"""

from __future__ import annotations

from sandbox.stripe.core.shapes import Obj, make, new_id
from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import invoicing, paying, subscribing
from sandbox.stripe.flows.cards import Decline, Entered, billing_details


class NotOpen(Exception):
    """The session is complete or expired; it cannot be paid (again)."""


def pay(sandbox: Sandbox, session_id: str, entered: Entered) -> Decline | None:
    """Pay an open session; the decline when the card was refused, and then the session stays open."""
    with sandbox.action():
        session = sandbox.get("checkout.session", session_id)
        if session["status"] != "open":
            raise NotOpen(session["status"])
        private = sandbox.get("_session", session_id)
        intent = _intent(sandbox, session, private, entered)
        method = paying.create_method(sandbox, entered)
        customer = _customer(sandbox, session, entered) if entered.card.decline is None else None
        if customer is not None:
            intent["customer"] = customer["id"]
            paying.attach(sandbox, method, customer["id"])
        paying.attempt(sandbox, intent, method, entered.card.decline)
        if entered.card.decline is None:
            _complete(sandbox, session, private, entered, intent, method, customer)
        return entered.card.decline


def _intent(sandbox: Sandbox, session: Obj, private: Obj, entered: Entered) -> Obj:
    """The session's PaymentIntent: one, however many cards are tried."""
    if private["intent"]:
        return sandbox.get("payment_intent", private["intent"])
    data = private["payment_intent_data"]
    recurring = session["mode"] == "subscription"
    intent = paying.create_intent(
        sandbox,
        session["amount_total"],
        session["currency"],
        customer=session["customer"],
        metadata=dict(data.get("metadata") or {}),
        receipt_email=data.get("receipt_email"),
        description="Subscription creation" if recurring else data.get("description"),
        setup_future_usage="off_session" if recurring else data.get("setup_future_usage"),
        statement_descriptor_suffix=data.get("statement_descriptor_suffix"),
    )
    private["intent"] = intent["id"]
    sandbox.store.put("_session", private)
    if not recurring:
        session["payment_intent"] = intent["id"]
        sandbox.store.save(session)
    return intent


def _customer(sandbox: Sandbox, session: Obj, entered: Entered) -> Obj | None:
    """docs.stripe.com/api/checkout/sessions/create#create_checkout_session-customer_creation"""
    if session["customer"]:
        return sandbox.get("customer", session["customer"])
    data = sandbox.get("_session", session["id"])["payment_intent_data"]
    wanted = session["mode"] == "subscription" or session["customer_creation"] == "always"
    if not wanted and not data.get("setup_future_usage"):
        return None
    return create_customer(sandbox, email=entered.email, name=entered.name or None)


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


def _complete(
    sandbox: Sandbox, session: Obj, private: Obj, entered: Entered, intent: Obj, method: Obj, customer: Obj | None
) -> None:
    address = billing_details(entered)["address"]
    details = {
        "address": address,
        "business_name": None,
        "email": entered.email,
        "individual_name": None,
        "name": entered.name or None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    session.update(
        status="complete",
        payment_status="paid",
        url=None,
        customer_details=details,
        customer=customer["id"] if customer else None,
    )
    if session["mode"] == "subscription" and customer is not None:
        subscription = _subscribe(sandbox, private, customer, method, intent)
        session.update(subscription=subscription["id"], invoice=subscription["latest_invoice"])
    sandbox.store.save(session)
    sandbox.due_at("expire", session["id"], None)
    sandbox.emit("checkout.session.completed", session)


def _subscribe(sandbox: Sandbox, private: Obj, customer: Obj, method: Obj, intent: Obj) -> Obj:
    data = private["subscription_data"]
    prices = [(line["price"], line["quantity"]) for line in private["line_items"]]
    subscription = subscribing.create(
        sandbox,
        customer,
        prices,
        metadata=dict(data.get("metadata") or {}),
        description=data.get("description"),
        default_payment_method=method["id"],
    )
    invoice = invoicing.draft(sandbox, subscription, "subscription_create")
    subscription["latest_invoice"] = invoice["id"]
    subscribing.keep(sandbox, subscription)
    sandbox.emit("customer.subscription.created", subscription)
    invoicing.finalize(sandbox, invoice)
    invoicing.mark_paid(sandbox, invoice, intent)
    return subscription


def expire(sandbox: Sandbox, session: Obj) -> Obj:
    """docs.stripe.com/api/checkout/sessions/expire"""
    session.update(status="expired", url=None)
    sandbox.store.save(session)
    sandbox.due_at("expire", session["id"], None)
    private = sandbox.get("_session", session["id"])
    if private["intent"]:
        paying.cancel_intent(sandbox, sandbox.get("payment_intent", private["intent"]), "abandoned")
    sandbox.emit("checkout.session.expired", session)
    return session
