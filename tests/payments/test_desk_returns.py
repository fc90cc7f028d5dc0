"""The desk's pages of what goes back: who may, what they refuse, the second person, and what each says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from sandbox.stripe.testing import Handle
from station.accounts.models import Approval, Role
from station.accounts.places import SUBJECT_PAGES
from station.core import runtime
from station.core.db import db
from station.core.ids import public_id
from station.payments import queries
from station.payments.models import DisputeState
from tests.browsing import send, token_of
from tests.conftest import changed
from tests.payments.parts import opened, row_of, work_items
from tests.payments.returns import Outbox, asked, charge_of, hear, paid, the_dispute, the_refunds

Desk = Callable[..., FlaskClient]


def page_of(payment_id: UUID, what: str = "") -> str:
    return f"/desk/payments/{public_id('pay', payment_id)}{what}"


def dispute_page(payment_id: UUID, what: str = "") -> str:
    return f"/desk/disputes/{the_dispute(payment_id).public_id}{what}"


def facts(amount: str = "15", **more: str) -> dict[str, str]:
    return {"amount": amount, "reason": "requested_by_customer", "note": "They called.", **more}


def press(person: FlaskClient, page: str, note: str, shown: str | None = None) -> Any:
    """Refund all of the list `shown` at `page`; of the one that is there now, without it."""
    found = re.search(r'name="seen"[^>]*value="([^"]+)"', shown or person.get(page).text)
    assert found
    return send(person, page, {"note": note, "seen": found[1]})


def test_a_refund_from_the_payments_page(house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk) -> None:
    payment_id, person = paid(house, stripe_sandbox, outbox), desk(Role.DEVELOPMENT)
    assert page_of(payment_id, "/refund") in person.get(page_of(payment_id)).text
    form = person.get(page_of(payment_id, "/refund")).text
    assert 'value="15.00"' in form
    assert "At most $15.00" in form
    done = send(person, page_of(payment_id, "/refund"), facts("5.50"))
    assert (done.status_code, done.location) == (303, page_of(payment_id))
    assert the_refunds(payment_id) == [(550, "succeeded", "desk")]
    told = person.get(page_of(payment_id)).text
    for words in ("Went out", "$5.50", "They called.", "Development Person", "Partly refunded", "refund:"):
        assert words in told, words


@pytest.mark.parametrize(
    ("amount", "note", "words"),
    [
        ("", "x", "Type the amount that goes back."),
        ("ten", "x", "Type an amount such as 25"),
        ("0", "x", "Type an amount above zero."),
        ("-5", "x", "Type an amount such as 25"),
        ("15.01", "x", "At most $15.00 is left"),
        ("99999999999", "x", "At most $15.00 is left"),
        ("5", "", "Say in a line what happened."),
        ("5", " ", "Say in a line what happened."),
        ("5", "x" * 501, "Shorten it to 500."),
    ],
)
def test_what_the_refund_page_refuses(
    amount: str, note: str, words: str, house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    page = send(desk(Role.DEVELOPMENT), page_of(payment_id, "/refund"), facts(amount, note=note))
    assert page.status_code == 422
    assert words in page.text
    assert the_refunds(payment_id) == []


def test_an_unknown_reason_is_refused(house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    page = send(desk(Role.DEVELOPMENT), page_of(payment_id, "/refund"), facts("5", reason="because"))
    assert page.status_code == 422
    assert the_refunds(payment_id) == []


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.NEWS, Role.VOLUNTEER, Role.UNDERWRITING])
def test_others_give_nothing_back(role: Role, house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk) -> None:
    payment_id, person = paid(house, stripe_sandbox, outbox), desk(role)
    for what in ("/refund", "/alike"):
        assert person.get(page_of(payment_id, what)).status_code == 403
        assert send(person, "/desk/account", facts(), to=page_of(payment_id, what)).status_code == 403
    assert the_refunds(payment_id) == []


def test_an_old_session_must_prove_itself_and_what_was_typed_is_kept(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk
) -> None:
    payment_id, person = paid(house, stripe_sandbox, outbox), desk(Role.DEVELOPMENT, confirmed=False)
    assert person.get(page_of(payment_id, "/refund")).status_code == 303
    asked_for = send(person, "/desk/account", facts("5"), to=page_of(payment_id, "/refund"))
    assert asked_for.status_code == 403
    assert 'name="note" value="They called."' in asked_for.text
    assert the_refunds(payment_id) == []


def test_a_payment_without_money_says_why(house: Any, desk: Desk) -> None:
    page = desk(Role.DEVELOPMENT).get(page_of(opened(house), "/refund"))
    assert "No money came of this payment" in page.text
    assert '<form class="form panel"' not in page.text


def test_stripe_without_an_answer_is_said_and_made_up_for(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk, later: Callable[..., None]
) -> None:
    payment_id, person = paid(house, stripe_sandbox, outbox), desk(Role.DEVELOPMENT)
    stripe_sandbox.fault("error_before", count=2, method="POST", path="/v1/refunds")
    assert send(person, page_of(payment_id, "/refund"), facts("5")).status_code == 303
    assert "Stripe has not answered yet" in person.get(page_of(payment_id)).text
    later(minutes=1)
    outbox()
    assert the_refunds(payment_id) == [(500, "succeeded", "desk")]


def test_above_the_limit_a_second_person_decides(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    asker, decider = desk(Role.DEVELOPMENT), desk(Role.ADMIN)
    with changed(runtime.settings(), refund_limit=10):
        send(asker, page_of(payment_id, "/refund"), facts("4"))  # below it, alone
        done = send(asker, page_of(payment_id, "/refund"), facts("7"))  # in pieces it would be eleven
        assert done.status_code == 303
        again = send(asker, page_of(payment_id, "/refund"), facts("7"))
        assert (again.status_code, "waits for a second person" in again.text) == (422, True)
        assert the_refunds(payment_id) == [(400, "succeeded", "desk")]
        approval = f"/desk/approvals/{public_id('approval', db.session.scalars(sa.select(Approval.id)).one())}"
        assert "Refund $7.00 of a payment of $15.00" in decider.get(approval).text
        own = asker.post(
            f"{approval}/decide", data={"decision": "yes", "csrf_token": token_of(asker, "/desk/account")}
        )
        assert own.status_code == 422
        yes = send(decider, approval, {"decision": "yes", "note": "Seen."}, to=f"{approval}/decide")
        assert yes.status_code == 303
    outbox()
    assert the_refunds(payment_id) == [(400, "succeeded", "desk"), (700, "succeeded", "desk")]


def test_an_approval_that_came_too_late_changes_nothing(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    asker, decider = desk(Role.DEVELOPMENT), desk(Role.ADMIN)
    with changed(runtime.settings(), refund_limit=10):
        send(asker, page_of(payment_id, "/refund"), facts("15"))
        stripe_sandbox.dispute(charge_of(payment_id))
        hear(stripe_sandbox, outbox)
        approval = f"/desk/approvals/{public_id('approval', db.session.scalars(sa.select(Approval.id)).one())}"
        late = send(decider, approval, {"decision": "yes", "note": "Seen."}, to=f"{approval}/decide")
    assert (late.status_code, "pay the donor twice" in late.text) == (422, True)
    assert the_refunds(payment_id) == []


def test_everything_of_a_stolen_card_goes_back_in_one_step(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk
) -> None:
    same = [paid(house, stripe_sandbox, outbox) for _ in range(3)]
    other = paid(house, stripe_sandbox, outbox, card="5555555555554444")
    person, page = desk(Role.DEVELOPMENT), page_of(same[0], "/alike?by=card&hours=24")
    shown = person.get(page).text
    assert "3 payments, $45.00 in all" in shown
    assert public_id("pay", other) not in shown
    assert press(person, page, "").status_code == 422
    done = press(person, page, "One card, three names.")
    assert (done.status_code, done.location) == (303, page_of(same[0]))
    outbox()
    assert [the_refunds(each) for each in same] == [[(1500, "succeeded", "desk")]] * 3
    assert the_refunds(other) == []
    again = person.get(page).text
    assert "Nothing" in again
    assert "in all" not in again
    twice = press(person, page, "One card, three names.", shown)
    assert (twice.status_code, "nothing went back" in twice.text) == (409, True)


def test_what_came_between_look_and_press_stays(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk, later: Callable[..., None]
) -> None:
    same = [paid(house, stripe_sandbox, outbox)]
    person, page = desk(Role.DEVELOPMENT), page_of(same[0], "/alike?by=card&hours=24")
    shown = person.get(page).text
    later(minutes=1)
    same.append(paid(house, stripe_sandbox, outbox))
    later(minutes=1)
    for seen in (shown, 'name="seen" value="x"'):
        refused = press(person, page, "One card.", seen)
        assert (refused.status_code, "has changed since" in refused.text) == (409, True)
        assert ("2 payments, $30.00 in all" in refused.text, ">\r\nOne card.</textarea>" in refused.text) == (
            True,
            True,
        )
    outbox()
    assert [the_refunds(each) for each in same] == [[], []]
    assert press(person, page, "One card.", refused.text).status_code == 303
    outbox()
    assert [the_refunds(each) for each in same] == [[(1500, "succeeded", "desk")]] * 2


def test_many_above_the_limit_take_one_approval(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk
) -> None:
    same = [paid(house, stripe_sandbox, outbox) for _ in range(2)]
    asker, decider = desk(Role.DEVELOPMENT), desk(Role.ADMIN)
    with changed(runtime.settings(), refund_limit=20):
        press(asker, page_of(same[1], "/alike?by=card"), "A tester.")
        assert [the_refunds(each) for each in same] == [[], []]
        approval = f"/desk/approvals/{public_id('approval', db.session.scalars(sa.select(Approval.id)).one())}"
        assert "Refund 2 payments that look like stolen cards, $30.00 in all" in decider.get(approval).text
        send(decider, approval, {"decision": "yes", "note": "Seen."}, to=f"{approval}/decide")
    outbox()
    assert [the_refunds(each) for each in same] == [[(1500, "succeeded", "desk")]] * 2


@pytest.mark.parametrize("query", ["", "?by=shoes", "?by=card&hours=x", "?by=network", "?hours=-1"])
def test_no_other_likeness_gives_anything_back(
    query: str, house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    page = desk(Role.DEVELOPMENT).get(page_of(payment_id, f"/alike{query}"))
    assert page.status_code == 200
    assert the_refunds(payment_id) == []


def test_a_dispute_and_our_answer(house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk) -> None:
    payment_id, person = paid(house, stripe_sandbox, outbox), desk(Role.DEVELOPMENT)
    found = stripe_sandbox.dispute(charge_of(payment_id))
    hear(stripe_sandbox, outbox)
    listed = person.get("/desk/disputes").text
    assert "Answer it" in listed
    assert the_dispute(payment_id).public_id in listed
    shown = person.get(dispute_page(payment_id)).text
    for words in ("Waits for us", "Fraudulent", "Evidence from our records", "Visa ending 4242", "$15.00"):
        assert words in shown, words
    data = person.get(dispute_page(payment_id, "/evidence.json"))
    assert data.headers["Cache-Control"] == "private, no-store"
    assert data.json is not None
    assert "Visa ending 4242" in data.json["fields"]["uncategorized_text"]
    assert (
        send(person, dispute_page(payment_id), {"note": " "}, to=dispute_page(payment_id, "/answer")).status_code
        == 422
    )
    sent = send(person, dispute_page(payment_id), {"note": "We know them."}, to=dispute_page(payment_id, "/answer"))
    assert sent.status_code == 303
    assert the_dispute(payment_id).state is DisputeState.UNDER_REVIEW
    evidence = stripe_sandbox.get(found["id"])["evidence"]
    assert evidence["uncategorized_text"].startswith("We know them.")
    assert "127.0.0.1" not in str(evidence)
    assert dispute_page(payment_id, "/answer") not in person.get(dispute_page(payment_id)).text
    assert dispute_page(payment_id) in person.get(page_of(payment_id)).text


def test_the_loss_is_accepted_at_the_desk(house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk) -> None:
    payment_id, person = paid(house, stripe_sandbox, outbox), desk(Role.DEVELOPMENT)
    stripe_sandbox.dispute(charge_of(payment_id))
    hear(stripe_sandbox, outbox)
    page = dispute_page(payment_id)
    token = token_of(person, page)
    for _ in range(2):  # twice, as with a double click
        person.post(f"{page}/accept", data={"csrf_token": token, "note": "A stolen card."})
    assert the_dispute(payment_id).state is DisputeState.LOST
    late = person.post(f"{page}/answer", data={"csrf_token": token, "note": "But no."})
    assert (late.status_code, "awaits no answer any more" in late.text) == (422, True)


def test_stripe_away_while_answering(house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk) -> None:
    payment_id, person = paid(house, stripe_sandbox, outbox), desk(Role.DEVELOPMENT)
    stripe_sandbox.dispute(charge_of(payment_id))
    hear(stripe_sandbox, outbox)
    page = dispute_page(payment_id)
    stripe_sandbox.fault("error_before", count=2, method="POST", path="/v1/disputes")
    away = send(person, page, {"note": "We know them."}, to=f"{page}/answer")
    assert (away.status_code, "Stripe has not answered" in away.text) == (422, True)
    assert send(person, page, {"note": "We know them."}, to=f"{page}/answer").status_code == 303


def test_an_auditor_reads_disputes_and_answers_none(
    house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk
) -> None:
    payment_id, person = paid(house, stripe_sandbox, outbox), desk(Role.AUDITOR)
    stripe_sandbox.dispute(charge_of(payment_id))
    hear(stripe_sandbox, outbox)
    page = person.get(dispute_page(payment_id))
    assert page.status_code == 200
    assert "What we say to the bank" not in page.text
    stripe_sandbox.warn(charge_of(payment_id))
    assert "/refund" not in person.get("/desk/disputes").text
    assert "/refund" not in person.get(page_of(payment_id)).text
    for what in ("/answer", "/accept"):
        refused = send(person, "/desk/account", {"note": "Mine"}, to=dispute_page(payment_id, what))
        assert refused.status_code == 403
    assert the_dispute(payment_id).state is DisputeState.NEEDS_RESPONSE


def test_a_fraud_warning_leads_to_the_refund(house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk) -> None:
    payment_id, person = paid(house, stripe_sandbox, outbox), desk(Role.DEVELOPMENT)
    stripe_sandbox.warn(charge_of(payment_id), "made_with_stolen_card")
    hear(stripe_sandbox, outbox)
    assert page_of(payment_id, "/refund") in person.get("/desk/disputes").text
    assert "issuer suspects fraud (made with stolen card)" in person.get(page_of(payment_id)).text
    send(person, page_of(payment_id, "/refund"), facts("15", reason="fraudulent"))
    hear(stripe_sandbox, outbox)
    assert queries.open_warnings() == []
    assert work_items() == ["payments.fraud_warning"]  # closed by itself
    assert row_of(payment_id).refunded_cents == 1500


@pytest.mark.parametrize(
    "name", ["dispute_x", "pay_01h00000000000000000000000", "dispute_01h00000000000000000000000"]
)
def test_an_unknown_dispute_is_not_found(name: str, desk: Desk) -> None:
    person = desk(Role.DEVELOPMENT)
    for what in ("", "/evidence.json"):
        assert person.get(f"/desk/disputes/{name}{what}").status_code == 404
    assert person.get("/desk/payments/pay_x/refund").status_code == 404
    assert person.get("/desk/payments/pay_x/alike").status_code == 404


def test_a_refund_is_a_way_to_its_payment(
    app: Any, house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk
) -> None:
    payment_id = paid(house, stripe_sandbox, outbox)
    refund_id = asked(payment_id, 500)
    (page,) = [each for each in SUBJECT_PAGES if each.kind == "refund"]
    with app.test_request_context():
        assert page.url(refund_id) == page_of(payment_id)


def test_the_list_of_what_is_or_was_disputed(house: Any, stripe_sandbox: Handle, outbox: Outbox, desk: Desk) -> None:
    plain, disputed = (paid(house, stripe_sandbox, outbox) for _ in range(2))
    person, path = desk(Role.DEVELOPMENT), "/desk/payments?disputed=y"

    def shown() -> tuple[bool, bool]:
        text = person.get(path).text
        return page_of(plain) in text, page_of(disputed) in text

    assert shown() == (False, False)
    dispute = stripe_sandbox.dispute(charge_of(disputed))
    hear(stripe_sandbox, outbox)
    assert shown() == (False, True)
    assert "checked" in person.get(path).text.partition('name="disputed"')[0].rpartition("<")[2]
    stripe_sandbox.win_dispute(dispute["id"])
    hear(stripe_sandbox, outbox)
    assert shown() == (False, True)
    taken = send(person, path, to="/desk/payments/export?disputed=y").text
    assert (public_id("pay", disputed) in taken, public_id("pay", plain) in taken) == (True, False)
