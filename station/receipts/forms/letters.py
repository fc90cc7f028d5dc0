"""Forms of the desk's pages of letters and legends."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from station.core import clock
from station.core.money import Money, MoneyError
from station.licensee.queries import the_licensee
from station.receipts.models import LetterKind
from station.receipts.policies import PLACES, Place
from station.receipts.queries import LegendView

KINDS = {LetterKind.GOODS.value: "Goods", LetterKind.VEHICLE.value: "A vehicle"}


def _text(label: str, most: int, description: str = "") -> StringField:
    return StringField(label, [Length(max=most, message=f"Use at most {most} characters.")], description=description)


class PropertyForm(FlaskForm):
    """Goods or a vehicle that somebody gave. No value is asked for: none is stated. `attempt` names the letter that
    the form becomes: sent twice, it is one."""

    attempt = HiddenField()
    kind = RadioField("What was given", choices=KINDS, default=LetterKind.GOODS.value, validate_choice=False)
    description = TextAreaField(
        "Description",
        [DataRequired("Describe what was given."), Length(max=1000, message="Use at most 1,000 characters.")],
        description="As the letter will name it, without a value: a Steinway upright piano; a 2014 Honda Civic.",
    )
    received_on = DateField("Received on", [InputRequired("Say when it was received.")])
    vin = _text("Vehicle identification number", 17)
    sold_on = DateField("Sold on", [Optional()])
    proceeds = _text("Gross proceeds of the sale", 40)

    def validate_kind(self, field: Field) -> None:
        if field.data not in KINDS:
            raise ValidationError("Choose what was given.")

    def validate_received_on(self, field: Field) -> None:
        if field.data and field.data > clock.today(the_licensee().timezone):
            raise ValidationError("This day has not come yet.")

    def validate_vin(self, field: Field) -> None:
        if self._vehicle and not (field.data or "").strip():
            raise ValidationError("Type the identification number of the vehicle.")

    def validate_proceeds(self, field: Field) -> None:
        if self._vehicle and self._proceeds() is None:
            raise ValidationError("Type what the sale brought in all, like 2,400.")
        if self._vehicle and not self.sold_on.data:
            raise ValidationError("Say when it was sold. The letter goes out within 30 days of the sale.")

    @property
    def _vehicle(self) -> bool:
        return bool(self.kind.data == LetterKind.VEHICLE.value)

    def _proceeds(self) -> Money | None:
        with suppress(MoneyError):
            return Money.parse((self.proceeds.data or "")[:40], the_licensee().currency)
        return None

    def kind_chosen(self) -> LetterKind:
        """What was given, once the form has been found good."""
        return LetterKind(self.kind.data)

    def day(self) -> date:
        """When it was received, station-local."""
        found: date = self.received_on.data or clock.today(the_licensee().timezone)
        return found

    def said(self) -> dict[str, Any]:
        """What the letter needs besides."""
        known: dict[str, Any] = {"description": " ".join((self.description.data or "").split())}
        if self._vehicle:
            known |= {"vin": (self.vin.data or "").strip(), "sold_on": self.sold_on.data, "amount": self._proceeds()}
        return known


class LegendForm(FlaskForm):
    """The legend of a state, where it is shown, and when somebody looks at it again."""

    body = TextAreaField(
        "Text",
        [Length(max=3000, message="Use at most 3,000 characters.")],
        description="As the state words it. Empty takes it out.",
    )
    on_form = BooleanField(PLACES[Place.FORM])
    on_receipt = BooleanField(PLACES[Place.RECEIPT])
    on_reminder = BooleanField(PLACES[Place.REMINDER])
    always = BooleanField("Print it also where the donor’s state is not known")
    review_on = DateField("Look at it again on", [Optional()], description="Phone numbers and laws change.")

    @classmethod
    def of(cls, now: LegendView | None, draft: str) -> LegendForm:
        """The form with what is in force, or with a draft."""
        if now is None:
            return cls(data={"body": draft, "on_form": True, "on_receipt": True, "on_reminder": True})
        shown = {place.value: place in now.places for place in Place}
        return cls(data={"body": now.body, "always": now.always, "review_on": now.review_on, **shown})

    def validate_on_form(self, field: Field) -> None:
        if (self.body.data or "").strip() and not any(self[place.value].data for place in Place):
            raise ValidationError("Choose where it is shown.")

    def validate(self, extra_validators: Any = None) -> bool:
        """Field by field, and that a text has a day of review: a field that may be empty asks nothing of itself."""
        good, day = super().validate(extra_validators), self.review_on
        if not (self.body.data or "").strip() or day.data or day.errors:
            return bool(good)
        day.errors = ["Say when somebody looks at it again, such as a year from now."]
        return False

    def legend(self, state: str) -> tuple[str, str, frozenset[Place], bool, date | None]:
        """The version to write."""
        places = frozenset(place for place in Place if self[place.value].data)
        return state, self.body.data or "", places, bool(self.always.data), self.review_on.data
