"""How each kind of notice is looked for: a statement that narrows, and a judgement by the catalogue's windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from station.core.money import Money
from station.giving.models import Contact, Notice, NoticeKind
from station.giving.policies import notices as rules
from station.giving.queries.notices.horizon import Due, Horizon
from station.payments.models import (
    Asked,
    ChangeState,
    Interval,
    Mandate,
    MandateState,
    MethodState,
    PaymentMethod,
    Subscription,
    SubscriptionChange,
    SubscriptionState,
)
from station.payments.policies import BANK_DEBIT, LIVE, UNPAID, Step, first_charge_after
from station.payments.queries import charged

SAME_CHARGE = timedelta(days=60)  # a yearly charge that was moved since its notice is still the same one
SAME_CARD = timedelta(days=75)
K = NoticeKind
S = SubscriptionState


@dataclass(frozen=True)
class Finder:
    """`find` narrows to gifts in one statement, their row first; `judge` says which notice is due, if one is."""

    find: Callable[[Horizon], sa.Select[Any]]
    judge: Callable[[Any, Horizon], Due | None]


def _gifts(*more: Any) -> sa.Select[Any]:
    """Gifts that run and are to go on."""
    return sa.select(Subscription, *more).where(Subscription.state.in_(LIVE), Subscription.ends_at.is_(None))


def _changed_at() -> sa.ScalarSelect[Any]:
    """When a gift was last changed."""
    mine = (SubscriptionChange.subscription_id == Subscription.id, SubscriptionChange.state == ChangeState.DONE)
    return sa.select(sa.func.max(SubscriptionChange.answered_at)).where(*mine).scalar_subquery()


def _told(*kinds: NoticeKind) -> sa.ScalarSelect[Any]:
    """When a gift's newest notice of these kinds was written."""
    mine = (Notice.subscription_id == Subscription.id, Notice.kind.in_(kinds))
    return sa.select(sa.func.max(Notice.written_at)).where(*mine).scalar_subquery()


def _unwritten(kind: NoticeKind, *more: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return ~sa.exists().where(Notice.subscription_id == Subscription.id, Notice.kind == kind, *more)


def _interval(order: Subscription) -> Interval:
    return Interval(order.interval)


def _local(instant: Any, within: Horizon) -> date | None:
    return within.local(instant) if instant else None


# The start ---------------------------------------------------------------------------------------------------------


def _terms(within: Horizon) -> sa.Select[Any]:
    return _gifts().where(
        Subscription.started_at.is_not(None),
        Subscription.started_at >= within.since - timedelta(days=1),
        Subscription.adopted_at.is_(None),
        _unwritten(K.TERMS),
    )


def _judge_terms(row: Any, within: Horizon) -> Due:
    return Due(K.TERMS, row[0].id, "start", rules.window(K.TERMS, within.local(row[0].started_at)))


def _charged() -> sa.ColumnElement[bool]:
    """The method that a gift charges."""
    return sa.and_(charged(), PaymentMethod.state == MethodState.KEPT)


def _mandates(within: Horizon) -> sa.Select[Any]:
    allowed = (MandateState.PENDING, MandateState.ACTIVE)
    return (
        _gifts(Mandate.id, Mandate.created_at)
        .join(PaymentMethod, _charged())
        .join(Mandate, Mandate.method_id == PaymentMethod.id)
        .where(
            Mandate.state.in_(allowed),
            Mandate.created_at >= within.since - timedelta(days=1),
            _unwritten(K.MANDATE, Notice.written_at >= Mandate.created_at),
        )
    )


def _judge_mandate(row: Any, within: Horizon) -> Due:
    return Due(K.MANDATE, row[0].id, str(row[1]), rules.window(K.MANDATE, within.local(row[2])))


# While it runs -----------------------------------------------------------------------------------------------------


def _reminders(within: Horizon) -> sa.Select[Any]:
    told = _told(*rules.TELLS_ALL)
    seldom = [each.value for each in Interval if rules.seldom(each)]
    soon = rules.ADOPTED[0]
    never = sa.func.coalesce(Subscription.adopted_at, Subscription.started_at, within.since)
    return _gifts(told.label("told")).where(
        sa.or_(Subscription.interval.not_in(seldom), Subscription.state == S.PAUSED),
        sa.or_(
            told < within.start(rules.told_before(within.by)),
            sa.and_(told.is_(None), never < within.start(within.by - timedelta(days=soon - 1))),
        ),
    )


def _judge_reminder(row: Any, within: Horizon) -> Due | None:
    order = row[0]
    told = _local(row.told, within)
    if told is None and order.adopted_at is None and order.started_at and order.started_at >= within.since:
        return None  # its terms are due before
    found = rules.reminder(told, within.ours_since(order))
    return Due(K.REMINDER, order.id, f"year:{found.due_on}", found)


def _yearly(within: Horizon) -> sa.Select[Any]:
    seldom = [each.value for each in Interval if rules.seldom(each)]
    opens = timedelta(days=rules.CATALOGUE[K.YEARLY].earliest + 1)
    planned = Subscription.current_period_end
    goes_on = sa.or_(
        Subscription.state.in_((S.ACTIVE, *UNPAID)),
        sa.and_(Subscription.state == S.PAUSED, Subscription.paused_until <= planned),
    )
    return _gifts(_changed_at().label("changed")).where(
        Subscription.interval.in_(seldom),
        planned >= within.start(within.today),
        planned < within.start(within.by + opens),
        goes_on,
        _unwritten(K.YEARLY, Notice.event_on > within.today - SAME_CHARGE),
    )


def _judge_yearly(row: Any, within: Horizon) -> Due:
    order = row[0]
    charged_on = within.local(order.current_period_end)
    known = max(each for each in (_local(row.changed, within), within.ours_since(order)) if each)
    return Due(K.YEARLY, order.id, charged_on.isoformat(), rules.window(K.YEARLY, charged_on, known))


def _expiring(within: Horizon) -> sa.Select[Any]:
    until, month, months = within.by + timedelta(days=rules.CATALOGUE[K.EXPIRING].earliest), within.today, []
    while month.replace(day=1) <= until:
        months.append((month.year, month.month))
        month = rules.last_day_of(month.year, month.month) + timedelta(days=1)
    told = Contact.at > within.start(within.today - SAME_CARD)
    return (
        _gifts(PaymentMethod)
        .join(PaymentMethod, _charged())
        .where(
            Subscription.state == S.ACTIVE,
            sa.or_(*(sa.and_(PaymentMethod.exp_year == y, PaymentMethod.exp_month == m) for y, m in months)),
            ~sa.exists().where(Contact.subscription_id == Subscription.id, Contact.step == Step.EXPIRING, told),
            _unwritten(K.EXPIRING, Notice.event_on >= within.today),
        )
    )


def _judge_expiring(row: Any, within: Horizon) -> Due:
    order, card = row
    last = rules.last_day_of(card.exp_year, card.exp_month)
    known = max(within.local(card.created_at), within.since_on)
    return Due(K.EXPIRING, order.id, f"{last:%Y-%m}", rules.window(K.EXPIRING, last, known))


def _resumes(within: Horizon) -> sa.Select[Any]:
    opens = timedelta(days=rules.CATALOGUE[K.RESUMES].earliest + 1)
    return _gifts(_changed_at().label("changed")).where(
        Subscription.state == S.PAUSED,
        Subscription.current_period_end.is_not(None),
        Subscription.paused_until >= within.start(within.today),
        Subscription.paused_until < within.start(within.by + opens),
        _unwritten(K.RESUMES, Notice.event_on >= within.today),
    )


def _judge_resumes(row: Any, within: Horizon) -> Due | None:
    order = row[0]
    ends, planned = within.local(order.paused_until), within.local(order.current_period_end)
    first = first_charge_after(ends, planned, _interval(order), order.charge_day)
    found = rules.resumes(ends, first, _local(row.changed, within))
    return Due(K.RESUMES, order.id, first.isoformat(), found) if found else None


# Changes of the station's own --------------------------------------------------------------------------------------


def _ahead(within: Horizon) -> sa.Select[Any]:
    """Changes that were confirmed more than thirty days before the charge; a yearly one has a notice of its own.

    Of several changes of the same the newest counts. A donor who has changed it since needs no notice.
    """
    change, other = aliased(Notice), aliased(Notice)
    opens = timedelta(days=rules.CATALOGUE[K.AHEAD].earliest)
    seldom = [each.value for each in Interval if rules.seldom(each)]
    newer = sa.exists().where(_same(other, change), other.kind == K.CHANGE, other.id > change.id)
    ahead = (other.kind.in_((K.AHEAD, K.VARYING)), other.event_on == change.event_on)
    told = sa.exists().where(_same(other, change), *ahead)
    first = sa.select(other.before).where(
        _same(other, change), other.kind == K.CHANGE, other.event_on == change.event_on
    )
    charged_until_then = first.order_by(other.id).limit(1).scalar_subquery()
    return (
        _gifts(change.event_on, change.period, charged_until_then.label("before"), PaymentMethod.kind)
        .join(change, sa.and_(change.subscription_id == Subscription.id, change.kind == K.CHANGE))
        .outerjoin(PaymentMethod, _charged())
        .where(
            change.asked == Asked.STATION,
            change.event_on >= within.today,
            change.event_on <= within.by + opens,
            Subscription.interval.not_in(seldom),
            ~newer,
            ~told,
        )
    )


def _same(one: Any, other: Any) -> sa.ColumnElement[bool]:
    """Two notices of changes are about the same gift, and the same of it: its amount, or its day."""
    alike = (
        sa.and_(*(each.period.startswith(f"{what}:") for each in (one, other))) for what in (rules.AMOUNT, rules.DAY)
    )
    return sa.and_(one.subscription_id == other.subscription_id, sa.or_(*alike))


def _judge_ahead(row: Any, within: Horizon) -> Due | None:
    order, event_on, change, before, method = row
    what = rules.what_changed(change)
    if what == rules.SPLIT or (what == rules.AMOUNT and before == str(Money(order.amount_cents, order.currency))):
        return None  # the sum is the same, or was taken back
    kind = rules.ahead_kind(by_bank=method == BANK_DEBIT, amount=what == rules.AMOUNT)
    period = f"{what}:{event_on.isoformat()}"
    return Due(kind, order.id, period, rules.window(kind, event_on), Asked.STATION, before)


FINDERS: dict[NoticeKind, Finder] = {
    K.TERMS: Finder(_terms, _judge_terms),
    K.MANDATE: Finder(_mandates, _judge_mandate),
    K.REMINDER: Finder(_reminders, _judge_reminder),
    K.YEARLY: Finder(_yearly, _judge_yearly),
    K.EXPIRING: Finder(_expiring, _judge_expiring),
    K.RESUMES: Finder(_resumes, _judge_resumes),
    K.AHEAD: Finder(_ahead, _judge_ahead),
}
