"""The form for new words of the ask."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, Field, RadioField, TextAreaField
from wtforms.validators import InputRequired, Optional, ValidationError

from station.giving import policies
from station.giving.forms.pledge import station_choices
from station.licensee.queries import the_licensee


class AskForm(FlaskForm):
    """New words for a station's ask."""

    station = RadioField("Station", validate_choice=False)
    body = TextAreaField(
        "Words",
        [InputRequired("Write the words of the ask.")],
        description="A blank line starts a new paragraph. {minimum} becomes the minimum pledge.",
    )
    starts_on = DateField("First day", [InputRequired("Say from which day it is shown.")])
    ends_on = DateField(
        "Last day",
        [Optional()],
        description="Empty: until something newer starts. Give a last day "
        "to words that age, such as a comparison with a price.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.station.choices = station_choices()

    def validate_station(self, field: Field) -> None:
        if field.data not in station_choices():
            raise ValidationError("Choose the station that these words are for.")

    def validate_body(self, field: Field) -> None:
        if len(field.data or "") > policies.ASK_LENGTH:
            raise ValidationError(f"Shorten the words to {policies.ASK_LENGTH} characters.")
        problem = policies.ask_problem(field.data or "", the_licensee().minimum_pledge)
        if problem:
            raise ValidationError(problem)
        if not policies.split_paragraphs(field.data or ""):
            raise ValidationError("Write the words of the ask.")

    def validate_ends_on(self, field: Field) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError("The last day is before the first day. Choose a later last day.")
