"""Every route, browsed as every persona on the demonstration's data, answers without a 5xx and with a proper page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from station.accounts.models import Role, Staff, WorkItem
from station.core.actor import COMMAND
from station.core.db import db
from station.core.ids import public_id
from station.demo.services import load_demo
from station.giving.models import Gift, Pledge
from station.mail.models import OutgoingMail
from station.members.models import Member
from station.news.models import Section, Story
from station.payments.models import Payment
from station.receipts.models import Receipt
from station.underwriting.models import Flight, Sponsor

# what a rule's variable stands for: the table and prefix of its public id
KINDS: dict[str, tuple[Any, str]] = {
    "member_id": (Member, "member"),
    "pledge_id": (Pledge, "pledge"),
    "gift_id": (Gift, "gift"),
    "receipt_id": (Receipt, "receipt"),
    "payment_id": (Payment, "pay"),
    "mail_id": (OutgoingMail, "mail"),
    "sponsor_id": (Sponsor, "sponsor"),
    "flight_id": (Flight, "flight"),
    "staff_id": (Staff, "staff"),
    "item_id": (WorkItem, "work"),
    "story_id": (Story, "story"),
}


def samples(name: str) -> list[str]:
    """A few real values of a rule's variable, and one that is nothing."""
    if name == "station_slug":
        return ["news", "classical", "nowhere"]
    if name in ("slug", "section_slug"):
        return [
            *db.session.scalars(sa.select(Story.slug).limit(3)),
            *db.session.scalars(sa.select(Section.slug).limit(2)),
        ]
    if name in KINDS:
        table, prefix = KINDS[name]
        return [*(public_id(prefix, row) for row in db.session.scalars(sa.select(table.id).limit(3))), "nothing"]
    return ["nothing", "1"]


def addresses(app: Flask) -> list[str]:
    """Every GET address worth trying."""
    found = [
        "/give?station=news&amount=ten&frequency=daily&source=%00",
        "/desk/members?q=pe%C3%B1a",
        "/desk/members?q=%25",
    ]
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        names = sorted(rule.arguments)
        if not names:
            found.append(rule.rule)
        for turn in range(4 if names else 0):
            values = {name: samples(name)[turn % len(samples(name))] for name in names}
            built = rule.build(values)
            if built:
                found.append(built[1])
    return sorted(set(found))


@pytest.fixture
def demo(app: Flask) -> None:
    load_demo(COMMAND)
    db.session.rollback()


def test_everything_as_everyone(
    app: Flask, demo: None, client: FlaskClient, desk: Callable[..., FlaskClient]
) -> None:
    bad: list[str] = []
    tried = addresses(app)
    assert len(tried) > 60
    for persona in ("visitor", *(role.value for role in Role)):
        browser = client if persona == "visitor" else desk(persona)
        for path in tried:
            if path.startswith("/desk") or persona == "visitor":
                try:
                    answer = browser.get(path)
                except AssertionError as problem:
                    bad.append(f"{persona}: {problem}")
                    continue
                if answer.status_code >= 500 or answer.status_code == 429:
                    bad.append(f"{persona}: {answer.status_code} {path}")
    assert bad == []


def test_everything_in_an_empty_house(app: Flask, client: FlaskClient, desk: Callable[..., FlaskClient]) -> None:
    browser, bad = desk("admin"), []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments:
            for each in (client, browser):
                answer = each.get(rule.rule)
                if answer.status_code >= 500 and not rule.rule.startswith("/health"):
                    bad.append((rule.rule, answer.status_code))
    assert bad == []
