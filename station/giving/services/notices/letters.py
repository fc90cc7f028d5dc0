"""The words of a notice: one context for all of them, in the donor's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from station.core import clock
from station.core.runtime import settings
from station.giving.models import NoticeKind
from station.giving.policies import notices as rules
from station.giving.policies import phrases
from station.giving.policies.notices import CATALOGUE
from station.giving.queries import Sustainer
from station.giving.queries.notices import HIDDEN
from station.licensee.queries import the_licensee
from station.members import queries as members
from station.payments import queries as payments
from station.payments.models import Asked
from station.receipts.policies import Place
from station.receipts.queries import legends_for

NO_CHANGE = {"what": rules.AMOUNT, "before": "", "asked": Asked.SELF.value, "day": ""}


@dataclass(frozen=True)
class Letter:
    """A notice's template in its language, with what is filled in."""

    template: str
    language: str
    context: Mapping[str, Any]

    @property
    def asked(self) -> Asked:
        """Who wanted the change that it tells of."""
        return Asked(self.context["asked"])

    @property
    def before(self) -> str:
        """What that was until then, as it is printed."""
        return str(self.context["before"])

    def shown(self) -> Mapping[str, Any]:
        """The same without the private link: what is kept as proof."""
        return {**self.context, "link": f"{settings().base_url}{HIDDEN}"}


def language_of(donor: Sustainer) -> str:
    """The language that a donor is written to in."""
    known = members.member(donor.member_id) if donor.member_id else None
    return phrases.spoken(known.language if known else phrases.ENGLISH)


def letter(kind: NoticeKind, donor: Sustainer, event_on: date, link: str, **more: Any) -> Letter:
    """The letter of a notice about a gift as it is now. `event_on` is what it announces; `more` is of its kind."""
    language = language_of(donor)
    template = CATALOGUE[kind].template
    context = {
        **NO_CHANGE,
        **_about(donor, language),
        "event_on": phrases.day_in(language, event_on),
        "month": phrases.month_in(language, event_on),
        "link": link,
        "legends": legends_for(Place.REMINDER),
        **more,
    }
    return Letter(template, language, context)


def of_a_change(period: str, donor: Sustainer, asked: Asked, before: str) -> dict[str, Any]:
    """What a letter says of the change that a notice with this period is about: who wants it, and what it was."""
    what = rules.what_changed(period)
    day = donor.charge_day if what == rules.DAY else None
    said = phrases.day_of_month_in(language_of(donor), day) if day else ""
    return {"what": what, "before": before, "asked": asked.value, "day": said}


def _about(donor: Sustainer, language: str) -> dict[str, Any]:
    """What each notice says of a gift: all that was agreed."""
    zone, method = the_licensee().timezone, payments.method_of(donor.subscription_id)
    planned, rests = donor.next_on, clock.local_date(donor.paused_until, zone) if donor.paused_until else None
    return {
        "name": donor.given_name or donor.name,
        "station": donor.station,
        "station_name": phrases.supported_in(language, donor.station, donor.second),
        "commitment": phrases.commitment_in(language, donor.amount, donor.frequency),
        "amount": str(donor.amount),
        "gift": str(donor.gift),
        "cover": str(donor.cover) if donor.cover.cents else "",
        "often": phrases.often_in(language, donor.frequency),
        "next_on": phrases.day_in(language, planned) if planned else "",
        "paused": donor.paused,
        "paused_until": phrases.day_in(language, rests) if rests else "",
        "method": phrases.method_in(language, method.label if method and not method.gone else ""),
        "by_bank": method is not None and method.by_bank,
        "today": phrases.day_in(language, clock.today(zone)),
    }
