"""What giving adds to the house."""

from __future__ import annotations

from flask import url_for

from station.accounts.models import Role
from station.accounts.places import NAV, TILES, NavItem, Tile, TileValue
from station.core import clock
from station.core.announce import react
from station.core.places import COMMAND_GROUPS, EVENT_SENTENCES, INVARIANTS, EventSentence, Invariant
from station.giving import adopting, cli, policies, queries, reactors
from station.giving.keeping_wiring import wire_keeping
from station.giving.lists_wiring import wire_lists
from station.giving.notice_wiring import wire_notices
from station.giving.queries import around, checks, evidence
from station.giving.queries.lent import statements as yearly
from station.giving.sustainer_wiring import wire_sustainers
from station.licensee.queries import the_licensee
from station.members.places import PANELS, MemberPanel
from station.payments import cli as payments_cli
from station.payments import places
from station.payments.facts import (
    AttemptFailed,
    DisputeLost,
    DisputeWon,
    PaymentExpired,
    PaymentFailed,
    PaymentRefunded,
    PaymentSettled,
    RefundFailed,
    RenewalFailed,
    RenewalNeedsAction,
    RenewalRecovered,
    StrayAttemptFailed,
    SubscriptionEnded,
    SustainerLapsed,
)
from station.payments.models import Interval
from station.payments.places import EVIDENCE, LIKENESSES, EvidenceSource, Likeness
from station.receipts.places import GIFTS, GiftSource

ROLES = (Role.DEVELOPMENT,)
OFTEN = {"": "", **{interval.value: f" ({interval.adjective})" for interval in Interval}}
SENTENCES = (
    EventSentence("giving.pledge.begun", lambda e: f"began a pledge of {e.data['commitment']}"),
    EventSentence("giving.pledge.donor_changed", lambda e: "corrected the donor of a pledge before paying"),
    EventSentence("giving.pledge.failed", lambda e: f"reported that a pledge's payment failed: {e.data['reason']}"),
    EventSentence("giving.pledge.expired", lambda e: "closed a pledge's payment page that nobody had paid on"),
    EventSentence("giving.checkout.refused", lambda e: f"could not open a payment page: {e.data['reason']}"),
    EventSentence(
        "giving.gift.received",
        lambda e: (
            f"gave {e.data['amount']}{OFTEN[e.data['interval']]} to {e.data['station']}, receipt {e.data['receipt']}"
        ),
    ),
    EventSentence(
        "giving.gift.held",
        lambda e: f"settled a payment of {e.data['amount']} whose gift waits for a person: {e.data['reason']}",
    ),
    EventSentence(
        "giving.gift.returned", lambda e: f"wrote down that {e.data['kept']} is left of a gift of {e.data['amount']}"
    ),
    EventSentence("giving.renewal.failed", lambda e: f"reported a declined renewal: {e.data['reason']}"),
    EventSentence("giving.sustainer.ended", lambda e: f"reported that a recurring gift ended: {e.data['reason']}"),
    EventSentence(
        "giving.sustainer.lapsed",
        lambda e: f"reported that a recurring gift ended over declined charges: {e.data['reason']}",
    ),
    EventSentence(
        "giving.sustainer.adopted",
        lambda e: f"took over a gift of {e.data['amount']} each {e.data['interval']} ({e.data['old']} at Stripe)",
    ),
    EventSentence(
        "giving.gift.entered",
        lambda e: (
            f"entered a gift of {e.data['amount']} ({e.data['as']}) to {e.data['station']}"
            + (f", receipt {e.data['receipt']}" if e.data["receipt"] else "")
        ),
    ),
    EventSentence("giving.gift.voided", lambda e: f"took back a gift of {e.data['amount']}: {e.data['reason']}"),
    EventSentence(
        "giving.history.imported",
        lambda e: (
            f"imported {e.data['many']:,} gifts of {e.data['amount']} from {e.data['name']} as opening balances"
        ),
    ),
    EventSentence(
        "giving.history.undone", lambda e: f"took back {e.data['many']:,} imported gifts: {e.data['reason']}"
    ),
    EventSentence("giving.drafts.forgotten", lambda e: f"deleted {e.data['many']} drafts that nobody had paid"),
    EventSentence("giving.page.closed", lambda e: "closed a pledge's payment page after many declined cards"),
    EventSentence("giving.ask.written", lambda e: f"wrote new words for the ask, shown from {e.data['starts_on']}"),
)
BOOKS = (
    Invariant(
        "gift-of-each-payment",
        "Every settled payment has one gift, or an open work item that says why.",
        checks.settled_without_gift,
    ),
    Invariant(
        "gift-equals-payment",
        "Every gift is of the amount, currency and station of its settled payment.",
        checks.gifts_unlike_payments,
    ),
    Invariant(
        "gift-keeps-the-rest",
        "Every gift counts what is left of its payment: without refunds that went out and disputes that were lost.",
        checks.gifts_unlike_returns,
    ),
    Invariant(
        "receipt-of-each-gift",
        "Every gift has one receipt of what is left of it and its day, none when nothing is, or an open work item.",
        checks.gifts_without_receipt,
    ),
)


def wire() -> None:
    react(PaymentSettled, reactors.money_arrived)  # the first: the others look at the gift that it makes
    wire_sustainers()
    wire_keeping()
    wire_notices()
    wire_lists()
    react(PaymentFailed, reactors.payment_failed)
    react(PaymentExpired, reactors.payment_expired)
    react(AttemptFailed, reactors.attempt_failed)
    react(StrayAttemptFailed, reactors.stray_attempt_failed)
    react(PaymentRefunded, reactors.payment_refunded)
    react(RefundFailed, reactors.refund_failed)
    react(DisputeLost, reactors.dispute_lost)
    react(DisputeWon, reactors.dispute_won)
    react(RenewalFailed, reactors.renewal_failed)
    react(RenewalNeedsAction, reactors.renewal_failed)
    react(RenewalRecovered, reactors.renewal_recovered)
    react(SubscriptionEnded, reactors.sustainer_ended)
    react(SustainerLapsed, reactors.sustainer_lapsed)
    EVIDENCE.contribute(EvidenceSource(evidence.evidence), rank=20)
    LIKENESSES.contribute(Likeness("network", "The same network", evidence.same_network), rank=20)
    NAV.contribute(NavItem("Gifts", "giving_desk.gifts", "Development", ROLES), rank=20)
    NAV.contribute(NavItem("Deposits", "giving_desk.deposits", "Money", ROLES), rank=41)
    NAV.contribute(NavItem("The ask", "giving_desk.ask", "Development", ROLES), rank=25)
    TILES.contribute(Tile("Gifts today", _today, ROLES), rank=10)
    TILES.contribute(Tile("Gifts this month", _this_month, ROLES), rank=11)
    PANELS.contribute(MemberPanel("Gifts", "giving/_member_panel.html", queries.gifts_of_member, ROLES), rank=20)
    places.PAYMENT_PANELS.contribute(
        places.PaymentPanel("Gift and letters", "giving/_payment_panel.html", around.around, ROLES), rank=20
    )
    places.DONORS.contribute(places.PaymentDonors("giving", around.donors))
    places.FINDERS.contribute(places.PaymentFinder("giving", around.payments_found_by))
    GIFTS.contribute(GiftSource("gifts", yearly.rows, yearly.members, yearly.ready, yearly.unlike))
    COMMAND_GROUPS.contribute(cli.group)
    payments_cli.group.add_command(adopting.adopt_command)
    for sentence in SENTENCES:
        EVENT_SENTENCES.contribute(sentence)
    for invariant in BOOKS:
        INVARIANTS.contribute(invariant)


def _today() -> TileValue:
    today = clock.today(the_licensee().timezone)
    many, total = queries.gift_days(*policies.one_day(today))
    return TileValue(str(total), _counted(many), _gifts_of_month())


def _this_month() -> TileValue:
    today = clock.today(the_licensee().timezone)
    first, until = policies.month_of(today)
    many, total = queries.gift_days(first, until)
    return TileValue(str(total), _counted(many), _gifts_of_month())


def _counted(many: int) -> str:
    return "1 gift" if many == 1 else f"{many:,} gifts"


def _gifts_of_month() -> str:
    return url_for("giving_desk.gifts", month=f"{clock.today(the_licensee().timezone):%Y-%m}")
