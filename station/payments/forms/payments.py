"""What people ask of the list of payments, and what they say when money goes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, Field, HiddenField, SearchField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from station.core.money import Money, MoneyError
from station.licensee.queries import station_by_slug, stations
from station.payments import queries
from station.payments.models import PaymentKind, PaymentState, RefundReason, Tender
from station.payments.queries import PaymentFilter

KINDS = {PaymentKind.ONCE: "Once", PaymentKind.FIRST: "Recurring, first", PaymentKind.RENEWAL: "Recurring, renewal"}
METHODS = {"card": "Card", "us_bank_account": "Bank account", "link": "Link"}
REASONS = {
    RefundReason.REQUESTED: "The donor asked for it",
    RefundReason.DUPLICATE: "It was paid twice",
    RefundReason.AMOUNT: "The amount was wrong",
    RefundReason.FRAUDULENT: "A stolen card: Stripe also blocks it",
    RefundReason.OTHER: "Another reason",
}
HOURS = {"1": "1 hour", "6": "6 hours", "24": "1 day", "72": "3 days", "720": "30 days"}
LARGEST = 99_999_999  # cents: docs.stripe.com/currencies#minimum-and-maximum-charge-amounts


def choices(none: str, named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The choices of a filter: `none` for no filter, then values with their names."""
    return {"": none, **dict(named)}


def words(value: str) -> str:
    """A name of the code as people read it: awaiting_donor is "Awaiting donor"."""
    return value.replace("_", " ").capitalize()


class PaymentFilterForm(FlaskForm):
    """Search and filters of the list; read from the address, so that a list can be kept and sent."""

    class Meta:
        csrf = False  # nothing is changed by looking

    q = SearchField("Search", [Length(max=200, message="Use at most 200 characters.")])
    state = SelectField("State", choices=choices("Any", ((s.value, words(s.value)) for s in PaymentState)))
    kind = SelectField("How often", choices=choices("Any", ((k.value, said) for k, said in KINDS.items())))
    tender = SelectField("Came as", choices=choices("Anything", ((t.value, words(t.value)) for t in Tender)))
    method = SelectField("Method")
    station = SelectField("Station")
    first = DateField("Asked for from", [Optional()])
    last = DateField("Until", [Optional()])
    least = StringField("At least", [Length(max=20, message="Type an amount such as 25 or 12.50.")])
    most = StringField("At most", [Length(max=20, message="Type an amount such as 25 or 12.50.")])
    refunded = BooleanField("Refunded")
    disputed = BooleanField("Disputed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method.choices = choices("Any", ((each, METHODS.get(each, words(each))) for each in queries.methods()))
        self.station.choices = choices("Both", ((each.slug, each.name) for each in stations()))
        for field in (self.state, self.kind, self.tender, self.method, self.station):
            field.data = field.data or ""

    def validate_last(self, field: Field) -> None:
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError("The last day is before the first day. Choose a later one.")

    def validate_least(self, field: Field) -> None:
        self._cents(field)

    def validate_most(self, field: Field) -> None:
        most, least = self._cents(field), self._cents(self.least, quietly=True)
        if most is not None and least is not None and most < least:
            raise ValidationError("This is less than the smallest amount. Type a larger one.")

    def _cents(self, field: Field, *, quietly: bool = False) -> int | None:
        """The cents of an amount, None for an empty one. Raises ValidationError for others, unless quiet."""
        if not (field.data or "").strip():
            return None
        try:
            cents = Money.parse(field.data).cents
        except MoneyError as error:
            if quietly:
                return None
            raise ValidationError("Type an amount such as 25 or 12.50.") from error
        return min(cents, LARGEST)

    @property
    def wanted(self) -> PaymentFilter:
        """The filter; what was not understood lets everything through, and the page says so at its field."""
        station = station_by_slug(self._good(self.station) or "")
        last = self._good(self.last)
        return PaymentFilter(
            words=(self._good(self.q) or "").strip(),
            state=PaymentState(found) if (found := self._good(self.state)) else None,
            kind=PaymentKind(found) if (found := self._good(self.kind)) else None,
            tender=Tender(found) if (found := self._good(self.tender)) else None,
            method=self._good(self.method) or "",
            station_id=station.id if station else None,
            first=self._good(self.first),
            until=last + timedelta(days=1) if last else None,
            least=self._cents(self.least, quietly=True),
            most=self._cents(self.most, quietly=True),
            refunded=bool(self.refunded.data),
            disputed=bool(self.disputed.data),
        )

    @property
    def said(self) -> dict[str, str]:
        """The fields that say something, for the address of another page of the same list."""
        return {
            field.short_name: "y" if field.data is True else str(field.data) for field in self if self._good(field)
        }

    def _good(self, field: Field) -> Any:
        return None if field.errors else field.data


class RefundForm(FlaskForm):
    """How much goes back of a payment, and why."""

    amount = StringField("Amount", [InputRequired("Type the amount that goes back."), Length(max=20)])
    reason = SelectField("Reason", choices={each.value: text for each, text in REASONS.items()})
    note = TextAreaField(
        "In your words", [DataRequired("Say in a line what happened."), Length(max=500, message="Shorten it to 500.")]
    )
    sent_as = StringField("How the money was sent", [Length(max=80)])

    def validate_amount(self, field: Field) -> None:
        self.money()

    def money(self) -> Money:
        """The amount as typed. Raises ValidationError for what is none."""
        try:
            found = Money.parse(self.amount.data or "")
        except MoneyError as error:
            raise ValidationError("Type an amount such as 25 or 25.50.") from error
        if found.cents <= 0:
            raise ValidationError("Type an amount above zero.")
        return found


class SentForm(RefundForm):
    """The same for money that somebody sent: then it says how."""

    def validate_sent_as(self, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError("Say how it was sent, such as check 1042.")


class WordsForm(FlaskForm):
    """What a person says about a dispute, or about many refunds."""

    note = TextAreaField(
        "In your words",
        [DataRequired("Say in a few words what speaks for it."), Length(max=5000, message="Shorten it to 5,000.")],
    )


class AlikeForm(WordsForm):
    """Why many payments are no gifts; `seen` marks those that the person had before their eyes."""

    seen = HiddenField()

    def showed(self, able: Mapping[UUID, Money]) -> bool:
        """Whether the page was of these payments, each with this amount that goes back. The next page will be."""
        told = sorted(f"{payment_id} {left.cents} {left.currency}" for payment_id, left in able.items())
        mark, was = sha256("\n".join(told).encode()).hexdigest(), self.seen.data
        self.seen.data = mark
        return was == mark
