"""What a donor changes on their own page: amount, day, a rest, the end. One press each, and nothing in the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Response, abort
from flask.typing import ResponseReturnValue

from station.core.actor import Actor
from station.giving.forms import OwnAmountForm, OwnForm
from station.giving.queries import OwnGift
from station.giving.views.own_page import FORMS, donor_of, own, page, theirs, to
from station.payments.services import StripeUnavailable, sustaining
from station.payments.services.sustaining import ChangeRefused


def _change_amount(order: UUID, form: OwnAmountForm, who: Actor) -> None:
    total, cover_cents = form.total_for(order)
    sustaining.change_amount(order, total, who, cover_cents=cover_cents)


ASKS: Mapping[str, Callable[[UUID, Any, Actor], object]] = {
    "amount": _change_amount,
    "day": lambda order, form, who: sustaining.change_date(order, int(form.day.data), who),
    "skip": lambda order, form, who: sustaining.skip(order, who),
    "pause": lambda order, form, who: sustaining.pause(order, form.until.data, who),
    "resume": lambda order, form, who: sustaining.resume(order, who),
    "stop": lambda order, form, who: sustaining.cancel(order, form.why, who, words=form.words.data or ""),
    "stay": lambda order, form, who: sustaining.stay(order, who),
}


@own.post("/<token>/change/<what>")
def change(token: str, what: str) -> ResponseReturnValue:
    """Make one change, or say in a sentence why it cannot be made."""
    gift = theirs(token)
    if isinstance(gift, Response):
        return gift
    if what not in ASKS:
        abort(404)
    form = FORMS[what](prefix=what)
    if not form.validate():
        return page(token, gift, {what: form}, 422)
    return _made(token, gift, what, form)


def _made(token: str, gift: OwnGift, what: str, form: OwnForm) -> ResponseReturnValue:
    try:
        ASKS[what](gift.donor.subscription_id, form, donor_of(gift))
    except ChangeRefused as refused:
        form.form_errors = [str(refused)]
        return page(token, gift, {what: form}, 409)
    except StripeUnavailable:
        return to(token, "unsure")
    return to(token, "changed")
