"""Which states ask for a legend, and which legends a document prints (W13). The texts are the station's own data.

The states that the house's survey of the law names are `sure`; the others stand on common lists, and counsel should
confirm them. None of the texts is shipped: several states prescribe them to the word, with numbers of the licensee's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

NEVADA = "NV"  # the licensee's home: its legend is printed always


class Place(StrEnum):
    """Where a legend is shown."""

    FORM = "on_form"
    RECEIPT = "on_receipt"
    REMINDER = "on_reminder"


PLACES: Mapping[Place, str] = {
    Place.FORM: "On the pledge form",
    Place.RECEIPT: "On receipts, letters and yearly statements",
    Place.REMINDER: "On letters about recurring gifts and on appeals",
}


@dataclass(frozen=True)
class Wanted:
    """A state that asks for a legend: its name, what to mind, and whether our survey of the law names it."""

    name: str
    note: str = ""
    sure: bool = False


WANTED: Mapping[str, Wanted] = {
    "AR": Wanted("Arkansas", "For donors with an address there.", True),
    "CA": Wanted("California", "Printed sales (Bus. & Prof. Code 17510.3).", True),
    "CO": Wanted("Colorado", "Where information can be obtained.", True),
    "CT": Wanted("Connecticut"),
    "FL": Wanted("Florida", "All capitals, registration number, toll-free number or address (496.411).", True),
    "GA": Wanted("Georgia", "Where information can be obtained.", True),
    "IL": Wanted("Illinois"),
    "KS": Wanted("Kansas"),
    "MA": Wanted("Massachusetts"),
    "MD": Wanted("Maryland", "Postage and copies, Secretary of State.", True),
    "MI": Wanted("Michigan"),
    "MN": Wanted("Minnesota"),
    "MS": Wanted("Mississippi", "Word by word.", True),
    "NC": Wanted("North Carolina", "Nine points or larger, also on receipts and reminders (131F-9(c)).", True),
    "ND": Wanted("North Dakota"),
    "NJ": Wanted("New Jersey", "Capitals.", True),
    "NM": Wanted("New Mexico"),
    "NV": Wanted(
        "Nevada", "Legal name, place of formation, purpose, deductibility (NRS 82A.200). Printed always.", True
    ),
    "NY": Wanted("New York", "Where to get the last financial report; on the web too (174-b).", True),
    "OR": Wanted("Oregon"),
    "PA": Wanted("Pennsylvania", "Word by word.", True),
    "TN": Wanted("Tennessee"),
    "VA": Wanted("Virginia", "Where information can be obtained.", True),
    "WA": Wanted("Washington", "Where information can be obtained.", True),
    "WI": Wanted("Wisconsin"),
    "WV": Wanted("West Virginia", "Where information can be obtained.", True),
}
_CODES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK "
    "OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
)
STATES = tuple(re.findall("[A-Z]{2}", _CODES))  # as the post writes them


@dataclass(frozen=True)
class Legend:
    """A state's legend in force, and where it is shown. `always`: also where the donor's state is not known."""

    state: str
    body: str
    places: frozenset[Place]
    always: bool


def for_donor(legends: Iterable[Legend], place: Place, state: str = "") -> tuple[str, ...]:
    """The legends that a document shows to a donor of a state; of an unknown one, those that are printed always."""
    shown = [each for each in legends if place in each.places and (each.always or each.state == state)]
    return tuple(each.body for each in sorted(shown, key=lambda each: (each.state != state, each.state)))
