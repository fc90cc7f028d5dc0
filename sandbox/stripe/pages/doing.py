"""What the controls and the overview's buttons do."""

from __future__ import annotations

from dataclasses import replace

from sandbox.stripe.core.world import Sandbox
from sandbox.stripe.flows import debits, finishing, settling
from sandbox.stripe.flows.banks import ACCOUNTS, BankEntered
from sandbox.stripe.flows.billing import subscribing
from sandbox.stripe.flows.cards import CARDS, WALLETS, Decline, Entered
from sandbox.stripe.flows.challenge import Challenge
from sandbox.stripe.pages import entry


def pay(
    sandbox: Sandbox,
    session_id: str,
    card: str = "4242424242424242",
    email: str = "donor@example.org",
    name: str = "Test Donor",
    authenticate: bool = True,
    wallet: str | None = None,
) -> str | None:
    """Pay a session with a test card; the message when it was declined, None when it was paid.

    When 3-D Secure asks, `authenticate` is the answer. `wallet` is the one that hands the card over: the donor's
    browser has it (`set_wallets`).
    """
    if wallet is not None and wallet not in wallets_of(sandbox):
        raise ValueError(f"the donor's browser has no {wallet}")
    session = sandbox.get("checkout.session", session_id)
    known = CARDS.get(card)
    cvc = "1234" if known and known.cvc_length == 4 else "123"
    form = {"number": card, "expiry": "12 / 40", "cvc": cvc, "email": email, "name": name}
    entered, errors = entry.read(form, sandbox.now(), finishing.known_email(session))
    if entered is None:
        raise ValueError("; ".join(errors.values()))
    return _paid(sandbox, session_id, replace(entered, wallet=wallet), authenticate)


def pay_by_bank(
    sandbox: Sandbox,
    session_id: str,
    account: str = "000123456789",
    email: str = "donor@example.org",
    name: str = "Test Donor",
) -> str | None:
    """Pay a session from a test bank account; the message when it was refused at once, None when it is pending."""
    session = sandbox.get("checkout.session", session_id)
    if account not in ACCOUNTS:
        raise ValueError(f"not a test account: {account}")
    address = finishing.known_email(session) or email
    return _paid(sandbox, session_id, BankEntered(ACCOUNTS[account], name, address), True)


def _paid(sandbox: Sandbox, session_id: str, entered: Entered | BankEntered, authenticate: bool) -> str | None:
    try:
        result = finishing.pay(sandbox, session_id, entered)
        if isinstance(result, Challenge):
            result = finishing.authenticated(sandbox, session_id, authenticate)
    except finishing.NotOpen as closed:
        raise ValueError(f"the session is {closed}") from None
    return result.message if isinstance(result, Decline) else None


def settle_debits(sandbox: Sandbox, sent_back: str | None = None) -> int:
    """Let the bank answer every pending debit now; how many there were.

    Without `sent_back` as each test account foretells, else for that reason: the `code` of a test account's return.
    """
    reasons = {a.later.code: a.later for a in ACCOUNTS.values() if a.later}
    if sent_back is not None and sent_back not in reasons:
        raise ValueError(f"a debit comes back for one of: {', '.join(reasons)}")
    pending = [charge for charge in sandbox.store.all("charge") if charge["status"] == "pending"]
    for charge in pending:
        with sandbox.action():
            why = reasons[sent_back] if sent_back else debits.foretold(sandbox, charge)
            settling.finish(sandbox, charge, why)
    return len(pending)


def set_wallets(sandbox: Sandbox, names: list[str]) -> None:
    """Which wallets a donor's browser has: apple_pay, google_pay, link; none at first."""
    wrong = set(names) - set(WALLETS)
    if wrong:
        raise ValueError(f"wallets are {', '.join(WALLETS)}, not {', '.join(sorted(wrong))}")
    with sandbox.store.transaction():
        sandbox.store.put("_meta", {"id": "wallets", "names": names})


def wallets_of(sandbox: Sandbox) -> list[str]:
    return list((sandbox.store.get("_meta", "wallets") or {}).get("names", []))


def renew(sandbox: Sandbox, subscription_id: str) -> str | None:
    """Bill the next period now, without moving the clock; the invoice's id."""
    with sandbox.action():
        invoice = subscribing.renew(sandbox, sandbox.get("subscription", subscription_id), at_once=True)
    return invoice["id"] if invoice else None


def decline_next(sandbox: Sandbox, subscription_id: str, times: int = 1) -> None:
    """The next charges of this subscription are declined, whatever its card."""
    sandbox.get("subscription", subscription_id)
    sandbox.store.put("_switch", {"id": subscription_id, "declines": times})


def declines_waiting(sandbox: Sandbox, subscription_id: str) -> int:
    row = sandbox.store.get("_switch", subscription_id)
    return int(row["declines"]) if row else 0
