"""The desk's forms for a sustainer: another amount, another day, a pause, the end."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from station.giving import policies
from station.giving.forms.parts import NewAmount
from station.payments.models import Asked, EndReason

REASONS = {
    EndReason.MONEY: "Cannot afford it now",
    EndReason.LESS_USE: "Listens or reads less",
    EndReason.UNHAPPY: "Unhappy with something we did",
    EndReason.ELSEWHERE: "Gives elsewhere, or in another way",
    EndReason.TWICE: "Gave twice by mistake",
    EndReason.TROUBLE: "Trouble with the payment",
    EndReason.DIED: "The donor has died",
    EndReason.OTHER: "Another reason",
}


ASKED = {
    Asked.PHONE.value: "The donor, by phone",
    Asked.WRITING.value: "The donor, in a letter or an email",
    Asked.IN_PERSON.value: "The donor, in person",
    Asked.STATION.value: "The station itself",
}


def asked_field(name: str) -> SelectField:
    """Who wants a change; `name` is the field's id, as two of them stand on one page."""
    return SelectField(
        "Who wants it?",
        choices={"": "Choose who wants it", **ASKED},
        validate_choice=False,
        id=name,
        description="The donor gets it in writing. A change of the station’s own is made at least 7 days before "
        "the next charge; of what a bank account is debited, 10.",
    )


class SustainerForm(FlaskForm):
    """A press of a button about a sustainer, or one of the forms below."""


class AskedForm(SustainerForm):
    """A change of what is charged, or when: who wants it stands on record."""

    asked: Field

    def validate_asked(self, field: Field) -> None:
        if field.data not in ASKED:
            raise ValidationError("Choose who wants this change: it stands on record.")

    @property
    def who(self) -> Asked:
        """Who wants the change, once it was chosen."""
        return Asked(self.asked.data)


class AmountForm(NewAmount, AskedForm):
    asked = asked_field("amount-asked")
    amount = StringField("New amount", description="Charged from the next charge on. Nothing is charged today.")

    def validate_amount(self, field: Field) -> None:
        try:
            policies.read_amount(field.data or "", self.minimum)
        except policies.AmountRefused as refused:
            raise ValidationError(str(refused)) from None


class DayForm(AskedForm):
    asked = asked_field("day-asked")
    charge_day = SelectField(
        "Day of charge",
        choices=policies.charge_days(),
        validate_choice=False,
        description="At least 23 days lie between two charges, so the next one may come a month later.",
    )

    def validate_charge_day(self, field: Field) -> None:
        if field.data not in policies.charge_days():
            raise ValidationError("Choose a day from the list.")


class PauseForm(SustainerForm):
    until = DateField(
        "Charges go on from",
        [InputRequired("Say from which day on charges go on.")],
        description="A day after the next charge, within a year. What falls due before it is not caught up.",
    )


class CancelForm(SustainerForm):
    reason = SelectField(
        "Reason", choices={"": "Choose a reason", **{each.value: words for each, words in REASONS.items()}}
    )
    words = TextAreaField("In the donor’s words", [Length(max=500, message="Shorten the words to 500 characters.")])
    when = RadioField("When", choices={"now": "Now", "later": "When the paid period ends"}, default="now")

    def validate_reason(self, field: Field) -> None:
        if field.data not in set(EndReason):
            raise ValidationError("Choose why the gift stops. “Another reason” will do.")
