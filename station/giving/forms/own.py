"""The forms of a donor's own page, and of the desk about a sustainer whose charge failed."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from station.giving import policies
from station.giving.forms.pledge import CARD_TYPED, read_email


class LinkForm(FlaskForm):
    """“Send me my link”."""

    class Meta:
        csrf = False

    email = StringField("Email", description="The address that your receipts go to.")
    website = StringField("Leave this empty")  # nobody sees it; what fills in every field does not know that

    def validate_email(self, field: Field) -> None:
        field.data = policies.tidy(field.data or "")
        if not field.data:
            raise ValidationError("Enter your email address, so that the link can reach you.")
        read_email(field.data)


class CallForm(FlaskForm):
    """A call with a sustainer."""

    note = TextAreaField(
        "What was said",
        [InputRequired("Write what was said, or that nobody answered."), Length(max=2000)],
        description="Never a card number: the donor gives it on their own page.",
    )

    def validate_note(self, field: Field) -> None:
        if policies.holds_card_number(field.data or ""):
            field.data = ""
            raise ValidationError(CARD_TYPED)
