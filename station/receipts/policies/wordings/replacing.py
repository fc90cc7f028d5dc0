"""Why a receipt holds no more (W12), to be said in its donor's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from station.core.money import Money
from station.receipts.policies.wordings.sets import speech


class Because(StrEnum):
    """Why a receipt holds no more: the key of its sentence."""

    REFUNDED = "w12_refunded"
    REFUND_BACK = "w12_refund_back"
    BANK_TOOK = "w12_bank_took"
    BANK_GAVE = "w12_bank_gave"
    SINCE = "w12_since"
    CHECK_BOUNCED = "w12_check_bounced"
    MISTAKE = "w12_mistake"


@dataclass(frozen=True)
class Why:
    """Why a receipt holds no more, to be said in the donor's language. `day` is station-local."""

    because: Because
    amount: Money | None = None
    day: date | None = None

    def said(self, language: str = "en") -> str:
        words = speech(language)
        return words.say(self.because, amount=self.amount, day=words.day(self.day) if self.day else "")
