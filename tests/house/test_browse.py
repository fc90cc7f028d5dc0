"""Every route, browsed as every persona on the demonstration's data, answers without a 5xx and with a proper page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from station.accounts.models import Approval, Role, Staff, WorkItem
from station.core import clock
from station.core.db import db, transaction
from station.core.ids import public_id
from station.giving.models import Gift, Notice, Pledge
from station.giving.services import give_notices
from station.licensee.models import Station
from station.licensee.queries import the_licensee
from station.mail.models import InboundMail, Mailing, OutgoingMail, Suppression
from station.mail.queries import unsubscribe_url
from station.members.models import Member, MemberEmail
from station.news.models import (
    CdsFeed,
    Media,
    Origin,
    Person,
    PlaylistEntry,
    Program,
    Redirect,
    ScheduleOverride,
    ScheduleRule,
    Section,
    Story,
    StoryRevision,
    StoryState,
    Tag,
)
from station.news.policies.images import name_of
from station.payments.models import BalanceTransaction, Deposit, Dispute, Payment, Payout, Subscription
from station.receipts.models import Acknowledged, Letter, Receipt, YearlyStatement
from station.underwriting.models import Flight, Sponsor
from tests.giving.noticing import gift

# what a rule's variable stands for: the table and prefix of its public id
KINDS: dict[str, tuple[Any, str]] = {
    "member_id": (Member, "member"),
    "pledge_id": (Pledge, "pledge"),
    "gift_id": (Gift, "gift"),
    "receipt_id": (Receipt, "receipt"),
    "letter_id": (Letter, "letter"),
    "statement_id": (YearlyStatement, "statement"),
    "payment_id": (Payment, "pay"),
    "deposit_id": (Deposit, "deposit"),
    "payout_id": (Payout, "payout"),
    "line_id": (BalanceTransaction, "line"),
    "sustainer_id": (Subscription, "sustainer"),
    "mail_id": (OutgoingMail, "mail"),
    "inbound_id": (InboundMail, "in"),
    "mailing_id": (Mailing, "mailing"),
    "suppression_id": (Suppression, "supp"),
    "sponsor_id": (Sponsor, "sponsor"),
    "flight_id": (Flight, "flight"),
    "staff_id": (Staff, "staff"),
    "item_id": (WorkItem, "work"),
    "approval_id": (Approval, "approval"),
    "media_id": (Media, "media"),
    "feed_id": (CdsFeed, "feed"),
    "rule_id": (ScheduleRule, "rule"),
    "change_id": (ScheduleOverride, "change"),
    "program_id": (Program, "program"),
    "entry_id": (PlaylistEntry, "entry"),
    "redirect_id": (Redirect, "redirect"),
    "section_id": (Section, "section"),
    "person_id": (Person, "person"),
    "dispute_id": (Dispute, "dispute"),
    "notice_id": (Notice, "notice"),
}
SHOWN = (Acknowledged.RECEIPT, Acknowledged.LETTER, Acknowledged.NONE)
# pages that no demonstration has: links that were never sent, the sign-in steps of somebody half signed in, and what
# nobody has asked a second person for
NEVER_SEEN = {
    "accounts.join",
    "accounts.join_picture",
    "accounts.second_factor",
    "accounts.recovery_code",
    "approvals_desk.show",
    "feeds.transcript",  # the demonstration has no recording
    "giving_desk.name_giver",  # no gift of the demonstration is held
    "own.show",
    "receipts_desk.held",
    "slot.fragment",  # for the proxy alone: tests/proxy
    "statements_desk.print_pdf",  # the demonstration has an email address of everybody
}


def of_the_newsroom(name: str) -> list[str]:
    """Stories: one that was written at the desk, and one of somebody else's. Files: of a picture of ours."""
    if name == "story_id":
        written = db.session.scalars(sa.select(StoryRevision.story_id).limit(1)).one()
        theirs = db.session.scalars(sa.select(Story.id).where(Story.origin == Origin.NPR).limit(1)).one()
        return [public_id("story", written), public_id("story", theirs), "nothing"]
    made = db.session.scalars(sa.select(Media.files).order_by(Media.id)).first()
    return [made[0]["stamp"] if name == "media_stamp" else name_of(made[0])] if made else ["nothing"]


def first_three(table: Any) -> list[UUID]:
    """Rows of a table; no pledge that was adopted, which no page of ours ever asked for."""
    shown = Pledge.payment_id.is_not(None) if table is Pledge else sa.true()
    return list(db.session.scalars(sa.select(table.id).where(shown).order_by(table.id).limit(3)))


def samples(name: str) -> list[str]:
    """A few real values of a rule's variable, and one that is nothing."""
    if name == "station_slug":
        return ["news", "news", "classical", "nowhere"]
    if name == "slug":
        first = sa.select(Station.id).where(Station.slug == "news").scalar_subquery()
        return [
            db.session.scalars(
                sa.select(table.slug).where(table.station_id == first).order_by(table.id).limit(1)
            ).one()
            for table in (Story, Section)
        ] * 2
    if name == "public_id":
        shown = sa.select(Story.id).where(Story.state == StoryState.PUBLISHED, Story.origin == Origin.LOCAL)
        story = db.session.scalars(shown.where(Story.published_at <= clock.now())).first() or UUID(int=0)
        return [samples("receipt_id")[0], samples("pledge_id")[0], public_id("story", story), "nothing"]
    if name == "mail_token":
        address = db.session.scalars(sa.select(MemberEmail.address).limit(1)).one()
        return [unsubscribe_url(address, topic).rpartition("/")[2] for topic in ("drives", "magazine")] + ["nothing"]
    if name in ("media_stamp", "media_file", "story_id"):
        return of_the_newsroom(name)
    if name in KINDS:
        table, prefix = KINDS[name]
        if name == "gift_id":  # one with a receipt, and one with a letter
            rows = [db.session.scalars(sa.select(Gift.id).where(Gift.acknowledged == how)).first() for how in SHOWN]
            return [*(public_id(prefix, row) for row in rows if row), "nothing"]
        return [*(public_id(prefix, row) for row in first_three(table)), "nothing"]
    today = clock.today(the_licensee().timezone)
    return {
        "state": ["NV", "TX"],
        "language": ["en", "es", "fr"],
        "name": ["css/base.css", "no-such.css"],
        "suffix": ["rss", "atom", "json"],
        "kind": ["tag", "program", "person"],
        "number": ["0", "1", "99"],
        "year": [*map(str, db.session.scalars(sa.select(YearlyStatement.year).limit(1))), str(today.year), "1999"],
        "month": [str(today.month)],
        "day": [str(today.day)],
        "on": [today.isoformat(), "2019-02-29"],
    }.get(name, ["nothing", "1"])


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Every GET address worth trying, with its endpoint."""
    found = {
        ("giving.give", "/give?station=news&amount=ten&frequency=daily&source=%00"),
        ("members_desk.index", "/desk/members?q=pe%C3%B1a"),
        ("members_desk.index", "/desk/members?q=%25"),
        ("lists.search", "/news/search?q=the"),
        ("lists.search", "/news/search?q=xyzzy"),
        ("text.search", "/text/news/search?q=the"),
    }
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            for turn in range(4):
                built = rule.build({name: samples(name)[turn % len(samples(name))] for name in rule.arguments})
                assert built is not None
                found.add((rule.endpoint, built[1]))
    return sorted(found)


def label_everything() -> None:
    """A label of every kind at each station, under each of the sample slugs."""
    with transaction() as session:
        for station_id in session.scalars(sa.select(Station.id)).all():
            for slug in set(samples("slug")):
                named: dict[str, Any] = {"station_id": station_id, "slug": slug[:80], "name": "Desert Week"}
                session.add_all((Tag(**named), Program(**named, podcast=True), Person(**named)))
    db.session.rollback()


@pytest.fixture
def demo(demonstration: None) -> None:
    gift(next_on=clock.today("America/Los_Angeles"), email="terms@example.org")
    give_notices()
    label_everything()


@pytest.mark.timeout(600)  # every page as every persona: minutes beside other work
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
