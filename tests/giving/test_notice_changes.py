"""Changes of a recurring gift and their notices: the donor's own at once, the station's seven days ahead, or ten."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from station.core import clock
from station.core.actor import COMMAND
from station.core.db import db
from station.core.ids import public_id
from station.core.money import Money
from station.giving.models import Notice, NoticeKind
from station.giving.queries import notices as queries
from station.giving.services import give_notices
from station.giving.services.notices import write_again
from station.payments import queries as payments
from station.payments.models import Asked, ChangeState, SubscriptionChange
from station.payments.policies import ahead, too_soon
from station.payments.services import sustaining
from station.payments.services.sustaining import ChangeRefused
from tests.giving.conftest import Donor
from tests.giving.keeping import Giver
from tests.giving.noticing import written
from tests.payments.parts import to_a_plain_day

Desk = Callable[..., FlaskClient]
ZONE = "America/Los_Angeles"
K = NoticeKind


def told(order_id: UUID) -> list[tuple[str, str]]:
    """Kind and asker of the notices about changes."""
    return [
        (row.kind.value, row.asked.value) for row in written(order_id) if row.kind in (K.CHANGE, K.AHEAD, K.VARYING)
    ]


def days_to_charge(giver: Giver) -> int:
    order = giver.order()
    assert order.current_period_end
    return (clock.local_date(order.current_period_end, ZONE) - clock.today(ZONE)).days


@pytest.mark.parametrize("asked", [Asked.SELF, Asked.PHONE, Asked.WRITING, Asked.IN_PERSON])
def test_what_the_donor_wants_is_confirmed_at_once_and_charged_whenever(
    giver: Giver, donor: Donor, asked: Asked
) -> None:
    order_id = giver.begin(donor)
    giver.passes(27)
    assert days_to_charge(giver) < 7
    sustaining.change_amount(order_id, Money(1500), COMMAND, asked)
    giver.told()
    assert told(order_id) == [("change", asked.value)]
    (notice,) = [row for row in written(order_id) if row.kind is K.CHANGE]
    assert notice.subject == "The amount of your gift has changed"
    assert "your gift is $15 a month from its next charge on" in notice.text
    assert "Until now    $5.00" in notice.text
    (seen,) = [each for each in queries.notices_of(order_id) if each.rule.kind is K.CHANGE]
    assert (seen.standing, seen.late) == (queries.Standing.GIVEN, False)


def test_what_the_station_wants_within_seven_days_of_the_charge_is_refused(giver: Giver, donor: Donor) -> None:
    order_id = giver.begin(donor)
    giver.passes(days_to_charge(giver) - 6)
    assert days_to_charge(giver) == 6
    with pytest.raises(ChangeRefused, match="at least 7 days before it is charged"):
        sustaining.change_amount(order_id, Money(1500), COMMAND, Asked.STATION)
    assert (giver.order().amount_cents, told(order_id)) == (500, [])
    assert db.session().scalar(sa.select(sa.func.count()).select_from(SubscriptionChange)) == 0


def test_what_it_wants_earlier_is_told_ahead(giver: Giver, donor: Donor) -> None:
    order_id = giver.begin(donor)
    giver.passes(days_to_charge(giver) - 7)
    assert days_to_charge(giver) == 7
    sustaining.change_amount(order_id, Money(1500), COMMAND, Asked.STATION)
    giver.told()
    assert told(order_id) == [("ahead", "station")]
    (notice,) = [row for row in written(order_id) if row.kind is K.AHEAD]
    assert (notice.event_on - notice.due_on).days == 7
    assert "We have made this change ourselves." in notice.text
    assert notice.due_on == clock.today(ZONE)


def test_a_debit_of_another_amount_is_told_ten_days_ahead(giver: Giver, donor: Donor) -> None:
    order_id = giver.begin_by_bank(donor)
    giver.passes(days_to_charge(giver) - 9)
    with pytest.raises(ChangeRefused, match="at least 10 days"):
        sustaining.change_amount(order_id, Money(1500), COMMAND, Asked.STATION)
    sustaining.change_amount(order_id, Money(1500), COMMAND, Asked.PHONE)
    giver.told()
    assert told(order_id) == [("change", "phone")]


def test_and_that_notice_is_one_of_regulation_e(giver: Giver, donor: Donor) -> None:
    order_id = giver.begin_by_bank(donor)
    giver.passes(days_to_charge(giver) - 10)
    sustaining.change_amount(order_id, Money(1500), COMMAND, Asked.STATION)
    giver.told()
    assert told(order_id) == [("varying", "station")]


def test_a_quarterly_change_of_the_stations_is_confirmed_now_and_told_again_in_time(
    giver: Giver, donor: Donor
) -> None:
    to_a_plain_day(giver.stripe)  # a charge keeps its hour in UTC: near midnight, summer time would move its day
    order_id = giver.begin(donor, frequency="quarter")
    give_notices()
    sustaining.change_amount(order_id, Money(1500), COMMAND, Asked.STATION)
    giver.told()
    assert told(order_id) == [("change", "station")]
    give_notices()
    giver.passes(days_to_charge(giver) - 31)
    give_notices()
    assert told(order_id) == [("change", "station")]
    giver.passes(1)
    assert (give_notices(), give_notices()) == (1, 0)
    assert told(order_id) == [("change", "station"), ("ahead", "station")]
    (ahead,) = [row for row in written(order_id) if row.kind is K.AHEAD]
    assert ahead.subject == "The amount of your gift has changed"
    words = " ".join(ahead.text.split())
    assert "your gift is $15 a quarter from its next charge on" in words
    assert "Until now it was $5.00." in words
    assert "We have made this change ourselves." in words
    assert "You asked for this" not in words
    assert "Until now    $5.00" in ahead.text
    (sent_again,) = again(giver, queries.notices_of(order_id)[0].id)
    assert ("We have made this change ourselves." in sent_again, "Until now $5.00" in sent_again) == (True, True)


def again(giver: Giver, notice_id: UUID) -> list[str]:
    """The words of a notice that is sent once more."""
    giver.outbox()
    before = len(giver.mailbox.messages)
    write_again(notice_id, COMMAND)
    giver.outbox()
    return [" ".join(each.get_body(("plain",)).get_content().split()) for each in giver.mailbox.messages[before:]]


def a_quarterly_gift(giver: Giver, donor: Donor, **more: Any) -> UUID:
    """One whose next charge is more than thirty days away."""
    order_id = giver.begin(donor, frequency="quarter", **more)
    give_notices()
    return order_id


def ahead_of(giver: Giver, order_id: UUID) -> list[Notice]:
    """The notices ahead of the changes of a gift, once their window is open."""
    giver.told()
    giver.passes(days_to_charge(giver) - 30)
    give_notices()
    return [row for row in written(order_id) if row.kind in (K.AHEAD, K.VARYING)]


def test_a_day_of_the_stations_is_told_ahead_as_a_day(giver: Giver, donor: Donor) -> None:
    order_id = a_quarterly_gift(giver, donor, charge_day="12")
    sustaining.change_date(order_id, 20, COMMAND, Asked.STATION)
    (notice,) = ahead_of(giver, order_id)
    assert (notice.kind, notice.asked, notice.subject) == (K.AHEAD, Asked.STATION, "The day of your gift has changed")
    words = " ".join(notice.text.split())
    assert "your gift is charged on the 20th of the month from now on" in words
    assert "Until now the 12th" in words
    assert "We have made this change ourselves." in words
    (sent_again,) = again(giver, notice.id)
    assert "charged on the 20th of the month" in sent_again


def test_of_two_changes_of_the_stations_one_notice_tells_what_was_charged_until_then(
    giver: Giver, donor: Donor
) -> None:
    order_id = a_quarterly_gift(giver, donor)
    for cents in (1500, 2000):
        sustaining.change_amount(order_id, Money(cents), COMMAND, Asked.STATION)
        giver.told()
    (notice,) = ahead_of(giver, order_id)
    assert "your gift is $20 a quarter" in notice.text
    assert notice.before == "$5.00"


def test_a_day_and_an_amount_are_told_each(giver: Giver, donor: Donor) -> None:
    order_id = a_quarterly_gift(giver, donor)
    sustaining.change_date(order_id, 20, COMMAND, Asked.STATION)
    giver.told()
    sustaining.change_amount(order_id, Money(1500), COMMAND, Asked.STATION)
    found = ahead_of(giver, order_id)
    assert sorted(row.subject.split()[1] for row in found) == ["amount", "day"]
    assert give_notices() == 0


@pytest.mark.parametrize("cents", [700, 500])
def test_what_the_donor_has_chosen_since_is_not_called_ours(giver: Giver, donor: Donor, cents: int) -> None:
    order_id = a_quarterly_gift(giver, donor)
    sustaining.change_amount(order_id, Money(1500), COMMAND, Asked.STATION)
    giver.told()
    sustaining.change_amount(order_id, Money(cents), COMMAND, Asked.PHONE)
    assert ahead_of(giver, order_id) == []


def test_what_the_station_takes_back_is_no_change_any_more(giver: Giver, donor: Donor) -> None:
    order_id = a_quarterly_gift(giver, donor)
    for cents in (1500, 500):
        sustaining.change_amount(order_id, Money(cents), COMMAND, Asked.STATION)
        giver.told()
    assert ahead_of(giver, order_id) == []


def test_a_debit_of_another_amount_in_a_quarter_says_what_it_was(giver: Giver, donor: Donor) -> None:
    order_id = giver.begin_by_bank(donor, frequency="quarter")
    give_notices()
    sustaining.change_amount(order_id, Money(1500), COMMAND, Asked.STATION)
    (notice,) = ahead_of(giver, order_id)
    assert (notice.kind, notice.asked, notice.before) == (K.VARYING, Asked.STATION, "$5.00")
    assert "We have made this change ourselves." in notice.text


def test_what_was_changed_at_stripes_dashboard_is_the_stations_and_late_if_it_is_late(
    giver: Giver, donor: Donor
) -> None:
    order_id = giver.begin(donor)
    give_notices()
    giver.outbox()
    giver.passes(days_to_charge(giver) - 3)
    sandbox = giver.stripe.sandbox
    with sandbox.action():
        order = sandbox.store.get("subscription", giver.order().stripe_subscription)
        order["items"]["data"][0]["price"]["unit_amount"] = 900
        sandbox.store.save(order)
        sandbox.emit("customer.subscription.updated", order)
    giver.told()
    assert giver.order().amount_cents == 900
    assert told(order_id) == [("ahead", "station")]
    (late,) = queries.notices(queries.View.LATE).rows
    assert (late.rule.kind, late.late) == (K.AHEAD, True)
    assert queries.late_today() == {K.AHEAD: 1}


def test_another_day_is_told_like_another_amount(giver: Giver, donor: Donor) -> None:
    order_id = giver.begin(donor)
    sustaining.change_date(order_id, 31, COMMAND, Asked.WRITING)
    giver.told()
    assert told(order_id) == [("change", "writing")]
    (notice,) = [row for row in written(order_id) if row.kind is K.CHANGE]
    assert notice.subject == "The day of your gift has changed"
    assert "charged on the last day of the month" in " ".join(notice.text.split())


def test_a_day_that_the_house_keeps_by_itself_is_no_change(giver: Giver, donor: Donor) -> None:
    order_id = giver.begin(donor, charge_day="31")
    giver.passes(1)
    assert told(order_id) == []


@pytest.mark.parametrize(("by_bank", "amount", "days"), [(0, 1, 7), (1, 0, 7), (1, 1, 10), (0, 0, 7)])
def test_how_long_before_a_charge_of_ours_it_must_be_told(by_bank: int, amount: int, days: int) -> None:
    today, needed = clock.today(ZONE), ahead(by_bank=bool(by_bank), amount=bool(amount))
    assert needed.days == days
    assert too_soon(today, today + needed, needed) == ""
    assert f"at least {days} days" in too_soon(today, today + needed * (days - 1) / days, needed)


# The desk ----------------------------------------------------------------------------------------------------------


def form(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_desk_asks_who_wants_a_change_and_keeps_the_answer(giver: Giver, donor: Donor, desk: Desk) -> None:
    order_id = giver.begin(donor)
    giver.passes(days_to_charge(giver) - 2)
    staff = desk("development")
    path = f"/desk/sustainers/{public_id('sustainer', order_id)}"
    token = form(staff.get(path).text)
    answer = staff.post(f"{path}/amount", data={"csrf_token": token, "amount": "12.50", "asked": ""})
    assert answer.status_code == 422
    assert "Choose who wants this change" in answer.text
    assert "12.50" in answer.text
    refused = staff.post(f"{path}/amount", data={"csrf_token": token, "amount": "12.50", "asked": "station"})
    assert refused.status_code == 422
    assert "ask the donor first" in refused.text
    done = staff.post(f"{path}/amount", data={"csrf_token": token, "amount": "12.50", "asked": "phone"})
    assert done.status_code == 303
    giver.told()
    page = staff.get(path).text
    assert "asked by phone" in page
    assert "Confirmation of a change" in page
    assert [each.asked for each in payments.changes_of(order_id)] == [Asked.PHONE]
    assert [each.state for each in payments.changes_of(order_id)] == [ChangeState.DONE]


def test_the_desk_shows_the_proof_and_notes_what_was_given_by_post(giver: Giver, donor: Donor, desk: Desk) -> None:
    order_id, staff = giver.begin(donor), desk("development")
    giver.mailbox.refuse("maria@example.org", 550)
    give_notices()
    giver.outbox()
    give_notices()
    (notice,) = queries.notices_of(order_id)
    path = f"/desk/notices/{notice.public_id}"
    for view in ("all", "open", "late", "nonsense"):
        page = staff.get(f"/desk/notices?view={view}").text
        assert ("Maria Peña" in page) == (view != "late")
    assert "Mastercard" in staff.get("/desk/notices?kind=terms").text
    assert "No notice was written yet" in staff.get("/desk/notices?kind=yearly").text
    shown = staff.get(path).text
    assert "Not given" in shown
    assert "private link]" in shown
    paper = staff.get(f"{path}/paper").text
    assert "HOW TO STOP" in paper
    assert "private link]" not in paper
    token = form(shown)
    data: dict[str, Any] = {"csrf_token": token, "how": "not_needed", "on": "2020-01-01", "note": ""}
    assert "Say why it is not needed" in staff.post(f"{path}/given", data=data).text
    data.update(note="Card 4242 4242 4242 4242")
    assert "4242 4242" not in staff.post(f"{path}/given", data=data).text
    data.update(how="post", on="2199-01-01", note="Posted with a stamp.")
    wrong = staff.post(f"{path}/given", data=data)
    assert (wrong.status_code, "Posted with a stamp." in wrong.text) == (422, True)
    data.update(on=clock.today(ZONE).isoformat())
    assert staff.post(f"{path}/given", data=data).status_code == 303
    (notice,) = queries.notices_of(order_id)
    assert (notice.standing, notice.late) == (queries.Standing.GIVEN, False)
    assert [each.how.value for each in notice.deliveries] == ["mail", "post"]
    assert "Posted with a stamp." in staff.get(path).text
    assert queries.not_given() == []


def test_the_desk_sends_a_notice_again_to_todays_address(giver: Giver, donor: Donor, desk: Desk) -> None:
    order_id, staff = giver.begin(donor), desk("development")
    give_notices()
    giver.outbox()
    (notice,) = queries.notices_of(order_id)
    path = f"/desk/notices/{notice.public_id}"
    token = form(staff.get(path).text)
    before = len(giver.mailbox.messages)
    for _ in range(2):
        assert staff.post(f"{path}/again", data={"csrf_token": token}).status_code == 303
    assert "It is on its way already." in staff.get(path).text
    giver.outbox()
    assert len(giver.mailbox.messages) == before + 1
    giver.cancelled("cancellation_requested")
    giver.told()
    staff.post(f"{path}/again", data={"csrf_token": token})
    assert "This gift is over" in staff.get(path).text


def test_an_auditor_gets_every_notice_as_a_table(giver: Giver, donor: Donor, desk: Desk) -> None:
    giver.begin(donor, given_name="=cmd", family_name="Quill")
    give_notices()
    giver.outbox()
    auditor = desk("auditor")
    table = auditor.get("/desk/notices/notices.csv")
    head, line = table.text.splitlines()
    assert head.startswith("\ufeffnotice,kind,required_by,sustainer,donor,")
    assert "Terms at the start" in line
    assert "'=cmd Quill" in line
    assert giver.mailbox.messages[-1]["Message-ID"] in line
    assert line.endswith(",yes")
    empty = auditor.get("/desk/notices/notices.csv?since=2020-01-01&until=2020-02-01&page=x").text
    assert len(empty.splitlines()) == 1
    assert desk("underwriting").get("/desk/notices").status_code == 403
    assert desk("development").get("/desk/notices/nothing").status_code == 404
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Notice)) == 1
