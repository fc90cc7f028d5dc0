"""A second person: what one asks for, another one decides, once, with sudo, and everybody can read who did what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from station.accounts import queries, services
from station.accounts.models import Approval, Decision, Role, Staff
from station.accounts.places import APPROVALS, ApprovalKind, Approved
from station.accounts.services import AlreadyAsked, ApprovalRefused, ApprovalStale
from station.core.actor import COMMAND, Actor, ActorKind
from station.core.db import db, transaction
from station.core.events import Subject, record
from station.core.ids import new_id, public_id
from station.core.money import Money
from tests.browsing import send

LIST = "/desk/approvals"
done: list[tuple[Approved, Actor]] = []


def carry_out(approved: Approved, decider: Actor) -> None:
    """The kind of these tests: it writes an event of its own, and refuses what is marked as stale."""
    record("core.test.done", decider, [approved.subject])
    if approved.data.get("stale"):
        raise ApprovalStale("The payment was refunded meanwhile.")
    done.append((approved, decider))


@pytest.fixture(autouse=True)
def kind(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(APPROVALS, "_items", [])
    APPROVALS.contribute(ApprovalKind("test.large", "Large refund", Role.DEVELOPMENT, carry_out))
    done.clear()


@pytest.fixture
def asker(app: Flask) -> Actor:
    staff = services.add_staff("Ana Asks", "ana@desk.example.org", [Role.DEVELOPMENT], COMMAND)
    return Actor(ActorKind.STAFF, "Ana Asks", staff)


def ask(asker: Actor, subject: UUID | None = None, **data: Any) -> UUID:
    return services.ask_approval(
        "test.large",
        "Refund $750.00 to Rosa Peña",
        Subject("payment", subject or new_id()),
        "She gave twice by mistake.",
        asker,
        amount=Money(75_000),
        data=data,
    )


def row(approval_id: UUID) -> Approval:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Approval, approval_id)


def url(approval_id: UUID) -> str:
    return f"{LIST}/{public_id('approval', approval_id)}"


def person(browser_of: str) -> queries.Person:
    staff = db.session.scalars(sa.select(Staff).where(Staff.email == f"{browser_of}@desk.example.org")).one()
    member = queries.staff_member(staff.id)
    assert member
    return queries.Person(member.id, member.name, member.email, member.roles)


def answer(browser: FlaskClient, approval_id: UUID, decision: str, note: str = "I called her.") -> Any:
    data = {"decision": decision, "note": note}
    return send(browser, url(approval_id), data, f"{url(approval_id)}/decide")


def test_a_second_person_approves_and_it_is_done_once(desk: Any, asker: Actor) -> None:
    browser, approval_id = desk("development"), ask(asker, charge="ch_1")
    shown = browser.get(LIST).get_data(as_text=True)
    assert "Refund $750.00 to Rosa Peña" in shown
    assert "Refund $750.00 to Rosa Peña" in browser.get("/desk/work").get_data(as_text=True)
    assert "Refund $750.00 to Rosa Peña" in browser.get("/desk/").get_data(as_text=True)
    assert "She gave twice by mistake." in browser.get(url(approval_id)).get_data(as_text=True)
    said_yes = answer(browser, approval_id, "yes")
    assert (said_yes.status_code, said_yes.headers["Location"]) == (303, LIST)
    (approved, decider), *rest = done
    assert rest == []
    assert (approved.amount, approved.data, decider.label) == (
        Money(75_000),
        {"charge": "ch_1"},
        "Development Person",
    )
    ended = row(approval_id)
    assert (ended.decision, ended.note) == (Decision.APPROVED, "I called her.")
    again = answer(browser, approval_id, "no")
    assert again.status_code == 422
    assert "decided this meanwhile" in again.get_data(as_text=True)
    assert len(done) == 1
    trail = desk("admin").get("/desk/audit").get_data(as_text=True)
    assert "Ana Asks asked for a second person: Refund $750.00 to Rosa Peña" in trail
    assert "Development Person approved “Refund $750.00 to Rosa Peña”: I called her." in trail
    history = browser.get(f"{LIST}?state=ended").get_data(as_text=True)
    assert "Development Person" in history


def test_a_refusal_does_nothing_else(desk: Any, asker: Actor) -> None:
    approval_id = ask(asker)
    assert answer(desk("development"), approval_id, "no").status_code == 303
    assert (row(approval_id).decision, done) == (Decision.REFUSED, [])


def test_nobody_approves_what_they_asked_for(desk: Any) -> None:
    browser = desk("admin")
    me = person("admin")
    approval_id = ask(me.actor)
    shown = browser.get(url(approval_id)).get_data(as_text=True)
    assert "Nobody else can decide this yet" in shown
    assert 'value="yes"' not in shown
    tried = answer(browser, approval_id, "yes")
    assert tried.status_code == 422
    assert "somebody else decides it" in tried.get_data(as_text=True)
    assert (row(approval_id).decision, done) == (None, [])
    assert send(browser, url(approval_id), to=f"{url(approval_id)}/withdraw").status_code == 303
    assert row(approval_id).decision is Decision.WITHDRAWN


def test_the_database_itself_wants_two_people(asker: Actor) -> None:
    ask(asker)
    yes = {"decision": Decision.APPROVED, "decided_by": Approval.asked_by, "decided_at": Approval.asked_at}
    with transaction() as session, pytest.raises(sa.exc.IntegrityError, match="two_people"):
        session.execute(sa.update(Approval).values(yes))


@pytest.mark.parametrize("role", ["news", "volunteer", "underwriting"])
def test_another_role_does_not_even_see_it(desk: Any, asker: Actor, role: str) -> None:
    browser, approval_id = desk(role), ask(asker)
    assert "Rosa" not in browser.get(LIST).get_data(as_text=True)
    assert browser.get(url(approval_id)).status_code == 404
    refused = send(browser, "/desk/account", {"decision": "yes", "note": "x"}, f"{url(approval_id)}/decide")
    assert (refused.status_code, done) == (404, [])
    with pytest.raises(ApprovalRefused, match="role development"):
        services.decide(approval_id, True, "x", person(role))


def test_an_auditor_reads_and_decides_nothing(desk: Any, asker: Actor) -> None:
    browser, approval_id = desk("auditor"), ask(asker)
    page = browser.get(url(approval_id)).get_data(as_text=True)
    assert "Rosa" in page
    assert 'value="yes"' not in page
    tried = send(browser, "/desk/account", {"decision": "yes", "note": "x"}, f"{url(approval_id)}/decide")
    assert (tried.status_code, done) == (422, [])


def test_deciding_asks_for_a_proof_and_keeps_the_note(desk: Any, asker: Actor) -> None:
    browser, approval_id = desk("development", confirmed=False), ask(asker)
    asked = answer(browser, approval_id, "yes", "I called her on Tuesday.")
    page = asked.get_data(as_text=True)
    assert asked.status_code == 403
    assert 'name="decision" value="yes"' in page
    assert "I called her on Tuesday." in page
    assert done == []


def test_what_cannot_be_done_any_more_is_not_decided(desk: Any, asker: Actor) -> None:
    browser, approval_id = desk("development"), ask(asker, stale=True)
    tried = answer(browser, approval_id, "yes")
    assert tried.status_code == 422
    assert "The payment was refunded meanwhile." in tried.get_data(as_text=True)
    assert row(approval_id).decision is None
    assert "core.test.done" not in str(browser.get(url(approval_id)).get_data(as_text=True))
    assert answer(browser, approval_id, "no").status_code == 303


@pytest.mark.parametrize(("decision", "note"), [("maybe", "x"), ("", "x"), ("yes", ""), ("yes", " ")])
def test_a_decision_is_yes_or_no_and_says_why(desk: Any, asker: Actor, decision: str, note: str) -> None:
    approval_id = ask(asker)
    assert answer(desk("development"), approval_id, decision, note).status_code == 422
    assert (row(approval_id).decision, done) == (None, [])


def test_the_same_is_asked_once_until_it_ends(desk: Any, asker: Actor) -> None:
    subject = new_id()
    first = ask(asker, subject)
    with pytest.raises(AlreadyAsked):
        ask(asker, subject)
    assert answer(desk("development"), first, "no").status_code == 303
    assert ask(asker, subject) != first


def test_what_nobody_decides_lapses(desk: Any, asker: Actor, later: Any, outbox: Any) -> None:
    subject = new_id()
    first = ask(asker, subject)
    later(days=7, seconds=1)
    browser = desk("development")
    assert "Rosa" not in browser.get(LIST).get_data(as_text=True)
    with pytest.raises(ApprovalRefused, match="lapsed"):
        services.decide(first, True, "x", person("development"))
    second = ask(asker, subject)
    assert row(first).decision is Decision.LAPSED
    later(days=8)
    services.lapse_approvals()
    assert row(second).decision is Decision.LAPSED
    assert "nobody decided it in time" in desk("auditor").get("/desk/audit").get_data(as_text=True)
    assert done == []


def test_only_its_asker_withdraws_it(desk: Any, asker: Actor) -> None:
    browser, approval_id = desk("development"), ask(asker)
    assert send(browser, url(approval_id), to=f"{url(approval_id)}/withdraw").status_code == 422
    assert row(approval_id).decision is None


def test_only_staff_ask_and_only_for_what_is_known(asker: Actor) -> None:
    with pytest.raises(ValueError, match="only a member of staff"):
        ask(COMMAND)
    with pytest.raises(KeyError):
        services.ask_approval("test.unknown", "?", Subject("payment", new_id()), "", asker)


@pytest.mark.parametrize("path", ["nothing", "approval_0", "approval_00000000000000000000000000"])
def test_unknown_requests_are_not_found(desk: Any, path: str) -> None:
    assert desk("admin").get(f"{LIST}/{path}").status_code == 404
