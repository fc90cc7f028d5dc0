"""Forms of the underwriting desk."""

from __future__ import annotations

from datetime import date
from typing import Any, cast
from unicodedata import category

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from station.underwriting.policies import LONGEST_COPY, copy_problem, url_problem


def trimmed(text: str | None) -> str:
    """What was typed, without the spaces around it and without what no keyboard types."""
    return "".join(letter for letter in text or "" if letter == "\n" or category(letter) not in ("Cc", "Cs")).strip()


class SponsorForm(FlaskForm):
    """A new sponsor of an organisation that `members` has already."""

    credit_name = StringField(
        "Name in credits",
        [InputRequired("Enter the name for the credits."), Length(max=120)],
        filters=[trimmed],
        description="As it is read and printed, for example Basin Books.",
    )
    url = StringField(
        "Web address", [Length(max=300)], filters=[trimmed], description="Where the name leads. Starts with https://"
    )

    def validate_url(self, field: StringField) -> None:
        if problem := url_problem(field.data or ""):
            raise ValidationError(problem)


class NewSponsorForm(SponsorForm):
    """A new sponsor, of a new organisation."""

    organisation = StringField(
        "Organisation",
        [InputRequired("Enter the full name."), Length(max=200)],
        filters=[trimmed],
        description="Its legal name, as on the agreement.",
    )
    email = EmailField("Email address", [Length(max=254)], filters=[trimmed])

    def validate_email(self, field: EmailField) -> None:
        try:
            if field.data:
                validate_email(field.data, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise ValidationError("Enter an email address such as ana@example.org, or leave it empty.") from error


class FlightForm(FlaskForm):
    """Where and when a credit runs. Both days are the station's own, and both count."""

    station = SelectField("Station", [InputRequired("Choose a station.")])
    starts_on = DateField("First day", [InputRequired("Enter the first day.")])
    ends_on = DateField("Last day", [InputRequired("Enter the last day.")])

    def __init__(self, stations: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.station.choices = stations

    def days(self) -> tuple[date, date]:
        """The first and the last day of a form that is valid."""
        return cast("tuple[date, date]", (self.starts_on.data, self.ends_on.data))


class CreditForm(FlaskForm):
    """The words that follow the sponsor's name in the slot."""

    copy = TextAreaField(
        "Words of the credit",
        filters=[trimmed],
        description=f"Plain text, up to {LONGEST_COPY} characters. The page prints the "
        "label and the sponsor’s name above it.",
    )

    def validate_copy(self, field: TextAreaField) -> None:
        if problem := copy_problem(field.data or ""):
            raise ValidationError(problem)


class ApproveForm(FlaskForm):
    """An approval of the words that were read."""

    read = HiddenField(validators=[InputRequired()])


class StopForm(FlaskForm):
    """Nothing but the button."""
