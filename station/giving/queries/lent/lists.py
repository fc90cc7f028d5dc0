"""Lists of members that a mailing can go to: who gave in a year, who gives regularly, whose giving has lapsed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.giving.models import Gift, Pledge
from station.giving.queries.gifts import KEPT
from station.giving.queries.sustainers import GIVING
from station.licensee.queries import the_licensee
from station.mail.places import Choice
from station.members.models import Member
from station.payments.models import Payment, Subscription

LAPSED = {"1": "for 1 to 2 years", "2": "for 2 to 5 years", "5": "for more than 5 years"}
UNTIL = {"1": 2, "2": 5, "5": 200}
A_YEAR = timedelta(days=365.25)
_VOID = sa.select(Payment.id).where(Payment.voided_at.is_not(None))
_COUNTS = (KEPT > 0, Gift.payment_id.not_in(_VOID))


def gave_in(year: str, after: UUID | None, limit: int) -> list[UUID]:
    """Members of whose gifts in a calendar year something is left."""
    return _some(_gave_in(year), after, limit)


def count_gave_in(year: str) -> int:
    """How many they are."""
    return _count(_gave_in(year))


def years_of_gifts() -> Sequence[Choice]:
    """The years in which anybody gave, the last one first."""
    first, last = db.session().execute(sa.select(sa.func.min(Gift.given_on), sa.func.max(Gift.given_on))).one()
    years = range(last.year, first.year - 1, -1) if first else ()
    return [Choice(str(year), str(year)) for year in years]


def sustaining(_choice: str, after: UUID | None, limit: int) -> list[UUID]:
    """Members who give regularly now."""
    return _some(_sustaining(), after, limit)


def count_sustaining(_choice: str) -> int:
    """How many they are."""
    return _count(_sustaining())


def lapsed(years: str, after: UUID | None, limit: int) -> list[UUID]:
    """Members whose last gift is so long ago, and who do not give regularly."""
    return _some(_lapsed(years), after, limit)


def count_lapsed(years: str) -> int:
    """How many they are."""
    return _count(_lapsed(years))


def spans_of_lapsing() -> Sequence[Choice]:
    """How long ago a last gift may be."""
    return [Choice(value, label) for value, label in LAPSED.items()]


def _gave_in(year: str) -> sa.ColumnElement[bool]:
    if not year.isdecimal() or not 1900 <= int(year) <= 2999:
        return sa.false()
    within = Gift.given_on.between(date(int(year), 1, 1), date(int(year), 12, 31))
    return Member.id.in_(sa.select(Gift.member_id).where(within, *_COUNTS))


def _sustaining() -> sa.ColumnElement[bool]:
    promised = sa.select(Pledge.member_id).join(Subscription, Subscription.reference == Pledge.id)
    return Member.id.in_(promised.where(Subscription.state.in_(GIVING), Pledge.member_id.is_not(None)))


def _lapsed(years: str) -> sa.ColumnElement[bool]:
    if years not in LAPSED:
        return sa.false()
    today = clock.today(the_licensee().timezone)
    last = sa.func.max(Gift.given_on)
    ended = sa.select(Gift.member_id).where(*_COUNTS).group_by(Gift.member_id)
    within = ended.having(
        last <= today - int(years) * A_YEAR, last > max(today - UNTIL[years] * A_YEAR, date(1900, 1, 1))
    )
    return sa.and_(Member.id.in_(within), sa.not_(_sustaining()))


def _some(wanted: sa.ColumnElement[bool], after: UUID | None, limit: int) -> list[UUID]:
    query = sa.select(Member.id).where(wanted).order_by(Member.id).limit(limit)
    return list(db.session().scalars(query.where(Member.id > after) if after else query))


def _count(wanted: sa.ColumnElement[bool]) -> int:
    return db.session().scalar(sa.select(sa.func.count()).select_from(Member).where(wanted)) or 0
