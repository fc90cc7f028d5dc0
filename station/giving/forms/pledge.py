"""The pledge form: what a donor sent, read into plain values, and the words for what cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import ValidationError

from station.core import clock
from station.core.money import Money
from station.giving import policies
from station.giving.forms.attempts import Attempt
from station.giving.forms.parts import CoverField, both_choice, chosen_stations, cover_of
from station.giving.models import Frequency
from station.giving.queries import PledgeView
from station.giving.services import PledgeRequest, read_giver
from station.licensee.queries import stations, the_licensee

LONGEST_EMAIL = 254
FREQUENCIES = {
    Frequency.MONTH.value: "Monthly",
    Frequency.ONCE.value: "One time",
    Frequency.QUARTER.value: "Every three months",
    Frequency.YEAR.value: "Every year",
}
RARE = (Frequency.QUARTER.value, Frequency.YEAR.value)
CARD_TYPED = (
    "This looks like a card number. Card details belong only into the payment form, which stands apart. "
    "We did not keep it."
)


class PledgeForm(CoverField, FlaskForm):
    """The whole pledge: how often, how much, who, for which station. Its attempt token stands in for CSRF."""

    class Meta:
        csrf = False

    frequency = RadioField("How often?", choices=FREQUENCIES, validate_choice=False)
    charge_day = SelectField(
        "Day of the later charges",
        choices={"": "The day of the first"},
        validate_choice=False,
        description="Of a gift that repeats. You are charged today, and next on that day, at least 23 days from now.",
    )
    amount = RadioField("How much?", validate_choice=False)
    other_amount = StringField(
        "Other amount", description="Like 12 or 12.50. An amount typed here replaces the choice above."
    )
    station = RadioField("Which station?", validate_choice=False)
    given_name = StringField("First name")
    family_name = StringField("Last name")
    email = StringField("Email", description="Your receipt goes here.")
    website = StringField("Leave this empty")  # nobody sees it; what fills in every field does not know that
    source = HiddenField()
    attempt = HiddenField()
    giver = HiddenField()  # from a link in a member's own mail
    wallet_name = StringField()  # sent by the page's script, for a donor whose wallet said who they are
    proof = HiddenField()

    texts: ClassVar[tuple[str, ...]] = ("other_amount", "given_name", "family_name", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.minimum: Money = the_licensee().minimum_pledge
        self.tiles = {policies.plain(tile): tile.short for tile in policies.tiles(self.minimum)}
        self.amount.choices = self.tiles
        self.station.choices = station_choices() | both_choice()
        self.covers = {tile: cover_of(tile) for tile in policies.tiles(self.minimum)}
        self.charge_day.choices = {"": "The day of the first", **policies.charge_days()}
        self._settle()

    def _settle(self) -> None:
        """Tidy what was typed, and take an amount that is not among the tiles as typed."""
        for name in self.texts:
            self[name].data = policies.tidy(self[name].data or "")
        self.source.data = policies.source(self.source.data or "")
        if self.wallet_name.data and not (self.given_name.data or self.family_name.data):
            self.given_name.data, self.family_name.data = policies.name_parts(self.wallet_name.data)
        chosen = self.amount.data
        if chosen and chosen not in self.tiles:
            self.amount.data, self.other_amount.data = None, self.other_amount.data or chosen.strip()

    def make_showable(self) -> None:
        """Empty every field that a card number was typed into, and take out what no page can show."""
        for name in self.texts:
            typed = self[name].data
            self[name].data = "" if policies.holds_card_number(typed) else policies.printable(typed)

    def validate_frequency(self, field: Field) -> None:
        if field.data not in FREQUENCIES:
            raise ValidationError("Choose how often: monthly, one time, every three months or every year.")

    def validate_charge_day(self, field: Field) -> None:
        if field.data and field.data not in policies.charge_days():
            raise ValidationError("Choose a day from the list, or leave it at the day of the first charge.")

    def validate_amount(self, field: Field) -> None:
        if self.other_amount.data:
            return
        if not field.data:
            raise ValidationError(
                f"Choose an amount, or type one from {self.minimum} to {policies.largest(self.minimum.currency)}."
            )

    def validate_other_amount(self, field: Field) -> None:
        _no_card(field)
        if not field.data:
            return
        try:
            policies.read_amount(field.data, self.minimum)
        except policies.AmountRefused as refused:
            raise ValidationError(str(refused)) from None

    def validate_station(self, field: Field) -> None:
        if chosen_stations(field.data or "") is None:
            raise ValidationError("Choose the station that your gift is for.")

    def validate_given_name(self, field: Field) -> None:
        if not field.data and not self.family_name.data:
            raise ValidationError("Enter your name.")
        _name(field, "first name")

    def validate_family_name(self, field: Field) -> None:
        _name(field, "last name")

    def validate_email(self, field: Field) -> None:
        _no_card(field)
        if not field.data:
            raise ValidationError("Enter your email address, so that your receipt can reach you.")
        read_email(field.data)

    def wished(self, attempt: Attempt) -> PledgeRequest:
        """What the form is set to, without its donor, once frequency, amount and station have been found good."""
        chosen, gift = chosen_stations(self.station.data or ""), self._gift()
        assert chosen is not None  # noqa: S101  # validated
        cover = cover_of(gift) if self.cover.data else Money(0, gift.currency)
        return PledgeRequest(
            attempt=attempt.id,
            station_id=chosen[0],
            second_station_id=chosen[1],
            frequency=Frequency(self.frequency.data),
            charge_day=self._day(),
            amount=gift + cover,
            cover_cents=cover.cents,
            giver=read_giver(self.giver.data or ""),
            given_name="",
            family_name="",
            email="",
            source=self.source.data or "",
            again=attempt.again,
            instead=attempt.instead,
        )

    def _gift(self) -> Money:
        return policies.read_amount(self.other_amount.data or self.amount.data or "", self.minimum)

    def offered(self) -> dict[str, int]:
        """What may be added to this gift, for the page's script, once the amount has been found good."""
        gift = self._gift()
        return {"gift_cents": gift.cents, "cover_cents": cover_of(gift).cents}

    def _day(self) -> int | None:
        """The day that was chosen; a gift once has none, whatever the list was left at."""
        repeats = self.frequency.data != Frequency.ONCE.value
        return int(self.charge_day.data) if repeats and self.charge_day.data else None

    @property
    def rare(self) -> bool:
        """Whether the form is set to something that stands behind its disclosure."""
        return bool(self.frequency.data in RARE or self.charge_day.data or self.charge_day.errors)

    def next_dates(self) -> dict[str, dict[str, date]]:
        """When a gift that begins today is charged next, by day as the form lists it and by frequency."""
        now, zone = clock.now(), the_licensee().timezone
        days = {"": None, **{day: int(day) for day in policies.charge_days()}}
        return {text: policies.dates_after_now(day, now, zone) for text, day in days.items()}

    def pledged(self, attempt: Attempt) -> PledgeRequest:
        """What the donor asks for, once the whole form has been found good."""
        return replace(
            self.wished(attempt),
            given_name=self.given_name.data or "",
            family_name=self.family_name.data or "",
            email=read_email(self.email.data or ""),
        )


def station_choices() -> dict[str, str]:
    return {each.slug: each.name for each in stations()}


def read_email(text: str) -> str:
    """An address in its canonical writing. Raises ValidationError that says what is wrong. Asks no name server."""
    if len(text) > LONGEST_EMAIL:
        raise ValidationError(f"Shorten the email address to {LONGEST_EMAIL} characters.")
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError as error:
        raise ValidationError(
            f"Check the email address: {str(error).rstrip('.')}. It looks like name@example.org."
        ) from None


def _name(field: Field, what: str) -> None:
    _no_card(field)
    if len(field.data) > policies.NAME_LENGTH:
        raise ValidationError(f"Shorten the {what} to {policies.NAME_LENGTH} characters.")
    if policies.holds_control_characters(field.data):
        raise ValidationError(f"The {what} held characters that cannot be printed. We took them out: check it.")


def _no_card(field: Field) -> None:
    if policies.holds_card_number(field.data or ""):
        raise ValidationError(CARD_TYPED)


def from_link(args: Mapping[str, str]) -> dict[str, str]:
    """What a link states, as the form's first values. What is nonsense or below the minimum is left out."""
    said: dict[str, str] = {"source": policies.source(args.get("source", ""))}
    if read_giver(args.get("giver", "")):
        said["giver"] = args["giver"]
    if chosen_stations(args.get("station", "")):
        said["station"] = args["station"]
    if args.get("frequency") in FREQUENCIES:
        said["frequency"] = args["frequency"]
    with suppress(policies.AmountRefused):
        said["amount"] = policies.plain(policies.read_amount(args.get("amount", ""), the_licensee().minimum_pledge))
    return said


def from_pledge(pledge: PledgeView) -> dict[str, str | bool]:
    """The facts of an earlier pledge, as the form's first values: what was promised, never who promised it.

    An address with a pledge's id stands in histories and on shared machines, so names and email stay out of it.
    """
    return {
        "station": policies.BOTH if pledge.second else pledge.station.slug,
        "frequency": pledge.frequency.value,
        "charge_day": str(pledge.charge_day or ""),
        "amount": policies.plain(pledge.amount - pledge.cover),
        "cover": bool(pledge.cover.cents),
        "source": pledge.source,
    }
