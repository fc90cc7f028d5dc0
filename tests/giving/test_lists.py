"""The lists of members that giving offers to mailings, on the demonstration's books."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from station.core import clock
from station.core.db import db, transaction
from station.giving.models import Gift, Pledge
from station.giving.queries.lent import lists
from station.mail.places import MAILING_LISTS, MailingList
from station.payments.models import Payment, Subscription, SubscriptionState


def everybody(found: MailingList, choice: str, limit: int = 7) -> list[UUID]:
    """A whole list, read in small parts."""
    people: list[UUID] = []
    while part := found.members(choice, people[-1] if people else None, limit):
        people += part
    return people


def test_each_list_is_read_in_parts_once_each_and_counts_itself(demonstration: None) -> None:
    for found in MAILING_LISTS:
        for choice in [each.value for each in found.choices()] or [""]:
            people = everybody(found, choice)
            assert people == sorted(people, key=lambda each: each.int)
            assert len(people) == len(set(people)) == found.count(choice), (found.code, choice)


@pytest.mark.crooked
def test_who_gave_in_a_year_are_those_of_whose_gifts_something_is_left(demonstration: None) -> None:
    years = [each.value for each in lists.years_of_gifts()]
    assert years == sorted(years, reverse=True)
    year = years[0]
    before = set(lists.gave_in(year, None, 10_000))
    within = Gift.given_on.between(date(int(year), 1, 1), date(int(year), 12, 31))
    one = db.session.scalars(sa.select(Gift).where(within).order_by(Gift.given_on)).first()
    assert one is not None
    assert one.member_id in before
    with transaction() as session:
        theirs = (Gift.member_id == one.member_id, within)
        session.execute(sa.update(Gift).where(*theirs).values(refunded_cents=Gift.amount_cents, lost_cents=0))
    assert set(lists.gave_in(year, None, 10_000)) == before - {one.member_id}
    assert lists.gave_in("x' OR 1=1", None, 10) == []


@pytest.mark.crooked
def test_a_gift_that_was_taken_back_was_not_given(demonstration: None) -> None:
    year = lists.years_of_gifts()[0].value
    one = db.session.scalars(sa.select(Gift).where(Gift.given_on >= date(int(year), 1, 1))).first()
    assert one is not None
    with transaction() as session:
        payments = sa.select(Gift.payment_id).where(Gift.member_id == one.member_id)
        session.execute(sa.update(Payment).where(Payment.id.in_(payments)).values(voided_at=clock.now()))
    assert one.member_id not in lists.gave_in(year, None, 10_000)


@pytest.mark.crooked
def test_sustainers_give_now_and_the_lapsed_do_not(demonstration: None) -> None:
    giving = set(lists.sustaining("", None, 10_000))
    assert giving
    lapsed = [set(lists.lapsed(each.value, None, 10_000)) for each in lists.spans_of_lapsing()]
    assert not giving & set.union(*lapsed)
    assert sum(map(len, lapsed)) == len(set.union(*lapsed)), "the spans do not overlap"
    one = db.session.scalars(sa.select(Pledge).where(Pledge.member_id.in_(giving)).limit(1)).one()
    with transaction() as session:
        ended = sa.update(Subscription).where(Subscription.reference.in_(
            sa.select(Pledge.id).where(Pledge.member_id == one.member_id)))  # fmt: skip
        session.execute(ended.values(state=SubscriptionState.ENDED))
    assert one.member_id not in lists.sustaining("", None, 10_000)
    clock.move(timedelta(days=550))
    assert one.member_id in lists.lapsed("1", None, 10_000)
    assert lists.lapsed("nonsense", None, 10) == []
