"""Forms of the desk: what a line of Stripe's balance is, and why a month is opened again."""

from __future__ import annotations

from unicodedata import category
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from station.core.ids import row_id
from station.payments.gateway import PAYMENT_PREFIX
from station.payments.models import Tie
from station.payments.policies import BY_HAND

BACK = "Not known after all: back to the list"


def trimmed(text: str | None) -> str:
    """What was typed, without the spaces around it and without what no keyboard types."""
    return "".join(letter for letter in text or "" if category(letter) not in ("Cc", "Cs")).strip()


class LineForm(FlaskForm):
    """What a line is."""

    kind = SelectField(
        "What is it?",
        [InputRequired("Choose what the line is.")],
        choices={"": "Choose", **{kind.value: words for kind, words in BY_HAND.items()}, Tie.UNMATCHED.value: BACK},
    )
    payment = StringField(
        "Payment",
        [Length(max=40)],
        filters=[trimmed],
        description="Only for the charge of a payment: its number begins with pay_ and stands on its page.",
    )
    reason = StringField(
        "Reason",
        [InputRequired("Give a reason."), Length(max=500)],
        filters=[trimmed],
        description="How you know. It stays with the line.",
    )

    def chosen(self) -> Tie:
        """The kind of a form that is valid."""
        return Tie(self.kind.data)

    def payment_id(self) -> UUID | None:
        """The payment that was named, or None."""
        return row_id(PAYMENT_PREFIX, self.payment.data or "")


class ReopenForm(FlaskForm):
    """Why a closed month is opened again."""

    reason = StringField("Reason", [InputRequired("Give a reason."), Length(max=500)], filters=[trimmed])
