"""The forms of a donor's own page, and of the desk about a sustainer whose charge failed."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from station.giving import policies
from station.giving.forms.parts import NewAmount
from station.giving.forms.pledge import CARD_TYPED, read_email
from station.payments.models import EndReason

DAYS = {**{str(day): str(day) for day in range(1, 29)}, "31": "The last one"}
REASONS = {
    "": "I would rather not say",
    EndReason.MONEY.value: "I cannot afford it now",
    EndReason.LESS_USE.value: "I listen or read less",
    EndReason.UNHAPPY.value: "I am unhappy with something you did",
    EndReason.ELSEWHERE.value: "I give elsewhere, or in another way",
    EndReason.TWICE.value: "I gave twice by mistake",
    EndReason.TROUBLE.value: "I had trouble with the payment",
}


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


class OwnForm(FlaskForm):
    """A press on the donor's own page. The link in the address stands in for CSRF."""

    class Meta:
        csrf = False


class OwnAmountForm(NewAmount, OwnForm):
    """Another amount, from the next charge on."""

    amount = StringField("New amount", description="From the next charge on. Nothing is charged today.")

    def validate_amount(self, field: Field) -> None:
        if policies.holds_card_number(field.data or ""):
            field.data = ""
            raise ValidationError(CARD_TYPED)
        try:
            policies.read_amount(field.data or "", self.minimum)
        except policies.AmountRefused as refused:
            raise ValidationError(str(refused)) from None


class OwnDayForm(OwnForm):
    """Another day of the month."""

    day = SelectField(
        "Day of the month",
        choices=DAYS,
        validate_choice=False,
        description="At least 23 days lie between two charges, so the next one may come a month later.",
    )

    def validate_day(self, field: Field) -> None:
        if field.data not in DAYS:
            raise ValidationError("Choose a day from the list.")


class OwnPauseForm(OwnForm):
    """A rest until a day."""

    until = DateField(
        "Go on from",
        [InputRequired("Say from which day on it goes on.")],
        description="A day after the next charge, within a year. What is left out is never caught up.",
    )


class OwnStopForm(OwnForm):
    """The end, with a reason if the donor wants to give one."""

    reason = SelectField("Why, if you like to say", choices=REASONS, validate_choice=False)
    words = StringField("Anything you want us to know", [Length(max=500, message="Shorten it to 500 characters.")])

    @property
    def why(self) -> EndReason:
        """What was chosen; nobody has to choose."""
        return EndReason(self.reason.data) if self.reason.data in set(EndReason) else EndReason.OTHER


class CallForm(FlaskForm):
    """A call with a sustainer."""

    note = TextAreaField(
        "What was said",
        [DataRequired("Write what was said, or that nobody answered."), Length(max=2000)],
        description="Never a card number: the donor gives it on their own page.",
    )

    def validate_note(self, field: Field) -> None:
        if policies.holds_card_number(field.data or ""):
            field.data = ""
            raise ValidationError(CARD_TYPED)
