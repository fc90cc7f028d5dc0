"""Forms about addresses that are not written to."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from station.mail.models import SuppressionReason
from station.mail.policies import reachable

BY_HAND = {
    SuppressionReason.MANUAL.value: "Nothing at all: the address is wrong, or its owner wants no word from us",
    SuppressionReason.UNSUBSCRIBED_ALL.value: "Receipts and notices only: they asked for no more appeals",
}


class SuppressForm(FlaskForm):
    """An address, what may still be sent to it, and why."""

    address = EmailField("Email address", [Length(max=254, message="Use at most 254 characters.")])
    reason = RadioField("What may still be sent there?", choices=BY_HAND, validators=[InputRequired("Choose one.")])
    why = StringField("Why", [Length(max=300, message="Use at most 300 characters.")])

    def validate_address(self, field: EmailField) -> None:
        if reachable(field.data or "") is None:
            raise ValidationError("Type an email address such as ana@example.org.")

    def validate_why(self, field: StringField) -> None:
        _say_why(field)


class LiftForm(FlaskForm):
    """Why an address is written to again."""

    why = StringField("Why it is written to again", [Length(max=300, message="Use at most 300 characters.")])

    def validate_why(self, field: StringField) -> None:
        _say_why(field)


def _say_why(field: StringField) -> None:
    if not (field.data or "").strip():
        raise ValidationError("Say why, in a few words: whoever looks at this later will want to know.")
