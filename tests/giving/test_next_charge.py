"""The next charge of a recurring gift is named alike on every page, and only when it will come."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from station.accounts.models import Role
from station.core import clock
from station.core.db import db, transaction
from station.core.ids import public_id
from station.core.words import day
from station.giving import queries
from station.giving.services import own_link
from station.payments.models import Interval, Subscription
from station.payments.models import SubscriptionState as S
from station.payments.policies import next_charge, plus_months
from tests.giving.conftest import Donor, pledges, thanks_page
from tests.giving.keeping import Giver
from tests.giving.noticing import at

ZONE = "America/Los_Angeles"
PLANNED = plus_months(clock.today(ZONE).replace(day=1), 3)
NEXT = re.compile(r"<dt>Next charge</dt><dd>(.*?)</dd>")
ONE_DAY, LONGER = timedelta(days=1), timedelta(days=45)


def facts(state: S = S.ACTIVE, **more: Any) -> dict[str, Any]:
    """What a standing order's row says."""
    return {"state": state, "current_period_end": at(PLANNED), **more}


def moved(charge_day: int) -> date:
    """The day to which the next charge of a gift that begins now is to be moved."""
    today = clock.today(ZONE)
    return next_charge(charge_day, Interval.MONTH, today, PLANNED, today)


@pytest.mark.parametrize(
    ("row", "expected", "own"),
    [
        (facts(), PLANNED, ""),
        (facts(S.RETRYING), PLANNED, ""),
        (facts(charge_day=15), 15, ""),
        (facts(ends_at=at(PLANNED)), None, "None"),
        (facts(ends_at=at(PLANNED + LONGER)), PLANNED, ""),
        (facts(S.ENDED), None, "None"),
        (facts(S.LAPSED), None, "None"),
        (facts(S.PAUSED, paused_until=at(PLANNED + ONE_DAY, hour=0)), plus_months(PLANNED, 1), ""),
        (facts(S.PAUSED), None, "None before it goes on"),
        (facts(S.PAUSED, paused_until=at(PLANNED + ONE_DAY, hour=0), ends_at=at(PLANNED + ONE_DAY)), None, "None"),
        (facts(current_period_end=None), None, "–"),
    ],
)
def test_every_page_names_the_charge_that_comes(
    row: dict[str, Any],
    expected: date | int | None,
    own: str,
    giver: Giver,
    donor: Donor,
    client: FlaskClient,
    desk: Callable[..., FlaskClient],
) -> None:
    order_id = giver.begin(donor)
    expected = moved(expected) if isinstance(expected, int) else expected
    with transaction() as session:
        link = own_link(order_id).partition("://")[2].partition("/")[2]
        for name, value in row.items():
            setattr(session.get_one(Subscription, order_id), name, value)
    sustainer = queries.sustainer(order_id)
    assert sustainer is not None
    assert sustainer.next_on == expected
    person, (pledge,) = desk(Role.DEVELOPMENT), pledges()
    said = day(expected) if expected else ""
    pages = {
        f"/{link}": said or own,
        f"/desk/failed-payments/{sustainer.public_id}": said or "None",
        f"/desk/sustainers/{sustainer.public_id}": said or ("Paused" if row["state"] is S.PAUSED else "–"),
        f"/desk/payments/{public_id('pay', pledge.payment_id)}": said or "–",
    }
    assert {url: NEXT.findall(person.get(url).text) for url in pages} == {
        url: [words] for url, words in pages.items()
    }
    db.session.rollback()
    thanks = client.get(thanks_page(pledge.id)).text
    named = NEXT.findall(thanks)
    assert day(PLANNED) not in named or expected == PLANNED
    assert not said or named == [said]
