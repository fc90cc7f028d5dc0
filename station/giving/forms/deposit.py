"""The forms of a deposit, and of taking a gift back."""

from __future__ import annotations

from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import DateField, Field, HiddenField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from station.core import clock
from station.core.ids import row_id
from station.core.money import Money, MoneyError
from station.licensee.queries import the_licensee

LONG = Length(max=300, message="Use at most 300 characters.")


class DepositForm(FlaskForm):
    """Which checks and cash go to the bank, and what a person counted."""

    money = SelectMultipleField(
        "Checks and cash", validate_choice=False, widget=ListWidget(), option_widget=CheckboxInput()
    )
    counted = StringField("Counted total", description="Add up what you hold, without looking at the list.")
    deposited_on = DateField("Day of the deposit", [InputRequired("Say on which day it goes to the bank.")])
    note = StringField("Note", [LONG], description="Such as the number of the deposit slip.")

    def validate_money(self, field: Field) -> None:
        if not self.chosen():
            raise ValidationError("Choose what goes to the bank.")

    def validate_counted(self, field: Field) -> None:
        try:
            self.total()
        except MoneyError:
            raise ValidationError("Type the total that you counted, like 1,234.50.") from None

    def validate_deposited_on(self, field: Field) -> None:
        if field.data and field.data > clock.today(the_licensee().timezone):
            raise ValidationError("This day has not come yet.")

    def chosen(self) -> list[UUID]:
        """The payments that are ticked."""
        found = (row_id("pay", text) for text in self.money.data or [])
        return [each for each in found if each is not None]

    def total(self) -> Money:
        """What was counted. Raises MoneyError."""
        return Money.parse((self.counted.data or "")[:40], the_licensee().currency)


class UndoForm(FlaskForm):
    """Why a gift is taken back."""

    why = HiddenField()
    reason = StringField("Why?", [InputRequired("Say why."), Length(max=300)])
