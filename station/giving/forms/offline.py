"""The form for one gift that came past Stripe: made for the keyboard, read into plain values."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from hashlib import sha256
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, Field, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from station.core import clock
from station.core.money import Money, MoneyError
from station.giving import policies
from station.giving.forms.benefits import BenefitFields
from station.giving.forms.parts import both_choice, chosen_stations
from station.giving.forms.pledge import read_email, station_choices
from station.giving.services import NewDonor, OfflineGift
from station.licensee.queries import the_licensee
from station.members import queries as members
from station.payments.models import Tender, Way
from station.payments.policies import WAYS, stock_value, ten_thousandths

NEW = "new"
TENDERS = {
    Tender.CHECK.value: "Check",
    Tender.CASH.value: "Cash",
    Tender.STOCK.value: "Stock",
    Tender.OTHER.value: "Other",
}
FOUND = 6


def _text(label: str, most: int, description: str = "") -> StringField:
    return StringField(label, [Length(max=most, message=f"Use at most {most} characters.")], description=description)


class OfflineForm(FlaskForm, BenefitFields):
    """One gift: from whom, how much, as what. `checked` says which facts the preview has shown."""

    donor = _text("From", 200, "A name or an email address. Enter looks it up.")
    member = RadioField("Who is it?", validate_choice=False)
    new_given = _text("First name", 100)
    new_family = _text("Last name", 100)
    new_name = _text("Or organization", 100)
    new_email = EmailField("Email", [Length(max=254)])
    amount = _text("Amount", 40, "Like 50 or 1,234.50. Of stock it is worked out.")
    tender = RadioField("Came as", choices=TENDERS, validate_choice=False)
    number = _text("Check number", 40)
    dated = DateField("Date on the check", [Optional()])
    way = SelectField("How it came", choices={way.value: name for way, name in WAYS.items()}, validate_choice=False)
    symbol = _text("Ticker", 12)
    shares = _text("Shares", 20)
    high = _text("Highest price of the day", 20)
    low = _text("Lowest price of the day", 20)
    station = SelectField("For", validate_choice=False)
    received_on = DateField("Received on", [InputRequired("Say when it was received.")])
    given_on = DateField("Postmarked on", [Optional()], description="A mailed check counts from its postmark.")
    note = _text("Note", 300)
    checked = HiddenField()
    again = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.station.choices = station_choices() | both_choice()
        self.member.choices = self._candidates()

    def _candidates(self) -> dict[str, str]:
        asked = (self.donor.data or "").strip()
        found = members.find_members(asked, FOUND) if asked else []
        shown = {each.public_id: ", ".join(filter(None, (each.name, each.email))) for each in found}
        if self.member.data and self.member.data not in {*shown, NEW}:
            self.member.data = None  # somebody of an earlier search
        if not self.member.data and len(found) == 1 and asked.casefold() in map(str.casefold, found[0].emails):
            self.member.data = found[0].public_id
        return {**shown, NEW: "Somebody new"} if asked else {}

    def validate_donor(self, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError("Type who gave it: a name or an email address.")

    def validate_member(self, field: Field) -> None:
        if (self.donor.data or "").strip() and not field.data:
            raise ValidationError("Choose who it is, or that it is somebody new.")

    def validate_new_given(self, field: Field) -> None:
        named = (self.new_given.data, self.new_family.data, self.new_name.data)
        if self.member.data == NEW and not any((text or "").strip() for text in named):
            raise ValidationError("Type the name of the new member.")

    def validate_new_email(self, field: Field) -> None:
        if self.member.data == NEW and (field.data or "").strip():
            read_email(field.data.strip())

    def validate_tender(self, field: Field) -> None:
        if field.data not in TENDERS:
            raise ValidationError("Choose what it came as.")

    def validate_amount(self, field: Field) -> None:
        if self.tender.data == Tender.STOCK:
            return
        try:
            worth = self._money(field)
        except MoneyError:
            raise ValidationError("Type the amount, like 50 or 1,234.50.") from None
        if problem := policies.offline_problem(Tender.CASH, None, worth, Money(0, worth.currency)):
            raise ValidationError(problem)

    def validate_way(self, field: Field) -> None:
        if self.tender.data == Tender.OTHER and field.data not in set(Way):
            raise ValidationError("Choose how it came.")

    def validate_symbol(self, field: Field) -> None:
        if self.tender.data == Tender.STOCK and not (field.data or "").strip():
            raise ValidationError("Type the ticker of the stock.")

    def validate_shares(self, field: Field) -> None:
        if self.tender.data == Tender.STOCK and not self._number(field):
            raise ValidationError("Type how many shares, like 12 or 12.5.")

    def validate_high(self, field: Field) -> None:
        if self.tender.data == Tender.STOCK and not self._number(field):
            raise ValidationError("Type the highest price of the day on which it arrived.")

    def validate_low(self, field: Field) -> None:
        if self.tender.data == Tender.STOCK and not 0 < self._number(field) <= self._number(self.high):
            raise ValidationError("Type the lowest price of that day. It is not above the highest one.")

    def validate_station(self, field: Field) -> None:
        if chosen_stations(field.data or "") is None:
            raise ValidationError("Choose the station that it is for.")

    def validate_received_on(self, field: Field) -> None:
        if field.data and field.data > _today():
            raise ValidationError("This day has not come yet.")

    def validate_given_on(self, field: Field) -> None:
        if field.data and self.received_on.data and field.data > self.received_on.data:
            raise ValidationError("It was received before this day. Check both days.")

    def facts(self) -> str:
        """All that was typed, in short: what a preview was made of."""
        said = [
            f"{each.name}={each.data or ''}" for each in self if each.name not in ("csrf_token", "checked", "again")
        ]
        return sha256("\n".join(said).encode()).hexdigest()

    def keyed(self) -> OfflineGift:
        """The gift, once the whole form has been found good."""
        tender, chosen = Tender(self.tender.data), chosen_stations(self.station.data or "")
        assert chosen is not None  # noqa: S101  # validated
        received: date = self.received_on.data or _today()
        numbers = [self._number(each) for each in (self.shares, self.high, self.low)]
        shares, high, low = numbers if tender is Tender.STOCK else (0, 0, 0)
        return OfflineGift(
            donor=self._donor(),
            tender=tender,
            amount=stock_value(shares, high, low) if tender is Tender.STOCK else self._money(self.amount),
            station_id=chosen[0],
            second_station_id=chosen[1],
            given_on=self.given_on.data or received,
            received_on=received,
            number=(self.number.data or "").strip() if tender is Tender.CHECK else "",
            dated=self.dated.data if tender is Tender.CHECK else None,
            way=Way(self.way.data) if tender is Tender.OTHER else None,
            symbol=(self.symbol.data or "").strip().upper() if tender is Tender.STOCK else "",
            shares_e4=shares,
            high_e4=high,
            low_e4=low,
            benefits=self.benefits(),
            note=(self.note.data or "").strip(),
            again=bool(self.again.data),
        )

    def donor_name(self) -> str:
        """How the donor will be called on the receipt."""
        new = self._donor()
        if isinstance(new, NewDonor):
            return policies.tidy(new.name or f"{new.given_name} {new.family_name}")
        known = members.member(new)
        return known.name if known else ""

    def _donor(self) -> Any:
        if self.member.data == NEW:
            typed = (self.new_given, self.new_family, self.new_name, self.new_email)
            return NewDonor(*((each.data or "").strip() for each in typed))
        known = members.member_by_public_id(self.member.data or "")
        assert known is not None  # noqa: S101  # among the choices
        return known.id

    def _money(self, field: Field) -> Money:
        return Money.parse((field.data or "")[:40], the_licensee().currency)

    def _number(self, field: Field) -> int:
        with suppress(ValueError):
            return ten_thousandths(field.data or "")
        return 0


def _today() -> date:
    return clock.today(the_licensee().timezone)
