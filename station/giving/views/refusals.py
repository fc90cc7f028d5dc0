"""Why a pledge did not go on to its payment, in words: one table for the form and for the page's script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for

from station.core.words import day as printed
from station.giving import forms
from station.giving.forms import Attempt
from station.giving.queries import PledgeView
from station.giving.services import AttemptConflict, GivenAlready, NotBegun, StillOpen, SustainsAlready
from station.giving.services.pledges import ARRIVING
from station.licensee.queries import the_licensee
from station.payments.services import StripeRefused, StripeUnavailable
from station.screening.policies import Verdict, sentence

FOREIGN = "This form was sent from another website. Nothing was charged. Look it over and send it from here."
TOO_OLD = "This page was open for a long time. Nothing was charged. Look your pledge over and send it once more."
UNAVAILABLE = (
    "The payment page did not open, because our payment service is not answering. Nothing was charged. "
    "Wait a minute and send the form again, or call us at {phone}."
)
STILL_OPEN = (
    "We could not close the payment page of your first pledge, so it may still be open. Pay there or here, not on "
    "both. To go on with what you see here, wait a minute and send the form again, or call us at {phone}."
)
REFUSED = (
    "The payment service would not open a payment page for this pledge. Nothing was charged, and our staff "
    "have been told. Try once more later, or call us at {phone}."
)
CLOSED = "This page’s payment form had closed. Nothing was charged. Look your pledge over and send it once more."


@dataclass(frozen=True)
class Refusal:
    """What is said instead of going on. `attempt` is the token with which the same form may be sent once more.

    `see` leads to a gift that has reached us; `again` means that sending once more gives a second time.
    """

    status: int
    sentence: str
    attempt: str = ""
    see: str = ""
    again: bool = False
    retry_after: int = 0  # seconds to wait, where waiting helps


def said(status: int, words: str, attempt: str = "") -> Refusal:
    """A refusal in fixed words, with the licensee's telephone number where they name it."""
    return Refusal(status, words.format(phone=the_licensee().phone), attempt, retry_after=60 if status == 503 else 0)


def paused(verdict: Verdict) -> Refusal:
    """A network that must wait."""
    return Refusal(429, sentence(verdict, the_licensee().phone), retry_after=verdict.wait)


def explain(error: Exception, attempt: Attempt) -> Refusal:
    """What an error of the services means to the donor. Raises the error itself when it is none of those."""
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return words(error, attempt)
    raise error


def _conflict(error: Exception, attempt: Attempt) -> Refusal:
    assert isinstance(error, AttemptConflict)  # noqa: S101  # by the table below
    return _changed(error.first)


def _changed(first: PledgeView) -> Refusal:
    token = forms.fresh_attempt(instead=first)
    if first.state not in ARRIVING:
        return Refusal(
            422,
            f"You sent this form before, for {first.commitment} to {first.supported}, and then changed it. "
            "If you did not finish paying for the first one, nothing was charged for it. If what you see here is "
            "what you want, continue.",
            token,
        )
    return Refusal(
        422,
        f"You sent this form before, for {first.commitment} to {first.supported}, and that gift has reached us. "
        "If you want to give once more, with what you see here, continue.",
        token,
        see=url_for("giving.thanks", public_id=first.public_id),
        again=True,
    )


def _given_already(error: Exception, attempt: Attempt) -> Refusal:
    assert isinstance(error, GivenAlready)  # noqa: S101  # by the table below
    return Refusal(
        422,
        f"A gift with these same facts, {error.first.commitment} to {error.first.supported}, reached us a few "
        "minutes ago. There is no need to send it again. If you mean to give a second time, continue.",
        forms.repeated(attempt, again=True),
        again=True,
    )


def _sustains_already(error: Exception, attempt: Attempt) -> Refusal:
    assert isinstance(error, SustainsAlready)  # noqa: S101  # by the table below
    running, phone = error.running, the_licensee().phone
    return Refusal(
        422,
        f"You already give {running.commitment} to {running.supported}, since "
        f"{printed(running.order.created_at)}. To change that gift, call us at {phone}. To give a second one beside "
        "it, continue.",
        forms.repeated(attempt, again=True),
        again=True,
    )


_WORDS: dict[type[Exception], Callable[[Exception, Attempt], Refusal]] = {
    AttemptConflict: _conflict,
    GivenAlready: _given_already,
    SustainsAlready: _sustains_already,
    NotBegun: lambda error, attempt: said(409, CLOSED, forms.fresh_attempt()),
    StillOpen: lambda error, attempt: said(503, STILL_OPEN),
    StripeUnavailable: lambda error, attempt: said(503, UNAVAILABLE),
    StripeRefused: lambda error, attempt: said(503, REFUSED),
}
