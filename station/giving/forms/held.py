"""Who gave a held gift, where neither we nor Stripe were told."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, StringField
from wtforms.validators import ValidationError

from station.giving import policies
from station.giving.forms.pledge import read_email


class GiverForm(FlaskForm):
    """A name, and the address to which the receipt goes."""

    name = StringField("Name", description="As the receipt is to print it.")
    email = EmailField("Email", description="The receipt goes there.")

    def validate_name(self, field: Field) -> None:
        field.data = policies.tidy(field.data or "")
        if not field.data:
            raise ValidationError("Type who gave it.")
        if len(field.data) > policies.NAME_LENGTH:
            raise ValidationError(f"Use at most {policies.NAME_LENGTH} characters.")

    def validate_email(self, field: Field) -> None:
        field.data = policies.tidy(field.data or "")
        if not field.data:
            raise ValidationError("Type the email address that the receipt goes to.")
        field.data = read_email(field.data)
