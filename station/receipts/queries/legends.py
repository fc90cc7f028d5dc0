"""Reads of states' legends: those in force, those that are missing, those that want a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from station.core import clock
from station.core.db import db
from station.licensee.queries import the_licensee
from station.receipts import policies
from station.receipts.models import StateLegend
from station.receipts.policies import WANTED, Place
from station.receipts.policies.legends import Legend, Wanted


@dataclass(frozen=True)
class LegendView:
    """A version of a state's legend. `review_on` is station-local; `overdue` when it has come."""

    state: str
    body: str
    places: frozenset[Place]
    always: bool
    review_on: date | None
    written_by: str
    written_at: datetime
    overdue: bool = False

    @property
    def name(self) -> str:
        return WANTED[self.state].name if self.state in WANTED else self.state


@dataclass(frozen=True)
class StateRow:
    """A state at the desk: what it asks for, and the legend that is in force there, if one is."""

    state: str
    wanted: Wanted
    legend: LegendView | None


def legends_for(place: Place, state: str = "") -> tuple[str, ...]:
    """The legends that a document shows to a donor of a state; of an unknown one, those that are printed always."""
    known = [Legend(each.state, each.body, each.places, each.always) for each in legends().values()]
    return policies.for_donor(known, place, state)


def legends() -> dict[str, LegendView]:
    """The legends in force, by state: of each the newest version, unless that took it out."""
    rows = db.session().scalars(sa.select(StateLegend).order_by(StateLegend.written_at, StateLegend.id))
    newest = {row.state: row for row in rows}
    return {state: _view(row) for state, row in newest.items() if row.body}


def versions(state: str, limit: int = 50) -> list[LegendView]:
    """Every version of a state's legend, the newest first."""
    rows = db.session().scalars(
        sa.select(StateLegend)
        .where(StateLegend.state == state)
        .order_by(StateLegend.written_at.desc(), StateLegend.id.desc())
        .limit(limit)
    )
    return [_view(row) for row in rows]


def states() -> list[StateRow]:
    """The states that ask for a legend, and any other that has one, by name."""
    known = legends()
    listed = {**WANTED, **{state: Wanted(state) for state in known if state not in WANTED}}
    rows = [StateRow(state, wanted, known.get(state)) for state, wanted in listed.items()]
    return sorted(rows, key=lambda row: row.wanted.name)


def missing() -> list[str]:
    """The names of the states that ask for a legend and have none here."""
    return [row.wanted.name for row in states() if row.legend is None]


def overdue() -> list[LegendView]:
    """The legends whose day of review has come."""
    return [each for each in legends().values() if each.overdue]


def _view(row: StateLegend) -> LegendView:
    today = clock.today(the_licensee().timezone)
    return LegendView(
        row.state,
        row.body,
        frozenset(place for place in Place if getattr(row, place.value)),
        row.always,
        row.review_on,
        row.written_by,
        row.written_at,
        row.review_on is not None and row.review_on <= today,
    )
