"""Letters to sustainers print the legends of states where they ask for, remind of or confirm a gift, only there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sandbox.mailbox.testing import Mailbox
from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.giving import queries
from station.giving.services import send_link, write_due_letters
from station.mail.models import OutgoingMail
from station.payments.models import Subscription
from station.receipts.policies import Place
from station.receipts.services import write_legend
from tests.giving.conftest import Donor
from tests.giving.keeping import Giver
from tests.giving.test_sustainers import post, sustains

sustains = sustains  # a fixture

LEGEND = "Formed in Nevada <NV>."


@pytest.fixture(autouse=True)
def legends(app: Flask) -> None:
    write_legend("NV", LEGEND, {Place.REMINDER}, False, date(2030, 1, 1), COMMAND)
    write_legend("FL", "FLORIDA SAYS.", {Place.RECEIPT, Place.FORM}, True, date(2030, 1, 1), COMMAND)


def printed(kinds: str = "giving.") -> list[tuple[str, bool]]:
    """The letters by subject, oldest first, and whether they print the legend in both parts."""
    db.session.rollback()
    rows = db.session.query(OutgoingMail).filter(OutgoingMail.kind.startswith(kinds)).order_by(OutgoingMail.id)
    found = []
    for row in rows:
        assert "FLORIDA" not in row.text + row.html
        there = {f"\n\n{LEGEND}\n" in row.text, "Formed in Nevada &lt;NV&gt;." in row.html}
        assert len(there) == 1, row.subject
        found.append((row.subject, there.pop()))
    return found


def test_what_asks_for_a_charge_that_failed_prints_them_and_so_does_its_success(giver: Giver, donor: Donor) -> None:
    giver.begin(donor)
    giver.refused(times=2)
    giver.passes(3.01)
    giver.passes(3.5)
    write_due_letters()
    giver.passes(2)
    found = dict(printed())
    assert found.pop("Thank you: your monthly gift arrived")
    assert found.pop("Your monthly gift could not be charged")
    assert [title.startswith("We try your monthly gift once more") for title, there in found.items() if there] == [
        True
    ]


def test_so_do_the_letters_of_a_debit_that_came_back(giver: Giver, donor: Donor) -> None:
    giver.begin_by_bank(donor)
    giver.renewed()
    giver.stripe.settle_debits(sent_back="insufficient_funds")
    giver.told()
    assert printed("giving.returned") == [("Your bank sent our debit back", True)]


def test_so_does_that_of_a_first_debit(giver: Giver, donor: Donor) -> None:
    session = giver._session(donor, {"frequency": "once"})
    giver.stripe.pay_by_bank(session)
    giver.told()
    giver.stripe.settle_debits(sent_back="insufficient_funds")
    giver.told()
    assert printed() == [("Your bank sent our debit back", True)]


def test_who_asks_for_their_link_reads_none(giver: Giver, donor: Donor) -> None:
    giver.begin(donor)
    assert send_link(queries.sustainer(giver.order().id).email) == 1  # type: ignore[union-attr]
    assert printed("giving.link") == [("Your link to your gift", False)]


def test_a_pause_and_an_end_to_come_print_none_what_goes_on_or_may_begin_again_does(
    sustains: Callable[..., Subscription],
    desk: Callable[..., FlaskClient],
    outbox: Callable[[], int],
    mailbox: Mailbox,
) -> None:
    order, staff = sustains(amount="10"), desk("development")
    until = clock.today("America/Los_Angeles") + timedelta(days=100)
    why = {"reason": "money", "words": "Lost my job."}
    for action, fields in (
        ("pause", {"until": until.isoformat()}),
        ("resume", {}),
        ("cancel", {**why, "when": "later"}),
        ("stay", {}),
        ("cancel", {**why, "when": "now"}),
    ):
        assert post(staff, order, action, **fields).status_code == 303
    outbox()
    assert printed("giving.sustainer.notice") == [
        ("Your gift is paused", False),
        ("Your gift goes on", True),
        ("Your gift will stop", False),
        ("Your gift goes on", True),
        ("Your gift has stopped", True),
    ]
