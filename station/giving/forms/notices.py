"""The desk's form about a notice that did not reach its donor by mail."""

from __future__ import annotations

from datetime import date

from flask_wtf import FlaskForm
from wtforms import DateField, Field, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from station.core import clock
from station.giving import policies
from station.giving.forms.pledge import CARD_TYPED
from station.giving.models import Channel
from station.licensee.queries import the_licensee

HOW = {Channel.POST.value: "By post", Channel.PHONE.value: "By phone", Channel.NOT_NEEDED.value: "It is not needed"}


class GivenForm(FlaskForm):
    """How a notice was given, when, and what was said."""

    how = RadioField("How was it given?", choices=HOW, validate_choice=False)
    on = DateField("On", [InputRequired("Say on which day.")], description="Today, or the day of the letter or call.")
    note = TextAreaField(
        "What was sent or said",
        [Length(max=2000, message="Shorten it to 2,000 characters.")],
        description="If it is not needed: why. Never a card number.",
    )

    def validate_how(self, field: Field) -> None:
        if field.data not in HOW:
            raise ValidationError("Choose how it was given.")

    def validate_on(self, field: Field) -> None:
        if isinstance(field.data, date) and field.data > clock.today(the_licensee().timezone):
            raise ValidationError("This day is still to come. Note it once it was given.")

    def validate_note(self, field: Field) -> None:
        if policies.holds_card_number(field.data or ""):
            field.data = ""
            raise ValidationError(CARD_TYPED)
        if self.how.data == Channel.NOT_NEEDED.value and not (field.data or "").strip():
            raise ValidationError("Say why it is not needed: it stands in the proof.")
