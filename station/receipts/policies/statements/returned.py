"""What a receipt says was received in return, read back from its words: they are what the donor was told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from station.core.money import Money, MoneyError
from station.receipts.policies.benefits import INSUBSTANTIAL
from station.receipts.policies.judging import Disclosure
from station.receipts.policies.statements.composing import Returned

_SAID = re.compile(
    r"^In return you received: (?P<name>.+)\. We estimate in good faith that its fair market value is "
    r"(?P<value>\$[0-9,]+\.[0-9]{2})\.$",
    re.MULTILINE,
)


def returned_of(text: str, currency: str) -> tuple[Returned, ...]:
    """The goods that an issued receipt names, with their value; none where it says that there were none."""
    found = _SAID.search(text)
    if found is None:
        return ()
    try:
        return (Returned(found["name"], Money.parse(found["value"], currency)),)
    except MoneyError:
        return ()


def returned_from(
    kept: Sequence[Mapping[str, Any]], disclosure: str, currency: str, series: UUID | None
) -> tuple[Returned, ...]:
    """The same from the benefits that a receipt keeps as they were judged: plain values with the `rule` that
    disregards each. Rights of members, newsletters and what was declined need no word (26 CFR 1.170A-13(f)(8)(i)).

    `series`: the recurring gift that it is a charge of, over whose charges a benefit may have been earned.
    """
    over = series if disclosure == Disclosure.VALUE_NOTE_PER_CHARGE else None
    return tuple(
        Returned(each["name"], Money(each.get("fmv_cents") or 0, currency), not each["rule"], over)
        for each in kept
        if not each["rule"] or each["rule"] in INSUBSTANTIAL
    )
