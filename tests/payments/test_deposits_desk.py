"""The desk's pages of deposits and of the books."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from station.accounts.models import Role
from station.core import clock
from station.core.actor import COMMAND
from station.core.ids import public_id
from station.payments.desk.files import dollars, plain
from station.payments.models import Tie
from station.payments.services.deposits import comparing, reconciling, sweeps
from tests.browsing import send, token_of
from tests.payments.deposit_parts import Run, line_by, looked, paid, payout_row
from tests.payments.parts import to_a_plain_day
from tests.payments.test_sweeps import theirs

Desk = Callable[..., FlaskClient]


@pytest.fixture
def payout(house: Any, stripe_sandbox: Any, outbox: Run) -> str:
    """A payout with a gift of each station and a line that nobody knows; its public id."""
    to_a_plain_day(stripe_sandbox)  # a payout of a month's last days arrives in the next one
    for station, cents in ((house.news, 10000), (house.classical, 2500)):
        paid(stripe_sandbox, outbox, station, cents)
    theirs(stripe_sandbox, 3300)
    found = stripe_sandbox.payout()["id"]
    reconciling.reconcile_payouts()
    outbox()
    return public_id("payout", payout_row(found).id)


def test_payouts_and_one_payout(payout: str, desk: Desk) -> None:
    person = desk(Role.DEVELOPMENT)
    index = person.get("/desk/payouts").get_data(as_text=True)
    assert payout in index
    assert "One line of Stripe&#39;s balance is tied to nothing" in index.replace("'", "&#39;")
    page = person.get(f"/desk/payouts/{payout}").get_data(as_text=True)
    for words in (
        "News 88.9 KNPR",
        "Classical 89.7 KCNV",
        "$100.00",
        "Unmatched",
        "Contributions",
        "To check",
        "pay_",
    ):
        assert words in page, words
    slip = person.get(f"/desk/payouts/{payout}/slip").get_data(as_text=True)
    for words in ("Deposit slip", "Debit", "Credit", "Cash", "Processing fees", "Not yet"):
        assert words in slip, words


def test_the_files_add_up(payout: str, desk: Desk) -> None:
    person = desk(Role.AUDITOR)
    answer = person.get("/desk/payouts/export")
    rows = list(csv.DictReader(StringIO(answer.get_data(as_text=True))))
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = person.get(f"/desk/payouts/{payout}/lines")
    inside = list(csv.DictReader(StringIO(lines.get_data(as_text=True))))
    assert sorted(row["is"] for row in inside) == ["payment", "payment", "unmatched"]
    assert round(sum(float(row["net"]) for row in inside), 2) == round(sum(float(row["net"]) for row in rows), 2) > 0
    assert {row["station"] for row in rows} == {"News 88.9 KNPR", "Classical 89.7 KCNV"}


def test_saying_what_a_line_is(payout: str, desk: Desk) -> None:
    person, line = desk(Role.DEVELOPMENT), public_id("line", line_by(Tie.UNMATCHED).id)
    page = f"/desk/payouts/line/{line}"
    assert line in person.get("/desk/payouts/unmatched").get_data(as_text=True)
    for data in ({}, {"kind": "fee"}, {"kind": "refund", "reason": "x"}, {"kind": "payment", "reason": "x"}):
        assert send(person, page, data).status_code == 422, data
    refused = send(person, page, {"kind": "payment", "reason": "x", "payment": "pay_no"})
    assert "There is no such payment" in refused.get_data(as_text=True)
    done = send(person, page, {"kind": "elsewhere", "reason": "The bookshop's."})
    assert (done.status_code, done.headers["Location"]) == (303, "/desk/payouts/unmatched")
    said = person.get("/desk/payouts/unmatched").get_data(as_text=True)
    assert "The bookshop" in said
    assert "Every line of Stripe" in said
    assert "Reconciled" in person.get(f"/desk/payouts/{payout}").get_data(as_text=True)


def test_only_some_may_say_and_open_again(payout: str, desk: Desk) -> None:
    line = public_id("line", line_by(Tie.UNMATCHED).id)
    auditor, staff = desk(Role.AUDITOR), desk(Role.DEVELOPMENT)
    assert "Save what it is" not in auditor.get(f"/desk/payouts/line/{line}").get_data(as_text=True)
    token = {"csrf_token": token_of(auditor, "/desk/payouts")}
    assert auditor.post(f"/desk/payouts/line/{line}", data={**token, "kind": "fee", "reason": "x"}).status_code == 403
    token = {"csrf_token": token_of(staff, "/desk/payouts")}
    assert staff.post("/desk/books/2026-01/reopen", data={**token, "reason": "x"}).status_code == 403


@pytest.mark.parametrize("role", [Role.NEWS, Role.VOLUNTEER, Role.UNDERWRITING])
def test_others_see_nothing_of_it(role: Role, payout: str, desk: Desk) -> None:
    person = desk(role)
    for path in ("", f"/{payout}", f"/{payout}/slip", f"/{payout}/lines", "/unmatched", "/export"):
        assert person.get(f"/desk/payouts{path}").status_code == 403
    assert [person.get(f"/desk/books{path}").status_code for path in ("", "/sweeps")] == [403, 403]


def test_a_month_says_why_it_does_not_close(payout: str, desk: Desk, later: Callable[..., None]) -> None:
    later(days=40)
    admin = desk(Role.ADMIN)
    month = min(re.findall(r"/desk/books/([0-9-]+)/close", admin.get("/desk/books").get_data(as_text=True)))
    assert send(admin, "/desk/books", to=f"/desk/books/{month}/close").status_code == 303
    page = admin.get("/desk/books").get_data(as_text=True)
    assert "Nothing was closed. Stripe has not been compared since the month ended." in page
    assert "1 line(s) of Stripe" in page
    assert "is not reconciled" in page


def test_closed_months_are_shown_with_who_and_why(house: Any, desk: Desk, later: Callable[..., None]) -> None:
    later(days=40)
    looked()
    admin = desk(Role.ADMIN)
    month = "2026-01"
    assert send(admin, "/desk/books", to=f"/desk/books/{month}/close").status_code == 303
    assert "is closed" in admin.get("/desk/books").get_data(as_text=True)
    send(admin, "/desk/books", {"reason": ""}, to=f"/desk/books/{month}/reopen")
    assert "Give a reason" in admin.get("/desk/books").get_data(as_text=True)
    send(admin, "/desk/books", {"reason": "A check came late."}, to=f"/desk/books/{month}/reopen")
    assert "open again" in admin.get("/desk/books").get_data(as_text=True)


def test_the_page_of_sweeps(payout: str, desk: Desk) -> None:
    comparing.compare_with_stripe()
    sweeps.sweep_events()
    sweeps.sweep_lines()
    auditor = desk(Role.AUDITOR)
    page = auditor.get("/desk/books/sweeps").get_data(as_text=True)
    for words in ("Difference", "$0.00", "none", "Comparison", "Events", "Balance", "tied to nothing"):
        assert words in page, words
    assert "in flight" not in page
    now = clock.now()
    numbers = {"stripe": 0, "ledger": 970, "moving": 0, "in_flight": 970, "difference": 0, "named": ["pay_x: 970"]}
    sweeps.keep_comparison(now, now, 0, [], numbers, COMMAND)
    page = auditor.get("/desk/books/sweeps").get_data(as_text=True)
    assert "$9.70 in flight" in page
    assert "pay_x: 970" in page


@pytest.mark.parametrize(
    "path",
    ["payout_x", "pay_01h00000000000000000000000", "payout_01h00000000000000000000000", "line/line_x", "line/1"],
)
def test_what_is_not_there(path: str, desk: Desk) -> None:
    person = desk(Role.DEVELOPMENT)
    assert person.get(f"/desk/payouts/{path}").status_code == 404
    if not path.startswith("line"):
        assert [person.get(f"/desk/payouts/{path}/{each}").status_code for each in ("slip", "lines")] == [404, 404]


def test_a_spreadsheet_takes_no_words_for_a_formula() -> None:
    assert [plain(each) for each in ("=1+1", "@x", "Radar", "")] == ["'=1+1", "'@x", "Radar", ""]
    assert [dollars(each) for each in (0, 5, -5, 123456, -100)] == ["0.00", "0.05", "-0.05", "1234.56", "-1.00"]
