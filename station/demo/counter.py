"""What came over the counter: a few checks, one deposit, a gift of stock, and history from the system before.

These go through the services, as a person would key them, once the rows of everything else are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from station.core.actor import Actor
from station.core.money import Money
from station.demo.generator.calendar import Calendar
from station.demo.generator.people import Person
from station.giving.queries import gift_of_payment, gift_page
from station.giving.queries.letters import LetterWords
from station.giving.services import Imported, OfflineGift, import_history, record_offline_gift, write_letters
from station.licensee.queries import StationView
from station.members.queries import member_id_of
from station.payments.models import Tender
from station.payments.policies import stock_value
from station.payments.services import make_deposit
from station.receipts.policies import Place
from station.receipts.services import write_legend

CHECKS = ((12_000, "1047"), (5_000, "311"), (25_000, "8820"), (10_000, "2204"))
DEPOSITED = 2
SHARES, HIGH, LOW = 125_000, 1_823_500, 1_801_000  # ten-thousandths
HISTORY = 40
NEVADA = (
    "Desert Public Radio Association is a nonprofit corporation formed in Nevada to operate noncommercial radio. "
    "Contributions are deductible for federal income tax purposes to the extent that the receipt states."
)
LOOK_AGAIN = date(2027, 11, 1)


@dataclass(frozen=True)
class Keyed:
    """How much was keyed; each check has a receipt, and its mail waits."""

    gifts: int
    given: Money
    receipts: int


def counter(calendar: Calendar, donors: Sequence[Person], air: Sequence[StationView], actor: Actor) -> Keyed:
    """Key them all. `donors` are members already; of the checks, some wait for their deposit."""
    held = [
        _gift(calendar, donors[n], air[n % 2], Money(cents), actor, number)
        for n, (cents, number) in enumerate(CHECKS)
    ]
    total = Money(sum(cents for cents, _ in CHECKS[:DEPOSITED]))
    make_deposit(held[:DEPOSITED], total, calendar.today, "Slip 118", actor)
    stock = stock_value(SHARES, HIGH, LOW)
    _letter(_gift(calendar, donors[4], air[0], stock, actor), actor)
    past = _history(calendar, donors, air, actor)
    checks = Money(sum(cents for cents, _ in CHECKS))
    return Keyed(len(CHECKS) + 1 + past.many, checks + stock + past.total("usd"), len(CHECKS))


def _gift(
    calendar: Calendar, person: Person, station: StationView, amount: Money, actor: Actor, number: str = ""
) -> UUID:
    member_id = member_id_of(person.email)
    assert member_id is not None  # noqa: S101  # written a moment ago
    stock: dict[str, Any] = {} if number else {"symbol": "ACME", "shares_e4": SHARES, "high_e4": HIGH, "low_e4": LOW}
    keyed = OfflineGift(
        donor=member_id,
        tender=Tender.CHECK if number else Tender.STOCK,
        amount=amount,
        station_id=station.id,
        given_on=calendar.today,
        received_on=calendar.today,
        number=number,
        **stock,
    )
    story = gift_page(record_offline_gift(keyed, actor))
    assert story and story.payment  # noqa: PT018, S101  # recorded a moment ago
    return story.payment.id


def _letter(payment_id: UUID, actor: Actor) -> None:
    """The letter about a gift of stock, and the block of Nevada that letters and receipts print from now on."""
    gift_id = gift_of_payment(payment_id)
    assert gift_id is not None  # noqa: S101  # recorded a moment ago
    write_letters(gift_id, LetterWords(), actor)
    write_legend("NV", NEVADA, frozenset(Place), True, LOOK_AGAIN, actor)


def _history(calendar: Calendar, donors: Sequence[Person], air: Sequence[StationView], actor: Actor) -> Imported:
    lines = ["id,date,amount,station,member_id,given_name,family_name,email"]
    for n, person in enumerate(donors[:HISTORY]):
        day = calendar.first - timedelta(days=30 + 9 * n)
        amount, station = 20 + 5 * (n % 9), air[n % 2].slug
        lines.append(f"old-{n},{day},{amount},{station},m{n},{person.given_name},{person.family_name},{person.email}")
    file = BytesIO("\n".join(lines).encode())
    return import_history(file, "gifts-of-the-old-system.csv", actor, lambda line: None)
