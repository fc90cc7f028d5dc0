"""Pure rules of giving: amounts, names, where a pledge came from, and the words of the ask."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from station.core.events import Subject
from station.core.ids import row_id
from station.core.money import Money, MoneyError
from station.giving.models import Frequency
from station.payments.models import Interval, Tender, Way
from station.payments.policies import MONTHS, next_charge, plus_months

LARGEST_CENTS = 99_999_999  # docs.stripe.com/currencies: eight digits at most
TILE_STEPS = (1, 2, 3, 5, 12)  # of the minimum pledge
AMOUNT_LENGTH, NAME_LENGTH, ASK_LENGTH = 40, 100, 2_000
MINIMUM_MARK = "{minimum}"
DEBIT_TAKES = 4  # working days at most, docs.stripe.com/payments/ach-direct-debit
LAST_DAY = 31
BOTH = "both"  # in a link, and in the field `station`: a gift to two stations
IN_PAGE = ":"  # parts a form's attempt from what it was set to when its checkout opened in our page

DEFAULT_ASK = (
    "There’s no paywall here, on this page or the next. Read and listen as often as you like: we’re not counting.",
    "A free press is paid for by the people who want one. If that’s you, lend us two more minutes. A pledge of as "
    "little as {minimum} a month keeps the news coming and the music playing for everybody in southern Nevada.",
)

_DIGITS = re.compile(r"[0-9](?:[ .\-]?[0-9]){12,60}")
_DOLLARS = re.compile(r"\$\d[\d,]*(?:\.\d\d)?")
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SOURCE_WORD = re.compile(r"[a-z][a-z0-9-]{0,39}")


class AmountRefused(ValueError):
    """An amount that cannot be taken, with the sentence that says why and what to do."""


def largest(currency: str) -> Money:
    """The largest amount that one pledge may have."""
    return Money(LARGEST_CENTS, currency)


def read_amount(text: str, minimum: Money) -> Money:
    """The amount that a person typed. Raises AmountRefused, whose words name the limits."""
    most = largest(minimum.currency)
    typed = text.strip()
    try:
        amount = Money.parse(typed[: AMOUNT_LENGTH + 1], minimum.currency) if len(typed) <= AMOUNT_LENGTH else None
    except MoneyError:
        amount = None
    if amount is None:
        raise AmountRefused(
            f"“{typed[:AMOUNT_LENGTH]}” is not an amount that we can read. Type a number from {minimum} to {most}, "
            "like 12 or 12.50."
        )
    if amount < minimum:
        raise AmountRefused(
            f"{amount} is below the smallest pledge, {minimum}. Type an amount from {minimum} to {most}."
        )
    if most < amount:
        raise AmountRefused(
            f"{amount} is above the largest pledge that this page can take, {most}. Type an amount "
            f"from {minimum} to {most}, or call us about a larger one."
        )
    return amount


def tiles(minimum: Money) -> list[Money]:
    """The amounts offered, from the minimum upward."""
    return [Money(min(minimum.cents * step, LARGEST_CENTS), minimum.currency) for step in TILE_STEPS]


def monthly_offers(given: Money, minimum: Money) -> list[Money]:
    """What a one-time donor may be asked for monthly, after the gift: up to three tiles of at most half of it.

    Asked before payment it costs gifts; asked after it, none is at risk.
    """
    return [tile for tile in tiles(minimum) if 2 * tile.cents <= given.cents][-3:] or [minimum]


def plain(amount: Money) -> str:
    """An amount as a form's value or a link says it: 5, 12.50."""
    return amount.short.lstrip("$").replace(",", "")


def described(amount: Money, frequency: Frequency) -> str:
    """A commitment in words: $5 a month; $5 once."""
    return f"{amount.short} once" if frequency is Frequency.ONCE else f"{amount.short} a {frequency.value}"


def day_words(day: int) -> str:
    """A charge day as people say it: the 5th; the last day."""
    ending = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return "the last day" if day == LAST_DAY else f"the {day}{ending}"


def charge_days() -> dict[str, str]:
    """What a form offers as days of charge: those that every month has, and the last."""
    return {str(day): day_words(day).capitalize() for day in (*range(1, 29), LAST_DAY)}


def nearest_day(day: int) -> str:
    """The choice of a form for a day of charge: the day itself, or the last for one that not every month has."""
    return str(day if day < 29 else LAST_DAY)


def dates_after_today(day: int | None, today: date) -> dict[str, date]:
    """When a gift that begins today is charged next, by its interval."""
    planned = {interval: plus_months(today, many) for interval, many in MONTHS.items()}
    return {
        interval.value: next_charge(day, interval, today, then, today) if day else then
        for interval, then in planned.items()
    }


def holds_card_number(text: str) -> bool:
    """Whether 13 to 19 digits stand in a text that pass the check of card numbers (ISO/IEC 7812, Luhn)."""
    for run in _DIGITS.findall(text):
        groups = re.split(r"[ .\-]", run)
        for first in range(len(groups)):
            for last in range(first + 1, len(groups) + 1):
                number = "".join(groups[first:last])
                if 13 <= len(number) <= 19 and _luhn([int(digit) for digit in number]):
                    return True
    return False


def _luhn(digits: list[int]) -> bool:
    doubled = (sum(divmod(2 * digit, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0


def tidy(text: str) -> str:
    """A typed line with its spaces made single."""
    return re.sub(" +", " ", text).strip()


def holds_control_characters(text: str) -> bool:
    """Whether a line holds characters that nobody types into a name: controls, line ends, unassigned, directions."""
    return printable(text) != text


def printable(text: str) -> str:
    """The line without those characters."""
    return "".join(
        letter
        for letter in text
        if letter not in _DIRECTION and unicodedata.category(letter) not in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
    )


def name_parts(full: str) -> tuple[str, str]:
    """First and last name of a whole name, as a wallet gives it: two words are parted, anything else stays whole.

    Never fails, because it stands in the path of money (a name of one word, or of five, is a name).
    """
    words = tidy(printable(full)).split(" ")
    if len(words) == 2:
        return words[0][:NAME_LENGTH], words[1][:NAME_LENGTH]
    return " ".join(words)[:NAME_LENGTH].strip(), ""


def source(text: str) -> str:
    """Where a pledge came from: `story:story_…` or a word such as footer. Anything else becomes empty.

    Whether the story exists is not asked: an unknown one does no harm.
    """
    kind, _, rest = text.partition(":")
    if kind == "story" and row_id("story", rest) is not None:
        return text
    return text if _SOURCE_WORD.fullmatch(text) else ""


def ask_problem(body: str, minimum: Money) -> str:
    """What is wrong with the words of an ask, or nothing. The minimum must be written as its mark."""
    strange = [name for name in re.findall(r"\{[^}]*\}?", body) if name != MINIMUM_MARK]
    if strange:
        return f"{strange[0]} is not known here. The only word in braces is {MINIMUM_MARK}."
    if any(said.rstrip(",") in (minimum.short, str(minimum)) for said in _DOLLARS.findall(body)):
        return f"Write {MINIMUM_MARK} where it says {minimum.short}, so that the ask follows the configured minimum."
    return ""


def ask_paragraphs(body: str, minimum: Money) -> tuple[str, ...]:
    """The paragraphs of an ask as shown: blank lines part them, the mark becomes the minimum pledge."""
    return split_paragraphs(body.replace(MINIMUM_MARK, minimum.short))


def split_paragraphs(body: str) -> tuple[str, ...]:
    """The paragraphs of a text, parted by blank lines."""
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", body.replace("\r", "")) if part.strip())


def default_ask() -> str:
    """Our own words, for a station that has written none."""
    return "\n\n".join(DEFAULT_ASK)


def ask_in_force(spans: Iterable[tuple[date, date | None, str]], today: date) -> str | None:
    """The body shown on a station-local day, of (first day, last day, body) in order of writing.

    The one that started last wins, and of several that start on one day the one written last.
    """
    live = [
        (starts, place, body)
        for place, (starts, ends, body) in enumerate(spans)
        if starts <= today and (ends is None or today <= ends)
    ]
    return max(live)[2] if live else None


def month_days(text: str) -> tuple[date, date] | None:
    """First day of a month written 2026-11, and of the one after; None for anything else."""
    found = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", text)
    if found is None:
        return None
    return month_of(date(int(found[1]), int(found[2]), 1))


def month_of(day: date) -> tuple[date, date]:
    """First day of the month that a day falls in, and of the one after."""
    return day.replace(day=1), date(day.year + day.month // 12, day.month % 12 + 1, 1)


def one_day(day: date) -> tuple[date, date]:
    """A day and the one after."""
    return day, day + timedelta(days=1)


def bank_days_after(day: date, many: int) -> date:
    """The day that lies so many working days after one (Monday to Friday; bank holidays are not known here)."""
    while many > 0:
        day += timedelta(days=1)
        many -= day.weekday() < 5
    return day


def page_number(text: str) -> int:
    """The page of a list that an address names; the first one for anything strange."""
    return max(int(text), 1) if re.fullmatch(r"[0-9]{1,6}", text) else 1


def offline_problem(tender: Tender, way: Way | None, amount: Money, goods: Money | None) -> str:
    """Why a gift cannot be keyed like this, or nothing.

    A fund's adviser may get nothing of value for its grant (26 USC 4967), and stock is acknowledged without goods
    here, because its own value is not ours to state.
    """
    if amount.cents <= 0:
        return "The amount is zero. Type what was given."
    if largest(amount.currency) < amount:
        return f"{amount} is more than one gift can be here, {largest(amount.currency)}."
    if goods is None:
        return ""
    if way is Way.FUND:
        return "A grant of a donor-advised fund may buy nothing. Return it, or ask for a payment of the donor's own."
    if tender is Tender.STOCK:
        return "Goods for stock are not handled here. Enter the gift without them, and write the letter yourself."
    return "" if goods < amount else "The goods are worth as much as was paid: that is a sale, and no gift."


def gift_subjects(member_id: UUID, gift_id: UUID, pledge_id: UUID | None, payment_id: UUID) -> list[Subject]:
    """What an event about a gift is about."""
    about = {"member": member_id, "gift": gift_id, "pledge": pledge_id, "payment": payment_id}
    return [Subject(kind, row_id) for kind, row_id in about.items() if row_id]


def gift_facts(
    amount: Money, interval: Interval | None, station: str, given_on: date, receipt: str, source: str
) -> dict[str, str | int | bool]:
    """What the event of a new gift says. `given_on` is station-local; `receipt` its printed number."""
    return {
        "amount": str(amount),
        "amount_cents": amount.cents,
        "currency": amount.currency,
        "interval": interval or "",
        "station": station,
        "given_on": given_on.isoformat(),
        "receipt": receipt,
        "source": source,
    }
