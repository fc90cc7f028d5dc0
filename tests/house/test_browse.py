"""Every route, browsed as every persona on the demonstration's data, answers without a 5xx and with a proper page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from station.accounts.models import Approval, Role, Staff, WorkItem
from station.core.actor import COMMAND
from station.core.db import db
from station.core.ids import public_id
from station.demo.services import load_demo
from station.giving.models import Gift, Pledge
from station.licensee.models import Station
from station.mail.models import OutgoingMail
from station.members.models import Member
from station.news.models import Section, Story
from station.payments.models import BalanceTransaction, Deposit, Dispute, Payment, Payout, Subscription
from station.receipts.models import Receipt
from station.underwriting.models import Flight, Sponsor

# what a rule's variable stands for: the table and prefix of its public id
KINDS: dict[str, tuple[Any, str]] = {
    "member_id": (Member, "member"),
    "pledge_id": (Pledge, "pledge"),
    "gift_id": (Gift, "gift"),
    "receipt_id": (Receipt, "receipt"),
    "payment_id": (Payment, "pay"),
    "deposit_id": (Deposit, "deposit"),
    "payout_id": (Payout, "payout"),
    "line_id": (BalanceTransaction, "line"),
    "sustainer_id": (Subscription, "sustainer"),
    "mail_id": (OutgoingMail, "mail"),
    "sponsor_id": (Sponsor, "sponsor"),
    "flight_id": (Flight, "flight"),
    "staff_id": (Staff, "staff"),
    "item_id": (WorkItem, "work"),
    "approval_id": (Approval, "approval"),
    "dispute_id": (Dispute, "dispute"),
}
# pages that no demonstration has: links that were never sent, the sign-in steps of somebody half signed in, and what
# nobody has asked a second person for
NEVER_SEEN = {
    "accounts.join",
    "accounts.join_picture",
    "accounts.second_factor",
    "accounts.recovery_code",
    "approvals_desk.show",
    "own.show",
}


def samples(name: str) -> list[str]:
    """A few real values of a rule's variable, and one that is nothing."""
    if name == "station_slug":
        return ["news", "news", "classical", "nowhere"]
    if name == "slug":
        first = sa.select(Station.id).where(Station.slug == "news").scalar_subquery()
        return [
            db.session.scalars(sa.select(table.slug).where(table.station_id == first).limit(1)).one()
            for table in (Story, Section)
        ] * 2
    if name == "public_id":
        return [*samples("receipt_id")[:1], *samples("pledge_id")]
    if name in KINDS:
        table, prefix = KINDS[name]
        return [*(public_id(prefix, row) for row in db.session.scalars(sa.select(table.id).limit(3))), "nothing"]
    return {"name": ["css/base.css", "no-such.css"]}.get(name, ["nothing", "1"])


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Every GET address worth trying, with its endpoint."""
    found = {
        ("giving.give", "/give?station=news&amount=ten&frequency=daily&source=%00"),
        ("members_desk.index", "/desk/members?q=pe%C3%B1a"),
        ("members_desk.index", "/desk/members?q=%25"),
    }
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            for turn in range(4):
                built = rule.build({name: samples(name)[turn % len(samples(name))] for name in rule.arguments})
                assert built is not None
                found.add((rule.endpoint, built[1]))
    return sorted(found)


@pytest.fixture
def demo(app: Flask) -> None:
    load_demo(COMMAND)
    db.session.rollback()


def test_everything_as_everyone(
    app: Flask, demo: None, client: FlaskClient, desk: Callable[..., FlaskClient]
) -> None:
    bad: list[str] = []
    tried = addresses(app)
    unseen = {endpoint for endpoint, _ in tried} - NEVER_SEEN
    personas = {"visitor": client, **{role.value: desk(role.value) for role in Role}}
    personas["admin of this morning"] = desk("admin", "auditor", confirmed=False)  # sudo has ended
    for persona, browser in personas.items():
        for endpoint, path in tried:
            if path.startswith("/desk") or persona == "visitor":
                try:
                    answer = browser.get(path)
                except AssertionError as problem:
                    bad.append(f"{persona}: {problem}")
                    continue
                if answer.status_code >= 500 or answer.status_code == 429:
                    bad.append(f"{persona}: {answer.status_code} {path}")
                if answer.status_code == 200:
                    unseen.discard(endpoint)
    assert (bad, unseen) == ([], set()), "a page that nobody saw needs a sample value above"


def test_everything_in_an_empty_house(app: Flask, client: FlaskClient, desk: Callable[..., FlaskClient]) -> None:
    browser, bad = desk("admin"), []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments:
            for each in (client, browser):
                answer = each.get(rule.rule)
                if answer.status_code >= 500 and not rule.rule.startswith("/health"):
                    bad.append((rule.rule, answer.status_code))
    assert bad == []
